"""Changes of accounts: making them, accepting terms of use, passwords, language."""

from uuid import UUID

from app import clock
from app.accounts import queries
from app.accounts.generation_services import own_change
from app.accounts.passwords import hash_password
from app.accounts.rules import Ending, Viewer
from app.accounts.session_services import FreshToken, renew_token
from app.accounts.tables import TermsOfUse, User
from app.audit.services import record
from app.database import Changed, fetch, unit_of_work, uuid7
from app.web.texts import normalised


async def accept_terms_of_use(viewer: Viewer, terms: UUID) -> None:
    """Record once that the person accepts a version of the terms of use."""
    await record_acceptance(viewer.id, terms)


async def record_acceptance(user: UUID, terms: UUID) -> None:
    """Record that a person accepts a version of the terms of use, also before they sign in."""
    async with unit_of_work():
        added = await fetch(
            'insert into terms_of_use_acceptance (id, "user", terms_of_use, accepted_at)'
            ' values ($1, $2, $3, $4) on conflict ("user", terms_of_use) do nothing returning id',
            uuid7(),
            user,
            terms,
            clock.now(),
        )
        if added:
            await record("terms-acceptance", actor=user, subject=terms)


async def set_password(viewer: Viewer, password: str) -> FreshToken | None:
    """Give the person a new password; of all they were given, only this session stays valid."""
    return await keep_password(viewer, await hash_password(password))


async def keep_password(viewer: Viewer, hashed: str) -> FreshToken | None:
    """Keep a new password's hash; the session continues under a new token.

    Raises:
        CredentialsChanged: another person changed the person's credentials first.
    """
    async with own_change(viewer, Ending.PASSWORD_CHANGE):
        await User.update({User.password_hash: hashed, User.must_change_password: False}).where(
            User.id == viewer.id
        )
        await record("password-change", actor=viewer.id)
        return await renew_token(viewer)


async def set_language(viewer: Viewer, language: str) -> None:
    """Show the portal to the person in this language from now on."""
    async with unit_of_work():
        await User.update({User.language: language}).where(User.id == viewer.id)
        await record("language-change", actor=viewer.id, language=language)


async def create_user(
    *,
    code: str,
    name: str,
    email: str,
    password: str,
    language: str = "ja",
    must_change_password: bool = False,
    staff_role: str | None = None,
    actor: UUID | None = None,
) -> UUID:
    """Make an account. Code and address are normalised; the name is kept as written.

    Raises:
        asyncpg.UniqueViolationError: the code or the address is taken.
    """
    return await add_user(
        code=code,
        name=name,
        email=email,
        password_hash=await hash_password(password),
        language=language,
        must_change_password=must_change_password,
        staff_role=staff_role,
        actor=actor,
    )


async def add_user(
    *,
    code: str,
    name: str,
    email: str,
    password_hash: str,
    language: str,
    must_change_password: bool = False,
    staff_role: str | None = None,
    actor: UUID | None = None,
) -> UUID:
    """Make an account whose password was hashed before.

    Raises:
        asyncpg.UniqueViolationError: the code or the address is taken.
    """
    user = User(
        code=normalised(code).lower(),
        name=name,
        email=normalised(email).lower(),
        language=language,
        password_hash=password_hash,
        must_change_password=must_change_password,
        staff_role=staff_role,
        created_at=clock.now(),
    )
    async with unit_of_work():
        await User.insert(user)
        await record("user-creation", actor=actor, subject=user.id)
    return user.id


async def publish_terms_of_use(
    body_ja: str, body_en: str, *, after: int | None = None, actor: UUID | None = None
) -> UUID:
    """Publish a new version of the terms of use; all users are asked to accept it.

    Args:
        after: the version that the actor saw as the newest; None if the actor did not look.

    Raises:
        Changed: it is another one by now.
    """
    async with unit_of_work():
        await fetch("lock table terms_of_use in share row exclusive mode")
        newest = await queries.current_terms_of_use()
        if after is not None and after != (newest.version if newest else 0):
            raise Changed
        terms = TermsOfUse(
            version=newest.version + 1 if newest else 1,
            body_ja=body_ja,
            body_en=body_en,
            published_at=clock.now(),
        )
        await TermsOfUse.insert(terms)
        await record("terms-publication", actor=actor, subject=terms.id, version=terms.version)
    return terms.id
