"""What owners confirm about license keys: an other product is added."""

from typing import Any

from app.confirmations.acts import Act, Context, Done, Entry, Refusal, Refused, Statement
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.products import services
from app.products.license_key_queries import find_license_key, lock_license_key
from app.products.license_key_rules import (
    KnownLicenseKey,
    LicenseKeyOutcome,
    judge_license_key,
    plain_license_key,
)
from app.products.rules import count_of, product_name
from app.products.values import LicenseKeyValues
from app.web.i18n import N_, day, period
from app.web.i18n import gettext as _


class Redemption(Entry[LicenseKeyValues], frozen=True):
    """A license key for a contract."""

    contract: str


def form_url(contract: SeenContract) -> str:
    """Return the path of the form that takes a license key."""
    return f"{contract.url}/other-products/new"


def outcome_details(key: KnownLicenseKey | None, contract: SeenContract) -> dict[str, Any]:
    """Return the days that the messages of `REFUSALS` tell; they never say who used it."""
    if key is None:
        return {}
    return {
        "starts_on": day(key.starts_on),
        "ends_on": day(key.ends_on),
        "contract": period(contract.starts_on, contract.ends_on),
    }


async def _state(context: Context, payload: Redemption) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    key = await find_license_key(plain_license_key(payload.values.key))
    assert key is not None, "a key that was issued stays in the table"
    notes = []
    if key.ends_on > contract.ends_on:
        notes.append(
            _(
                "This contract ends on %(date)s. Unless the contract is renewed, the product"
                " can be used only until then.",
                date=day(contract.ends_on),
            )
        )
    return Statement(
        heading=_("Add this product?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("License key"), key.code),
            (_("Product"), product_name(key)),
            (_("Quantity"), count_of(key.quantity, key.unit)),
            (_("Term"), period(key.starts_on, key.ends_on)),
        ],
        back=form_url(contract),
        notes=[_("A license key can be used once."), *notes],
    )


async def _redeem(context: Context, payload: Redemption) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    characters = plain_license_key(payload.values.key)
    key = await lock_license_key(characters)
    outcome = judge_license_key(key, characters, contract)
    if key is None or outcome is not LicenseKeyOutcome.REDEEMABLE:
        raise Refused(outcome.value, **outcome_details(key, contract))
    await services.redeem_license_key(key=key.id, contract=contract.id, actor=context.viewer.id)
    return Done(
        f"{contract.url}/products",
        _("%(product)s was added with its license key.", product=product_name(key)),
    )


MESSAGES = {
    LicenseKeyOutcome.MISTYPED: N_(
        "This license key is not valid: a character is wrong, missing or extra. Compare it"
        " with the key that you received."
    ),
    LicenseKeyOutcome.UNKNOWN: N_(
        "This license key was never issued. Compare it with the key that you received, or ask"
        " your sales contact."
    ),
    LicenseKeyOutcome.REVOKED: N_("This license key was revoked. Ask your sales contact."),
    LicenseKeyOutcome.USED_HERE: N_(
        "This license key has already been added to this contract. Its product is in the list."
    ),
    LicenseKeyOutcome.USED: N_(
        "This license key has already been used. If you did not use it, ask your sales contact."
    ),
    LicenseKeyOutcome.NOT_FOR_CONTRACT: N_(
        "This license key was issued for another contract. Add it there, or ask your sales contact."
    ),
    LicenseKeyOutcome.ENDED: N_("This license key expired on %(ends_on)s. Ask your sales contact."),
    LicenseKeyOutcome.NOT_STARTED: N_(
        "This license key can be used from %(starts_on)s. Try again on or after that day."
    ),
    LicenseKeyOutcome.OUTSIDE_TERM: N_(
        "This license key is valid for %(starts_on)s–%(ends_on)s, outside the contract term"
        " (%(contract)s), so it cannot be used here. Ask your sales contact."
    ),
}
REFUSALS = {outcome.value: Refusal("key", message) for outcome, message in MESSAGES.items()}
REDEMPTION = Act("license-key-redemption", Redemption, _state, _redeem, REFUSALS)
