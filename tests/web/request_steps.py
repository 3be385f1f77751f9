"""Steps shared by tests of requests to choose a time."""

from datetime import datetime, timedelta

from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, MailState
from scheduling import slots
from scheduling.commands import candidate as says
from scheduling.commands import time_slots
from services import services
from tests.factories import Team, create_candidate, request_slots, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page


def on_day(clock: Clock, days: int, hour: int = 9) -> datetime:
    return (clock.now + timedelta(days=days)).replace(hour=hour)


def asked(web: Flask, team: Team, *starts: datetime, at_once: bool = False, sent: bool = True) -> int:
    """A request that has reached the candidate."""
    with in_rows(web):
        interview_id = request_slots(team.ada, team.dina, *starts, at_once=at_once)
        if sent:
            first = db.session.get_one(Interview, interview_id).mails[0]
            first.state, first.sent_at = MailState.SENT, first.due_at
        db.session.commit()
        return interview_id


def chosen(web: Flask, interview_id: int, number: int = 0) -> None:
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        time_slots.choose(interview, slots.offered(interview)[number].id, services().rules)
        db.session.commit()


def none_fit(web: Flask, interview_id: int, *times: datetime, words: str = "") -> None:
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        says.say_none_fit(interview, list(times), words, services().rules)
        db.session.commit()


def busy(web: Flask, team: Team, at: datetime) -> None:
    """Let the same people meet someone else at that time."""
    with in_rows(web):
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, other, starts_at=at, software=None)
        db.session.commit()


def status(web: Flask, interview_id: int) -> tuple[InterviewStatus, datetime]:
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        return interview.status, interview.starts_at


def buttons(page: Page) -> list[str]:
    """The buttons in the main part of the page."""
    [main] = page.tree.all("main")
    pressed = [*main.all("button"), *main.all("a", lambda e: "btn" in e.get("class").split())]
    return [each.text for each in pressed if each.text]


def states(page: Page) -> list[str]:
    """What has become of the times that were offered."""
    found = page.tree.with_id("asked-for-time")
    assert found is not None
    return [row.all("span", lambda e: "badge" in e.get("class").split())[0].text for row in found.all("li")]
