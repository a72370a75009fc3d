"""What `portal doctor` says of the whole portal: keys, files, mail, and what the secret seals."""

from app.accounts.sealed_services import count_lost_apps, count_lost_forms
from app.activation.checks import Finding
from app.activation.checks import doctor_findings as key_findings
from app.mail.services import count_lost_mails
from app.sealing import SECRET_BYTES, read_secret
from app.settings import Settings
from app.storage import storage_problems


async def findings(settings: Settings) -> list[Finding]:
    """Everything that somebody has to look after now."""
    return [
        *await key_findings(settings),
        *[Finding(problem, True) for problem in await storage_problems(settings)],
        *_mail_findings(settings),
        *await _secret_findings(settings),
    ]


def _mail_findings(settings: Settings) -> list[Finding]:
    if settings.demo or settings.smtp is not None:
        return []
    return [
        Finding(
            f"PORTAL_SMTP_URL is not set: mails reach nobody, they become files in"
            f" {settings.data_dir / 'mail'}. Set it to your mail server, such as"
            " smtp://user:password@mail.example.com:587.",
            False,
        )
    ]


async def _secret_findings(settings: Settings) -> list[Finding]:
    secret = read_secret(settings.secret_file)
    if len(secret) < SECRET_BYTES:
        wrong = f"{settings.secret_file} is too short to be the portal's secret."
        return [Finding(f"{wrong} Put the right file back.", True)]
    lost = {
        "authenticator apps": await count_lost_apps(secret),
        "mails": await count_lost_mails(secret),
        "kept forms": await count_lost_forms(secret),
    }
    told = ", ".join(f"{count:,} {what}" for what, count in lost.items() if count)
    if not told:
        return []
    return [
        Finding(
            f"Sealed under another secret than {settings.secret_file}: {told}. Put the earlier"
            " file back. If it is lost, people whose app is among them log in with a recovery"
            " code or a passkey and set the app up anew; the rest runs out by itself.",
            False,
        )
    ]
