"""Candidates of the demo who were asked to choose a time: one has not answered, one can make none of the
times, and one has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from demo.interviews import WEBEX, Planned, at, let_leave, plan_of, working_day
from extensions import db
from models import Application, Interview, PhoneCaller, User
from scheduling.commands.candidate import say_none_fit
from scheduling.commands.ticket import Ticket
from scheduling.commands.time_slots import choose, request_slots
from scheduling.drafts import starting
from scheduling.rules import Rules
from scheduling.slots import Offer, offered
from scheduling.venues import PhoneCall
from timezones import in_zone, parse_local, utc_now

_TROUBLE = "I'm on a course that week. The week after would be great!"


@dataclass(frozen=True)
class _Asked:
    """A candidate who was asked, this many hours ago, to choose one of some times, each this many working
    days from today."""

    planned: Planned
    times: tuple[tuple[int, time], ...]
    hours_ago: int


_NO_ANSWER = _Asked(
    Planned(
        "Isla Moreau", WEBEX, 5, None, 45, "Introduction\nYour portfolio\nYour questions", ("Noah Clarke",)
    ),
    ((5, time(9, 0)), (6, time(13, 30)), (7, time(16, 0))),
    50,
)
_NONE_FITS = _Asked(
    Planned(
        "Kofi Mensah",
        PhoneCall("+1 212 555 0190", PhoneCaller.CANDIDATE),
        5,
        None,
        30,
        "Getting to know each other\nHow you keep customers happy\nYour questions",
    ),
    ((5, time(9, 0)), (6, time(9, 30)), (7, time(10, 0))),
    30,
)
_CHOSEN = _Asked(
    Planned("Yara Nassar", WEBEX, 4, None, 45, "Introduction\nA number that was wrong\nYour questions"),
    ((5, time(15, 15)), (6, time(11, 0)), (7, time(14, 0))),
    26,
)


def ask_some(
    scheduler: User, applications: dict[str, Application], people: dict[str, User], rules: Rules
) -> None:
    """Ask them in the current transaction, and let them answer. `applications` by the candidate's name,
    `people` of the team by theirs."""
    now = utc_now()
    interviews = [
        _ask(scheduler, asked, applications, people, rules) for asked in (_NO_ANSWER, _NONE_FITS, _CHOSEN)
    ]
    _, refused, chosen = interviews
    with at(now - timedelta(hours=20)):
        last = offered(refused)[-1]
        suits = [last.starts_at + timedelta(days=7, hours=hours) for hours in (0, 2)]
        say_none_fit(refused, suits, _TROUBLE, rules)
        db.session.flush()
    with at(now - timedelta(hours=3)):
        choose(chosen, offered(chosen)[0].id, rules)
        db.session.flush()
    for interview in interviews:
        let_leave(interview, until=now)


def _ask(
    scheduler: User,
    asked: _Asked,
    applications: dict[str, Application],
    people: dict[str, User],
    rules: Rules,
) -> Interview:
    application = applications[asked.planned.candidate]
    zone = application.job.hiring_manager.timezone
    today = in_zone(utc_now(), zone).date()
    plans = [
        plan_of(application, asked.planned, parse_local(working_day(today, ahead), hour, zone), people, rules)
        for ahead, hour in asked.times
    ]
    with at(utc_now() - timedelta(hours=asked.hours_ago)):
        draft = starting.start(scheduler, application.candidate_id, application_id=application.id)
        offer = Offer(tuple(plan.when for plan in plans), schedules_at_once=False)
        interview = request_slots(scheduler, plans[0], offer, Ticket(draft.id, draft.version), rules)
        db.session.flush()
    return interview
