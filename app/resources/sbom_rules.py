"""Bills of materials (SBOM): which ones are recognised, and the components that they list."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.activation.format.strict_json import NotStrictJson, read_object
from app.characters import without_invisible

MOST_SBOM_BYTES = 5 * 1024**2
MOST_COMPONENTS = 20_000
# What a table shows and an index takes; the file itself is kept whole.
LONGEST_SHOWN = 300
CYCLONEDX_VERSION = re.compile(r"1\.[2-9]", re.ASCII)
SPDX_VERSION = re.compile(r"SPDX-2\.[1-9]", re.ASCII)
# SPDX says so where nothing is known.
NOTHING = {"NOASSERTION", "NONE"}
Json = Mapping[str, Any]


class SbomFormat(StrEnum):
    """The formats that are recognised, in JSON."""

    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"

    @property
    def label(self) -> str:
        """Return its name, as people write it."""
        return {SbomFormat.CYCLONEDX: "CycloneDX", SbomFormat.SPDX: "SPDX"}[self]


class SbomFault(StrEnum):
    """Why a file is no bill of materials that can be attached."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NOT_JSON = "not-json"
    UNKNOWN_FORMAT = "unknown-format"
    UNKNOWN_VERSION = "unknown-version"
    WRONG_COMPONENT = "wrong-component"
    TOO_MANY = "too-many"


class _Wrong(ValueError):
    """A component is not what its format says."""


@dataclass(frozen=True)
class Component:
    """A component, as a table shows it; an empty text where the file says nothing."""

    name: str
    version: str
    license: str
    purl: str


@dataclass(frozen=True)
class Sbom:
    """A bill of materials that was recognised."""

    format: SbomFormat
    version: str
    components: list[Component]


def read_sbom(content: bytes) -> Sbom | SbomFault:
    """Return the bill of materials in a file, or why there is none.

    A large one takes a tenth of a second: call it in a thread.
    """
    if not content.strip():
        return SbomFault.EMPTY
    if len(content) > MOST_SBOM_BYTES:
        return SbomFault.TOO_LARGE
    try:
        document = read_object(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, NotStrictJson):
        return SbomFault.NOT_JSON
    try:
        return _read(document)
    except _Wrong:
        return SbomFault.WRONG_COMPONENT


def _read(document: Json) -> Sbom | SbomFault:
    if document.get("bomFormat") == "CycloneDX":
        version, known = document.get("specVersion"), CYCLONEDX_VERSION
        format, make = SbomFormat.CYCLONEDX, _cyclonedx_components
    elif "spdxVersion" in document:
        version, known = document["spdxVersion"], SPDX_VERSION
        format, make = SbomFormat.SPDX, _spdx_components
    else:
        return SbomFault.UNKNOWN_FORMAT
    if not isinstance(version, str) or not known.fullmatch(version):
        return SbomFault.UNKNOWN_VERSION
    components = list[Component]()
    for component in make(document):
        if len(components) == MOST_COMPONENTS:
            return SbomFault.TOO_MANY
        components.append(component)
    return Sbom(format, version.removeprefix("SPDX-"), components)


def _cyclonedx_components(document: Json) -> Iterable[Component]:
    waiting = list(reversed(_objects(document, "components")))
    while waiting:
        each = waiting.pop()
        group, name = _text(each, "group"), _name(each)
        yield Component(
            name=f"{group}/{name}"[:LONGEST_SHOWN] if group else name,
            version=_text(each, "version"),
            license=_cut(" / ".join(filter(None, map(_license, _objects(each, "licenses"))))),
            purl=_text(each, "purl"),
        )
        # Components may have components.
        waiting.extend(reversed(_objects(each, "components")))


def _license(said: Json) -> str:
    if "license" not in said:
        return _text(said, "expression")
    named = said["license"]
    if not isinstance(named, dict):
        raise _Wrong
    return _text(named, "id") or _text(named, "name")


def _spdx_components(document: Json) -> Iterable[Component]:
    for each in _objects(document, "packages"):
        licenses = (_text(each, "licenseConcluded"), _text(each, "licenseDeclared"))
        addresses = (
            _text(reference, "referenceLocator")
            for reference in _objects(each, "externalRefs")
            if reference.get("referenceType") == "purl"
        )
        yield Component(
            name=_name(each),
            version=_text(each, "versionInfo"),
            license=next((text for text in licenses if text and text not in NOTHING), ""),
            purl=next(iter(addresses), ""),
        )


def _objects(said: Json, name: str) -> list[Json]:
    found = said.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _Wrong
    return found


def _name(said: Json) -> str:
    if not (name := _text(said, "name")):
        raise _Wrong
    return name


def _text(said: Json, name: str) -> str:
    found = said.get(name, "")
    if not isinstance(found, str):
        raise _Wrong
    return _cut(found)


def _cut(text: str) -> str:
    """Return a text as a table shows it: on one line, and not as long as a license text."""
    line = without_invisible(" ".join(text[: 4 * LONGEST_SHOWN].split())).strip()
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"
