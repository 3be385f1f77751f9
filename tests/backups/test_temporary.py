"""Nothing that was decrypted stays behind, and nothing is removed while it is in use."""

from pathlib import Path

import pytest

from backups.keys import read_secret
from backups.rehearsing import rehearse
from backups.temporary import remove_left, temporary_folder
from config import load_settings
from first_start import prepare_files
from tests.backups.places import PAIR, make_app


def left_in(folder: Path) -> Path:
    """Leave a folder behind as a killed process does."""
    left = folder / ".opened-backup-left"
    left.mkdir(parents=True)
    (left / "archive.tar.gz").write_bytes(b"everything")
    return left


def test_only_what_no_one_works_in_is_removed(tmp_path: Path) -> None:
    left = left_in(tmp_path)
    with temporary_folder(tmp_path) as own:
        remove_left(tmp_path)
        assert (own.exists(), left.exists()) == (True, False)
        assert own.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []
    remove_left(tmp_path / "nowhere")


def test_server_that_starts_removes_what_was_left(instance_path: Path) -> None:
    left = left_in(instance_path)
    prepare_files(load_settings(overrides={"INSTANCE_PATH": str(instance_path)}))
    assert not left.exists()


def test_rehearsal_begins_with_what_the_one_before_left(tmp_path: Path) -> None:
    left = left_in(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        rehearse(make_app, tmp_path / "gone.age", read_secret(PAIR.secret), tmp_path)
    assert not left.exists()
