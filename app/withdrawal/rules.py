"""Decisions about withdrawal: who has to stay for now, and what is kept of the reason."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from app.contracts.rules import SeenContract

# A text in a person's own words may say who they are, whatever they were asked.
NOTE_KEPT = timedelta(days=90)
# A farewell that cannot be delivered is given up soon: its address is all that is left.
FAREWELL_LASTS = timedelta(days=3)
SHORTEST_NAME = 2


class Reason(StrEnum):
    """Why a person withdraws, as far as they like to say."""

    NOT_NEEDED = "not-needed"
    OTHER_DUTIES = "other-duties"
    OTHER_ACCOUNT = "other-account"
    HARD_TO_USE = "hard-to-use"
    PRIVACY = "privacy"
    OTHER = "other"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True)
class Leaving:
    """What a person would leave behind.

    Attributes:
        contracts: all contracts of the person, by number.
        kept_by: ids of those contracts that run and have no other owner who can sign in. A person
            whose own account is disabled is kept only where there is no other owner at all.
        last_administrator: whether no other person administers the portal.
    """

    contracts: Sequence[SeenContract]
    kept_by: Collection[UUID]
    last_administrator: bool

    @property
    def may_leave(self) -> bool:
        """Return whether nothing keeps the person."""
        return not self.kept_by and not self.last_administrator

    @property
    def keeping(self) -> list[SeenContract]:
        """Return the contracts that the person has to hand over first."""
        return [contract for contract in self.contracts if contract.id in self.kept_by]


@dataclass(frozen=True)
class Words:
    """What identifies a person, as far as the portal knows.

    Attributes:
        addresses: mail addresses, in lower case: today's, and those that they were invited at.
    """

    code: str
    name: str
    addresses: Sequence[str]

    @property
    def in_texts(self) -> list[str]:
        """Return words by which a text for other people is found that names the person.

        A user code, or a name of one letter, stands in texts that are about something else.
        """
        names = [self.name] if len(self.name) >= SHORTEST_NAME else []
        return [*self.addresses, *names]


def without(text: str, words: Words) -> str:
    """Return a text in which the person is not named by name, mail address or user code."""
    for word in sorted({*words.addresses, words.name, words.code}, key=len, reverse=True):
        if word:
            text = re.sub(re.escape(word), "…", text, flags=re.IGNORECASE)
    return text
