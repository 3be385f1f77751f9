"""Measures many reminders that are due in the same minute: `python -m bench.reminders --help`.

How many emails a second leave, against one loop that builds the same messages, commits twice for each, and
sends them over one connection? And does the server's memory stay the same from the first to the last?
Everything is real except the mail server, which is the simulated mailbox.
"""

from __future__ import annotations

import argparse
import os
import platform
import smtplib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench import many_rows
from bench.installation import THREADS, WORKERS
from bench.measuring import say_progress
from bench.servers import memory_of, processor_time
from messaging.facts import InterviewFacts, Person, Reader, facts_of, reader_of
from messaging.mime import Envelope, mime_of
from tests.machines.application import build_app, close_app
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import running_simulators

AIM, AIM_GROWTH = 0.6, 1.1
# Each interview reminds its candidate and its hiring manager.
_EACH = 2
_MINUTES_BEFORE = 60
_BARE_MAILS, _BARE_KINDS = 1000, 200
# The first emails of a process import modules and compile templates.
_WARM_UP = 0.1


@dataclass(frozen=True)
class _Figures:
    """Emails a second of the product and of the loop, the processor seconds that each spends on one, and the
    product's memory in MB along the way."""

    product: float
    bare: float
    computed: float
    bare_computed: float
    memory: tuple[float, float, float]

    @property
    def growth(self) -> float:
        return self.memory[-1] / self.memory[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reminders", description="Measure reminders.")
    parser.add_argument("--reminders", type=int, default=10_000, help="how many are due (default: 10,000)")
    wanted = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-reminders-") as name:
        folder = Path(name)
        with running_simulators(folder) as simulators:
            settings = {
                **many_rows.make(folder, wanted.reminders // _EACH, statuses=("scheduled",)),
                **simulators.settings(),
            }
            app = build_app(settings)
            _make_due(app)
            figures = _measure(app, folder, settings)
            close_app(app)
    product, bare = figures.product, figures.bare
    megabytes = " / ".join(f"{each:.0f}" for each in figures.memory)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    lines = [
        f"{wanted.reminders:,} reminders due in the same minute",
        f"  {'the product, emails a second':<42}{product:9.1f}",
        f"  {'one loop over one connection':<42}{bare:9.1f}",
        f"  {'the product / the loop':<42}{product / bare:9.2f}   "
        f"aim: {AIM:.1f} or more, {_verdict(product / bare >= AIM)}",
        f"  {'computed for an email, ms of one core':<42}{figures.computed * 1000:9.2f}   "
        f"loop: {figures.bare_computed * 1000:.2f}",
        f"  {'memory at start / middle / end, MB':<42}{megabytes:>9}",
        f"  {'memory at the end / at the start':<42}{figures.growth:9.2f}   "
        f"aim: {AIM_GROWTH:.1f} or less, {_verdict(figures.growth <= AIM_GROWTH)}",
        "",
        f"{machine}. Took {time.monotonic() - began:.0f} seconds.",
    ]
    sys.stdout.write("\n".join(["", *lines, ""]))


def _verdict(is_reached: bool) -> str:
    return "reached" if is_reached else "missed"


def _make_due(app: Flask) -> None:
    """Let every interview start in a little over an hour, and queue its reminders, all due by now."""
    from extensions import db
    from models import Application, Candidate, Interview, Lane, Mail, MailState, ReaderRole, Task, User
    from scheduling.mails.occasions import Occasion
    from scheduling.mails.queue import REMINDER
    from timezones import utc_now
    from work.mail import SEND_MAIL, about_interview

    now = utc_now()
    with app.app_context():
        starts_at = now + timedelta(minutes=_MINUTES_BEFORE, seconds=-30)
        db.session.execute(
            sa.update(Interview).values(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45))
        )
        owner = db.session.scalars(db.select(User)).one()
        people = db.session.execute(
            db.select(Interview.id, Candidate.name, Candidate.email)
            .join(Application, Application.id == Interview.application_id)
            .join(Candidate, Candidate.id == Application.candidate_id)
        ).all()
        common: Mapping[str, Any] = {
            "kind": REMINDER,
            "occasion": str(Occasion(0, _MINUTES_BEFORE)),
            "due_at": starts_at - timedelta(minutes=_MINUTES_BEFORE),
            "state": MailState.QUEUED,
        }
        mails: list[dict[str, Any]] = []
        for interview, name, email in people:
            about = {"about": about_interview(interview), "interview_id": interview, **common}
            mails.append(
                {
                    **about,
                    "role": ReaderRole.CANDIDATE,
                    "user_id": None,
                    "name": name,
                    "address": email,
                    "join_reader": "candidate",
                }
            )
            mails.append(
                {
                    **about,
                    "role": ReaderRole.HIRING_MANAGER,
                    "user_id": owner.id,
                    "name": owner.name,
                    "address": owner.email,
                    "join_reader": "manager",
                }
            )
        for number, mail in enumerate(mails, start=1):
            mail |= {"id": number, "message_id": f"<reminder-{number}@northlight.example>"}
        db.session.execute(sa.insert(Mail), mails)
        db.session.execute(
            sa.insert(Task),
            [
                {
                    "kind": SEND_MAIL.name,
                    "lane": Lane.MAIL,
                    "subject": mail["about"],
                    "payload": {"mail_id": mail["id"]},
                    "run_at": mail["due_at"],
                    "dedupe_key": f"mail:{mail['id']}",
                }
                for mail in mails
            ],
        )
        db.session.commit()


def _measure(app: Flask, folder: Path, settings: Mapping[str, str]) -> _Figures:
    """Measure the loop first, while nothing else runs, then the product on the same rows."""
    bare, bare_computed = _loop(folder, _copies(app, _BARE_KINDS), settings)
    servers = ServerProcesses(folder, {**settings, "SCHEDULER_ENABLED": "true"})
    database = folder / "product.sqlite3"
    try:
        [server] = servers.start(1, workers=WORKERS, threads=THREADS)
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)) as rows:
            [(total,)] = rows.execute("SELECT count(*) FROM mails")
            memory, computed = [], []
            for share in (_WARM_UP, 0.5, 1.0):
                _wait_for(rows, int(total * share), total)
                [(sent,)] = rows.execute("SELECT count(*) FROM mails WHERE state = 'sent'")
                computed.append((sent, processor_time(server.process.pid)))
                memory.append(memory_of(server.process.pid) / 1024)
            [(first, last, sent)] = rows.execute(
                "SELECT min(sent_at), max(sent_at), count(*) FROM (SELECT sent_at FROM mails ORDER BY sent_at"
                f" LIMIT -1 OFFSET {int(total * _WARM_UP)})"
            )
        server.terminate()
    finally:
        servers.end_all()
    seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    (before, began), *_, (after, ended) = computed
    each = (ended - began) / (after - before)
    return _Figures(sent / seconds, bare, each, bare_computed, (memory[0], memory[1], memory[2]))


def _wait_for(rows: sqlite3.Connection, wanted: int, total: int) -> None:
    said = 0

    def are_sent() -> bool:
        nonlocal said
        [(sent,)] = rows.execute("SELECT count(*) FROM mails WHERE state = 'sent'")
        if sent - said >= 1000:
            said = sent
            say_progress("reminders", sent // 50 * 50, total)
        return bool(sent >= wanted)

    wait_until(are_sent, what=f"{wanted} reminders have left", timeout=900, every=0.25)


@dataclass(frozen=True)
class _Copy:
    """The values that one message is made from: the loop reads no rows."""

    facts: InterviewFacts
    reader: Reader
    envelope: Envelope


def _copies(app: Flask, count: int) -> list[_Copy]:
    from extensions import db
    from models import Interview, Mail, Organization
    from services import services

    links, accounts = services(app).join_links, services(app).account_links
    copies = []
    with app.app_context():
        organization = db.session.get_one(Organization, 1)
        for mail in db.session.scalars(db.select(Mail).order_by(Mail.id).limit(count)):
            interview = db.session.get_one(Interview, mail.interview_id)
            facts = facts_of(interview, organization)
            page = links.join_page(interview, mail.join_reader or "")
            reader = reader_of(mail, interview.candidate.timezone, page, accounts.interview_page(interview))
            envelope = Envelope(
                recipient=Person(mail.name, mail.address),
                to=(facts.candidate,),
                cc=(facts.hiring_manager,),
                reply_to=facts.scheduler,
                sender_name=f"{facts.scheduler.name} via {organization.name}",
                message_id=mail.message_id,
            )
            copies.append(_Copy(facts, reader, envelope))
    return copies


def _loop(folder: Path, copies: list[_Copy], settings: Mapping[str, str]) -> tuple[float, float]:
    """Emails a second of a program that knows everything already and has nothing else to do, and the
    processor seconds that it spends on one."""
    from scheduling.mails.queue import REMINDER
    from tasks.mails.previews import preview
    from timezones import utc_now

    sender = settings["MAIL_DEFAULT_SENDER"]
    with closing(sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)) as database:
        with closing(sqlite3.connect(folder / "product.sqlite3")) as source:
            source.backup(database)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            database.execute(f"PRAGMA {pragma}")
        with smtplib.SMTP(settings["MAIL_SERVER"], int(settings["MAIL_PORT"]), "bench.example") as server:
            began, computed = time.perf_counter(), time.process_time()
            for number, copy in enumerate(islice(cycle(copies), _BARE_MAILS), start=1):
                database.execute("UPDATE tasks SET state = 'running', lease = 'x' WHERE id = ?", (number,))
                letter = preview(
                    REMINDER,
                    copy.facts,
                    copy.reader,
                    sender=sender,
                    made_at=utc_now(),
                    minutes_before=_MINUTES_BEFORE,
                )
                content = mime_of(letter, copy.envelope, sender=sender, sent_at=utc_now())
                server.sendmail(sender, copy.envelope.recipient.address, content)
                database.execute("BEGIN")
                database.execute("UPDATE mails SET state = 'sent', sent_at = 'now' WHERE id = ?", (number,))
                database.execute("UPDATE tasks SET state = 'done', lease = NULL WHERE id = ?", (number,))
                database.execute("COMMIT")
            computed = time.process_time() - computed
            return _BARE_MAILS / (time.perf_counter() - began), computed / _BARE_MAILS


if __name__ == "__main__":
    main()
