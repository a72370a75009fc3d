"""Every act that the audit log knows, as a sentence for people: the one readable list.

An act is recorded with its code written out, and a test finds one that is missing here. In a
sentence, `%(subject)s` is the name of what the act was about as it is shown today, and
other places are filled from the event's details. Names of people are never in an event: `user` in
the details, or the subject, is an id that is looked up when a page is shown.
"""

from app.web.i18n import N_

ACTS = {
    # People and their accounts
    "sign-in": N_("Signed in"),
    "sign-in-failure": N_("Failed to sign in"),
    "sign-out": N_("Signed out"),
    "sign-in-beginning": N_("Gave the right password, before the second step"),
    "proof": N_("Showed again who they are"),
    "proof-failure": N_("Failed to show who they are"),
    "authenticator-app-addition": N_("Added an authenticator app"),
    "passkey-addition": N_("Added a passkey"),
    "recovery-codes-creation": N_("Made new recovery codes"),
    "second-factor-removal": N_("Removed a second factor"),
    "terms-acceptance": N_("Accepted the terms of use"),
    "password-change": N_("Changed the password"),
    "language-change": N_("Changed the language"),
    "user-creation": N_("Created an account"),
    "profile-change": N_("Changed the profile"),
    "email-change-request": N_("Asked for another e-mail address"),
    "email-change": N_("Changed the e-mail address"),
    "password-check-failure": N_("Failed to confirm the password"),
    "password-reset-request": N_("Asked for a link for a new password"),
    "password-reset": N_("Set a new password by a mailed link"),
    "session-end": N_("Ended a session"),
    "sessions-end": N_("Ended all sessions of %(subject)s"),
    "account-unlock": N_("Unlocked the account of %(subject)s"),
    "account-disabling": N_("Disabled the account of %(subject)s"),
    "account-enabling": N_("Enabled the account of %(subject)s"),
    "account-inspection": N_("Looked at the account of %(subject)s"),
    "second-factors-removal": N_("Removed all second factors of %(subject)s"),
    "staff-creation": N_("Created a staff account for %(subject)s"),
    "staff-link": N_("Sent %(subject)s a link to set the password"),
    "staff-role-change": N_("Changed the staff role of %(subject)s"),
    "form-parking": N_("Sent a form after the session had ended"),
    # Contracts
    "contract-creation": N_("Recorded the contract"),
    "membership-creation": N_("Added %(subject)s to the members as %(role)s"),
    "membership-change": N_("Changed role or notification of %(subject)s (%(role)s)"),
    "membership-removal": N_("Removed %(subject)s from the members"),
    "membership-departure": N_("Left the contract"),
    "invitation": N_("Sent an invitation"),
    "invitation-resending": N_("Sent an invitation again"),
    "invitation-cancellation": N_("Cancelled an invitation"),
    "invitation-acceptance": N_("Joined by an invitation"),
    "group-company-addition": N_("Registered the group company “%(subject)s”"),
    "entitlement-addition": N_("Added the product “%(subject)s”, quantity %(quantity)s"),
    "group-company-removal": N_("Removed the group company “%(subject)s”"),
    "report-export": N_("Downloaded a table as a file (%(report)s, %(format)s)"),
    "history-export": N_("Downloaded the activity as a file"),
    # Environments
    "environment-creation": N_("Created the environment “%(subject)s”"),
    "environment-change": N_("Changed the environment “%(subject)s”"),
    "environment-retirement": N_("Retired the environment “%(subject)s”"),
    "allocation-change": N_("Changed the allocation of “%(subject)s”"),
    # Activation
    "activation-issue": N_("Issued activation file %(seq)s of “%(subject)s”"),
    "activation-download": N_("Downloaded activation file %(seq)s of “%(subject)s”"),
    "activation-return": N_("Returned activation %(seq)s of “%(subject)s”"),
    "activation-refusal": N_("A request file of “%(subject)s” was refused (%(code)s)"),
    # Quotes
    "quote-request": N_("Requested quote %(subject)s"),
    "quote-answer": N_("Answered quote request %(subject)s"),
    # The vendor's side
    "corporate-group-creation": N_("Created a corporate group"),
    "corporate-group-change": N_("Renamed a corporate group"),
    "company-creation": N_("Created the company “%(subject)s”"),
    "company-change": N_("Changed the company “%(subject)s”"),
    "contract-amendment": N_("Amended the contract"),
    "contract-renewal": N_("Renewed the contract"),
    "entitlement-change": N_("Changed the product “%(subject)s” to quantity %(quantity)s"),
    "owner-appointment": N_("Appointed %(subject)s as owner"),
    "owner-invitation": N_("Invited a new owner, since the contract had none left"),
    "contract-inspection": N_("Looked at the contract"),
    "product-creation": N_("Created the product “%(subject)s”"),
    "product-change": N_("Changed the product “%(subject)s”"),
    "license-key-export": N_("Took a batch of license keys away as a file"),
    "license-key-revocation": N_("Revoked a license key"),
    "license-key-issue": N_("Issued a license key"),
    "license-key-batch": N_("Issued %(number)s license keys"),
    "resource-publication": N_("Published the resource “%(subject)s”"),
    "notice-publication": N_("Published a notice"),
    "terms-publication": N_("Published a version of the terms of use"),
    "signing-key-rotation": N_("Made a signing key"),
    "keyset-import": N_("Put keyset %(version)s in force"),
}
