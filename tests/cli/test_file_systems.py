"""SQLite's file on a network file system: recognized by its mount, and reported to those who can act."""

from pathlib import Path

import pytest

import first_start
from file_systems import network_file_system
from tests.factories import create_team
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/data rw,relatime shared:2 - nfs4 files.example:/data rw,vers=4.2
31 30 8:2 / /srv/data/local rw,relatime - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/team\\040share rw,relatime - cifs //files/team rw
33 22 0:42 / /people/ada/remote rw - fuse.sshfs ada@files:/ rw
34 22 0:43 / /vagrant rw - vboxsf vagrant rw
35 22 0:44 / /var rw - zfs pool/var rw
36 35 0:45 / /var/lib rw - btrfs /dev/sdc rw
37 36 0:46 / /var/lib rw - ceph 10.0.0.1:/ rw
38 22 0:47 / /run rw - tmpfs tmpfs rw
39 22 0:48 / /app rw - overlay overlay rw
40 22 0:49 / /media/cards rw - fuseblk /dev/sdd1 rw
not a line of this kind
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/data/instance", "nfs4"),
        ("/srv/data", "nfs4"),
        ("/srv/database", ""),
        ("/srv/data/local/instance", ""),
        ("/mnt/team share/instance", "cifs"),
        ("/people/ada/remote/x/y", "fuse.sshfs"),
        ("/people/ada", ""),
        ("/vagrant/instance", "vboxsf"),
        ("/var/cache", ""),
        ("/var/lib/smoothhiring", "ceph"),
        ("/run/smoothhiring", ""),
        ("/app/instance", ""),
        ("/media/cards", ""),
    ],
)
def test_network_file_system_is_known_by_its_mount(path: str, kind: str) -> None:
    assert network_file_system(Path(path), MOUNTS) == kind


def test_folder_of_the_tests_is_local(tmp_path: Path) -> None:
    assert network_file_system(tmp_path) == network_file_system(tmp_path, "") == ""


def test_start_and_every_page_of_an_admin_say_so(
    make_app: MakeApp, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app({"NETWORK_FILE_SYSTEM": "nfs4"})
    first_start.prepare(app)
    assert "on a network file system (nfs4)" in capsys.readouterr().err
    with in_rows(app):
        team = create_team()
    assert "on a network file system (nfs4)" in Visitor(app).enter(team.ada).get("/").text
    assert "network file system" not in Visitor(app).enter(team.ben).get("/").text


def test_local_file_brings_no_warning(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    first_start.prepare(make_app())
    assert "network file system" not in capsys.readouterr().err
