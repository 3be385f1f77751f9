"""The first step: each kind of interview asks for its own details, and Zoom's says whose account hosts."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import (
    CallKind,
    CallState,
    Candidate,
    Connection,
    ConnectionState,
    Draft,
    Meeting,
    MeetingCall,
)
from tests.factories import Team, connect_on_paper, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor, path_of
from tests.web.dialog_steps import begin, draft_at, schedule_at_once, send
from tests.web.kinds import IN_PERSON, OTHER, PHONE

pytestmark = pytest.mark.usefixtures("clock")


REFUSED: list[tuple[dict[str, Any], set[str]]] = [
    ({**OTHER, "link_url": "ftp://x.example", "link_label": ""}, {"link_url", "link_label"}),
    ({**OTHER, "agenda": "", "link_url": ""}, {"agenda", "link_url"}),
    ({**PHONE, "number_to_call": "soon"}, {"number_to_call"}),
    ({**PHONE, "phone_caller": "team", "phone_number": "soon"}, {"phone_number"}),
    ({**IN_PERSON, "address": " \n "}, {"address"}),
    ({**IN_PERSON, "directions": "x" * 1001}, {"directions"}),
    ({"interview_type": "telepathy"}, {"interview_type"}),
    ({"meeting_software": "telepathy"}, {"meeting_software"}),
    ({**PHONE, "phone_caller": "nobody"}, {"phone_caller"}),
]


def test_each_kind_is_refused_beside_its_own_fields_and_keeps_what_was_typed(
    team: Team, ada: Visitor
) -> None:
    draft = begin(ada, team.dina.id)
    for typed, wrong in REFUSED:
        page = send(ada, draft, "setup", status=422, **typed)
        messages = page.tree.all("p", lambda e: e.get("id").endswith("-error"))
        assert {message["id"].removesuffix("-error") for message in messages} == wrong
        assert all(page.error_at(name) for name in wrong)
        for name in ("link_url", "link_label", "phone_number", "number_to_call", "directions"):
            if name in typed:
                assert page.value_of("Continue", name) == typed[name]


def test_only_the_chosen_kind_is_checked(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    nonsense = {
        "password": "no good passcode",
        "link_url": "javascript:x",
        "phone_number": "soon",
        "number_to_call": "soon",
        "address": "",
    }
    for kind in (OTHER, PHONE, IN_PERSON, {"interview_type": "video", "meeting_software": "zoom"}):
        own = {"password": "", **kind} if kind.get("meeting_software") == "zoom" else kind
        send(ada, draft, "setup", **{**nonsense, **own})


def test_change_of_kind_drops_what_no_longer_applies(web: Flask, team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)

    def kept() -> dict[str, Any]:
        with in_rows(web):
            payload = db.session.scalars(db.select(Draft.payload)).one()["setup"]
        return {name: values for name, values in payload.items() if name not in ("agenda", "job", "method")}

    send(ada, draft, "setup", password="s3cret-1")
    assert kept() == {"interview_type": ["video"], "meeting_software": ["zoom"], "password": ["s3cret-1"]}
    send(ada, draft, "setup", **OTHER)
    assert kept() == {name: [value] for name, value in OTHER.items()}
    send(ada, draft, "setup", **PHONE)
    assert kept() == {name: [value] for name, value in PHONE.items()}
    send(ada, draft, "setup", **IN_PERSON)
    assert kept() == {name: [value] for name, value in IN_PERSON.items()}
    page = ada.get(f"{draft}/setup")
    assert page.value_of("Continue", "link_url") == page.value_of("Continue", "password") == ""


def test_candidates_number_is_ready_for_anyone_who_chooses_the_phone(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    assert ada.get(f"{draft}/setup").value_of("Continue", "phone_number") == "+44 20 7946 0018"
    send(ada, draft, "setup")
    assert ada.get(f"{draft}/setup").value_of("Continue", "phone_number") == "+44 20 7946 0018"
    send(ada, draft, "setup", interview_type="phone", phone_number="030 901820")
    assert ada.get(f"{draft}/setup").value_of("Continue", "phone_number") == "030 901820"


# Whose account hosts


def test_first_step_says_whose_account_hosts_and_why(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    def words(visitor: Visitor) -> str:
        return visitor.get(f"{begin(visitor, team.dina.id)}/setup").text

    assert "Zoom isn't set up on this server yet. You can still schedule." in words(ada)
    with in_rows(web):
        connect_on_paper(team.ada)
    assert "Ben hasn't connected Zoom, so your Zoom account will host." in words(ada)
    with in_rows(web):
        connection_id = connect_on_paper(team.ben, state=ConnectionState.RECONNECT_NEEDED)
    assert "Ben's Zoom connection has ended, so your Zoom account will host." in words(ada)
    assert "Your Zoom connection has ended." in words(ben)
    with in_rows(web):
        db.session.get_one(Connection, connection_id).state = ConnectionState.CONNECTED
        db.session.commit()
    assert "Ben is the hiring manager, so Ben's Zoom account will host." in words(ada)
    assert "You're the hiring manager, so your Zoom account will host." in words(ben)


def test_number_belongs_to_who_is_called(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    labels = {e.get("for"): e.text for e in page.tree.all("label")}
    assert labels["phone_number"] == "Candidate's number"
    assert labels["number_to_call"] == "Number to call"
    # The candidate's own number is never what the candidate is asked to call.
    fields = page.fields("Continue")
    assert (fields["phone_number"], fields["number_to_call"]) == (["+44 20 7946 0018"], [""])
    page = send(ada, draft, "setup", status=422, interview_type="phone", phone_caller="candidate")
    assert page.error_at("number_to_call") == "Enter the number to call."
    send(ada, draft, "setup", interview_type="phone", phone_caller="candidate", number_to_call="030 901820")
    fields = ada.get(f"{draft}/setup").fields("Continue")
    assert (fields["phone_number"], fields["number_to_call"]) == (["+44 20 7946 0018"], ["030 901820"])


def test_host_is_not_named_while_the_job_is_open(web: Flask, team: Team, ada: Visitor) -> None:
    ada.submit(ada.get(f"/candidates/{team.dina.id}"), "Add to job", status=303, job=team.other_job_id)
    draft = begin(ada, team.dina.id)
    assert "The hiring manager's account will host if it's connected." in ada.get(f"{draft}/setup").text
    with in_rows(web):
        connect_on_paper(team.ada)
    assert "will host if it's connected; otherwise yours will." in ada.get(f"{draft}/setup").text


def test_free_plan_is_warned_about_when_the_interview_is_longer(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        connect_on_paper(team.ben, plan="basic")
    draft = begin(ada, team.dina.id)
    assert "an interview of 45 minutes would be cut off" in ada.get(f"{draft}/setup").text
    send(ada, draft, "setup")
    send(ada, draft, "date-time", duration_minutes=40)
    assert "Basic plan" not in ada.get(f"{draft}/setup").text
    send(ada, draft, "date-time", duration_minutes=90)
    for step in ("attendees", "details", "preview"):
        send(ada, draft, step)
    words = "Ben's Zoom account is on the Basic plan. Zoom ends its meetings after 40 minutes"
    for step in ("setup", "date-time", "finalize"):
        page = ada.get(f"{draft}/{step}")
        assert words in page.text
        assert "1 hour 30 minutes" in page.text
    send(ada, draft, "setup", **PHONE)
    for step in ("date-time", "finalize"):
        assert "Basic plan" not in ada.get(f"{draft}/{step}").text


def test_host_who_does_not_take_part_is_told_so_once(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        connect_on_paper(team.ada)
    words = "You're the Zoom host but not attending."
    people = {"people": [str(team.cleo.id)]}
    draft = draft_at(ada, team.dina.id, "finalize", {"attendees": people})
    # Only on the last step: the earlier ones would repeat it four times.
    for step in ("setup", "date-time", "preview"):
        assert words not in ada.get(f"{draft}/{step}").text
    page = ada.get(f"{draft}/finalize")
    assert words in page.text
    # One button settles it, and keeps what was checked.
    ada.submit(page, "Add me", leads_to=f"{draft}/finalize", direction="add-me", reminders=["60"])
    page = ada.get(f"{draft}/finalize")
    assert words not in page.text
    assert "Ada Berg" in page.words
    assert page.fields("Schedule Interview")["reminders"] == ["60"]
    assert set(ada.get(f"{draft}/attendees").fields("Continue")["people"]) == {
        str(team.ada.id),
        str(team.cleo.id),
    }
    # A call needs no host.
    send(ada, draft, "attendees", people=[str(team.cleo.id)])
    send(ada, draft, "setup", **PHONE)
    assert words not in ada.get(f"{draft}/finalize").text


def test_change_of_someone_elses_interview_names_the_host_who_does_not_take_part(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    with in_rows(web):
        connect_on_paper(team.ada)
    schedule_at_once(ada, team.dina.id)
    answer = ben.post("/interviews/1/change", status=303)
    draft = path_of(answer.headers["Location"]).removesuffix("/setup")
    page = ben.get(f"{draft}/finalize")
    assert "Ada is the Zoom host but not attending." in page.text
    assert not page.has_button("Add me")


def test_candidate_is_not_asked_to_call_their_own_number(web: Flask, team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    own = "+44 20 7946 0018"
    with in_rows(web):
        candidate = db.session.get_one(Candidate, team.dina.id)
        candidate.phone = own
        db.session.commit()
    call = {**PHONE, "phone_caller": "candidate"}
    for written in ("+442079460018", "+44 (0)20 7946 0018", "0044 20 7946 0018", "020 7946 0018"):
        page = send(ada, draft, "setup", status=422, **{**call, "number_to_call": written})
        assert "the candidate's own number" in page.error_at("number_to_call")
    send(ada, draft, "setup", **{**call, "number_to_call": "+44 20 7946 0999"})


def use_up(interview_id: int, connection_id: int, number: int, clock: Clock) -> None:
    meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
    db.session.add_all(
        MeetingCall(
            meeting_id=meeting.id,
            connection_id=connection_id,
            host_id=meeting.interview.hiring_manager_id,
            walk=1,
            kind=CallKind.CREATE,
            state=CallState.DONE,
            began_at=clock.now,
            topic="",
            agenda="",
            starts_at=clock.now,
            duration_minutes=45,
            timezone="UTC",
        )
        for _ in range(number)
    )
    db.session.commit()


def test_nearly_used_budget_is_warned_about_until_midnight_utc(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    with in_rows(web):
        connection_id = connect_on_paper(team.ben)
        earlier = schedule(team.ada, team.dina)
        use_up(earlier, connection_id, 79, clock)
    draft = begin(ada, team.dina.id)
    assert "meetings a day" not in ada.get(f"{draft}/setup").text
    with in_rows(web):
        use_up(earlier, connection_id, 1, clock)
    words = ada.get(f"{draft}/setup").text
    assert (
        "Ben's account has used 80 of them. The count starts over at 00:00 UTC (Tue 2 Feb, 01:00 CET)."
        in words
    )
    with in_rows(web):
        use_up(earlier, connection_id, 20, clock)
    words = ada.get(f"{draft}/setup").text
    assert "Ben's account has used them up" in words
    assert "everyone is invited without a link, and we'll send it after that" in words
    with in_rows(web):
        connect_on_paper(team.ada)
    assert "If Zoom refuses this one, your account will host." in ada.get(f"{draft}/setup").text
    clock.move(timedelta(hours=12))
    again = Visitor(web).enter(team.ada)
    assert "meetings a day" not in again.get(f"{draft}/setup").text
