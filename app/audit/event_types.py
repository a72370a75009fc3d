"""Every event type of the audit log, as a sentence for people: the one readable list.

An event is recorded with its type written out, and a test finds one that is missing here. In a
sentence, `%(subject)s` is today's name of what the event is about, and
other places are filled from the event's details. Names of people are never in an event: `user` in
the details, or the subject, is an id that is looked up when a page is shown.
"""

from app.web.i18n import N_

EVENT_TYPES = {
    # People and their accounts
    "sign-in": N_("Signed in"),
    "sign-in-failure": N_("Failed to sign in"),
    "sign-out": N_("Signed out"),
    "sign-in-beginning": N_("Entered the correct password; second step pending"),
    "proof": N_("Confirmed their identity again"),
    "proof-failure": N_("Failed to confirm their identity"),
    "authenticator-app-addition": N_("Added an authenticator app"),
    "passkey-addition": N_("Added a passkey"),
    "recovery-codes-creation": N_("Created new recovery codes"),
    "second-factor-removal": N_("Removed a second factor"),
    "terms-acceptance": N_("Accepted the terms of use"),
    "password-change": N_("Changed the password"),
    "language-change": N_("Changed the language"),
    "user-creation": N_("Created an account"),
    "profile-change": N_("Changed the profile"),
    "email-change-request": N_("Requested a change of the email address"),
    "email-change": N_("Changed the email address"),
    "email-change-cancellation": N_("Cancelled the change of the email address"),
    "password-check-failure": N_("Failed to confirm the password"),
    "password-reset-request": N_("Requested a password reset link"),
    "password-reset": N_("Set a new password with the emailed link"),
    "calendar-creation": N_("Created a calendar address"),
    "calendar-renewal": N_("Replaced the calendar address"),
    "calendar-revocation": N_("Revoked the calendar address"),
    "session-end": N_("Ended a session"),
    "sessions-end": N_("Ended all sessions of %(subject)s"),
    "account-unlock": N_("Unlocked the account of %(subject)s"),
    "account-disabling": N_("Disabled the account of %(subject)s"),
    "account-enabling": N_("Enabled the account of %(subject)s"),
    "account-inspection": N_("Viewed the account of %(subject)s"),
    "second-factors-removal": N_("Turned off two-step verification for %(subject)s"),
    "staff-creation": N_("Created a staff account for %(subject)s"),
    "staff-link": N_("Sent %(subject)s a link to set a password"),
    "staff-role-change": N_("Changed the staff role of %(subject)s"),
    "form-parking": N_("Submitted a form that was saved until another step was done"),
    "own-data-download": N_("Downloaded their own data"),
    "withdrawal": N_("Deleted their account; personal data was erased"),
    # Contracts
    "import": N_("Imported a file"),
    "import-upload": N_("Uploaded the file “%(name)s” for import"),
    "import-discard": N_("Discarded the import file “%(name)s”"),
    "bulk-export": N_("Exported all companies, contracts, people and license keys"),
    "single-sign-on-change": N_("Changed the single sign-on of “%(subject)s”"),
    "single-sign-on-secret": N_("Set the client secret of the single sign-on of “%(subject)s”"),
    "single-sign-on-domain-addition": N_(
        "Added the domain %(domain)s to the single sign-on of “%(subject)s”"
    ),
    "single-sign-on-domain-claim": N_(
        "Asked to verify the domain %(domain)s for the single sign-on of “%(subject)s”"
    ),
    "single-sign-on-domain-claim-end": N_(
        "Gave up verifying the domain %(domain)s for the single sign-on of “%(subject)s”"
    ),
    "single-sign-on-domain-missing": N_(
        "Missed the DNS record of the domain %(domain)s of “%(subject)s”"
    ),
    "single-sign-on-domain-return": N_(
        "Found the DNS record of the domain %(domain)s of “%(subject)s” again"
    ),
    "single-sign-on-domain-removal": N_(
        "Removed the domain %(domain)s from the single sign-on of “%(subject)s”"
    ),
    "single-sign-on-exception": N_("Excepted an owner from the single sign-on of “%(subject)s”"),
    "single-sign-on-exception-end": N_(
        "Ended an owner's exception from the single sign-on of “%(subject)s”"
    ),
    "single-sign-on-default-contracts": N_(
        "Chose who may join contracts by the single sign-on of “%(subject)s”"
    ),
    "staff-single-sign-on-exception": N_("Excepted %(subject)s from the single sign-on of staff"),
    "staff-single-sign-on-exception-end": N_(
        "Ended the exception of %(subject)s from the single sign-on of staff"
    ),
    "single-sign-on-delegation": N_("Let the owners of “%(subject)s” manage its single sign-on"),
    "single-sign-on-delegation-end": N_(
        "Stopped the owners of “%(subject)s” from managing its single sign-on"
    ),
    "single-sign-on-state": N_(
        "Changed the state of the single sign-on of “%(subject)s” (%(state)s)"
    ),
    "single-sign-on-test": N_("Tested the single sign-on of “%(subject)s”"),
    "single-sign-on-account-creation": N_(
        "Created an account through the single sign-on of “%(subject)s”"
    ),
    "single-sign-on-linking": N_("Linked their account with the single sign-on of “%(subject)s”"),
    "single-sign-on-ending": N_(
        "Signed out, since the single sign-on of “%(subject)s” says so (%(why)s)"
    ),
    "single-sign-on-refusal": N_(
        "Refused a sign-in through the single sign-on of “%(subject)s” (%(why)s)"
    ),
    "provisioning-token-creation": N_("Created the provisioning token of “%(subject)s”"),
    "provisioning-token-rotation": N_("Replaced the provisioning token of “%(subject)s”"),
    "provisioning-token-revocation": N_("Revoked the provisioning token of “%(subject)s”"),
    "provisioning-creation": N_("Began to manage the account of %(subject)s"),
    "provisioning-change": N_("Changed the account of %(subject)s (%(changed)s)"),
    "provisioning-deactivation": N_("Deactivated the account of %(subject)s"),
    "provisioning-reactivation": N_("Reactivated the account of %(subject)s"),
    "provisioning-address-change": N_("Changed the email address of %(subject)s"),
    "provisioning-removal": N_("Stopped managing the account of %(subject)s"),
    "contract-creation": N_("Created the contract"),
    "membership-creation": N_("Added %(subject)s to the members as %(role)s"),
    "membership-change": N_("Changed the role or notice setting of %(subject)s (%(role)s)"),
    "membership-removal": N_("Removed %(subject)s from the members"),
    "membership-departure": N_("Left the contract"),
    "notice-unsubscription": N_("Unsubscribed %(subject)s with the link in an email"),
    "invitation": N_("Invited %(subject)s by email"),
    "invitation-resending": N_("Resent the invitation to %(subject)s"),
    "invitation-cancellation": N_("Cancelled the invitation to %(subject)s"),
    "invitation-acceptance": N_("Joined with the invitation to %(subject)s"),
    "group-company-addition": N_("Added the group company “%(subject)s”"),
    "entitlement-addition": N_("Added the product “%(subject)s”, quantity %(quantity)s"),
    "group-company-removal": N_("Removed the group company “%(subject)s”"),
    "report-export": N_("Downloaded a table (%(report)s, %(format)s)"),
    "history-export": N_("Downloaded the activity log"),
    "service-account-creation": N_("Created the service account “%(subject)s” (%(service_role)s)"),
    "service-account-rotation": N_("Created a new token for the service account “%(subject)s”"),
    "service-account-revocation": N_("Revoked the service account “%(subject)s”"),
    "vendor-account-creation": N_(
        "Created the vendor's service account “%(subject)s” (%(scopes)s)"
    ),
    "vendor-account-rotation": N_(
        "Created a new token for the vendor's service account “%(subject)s”"
    ),
    "vendor-account-revocation": N_("Revoked the vendor's service account “%(subject)s”"),
    "webhook-creation": N_("Created the webhook “%(name)s” to %(host)s"),
    "webhook-change": N_("Changed the webhook “%(name)s” to %(host)s"),
    "webhook-rotation": N_("Created a new secret for the webhook “%(name)s”"),
    "webhook-pause": N_("Paused the webhook “%(name)s”"),
    "webhook-suspension": N_("Paused the webhook “%(name)s” because it stopped accepting events"),
    "webhook-resumption": N_("Resumed the webhook “%(name)s”"),
    "webhook-removal": N_("Removed the webhook “%(name)s”"),
    "webhook-test": N_("Sent a test event to the webhook “%(name)s”"),
    "webhook-resending": N_("Sent an event to the webhook “%(name)s” again (%(event)s)"),
    # Environments
    "environment-creation": N_("Created the environment “%(subject)s”"),
    "environment-change": N_("Changed the environment “%(subject)s” (%(changed)s)"),
    "environment-retirement": N_("Retired the environment “%(subject)s”"),
    "allocation-change": N_("Changed the allocations of “%(subject)s”"),
    # Activation
    "activation-issue": N_("Issued activation file %(seq)s for “%(subject)s”"),
    "activation-download": N_("Downloaded activation file %(seq)s for “%(subject)s”"),
    "activation-return": N_("Returned activation %(seq)s of “%(subject)s”"),
    "move-allowance": N_("Allowed “%(subject)s” one more move (%(reason)s)"),
    "activation-release": N_("Released the licenses held by “%(subject)s” (%(reason)s)"),
    "emergency-file": N_("Created emergency file %(slot)s for “%(subject)s”"),
    "emergency-download": N_("Downloaded emergency file %(slot)s for “%(subject)s”"),
    "emergency-use": N_("The system “%(system)s” reported that it used emergency file %(slot)s"),
    "emergency-limit": N_(
        "Set the number of emergency files per environment to %(files)s (before: %(files_before)s)"
    ),
    "parallel-start": N_(
        "Began parallel operation of “%(subject)s”: the old system (activation %(seq)s) may run"
        " through %(ends_on)s"
    ),
    "parallel-end": N_("Ended the parallel operation of “%(subject)s” (activation %(seq)s)"),
    "activation-refusal": N_("Request file for “%(subject)s” was rejected: %(code)s"),
    # Resources
    "resource-download": N_("Downloaded the file “%(subject)s”"),
    # Quotes
    "quote-request": N_("Requested quote %(subject)s"),
    "quote-withdrawal": N_("Withdrew quote request %(subject)s"),
    "quote-review": N_("Started reviewing quote request %(subject)s"),
    "quote-hand-over": N_("Reassigned quote request %(subject)s"),
    "quote-answer": N_("Answered quote request %(subject)s"),
    "quote-answer-download": N_("Downloaded the answer to quote request %(subject)s"),
    "quote-download": N_("Downloaded quote request %(subject)s as a PDF"),
    "quote-conclusion": N_("Marked quote request %(subject)s as agreed"),
    "quote-application": N_("Applied quote request %(subject)s to the contract"),
    # The vendor's side
    "corporate-group-creation": N_("Created a corporate group"),
    "corporate-group-change": N_("Renamed a corporate group"),
    "company-creation": N_("Created the company “%(subject)s”"),
    "company-change": N_("Changed the company “%(subject)s”"),
    "external-id-change": N_("Changed an external ID"),
    "contract-amendment": N_("Amended the contract"),
    "contract-renewal": N_("Renewed the contract"),
    "entitlement-succession": N_(
        "Set the quantity of the product “%(subject)s” to %(quantity)s from %(starts_on)s"
    ),
    "entitlement-change": N_("Changed the quantity of the product “%(subject)s” to %(quantity)s"),
    "owner-appointment": N_("Made %(subject)s an owner"),
    "owner-invitation": N_("Invited a new owner because the contract had none"),
    "contract-inspection": N_("Viewed the contract"),
    "product-creation": N_("Created the product “%(subject)s”"),
    "product-change": N_("Changed the product “%(subject)s”"),
    "license-key-export": N_("Downloaded a batch of license keys"),
    "license-key-revocation": N_("Revoked a license key"),
    "license-key-issue": N_("Issued a license key"),
    "license-key-batch": N_("Issued %(number)s license keys"),
    "resource-upload": N_("Uploaded the file “%(name)s”"),
    "resource-upload-discard": N_("Discarded the uploaded file “%(name)s”"),
    "resource-publication": N_("Published the resource “%(subject)s”"),
    "resource-products-change": N_("Changed the products of the resource “%(subject)s”"),
    "resource-signing": N_("Signed the resource “%(subject)s”"),
    "resource-sbom-attachment": N_("Attached an SBOM to the resource “%(subject)s”"),
    "resource-sbom-removal": N_("Removed the SBOM of the resource “%(subject)s”"),
    "resource-withdrawal": N_("Withdrew the resource “%(subject)s”"),
    "notice-draft": N_("Saved a draft notice"),
    "notice-change": N_("Changed an unpublished notice"),
    "notice-publication": N_("Published a notice"),
    "notice-withdrawal": N_("Withdrew a notice"),
    "terms-publication": N_("Published a new version of the terms of use"),
    "brand-change": N_("Changed how the portal appears (%(changed)s)"),
    "logo-change": N_("Changed the logo"),
    "secret-renewal": N_("Renewed the secret file"),
    "logo-removal": N_("Removed the logo"),
    "list-export": N_("Downloaded the list “%(list)s” (%(number)s rows)"),
    "audit-export": N_("Downloaded the audit log (%(format)s)"),
    "audit-verification": N_("Verified the audit log: %(count)s events, %(findings)s problems"),
    "mail-retry": N_("Resent an email (%(template)s)"),
    "mail-discard": N_("Discarded an email (%(template)s)"),
    "signing-key-rotation": N_("Created a signing key"),
    "keyset-import": N_("Activated keyset %(version)s"),
}
