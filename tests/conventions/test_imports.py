"""Imports point downward only, from domain to domain and from room to room."""

import ast
import re

import pytest

from tests.conventions.sources import APP, PROJECT, Module, modules

# From the top down; a package imports only what stands below its own line.
LEVELS = [
    {"api"},
    {"staff"},
    {"home", "history", "reports", "reminders", "monitoring"},
    {"webhooks"},
    {"withdrawal"},
    {"imports"},
    {"quotes", "notices", "resources"},
    {"activation"},
    {"environments"},
    {"products"},
    {"provisioning"},
    {"service_accounts"},
    {"single_sign_on"},
    {"people"},
    {"contracts"},
    {"confirmations"},
    {"accounts"},
    {"brand", "secret"},
    {"audit", "mail"},
    {"background"},
    {"web"},
    {"database", "storage", "encryption", "spreadsheets", "pdf", "qr_codes"},
    {"postgres", "clock", "characters", "settings", "shipped"},
    {"days", "addresses", "outgoing"},
]
KNOW_EVERYTHING = {
    *(
        "main",
        "domains",
        "piccolo_app",
        "housekeeping",
        "cli",
        "demo",
        "backup",
    ),
}
HEIGHT = {package: -height for height, level in enumerate(LEVELS) for package in level}
DOMAINS = set.union(*LEVELS[:17])

# What each room may import of its own domain. Two modules of one room may import each other.
ROOMS = {
    "tables": set[str](),
    "rules": {"values"},
    "values": {"rules"},
    "queries": {"tables", "rules", "values"},
    "services": {"tables", "rules", "values", "queries"},
    "forms": {"rules", "values", "queries", "acts"},
    "access": {"rules", "queries"},
    "acts": {"rules", "values", "queries", "services", "access"},
    "tasks": {"services"},
    "pages": {"tables", "rules", "values", "queries", "services", "forms", "access", "acts"},
    "endpoints": {"tables", "rules", "values", "queries", "services", "access", "acts"},
}
# What another, lower domain may be asked for; its forms and pages are its own.
OFFERED = {"tables", "rules", "values", "queries", "services", "access", "acts"}
# Modules whose name is not their room's. Pure code is a rule.
FURTHER = {
    # What acts are, for all domains; it does nothing itself.
    "confirmations": {"acts": "rules", "form_pages": "services"},
    "accounts": {"passwords": "rules", "throttling": "services"},
    "activation": {
        **dict.fromkeys(
            (
                *("format.claims", "format.curve_points", "format.files", "format.jws"),
                *("format.keysets", "format.recognition", "format.requests", "format.roots"),
                *("format.keyset_keys", "format.signed_files"),
                *("format.strict_json", "licensed_products", "machine_moves", "messages"),
                *("signing", "signing_keys.encryption", "wording"),
                *("format.packing", "format.parts"),
            ),
            "rules",
        ),
        "signing_keys.files": "queries",
        "batches.lines": "queries",
        "batches.wording": "acts",
        "emergencies.wording": "rules",
        "parallel.wording": "rules",
        "parallel.statements": "acts",
        "checks": "services",
        "statements": "acts",
        "commands": "pages",
    },
    "api": {"errors": "access", "calls": "endpoints", "vendor.upserts": "endpoints"},
    "provisioning": {"errors": "access", "calls": "endpoints", "controllers": "acts"},
    "staff": {"commands": "pages"},
    "secret": {"commands": "pages"},
    "resources": {"commands": "pages"},
    "imports": {
        "files": "queries",
        "commands": "pages",
    },
    "quotes": {"wording": "rules"},
    "withdrawal": {"commands": "pages"},
    "single_sign_on": {
        # The console has the same pages as owners, as for webhooks.
        **dict.fromkeys(("controllers", "claim_controllers", "default_controllers"), "acts"),
        "commands": "pages",
    },
    "webhooks": {
        "courier": "services",
        "worker": "services",
        # The console has the same pages for the vendor, and no domain offers its pages to another.
        "controllers": "acts",
        "form_controllers": "acts",
    },
}
# Each with its reason.
EXCEPTIONS = {
    # The use of a session is noted while it is looked up.
    ("app.accounts.viewer_access", "app.accounts.session_services"),
    ("app.accounts.access", "app.accounts.session_services"),
    # The test of the vendor's own connection leaves for the provider as sign-ins do.
    ("app.staff.single_sign_on.vendor_pages", "app.single_sign_on.sign_in_pages"),
    # The use of a token is noted while it is looked up.
    ("app.provisioning.access", "app.provisioning.token_services"),
    # A command runs on the portal's database; the server never loads it.
    ("app.activation.commands", "app.cli.runtime"),
    ("app.audit.commands", "app.cli.runtime"),
    ("app.imports.commands", "app.cli.runtime"),
    ("app.resources.commands", "app.cli.runtime"),
    ("app.secret.commands", "app.cli.runtime"),
    ("app.single_sign_on.commands", "app.cli.runtime"),
    ("app.staff.commands", "app.cli.runtime"),
    ("app.withdrawal.commands", "app.cli.runtime"),
}

ALL = list(modules("app"))


def _name(module: Module) -> str:
    return module.name


def _domain(dotted: str) -> str:
    return dotted.split(".")[1] if "." in dotted else ""


def _room(dotted: str) -> str:
    """Return the room of a domain's module, in whichever folder; fail for an unknown name."""
    _, domain, *rest = dotted.split(".")
    if APP.joinpath(domain, *rest).is_dir():
        return "tables"  # a package itself, which is empty
    further = FURTHER.get(domain, {})
    room = further.get(".".join(rest), rest[-1].rsplit("_", 1)[-1])
    assert room in ROOMS, f"{dotted}: no room has this name"
    return room


@pytest.mark.parametrize("module", ALL, ids=_name)
def test_packages_import_only_what_stands_below_them(module: Module) -> None:
    own = _domain(module.name)
    if own in KNOW_EVERYTHING or not own:
        return
    assert own in HEIGHT, f"{own} has no place in the order of packages"
    for imported in module.imports():
        other = _domain(imported)
        if not imported.startswith("app.") or other == own:
            continue
        if (module.name, imported) in EXCEPTIONS:
            continue
        assert other in HEIGHT and HEIGHT[other] < HEIGHT[own], (
            f"{module.name} imports {imported}, which stands above it"
        )


@pytest.mark.parametrize("module", [m for m in ALL if _domain(m.name) in DOMAINS], ids=_name)
def test_rooms_import_only_what_the_table_allows(module: Module) -> None:
    room = _room(module.name)
    for imported in module.imports():
        other = _domain(imported)
        if not imported.startswith("app.") or other not in DOMAINS:
            continue
        wanted = _room(imported)
        allowed = ROOMS[room] | {room} if other == _domain(module.name) else OFFERED
        assert wanted in allowed or (module.name, imported) in EXCEPTIONS, (
            f"{module.name} ({room}) imports {imported} ({wanted})"
        )


def test_an_exception_that_nobody_needs_any_more_is_struck_off() -> None:
    needed = {(m.name, imported) for m in ALL for imported in m.imports()}
    assert needed >= EXCEPTIONS
    named = {f"{domain}.{name}" for domain, rooms in FURTHER.items() for name in rooms}
    assert {".".join(m.parts) for m in ALL} >= named


@pytest.mark.parametrize(
    "module",
    [m for m in ALL if len(m.parts) > 1 and m.parts[0] in DOMAINS and _room(m.name) == "rules"],
    ids=_name,
)
def test_rules_do_nothing_but_decide(module: Module) -> None:
    # Hashing a password takes long and so has to be awaited; it decides nothing else.
    if module.name == "app.accounts.passwords":
        return
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not any(isinstance(node, waiting) for node in ast.walk(module.tree()))
    assert not module.imports() & {"app.database", "app.clock", "asyncio", "asyncpg", "httpx"}


def test_pure_names_of_the_time_come_from_the_clock_alone() -> None:
    for module in ALL:
        if module.name == "app.clock":
            continue
        calls = {
            ast.unparse(node.func)
            for node in ast.walk(module.tree())
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        asked = calls & {"datetime.now", "datetime.utcnow", "date.today", "datetime.today"}
        assert not asked, f"{module.name} asks for the time with {asked}"


@pytest.mark.parametrize(
    ("package", "forbidden"), [("app", "licensed_system"), ("licensed_system", "app")]
)
def test_the_portal_and_the_licensed_system_know_nothing_of_each_other(
    package: str, forbidden: str
) -> None:
    for module in modules(package):
        named = {imported.split(".")[0] for imported in module.imports()}
        assert forbidden not in named, f"{module.name} imports {forbidden}"


def test_the_supervisor_of_the_database_runs_without_the_rest() -> None:
    """The process that watches PostgreSQL starts with the standard library alone."""
    for module in modules("app/postgres"):
        third_party = {
            name for name in module.imports() if name.split(".")[0] in {"asyncpg", "piccolo"}
        }
        assert not third_party, f"{module.name} imports {third_party}"


def test_the_page_about_the_house_names_every_package_and_every_room() -> None:
    page = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    packages = {m.parts[0] for m in ALL if m.parts}
    missing = {name for name in packages if re.search(rf"\b{name}\b", page) is None}
    missing |= {f"{room}.py" for room in ROOMS if f"`{room}.py`" not in page}
    further = {name.split(".")[-1] for rooms in FURTHER.values() for name in rooms}
    missing |= {name for name in further if re.search(rf"`{name}(\.py)?`", page) is None}
    assert not missing, f"docs/architecture.md does not name {sorted(missing)}"
