"""What the demo's people have in their calendars besides interviews: a typical working week, in the simulated
Google and Microsoft, and what two of them have added on the calendar page themselves.

People who have connected nothing have a calendar there as well, ready for anyone who connects it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import requests
import sqlalchemy as sa

from database import writing
from demo.interviews import working_day
from extensions import db
from models import CustomEventKind, Job, User
from scheduling.events.commands import add
from scheduling.events.wanted import EventTime, WantedEvent
from timezones import in_zone, parse_local, utc_now

# By the keys of their providers, which the addresses of the simulators have.
_GOOGLE, _MICROSOFT = "google", "microsoft"


@dataclass(frozen=True)
class _Event:
    """An event `working_days` from today, on the clock of the person whose calendar it is. `days`: it takes
    this many whole days instead of `minutes`. `weeks`: it is a weekly series of this many events.
    `hours_from_now`: it begins this many hours after the demo was created, at the next quarter hour, whatever
    day and time that is."""

    title: str
    working_days: int
    at: time = time()
    minutes: int = 30
    days: int = 0
    weeks: int = 0
    busy: bool = True
    hours_from_now: int | None = None


def _lunch(*working_days: int) -> tuple[_Event, ...]:
    return tuple(_Event("Lunch", number, time(12, 30), 45) for number in working_days)


def _standups(at: time) -> tuple[_Event, ...]:
    return tuple(_Event("Standup", number, at, 15, weeks=12) for number in range(-5, 0))


_CALENDARS: tuple[tuple[str, tuple[str, ...], tuple[_Event, ...]], ...] = (
    (
        "Tom Adeyemi",
        (_GOOGLE,),
        (
            *_standups(time(9, 30)),
            *_lunch(0, 1, 3, 4),
            _Event("Quarterly numbers", 1, time(14, 0), 90),
            _Event("Renewal call with Harbor Foods", 1, time(14, 30), 45),
            _Event("1:1 with Grace", 0, time(16, 0), 30, weeks=8),
            _Event("Planning offsite", 6, days=2),
            _Event("School concert", 3, time(18, 0), 90, busy=False),
        ),
    ),
    (
        "Noah Clarke",
        (_GOOGLE,),
        (
            *_standups(time(9, 15)),
            *_lunch(0, 1, 2),
            _Event("On call", 0, days=5, busy=False),
            _Event("Release 4.2", 3, time(13, 0), 120),
            _Event("Code review with Priya", 1, time(16, 0), 30, weeks=6),
            _Event("Night maintenance", 2, time(22, 30), 180),
            _Event("Dentist", 4, time(8, 30), 60),
        ),
    ),
    (
        "Marco Bianchi",
        (_MICROSOFT,),
        (
            _Event("Pipeline review", 0, time(9, 0), 45, weeks=10),
            *_lunch(0, 1, 2, 4),
            _Event("Career fair, Bologna", 5, days=1),
            _Event("Call with the agency", 2, time(11, 0), 30),
            _Event("References for Elif", 1, time(10, 0), 45),
            _Event("Pick up Giulia", 3, time(16, 30), 30),
        ),
    ),
    (
        "Grace Kim",
        (_MICROSOFT,),
        (
            _Event("Leadership", 1, time(13, 0), 60, weeks=12),
            _Event("Board prep", 2, time(9, 0), 120),
            *_lunch(0, 2, 3),
            _Event("1:1 with Tom", 0, time(13, 0), 30, weeks=8),
            _Event("Focus", 4, time(13, 0), 180),
            _Event("Vacation", 15, days=5),
        ),
    ),
    # Two calendars at once: her work, and everything else.
    (
        "Lena Vogel",
        (_MICROSOFT,),
        (
            _Event("Offer for Elif", 0, minutes=30, hours_from_now=2),
            _Event("Leadership", -1, time(17, 0), 45, weeks=12),
            _Event("Budget", 1, time(9, 30), 60),
            _Event("1:1 with Marco", 0, time(15, 0), 30, weeks=10),
            _Event("Salary bands, with Grace", 1, time(15, 30), 45),
            _Event("Call with the agency", 3, time(10, 0), 30),
            _Event("Onboarding review", 5, time(11, 0), 60),
            _Event("Hiring plan 2027", 6, time(13, 30), 90),
            _Event("Company day", 9, days=1),
        ),
    ),
    (
        "Lena Vogel",
        (_GOOGLE,),
        (
            *_lunch(0, 1, 2, 3, 5, 6),
            _Event("Yoga", 2, time(18, 0), 60, weeks=12),
            _Event("Parents' evening", 4, time(19, 0), 90),
            _Event("Dentist", 7, time(8, 0), 45),
            _Event("Emma visits", 5, days=3, busy=False),
        ),
    ),
    (
        "Priya Raman",
        (_GOOGLE, _MICROSOFT),
        (
            *_standups(time(9, 15)),
            *_lunch(0, 1, 3),
            _Event("Architecture round", 2, time(14, 0), 90),
            _Event("Code review with Noah", 1, time(16, 0), 30, weeks=6),
            _Event("Conference in Lisbon", 11, days=3),
        ),
    ),
)


def fill_calendars(simulator_urls: Mapping[str, str]) -> None:
    """Enter the events, and commit what is added on the calendar page. `simulator_urls` lead to the
    simulators from this machine, by the keys of their providers."""
    with writing():
        people = {user.name: user for user in db.session.scalars(sa.select(User))}
        owners = {name: (user.email, user.timezone) for name, user in people.items()}
        _add_custom_events(people)
        db.session.commit()
    with requests.Session() as http:
        http.trust_env = False
        for name, providers, events in _CALENDARS:
            email, zone = owners[name]
            for provider in providers:
                for event in events:
                    _enter(http, simulator_urls[provider], email, zone, event)


def _enter(http: requests.Session, url: str, email: str, zone: str, event: _Event) -> None:
    day = _day(event, zone)
    body: dict[str, Any] = {"title": event.title}
    if event.hours_from_now is not None:
        begin = _next_quarter(utc_now() + timedelta(hours=event.hours_from_now))
        body |= {"start": _written(begin), "end": _written(begin + timedelta(minutes=event.minutes))}
    elif event.days:
        body |= {"start": day.isoformat(), "end": (day + timedelta(days=event.days)).isoformat()}
    else:
        begin = parse_local(day, event.at, zone)
        body |= {"start": _written(begin), "end": _written(begin + timedelta(minutes=event.minutes))}
    if not event.busy:
        body["busy"] = False
    if event.weeks:
        body |= {"times": event.weeks, "every_days": 7}
    what = "series" if event.weeks else "events"
    http.post(f"{url}/_control/{what}/{email}", json=body, timeout=10).raise_for_status()


def _add_custom_events(people: Mapping[str, User]) -> None:
    """Time that the owner has blocked, and a day on which a whole team interviews."""
    lena, marco = people["Lena Vogel"], people["Marco Bianchi"]
    blocked = _Event("Focus: hiring plan", 2, time(10, 0), 120)
    begin = parse_local(_day(blocked, lena.timezone), blocked.at, lena.timezone)
    time_of_it = EventTime(begin, begin + timedelta(minutes=blocked.minutes), lena.timezone)
    add(lena, WantedEvent(CustomEventKind.BLOCKED, blocked.title, time_of_it), "demo-focus")
    job = db.session.scalars(sa.select(Job).where(Job.title == "Backend Engineer")).one()
    on = _day(_Event("", 7), marco.timezone)
    days = EventTime.of_days(on, on, marco.timezone)
    wanted = WantedEvent(CustomEventKind.INTERVIEW_DAY, "Backend interviews", days, job.id)
    add(marco, wanted, "demo-interview-day")


def _day(event: _Event, zone: str) -> date:
    day = working_day(in_zone(utc_now(), zone).date(), event.working_days)
    # No one meets every Sunday, even if the demo is created on one.
    return working_day(day, 1) if event.weeks and day.weekday() >= 5 else day


def _next_quarter(instant: datetime) -> datetime:
    full = instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)
    return full + timedelta(minutes=15)


def _written(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
