"""Reads about accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.rules import session_runs, token_hash
from app.accounts.tables import PasswordReset, TermsOfUse, User
from app.database import Record, fetch, fetch_one, row, rows


def second_factor(user: str) -> str:
    """Return the condition that a person has a second factor; `user` is the SQL of their id."""
    return f"""
        (exists (select 1 from authenticator_app f
                 where f."user" = {user} and f.confirmed_at is not null)
         or exists (select 1 from passkey f where f."user" = {user}))
    """


HAS_FACTOR = second_factor("u.id")
CREDENTIALS = """
    select id, password_hash, credential_generation, staff_role, language from portal_user
"""


def counts(table: str) -> str:
    """Return the condition that a token, link or pending change of account `u` still counts."""
    return f"({table}.generation = u.credential_generation and u.disabled_at is null)"


def session_statement(ahead: str = "") -> str:
    """Return the SQL of the session of token hash $1, with the person's confirmation $2.

    Args:
        ahead: a select of another domain for person u.id and the key $3, whose columns come along.
    """
    columns, join = (
        (", ahead.*", f"left join lateral ({ahead}) ahead on true") if ahead else ("", "")
    )
    return f"""
    select s.id as session, s.last_seen_at, s.expires_at, s.proved_at, s.ended_at, s.end_reason,
           s.provider_checked_at,
           s.generation, {counts("s")} as counts,
           u.staff_role is not null and not s.second_factor_by_provider and not {HAS_FACTOR}
               as factor_missing,
           u.id, u.code, u.name, u.language, u.staff_role, u.must_change_password,
           not exists (
               select 1 from terms_of_use t
               where t.version = (select max(version) from terms_of_use)
                 and not exists (
                     select 1 from terms_of_use_acceptance a
                     where a."user" = u.id and a.terms_of_use = t.id)
           ) as terms_accepted,
           c.id as named_id, c.act as named_act, c.payload as named_payload,
           c.upload as named_upload, c.location as named_location, c.message as named_message,
           c.refusal as named_refusal, c.done_at as named_done_at, c.expires_at as named_expires_at
           {columns}
    from session s join portal_user u on u.id = s."user"
    left join confirmation c on c.id = $2 and c."user" = u.id {join}
    where s.token_hash = $1 and u.disabled_at is null
    """


SESSION = session_statement()


async def find_session(
    token: str, confirmation: UUID | None, *, statement: str = SESSION, ahead: str = ""
) -> Record | None:
    """Return the session of a token, also an ended one, with the person's confirmation of this id.

    Args:
        statement: a `session_statement()`.
        ahead: the key $3 of one that reads ahead.
    """
    further = (ahead,) if ahead else ()
    return await fetch_one(statement, token_hash(token), confirmation, *further)


async def find_staff(code: str, *roles: str) -> UUID | None:
    """Return one of the staff with one of the roles, by user code."""
    found = await fetch_one(
        "select id from portal_user where code = lower($1) and disabled_at is null"
        " and staff_role = any($2)",
        code,
        roles,
    )
    return found["id"] if found else None


async def find_person(actor: UUID) -> UUID | None:
    """Return the actor where a row names a person; None for one of the service accounts."""
    found = await fetch_one("select id from portal_user where id = $1", actor)
    return found["id"] if found else None


async def find_credentials(code: str) -> Record | None:
    """Return what log-in needs to know about the account with this user code or mail address."""
    # Never both at once: a user code has no @.
    if "@" in code:
        return await fetch_one(f"{CREDENTIALS} where email = $1 and disabled_at is null", code)
    return await fetch_one(f"{CREDENTIALS} where code = $1 and disabled_at is null", code)


async def find_own_credentials(user: UUID) -> Record | None:
    """Return the same of a person who is known already."""
    return await fetch_one(f"{CREDENTIALS} where id = $1 and disabled_at is null", user)


async def find_device(tokens: Sequence[str], user: UUID) -> UUID | None:
    """Return the known device of a person that has one of these tokens."""
    found = await fetch_one(
        'select d.id from device d join portal_user u on u.id = d."user"'
        f" where d.token_hash = any($1) and u.id = $2 and {counts('d')}"
        " order by d.last_used_at desc limit 1",
        [token_hash(token) for token in tokens],
        user,
    )
    return found["id"] if found else None


async def current_terms_of_use() -> TermsOfUse | None:
    """Return the newest version of the terms of use."""
    return await TermsOfUse.objects().order_by(TermsOfUse.version, ascending=False).first()


async def product_words() -> list[str]:
    """Return codes and names of the vendor's products: words that all users here know."""
    return [each["word"] for each in await fetch("select word from known_word")]


async def own_words(user: UUID) -> list[str]:
    """Return words that must not make up the person's password: their own, and the products'."""
    found = await fetch_one("select code, name, email from portal_user where id = $1", user)
    own = [found["code"], found["name"], found["email"]] if found else []
    return [*own, *await product_words()]


@dataclass(frozen=True)
class Account:
    """What a person sees of their own account.

    Attributes:
        version, accepted_at: of the terms of use that they accepted last.
        asked_email, asked_until: the new address that waits for its link.
    """

    code: str
    name: str
    email: str
    language: str
    last_sign_in_at: datetime | None
    version: int | None
    accepted_at: datetime | None
    asked_email: str | None
    asked_until: datetime | None


async def find_account(user: UUID) -> Account:
    """Return what a person sees of their own account."""
    found = await row(
        Account,
        """
        select u.code, u.name, u.email, u.language, u.last_sign_in_at, t.version, a.accepted_at,
               e.email as asked_email, e.expires_at as asked_until
        from portal_user u
        left join email_change e on e."user" = u.id and e.expires_at > now()
            and e.generation = u.credential_generation
        left join lateral (select terms_of_use, accepted_at from terms_of_use_acceptance
                           where "user" = u.id order by accepted_at desc limit 1) a on true
        left join terms_of_use t on t.id = a.terms_of_use
        where u.id = $1
        """,
        user,
    )
    assert found is not None, "a viewer has an account"
    return found


async def find_password_hash(user: UUID) -> str | None:
    """Return the hash of a person's password."""
    found = await fetch_one("select password_hash from portal_user where id = $1", user)
    return found["password_hash"] if found else None


@dataclass(frozen=True)
class OpenSession:
    """Where a person is signed in."""

    id: UUID
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    staff_role: str | None


async def list_sessions(user: UUID, now: datetime) -> list[OpenSession]:
    """Return where the person is signed in, the most recently used first."""
    found = await rows(
        OpenSession,
        "select s.id, s.user_agent, s.created_at, s.last_seen_at, s.expires_at, u.staff_role"
        ' from session s join portal_user u on u.id = s."user"'
        f" where u.id = $1 and s.ended_at is null and {counts('s')}"
        " order by s.last_seen_at desc, s.id",
        user,
    )
    return [
        each
        for each in found
        if session_runs(each.staff_role, each.last_seen_at, each.expires_at, now)
    ]


@dataclass(frozen=True)
class PendingEmail:
    """A change of address that waits for its link."""

    id: UUID
    user: UUID
    generation: int
    email: str


async def find_email_change(token: str, now: datetime) -> PendingEmail | None:
    """Return the change of address that a link confirms, while it can."""
    return await row(
        PendingEmail,
        'select e.id, e."user", e.generation, e.email from email_change e'
        ' join portal_user u on u.id = e."user"'
        f" where e.token_hash = $1 and e.expires_at > $2 and {counts('e')}",
        token_hash(token),
        now,
    )


async def find_reset_account(wanted: str) -> User | None:
    """Return the account of a person who forgot its password.

    Args:
        wanted: a user code or, with an @, a mail address; normalised, in lower case.
    """
    # Never both at once: one person's user code could be another's mail address.
    meant = User.email == wanted if "@" in wanted else User.code == wanted
    return await User.objects().where(meant & User.disabled_at.is_null()).first()


async def count_resets(user: UUID, since: datetime) -> int:
    """Count the links to set a password that the person was sent since then."""
    found: int = await PasswordReset.count().where(
        (PasswordReset.user == user) & (PasswordReset.created_at > since)
    )
    return found


@dataclass(frozen=True)
class Reset:
    """Whose password a link sets."""

    user: UUID
    generation: int
    code: str


async def find_reset(token: str, now: datetime) -> Reset | None:
    """Return whose password a link sets, while it can still be used."""
    return await row(
        Reset,
        'select r."user", r.generation, u.code from password_reset r'
        ' join portal_user u on u.id = r."user"'
        f" where r.token_hash = $1 and r.used_at is null and r.expires_at > $2 and {counts('r')}",
        token_hash(token),
        now,
    )
