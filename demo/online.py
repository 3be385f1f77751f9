"""The part of the demo that needs the simulators: people with connected accounts, and their online
interviews.

It runs after the rest, and the server's tasks then make the meetings and the calendar entries. Most people
look around as the owner, who has a calendar of each kind. No one here manages the job on which newcomers try
their first interview: their accounts would be chosen there before the Zoom account that the owner connects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

import sqlalchemy as sa

from connections.catalogue import spec_of
from database import writing
from demo.accounts import connect
from demo.calendars import fill_calendars
from demo.interviews import Planned, schedule_planned
from extensions import db
from models import Application, Candidate, MeetingSoftware, User
from scheduling.rules import Rules
from scheduling.venues import OnlineMeeting

# Who has connected what.
_CONNECTED = (
    ("Lena Vogel", "google-calendar"),
    ("Lena Vogel", "outlook-calendar"),
    ("Tom Adeyemi", "google-calendar"),
    ("Noah Clarke", "google-calendar"),
    ("Marco Bianchi", "outlook-calendar"),
    ("Grace Kim", "outlook-calendar"),
    ("Grace Kim", "zoom"),
)


@dataclass(frozen=True)
class _Online:
    """An interview, and who schedules it: their account hosts where the hiring manager's can't."""

    scheduler: str
    planned: Planned


_ONLINE = (
    _Online(
        "Lena Vogel",
        Planned(
            "Ruth Abara",
            OnlineMeeting(MeetingSoftware.GOOGLE_MEET),
            2,
            time(10, 0),
            45,
            "A dashboard you would build for us\nHow you work with others\nYour questions",
            ("Noah Clarke",),
        ),
    ),
    _Online(
        "Marco Bianchi",
        Planned(
            "Sven Lindqvist",
            OnlineMeeting(MeetingSoftware.TEAMS),
            1,
            time(15, 0),
            45,
            "Introduction\nYour portfolio\nYour questions",
            ("Marco Bianchi", "Grace Kim"),
        ),
    ),
    # All three at once: Zoom hosts it, and it is in one calendar of each kind.
    _Online(
        "Grace Kim",
        Planned(
            "Hannah Weiss",
            OnlineMeeting(MeetingSoftware.ZOOM),
            4,
            time(10, 0),
            45,
            "A customer who was about to leave\nHow you would spend your first month\nYour questions",
            ("Marco Bianchi",),
        ),
    ),
)


def connect_some_and_schedule(simulator_urls: Mapping[str, str], rules: Rules) -> None:
    """Connect the accounts and schedule the interviews, with commits. `simulator_urls` lead to the simulators
    from this machine, by the keys of their providers."""
    # Filled before they are read for the first time.
    fill_calendars(simulator_urls)
    for name, app in _CONNECTED:
        connect(name, app, simulator_urls[spec_of(app).provider])
    with writing():
        people = {user.name: user for user in db.session.scalars(sa.select(User))}
        applications = {
            name: application
            for application, name in db.session.execute(
                sa.select(Application, Candidate.name).join(
                    Candidate, Candidate.id == Application.candidate_id
                )
            )
        }
        for online in _ONLINE:
            schedule_planned(people[online.scheduler], online.planned, applications, people, rules)
        db.session.commit()
