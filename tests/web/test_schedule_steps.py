"""The six steps: what each asks, what it refuses and where it says so, and what happens out of order."""

from typing import Any

import pytest
from flask import Flask

from blueprints.schedule_interview.pages import BY_KEY
from blueprints.schedule_interview.subjects import NEW_INTERVIEW
from extensions import db
from models import Draft, Interview, Mail
from scheduling.mails.queue import INVITATION, REMINDER
from tests.factories import Team, create_candidate
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import (
    STEPS,
    begin,
    draft_at,
    other_people,
    schedule_at_once,
    schedule_by_hand,
    send,
    walk_to,
)

REFUSED_FIELDS = {
    "job": "setup",
    "password": "setup",
    "link_url": "setup",
    "link_label": "setup",
    "phone_number": "setup",
    "address": "setup",
    "directions": "setup",
    "date": "date-time",
    "accepted_clashes": "date-time",
    "hiring_manager": "attendees",
}

pytestmark = pytest.mark.usefixtures("clock")


def interviews(app: Flask) -> int:
    with in_rows(app):
        return db.session.scalar(db.select(db.func.count(Interview.id))) or 0


def test_six_full_pages_schedule_an_interview_without_script(web: Flask, team: Team, ada: Visitor) -> None:
    interview_id = schedule_by_hand(
        ada,
        team.dina.id,
        {
            "setup": {"agenda": "Talk about the past\r\nand the future", "password": "s3cret-1"},
            "date-time": {"duration_minutes": 50},
            "attendees": {
                "people": [str(team.cleo.id)],
                **other_people(("Sam Ortiz", "Sam@Partner.example")),
            },
            "details": {"message_to_candidate": "Bring a drawing.", "internal_notes": "Likes tea."},
        },
    )
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        assert interview.title == "Backend Engineer Interview"
        assert interview.agenda == "Talk about the past\nand the future"
        assert interview.requested_passcode == "s3cret-1"
        assert f"{interview.starts_at:%Y-%m-%d %H:%M}" == "2027-02-10 08:00"
        assert (interview.wall_time, interview.timezone) == ("2027-02-10T09:00", "Europe/Zurich")
        assert interview.duration_minutes == 50
        assert interview.hiring_manager_id == team.ben.id
        assert [(a.name, a.email, a.user_id) for a in interview.attendees] == [
            ("Cleo Marin", team.cleo.email, team.cleo.id),
            ("Sam Ortiz", "sam@partner.example", None),
        ]
        reminders = {m.occasion for m in interview.mails if m.kind == REMINDER}
        assert reminders == {"r0-1440", "r0-60"}
    page = ada.get(f"/interviews/{interview_id}")
    assert "Zoom meeting is being created" in page.text
    assert "Likes tea." in page.text


def test_date_begins_with_the_next_working_day_and_the_bar_says_what_is_decided(
    team: Team, ada: Visitor
) -> None:
    draft = begin(ada, team.dina.id)
    assert "So far:" not in ada.get(f"{draft}/setup").text
    send(ada, draft, "setup")
    page = ada.get(f"{draft}/date-time")
    # The clock is stopped on Monday, February 1.
    assert page.value_of("Continue", "date") == "2027-02-02"
    assert page.value_of("Continue", "time") == ""
    assert bar(page) == "So far: Zoom"
    send(ada, draft, "date-time")
    assert bar(ada.get(f"{draft}/attendees")) == "So far: Zoom · Wed 10 Feb, 09:00 CET · 45 min"
    send(ada, draft, "attendees")
    page = ada.get(f"{draft}/details")
    assert bar(page) == "So far: Zoom · Wed 10 Feb, 09:00 CET · 45 min · 2 people"


def bar(page: Page) -> str:
    [line] = page.tree.all("p", lambda e: e.get("class") == "so-far")
    return line.text


def test_first_page_says_what_is_asked(team: Team, ada: Visitor) -> None:
    page = ada.get(f"{begin(ada, team.dina.id)}/setup")
    assert (page.heading, page.step_heading) == ("Schedule Interview", "Setup")
    assert "Dina Kaur · Backend Engineer" in page.text
    assert page.title.startswith("Schedule Interview with Dina Kaur: Setup")
    fields = page.fields("Continue")
    assert fields["interview_type"] == ["video"]
    assert fields["meeting_software"] == ["zoom"]
    assert {"Interview type", "Meeting Software", "Agenda", "Password"} <= {
        e.text for e in page.tree.all(where=lambda e: e.tag in ("label", "legend"))
    }


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("setup", {"agenda": ""}, "agenda", "Enter an agenda"),
    ("setup", {"agenda": " \n\t "}, "agenda", "Enter an agenda"),
    ("setup", {"agenda": "x" * 2001}, "agenda", "at most 2000"),
    ("setup", {"password": "elevenchars"}, "password", "at most 10"),
    ("setup", {"password": "with space"}, "password", "without spaces"),
    ("setup", {"password": "ümlaut"}, "password", "letters, digits"),
    ("setup", {"password": "semi;colon"}, "password", "letters, digits"),
    ("date-time", {"date": ""}, "date", "Choose a date"),
    ("date-time", {"date": "10.02.2027"}, "date", "Enter a date"),
    ("date-time", {"date": "2027-02-30"}, "date", "Enter a date"),
    ("date-time", {"time": ""}, "time", "Choose a time"),
    ("date-time", {"time": "25:00"}, "time", "Enter a time"),
    ("date-time", {"date": "2027-02-01", "time": "12:59"}, "time", "has passed"),
    ("date-time", {"date": "2027-01-31", "time": "12:59"}, "date", "This date has passed"),
    ("date-time", {"date": "2027-01-31", "time": ""}, "date", "This date has passed"),
    ("date-time", {"date": "2027-02-01", "time": "20:00", "timezone": "Asia/Tokyo"}, "time", "has passed"),
    ("date-time", {"date": "0001-01-01", "time": "00:00"}, "date", "This date has passed"),
    ("date-time", {"date": "9999-12-31", "time": "23:59"}, "date", "ahead"),
    ("date-time", {"duration_minutes": "4"}, "duration_minutes", "between 5 and 1440"),
    ("date-time", {"duration_minutes": "1441"}, "duration_minutes", "between 5 and 1440"),
    ("date-time", {"duration_minutes": "soon"}, "duration_minutes", "whole number"),
    ("date-time", {"duration_minutes": "9" * 30}, "duration_minutes", "between 5 and 1440"),
    ("date-time", {"timezone": "Mars/Olympus"}, "timezone", "Enter a time zone, such as"),
    ("date-time", {"timezone": ""}, "timezone", "Choose a time zone"),
    ("attendees", {"hiring_manager": "99999"}, "hiring_manager", "Choose one of these"),
    ("attendees", {"people": ["99999"]}, "people", "Choose among these"),
    ("details", {"title": ""}, "title", "Enter a title"),
    ("details", {"title": "x" * 201}, "title", "At most 200"),
    ("details", {"message_to_candidate": "x" * 4001}, "message_to_candidate", "4000"),
    ("details", {"internal_notes": "x" * 8001}, "internal_notes", "8000"),
]


def test_impossible_values_are_refused_beside_their_fields_and_stay_as_typed(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        people = [create_candidate(f"Nora {step}", f"{step}@mail.example", team.job_id) for step in STEPS[:4]]
    drafts = {step: draft_at(ada, person.id, step) for step, person in zip(STEPS, people, strict=False)}
    for step, typed, field, words in REFUSED:
        page = send(ada, drafts[step], step, status=422, **typed)
        assert words in page.error_at(field), f"{step} {typed}: {page.error_at(field)}"
        assert page.title.startswith("Error: ")
        for name, value in typed.items():
            if name not in ("timezone", "hiring_manager", "people"):
                shown = page.value_of("Continue", name)
                assert " ".join(shown.split()) == " ".join(str(value).split()), f"{step} {typed}"
        assert not is_kept(web, drafts[step], step)
    assert interviews(web) == 0


def test_invisible_characters_are_not_shown_again(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="10.02.\x00\u202e2027", duration_minutes="\x07soon")
    assert page.value_of("Continue", "date") == "10.02.2027"
    assert page.value_of("Continue", "duration_minutes") == "soon"


def is_kept(app: Flask, draft: str, step: str) -> bool:
    with in_rows(app):
        return step in db.session.get_one(Draft, draft.rpartition("/")[2]).payload


def test_passcodes_that_zoom_takes_are_taken(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    for password in ("", "a", "1234567890", "aZ09@_*-", "  trimmed  "):
        send(ada, draft, "setup", password=password)
        assert ada.get(f"{draft}/setup").value_of("Continue", "password") == password.strip()


def test_step_opened_too_early_leads_to_the_first_that_is_missing(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    for step in STEPS[1:]:
        ada.get(f"{draft}/{step}", leads_to=f"{draft}/setup")
        ada.post(f"{draft}/{step}", {"version": "1"}, leads_to=f"{draft}/setup")
    send(ada, draft, "setup")
    ada.get(f"{draft}/finalize", leads_to=f"{draft}/date-time")
    ada.get(draft, leads_to=f"{draft}/date-time")
    ada.get(f"{draft}/setup")
    ada.get(f"{draft}/letters/0", status=404)
    ada.get(f"{draft}/no-such-step", status=404)


def test_going_back_shows_what_was_typed_and_can_be_sent_again(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details", {"attendees": {"people": [str(team.cleo.id)]}})
    page = ada.get(f"{draft}/details")
    page = ada.follow(ada.submit(page, "Back", leads_to=f"{draft}/attendees", go="back"))
    assert page.step_heading == "Attendees"
    assert page.fields("Continue")["people"] == [str(team.cleo.id)]
    ada.submit(page, "Continue", leads_to=f"{draft}/details", people=None)
    page = ada.get(f"{draft}/date-time")
    assert page.value_of("Continue", "date") == "2027-02-10"
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", date="2027-02-11")
    for step in ("details", "preview"):
        send(ada, draft, step)
    page = ada.get(f"{draft}/finalize")
    assert "Thursday, 11 February 2027" in page.text
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")
    with in_rows(web):
        assert db.session.get_one(Interview, 1).attendees == []


PHONE = {"interview_type": "phone", "phone_caller": "team", "phone_number": "+49 30 901820"}
LINK = {"meeting_software": "other", "link_label": "Jitsi", "link_url": "https://meet.example/abc"}


@pytest.mark.parametrize(
    "setup", [{}, {"password": "s3cret-1"}, PHONE, LINK], ids=["", "code", "phone", "link"]
)
def test_draft_that_tests_begin_with_holds_what_the_dialog_keeps(
    web: Flask, team: Team, ada: Visitor, setup: dict[str, str]
) -> None:
    people = {"people": [str(team.cleo.id)], **other_people(("Sam", "sam@partner.example"))}
    answers = {"setup": setup, "attendees": people, "details": {"internal_notes": "Likes tea."}}
    drafts = [f(ada, team.dina.id, "finalize", answers) for f in (walk_to, draft_at)]
    with in_rows(web):
        walked, written = (db.session.get_one(Draft, d.rpartition("/")[2]).payload for d in drafts)
    assert walked == written


def test_summary_says_all_that_was_chosen_and_no_password(team: Team, ada: Visitor) -> None:
    answers = {
        "setup": {"agenda": "Ships and sails", "password": "s3cret-1"},
        "details": {"internal_notes": "Likes tea.", "message_to_candidate": "Bring a drawing."},
    }
    page = ada.get(f"{draft_at(ada, team.dina.id, 'finalize', answers)}/finalize")
    parts = page.tree.all("dl", lambda e: e.get("class") == "summary")
    rows = {row.all("dt")[0].text: row.all("dd")[0].text for part in parts for row in part.all("div")}
    # One link back for each step that decided something, and not one for each line.
    edits = [button.text for button in page.tree.all("button", lambda e: e.get("name") == "change")]
    assert edits == ["Edit Setup", "Edit Date & Time", "Edit Attendees", "Edit Details"]
    assert "Reminders 24 hours and 1 hour before, to everyone Change" in page.words
    assert rows["Agenda"] == "Ships and sails"
    assert rows["Password"] == "Set"
    assert rows["Internal notes"] == "Likes tea."
    assert rows["Message"] == "Bring a drawing."
    assert "s3cret-1" not in page.html
    page = ada.get(f"{draft_at(ada, team.dina.id, 'finalize')}/finalize")
    assert "Password Added by Zoom" in page.words
    page = ada.get(f"{draft_at(ada, team.dina.id, 'finalize', {'setup': PHONE})}/finalize")
    assert "Password" not in page.words


def test_no_reminders_means_no_reminders(web: Flask, team: Team, ada: Visitor) -> None:
    interview_id = schedule_at_once(ada, team.dina.id, {"finalize": {"reminders": None}})
    with in_rows(web):
        kinds = set(db.session.scalars(db.select(Mail.kind).where(Mail.interview_id == interview_id)))
    assert kinds == {INVITATION}


def test_candidate_on_several_jobs_needs_one_chosen(web: Flask, team: Team, ada: Visitor) -> None:
    ada.submit(ada.get(f"/candidates/{team.dina.id}"), "Add to job", status=303, job=team.other_job_id)
    draft = begin(ada, team.dina.id)
    page = send(ada, draft, "setup", status=422, job=None)
    assert page.error_at("job")
    page = send(ada, draft, "setup", status=422, job="99999")
    assert page.error_at("job")


def test_every_step_of_a_subject_has_its_page_and_every_refusal_a_step() -> None:
    keys = tuple(step.key for step in NEW_INTERVIEW.steps)
    assert keys == STEPS
    assert set(BY_KEY) == set(keys)
    # The refusals of commands and venues, by the field that they name.
    asked = {name: next(s.key for s in NEW_INTERVIEW.steps if hasattr(s, name)) for name in REFUSED_FIELDS}
    assert asked == REFUSED_FIELDS
