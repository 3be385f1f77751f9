"""From stored rows to what a mail may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from messaging.facts import Person, facts_of, reader_of
from models import (
    Application,
    Attendee,
    Candidate,
    Interview,
    InterviewStatus,
    InterviewType,
    Job,
    Mail,
    Meeting,
    MeetingSoftware,
    MeetingState,
    Organization,
    PhoneCaller,
    ReaderRole,
    User,
)
from tests.messaging.facts_for_tests import AT_OUR_OFFICE, CANDIDATE_CALLS, FACTS, ON_THE_PHONE

NORTHWIND = Organization(name="Northwind", invitation_intro="", invitation_closing="")


def interview() -> Interview:
    """The interview of `facts_for_tests`, as rows that no database has seen."""
    anna = User(id=1, name="Anna Berg", email="anna@northwind.example", timezone="Europe/Zurich")
    ben = User(id=2, name="Ben Okafor", email="ben@northwind.example", timezone="Europe/Zurich")
    kiran = User(id=3, name="Kiran Rao", email="kiran@northwind.example", timezone="Asia/Kolkata")
    dina = Candidate(name="Dina Park", email="dina@mail.example", timezone="America/New_York")
    return Interview(
        application=Application(candidate=dina, job=Job(title="Backend Engineer")),
        scheduler=anna,
        hiring_manager=ben,
        status=InterviewStatus.SCHEDULED,
        attendees=[Attendee(name=kiran.name, email=kiran.email, user=kiran)],
        interview_type=InterviewType.VIDEO,
        title=FACTS.title,
        agenda=FACTS.agenda,
        message_to_candidate=FACTS.message_to_candidate,
        internal_notes="She is our favorite.",
        starts_at=FACTS.starts_at,
        duration_minutes=45,
        timezone="Europe/Zurich",
        ics_uid=FACTS.uid,
        revision=0,
        meeting=Meeting(
            software=MeetingSoftware.ZOOM,
            is_wanted=True,
            state=MeetingState.READY,
            join_url=FACTS.join_url,
            passcode=FACTS.passcode,
        ),
    )


def test_a_stored_interview_gives_its_facts_without_the_internal_notes() -> None:
    assert facts_of(interview(), NORTHWIND) == FACTS
    assert "favorite" not in repr(facts_of(interview(), NORTHWIND))


@pytest.mark.parametrize(
    ("state", "link_state"),
    [(MeetingState.WAITING, "waiting"), (MeetingState.FAILED, "failed"), (MeetingState.REMOVED, "none")],
)
def test_a_meeting_that_is_not_ready_gives_no_link_away(state: MeetingState, link_state: str) -> None:
    stored = interview()
    assert stored.meeting is not None
    stored.meeting.state = state
    facts = facts_of(stored, NORTHWIND)
    assert (facts.link_state, facts.join_url, facts.passcode) == (link_state, None, None)


@pytest.mark.parametrize("has_row", [True, False])
def test_an_interview_without_a_wanted_meeting_has_no_software(has_row: bool) -> None:
    stored = interview()
    assert stored.meeting is not None
    if has_row:
        stored.meeting.is_wanted = False
    else:
        stored.meeting = None
    facts = facts_of(stored, NORTHWIND)
    assert (facts.link_state, facts.software_label, facts.join_url) == ("none", None, None)


def test_a_pasted_link_is_called_by_its_label() -> None:
    stored = interview()
    assert stored.meeting is not None
    stored.meeting.software, stored.meeting.label = MeetingSoftware.OTHER, "Webex"
    assert facts_of(stored, NORTHWIND).software_label == "Webex"


def test_number_and_address_are_facts_of_an_interview_without_a_meeting() -> None:
    stored = interview()
    stored.meeting, stored.interview_type = None, InterviewType.PHONE
    stored.phone_number, stored.phone_caller = "+1 (212) 555-0147", PhoneCaller.TEAM
    assert facts_of(stored, NORTHWIND) == ON_THE_PHONE
    stored.phone_number, stored.phone_caller = "+41 44 668 18 00 ext. 12", PhoneCaller.CANDIDATE
    assert facts_of(stored, NORTHWIND) == CANDIDATE_CALLS
    stored.interview_type, stored.phone_number, stored.phone_caller = InterviewType.IN_PERSON, None, None
    stored.address, stored.directions = AT_OUR_OFFICE.address, AT_OUR_OFFICE.directions
    assert facts_of(stored, NORTHWIND) == AT_OUR_OFFICE


@pytest.mark.parametrize(
    ("interview_type", "label"),
    [(InterviewType.VIDEO, "Video"), (InterviewType.PHONE, "Phone"), (InterviewType.IN_PERSON, "In person")],
)
def test_types_are_named_in_the_users_words(interview_type: InterviewType, label: str) -> None:
    stored = interview()
    stored.interview_type = interview_type
    assert facts_of(stored, NORTHWIND).type_label == label


@pytest.mark.parametrize(
    ("role", "user_id", "zone"),
    [
        (ReaderRole.CANDIDATE, None, "America/New_York"),
        (ReaderRole.HIRING_MANAGER, 2, "Europe/Zurich"),
        (ReaderRole.ATTENDEE, 3, "Asia/Kolkata"),
        (ReaderRole.ATTENDEE, None, None),
    ],
)
def test_a_reader_has_the_zone_that_is_known_of_them(
    role: ReaderRole, user_id: int | None, zone: str | None
) -> None:
    user = User(id=user_id, timezone=zone) if user_id is not None else None
    mail = Mail(role=role, user_id=user_id, user=user, name="Somebody", address="somebody@mail.example")
    reader = reader_of(mail, "America/New_York", "https://hiring.northwind.example/j/t")
    assert reader.person == Person("Somebody", "somebody@mail.example", zone)
    assert reader.role is role
    assert reader.join_page_url == "https://hiring.northwind.example/j/t"


def test_facts_refuse_a_naive_start_and_a_ready_link_without_an_address() -> None:
    with pytest.raises(ValueError):
        replace(FACTS, starts_at=datetime(2026, 11, 24, 8, 0, tzinfo=UTC).replace(tzinfo=None))
    with pytest.raises(ValueError):
        replace(FACTS, join_url=None)


def test_a_name_without_a_visible_character_is_replaced_by_the_address() -> None:
    assert Person("\u202e ", "dina@mail.example").name == "dina"
