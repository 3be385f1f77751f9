"""The unit of systemd, the image, and the containers around it, as far as they can be checked here."""

import re
import subprocess

import pytest

from config import settings_names
from deploy.healthy import main as is_healthy
from schema import USELESS_TO_REPEAT
from tests.architecture.repository import ROOT
from tests.machines.proxies import checked, program
from tests.machines.servers import ServerProcesses

DEPLOY = ROOT / "deploy"


def test_unit_is_as_closed_as_systemd_can_tell() -> None:
    unit = str(DEPLOY / "smoothhiring.service")
    said = checked([program("systemd-analyze"), "security", "--offline=true", "--threshold=30", unit])
    assert said.returncode == 0, said.stdout[-300:]


def test_unit_does_not_start_again_what_would_fail_again() -> None:
    unit = (DEPLOY / "smoothhiring.service").read_text()
    assert f"RestartPreventExitStatus={USELESS_TO_REPEAT}\n" in unit


def test_backups_of_the_documents_go_where_the_service_may_write() -> None:
    [folder] = re.findall(r"^BACKUP_FOLDER=(\S+)$", (ROOT / "docs/backups.md").read_text(), re.MULTILINE)
    assert f"\nReadWritePaths=-{folder}\n" in (DEPLOY / "smoothhiring.service").read_text()
    assert f"-m 700 {folder}\n" in (DEPLOY / "install.sh").read_text()
    # A volume gets its owner from the image.
    assert f"chown smoothhiring {folder} " in (DEPLOY / "Dockerfile").read_text()
    assert f"      - backups:{folder}\n" in (DEPLOY / "compose.yaml").read_text()


def test_containers_take_any_setting() -> None:
    # The file doesn't name all of them.
    containers = (DEPLOY / "compose.yaml").read_text()
    assert "    env_file:\n      - path: .env\n        required: false\n" in containers


def test_every_setting_in_the_files_exists() -> None:
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    assert named <= settings_names()


def test_shell_script_is_understood() -> None:
    done = subprocess.run(["sh", "-n", str(DEPLOY / "install.sh")], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_image_leaves_out_what_does_not_run_and_keeps_what_does() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    for name in ("instance", ".git", "tests", "simulators"):
        assert name in ignored
    # What people are told to put beside the program, in the root and in deploy/.
    for secret in ("**/.env", "**/*.age", "deploy/secrets"):
        assert secret in ignored
    steps = (DEPLOY / "Dockerfile").read_text()
    # The last stage.
    assert "\nUSER 10001\n" in steps.rpartition("\nFROM ")[2]
    assert "HEALTHCHECK" in steps
    assert "--only-binary :all:" in steps


@pytest.mark.slow
def test_health_check_follows_the_server(
    server_processes: ServerProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    [server] = server_processes.start()
    monkeypatch.setenv("PORT", server.base_url.rpartition(":")[2])
    assert is_healthy() == 0
    server.kill()
    assert is_healthy() == 1
