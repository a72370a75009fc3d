"""What the staff confirm about the terms of use."""

from app.accounts.services import publish_terms_of_use
from app.confirmations.acts import Act, Context, Done, Entry, Statement
from app.staff.access import requires
from app.staff.rules import Permission
from app.staff.terms_of_use.values import TermsValues
from app.web.i18n import gettext as _
from app.web.values import facts

TERMS_URL = "/staff/terms"


class Publication(Entry[TermsValues], frozen=True):
    """A new version; `revision` is the version that it follows."""


async def _state(_context: Context, payload: Publication) -> Statement:
    return Statement(
        heading=_("Publish this version of the terms of use?"),
        facts=[(_("Version"), str(payload.revision + 1)), *facts(payload.values)],
        back=f"{TERMS_URL}/new",
        warning=_("Everyone, including you, must accept it before continuing."),
        notes=[_("You cannot change a published version. To correct it, publish a new version.")],
        whole_page=True,
    )


async def _publish(context: Context, payload: Publication) -> Done:
    values = payload.values
    await publish_terms_of_use(
        values.body_ja, values.body_en, after=payload.revision, actor=context.viewer.id
    )
    return Done(TERMS_URL, _("The new version was published."))


PUBLICATION = Act(
    "terms-publication", Publication, _state, _publish, may=requires(Permission.TERMS_PUBLISH)
)
