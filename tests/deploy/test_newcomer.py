"""Everything that README, docs/backups.md and docs/upgrading.md tell people to type does what they say, from
a bare machine to the first interview, through backups, upgrades and restores, and from one database to the
other."""

import json
import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from product_version import product_version
from schema import USELESS_TO_REPEAT, newest_revision
from tests.deploy.documents import BACKUPS, README, UPGRADING, settings, to_type
from tests.deploy.machine import DOMAIN, Machine, Origin
from tests.factories import LENA, PASSWORD
from tests.machines.postgresql import PostgreSQLCluster
from tests.machines.processes import end_group, start, tail, wait_until
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import schedule_by_hand
from tests.web.round_trips import connect
from timezones import utc_now

pytestmark = [pytest.mark.full, pytest.mark.slow]

OWNER, CANDIDATE = "ada@northlight.example", "dina.kaur@mail.example"
# For `make test`: a file of tests that need no machines, in one process.
A_TEST = "'tests/pages/test_checks.py -n 0'"
INSTALLING, ASIDE = "Installing it on a server", "On a machine that has been used"
EDIT, RESTART = "sudo nano /opt/smoothhiring/.env", "sudo systemctl restart smoothhiring"

NEWER = f'''
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest_revision()}"


def upgrade():
    op.create_table("mottos", sa.Column("id", sa.Integer(), primary_key=True))
'''


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A bare machine. The repository that it can clone has one version."""
    root = tmp_path / "root"
    origin = Origin(tmp_path / "origin", root)
    older = f"v{product_version()}"
    origin.release(older)
    words = {"ADDRESS-OF-THIS-REPOSITORY": str(origin.folder), "THE-OLDER-VERSION": older}
    machine = Machine(root, tmp_path, origin, words)
    machine.begin()
    yield machine
    machine.end()


def test_demo_and_server_run_from_a_clean_folder(machine: Machine) -> None:
    for line in to_type(README, INSTALLING)[:2]:
        machine.types(line)
    folder = machine.root / "home" / "smoothhiring"
    machine.types(f"git clone ADDRESS-OF-THIS-REPOSITORY {folder}")
    [demo] = to_type(README, "Try it")
    assert f"http://localhost:{machine.port}" in served(machine, demo, folder)
    machine.types(f"cd {folder} && make test ONLY={A_TEST}")

    run, *commands = to_type(README, "Running it from a folder")
    typed, *_ = settings(README, "Running it from a folder")
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in typed.items()))
    said = served(machine, run, folder)
    assert f"https://{DOMAIN}/setup" in said
    show, set_up = commands
    assert machine.types(f"cd {folder} && {show}").strip() in said
    options = f"--organization Northlight --timezone Europe/Zurich --name 'Ada Berg' --email {OWNER}"
    assert "is ready" in machine.types(f"cd {folder} && {set_up} {options}", answers=f"{PASSWORD}\n")


def served(machine: Machine, command: str, folder: Path) -> str:
    """Run a command that serves until someone presses Ctrl-C, and press it once it answers; return its
    output."""
    log = folder.parent / f"{command}.log"
    process = start(["sh", "-c", command], log=log, settings=machine.environment(), cwd=folder)
    try:
        machine.wait_for_answer(process, log)
    finally:
        if process.poll() is None:
            # Sent to every process it started, as the terminal does.
            os.killpg(process.pid, signal.SIGINT)
        end_group(process, how=signal.SIGINT, timeout=45)
    return tail(log)


def test_commands_lead_to_an_interview_and_through_backups_and_upgrades(
    machine: Machine, simulators: Simulators, postgresql: PostgreSQLCluster
) -> None:
    newcomer = Newcomer(machine, simulators)
    newcomer.installs()
    newcomer.schedules_the_first_interview()
    newcomer.asks_as_a_program()
    newcomer.backs_up()
    newcomer.upgrades_and_goes_back()
    newcomer.restores_on_another_machine()
    url = postgresql.create_database("moved", template="template0")
    newcomer.moves_to(url)
    machine.stop()
    postgresql.drop_database(url)


class Newcomer:
    """Someone who installs and maintains the product as the documents say."""

    def __init__(self, machine: Machine, simulators: Simulators) -> None:
        self.machine = machine
        self.simulators = simulators
        # The person's own copy of .env.
        self.settings = {**simulators.settings(), "MAIL_DEFAULT_SENDER": "interviews@example.com"}
        self.secret = ""
        self.interview = ""

    def types(self, line: str, status: int = 0) -> str:
        """Type a command; the answers to what it asks are known."""
        answers = self.secret if " restore " in line else ""
        into_nano = self.settings if " nano " in line else None
        return self.machine.types(line, answers=answers, status=status, into_nano=into_nano)

    def installs(self) -> None:
        for line in to_type(README, INSTALLING):
            # The domain belongs to no one, so it is reported as worth a look.
            said = self.types(line, status=1 if line.endswith(" doctor") else 0)
            if line.endswith(" doctor"):
                for good in ("Database", "Mail server", "Zoom", "Heartbeat"):
                    assert f"  ok      {good}: " in said
        self.code = said.strip()

    def schedules_the_first_interview(self) -> None:
        ada = self.visits()
        ada.submit(
            ada.get("/setup"),
            "Finish setup",
            leads_to="/",
            code=self.code,
            organization_name="Northlight",
            timezone="Europe/Zurich",
            name="Ada Berg",
            email=OWNER,
            password=PASSWORD,
        )
        connect(ada, LENA)
        ada.submit(ada.get("/jobs/new"), "Add job", status=303, title="Data Analyst")
        page = ada.get("/candidates/new")
        added = ada.submit(page, "Add candidate", status=303, name="Dina Kaur", email=CANDIDATE)
        candidate = int(re.findall(r"/candidates/(\d+)", added.headers["Location"])[0])
        day = (utc_now() + timedelta(days=3)).date().isoformat()
        answers = {"date-time": {"date": day, "time": "14:00", "timezone": "Europe/Zurich"}}
        self.interview = f"/interviews/{schedule_by_hand(ada, candidate, answers)}"
        [invitation] = self.simulators.wait_for_mails(1, to=CANDIDATE)
        assert f"https://{DOMAIN}/" in str(invitation.message.get_body(("plain",)))

    def asks_as_a_program(self) -> None:
        ada = self.signs_in()
        page = "/settings/organization/api"
        made = ada.submit(ada.get(page), "Make a key", name="Dashboard")
        [key] = {button["data-copy"] for button in made.tree.all("button") if button.get("data-copy")}
        self.machine.words["YOUR_KEY"] = key
        [line] = to_type(README, "For programs")
        assert "interviews" in json.loads(self.types(line))

    def backs_up(self) -> None:
        for line in to_type(BACKUPS, "Once: make a key"):
            said = self.types(line)
        [self.secret] = re.findall(r"(?m)^AGE-SECRET-KEY-\w+$", said)
        [public] = re.findall(r"(?m)^BACKUP_KEY=(\w+)$", said)
        [nightly] = settings(BACKUPS, "Every night")
        self.settings |= {"BACKUP_KEY": public, **nightly}
        self.types(EDIT)
        self.types(RESTART)
        folder = self.machine.root / "var/backups/smoothhiring"
        wait_until(lambda: bool(list(folder.glob("smoothhiring-*.age"))), what="a first backup", timeout=120)
        for line in [*to_type(BACKUPS, "Make one"), *to_type(BACKUPS, "Rehearse")]:
            said = self.types(line)
        assert "This backup can be restored" in said
        self.backup = folder / "today.age"
        assert self.backup.stat().st_mode & 0o777 == 0o600

    def upgrades_and_goes_back(self) -> None:
        self.machine.origin.release("v99.0.0", {"migrations/versions/9999_mottos.py": NEWER})
        for line in to_type(UPGRADING, "Upgrading"):
            # The other way is for people who run it from a folder.
            if line != "make run":
                self.types(line)
        assert self.revision() == "9999"
        self.signs_in()
        for line in to_type(UPGRADING, "Going back"):
            if " restore " in line:
                assert "is newer than this program" in self.types(
                    "sudo smoothhiring tasks work", status=USELESS_TO_REPEAT
                )
                self.puts_the_folder_aside()
            self.types(line)
        assert self.revision() == newest_revision()
        self.signs_in()

    def restores_on_another_machine(self) -> None:
        backup = self.backup.read_bytes()
        self.machine.begin()
        (self.machine.root / "home" / "smoothhiring.age").write_bytes(backup)
        for line in to_type(README, INSTALLING)[:3]:
            self.types(line)
        for line in to_type(BACKUPS, "Restore"):
            said = self.types(line)
        assert "Background work" in said
        self.signs_in()

    def puts_the_folder_aside(self) -> None:
        *lines, again = to_type(BACKUPS, ASIDE)
        assert again == "sudo systemctl start smoothhiring"
        for line in lines:
            self.types(line)
        self.removes_what_was_put_aside()

    def moves_to(self, url: str) -> None:
        self.settings["DATABASE_URL"] = url
        for line in to_type(BACKUPS, "From SQLite to PostgreSQL, or back"):
            self.types(line)
        self.removes_what_was_put_aside()
        assert not list((self.machine.root / "var/lib/smoothhiring").glob("*.sqlite3"))
        self.signs_in()

    def visits(self) -> Visitor:
        return Visitor(self.machine.visitors_app())

    def signs_in(self) -> Visitor:
        """Sign in, and see the interview."""
        ada = self.visits().sign_in(OWNER)
        assert "Dina Kaur" in ada.get(self.interview).text
        return ada

    def revision(self) -> str:
        """Which migration the SQLite file is at."""
        [file] = (self.machine.root / "var/lib/smoothhiring").glob("*.sqlite3")
        connection = sqlite3.connect(file)
        try:
            found: str
            [[found]] = connection.execute("SELECT version_num FROM alembic_version")
            return found
        finally:
            connection.close()

    def removes_what_was_put_aside(self) -> None:
        shutil.rmtree(self.machine.root / "var/lib/smoothhiring.before")
