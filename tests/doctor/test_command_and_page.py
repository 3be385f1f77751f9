"""The same examination as a command and as a page."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from database import writing
from tests.architecture.repository import ROOT
from tests.factories import create_team
from tests.machines.application import MakeApp, settings_for
from tests.machines.dns_server import dns_server
from tests.machines.processes import bare_environment
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

PAGE = "/settings/system"


@pytest.mark.slow
@pytest.mark.both_databases
def test_command_examines_a_running_server_from_outside(
    app: Flask,
    server_processes: ServerProcesses,
    simulators: Simulators,
    database_url: str,
    instance_path: Path,
) -> None:
    with app.app_context():
        create_team()
    [server] = server_processes.start()
    settings = settings_for(
        database_url,
        instance_path,
        {**simulators.settings(), "SCHEDULER_ENABLED": "true", "BASE_URL": server.base_url},
    )
    done = subprocess.run(
        [sys.executable, "-m", "flask", "doctor", "--json"],
        cwd=ROOT,
        env=bare_environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = json.loads(done.stdout)
    results = {result["name"]: result for section in said["sections"] for result in section["results"]}
    assert done.returncode == {"ok": 0, "look": 1, "broken": 2}[said["level"]]
    assert said["level"] != "broken", said
    assert results["Proxies"]["what"] == "None is in front."
    assert results["Heartbeat"]["level"] == "ok"
    assert results["Clock"]["level"] == "ok"


def test_command_prints_words_and_says_by_its_status_what_is_wrong(make_app: MakeApp) -> None:
    bare = make_app({"MAIL_SERVER": ""})
    with in_rows(bare):
        create_team()
    with writing():
        done = bare.test_cli_runner().invoke(args=["doctor", "--quiet", "--seconds", "5"])
    assert done.exit_code == 2
    assert "BROKEN  Mail server: There is no mail server" in done.output
    assert "What to do: Set MAIL_SERVER and MAIL_DEFAULT_SENDER, and restart." in done.output
    assert "Permissions" not in done.output


def test_page_comes_at_once_and_asks_for_the_results(make_app: MakeApp, simulators: Simulators) -> None:
    web = make_app(simulators.settings())
    with in_rows(web):
        team = create_team()
    ada = Visitor(web).enter(team.ada)
    page = ada.get(PAGE)
    assert "Checking…" in page.text
    [part] = page.tree.all("div", lambda element: element.get("id") == "system-results")
    with dns_server({}) as resolver:
        web.config["DNS_RESOLVER"] = resolver
        shown = ada.get(part.get("hx-get"), htmx=True)
        # It is the same without a script.
        whole = ada.get(f"{PAGE}/results")
    assert "http://localhost/connect/zoom/callback" in shown.text
    assert "What to do" in shown.text
    assert "SQLite" in whole.text
    assert whole.tree.all("h1")


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}/results"])
def test_page_is_for_owners(make_app: MakeApp, address: str) -> None:
    web = make_app()
    with in_rows(web):
        team = create_team()
    Visitor(web).enter(team.ben).get(address, status=403)
    assert f'href="{PAGE}"' in Visitor(web).enter(team.ada).get("/").html
    assert f'href="{PAGE}"' not in Visitor(web).enter(team.ben).get("/").html
