"""The wheel of this source, built once for all tests of shipping."""

from pathlib import Path

import pytest

from tests.shipping.builds import build_wheel, copy_source


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build_wheel(copy_source(folder / "source"), folder)
