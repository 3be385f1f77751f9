"""A few interviews that need nobody's account, so that the demo has something to look at from the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from models import Application, Candidate, PhoneCaller, User
from scheduling.commands.schedule import schedule_interview
from scheduling.commands.ticket import Ticket
from scheduling.drafts import drafts
from scheduling.plans import Plan, Reminders, When
from scheduling.rules import Rules
from scheduling.venues import OnSite, PastedLink, PhoneCall, Venue
from timezones import in_zone, parse_local, utc_now


@dataclass(frozen=True)
class _Planned:
    """`working_days` from today, at a time that no clock skips, in the zone of the job's hiring manager."""

    candidate: str
    venue: Venue
    working_days: int
    at: time
    minutes: int
    agenda: str


# None on the job of Dina Kaur, on which newcomers try out their first interview by Zoom: the dialog would
# begin it with what was chosen here.
_PLANNED = (
    _Planned(
        "Caleb Wright",
        PhoneCall("+1 212 555 0147", PhoneCaller.TEAM),
        2,
        time(11, 0),
        30,
        "Getting to know each other\nHow you keep customers happy\nYour questions",
    ),
    _Planned(
        "Sven Lindqvist",
        OnSite("Northlight\n12 Harbour Row\nLondon", "The blue door beside the boathouse. Ask for Priya."),
        3,
        time(10, 0),
        60,
        "A walk around the studio\nA design you are proud of\nYour questions",
    ),
    _Planned(
        "Mei Tanaka",
        PastedLink("https://northlight.webex.example/meet/priya", "Webex"),
        4,
        time(14, 0),
        45,
        "Introduction\nWork you would like to show\nYour questions",
    ),
)


def schedule_all(scheduler: User, candidates: dict[str, Candidate], rules: Rules) -> None:
    """Schedule them in the current transaction; `candidates` by name, each on one job."""
    for planned in _PLANNED:
        candidate = candidates[planned.candidate]
        [application] = candidate.applications
        draft = drafts.start(scheduler, application.candidate_id)
        ticket = Ticket(draft.id, draft.version)
        schedule_interview(scheduler, _plan(application, planned, rules), ticket, rules)


def _plan(application: Application, planned: _Planned, rules: Rules) -> Plan:
    manager = application.job.hiring_manager
    on = _working_day(in_zone(utc_now(), manager.timezone).date(), planned.working_days)
    return Plan(
        application_id=application.id,
        venue=planned.venue,
        agenda=planned.agenda,
        when=When(
            starts_at=parse_local(on, planned.at, manager.timezone),
            wall_time=f"{on:%Y-%m-%d}T{planned.at:%H:%M}",
            timezone=manager.timezone,
            duration_minutes=planned.minutes,
        ),
        hiring_manager_id=manager.id,
        attendees=(),
        title=f"{application.job.title} Interview",
        message="",
        notes="",
        reminders=Reminders(rules.reminder_minutes),
    )


def _working_day(today: date, ahead: int) -> date:
    """The day that many working days from today."""
    day = today
    while ahead:
        day += timedelta(days=1)
        ahead -= day.weekday() < 5
    return day
