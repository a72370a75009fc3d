"""What the staff confirm about companies and corporate groups."""

from uuid import UUID

import asyncpg

from app.confirmations.acts import Act, Context, Done, Entry, Refusal, Statement
from app.contracts import company_services as changes
from app.contracts import services
from app.contracts.values import CompanyValues, GroupValues
from app.staff.access import requires
from app.staff.companies.queries import list_groups
from app.staff.external_id_acts import external_id_refusal
from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.values import Choices, facts

COMPANIES_URL = "/staff/companies"
GROUPS_URL = "/staff/corporate-groups"


class CompanyEntry(Entry[CompanyValues], frozen=True):
    """A company; None for a new one."""

    company: UUID | None


class GroupEntry(Entry[GroupValues], frozen=True):
    """A corporate group; None for a new one."""

    group: UUID | None


async def company_choices() -> Choices:
    """Return what the fields of a company offer."""
    return {"corporate_group": {str(each.id): each.name for each in await list_groups()}}


async def _state_company(_context: Context, payload: CompanyEntry) -> Statement:
    company = payload.company
    return Statement(
        heading=_("Change this company?") if company else _("Create this company?"),
        facts=facts(payload.values, await company_choices()),
        back=f"{COMPANIES_URL}/{company or 'new'}",
        notes=[
            _("Companies in the same corporate group can be added to each other's contracts."),
        ],
    )


async def _do_company(context: Context, payload: CompanyEntry) -> Done:
    company, values, actor = payload.company, payload.values, context.viewer.id
    if company is None:
        company = await services.create_company(
            values.name,
            values.reading,
            corporate_group=values.corporate_group,
            external_id=values.external_id,
            actor=actor,
        )
    else:
        await changes.change_company(company, values=values, revision=payload.revision, actor=actor)
    return Done(
        f"{COMPANIES_URL}/{company}", _("The company %(name)s was saved.", name=values.name)
    )


async def _state_group(_context: Context, payload: GroupEntry) -> Statement:
    group = payload.group
    return Statement(
        heading=_("Rename this corporate group?") if group else _("Create this corporate group?"),
        facts=facts(payload.values),
        back=f"{GROUPS_URL}/{group or 'new'}",
    )


async def _do_group(context: Context, payload: GroupEntry) -> Done:
    group, values, actor = payload.group, payload.values, context.viewer.id
    if group is None:
        await services.create_corporate_group(values.name, actor=actor)
    else:
        await changes.change_corporate_group(
            group, values=values, revision=payload.revision, actor=actor
        )
    return Done(GROUPS_URL, _("The corporate group %(name)s was saved.", name=values.name))


NAME_TAKEN = Refusal(
    "name", N_("This name is already in use. Enter a different name."), asyncpg.UniqueViolationError
)
GROUP_GONE = Refusal(
    "corporate_group",
    N_("This corporate group no longer exists."),
    asyncpg.ForeignKeyViolationError,
)
CHANGE = requires(Permission.COMPANIES_CHANGE)
COMPANY = Act(
    "company",
    CompanyEntry,
    _state_company,
    _do_company,
    {
        **external_id_refusal("company"),
        "name-taken": NAME_TAKEN,
        "group-gone": GROUP_GONE,
    },
    may=CHANGE,
)
GROUP = Act(
    "corporate-group",
    GroupEntry,
    _state_group,
    _do_group,
    {"name-taken": NAME_TAKEN},
    may=CHANGE,
)
