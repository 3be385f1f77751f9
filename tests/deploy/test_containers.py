"""The image and the containers around it, checked by the rules for these files: that needs no container
runtime, and there may be none where the tests run."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from config import load_settings, settings_names
from tests.architecture.repository import ROOT

DEPLOY = ROOT / "deploy"
_SCHEMA = Path(__file__).parent / "third_party" / "compose-spec.json"


def linted(steps: str) -> str:
    """What hadolint says about these steps of an image, and about the shell commands in them: nothing, if all
    is well."""
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent)
    assert hadolint is not None, "hadolint comes with requirements-dev.txt"
    done = subprocess.run(
        [hadolint, "--no-color", "-"], input=steps, capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    assert (done.returncode == 0) == (said == ""), said
    return said


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return content


def problems(content: dict[str, Any]) -> list[str]:
    """What the Compose Specification says against a file."""
    found = jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text())).iter_errors(content)
    return [f"{problem.json_path}: {problem.message}" for problem in found]


def test_steps_of_the_image_are_as_hadolint_wants_them() -> None:
    assert linted((DEPLOY / "Dockerfile").read_text()) == ""


@pytest.mark.parametrize(
    ("step", "worse", "rule"),
    [
        ("FROM python:3.11-slim-bookworm\n", "FROM python:latest\n", "DL3007"),
        ("COPY . .\n", "ADD . .\n", "DL3020"),
        ("USER 10001\n", "USER 10001\nUSER root\n", "DL3002"),
        ("    && chmod 700", "    && echo $HOME \\\n    && chmod 700", "SC2086"),
    ],
)
def test_hadolint_notices_what_is_worse(step: str, worse: str, rule: str) -> None:
    steps = (DEPLOY / "Dockerfile").read_text()
    assert step in steps
    assert rule in linted(steps.replace(step, worse))


def test_image_is_small_and_for_no_one_special() -> None:
    stages = re.split(r"(?m)^(?=FROM )", (DEPLOY / "Dockerfile").read_text())[1:]
    bases = {stage.split()[1] for stage in stages}
    # Both stages have the same base: what the first one installs runs in the second.
    assert len(bases) == 1
    assert re.fullmatch(r"python:\d+\.\d+-slim-[a-z]+", bases.pop())
    last = stages[-1]
    # Nothing is fetched or installed in the stage that runs, and no one in it may change the program.
    for fetching in ("apt", "pip ", "curl", "wget"):
        assert fetching not in last
    assert "--chown" not in last
    assert re.search(r"(?m)^USER \d+$", last)
    assert re.search(r"(?m)^HEALTHCHECK .*\\\n +CMD \[", last)
    # One process that gets the signals itself, not a shell around it.
    assert re.search(r'(?m)^CMD \["gunicorn", ', last)


def test_compose_file_follows_the_specification() -> None:
    content = compose()
    assert problems(content) == []
    content["services"]["server"]["enviroment"] = {}
    assert problems(content) != []


def test_whatever_the_compose_file_refers_to_is_there() -> None:
    content = compose()
    services = content["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service.get("secrets", ())) <= set(content["secrets"])
        named = {volume.split(":")[0] for volume in service.get("volumes", ())}
        files = {name for name in named if name.startswith("./")}
        assert named - files <= set(content["volumes"])
        assert all((DEPLOY / name).is_file() for name in files)
    build = services["server"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()


def test_containers_get_what_they_need_and_no_more() -> None:
    content = compose()
    for name, service in content["services"].items():
        if "build" not in service:
            image, _, version = service["image"].partition(":")
            assert (image, bool(re.match(r"\d", version))) == (image, True), name
        assert "privileged" not in service
        assert service["restart"] == "unless-stopped"
        # Nothing but the proxy can be reached from outside.
        assert ("ports" in service) == (name == "proxy")
    server = content["services"]["server"]
    assert server["read_only"] is True
    assert server["cap_drop"] == ["ALL"]
    assert server["depends_on"] == {"database": {"condition": "service_healthy"}}
    environment = server["environment"]
    assert {name.removesuffix("_FILE") for name in environment} <= settings_names()
    # Every secret comes from a file, except the keys that the server makes and keeps itself.
    secret = re.compile("PASSWORD|SECRET|METRICS_TOKEN|DATABASE_URL")
    for name in filter(secret.search, settings_names() - {"SECRET_KEY"}):
        assert f"/run/secrets/{name.lower()}" in environment[f"{name}_FILE"]
        assert name not in environment
        assert name.lower() in server["secrets"]


def test_empty_files_are_no_secrets_yet(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    files = [name for name in compose()["services"]["server"]["environment"] if name.endswith("_FILE")]
    given = load_settings({name: str(tmp_path / "empty") for name in files})
    assert not {name.removesuffix("_FILE") for name in files} & given["EXPLICIT"]


def test_first_lines_of_the_compose_file_make_what_it_reads(tmp_path: Path) -> None:
    text = (DEPLOY / "compose.yaml").read_text().replace("\\\n#", "")
    said = re.findall(r"(?m)^#   (\S.*)$", text)
    # Some lines end with a comment, or are one.
    lines = [line for each in said if (line := re.sub(r"\s{2,}\(.*", "", each)) and not line.startswith("(")]
    docker = [line for line in lines if line.startswith("docker ")]
    # There is no container runtime to run them with.
    assert docker == ["docker compose up -d", "docker compose logs server"]
    for line in lines[: -len(docker)]:
        subprocess.run(["sh", "-euc", line], cwd=tmp_path, check=True, timeout=30)
    content = compose()
    made = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == {Path(secret["file"]).name for secret in content["secrets"].values()}
    assert {path.stat().st_mode & 0o777 for path in made.values()} == {0o644}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    environment = content["services"]["database"]["environment"]
    password = made["database_password"].read_text().strip()
    url = f"{environment['POSTGRES_USER']}:{password}@database/{environment['POSTGRES_DB']}"
    assert made["database_url"].read_text() == f"postgresql://{url}"
    assert (tmp_path / ".env").read_text() == "DOMAIN=interviews.example.com\n"
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
