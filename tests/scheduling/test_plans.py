"""A plan read from an interview, written into one, compared, and kept as JSON."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Attendee, Interview, MeetingSoftware, PhoneCaller, Role
from scheduling.plans import (
    THE_CANDIDATE,
    Difference,
    NewAttendees,
    NewHiringManager,
    NewReminders,
    NewText,
    NewTime,
    NewVenue,
    Participant,
    Plan,
    Reminders,
    Text,
    When,
    differences,
    from_json,
    plan_of,
    put,
    to_json,
)
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue
from tests.factories import create_team, create_user, in_three_days, schedule
from tests.machines.rows import in_rows

VENUES: tuple[Venue, ...] = (
    OnlineMeeting(MeetingSoftware.ZOOM),
    OnlineMeeting(MeetingSoftware.ZOOM, "s3cret"),
    PastedLink("https://webex.example/m/1", "Webex"),
    PhoneCall("+44 20 7946 0018", PhoneCaller.CANDIDATE),
    OnSite("12 Harbour Row", ""),
)
SAM, UMA = Participant("Sam Ortiz", "sam@partner.example"), Participant("Uma Noor", "Uma@partner.example")
NINE = When(datetime(2027, 2, 10, 8, tzinfo=UTC), "2027-02-10T09:00", "Europe/Zurich", 45)
PLAN = Plan(
    application_id=3,
    venue=VENUES[0],
    agenda="Ships\nand sails",
    when=NINE,
    hiring_manager_id=7,
    attendees=(Participant("Cleo", "cleo@northlight.example", 9), SAM),
    title="Talk",
    message="Hello",
    notes="",
    reminders=Reminders((1440, 60), frozenset({THE_CANDIDATE, "sam@partner.example"})),
)


@pytest.mark.parametrize("venue", VENUES, ids=str)
def test_plan_survives_being_kept_as_json(venue: Venue) -> None:
    plan = replace(PLAN, venue=venue)
    kept = json.loads(json.dumps(to_json(plan)))
    assert from_json(kept) == plan
    assert type(from_json(kept).venue) is type(venue)


def test_json_of_something_else_is_refused() -> None:
    for broken in ({}, {**to_json(PLAN), "venue": {"kind": "moon"}}, {**to_json(PLAN), "when": {}}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            from_json(broken)


LATER = replace(NINE, starts_at=NINE.starts_at + timedelta(hours=1), wall_time="2027-02-10T10:00")
CHANGES: list[tuple[Callable[[Plan], Plan], list[Difference]]] = [
    (lambda plan: replace(plan, when=LATER), [NewTime(NINE, LATER)]),
    (lambda plan: replace(plan, venue=VENUES[2]), [NewVenue(VENUES[0], VENUES[2])]),
    (lambda plan: replace(plan, hiring_manager_id=8), [NewHiringManager(7, 8)]),
    (
        lambda plan: replace(plan, attendees=(*plan.attendees[:1], UMA)),
        [NewAttendees(added=(UMA,), removed=(SAM,))],
    ),
    # A name or an address written differently is the same person.
    (
        lambda plan: replace(
            plan, attendees=(*plan.attendees[:1], Participant("S. Ortiz", "SAM@partner.example"))
        ),
        [],
    ),
    (
        lambda plan: replace(plan, title="A talk", notes="Bring the plan"),
        [NewText(Text.TITLE, "Talk", "A talk"), NewText(Text.NOTES, "", "Bring the plan")],
    ),
    (
        lambda plan: replace(plan, reminders=Reminders()),
        [NewReminders(PLAN.reminders, Reminders())],
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_differences_name_what_changed_with_old_and_new(
    change: Callable[[Plan], Plan], expected: list[Difference]
) -> None:
    assert list(differences(PLAN, change(PLAN))) == expected
    assert differences(PLAN, PLAN) == ()


def test_plan_of_an_interview_is_what_it_was_scheduled_with(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        for number, venue in enumerate(VENUES):
            starts_at = in_three_days() + timedelta(days=number)
            interview_id = schedule(
                team.ada,
                team.dina,
                venue=venue,
                starts_at=starts_at,
                attendees=(SAM, Participant(team.cleo.name, team.cleo.email, team.cleo.id)),
                reminder_minutes=(60,),
                internal_notes="Only for us",
            )
            db.session.expire_all()
            plan = plan_of(db.session.get_one(Interview, interview_id))
            assert (plan.venue, plan.when.starts_at, plan.notes) == (venue, starts_at, "Only for us")
            assert plan.reminders == Reminders((60,))
            assert plan.user_ids == {team.ben.id, team.cleo.id}


def test_plan_can_be_written_into_an_existing_interview(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        eva = create_user("Eva Lang", Role.INTERVIEWER)
        cleo = Participant(team.cleo.name, team.cleo.email, team.cleo.id)
        interview = db.session.get_one(
            Interview, schedule(team.ada, team.dina, attendees=(cleo, SAM), venue=VENUES[3])
        )
        rows = {row.email: row.id for row in interview.attendees}
        old = plan_of(interview)
        everyone = (
            SAM,
            UMA,
            Participant("Twice", "uma@PARTNER.example"),
            Participant(team.dina.name, team.dina.email),
            Participant(eva.name, eva.email, eva.id),
        )
        put(replace(old, venue=VENUES[4], when=LATER, attendees=everyone, title="Again"), interview)
        db.session.commit()
        db.session.expire_all()
        new = plan_of(interview)
        # Each address once, and not the candidate's, who takes part anyway.
        assert [person.email for person in new.attendees] == [SAM.email, UMA.email, eva.email]
        assert (new.venue, new.when, new.title) == (VENUES[4], LATER, "Again")
        assert (interview.phone_number, interview.phone_caller) == (None, None)
        # Attendees who stay keep the row that links in earlier mails name; those who were removed have none.
        assert {row.email: row.id for row in interview.attendees}[SAM.email] == rows[SAM.email]
        assert db.session.get(Attendee, rows[team.cleo.email]) is None
        told = differences(old, new)
        assert [type(difference) for difference in told] == [NewTime, NewVenue, NewAttendees, NewText]


def test_reminders_know_the_candidate_by_any_address() -> None:
    assert PLAN.reminders.addresses_without("Dina@mail.example") == {
        "dina@mail.example",
        "sam@partner.example",
    }
    assert Reminders((60,), frozenset({SAM.email})).addresses_without("dina@mail.example") == {SAM.email}
