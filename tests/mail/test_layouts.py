"""Every kind of mail in one layout, as text and as HTML, in both languages."""

import re
from collections.abc import Iterator
from html import unescape

import html5lib
import pytest

from app.mail.messages import parse, part, readable
from app.mail.rules import KINDS, kind_name
from app.web import brand, i18n
from app.web.brand import Brand, Logo, Text
from tests.brand.pictures import SVG, png
from tests.mail.samples import LINK, SAMPLES, URL, sample
from tests.pages import elements

LARGEST = 12_000
TO_VENDOR = {"quote-notification", "quote-withdrawal", "staff-invitation"}
# They end nothing that could be turned off.
WITHOUT_REASON = {"farewell"}
EVERY = [(kind, language) for kind in sorted(SAMPLES) for language in i18n.LANGUAGES]
FULL = Brand(
    revision=1,
    name=Text("窓口 & <ポータル>", "Desk & <portal>"),
    company=Text("株式会社アクメ"),
    address=Text("東京都\n千代田区"),
    contact=Text("電話 03-0000-0000", "Phone 03-0000-0000"),
    footer=Text("※返信はできません。", "Do not reply."),
    accent="#a90000",
    logo=Logo(png(), "image/png", 30, 10),
)


@pytest.fixture(params=[Brand(), FULL], ids=["own", "vendor"])
def shown(request: pytest.FixtureRequest) -> Iterator[Brand]:
    """The portal's own brand, and one where everything is set."""
    brand.use(request.param)
    yield request.param
    brand.use(Brand())


def test_there_is_a_sample_and_a_name_of_each_kind() -> None:
    assert set(SAMPLES) == set(KINDS)
    for language in i18n.LANGUAGES:
        i18n.language.set(language)
        names = [kind_name(kind) for kind in KINDS]
        assert len(set(names)) == len(names) and not set(names) & set(KINDS)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_mail_is_text_and_the_same_as_html(kind: str, language: str, shown: Brand) -> None:
    mail = parse(sample(kind, language))
    assert mail.get_content_type() == "multipart/alternative"
    text, html = part(mail, "plain"), part(mail, "html")
    html5lib.HTMLParser(strict=True).parse(html)
    assert len(html.encode()) <= LARGEST
    assert f'<html lang="{language}">' in html and "<script" not in html
    links = " ".join(attributes.get("href") or "" for _, attributes in elements(html))
    seen = unescape(re.sub(r"<[^>]+>", "", html)) + links
    missing = [word for word in re.split(r"[\s：]+", text) if word.strip("-():") not in seen]
    assert not missing, "only the text says it"


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_text_of_a_mail_reads_as_a_letter(kind: str, language: str, shown: Brand) -> None:
    text = part(parse(sample(kind, language)), "plain")
    assert not re.search(r"</?(p|a|br|table|td|th|div|strong)\b", text), "no markup"
    assert "\n\n\n" not in text and "&amp;" not in text and "Asia/Tokyo" not in text
    body, _, signature = text.partition("\n-- \n")
    assert signature, "a signature that mail programs know"
    assert URL in signature
    assert all(line == line.rstrip() for line in body.split("\n")), "no space ends a line"
    if kind not in WITHOUT_REASON:
        reasons = {"ja": "このメールは、", "en": "You receive this email"}
        assert reasons[language] in signature, "why it came, and how to stop it"


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_the_vendors_own_people_are_not_addressed_as_customers(kind: str) -> None:
    text = part(parse(sample(kind, "ja")), "plain")
    greeting = "弊社担当 佐藤 <美咲>" if kind in TO_VENDOR else "佐藤 <美咲> 様"
    assert text.split("\n")[0] == greeting


def test_a_vendor_who_invites_is_named_as_the_vendors() -> None:
    by_vendor = part(parse(sample("invitation", "ja", by_vendor=True)), "plain")
    assert "弊社担当 鈴木 一郎より" in by_vendor and "一郎様" not in by_vendor
    assert "鈴木 一郎様から" in part(parse(sample("invitation", "ja")), "plain")


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_button_has_its_address_in_words_too(kind: str, language: str) -> None:
    mail = parse(sample(kind, language))
    html = part(mail, "html")
    links = [
        a for tag, a in elements(html) if tag == "a" and "background" in (a.get("style") or "")
    ]
    assert len(links) <= 1, "one thing to do"
    for link in links:
        target = link["href"] or ""
        assert f">{target}</a>" in html and f"\n{target}\n" in part(mail, "plain")


def test_the_first_address_of_a_mail_with_a_token_is_the_one_that_counts() -> None:
    text = part(parse(sample("invitation", "ja")), "plain")
    assert re.findall(r"https?://\S+", text)[0] == LINK


def test_a_mail_says_the_vendors_name_and_logo_as_far_as_they_are_set() -> None:
    brand.use(FULL)
    try:
        mail = parse(sample("farewell", "ja"))
        assert readable(mail, "from").startswith("窓口 & <ポータル>")
        html = part(mail, "html")
        src = next(a["src"] for tag, a in elements(html) if tag == "img")
        assert src == f"{URL}/brand/{FULL.logo.file_name}" if FULL.logo else False
        assert "#a90000" in html
        brand.use(Brand(logo=Logo(SVG.encode(), "image/svg+xml", 300, 100)))
        assert "<img" not in part(parse(sample("farewell", "ja")), "html"), "no program shows SVG"
    finally:
        brand.use(Brand())
