"""What the form says where two owners met in the draft."""

from app.products.rules import product_name
from app.quotes.draft_queries import Builder
from app.quotes.draft_rules import NOTE, DraftContent, Merged, additions_differ
from app.quotes.forms import BuilderForm, wish_field
from app.quotes.wording import choice_text
from app.web.i18n import gettext as _


def unseen_messages(builder: Builder, form: BuilderForm, merged: Merged) -> dict[str, str]:
    """Return what another person changed since the person's form was made, by field."""
    kept, errors = builder.values(), {}
    for product in builder.products:
        id, name = str(product.id), product_name(product)
        if id in merged.conflicts:
            errors[wish_field(product.id)] = _(
                "%(product)s: “%(kept)s” was saved while you were editing. You selected"
                " “%(own)s”. Check your choice and continue.",
                product=name,
                kept=choice_text(kept[id]),
                own=choice_text(form.own[id]),
            )
        elif id in merged.taken:
            errors[wish_field(product.id)] = _taken(name, form.seen[id], kept[id])
    if NOTE in merged.conflicts:
        errors[NOTE] = _(
            "The note was changed to “%(kept)s” while you were editing. Your note is below."
            " Check it and continue.",
            kept=kept[NOTE],
        )
    elif NOTE in merged.taken:
        errors[NOTE] = _note_taken()
    if additions_differ(form.seen_additions, builder.content.additions):
        errors["additions"] = _additions_changed()
    return errors or {"form": _again()}


def refusal_messages(builder: Builder, shown: DraftContent) -> dict[str, str]:
    """Return what the draft has now that it did not have on the person's confirm page, by field."""
    kept = builder.values()
    errors = {
        wish_field(product.id): _taken(product_name(product), shown.values[id], kept[id])
        for product in builder.products
        if (id := str(product.id)) in shown.values and shown.values[id] != kept[id]
    }
    if shown.values[NOTE] != kept[NOTE]:
        errors[NOTE] = _note_taken()
    if additions_differ([a.id for a in shown.additions], builder.content.additions):
        errors["additions"] = _additions_changed()
    return errors or {"form": _again()}


def _taken(product: str, seen: str, kept: str) -> str:
    return _(
        "%(product)s: “%(seen)s” was changed to “%(kept)s” while you were editing. Check it"
        " and continue.",
        product=product,
        seen=choice_text(seen),
        kept=choice_text(kept),
    )


def _note_taken() -> str:
    return _("The note was changed while you were editing. Check it and continue.")


def _additions_changed() -> str:
    return _(
        "The additional purchases were changed while you were editing. Check them and continue."
    )


def _again() -> str:
    return _("The draft changed before you confirmed it. Check it and continue.")
