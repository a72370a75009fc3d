"""The options of the command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

from licensed_system import look, texts
from licensed_system.languages import Language, printable
from licensed_system.portal_connection import read_address
from licensed_system.store import DEFAULT_WAIT

LONGEST_NAME = 200
LONGEST_VERSION = 64
MOST_PRODUCTS = 100
# The portal's bounds, so that a system cannot be initialised with what no portal accepts.
_PRODUCT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)")


def parse_arguments(arguments: Sequence[str] | None, default: Language) -> argparse.Namespace:
    """The options. Ends the process with code 2 (wrong options) or 0 (help), as argparse does."""
    language = _language_in(arguments, default)
    parser = _parser(language)
    options = parser.parse_args(arguments)
    if options.act == "init":
        _check_products(parser, options.product)
    if options.act == "activate":
        _check_way(parser, options)
    if options.state is None and not (options.act == "verify" and options.trust):
        parser.error(f"{options.act}: --state" + (" or --trust" if options.act == "verify" else ""))
    if options.act == "request" and options.out is None and options.qr is None:
        parser.error("request: --out, --qr or both")
    return options


def _language_in(arguments: Sequence[str] | None, default: Language) -> Language:
    """The language asked for, found before all else so that the help text speaks it too."""
    finder = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    finder.add_argument("--language", choices=get_args(Language), default=default)
    try:
        found: Language = finder.parse_known_args(arguments)[0].language
    except argparse.ArgumentError:
        return default
    return found


def _parser(language: Language) -> argparse.ArgumentParser:
    def words(name: str) -> str:
        return texts.HELP[name].say(language)

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--language", choices=get_args(Language), default=language, help=words("language")
    )
    parser = argparse.ArgumentParser(
        prog="licensed-system", description=texts.DESCRIPTION.say(language), parents=[common]
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help=words("state"))
    parser.add_argument(
        "--wait", type=float, default=DEFAULT_WAIT, metavar="SECONDS", help=words("wait")
    )
    acts = parser.add_subparsers(dest="act", required=True)

    def act(name: str) -> argparse.ArgumentParser:
        return acts.add_parser(name, help=words(name), description=words(name), parents=[common])

    init = act("init")
    init.add_argument(
        "--trust", type=Path, action="append", required=True, metavar="PEM", help=words("trust")
    )
    init.add_argument("--name", type=_name, required=True, help=words("name"))
    init.add_argument(
        "--fingerprint-file", type=Path, metavar="FILE", help=words("fingerprint-file")
    )
    init.add_argument(
        "--product", type=_product, action="append", required=True, metavar="CODE=VERSION",
        help=words("product"),
    )  # fmt: skip
    for name in ("request", "return"):
        made = act(name)
        made.add_argument("--out", type=Path, required=name == "return", help=words("out"))
        made.add_argument("--qr", type=_picture, metavar="FILE.png", help=words("qr"))
    activate = act("activate")
    activate.add_argument("file", type=Path, nargs="?", metavar="FILE", help=words("file"))
    activate.add_argument("--text", metavar="FILE", help=words("text"))
    activate.add_argument(
        "--photo", type=Path, nargs="+", action="extend", metavar="FILE", help=words("photo")
    )
    activate.add_argument("--portal", type=_address, metavar="URL", help=words("portal"))
    activate.add_argument("--token-file", type=Path, metavar="FILE", help=words("token-file"))
    activate.add_argument("--environment", type=_name, metavar="NAME", help=words("environment"))
    activate.add_argument("--ca-file", type=Path, metavar="PEM", help=words("ca-file"))
    act("emergency").add_argument("file", type=Path, metavar="FILE", help=words("emergency-file"))
    form = (status := act("status")).add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=words("json"))
    form.add_argument("--openmetrics", action="store_true", help=words("openmetrics"))
    status.add_argument("--out", type=Path, help=words("status-out"))
    _add_verify(act("verify"), words)
    roots = act("trust-roots")
    roots.add_argument("file", type=Path, nargs="+", metavar="PEM", help=words("roots"))
    page = act("serve")
    page.add_argument("--port", type=_port, default=0, help=words("port"))
    page.add_argument("--vendor", type=_name, metavar="NAME", help=words("vendor"))
    for name, grounds in (("accent", look.LIGHT), ("accent-dark", look.DARK)):
        page.add_argument(f"--{name}", type=_colour(grounds), metavar="#RRGGBB", help=words(name))
    return parser


def _add_verify(verify: argparse.ArgumentParser, words: Callable[[str], str]) -> None:
    verify.add_argument("file", type=Path, metavar="FILE", help=words("verified"))
    verify.add_argument(
        "--manifest", type=Path, required=True, metavar="JWT", help=words("manifest")
    )
    verify.add_argument(
        "--trust", type=Path, action="append", metavar="PEM", help=words("verify-trust")
    )
    verify.add_argument("--product", metavar="CODE", help=words("expected-product"))


def _colour(grounds: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        try:
            return look.read_colour(text, grounds)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def _name(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_NAME or printable(text) != text:
        raise argparse.ArgumentTypeError(f"1-{LONGEST_NAME} printable characters")
    return text


def _product(text: str) -> tuple[str, str]:
    found = _PRODUCT.fullmatch(text)
    if not found or len(found[2]) > LONGEST_VERSION or printable(text) != text:
        raise argparse.ArgumentTypeError("CODE=VERSION, such as PLATFORM=5.0")
    return found[1], found[2]


def _check_products(parser: argparse.ArgumentParser, products: list[tuple[str, str]]) -> None:
    if len(products) > MOST_PRODUCTS or len(dict(products)) != len(products):
        parser.error(f"--product: each code once, at most {MOST_PRODUCTS}")


def _check_way(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """A file that was carried over or scanned, or all that it takes to get one from the portal."""
    needed = (options.portal, options.token_file, options.environment)
    carried = [way for way in (options.file, options.text, options.photo) if way is not None]
    if len(carried) > 1 or (carried and any((*needed, options.ca_file))):
        parser.error("activate: one of FILE, --text, --photo, and --portal with its options")
    if not carried and not all(needed):
        parser.error("activate: FILE, --text, --photo, or --portal, --token-file and --environment")


def _picture(text: str) -> Path:
    """The picture to write; a lone hyphen stands for the terminal."""
    if text != "-" and not text.lower().endswith(".png"):
        raise argparse.ArgumentTypeError("NAME.png or -")
    return Path(text)


def _address(text: str) -> str:
    try:
        return read_address(text)
    except ValueError:
        raise argparse.ArgumentTypeError("https://HOST (http:// on this machine only)") from None


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("0-65535")
    return int(text)
