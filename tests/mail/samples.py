"""A mail of each kind, as its service writes it."""

from datetime import datetime
from types import SimpleNamespace as Thing
from typing import Any
from uuid import UUID

from app.mail.messages import compose
from app.mail.rules import Recipient
from app.reminders.reminder_services import MOST_LINES
from app.settings import read_settings

AT = datetime.fromisoformat("2027-03-31T03:00:00+00:00")
URL = "https://portal.example.com"
LINK = f"{URL}/join/{'t' * 43}"
CONTRACT = Thing(name="基幹システム <契約>", number="D-1001", company="株式会社 & サンプル")
QUOTE = Thing(
    reference="Q-2027-0001", name=CONTRACT.name, number="D-1001", company=CONTRACT.company
)
LINES = [
    {
        "ends_on": AT.date(),
        "days_left": 30,
        "contract": f"{CONTRACT.name} (D-1001)",
        "what": "ご契約",
        "link": f"{URL}/contracts/D-1001",
    }
]
SAMPLES: dict[str, dict[str, Any]] = {
    "domain-record-missing": {
        **{"company": CONTRACT.company, "domain": "example.com", "since": AT, "long": True},
        "record": "license-portal-verification=<t>",
    },
    "email-change-asked": {"at": AT, "new_address": "new@example.com"},
    "email-changed": {"at": AT},
    "email-confirmation": {"link": LINK, "expires_at": AT},
    "emergency-use": {
        **{"contract": f"{CONTRACT.name} (D-1001)", "environment": "本番 <環境>", "days": 3},
        **{"system": "設備 <1>", "host": "plant-1", "first_used_at": AT},
        **{"time_zone": "Asia/Tokyo", "link": f"{URL}/contracts/D-1001"},
    },
    "exceptional-sign-in": {"who": "鈴木 <一郎>", "company": CONTRACT.company, "at": AT},
    "exceptional-staff-sign-in": {"who": "管理 <花子>", "company": "", "at": AT},
    "farewell": {"at": AT},
    "invitation": {
        **{"inviter": "鈴木 一郎", "by_vendor": False, "contract": CONTRACT},
        **{"link": LINK, "expires_at": AT},
    },
    "notice": {
        **{"title": "点検 <のお知らせ>", "contracts": [CONTRACT], "link": f"{URL}/notices/1"},
        "paragraphs": [
            [[Thing(link=False, text="<点検>します。")]],
            [[Thing(link=True, text=URL)]],
        ],
        "unsubscription": f"{URL}/unsubscriptions/{'u' * 43}",
    },
    "owner-appointment": {"contract": CONTRACT},
    "password-changed": {"changed_at": AT, "elsewhere": True},
    "password-reset": {"token": "t" * 43, "expires_at": AT},
    **{
        kind: {"quote": QUOTE, "link": f"{URL}/quotes/1"}
        for kind in ("quote-answer", "quote-notification", "quote-request", "quote-withdrawal")
    },
    "provider-address-change": {"at": AT, "new_address": "new@example.com"},
    "quote-application": {
        **{"quote": QUOTE, "link": f"{URL}/contracts/1/products", "owner": True},
        **{"counts_from": AT.date(), "added_from": None, "ends_on": AT.date()},
    },
    "reminder": {
        **{"count": 25, "lines": LINES * MOST_LINES, "accounts": 1, "owner": True},
        **{"old_systems": 1},
    },
    "second-factor-changed": {"change": "app", "at": AT},
    "second-factors-removed": {"removed_at": AT},
    "webhook-paused": {
        **{"webhook": "CRM <本番>", "host": "hooks.example.com", "number": "D-1001"},
        **{"cause": "It accepted nothing for three days.", "link": f"{URL}/contracts/D-1001"},
    },
    "staff-invitation": {"code": "hanako", "link": LINK, "expires_at": AT},
}


def sample(kind: str, language: str, **changed: object) -> bytes:
    """A message, as it goes over the wire."""
    settings = read_settings({"PORTAL_BASE_URL": URL})
    to = Recipient("person@example.com", "佐藤 <美咲>", language)
    return compose(settings, UUID(int=1), kind, to, AT, **SAMPLES[kind] | changed)
