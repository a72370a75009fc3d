"""The project's own source files, and what each imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
APP = PROJECT / "app"


@dataclass(frozen=True)
class Module:
    """A module of the project.

    Attributes:
        name: dotted, such as `app.contracts.pages`.
    """

    name: str
    path: Path

    @property
    def parts(self) -> list[str]:
        """The name without the top package, such as `["contracts", "pages"]`."""
        return self.name.split(".")[1:]

    def tree(self) -> ast.Module:
        """The module, parsed."""
        return ast.parse(self.path.read_text("utf-8"), filename=str(self.path))

    @cache  # noqa: B019 - a module lives as long as the run of the tests
    def imports(self) -> set[str]:
        """Dotted names of the modules that it imports, wherever in the file it does."""
        found: set[str] = set()
        for node in ast.walk(self.tree()):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}: a relative import"
                assert node.module
                found.update(_imported(node.module, alias.name) for alias in node.names)
        return found


def _imported(module: str, name: str) -> str:
    """`from a import b` imports a.b where that is a module, else a."""
    below = PROJECT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if below.with_suffix(".py").exists() or below.is_dir() else module


def modules(package: str) -> Iterator[Module]:
    """All modules below a folder of the project."""
    for path in sorted((PROJECT / package).rglob("*.py")):
        relative = path.relative_to(PROJECT).with_suffix("")
        parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
        yield Module(".".join(parts), path)
