"""Put the folders that the portal reads beside its code into the wheel, below `app`."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("templates", "static", "migrations")


class BuildWithFolders(build_py):
    """Copy the folders too; an editable installation reads them where they are."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for source, target in self._shipped():
            self.mkpath(str(Path(target).parent))
            self.copy_file(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        copied = [] if self.editable_mode else [target for _, target in self._shipped()]
        return [*super().get_outputs(include_bytecode), *copied]

    def _shipped(self) -> list[tuple[str, str]]:
        """Return each file and its place; `app/shipped.py` finds it there."""
        below = Path(self.build_lib) / "app" / "shipped_files"
        return [
            (str(path), str(below / path))
            for folder in SHIPPED
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]


setup(cmdclass={"build_py": BuildWithFolders})
