"""What owners confirm about license keys: an other product is added."""

from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.products import services
from app.products.key_queries import find_key, lock_key
from app.products.key_rules import KeyOutcome, judge_key, plain_key
from app.products.rules import count_of, product_name
from app.web.i18n import day
from app.web.i18n import gettext as _


def form_url(contract: SeenContract) -> str:
    """Path of the form that takes a license key."""
    return f"{contract.url}/other-products/new"


async def _state(context: Context, payload: Loose) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    key = await find_key(plain_key(payload["key"]))
    assert key is not None, "a key that was issued stays in the table"
    notes = []
    if key.ends_on > contract.ends_on:
        notes.append(
            _(
                "This contract ends on %(date)s. Unless it is renewed, the product can be used"
                " until then.",
                date=day(contract.ends_on),
            )
        )
    return Statement(
        heading=_("Add this other product?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("License key"), key.code),
            (_("Product"), product_name(key)),
            (_("Quantity"), count_of(key.quantity, key.unit)),
            (_("Term"), f"{day(key.starts_on)}–{day(key.ends_on)}"),
        ],
        back=form_url(contract),
        notes=[_("A license key can be used once."), *notes],
    )


async def _redeem(context: Context, payload: Loose) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    characters = plain_key(payload["key"])
    key = await lock_key(characters)
    outcome = judge_key(key, characters, contract)
    if key is None or outcome is not KeyOutcome.REDEEMABLE:
        raise Refused("outcome", outcome=outcome.value)
    await services.redeem_license_key(key=key.id, contract=contract.id, actor=context.viewer.id)
    return Done(
        f"{contract.url}/products",
        _("%(product)s was added by its license key.", product=product_name(key)),
    )


REDEMPTION = Act("license-key-redemption", Loose, _state, _redeem)
