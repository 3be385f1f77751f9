"""An installation to measure: a migrated SQLite database with a team, and the servers that work on it."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from tests.machines.application import build_app, close_app, migrate_database, settings_for
from tests.machines.processes import MachineError, end_group, free_port, start, tail, wait_until

PASSWORD = "a long enough password"
# As the product's own gunicorn.conf.py has it, so that both pages are served alike.
WORKERS, THREADS = 2, 4

# Accounts of the simulated Zoom that may host and have no unusual settings.
ACCOUNTS = (
    "priya.raman@northlight.example",
    "marco.bianchi@northlight.example",
    "lena.vogel@northlight.example",
    "grace.kim@northlight.example",
    "noah.clarke@northlight.example",
    "mateus.oliveira@northlight.example",
    "ingrid.solberg@northlight.example",
    "aiko.tanaka@northlight.example",
    "hannah.weiss@northlight.example",
    "ravi.menon@northlight.example",
)


@dataclass(frozen=True)
class TeamMember:
    """A person who schedules and hosts: their sign-in, their Zoom account, and their job's candidates."""

    user_id: int
    email: str
    candidate_ids: tuple[int, ...]


@dataclass(frozen=True)
class Installation:
    folder: Path
    database: Path
    team: tuple[TeamMember, ...]

    def settings(self, more: Mapping[str, str]) -> dict[str, str]:
        """The settings of a server on this installation; `more` wins."""
        return settings_for(f"sqlite:///{self.database}", self.folder / "instance", more)

    def rows(self) -> dict[str, int]:
        """How many rows each table holds."""
        with closing(self._connect()) as database:
            names = [
                name
                for (name,) in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                )
            ]
            return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}

    def wait_until_quiet(self, timeout: float = 60) -> None:
        """Return once no background work is due. Asks the file, so that no server is kept busy by it."""
        with closing(self._connect()) as database:

            def quiet() -> bool:
                now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
                due = "SELECT count(*) FROM tasks WHERE state IN ('ready', 'running') AND run_at <= ?"
                return bool(database.execute(due, (now,)).fetchone()[0] == 0)

            wait_until(quiet, what="no background work is due", timeout=timeout, every=0.01)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, isolation_level=None)


def make(folder: Path, candidates_each: int) -> Installation:
    """Make an installation with ten hiring managers, each with one job and this many candidates."""
    database = folder / "product.sqlite3"
    team = make_team(f"sqlite:///{database}", folder / "instance", candidates_each)
    return Installation(folder, database, team)


def make_team(url: str, instance: Path, candidates_each: int) -> tuple[TeamMember, ...]:
    """Fill an empty database with ten hiring managers, each with one job and this many candidates."""
    migrate_database(url, instance)
    app = build_app(settings_for(url, instance))
    from accounts.first_run import FirstRun, set_up
    from extensions import db
    from hiring.commands import NewCandidate, NewJob, add_candidate, add_job
    from models import Role, User
    from security import hash_password

    team = []
    with app.app_context():
        set_up(
            FirstRun("Northlight", "Europe/Berlin", "Olga Owner", "olga@northlight.example", PASSWORD, True),
            installation_id=app.config["INSTALLATION_ID"],
        )
        hashed = hash_password(PASSWORD)
        for number, email in enumerate(ACCOUNTS):
            name = email.partition("@")[0].replace(".", " ").title()
            user = User(
                name=name,
                email=email,
                password_hash=hashed,
                role=Role.HIRING_MANAGER,
                timezone="Europe/Berlin",
            )
            db.session.add(user)
            db.session.flush()
            job = add_job(NewJob(f"Engineer {number}", "", "", user.id))
            people = [
                add_candidate(
                    NewCandidate(f"Candidate {number}-{i}", address(number, i), "", "Europe/London", job.id)
                ).id
                for i in range(candidates_each)
            ]
            team.append(TeamMember(user.id, email, tuple(people)))
        db.session.commit()
    close_app(app)
    return tuple(team)


def address(member: int, candidate: int) -> str:
    """The email address of a candidate, by the numbers of the team member and the candidate."""
    return f"candidate.{member}.{candidate}@mail.example"


class BareServer:
    """The bare page on its own server, with a copy of the installation's database."""

    def __init__(self, installation: Installation, rows: Mapping[str, int]) -> None:
        """Copy the database and start; `rows` says how many rows a POST inserts into each table."""
        database = installation.folder / "bare.sqlite3"
        with (
            closing(sqlite3.connect(installation.database)) as source,
            closing(sqlite3.connect(database)) as copy,
        ):
            source.backup(copy)
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        self._log = installation.folder / "bare.log"
        self._process: subprocess.Popen[bytes] = start(
            [
                *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
                *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
                "bench.bare_page:application()",
            ],
            log=self._log,
            # Not in the product's folder, because gunicorn would read the gunicorn.conf.py there.
            cwd=installation.folder,
            settings={
                "BARE_DATABASE_URL": f"sqlite:///{database}",
                "BARE_ROWS": json.dumps(dict(rows)),
            },
        )
        try:
            wait_until(self._answers, what="the bare page answers", timeout=40, every=0.1)
        except MachineError as problem:
            self.stop()
            raise MachineError(f"{problem}\n{tail(self._log)}") from None

    def stop(self) -> None:
        end_group(self._process, how=signal.SIGTERM, timeout=20)

    def _answers(self) -> bool:
        try:
            return requests.get(self.base_url, timeout=2).status_code == 200
        except requests.RequestException:
            return False
