"""Who can reach the demo: only this machine, unless its operator says otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import instance_folder
from demo.__main__ import FOLDER, is_this_machine
from tests.architecture.repository import ROOT


@pytest.mark.slow  # a process of its own
def test_address_that_others_reach_is_refused_before_anything_starts() -> None:
    before, host = FOLDER.exists(), "0.0.0.0"
    answer = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env={**os.environ, "HOST": host, "DEMO_PUBLIC": "", "PORT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert f"HOST={host} would open the demo to the network" in answer.stderr
    assert "DEMO_PUBLIC=yes" in answer.stderr
    assert FOLDER.exists() is before


def test_only_addresses_of_this_machine_need_no_permission() -> None:
    others = ("0.0.0.0", "::", "192.0.2.7", "2001:db8::7", "demo.example", "localhost.example", "0")
    assert not any(is_this_machine(host) for host in others)
    assert all(is_this_machine(host) for host in ("127.0.0.1", "127.0.0.9", "::1", "localhost", "LOCALHOST"))


def test_every_demo_has_a_password_of_its_own(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    password = instance_folder.demo_password(one)
    assert len(password) >= 12
    assert instance_folder.demo_password(one) == password != instance_folder.demo_password(other)
    assert (one / "demo_password").stat().st_mode & 0o777 == 0o600
