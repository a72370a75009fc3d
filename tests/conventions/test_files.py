"""Files and folders: what is vendored, pinned, and never written."""

import ast
import base64
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conventions.sources import PROJECT, Module, modules

# dist/htmx.min.js of the package htmx.org 4.0.1 as the registry of npm publishes it (its tarball
# has the SHA-512 that the registry states). The integrity in that package's README is of no file
# in it.
HTMX = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
TESTS = list(modules("tests"))
CODE = [*modules("app"), *modules("licensed_system"), *TESTS, *modules("benchmarks")]
IGNORED = "# type: " + "ignore"
PIN = re.compile(r"^[a-z0-9._\[\]-]+==[^ ;]+( ; .+)? \\$")


def _name(module: Module) -> str:
    return module.name


def test_htmx_is_the_published_file() -> None:
    content = (PROJECT / "static" / "htmx.js").read_bytes()
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    assert f"sha384-{digest}" == HTMX
    assert (PROJECT / "static" / "htmx.LICENSE.txt").read_text("utf-8").strip()


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "benchmarks/django-requirements.txt"]
)
def test_every_requirement_is_pinned_with_hashes_and_names_no_index(name: str) -> None:
    lines = (PROJECT / name).read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert pins
    for pin in pins:
        assert PIN.match(pin), f"not pinned: {pin}"
        assert "--hash=sha256:" in lines[lines.index(pin) + 1], f"no hash: {pin}"
    assert not [line for line in lines if re.search(r"https?://|--(extra-)?index|--find", line)]


def test_servers_get_the_versions_that_the_tests_ran_with() -> None:
    both = [
        dict(re.findall(r"^([\w.-]+)==([^ ;]+)", (PROJECT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert both[0].items() <= both[1].items()


def test_every_package_that_the_portal_imports_is_required_by_name() -> None:
    lines = (PROJECT / "requirements.in").read_text("utf-8").splitlines()
    required = {canonicalize_name(Requirement(line).name) for line in lines if line}
    origins = packages_distributions()
    imported = {name.split(".")[0] for module in modules("app") for name in module.imports()}
    # A package that another one brings along may go with its next version.
    missing = {
        package
        for package in imported - sys.stdlib_module_names - {"app", "licensed_system"}
        if not required & {canonicalize_name(name) for name in origins.get(package, [])}
    }
    assert not missing


@pytest.mark.parametrize("module", CODE, ids=_name)
def test_nothing_is_left_for_later_and_nothing_is_called_utils(module: Module) -> None:
    assert module.path.stem not in {"utils", "helpers", "misc", "common"}
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3))
    assert not re.search(rf"\b({marks})\b", module.path.read_text("utf-8"))


def test_each_type_error_that_is_ignored_has_its_reason_above_it() -> None:
    ignored = 0
    for module in CODE:
        lines = module.path.read_text("utf-8").splitlines()
        for number in (n for n, line in enumerate(lines) if IGNORED in line):
            ignored += 1
            assert lines[number - 1].lstrip().startswith("# "), f"{module.path}: {number + 1}"
    # Give a value its type instead, such as by a `ScopeKey`.
    assert ignored <= 5


@pytest.mark.parametrize("module", TESTS, ids=_name)
def test_tests_wait_for_conditions_and_run_the_real_thing(module: Module) -> None:
    tree = module.tree()
    assert not [name for name in module.imports() if "mock" in name.split(".")[0]]
    assert "unittest.mock" not in module.imports()
    # The one place that may: a loop that asks again whether the condition holds.
    polls = [loop for loop in ast.walk(tree) if isinstance(loop, ast.While)]
    assert _sleeps(tree) <= {wait for poll in polls for wait in _sleeps(poll)}


def _sleeps(tree: ast.AST) -> set[int]:
    """Lines that sleep for a time; `sleep(0)` only lets others go first."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rsplit(".", 1)[-1] == "sleep"
        and ast.unparse(node.args[0]) != "0"
    }


def test_tests_mirror_the_packages_of_the_application() -> None:
    """A folder of tests has the name of what it tests."""
    beside = {"conventions", "browser", "licensed_system", "never", "outside_demo", "shipping"}
    packages = {path.name for path in (PROJECT / "app").iterdir() if path.is_dir()}
    for folder in (PROJECT / "tests").iterdir():
        if folder.is_dir() and not folder.name.startswith(("_", ".")):
            assert folder.name in packages | beside, folder.name


def test_the_project_refers_only_to_itself() -> None:
    machine = re.compile(r"(?<![\w/])/(work|root|home)/\w")
    kinds = {".py", ".md", ".toml", ".html", ".txt", ".in", ".cfg"}
    for path in _own_files(PROJECT):
        if path.suffix not in kinds or path.is_relative_to(PROJECT / "tests" / "conventions"):
            continue
        found = machine.search(path.read_text("utf-8", errors="replace"))
        assert not found, f"{path.relative_to(PROJECT)} names a folder of a machine"


def _own_files(top: Path) -> Iterator[Path]:
    """Return the files below a folder, without looking into those that others made."""
    for folder, below, names in os.walk(top):
        below[:] = [name for name in below if not _is_foreign(name)]
        yield from (Path(folder, name) for name in names)


def _is_foreign(name: str) -> bool:
    made = {".venv", "node_modules", "build", "var", ".git"}
    return name in made or name.endswith(".egg-info")
