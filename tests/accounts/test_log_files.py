"""The activity log as a file, and how long logs are kept."""

import csv
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from accounts import audit
from accounts.audit import Event
from extensions import db
from models import AuditEntry, Mail, MailState, Organization, Task, TaskState, User
from tasks import log_retention
from tests.accounts.mails import do_background_work
from tests.factories import Team, create_team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from timezones import utc_now

PAGE = "/settings/system-log/export"


def as_csv(visitor: Visitor, **fields: str) -> list[dict[str, str]]:
    answer = visitor.post(PAGE, {"format": "csv", **fields})
    assert answer.was_streamed
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="activity-')
    return list(csv.DictReader(io.StringIO(answer.html.removeprefix("\ufeff"), newline="")))


def test_file_holds_the_log_and_the_log_that_it_was_exported(web: Flask, team: Team, ada: Visitor) -> None:
    Visitor(web).try_to_sign_in("nobody@northlight.example", "wrong")
    rows = as_csv(ada)
    assert [row["what"] for row in rows] == [
        "Ada Berg set up Northlight.",
        "Someone tried to sign in with an address that no one here has.",
        "Ada Berg exported the activity log.",
    ]
    assert (rows[0]["event"], rows[2]["person"], rows[2]["email"]) == ("set_up", "Ada Berg", team.ada.email)
    assert rows[1]["address"] == "127.0.0.1"
    assert rows[1]["at"].endswith("+00:00")


def test_json_lines_hold_the_same(web: Flask, team: Team, ada: Visitor) -> None:
    rows = as_csv(ada)
    answer = ada.post(PAGE, {"format": "jsonl"})
    assert answer.response.mimetype == "application/jsonl"
    read = [json.loads(line) for line in answer.html.splitlines()]
    assert [{**row, "id": str(row["id"])} for row in read][: len(rows)] == rows
    assert isinstance(read[0]["id"], int)


def test_days_are_those_of_the_readers_clock(web: Flask, clock: Clock, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        ada_row = db.session.get_one(User, team.ada.id)
        midnight = utc_now().replace(hour=23, minute=0, second=0, microsecond=0)
        for minutes, words in (
            (-1, "yesterday"),
            (0, "today"),
            (24 * 60 - 1, "today too"),
            (24 * 60, "later"),
        ):
            audit.record(Event.SETTINGS_CHANGED, words, ada_row)
            db.session.flush()
            entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.words == words)).one()
            entry.at = midnight + timedelta(minutes=minutes)
        db.session.commit()
        # Zurich is an hour ahead in winter.
        day = (midnight + timedelta(hours=1)).date().isoformat()
    assert [row["what"] for row in as_csv(ada, first=day, last=day)] == ["today", "today too"]
    assert f"from {day} to {day}" in as_csv(ada)[-2]["what"]


def test_no_spreadsheet_takes_a_name_for_a_formula(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        db.session.get_one(User, team.ada.id).name = "=1+1"
        db.session.commit()
    rows = as_csv(ada)
    assert {row["person"] for row in rows} == {"'=1+1"}


def test_bad_days_are_reported_beside_the_field(team: Team, ada: Visitor) -> None:
    page = ada.post(PAGE, {"format": "csv", "first": "2026-12-02", "last": "2026-12-01"}, status=422)
    assert "before the first day" in page.error_at("last")
    assert page.value_of("Download", "first") == "2026-12-02"
    page = ada.post(PAGE, {"format": "csv", "first": "0001-01-01"}, status=422)
    assert "Check the year" in page.error_at("first")


def test_only_an_owner_can_export_it(web: Flask, team: Team, ben: Visitor, admin: Visitor) -> None:
    for visitor in (ben, admin):
        visitor.get(PAGE, status=403)
        visitor.post(PAGE, {"format": "csv"}, status=403)
        visitor.post("/settings/system-log/keeping", {}, status=403)
    assert "Export and retention" not in admin.get("/settings/system-log").words


@pytest.fixture
def admin(web: Flask, team: Team) -> Visitor:
    with in_rows(web):
        db.session.execute(sa.update(User).where(User.id == team.cleo.id).values(role="admin"))
        db.session.commit()
    return Visitor(web).enter(team.cleo)


def test_owner_says_how_long_logs_are_kept(web: Flask, team: Team, ada: Visitor) -> None:
    page = ada.submit(ada.get(PAGE), "Save", status=422, log_days="29", mail_copy_days="60")
    assert "from 30 to 3650" in page.error_at("log_days")
    ada.submit(page, "Save", leads_to=PAGE, log_days="400", mail_copy_days="60")
    assert ada.get(PAGE).value_of("Save", "log_days") == "400"
    words = [row["what"] for row in as_csv(ada)]
    assert "The activity log is kept for 400 days." in words
    assert "Copies of sent emails are kept for 60 days." in words
    ada.submit(ada.get(PAGE), "Save", leads_to=PAGE, log_days="")
    assert "The activity log is kept for good." in [row["what"] for row in as_csv(ada)]


def fill_log(now_minus_days: int, count: int) -> None:
    at = utc_now() - timedelta(days=now_minus_days)
    db.session.execute(
        sa.insert(AuditEntry), [{"event": "signed_in", "words": f"{n}", "at": at} for n in range(count)]
    )


def how_many() -> int:
    return db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) or 0


def test_old_entries_go_in_small_batches_on_both_databases(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_retention, "AT_ONCE", 10)
    with in_rows(app):
        create_team()
        fill_log(41, 25)
        fill_log(39, 5)
        before = how_many()
        db.session.commit()
        # No one has asked for it yet.
        log_retention.FORGET_OLD_LOGS.run()
        assert how_many() == before
        db.session.execute(sa.text("DELETE FROM heartbeats"))
        db.session.get_one(Organization, 1).log_days = 40
        db.session.commit()
        left = []
        for _ in range(4):
            log_retention.FORGET_OLD_LOGS.run()
            left.append(before - how_many())
            db.session.rollback()
        assert left == [10, 20, 25, 25]


def test_copies_go_when_the_interview_is_long_over_and_rows_stay(
    web: Flask, clock: Clock, team: Team, simulators: Simulators
) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina)
        db.session.get_one(Organization, 1).mail_copy_days = 30
        db.session.commit()
    do_background_work(web)
    clock.move(timedelta(days=31))

    def kept() -> tuple[int, int, int]:
        copies = sa.select(sa.func.count(Mail.id)).where(Mail.sealed_copy.is_not(None))
        sent = sa.select(sa.func.count(Mail.id)).where(Mail.state == MailState.SENT)
        work = sa.select(sa.func.count(Task.id)).where(Task.state == TaskState.DONE)
        found = tuple(db.session.scalar(query) or 0 for query in (copies, sent, work))
        return found[0], found[1], found[2]

    with in_rows(web):
        copies, sent, work = kept()
        assert copies > 0
        assert work > 0
        db.session.rollback()
        log_retention.FORGET_OLD_LOGS.run()
        # The interview took place a few days after that, so not yet.
        assert kept()[:2] == (copies, sent)
        assert kept()[2] == 0
        db.session.rollback()
    clock.move(timedelta(days=31))
    with in_rows(web):
        log_retention.FORGET_OLD_LOGS.run()
        assert kept()[:2] == (0, sent)
