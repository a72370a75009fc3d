"""PORTAL_BASE_URL is normalised to what browsers send as Origin, or refused in one line."""

import pytest

from app.settings import SettingsError, read_settings


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://portal.example.com", "https://portal.example.com"),
        ("https://portal.example.com/", "https://portal.example.com"),
        (" HTTPS://Portal.Example.COM:443 ", "https://portal.example.com"),
        ("https://portal.example.com:8443/", "https://portal.example.com:8443"),
        ("http://LOCALHOST:80", "http://localhost"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[0:0:0:0:0:0:0:1]:80", "http://[::1]"),
        ("https://ライセンス.example.jp", "https://xn--eckzbf6p0b.example.jp"),
        ("https://STRASSE.de", "https://strasse.de"),
        ("https://straße.de", "https://xn--strae-oqa.de"),
    ],
)
def test_an_address_is_what_browsers_send_as_origin(given: str, origin: str) -> None:
    settings = read_settings({"PORTAL_BASE_URL": given})
    assert settings.base_url == settings.origin == origin


@pytest.mark.parametrize(
    "given",
    [
        "portal.example.com",
        "ftp://portal.example.com",
        "https://",
        "https://:443",
        "https://portal.example.com:port",
        "https://portal.example.com:99999",
        "https://portal.example.com/portal",
        "https://portal.example.com?x=1",
        "https://portal.example.com/#top",
        "https://portal.example.com?",
        "https://user:password@portal.example.com",
        "https://portal example.com",
        "https://[::1",
        "https://-.example.com",
        "https://\u3000.example.com",
    ],
)
def test_what_is_more_or_less_than_an_address_is_refused_in_one_line(given: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"PORTAL_BASE_URL": given})
    told = str(refused.value)
    assert told.startswith("PORTAL_BASE_URL must") and "password" not in told
    assert len(told.splitlines()) == 1


def test_mails_come_from_the_host_in_its_written_form() -> None:
    settings = read_settings({"PORTAL_BASE_URL": "https://ライセンス.example.jp"})
    assert settings.mail_from == "no-reply@xn--eckzbf6p0b.example.jp"
