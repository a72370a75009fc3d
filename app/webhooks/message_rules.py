"""What chat channels get: one line, and a link to the page that shows it."""

import json

from app.web import i18n
from app.web.i18n import gettext as _
from app.webhooks.event_rules import event_name, place_of
from app.webhooks.payload_rules import Payload
from app.webhooks.rules import Preset

CARD = "application/vnd.microsoft.card.adaptive"


def chat_body(
    preset: Preset,
    event_type: str,
    data: Payload,
    *,
    language: str,
    portal: str,
    vendor: bool,
) -> str:
    """Return the body for a chat channel.

    Args:
        portal: the portal's address.
        vendor: whether the channel is the vendor's.
    """
    number = data.contract.number if data.contract else None
    before = i18n.language.set(language)
    try:
        about = " ".join(part for part in (number, data.about) if part)
        text = event_name(event_type) + (f" – {about}" if about else "")
        link = portal + place_of(event_type, number, vendor=vendor)
        body = _slack if preset is Preset.SLACK else _teams
        return json.dumps(body(text, link, _("Open the portal")), ensure_ascii=False)
    finally:
        i18n.language.reset(before)


def _slack(text: str, link: str, words: str) -> dict[str, object]:
    """Return a message of an incoming webhook, with Slack's three escapes."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": f"{plain}\n<{link}|{words}>"}


def _teams(text: str, link: str, words: str) -> dict[str, object]:
    """Return an Adaptive Card for a webhook of a workflow; runs of text know no Markdown."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {
                "type": "RichTextBlock",
                "inlines": [{"type": "TextRun", "text": text, "weight": "Bolder"}],
            }
        ],
        "actions": [{"type": "Action.OpenUrl", "title": words, "url": link}],
    }
    attachment = {"contentType": CARD, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}
