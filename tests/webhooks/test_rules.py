"""Addresses, the schedule of attempts, and signatures."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.settings import SettingsError, read_settings
from app.webhooks.address_rules import UrlProblem, may_reach, target_of, url_problem
from app.webhooks.event_rules import NAMES, SOURCES, EventType
from app.webhooks.payload_rules import PAYLOADS
from app.webhooks.rules import BACK_OFF, PauseReason, Problem, next_attempt, pause_after
from app.webhooks.signature_rules import make_secret, signature

NOW = datetime(2027, 3, 1, tzinfo=UTC)
CLOSED = (
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1"),
    *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1"),
    *("fc00::1", "fd00::1", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1"),
)
OPEN = ("8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111", "2a00:1450::1")


@pytest.mark.parametrize("address", CLOSED)
def test_private_and_reserved_addresses_are_not_reached(address: str) -> None:
    assert not may_reach(ip_address(address), ())


@pytest.mark.parametrize("address", OPEN)
def test_addresses_of_the_internet_are_reached(address: str) -> None:
    assert may_reach(ip_address(address), ())


def test_allowed_networks_are_reached_and_no_others() -> None:
    allowed = ("10.1.0.0/16", "fd00:1::/64")
    assert may_reach(ip_address("10.1.2.3"), allowed)
    assert may_reach(ip_address("fd00:1::5"), allowed)
    assert not may_reach(ip_address("10.2.0.1"), allowed)
    assert not may_reach(ip_address("fd00:1::5%eth0"), allowed)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://hooks.example.com", None),
        ("https://hooks.example.com:8443/a?b=c", None),
        ("https://[2606:4700::1111]/", None),
        ("https://例え.jp/hook", None),
        ("http://hooks.example.com/", UrlProblem.FORM),
        ("https:///path", UrlProblem.FORM),
        ("https://user@hooks.example.com/", UrlProblem.FORM),
        ("https://hooks.example.com/#part", UrlProblem.FORM),
        ("https://hooks.example.com/a b", UrlProblem.FORM),
        ("https://hooks.example.com/\r\nX: y", UrlProblem.FORM),
        ("https://hooks.example.com\\@evil.example/", UrlProblem.FORM),
        ("https://hooks.example.com:0/", UrlProblem.FORM),
        ("https://hooks.example.com:99999/", UrlProblem.FORM),
        ("https://hooks.example.com/受信", UrlProblem.FORM),
        ("https://[::1", UrlProblem.FORM),
        ("https://" + "a" * 1000, UrlProblem.FORM),
        ("", UrlProblem.FORM),
        ("https://localhost/", UrlProblem.CLOSED),
        ("https://a.localhost/", UrlProblem.CLOSED),
        ("https://127.0.0.1/", UrlProblem.CLOSED),
        ("https://[::ffff:10.0.0.1]/", UrlProblem.CLOSED),
        ("https://169.254.169.254/latest/meta-data", UrlProblem.CLOSED),
    ],
)
def test_an_address_is_https_and_not_literally_private(
    url: str, problem: UrlProblem | None
) -> None:
    assert url_problem(url, ()) is problem


def test_other_letters_of_a_host_become_punycode() -> None:
    target = target_of("https://例え.jp:443/hook?x=1")
    assert target is not None
    assert (target.host, target.authority, target.path) == (
        "xn--r8jz45g.jp",
        "xn--r8jz45g.jp",
        "/hook?x=1",
    )


def test_attempts_end_within_three_days() -> None:
    at, attempts = NOW, 1
    while (then := next_attempt(attempts, Problem.STATUS, at)) is not None:
        assert then > at
        at, attempts = then, attempts + 1
    assert attempts == len(BACK_OFF) + 1 == 11
    assert timedelta(days=2, hours=12) < at - NOW < timedelta(days=3)


def test_a_receiver_that_is_gone_is_not_tried_again() -> None:
    assert next_attempt(1, Problem.GONE, NOW) is None
    assert pause_after(Problem.GONE, NOW, NOW + timedelta(days=1)) is PauseReason.GONE


def test_an_endpoint_that_took_other_events_meanwhile_is_not_paused() -> None:
    later = NOW + timedelta(days=3)
    assert pause_after(Problem.STATUS, NOW, None) is PauseReason.FAILING
    assert pause_after(Problem.STATUS, NOW, NOW - timedelta(days=1)) is PauseReason.FAILING
    assert pause_after(Problem.STATUS, NOW, later) is None


def test_the_setting_takes_networks_and_refuses_anything_else() -> None:
    given = {"PORTAL_WEBHOOK_ADDRESSES": " 10.1.0.0/16, fd00:1::/64 "}
    assert read_settings(given).webhook_addresses == ("10.1.0.0/16", "fd00:1::/64")
    for wrong in ("10.1.0.0/99", "10.1.2.3/16", "intranet.example.com"):
        with pytest.raises(SettingsError, match="PORTAL_WEBHOOK_ADDRESSES"):
            read_settings({"PORTAL_WEBHOOK_ADDRESSES": wrong})


def test_signatures_are_those_of_standard_webhooks() -> None:
    new, old, other = make_secret(), make_secret(), make_secret()
    now = int(datetime.now(UTC).timestamp())
    body = '{"type":"webhook.test","data":{"name":"本番"}}'
    headers = {
        "webhook-id": "01a22a27",
        "webhook-timestamp": str(now),
        "webhook-signature": signature([new, old], "01a22a27", now, body),
    }
    for secret in (new, old):
        assert Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + " ", headers)


def test_every_event_type_has_a_name_and_a_payload_and_every_source_a_type() -> None:
    assert set(NAMES) == set(EventType) and set(EventType) < set(PAYLOADS)
    assert set(SOURCES.values()) <= set(EventType)
