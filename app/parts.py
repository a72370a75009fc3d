"""Every page and every act of the portal: all that its domains bring with them."""

from litestar.types import ControllerRouterHandler

from app.accounts import pages as accounts
from app.accounts import reset_pages as resets
from app.accounts.factors import pages as factor_pages
from app.accounts.factors import proof_pages
from app.accounts.factors.recovery_pages import RecoveryCodes
from app.accounts.factors.removal_pages import FactorRemoval
from app.accounts.parking_pages import show_parked_form
from app.activation import acts as activation_acts
from app.activation import pages as activation
from app.confirmations.acts import Acts
from app.confirmations.pages import Confirmations
from app.contracts import group_acts
from app.contracts import group_pages as groups
from app.contracts import pages as contracts
from app.endings import calendar_acts, calendar_pages
from app.environments import acts as environment_acts
from app.environments import allocation_acts, sheet_acts, sheet_pages
from app.environments import allocation_pages as allocations
from app.environments import pages as environments
from app.history import pages as history
from app.home import guide_pages as guide
from app.home import pages as home
from app.mail import pages as mail
from app.monitoring.pages import show_metrics
from app.notices import pages as notices
from app.notices.unsubscription_pages import Unsubscriptions
from app.people import acts as people_acts
from app.people import invitation_acts, joining_acts, profile_acts
from app.people import invitation_pages as invitations
from app.people import joining_pages as joining
from app.people import pages as people
from app.people import profile_pages as profile
from app.products import key_acts, key_pages
from app.products import pages as products
from app.quotes import acts as quote_acts
from app.quotes import addition_pages
from app.quotes import draft_pages as quote_drafts
from app.quotes import pages as quotes
from app.reports import pages as reports
from app.resources import pages as resources
from app.settings import Settings
from app.staff import pages as staff
from app.staff.activations import acts as staff_activation_acts
from app.staff.activations import pages as staff_activations
from app.staff.audit import pages as staff_audit
from app.staff.catalogue import acts as catalogue_acts
from app.staff.catalogue import pages as catalogue_pages
from app.staff.companies import acts as company_acts
from app.staff.companies import group_pages
from app.staff.companies import pages as company_pages
from app.staff.contracts import access_pages, entitlement_acts, entitlement_pages, owner_acts
from app.staff.contracts import acts as contract_acts
from app.staff.contracts import pages as contract_pages
from app.staff.imports import acts as import_acts
from app.staff.imports import pages as import_pages
from app.staff.license_keys import acts as staff_key_acts
from app.staff.license_keys import pages as staff_key_pages
from app.staff.mail import acts as staff_mail_acts
from app.staff.mail import pages as staff_mails
from app.staff.notices import acts as staff_notice_acts
from app.staff.notices import pages as staff_notices
from app.staff.notices import publication_pages as notice_publication_pages
from app.staff.people import acts as user_acts
from app.staff.people import pages as user_pages
from app.staff.quotes import acts as staff_quote_acts
from app.staff.quotes import answer_pages as quote_answer_pages
from app.staff.quotes import application_acts as quote_application_acts
from app.staff.quotes import pages as staff_quotes
from app.staff.resources import acts as staff_resource_acts
from app.staff.resources import pages as staff_resources
from app.staff.resources import upload_pages
from app.staff.signing_keys import acts as signing_acts
from app.staff.signing_keys import pages as signing_pages
from app.staff.terms import acts as terms_acts
from app.staff.terms import pages as terms_pages
from app.withdrawal import pages as withdrawal
from app.withdrawal.data_pages import download_own_data

ROUTES: list[ControllerRouterHandler] = [
    home.show_home,
    home.show_site_map,
    guide.show_guide,
    guide.show_topic,
    home.healthz,
    home.readyz,
    show_metrics,
    accounts.SigningIn,
    accounts.sign_out,
    accounts.TermsOfUse,
    accounts.PasswordChange,
    resets.ForgottenPassword,
    resets.PasswordReset,
    accounts.change_language,
    proof_pages.SecondStep,
    proof_pages.Proof,
    factor_pages.show_second_factors,
    factor_pages.AuthenticatorApps,
    factor_pages.Passkeys,
    RecoveryCodes,
    FactorRemoval,
    show_parked_form,
    Confirmations,
    contracts.list_contracts,
    contracts.ContractPages,
    groups.list_group_companies,
    groups.GroupCompanyAddition,
    groups.propose_removal,
    people.list_members,
    people.Memberships,
    invitations.InvitationCreation,
    invitations.OpenInvitations,
    joining.Joining,
    joining.Registrations,
    profile.Profile,
    profile.EmailAddress,
    profile.PasswordRenewal,
    profile.Sessions,
    profile.EmailConfirmation,
    download_own_data,
    withdrawal.Withdrawals,
    withdrawal.show_farewell,
    history.ContractHistory,
    products.list_products,
    products.show_entitlement,
    key_pages.LicenseKeyRedemption,
    environments.list_environments,
    environments.EnvironmentCreation,
    environments.EnvironmentChange,
    allocations.Allocations,
    sheet_pages.AllocationSheet,
    activation.Activations,
    activation.show_keys,
    resources.Resources,
    notices.Notices,
    notices.NoticeReading,
    Unsubscriptions,
    calendar_pages.CalendarSettings,
    calendar_pages.show_calendar,
    quotes.QuoteRequests,
    quote_drafts.QuoteDrafts,
    addition_pages.QuoteAdditions,
    reports.Reports,
    reports.download_activations,
    mail.DemoMail,
    staff.show_dashboard,
    staff.search_everywhere,
    staff.stay_signed_in,
    company_pages.list_companies,
    company_pages.CompanyCreation,
    company_pages.Companies,
    group_pages.list_groups,
    group_pages.GroupCreation,
    group_pages.Groups,
    contract_pages.list_contracts,
    contract_pages.show_contract,
    contract_pages.ContractCreation,
    contract_pages.Amendment,
    contract_pages.Renewal,
    entitlement_pages.EntitlementOrder,
    entitlement_pages.EntitlementAmendment,
    access_pages.AccessReview,
    access_pages.OwnerAppointment,
    access_pages.Invitations,
    catalogue_pages.list_products,
    catalogue_pages.ProductCreation,
    catalogue_pages.Products,
    staff_key_pages.list_keys,
    staff_key_pages.KeyIssue,
    staff_key_pages.Keys,
    staff_key_pages.Batches,
    staff_activations.list_activations,
    staff_activations.show_activation,
    staff_activations.FurtherMoves,
    staff_activations.Releases,
    staff_mails.list_mails,
    staff_mails.Mails,
    signing_pages.list_keys,
    signing_pages.Rotation,
    signing_pages.Keysets,
    staff_audit.list_events,
    staff_audit.export,
    staff_audit.Verification,
    staff_quotes.list_quotes,
    staff_quotes.Quotes,
    quote_answer_pages.QuoteAnswers,
    quote_answer_pages.QuoteApplications,
    staff_notices.list_notices,
    staff_notices.NoticeCreation,
    staff_notices.Notices,
    notice_publication_pages.NoticePublications,
    staff_resources.list_resources,
    staff_resources.Resources,
    upload_pages.UploadCreation,
    upload_pages.Uploads,
    terms_pages.list_terms,
    terms_pages.TermsPublication,
    terms_pages.show_terms,
    user_pages.list_users,
    user_pages.show_user,
    user_pages.Helps,
    user_pages.StaffRoles,
    user_pages.StaffCreation,
    import_pages.list_imports,
    import_pages.download_template,
    import_pages.export,
    import_pages.ImportCreation,
    import_pages.Imports,
]


def make_acts(settings: Settings) -> Acts:
    """Every act that is confirmed."""
    return Acts(
        [
            people_acts.CHANGE,
            people_acts.REMOVAL,
            *invitation_acts.make_acts(settings),
            *joining_acts.make_acts(settings),
            *profile_acts.make_acts(settings),
            group_acts.ADDITION,
            group_acts.REMOVAL,
            key_acts.REDEMPTION,
            environment_acts.CREATION,
            environment_acts.CHANGE,
            environment_acts.RETIREMENT,
            allocation_acts.ALLOCATION,
            sheet_acts.ALLOCATION,
            *activation_acts.make_acts(settings),
            *calendar_acts.make_acts(settings),
            *quote_acts.make_acts(settings),
            company_acts.COMPANY,
            company_acts.GROUP,
            *contract_acts.make_acts(settings),
            *owner_acts.make_acts(settings),
            *user_acts.make_acts(settings),
            catalogue_acts.PRODUCT,
            terms_acts.PUBLICATION,
            *staff_activation_acts.ACTS,
            staff_mail_acts.RETRY,
            staff_mail_acts.DISCARD,
            *signing_acts.make_acts(settings),
            staff_key_acts.ISSUE,
            staff_key_acts.REVOCATION,
            *staff_quote_acts.make_acts(settings),
            quote_application_acts.ACT,
            *staff_notice_acts.ACTS,
            *staff_resource_acts.make_acts(settings),
            entitlement_acts.ORDER,
            entitlement_acts.AMENDMENT,
            import_acts.IMPORT,
            import_acts.DISCARD,
        ]
    )
