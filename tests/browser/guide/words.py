"""Which words the screens of the portal and of the licensed system can show."""

from functools import cache

from babel.messages.pofile import read_po

from app.web.i18n import LOCALES
from licensed_system import page_texts
from licensed_system.languages import Words
from licensed_system.texts import STANDINGS


@cache
def texts(language: str) -> frozenset[str]:
    """Every text of the catalogue and of ライセンス管理, in one language."""
    return _portal(language) | _licensed_system(language)


def _portal(language: str) -> frozenset[str]:
    with (LOCALES / "ja.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="ja") if message.id]
    found: set[str] = set()
    for message in messages:
        both = message.string if language == "ja" else message.id
        found.update([both] if isinstance(both, str) else both or ())
    return frozenset(found)


def _licensed_system(language: str) -> frozenset[str]:
    words = [each for each in vars(page_texts).values() if isinstance(each, Words)]
    return frozenset(getattr(each, language) for each in [*words, *STANDINGS.values()])
