"""A restored server does no background work until someone has seen what waits, and decided."""

from datetime import timedelta

import pytest
from flask import Flask

from background import work_once
from extensions import db
from models import AuditEntry, DeliveryState, Mail, MailState, Organization, WebhookDelivery
from scheduling.feedback import to_remind
from tests.factories import Team, create_team, schedule
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from timezones import utc_now

PAGE = "/settings/restored"
LOG = "/settings/system-log"
WARNING = "This server was restored from a backup"


@pytest.fixture
def people(set_up: Flask, seeded: Seeded) -> Team:
    return seeded(set_up, create_team)


@pytest.fixture
def restored(set_up: Flask, people: Team, clock: Clock) -> Flask:
    """A server as a restore leaves it: two interviews were scheduled before the backup, and some reminders
    are due."""
    with in_rows(set_up):
        for _ in range(2):
            starts_at = utc_now() + timedelta(hours=30)
            schedule(people.ben, people.dina, software=None, starts_at=starts_at, reminder_minutes=(1440, 60))
        organization = db.session.get_one(Organization, 1)
        organization.restored_from = utc_now()
        organization.held_back_since = utc_now()
        db.session.commit()
    clock.move(timedelta(hours=10))
    return set_up


def states_of_mails(app: Flask) -> dict[tuple[str, MailState], int]:
    with in_rows(app):
        counts = db.select(Mail.kind, Mail.state, db.func.count()).group_by(Mail.kind, Mail.state)
        return {(kind, state): number for kind, state, number in db.session.execute(counts)}


def test_nothing_is_done_and_everyone_reads_why(restored: Flask, people: Team) -> None:
    before = states_of_mails(restored)
    assert work_once(restored) == 0
    assert states_of_mails(restored) == before
    answer = restored.test_client().get("/healthz")
    assert (answer.status_code, answer.json and answer.json["status"]) == (503, "paused")
    # To find what would keep people from the page where they decide.
    answer = restored.test_client().get("/healthz?paused=ok")
    assert (answer.status_code, answer.json and answer.json["status"]) == (200, "paused")
    ada = Visitor(restored).enter(people.ada)
    home = ada.get("/")
    assert WARNING in home.text
    assert [link["href"] for link in home.tree.all("a") if link.text == "See what is waiting"] == [PAGE]
    ben = Visitor(restored).enter(people.ben)
    assert "An owner or admin has to decide what happens to what was waiting." in ben.get("/").text
    ben.get(PAGE, status=403)
    ben.post(f"{PAGE}/drop", status=403)


def test_page_counts_what_would_be_sent_by_kind(restored: Flask, people: Team) -> None:
    states = states_of_mails(restored)
    page = Visitor(restored).enter(people.ada).get(PAGE)
    rows = {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in page.tree.all("tr")[1:]}
    invitations = states["invitation", MailState.QUEUED]
    assert rows["Invitation"] == [str(invitations), "0"]
    due, later = map(int, rows["Reminder"])
    assert due > 0
    assert later > 0
    assert due + later == states["reminder", MailState.QUEUED]
    assert page.has_button(f"Resume and send all {invitations + due}")
    assert page.has_button(f"Resume and drop all {invitations + due}")


def test_both_can_be_decided_where_no_email_is_due(restored: Flask, people: Team) -> None:
    with in_rows(restored):
        db.session.execute(db.update(Mail).values(state=MailState.SENT))
        db.session.commit()
    page = Visitor(restored).enter(people.ada).get(PAGE)
    assert page.has_button("Resume and send what is due")
    assert page.has_button("Resume and drop what is due")


def test_what_waited_is_sent(restored: Flask, people: Team) -> None:
    ada = Visitor(restored).enter(people.ada)
    page = ada.get(PAGE)
    [button] = [each.text for each in page.tree.all("button") if "Resume and send" in each.text]
    done = ada.follow(ada.submit(page, button, leads_to=LOG))
    assert "Background work has resumed" in done.text
    assert WARNING not in done.text
    assert work_once(restored) > 0
    ada.get(PAGE, status=303, leads_to=LOG)
    again = ada.follow(ada.post(f"{PAGE}/resume", status=303, leads_to=LOG))
    assert "already running" in again.text


def test_what_was_due_is_dropped_and_the_rest_stays(restored: Flask, people: Team) -> None:
    before = states_of_mails(restored)
    ada = Visitor(restored).enter(people.ada)
    page = ada.get(PAGE)
    [button] = [each.text for each in page.tree.all("button") if "Resume and drop" in each.text]
    done = ada.follow(ada.submit(page, button, leads_to=LOG))
    dropped = int(button.split()[-1])
    assert f"{dropped} emails were dropped." in done.text
    after = states_of_mails(restored)
    assert ("invitation", MailState.QUEUED) not in after
    assert sum(n for (_, state), n in after.items() if state is MailState.DROPPED) == dropped
    assert sum(after.values()) == sum(before.values())
    with in_rows(restored):
        words = db.session.scalars(
            db.select(AuditEntry.words).where(AuditEntry.event == "restore_resumed")
        ).one()
        assert f"{dropped} emails" in words
        kept = db.session.scalars(db.select(Mail.due_at).where(Mail.state == MailState.QUEUED)).all()
        assert all(due_at > utc_now() for due_at in kept)


@pytest.mark.parametrize("decision", ["drop", "resume"])
def test_webhook_and_reminders_of_feedback_follow_the_decision(
    restored: Flask, people: Team, clock: Clock, decision: str
) -> None:
    """They are about what happened before, which the old server has already reported."""
    with in_rows(restored):
        db.session.add(WebhookDelivery(key="msg_1", event="interview.updated"))
        db.session.commit()
    # The interviews are over.
    clock.move(timedelta(hours=24))
    ada = Visitor(restored).enter(people.ada)
    page = ada.get(PAGE)
    with in_rows(restored):
        reminders = len(to_remind(utc_now()))
    assert reminders > 1
    assert f"{reminders} reminders of feedback on interviews that are over" in page.text
    assert "1 message to your webhook" in page.text
    ada.post(f"{PAGE}/{decision}", status=303, leads_to=LOG)
    clock.move(timedelta(hours=2))
    with in_rows(restored):
        state = db.session.scalars(db.select(WebhookDelivery.state)).one()
        is_dropped = decision == "drop"
        assert state is (DeliveryState.DROPPED if is_dropped else DeliveryState.WAITING)
        assert bool(to_remind(utc_now())) is not is_dropped


def test_command_decides_as_well(restored: Flask) -> None:
    run = restored.test_cli_runner().invoke
    refused = run(args=["tasks", "work"])
    assert refused.exit_code == 1
    assert "restored from a backup" in refused.output
    done = run(args=["tasks", "resume", "--drop-due"])
    assert done.exit_code == 0, done.output
    assert "dropped" in done.output
    assert run(args=["tasks", "work"]).exit_code == 0
    assert "not paused" in run(args=["tasks", "resume"]).output
