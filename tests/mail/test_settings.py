"""What PORTAL_SMTP_URL and PORTAL_MAIL_FROM may say."""

import pytest

from app.settings import SettingsError, SmtpServer, read_settings


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:1025", SmtpServer("127.0.0.1", 1025, None, None, False, "auto")),
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 25, None, None, False, "auto")),
        (
            "smtp://u%40x:p%3A%2F@mail.example.com",
            SmtpServer("mail.example.com", 587, "u@x", "p:/", False, "require"),
        ),
        (
            "smtp://u:p@mail.example.com:2525?starttls=never",
            SmtpServer("mail.example.com", 2525, "u", "p", False, "never"),
        ),
        ("smtp://u:p@localhost:25", SmtpServer("localhost", 25, "u", "p", False, "auto")),
        ("smtps://u:p@m.example", SmtpServer("m.example", 465, "u", "p", True, "never")),
    ],
)
def test_the_address_of_the_mail_server_is_read(url: str, server: SmtpServer) -> None:
    assert read_settings({"PORTAL_SMTP_URL": url}).smtp == server


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example.com", "http://mail.example.com", "smtp://", "smtp://m:port"),
        *("smtp://m?starttls=perhaps", "smtps://m?starttls=require", "smtp://m:99999"),
    ],
)
def test_an_address_that_cannot_work_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_SMTP_URL must be") as caught:
        read_settings({"PORTAL_SMTP_URL": url.replace("//", "//user:secret@", 1)})
    assert "secret" not in str(caught.value)


def test_the_password_is_not_in_the_settings_as_text() -> None:
    settings = read_settings({"PORTAL_SMTP_URL": "smtp://user:hunter2@mail.example.com"})
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, "no-reply@localhost"),
        ({"PORTAL_BASE_URL": "https://portal.example.com"}, "no-reply@portal.example.com"),
        ({"PORTAL_MAIL_FROM": "portal@example.org"}, "portal@example.org"),
    ],
)
def test_mails_come_from_the_portals_host_unless_told_otherwise(
    environ: dict[str, str], address: str
) -> None:
    assert read_settings(environ).mail_from == address


@pytest.mark.parametrize("address", ["portal", "@x", "Portal <p@x>", "p@x\r\nBcc: y@z", "ぽ@x"])
def test_a_sender_that_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_MAIL_FROM"):
        read_settings({"PORTAL_MAIL_FROM": address})
