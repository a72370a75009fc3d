"""`portal bill-of-materials`: what is installed with the portal, as CycloneDX 1.6 (JSON)."""

import json
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

import rich_click as click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.shipped import PROJECT


@click.command("bill-of-materials")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output.",
)
@click.option(
    "--required", is_flag=True, help="Only what the portal requires, for a release of it."
)
def bill_of_materials(out: Path | None, required: bool) -> None:
    """List the packages installed with the portal, with versions and licenses.

    Lists everything in this Python environment, so run it where the portal runs.
    """
    text = json.dumps(make_bill(required=required), ensure_ascii=False, indent=1) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")


def make_bill(*, required: bool = False) -> dict[str, Any]:
    """Return the bill as JSON values; the same installation always gives the same.

    Args:
        required: leave out what is installed but not required by the portal, such as test tools.
    """
    installed = {canonicalize_name(each.metadata["Name"]): each for each in distributions()}
    names = sorted(_required(installed) if required else installed)
    own = installed.get(canonicalize_name(PROJECT))
    parts = [_component(name, installed[name]) for name in names if installed[name] is not own]
    version = own.version if own else "0"
    portal = {"type": "application", "name": PROJECT, "version": version, "bom-ref": PROJECT}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": portal},
        "components": parts,
        "dependencies": [
            {"ref": PROJECT, "dependsOn": [part["bom-ref"] for part in parts]},
            *(
                {"ref": _purl(name, installed[name]), "dependsOn": _needs(name, installed)}
                for name in names
                if installed[name] is not own
            ),
        ],
    }


def _required(installed: dict[Any, Distribution]) -> set[Any]:
    """Return the names that the portal requires, and those that they require in turn."""
    found, waiting = set(), [Requirement(PROJECT)]
    while waiting:
        asked = waiting.pop()
        own = installed.get(canonicalize_name(asked.name))
        if own is not None and str(asked) not in found:
            found.add(str(asked))
            waiting += _wanted(own, asked.extras)
    return {canonicalize_name(Requirement(each).name) for each in found}


def _wanted(found: Distribution, extras: Iterable[str] = ()) -> list[Requirement]:
    """Return what a package requires on this machine."""
    wanted = [Requirement(text) for text in found.requires or []]
    return [
        each
        for each in wanted
        if each.marker is None
        or any(each.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]


def _purl(name: str, found: Distribution) -> str:
    return f"pkg:pypi/{name}@{found.version}"


def _component(name: str, found: Distribution) -> dict[str, Any]:
    purl = _purl(name, found)
    component = {"type": "library", "name": name, "version": found.version}
    component |= {"bom-ref": purl, "purl": purl}
    if expression := found.metadata.json.get("license_expression"):
        return {**component, "licenses": [{"expression": expression}]}
    named = [
        each.rsplit(" :: ", 1)[-1]
        for each in found.metadata.get_all("Classifier") or []
        if each.startswith("License :: ")
    ]
    # Older packages have their license, or all of its text, in a separate field.
    written = str(found.metadata.json.get("license", "")).strip()
    if not named and written and "\n" not in written:
        named = [written]
    return {**component, "licenses": [{"license": {"name": each}} for each in named]}


def _needs(name: str, installed: dict[Any, Distribution]) -> list[str]:
    others = (canonicalize_name(each.name) for each in _wanted(installed[canonicalize_name(name)]))
    return sorted({_purl(other, installed[other]) for other in others if other in installed})
