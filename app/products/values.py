"""What owners enter about products."""

from typing import Annotated

from app.products.license_key_rules import LONGEST_LICENSE_KEY
from app.web.i18n import N_
from app.web.kinds import Code
from app.web.values import Values


class LicenseKeyValues(Values, frozen=True):
    """A license key as it was typed; `plain_license_key` gives its characters.

    Rules: letters, digits, single hyphens; not redeemed, not revoked, of this contract; guesses
    are throttled.
    """

    key: Annotated[
        str,
        Code(
            label=N_("License key"),
            maximum=LONGEST_LICENSE_KEY,
            hint=N_(
                "Enter the key as you received it. Case, spaces, hyphens and full-width"
                " characters are ignored."
            ),
        ),
    ]
