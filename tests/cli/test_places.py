"""Which database and folder a command works on: named, and never made by accident."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.cli.places import database_name, prepare_data_dir
from app.settings import SettingsError, read_settings
from tests.cli.test_commands import run


def test_a_command_without_settings_makes_no_database(tmp_path: Path) -> None:
    done = run({"PORTAL_DATA_DIR": str(tmp_path / "none")}, "migrate")
    assert done.returncode == 1 and "There is no database" in done.stderr
    assert "PORTAL_DATABASE_URL" in done.stderr and "--new" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_new_database_is_made_when_it_is_asked_for_and_then_found(tmp_path: Path) -> None:
    environ = {"PORTAL_DATA_DIR": str(tmp_path / "data")}
    made = run(environ, "migrate", "--new")
    assert made.returncode == 0, made.stderr
    assert made.stderr.splitlines()[0] == f"Database: embedded in {tmp_path / 'data'}"
    again = run(environ, "migrate")
    assert again.returncode == 0 and "up to date" in again.stdout


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://portal:s%40cret@db/portal", "postgresql://portal@db/portal"),
        ("postgresql://portal@db/portal", "postgresql://portal@db/portal"),
        ("postgresql://u:secret@a:1,b:2/p?x=y", "postgresql://u@a:1,b:2/p?x=y"),
        ("postgresql:///portal?host=/run", "postgresql:///portal?host=/run"),
    ],
)
def test_the_name_of_a_database_has_no_password(url: str, name: str) -> None:
    assert database_name(read_settings({"PORTAL_DATABASE_URL": url})) == name


def test_the_server_makes_its_folders_for_its_user_alone(tmp_path: Path) -> None:
    settings = read_settings({"PORTAL_DATA_DIR": str(tmp_path / "data")})
    prepare_data_dir(settings)
    for folder in (settings.data_dir, settings.trusted_roots):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == os.geteuid()


def test_roots_elsewhere_are_left_alone(tmp_path: Path) -> None:
    roots = tmp_path / "elsewhere"
    environ = {"PORTAL_DATA_DIR": str(tmp_path / "data"), "PORTAL_TRUSTED_ROOTS": str(roots)}
    prepare_data_dir(read_settings(environ))
    assert not roots.exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="Cannot make the folder"):
        prepare_data_dir(read_settings({"PORTAL_DATA_DIR": str(tmp_path / "file" / "data")}))


AS_NOBODY = """
import os, sys
from pathlib import Path
from app.cli.places import prepare_data_dir
from app.settings import read_settings
settings = read_settings({"PORTAL_DATA_DIR": sys.argv[1]})
os.setgid(65534)
os.setuid(65534)
prepare_data_dir(settings)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_of_another_user_is_told_with_the_command_that_mends_it() -> None:
    """As root makes it by `install -D` before the portal has started."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        command = [sys.executable, "-c", AS_NOBODY, str(data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"chown -R nobody: {data}" in done.stderr, done.stderr
    assert "belongs to the user root" in done.stderr
