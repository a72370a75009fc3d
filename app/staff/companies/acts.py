"""What the staff confirm about companies and corporate groups."""

from uuid import UUID

import asyncpg

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts import company_services as changes
from app.contracts import services
from app.database import Changed, Gone
from app.staff.access import require
from app.staff.companies.queries import find_group
from app.staff.rules import Permission
from app.web.i18n import gettext as _

COMPANIES_URL = "/staff/companies"
GROUPS_URL = "/staff/corporate-groups"


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


async def _facts(payload: Loose) -> list[tuple[str, str]]:
    chosen = _id(payload["corporate_group"])
    group = await find_group(chosen) if chosen else None
    return [
        (_("Company name"), payload["name"]),
        (_("Reading"), payload["reading"]),
        (_("Corporate group"), group["name"] if group else _("None")),
    ]


async def _state_company(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.COMPANIES_CHANGE)
    company = payload["company"]
    return Statement(
        heading=_("Change this company?") if company else _("Create this company?"),
        facts=await _facts(payload),
        back=f"{COMPANIES_URL}/{company or 'new'}",
        notes=[
            _("Companies of one corporate group can be registered in each other's contracts."),
        ],
    )


async def _do_company(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.COMPANIES_CHANGE)
    try:
        company = await _write_company(context.viewer, payload)
    except asyncpg.UniqueViolationError:
        raise Refused("name-taken") from None
    except asyncpg.ForeignKeyViolationError:
        raise Refused("group-gone") from None
    except (Changed, Gone):
        raise Refused("changed-meanwhile") from None
    return Done(
        f"{COMPANIES_URL}/{company}", _("The company %(name)s was saved.", name=payload["name"])
    )


async def _write_company(viewer: Viewer, payload: Loose) -> UUID:
    name, reading, group = payload["name"], payload["reading"], _id(payload["corporate_group"])
    if not payload["company"]:
        return await services.create_company(name, reading, corporate_group=group, actor=viewer.id)
    company = UUID(payload["company"])
    await changes.change_company(
        company,
        name=name,
        reading=reading,
        corporate_group=group,
        revision=payload["revision"],
        actor=viewer.id,
    )
    return company


async def _state_group(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.COMPANIES_CHANGE)
    group = payload["group"]
    return Statement(
        heading=_("Rename this corporate group?") if group else _("Create this corporate group?"),
        facts=[(_("Group name"), payload["name"])],
        back=f"{GROUPS_URL}/{group or 'new'}",
    )


async def _do_group(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.COMPANIES_CHANGE)
    name = payload["name"]
    try:
        if payload["group"]:
            await changes.rename_corporate_group(
                UUID(payload["group"]),
                name=name,
                revision=payload["revision"],
                actor=context.viewer.id,
            )
        else:
            await services.create_corporate_group(name, actor=context.viewer.id)
    except asyncpg.UniqueViolationError:
        raise Refused("name-taken") from None
    except (Changed, Gone):
        raise Refused("changed-meanwhile") from None
    return Done(GROUPS_URL, _("The corporate group %(name)s was saved.", name=name))


COMPANY = Act("company", Loose, _state_company, _do_company)
GROUP = Act("corporate-group", Loose, _state_group, _do_group)
