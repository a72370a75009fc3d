"""`portal keys`: the root key pair, signing keys and keysets."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import rich_click as click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from app.activation.format.jws import PrivateKey, algorithm_of, thumbprint
from app.activation.format.keyset_keys import InvalidKeyset
from app.activation.format.keysets import (
    MOST_SIGNING_KEY_DAYS,
    SIGNING_KEY_DAYS,
    KeysetOutcome,
    sign_keyset,
)
from app.activation.format.roots import (
    InvalidRoot,
    create_key,
    create_ml_dsa_key,
    private_pem,
    public_pem,
    read_private_root,
)
from app.activation.format.strict_json import write_object
from app.activation.messages import KEYSET_MESSAGES
from app.activation.signing_keys import queries as signing_key_queries
from app.activation.signing_keys.files import (
    ROOT,
    ROOT_ML_DSA_PRIVATE,
    ROOT_PRIVATE,
    write_private,
    write_public,
)
from app.activation.signing_keys.rotation_services import rotate_signing_key
from app.activation.signing_keys.services import (
    NoPassphrase,
    UntrustedKeyset,
    import_keyset,
    published_keys,
)
from app.cli.runtime import run_with_database
from app.settings import Settings, read_settings

T = TypeVar("T")
FILE = click.Path(dir_okay=False, path_type=Path)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PRIVATE_ROOTS = (ROOT_PRIVATE, ROOT_ML_DSA_PRIVATE)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def keys() -> None:
    """Manage the root key, signing keys and keysets."""


def _with_database(work: Callable[[Settings], Awaitable[T]]) -> T:
    """Run `work` on the portal's database; what the vendor can mend is one line."""
    settings = read_settings()
    try:
        return run_with_database(settings, lambda: work(settings))
    except NoPassphrase:
        message = "Set PORTAL_KEY_PASSPHRASE or PORTAL_KEY_PASSPHRASE_FILE first."
        raise click.ClickException(message) from None
    except InvalidRoot as error:
        message = f"Cannot read the trusted roots: {error}."
        raise click.ClickException(message) from None
    except UntrustedKeyset as error:
        message = (
            f"The active keyset cannot be verified with the roots in {settings.trusted_roots}"
            f" ({error}). Keep the root that signed it there until you import the next keyset."
        )
        raise click.ClickException(message) from None
    except InvalidKeyset as error:
        raise click.ClickException(f"The keyset is invalid: {error}.") from None


@keys.command()
@click.option("--root", type=FOLDER, required=True, help="Folder on an offline medium.")
@click.option("--passphrase-file", type=OLD_FILE, help="File that contains the root passphrase.")
@click.option("--no-passphrase", is_flag=True, help="Do not encrypt the private keys.")
@click.option(
    "--post-quantum",
    is_flag=True,
    help="Also create a root key of ML-DSA-65; add it to the folder of an existing root key.",
)
def init(root: Path, passphrase_file: Path | None, no_passphrase: bool, post_quantum: bool) -> None:
    """Create the root key pair. Run this once, on an offline machine."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    adds = post_quantum and (root / ROOT).exists()
    made: dict[str, PrivateKey] = {} if adds else {ROOT_PRIVATE: create_key()}
    if post_quantum:
        made[ROOT_ML_DSA_PRIVATE] = create_ml_dsa_key()
    for name in made:
        if (root / name).exists():
            raise click.ClickException(f"{root / name} already exists.")
    passphrase = None if no_passphrase else _passphrase(passphrase_file, new=True)
    public = (root / ROOT).read_bytes() if adds else b""
    for name, key in made.items():
        write_private(root / name, private_pem(key, passphrase))
        public += public_pem(key.public_key())
        algorithm = algorithm_of(key.public_key())
        click.echo(f"Root {thumbprint(key.public_key())} ({algorithm}) created in {root}.")
    write_public(root / ROOT, public)
    _say_next_steps([name for name in PRIVATE_ROOTS if (root / name).exists()])


def _say_next_steps(private: list[str]) -> None:
    names = " and ".join(private)
    with_roots = " ".join(f"--root-key {name}" for name in private)
    click.echo(f"1. Keep {names} offline, in two places. Never copy it to the portal.")
    click.echo(f"2. Copy {ROOT} to the portal's trusted roots folder and into your product.")
    click.echo("3. On the portal: portal keys rotate --out keyset.json")
    click.echo(f"4. Here: portal keys sign {with_roots} keyset.json keyset.jwt")
    click.echo("5. On the portal: portal keys import keyset.jwt")


@keys.command()
@click.option("--out", type=FILE, required=True, help="Output file for the unsigned keyset.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_SIGNING_KEY_DAYS),
    default=SIGNING_KEY_DAYS,
    show_default=True,
)
@click.option("--drop", multiple=True, metavar="KID", help="ID of a key to revoke.")
def rotate(out: Path, days: int, drop: tuple[str, ...]) -> None:
    """Create a signing key, or a pair for two roots, and an unsigned keyset that lists it."""

    async def work(settings: Settings) -> bytes:
        return await rotate_signing_key(settings, days=days, dropped=drop)

    out.write_bytes(_with_database(work))
    click.echo(f"Next: take {out} to the machine with the root and run portal keys sign.")
    click.echo("Until you import the signed keyset, the portal keeps signing with the current key.")


@keys.command()
@click.option(
    "--root-key",
    type=OLD_FILE,
    required=True,
    multiple=True,
    help="Private root key (PEM); give the option twice for a pair of roots.",
)
@click.option("--passphrase-file", type=OLD_FILE, help="File that contains the root passphrase.")
@click.argument("keyset", type=OLD_FILE)
@click.argument("signed", type=FILE)
def sign(
    root_key: tuple[Path, ...], passphrase_file: Path | None, keyset: Path, signed: Path
) -> None:
    """Sign KEYSET with the root key, offline, and write it to SIGNED."""
    roots = [_read_root(path, passphrase_file) for path in root_key]
    first = [each for each in roots if isinstance(each, Ed25519PrivateKey)]
    second = [each for each in roots if isinstance(each, MLDSA65PrivateKey)]
    if len(first) != 1 or len(second) > 1:
        raise click.ClickException("Give one root key of Ed25519, and at most one of ML-DSA-65.")
    try:
        text = sign_keyset(keyset.read_bytes(), first[0], second[0] if second else None)
    except InvalidKeyset as error:
        raise click.ClickException(f"Cannot sign {keyset}: {error}.") from None
    write_public(signed, f"{text}\n".encode())
    click.echo(f"Next: take {signed} back to the portal and run portal keys import.")


@keys.command("import")
@click.argument("signed", type=OLD_FILE)
def import_signed(signed: Path) -> None:
    """Activate a signed keyset."""
    data = signed.read_bytes()

    async def work(settings: Settings) -> str:
        outcome = await import_keyset(settings, data)
        if isinstance(outcome, KeysetOutcome):
            raise click.ClickException(f"{outcome.value}: {KEYSET_MESSAGES[outcome]}")
        return f"Keyset {outcome.version} with {len(outcome.keys)} keys is now active."

    click.echo(_with_database(work))


@keys.command("list")
def list_all() -> None:
    """List signing keys and keysets."""

    async def work(settings: Settings) -> list[str]:
        lines = [
            f"key {key.kid}  {key.algorithm}  {key.not_before:%Y-%m-%d} – {key.not_after:%Y-%m-%d}"
            for key in await signing_key_queries.list_signing_keys()
        ]
        for keyset in await signing_key_queries.list_keysets():
            at = keyset.activated_at
            state = f"active since {at:%Y-%m-%d}" if at else "waiting for signature"
            lines.append(f"keyset {keyset.version}  {state}")
        return lines

    for line in _with_database(work) or ["No keys yet. Run portal keys rotate."]:
        click.echo(line)


@keys.command()
@click.option("--out", type=FILE, help="Output file. Default: standard output.")
def export(out: Path | None) -> None:
    """Export the public signing keys as a JWK Set."""
    text = write_object(_with_database(published_keys)).decode()
    if out is None:
        click.echo(text)
    else:
        out.write_text(f"{text}\n", "utf-8")


def _passphrase(file: Path | None, *, new: bool) -> bytes:
    if file is not None:
        passphrase = file.read_bytes().strip()
    else:
        typed: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new)
        passphrase = typed.encode()
    if not passphrase:
        raise click.ClickException("The passphrase is empty.")
    return passphrase


def _read_root(file: Path, passphrase_file: Path | None) -> PrivateKey:
    pem = file.read_bytes()
    try:
        encrypted = b"ENCRYPTED" in pem
        passphrase = _passphrase(passphrase_file, new=False) if encrypted else None
        return read_private_root(pem, passphrase)
    except InvalidRoot as error:
        raise click.ClickException(f"{file}: {error}.") from None
