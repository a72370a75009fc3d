"""What the staff confirm about the terms of use."""

from app.accounts.services import publish_terms
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed
from app.staff.access import require
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.i18n import number

TERMS_URL = "/staff/terms"


async def _state(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.TERMS_PUBLISH)
    return Statement(
        heading=_("Publish this version of the terms of use?"),
        facts=[
            (_("Version"), str(payload["revision"] + 1)),
            (_("Japanese text"), _("%(n)s characters", n=number(len(payload["body_ja"])))),
            (_("English text"), _("%(n)s characters", n=number(len(payload["body_en"])))),
        ],
        back=f"{TERMS_URL}/new",
        warning=_("Everybody is asked to accept it before they go on, you too."),
        notes=[_("A published version is never changed; a correction is a new version.")],
        whole_page=True,
    )


async def _publish(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.TERMS_PUBLISH)
    try:
        await publish_terms(
            payload["body_ja"],
            payload["body_en"],
            after=payload["revision"],
            actor=context.viewer.id,
        )
    except Changed:
        raise Refused("changed-meanwhile") from None
    return Done(TERMS_URL, _("The version was published."))


PUBLICATION = Act("terms-publication", Loose, _state, _publish)
