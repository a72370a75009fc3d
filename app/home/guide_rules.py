"""操作ガイド: its topics, in the order in which they are read, and what is beside each."""

from dataclasses import dataclass

from app.web.i18n import N_


@dataclass(frozen=True)
class Topic:
    """A page of the guide.

    Attributes:
        slug: the end of its address, and the name of its text in each language.
        title: English heading, a message of the catalogue.
        number: counted through the whole guide, from 1.
    """

    slug: str
    title: str
    number: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"/guide/{self.slug}"


@dataclass(frozen=True)
class Chapter:
    """Topics that belong together; the title is a message of the catalogue."""

    title: str
    topics: tuple[Topic, ...]


_CONTENTS = (
    (
        N_("Getting started"),
        (
            ("log-in", N_("Sign in for the first time")),
            ("notices", N_("View the home page and notices")),
        ),
    ),
    (
        N_("View your contracts"),
        (
            ("contracts", N_("Find a contract")),
            ("products", N_("View products, and add one by license key")),
            ("resources", N_("Download files")),
        ),
    ),
    (
        N_("Set up an environment"),
        (
            ("environments", N_("Create an environment")),
            ("allocations", N_("Allocate licenses")),
            ("bulk-allocation", N_("Allocate licenses in bulk")),
            ("activation", N_("Activate a system without internet")),
            ("emergency", N_("Prepare for an emergency")),
            ("move", N_("Change an allocation, or move or return a system")),
        ),
    ),
    (
        N_("Work together on a contract"),
        (
            ("members", N_("Invite others and change their roles")),
            ("joining", N_("Join with an invitation")),
            ("group-companies", N_("Add group companies")),
            ("quotes", N_("Ask for a quote")),
            ("other-systems", N_("Connect other systems")),
            ("single-sign-on", N_("Use single sign-on")),
        ),
    ),
    (
        N_("Your own account"),
        (
            ("personal-settings", N_("Change your name, email address or password")),
            ("two-step-log-in", N_("Use two-step verification")),
            ("calendar", N_("See end dates in your calendar")),
            ("withdrawal", N_("Delete your account")),
        ),
    ),
)


def _numbered() -> tuple[Chapter, ...]:
    number = 0
    chapters = []
    for title, contents in _CONTENTS:
        topics = []
        for slug, heading in contents:
            number += 1
            topics.append(Topic(slug, heading, number))
        chapters.append(Chapter(title, tuple(topics)))
    return tuple(chapters)


CHAPTERS = _numbered()
TOPICS = tuple(topic for chapter in CHAPTERS for topic in chapter.topics)


def find_topic(slug: str) -> Topic | None:
    """The topic of an address, or None."""
    return next((topic for topic in TOPICS if topic.slug == slug), None)


def neighbours(topic: Topic) -> tuple[Topic | None, Topic | None]:
    """The topics before and after one."""
    before = TOPICS[topic.number - 2] if topic.number > 1 else None
    after = TOPICS[topic.number] if topic.number < len(TOPICS) else None
    return before, after
