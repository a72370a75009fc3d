"""The forms of companies and corporate groups."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.staff.list_forms import read_revision
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData

LONGEST_NAME = 100


@dataclass(frozen=True)
class CompanyForm:
    """Name, reading, and the corporate group, if it is in one.

    Attributes:
        corporate_group: id, or an empty string.
        revision: the one that the form was made from; 0 for a new company.
    """

    name: str
    reading: str
    corporate_group: str
    revision: int
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, groups: Collection[str]) -> "CompanyForm":
        """Read what was sent.

        Args:
            groups: ids of those that can be chosen.
        """
        fields = Fields(data)
        name = fields.text("name", _("Company name"), maximum=LONGEST_NAME)
        reading = fields.text("reading", _("Reading"), maximum=LONGEST_NAME)
        group = fields.choice("corporate_group", _("Corporate group"), {"", *groups})
        names = ("name", "reading", "corporate_group", "revision")
        return cls(
            name=name,
            reading=reading,
            corporate_group=group,
            revision=read_revision(data),
            typed={each: data.get(each) for each in names},
            errors=fields.errors,
        )


@dataclass(frozen=True)
class GroupForm:
    """The name of a corporate group, and the revision that the form was made from."""

    name: str
    revision: int
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "GroupForm":
        """Read what was sent."""
        fields = Fields(data)
        name = fields.text("name", _("Group name"), maximum=LONGEST_NAME)
        typed = {each: data.get(each) for each in ("name", "revision")}
        return cls(name, read_revision(data), typed, fields.errors)
