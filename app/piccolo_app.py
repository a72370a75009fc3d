"""Tells Piccolo every table: one app for all domains, so that migrations have one order."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.accounts import tables as accounts
from app.accounts.factors import tables as factors
from app.activation import tables as activation
from app.audit import tables as audit
from app.confirmations import tables as confirmations
from app.contracts import tables as contracts
from app.database.quotas import Bound, Quota
from app.endings import tables as endings
from app.environments import tables as environments
from app.imports import tables as imports
from app.mail import tables as mail
from app.monitoring import tables as monitoring
from app.notices import tables as notices
from app.people import tables as people
from app.products import tables as products
from app.quotes import tables as quotes
from app.resources import tables as resources
from app.withdrawal import tables as withdrawal

_ROOMS = (
    *(accounts, factors, activation, audit, confirmations, contracts, endings, environments),
    *(imports, mail, monitoring, notices, people, products, quotes, resources, withdrawal),
)
QUOTAS: tuple[Quota, ...] = tuple(quota for room in _ROOMS for quota in getattr(room, "QUOTAS", ()))
BOUNDS: tuple[Bound, ...] = tuple(bound for room in _ROOMS for bound in getattr(room, "BOUNDS", ()))

APP_CONFIG = AppConfig(
    app_name="portal",
    migrations_folder_path=str(Path(__file__).parent.parent / "migrations"),
    table_classes=[
        accounts.User,
        accounts.Terms,
        accounts.TermsAcceptance,
        accounts.Session,
        accounts.Device,
        accounts.Throttle,
        accounts.ParkedForm,
        accounts.EmailChange,
        accounts.PasswordReset,
        factors.AuthenticatorApp,
        factors.Passkey,
        factors.PasskeyChallenge,
        factors.RecoveryCode,
        factors.PendingSignIn,
        contracts.CorporateGroup,
        contracts.Company,
        contracts.Contract,
        contracts.ContractChange,
        contracts.Membership,
        contracts.GroupCompany,
        people.Invitation,
        people.Registration,
        products.Product,
        products.LicenseKey,
        products.LicenseKeyExport,
        products.Entitlement,
        environments.Environment,
        environments.Allocation,
        activation.SigningKey,
        activation.Keyset,
        activation.Activation,
        activation.ActivationProduct,
        activation.MoveAllowance,
        resources.ResourceUpload,
        resources.Resource,
        resources.ResourceProduct,
        notices.Notice,
        notices.NoticeProduct,
        notices.NoticeRead,
        notices.NoticeMail,
        notices.NoticeMailMembership,
        endings.ReminderDigest,
        endings.Reminder,
        endings.CalendarFeed,
        quotes.QuoteRequest,
        quotes.QuoteLine,
        quotes.QuoteDraft,
        imports.ImportLine,
        imports.ImportPerson,
        imports.BulkImport,
        imports.BulkImportProgress,
        imports.BulkImportFault,
        monitoring.Chore,
        audit.AuditEvent,
        mail.Mail,
        audit.AuditSeal,
        audit.AuditHead,
        audit.AuditUnsealed,
        confirmations.Confirmation,
        withdrawal.Withdrawal,
    ],
)
