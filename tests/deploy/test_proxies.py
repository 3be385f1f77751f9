"""The Caddyfile and the nginx site, each in front of a real server."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from flask import Flask

from tests.factories import PASSWORD, create_team
from tests.machines.person import Person
from tests.machines.processes import free_port, wait_until
from tests.machines.proxies import (
    caddy_command,
    checked,
    container_command,
    nginx_command,
    program,
    running_proxy,
)
from tests.machines.servers import ServerProcess, ServerProcesses

Command = Callable[..., list[str]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [caddy_command, container_command, nginx_command], ids=["caddy", "containers", "nginx"]
)
def test_server_learns_through_the_proxy_what_it_has_to_know(
    app: Flask, server_processes: ServerProcesses, tmp_path: Path, command: Command
) -> None:
    with app.app_context():
        create_team()
    port = free_port()
    [server] = server_processes.start(
        settings={
            "BASE_URL": f"http://localhost:{port}",
            "TRUSTED_PROXIES": "1",
            "METRICS_TOKEN": "a-token-that-no-one-guesses",
        }
    )
    inside = int(server.base_url.rpartition(":")[2])
    with (
        running_proxy(command(tmp_path, port, inside), tmp_path, port) as address,
        requests.Session() as browser,
    ):
        browser.trust_env = False
        # Someone who claims to come from elsewhere gains nothing.
        claimed = {"X-Forwarded-For": "203.0.113.9, 203.0.113.10", "X-Forwarded-Host": "evil.example"}
        seen = browser.get(f"{address}/healthz", headers=claimed, timeout=10).json()
        assert seen["forwarded_by"] == 1
        assert seen["seen_as"] == address
        page = browser.get(f"{address}/login", timeout=10)
        assert page.status_code == 200
        assert "Sign in" in page.text
        metrics = browser.get(
            f"{address}/metrics", headers={"Authorization": "Bearer a-token-that-no-one-guesses"}, timeout=10
        )
        assert metrics.status_code == 404
        if command is not nginx_command:
            # Certbot is asked to add it to nginx's site.
            assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        too_many = browser.post(f"{address}/login", data={"x": "y" * 1_500_000}, timeout=30)
        # It arrives at the server, which refuses it in its own words.
        assert too_many.status_code in (400, 413)
        assert "nginx" not in too_many.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(caddy_command, id="caddy"),
        pytest.param(nginx_command, id="nginx", marks=pytest.mark.full),
    ],
)
def test_one_of_two_servers_is_enough(
    app: Flask, server_processes: ServerProcesses, tmp_path: Path, command: Command
) -> None:
    with app.app_context():
        team = create_team()
    port = free_port()
    settings = {"BASE_URL": f"http://localhost:{port}", "TRUSTED_PROXIES": "1"}
    servers = server_processes.start(2, settings=settings)
    ports = [int(server.base_url.rpartition(":")[2]) for server in servers]
    with running_proxy(command(tmp_path, port, *ports), tmp_path, port) as address:
        person = Person(address, team.ada.email, PASSWORD)
        person.sign_in()
        for _ in range(4):
            person.look_at("/interviews")
        for victim, its_port in zip(servers, ports, strict=True):
            victim.kill()
            # No one has to reload, and the session is valid on the other server as well.
            for _ in range(4):
                person.look_at("/interviews")
            [back] = server_processes.start(settings=settings, port=its_port)
            wait_until_asked(back, person)
        assert person.reloads == 0


def wait_until_asked(server: ServerProcess, person: Person) -> None:
    """Return once the proxy takes pages from a restarted server again.

    nginx leaves one that failed alone for up to two seconds. The tests' servers are back earlier than that,
    and if the other one died then, there would be none to ask.
    """

    def is_asked() -> bool:
        person.look_at("/interviews")
        return "GET /interviews " in server.logs()

    wait_until(is_asked, what="the proxy asks the restarted server", timeout=10)


def test_files_are_what_the_programs_themselves_accept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ports in ((8000,), (8000, 8001)):
        nginx = checked([*nginx_command(tmp_path, free_port(), *ports), "-t"])
        assert nginx.returncode == 0, nginx.stderr
    monkeypatch.setenv("DOMAIN", "interviews.example.com")
    for caddyfile in ("Caddyfile", "Caddyfile-two-servers", "Caddyfile-in-containers"):
        caddyfile = f"deploy/{caddyfile}"
        caddy = checked([program("caddy"), "validate", "--adapter", "caddyfile", "--config", caddyfile])
        assert caddy.returncode == 0, caddy.stderr
        formatted = checked([program("caddy"), "fmt", caddyfile])
        assert formatted.stdout == Path(caddyfile).read_text()
