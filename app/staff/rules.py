"""What the vendor's staff may do: one list, from each permission to the least role that has it."""

from enum import StrEnum

from app.accounts.rules import DisabledBy, Viewer


class StaffRole(StrEnum):
    """What a staff account is for; each one may do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What can be permitted, as `what:act`. `see` reads; everything else changes something."""

    CONSOLE_SEE = "console:see"
    COMPANIES_CHANGE = "companies:change"
    SINGLE_SIGN_ON_CHANGE = "single-sign-on:change"
    CONTRACTS_SEE = "contracts:see"
    CONTRACTS_CHANGE = "contracts:change"
    OWNERS_APPOINT = "owners:appoint"
    CONTRACTS_IMPORT = "contracts:import"
    CONTRACTS_EXPORT = "contracts:export"
    CATALOGUE_CHANGE = "catalogue:change"
    LICENSE_KEYS_ISSUE = "license-keys:issue"
    LICENSE_KEYS_EXPORT = "license-keys:export"
    LICENSE_KEYS_EXPORT_AGAIN = "license-keys:export-again"
    RESOURCES_CHANGE = "resources:change"
    QUOTES_ANSWER = "quotes:answer"
    NOTICES_PUBLISH = "notices:publish"
    ACTIVATIONS_CHANGE = "activations:change"
    SIGNING_KEYS_ROTATE = "signing-keys:rotate"
    TERMS_PUBLISH = "terms:publish"
    BRAND_CHANGE = "brand:change"
    WEBHOOKS_CHANGE = "webhooks:change"
    USERS_HELP = "users:help"
    USERS_DISABLE = "users:disable"
    FACTORS_REMOVE = "second-factors:remove"
    STAFF_CHANGE = "staff:change"
    MAIL_SEND_AGAIN = "mail:send-again"
    AUDIT_SEE = "audit:see"
    AUDIT_EXPORT = "audit:export"
    AUDIT_VERIFY = "audit:verify"
    SERVICE_ACCOUNTS_CREATE = "service-accounts:create"
    SERVICE_ACCOUNTS_REVOKE = "service-accounts:revoke"


LEAST_ROLE = {
    # All staff read everything that customers entered.
    Permission.CONSOLE_SEE: StaffRole.VIEWER,
    Permission.CONTRACTS_SEE: StaffRole.VIEWER,
    Permission.AUDIT_SEE: StaffRole.VIEWER,
    # The day's work.
    Permission.COMPANIES_CHANGE: StaffRole.OPERATOR,
    Permission.CONTRACTS_CHANGE: StaffRole.OPERATOR,
    Permission.OWNERS_APPOINT: StaffRole.OPERATOR,
    Permission.CONTRACTS_IMPORT: StaffRole.OPERATOR,
    Permission.CATALOGUE_CHANGE: StaffRole.OPERATOR,
    Permission.LICENSE_KEYS_ISSUE: StaffRole.OPERATOR,
    Permission.LICENSE_KEYS_EXPORT: StaffRole.OPERATOR,
    Permission.RESOURCES_CHANGE: StaffRole.OPERATOR,
    Permission.QUOTES_ANSWER: StaffRole.OPERATOR,
    Permission.NOTICES_PUBLISH: StaffRole.OPERATOR,
    Permission.ACTIVATIONS_CHANGE: StaffRole.OPERATOR,
    Permission.USERS_HELP: StaffRole.OPERATOR,
    Permission.USERS_DISABLE: StaffRole.OPERATOR,
    Permission.FACTORS_REMOVE: StaffRole.OPERATOR,
    Permission.MAIL_SEND_AGAIN: StaffRole.OPERATOR,
    # What binds all users, opens doors, or takes data out of the house.
    Permission.SINGLE_SIGN_ON_CHANGE: StaffRole.ADMINISTRATOR,
    Permission.CONTRACTS_EXPORT: StaffRole.ADMINISTRATOR,
    Permission.LICENSE_KEYS_EXPORT_AGAIN: StaffRole.ADMINISTRATOR,
    Permission.SIGNING_KEYS_ROTATE: StaffRole.ADMINISTRATOR,
    Permission.TERMS_PUBLISH: StaffRole.ADMINISTRATOR,
    Permission.BRAND_CHANGE: StaffRole.ADMINISTRATOR,
    Permission.WEBHOOKS_CHANGE: StaffRole.ADMINISTRATOR,
    Permission.STAFF_CHANGE: StaffRole.ADMINISTRATOR,
    Permission.AUDIT_EXPORT: StaffRole.ADMINISTRATOR,
    # It reads the whole log.
    Permission.AUDIT_VERIFY: StaffRole.ADMINISTRATOR,
    Permission.SERVICE_ACCOUNTS_CREATE: StaffRole.ADMINISTRATOR,
    Permission.SERVICE_ACCOUNTS_REVOKE: StaffRole.ADMINISTRATOR,
}
# What an intruder at an unlocked desk would look for: it lets people in or shuts them out, takes
# data out of the house, binds all users, or reaches customers' machines. It takes a recent proof.
NEEDS_PROOF = frozenset(
    {
        Permission.SINGLE_SIGN_ON_CHANGE,
        Permission.OWNERS_APPOINT,
        Permission.CONTRACTS_IMPORT,
        Permission.CONTRACTS_EXPORT,
        Permission.LICENSE_KEYS_EXPORT,
        Permission.LICENSE_KEYS_EXPORT_AGAIN,
        Permission.RESOURCES_CHANGE,
        Permission.SIGNING_KEYS_ROTATE,
        Permission.TERMS_PUBLISH,
        Permission.BRAND_CHANGE,
        Permission.WEBHOOKS_CHANGE,
        Permission.USERS_DISABLE,
        Permission.FACTORS_REMOVE,
        Permission.STAFF_CHANGE,
        Permission.AUDIT_EXPORT,
        Permission.SERVICE_ACCOUNTS_CREATE,
    }
)
# A service account never has these, whatever calls there are: it would let itself or others in,
# bind all users, reach customers' machines, send data elsewhere, or see who watches it.
NEVER_A_SCOPE = frozenset(
    {
        Permission.SIGNING_KEYS_ROTATE,
        Permission.TERMS_PUBLISH,
        Permission.BRAND_CHANGE,
        Permission.WEBHOOKS_CHANGE,
        Permission.FACTORS_REMOVE,
        Permission.STAFF_CHANGE,
        Permission.AUDIT_SEE,
        Permission.AUDIT_EXPORT,
        Permission.AUDIT_VERIFY,
        Permission.SERVICE_ACCOUNTS_CREATE,
        Permission.SERVICE_ACCOUNTS_REVOKE,
    }
)
RANKS = {role: rank for rank, role in enumerate(StaffRole)}


def permits(viewer: Viewer, permission: Permission) -> bool:
    """Whether one of the staff has the role for this, or a service account the scope.

    Customers have neither.
    """
    if viewer.scopes is not None:
        return permission in viewer.scopes and permission not in NEVER_A_SCOPE
    role = viewer.staff_role
    return role is not None and RANKS[StaffRole(role)] >= RANKS[LEAST_ROLE[permission]]


class Help(StrEnum):
    """What staff do for an account; the name is part of the page's address."""

    UNLOCKING = "unlocking"
    LOG_OUT = "log-out"
    DISABLING = "disabling"
    ENABLING = "enabling"
    FACTOR_REMOVAL = "second-factor-removal"
    LINK = "link"


HELP_PERMISSIONS = {
    Help.DISABLING: Permission.USERS_DISABLE,
    Help.ENABLING: Permission.USERS_DISABLE,
    Help.FACTOR_REMOVAL: Permission.FACTORS_REMOVE,
}
NEEDS_REASON = {Help.DISABLING, Help.FACTOR_REMOVAL}


def permission_for(staff_role: str | None, help: Help | None = None) -> Permission:
    """What it takes to change an account: those of the staff are the administrators' to change.

    Args:
        help: what is done for a customer; None for the least of it.
    """
    if staff_role is not None:
        return Permission.STAFF_CHANGE
    return HELP_PERMISSIONS.get(help, Permission.USERS_HELP) if help else Permission.USERS_HELP


def offered(
    *, own: bool, staff_role: str | None, disabled_by: str | None, second_factor: bool
) -> list[Help]:
    """What can be done for an account now; people change their own in personal settings."""
    if own:
        return []
    if disabled_by == DisabledBy.PROVIDER:
        return [Help.ENABLING, Help.DISABLING]
    if disabled_by is not None:
        return [Help.ENABLING]
    helps = [Help.UNLOCKING, Help.LOG_OUT]
    helps += [Help.LINK] if staff_role is not None else []
    helps += [Help.FACTOR_REMOVAL] if second_factor else []
    return [*helps, Help.DISABLING]
