"""操作ガイド: whole in both languages, and as the screens are now.

Where one of these says that something is out of date: mend the text, or `make guide-pictures`.
"""

import json
import re
from pathlib import Path

import httpx
import pytest

from app.home.guide_rules import CHAPTERS, TOPICS, neighbours
from app.web.i18n import LANGUAGES, gettext
from app.web.statics import STATIC, picture_size, static_url
from app.web.templates import TEMPLATES
from tests.browser.guide.camera import LABELS, MEDIA
from tests.browser.guide.films import FILMS
from tests.browser.guide.recorder import AT_THE_TOP, HEIGHT, STRIP, WIDTH
from tests.browser.guide.scenes import SCENES
from tests.browser.guide.words import texts
from tests.conftest import Portal
from tests.pages import elements

MOST_BYTES = 3_500_000
MOST_FILM_BYTES = 300_000
# The journeys that the portal is for, and the topics that explain each.
JOURNEYS = {
    "log in": {"log-in"},
    "home": {"notices"},
    "contracts": {"contracts"},
    "contract page": {
        *("products", "environments", "allocations", "bulk-allocation", "activation", "move"),
        *("members", "other-systems", "group-companies", "resources", "emergency"),
        "single-sign-on",
    },
    "join": {"joining"},
    "quote request": {"quotes"},
    "personal settings": {"personal-settings", "two-step-log-in", "calendar", "withdrawal"},
}
QUOTED = {"ja": re.compile(r"［([^］]+)］|「([^」]+)」"), "en": re.compile(r"“([^”]+)”")}
# Words of other programs, and of the switch of languages.
FOREIGN = {
    "ja": {"URLで追加", "照会カレンダー", "English", "日本語"},
    "en": {"from URL", "subscribe"},
}
# What stands in the row of a product or another thing is a name, not a label.
TEXTS = [(topic.slug, language) for topic in TOPICS for language in LANGUAGES]


def source(slug: str, language: str) -> str:
    return (TEMPLATES / "guide" / f"_{language}" / f"{slug}.html").read_text("utf-8")


def quoted(text: str, language: str) -> set[str]:
    found = {next(filter(None, match)) for match in _matches(text, language)}
    return found - FOREIGN[language]


def _matches(text: str, language: str) -> list[tuple[str, ...]]:
    return [match.groups() for match in QUOTED[language].finditer(text)]


def pictures(slug: str, language: str) -> list[tuple[str, str]]:
    """Names and alternative texts of the pictures of a text."""
    return re.findall(r'picture\("([^"]+)", "([^"]*)"\)', source(slug, language))


def films(slug: str, language: str) -> list[str]:
    return re.findall(r'film\("([^"]+)"', source(slug, language))


def test_every_journey_is_explained_and_nothing_else() -> None:
    assert set().union(*JOURNEYS.values()) == {topic.slug for topic in TOPICS}
    assert [topic.number for topic in TOPICS] == list(range(1, len(TOPICS) + 1))
    for language in LANGUAGES:
        files = {path.stem for path in (TEMPLATES / "guide" / f"_{language}").iterdir()}
        assert files == {topic.slug for topic in TOPICS}


def test_topics_follow_each_other() -> None:
    assert neighbours(TOPICS[0]) == (None, TOPICS[1])
    assert neighbours(TOPICS[-1]) == (TOPICS[-2], None)
    assert neighbours(TOPICS[3]) == (TOPICS[2], TOPICS[4])


@pytest.mark.parametrize(("slug", "language"), TEXTS)
def test_labels_that_the_guide_quotes_are_on_the_screens(slug: str, language: str) -> None:
    # The catalogue holds what pages say and nothing else, so a renamed label is not in it.
    unknown = quoted(source(slug, language), language) - texts(language)
    assert not unknown, f"{slug} in {language} quotes what no screen says"


@pytest.mark.parametrize("slug", [topic.slug for topic in TOPICS])
def test_both_languages_show_the_same(slug: str) -> None:
    ja, en = (
        ([name for name, _ in pictures(slug, language)], films(slug, language))
        for language in LANGUAGES
    )
    assert ja == en and (ja[0] or ja[1])
    steps = [re.findall(r"<(ol|ul|li|h2)\b", source(slug, language)) for language in LANGUAGES]
    assert steps[0] == steps[1]


@pytest.mark.parametrize(("slug", "language"), TEXTS)
def test_pictures_say_what_is_seen(slug: str, language: str) -> None:
    known = json.loads(LABELS.read_text("utf-8"))
    for name, seen in pictures(slug, language):
        assert len(seen) > 15, f"{name} has no words for those who do not see it"
        assert min(picture_size(f"guide/{name}.{language}.webp")) > 100
        assert f"{name}.{language}" in known


def test_every_file_of_the_guide_is_shown() -> None:
    shown = {
        f"{name}.{language}.webp"
        for slug, language in TEXTS
        for name, _ in pictures(slug, language)
    }
    for slug, language in TEXTS:
        for name in films(slug, language):
            shown |= {f"{name}-film.{language}.webm", f"{name}-film.{language}.vtt"}
            shown.add(f"{name}-poster.{language}.webp")
    assert {path.name for path in MEDIA.iterdir()} == shown
    assert {path.removesuffix(".ja") for path in _labels("ja")} == {
        name for topic in TOPICS for name, _ in pictures(topic.slug, "ja")
    }
    assert {topic.slug for topic in TOPICS} == set(SCENES)
    assert {f"{name}-film" for topic in TOPICS for name in films(topic.slug, "ja")} == set(FILMS)


def _labels(language: str) -> dict[str, list[str]]:
    labels: dict[str, list[str]] = json.loads(LABELS.read_text("utf-8"))
    return {name: words for name, words in labels.items() if name.endswith(f".{language}")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_picture_shows_a_label_that_has_changed(language: str) -> None:
    changed = {
        name: sorted(set(words) - texts(language))
        for name, words in _labels(language).items()
        if set(words) - texts(language)
    }
    assert not changed, "make guide-pictures"
    assert all(_labels(language).values())


def test_captions_stand_in_a_strip_above_the_screen_and_cover_nothing_of_it() -> None:
    for film in MEDIA.glob("*.webm"):
        size = re.search(rb"\xb0\x82(..)\xba\x82(..)", film.read_bytes()[:2000], re.DOTALL)
        assert size, film.name
        width, height = (int.from_bytes(part) for part in size.groups())
        assert (width, height) == (WIDTH, HEIGHT + STRIP)
        lines = film.with_suffix(".vtt").read_text("utf-8").splitlines()
        cues = [line for line in lines if "-->" in line]
        assert cues and all(line.endswith(AT_THE_TOP) for line in cues)
    page = (TEMPLATES / "guide" / "_media.html").read_text("utf-8")
    assert f'width="{WIDTH}" height="{HEIGHT + STRIP}"' in page


def test_the_files_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in MEDIA.iterdir()}
    assert sum(sizes.values()) <= MOST_BYTES
    assert all(size <= MOST_FILM_BYTES for name, size in sizes.items() if name.endswith(".webm"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FILMS)
def test_captions_follow_each_other_and_name_what_is_there(name: str, language: str) -> None:
    captions = (MEDIA / f"{name}.{language}.vtt").read_text("utf-8")
    assert captions.startswith("WEBVTT\n\n")
    times = re.findall(rf"^(\S+) --> (\S+) {AT_THE_TOP}$", captions, re.MULTILINE)
    assert times[0][0] == "00:00.000"
    assert all(start < end for start, end in times)
    assert [end for _, end in times[:-1]] == [start for start, _ in times[1:]]
    assert "00:10.000" <= times[-1][1] <= "00:30.000"
    assert quoted(captions, language) <= texts(language)


@pytest.mark.parametrize("code", ["owner", "english"])
async def test_every_topic_is_reached_and_leads_on(portal: Portal, code: str) -> None:
    async with await portal.signed_in(code) as client:
        contents = elements((await client.get("/guide")).text)
        linked = [a["href"] for tag, a in contents if tag == "a" and a.get("href")]
        assert {topic.url for topic in TOPICS} <= set(linked)
        for topic in TOPICS:
            html = (await client.get(topic.url)).text
            tags = elements(html)
            following = [a["href"] for tag, a in tags if tag == "a" and a.get("rel") == "next"]
            assert following == [after.url for after in neighbours(topic)[1:] if after]
            assert f"{topic.number}. " in html
            await _check_media(client, tags)


async def _check_media(
    client: httpx.AsyncClient, tags: list[tuple[str, dict[str, str | None]]]
) -> None:
    """What a topic shows is there, and comes only when it is looked at."""
    for tag, a in tags:
        if tag == "img":
            assert a["loading"] == "lazy" and a["alt"] and a["width"] and a["height"]
        if tag == "video":
            assert a["preload"] == "none" and "autoplay" not in a
        if tag in {"img", "source", "track"}:
            address = a["src"] or ""
            assert (await client.head(address)).status_code == 200, address


async def test_an_unknown_topic_is_not_found(owner: httpx.AsyncClient) -> None:
    assert (await owner.get("/guide/no-such-topic")).status_code == 404


def test_chapters_have_titles_in_japanese() -> None:
    titles = [chapter.title for chapter in CHAPTERS] + [topic.title for topic in TOPICS]
    assert all(gettext(title) != title for title in titles)


def test_links_to_the_guide_lead_to_a_topic() -> None:
    targets = {
        address
        for path in TEMPLATES.rglob("*.html")
        for address in re.findall(r'href="(/guide[^"{]*)"', path.read_text("utf-8"))
    }
    assert targets <= {"/guide", *(topic.url for topic in TOPICS)}
    assert len(targets) > 8


def test_the_guides_style_is_its_own() -> None:
    assert static_url("guide.css").startswith("/static/guide.")
    assert Path(STATIC / "guide.css").stat().st_size < 1_000
