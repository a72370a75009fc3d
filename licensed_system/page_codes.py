"""QR codes on the page ライセンス管理: those of the request, and the fields for the answer's."""

from __future__ import annotations

from html import escape as esc

from licensed_system import page_texts, part_messages, photos, qr
from licensed_system.languages import Language, Words


def drawn(file: str, language: Language) -> str:
    """The codes of a request, folded; nothing where they cannot be drawn."""
    if not qr.is_available():
        return ""
    codes = qr.svgs(file.encode("ascii"))
    figures = "".join(
        f'<figure role="img" aria-label="{_t(page_texts.CODE, language, number=number)}">{code}'
        f'<figcaption aria-hidden="true">{number} / {len(codes)}</figcaption></figure>'
        for number, code in enumerate(codes, start=1)
    )
    return (
        f"<details><summary>{_t(page_texts.SHOW_CODES, language)}</summary>"
        f'<p class="soft">{_t(page_texts.PHOTOGRAPH, language)}</p>'
        f'<div class="codes">{figures}</div></details>'
    )


def fields(language: Language, typed: str) -> str:
    """The fields for photographs and for a handheld scanner, with what it has typed."""
    return (
        f'{_photos(language)}<label for="text">{_t(page_texts.SCANNED, language)}</label>'
        f'<p class="soft" id="scan">{_t(page_texts.SCAN, language)}</p>'
        '<textarea id="text" name="text" rows="3" autocomplete="off" spellcheck="false" '
        f'aria-describedby="scan">\n{esc(typed)}</textarea>'
    )


def _photos(language: Language) -> str:
    """The field for photographs, or what is needed to read them."""
    if not photos.is_available():
        # Without the field, since it could not be used.
        return f'<p class="soft">{_t(part_messages.NO_READER, language)}</p>'
    hint = _t(page_texts.PHOTOS_HINT, language, most=photos.MOST_PHOTOS)
    return (
        f'<label for="photos">{_t(page_texts.PHOTOS, language)}</label>'
        f'<p class="soft" id="photo">{hint}</p>'
        '<input type="file" id="photos" name="photos" multiple '
        'accept="image/jpeg,image/png,image/webp" aria-describedby="photo">'
    )


def _t(words: Words, language: Language, **facts: object) -> str:
    return esc(words.say(language, **facts))
