"""What a new interview begins with: the last one on the same job, or the one that it repeats."""

from typing import Any

import pytest
from flask import Flask

from extensions import db
from hiring.erasing import erase_candidate
from models import Candidate, Interview, InterviewStatus, Job, Meeting, User
from tests.factories import Team, connect_on_paper, create_candidate
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from tests.web.conftest import SignIn
from tests.web.dialog_steps import begin, other_people, schedule_at_once, send, walk_on
from tests.web.kinds import OTHER

pytestmark = pytest.mark.usefixtures("clock")

LAST_TIME = "Copied from your last interview for this job"
FIRST: dict[str, dict[str, Any]] = {
    "setup": {"agenda": "Ships and sails", "password": "s3cret-1"},
    "date-time": {"duration_minutes": "90", "timezone": "Europe/Lisbon"},
    "details": {"message_to_candidate": "For Dina alone", "internal_notes": "About Dina alone"},
    "finalize": {"reminders": ["60"]},
}


def first_interview(ada: Visitor, team: Team) -> int:
    people = {"people": [str(team.cleo.id)], **other_people(("Sam", "sam@partner.example"))}
    return schedule_at_once(ada, team.dina.id, {**FIRST, "attendees": people})


def test_next_interview_on_a_job_begins_with_the_choices_of_the_last(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    draft = begin(ada, omar.id)
    assert LAST_TIME not in ada.get(f"{draft}/setup").text
    first_interview(ada, team)

    draft = begin(ada, omar.id)
    page = ada.get(f"{draft}/setup")
    assert LAST_TIME in page.text
    assert page.value_of("Continue", "agenda") == "Ships and sails"
    # A passcode belongs to one meeting.
    assert page.value_of("Continue", "password") == ""
    ada.submit(page, "Continue", leads_to=f"{draft}/date-time")
    page = ada.get(f"{draft}/date-time")
    assert page.value_of("Continue", "duration_minutes") == "90"
    assert page.value_of("Continue", "timezone") == "Europe/Lisbon"
    assert page.value_of("Continue", "date") == "2027-02-02"
    assert page.value_of("Continue", "time") == ""
    send(ada, draft, "date-time", date="2027-02-11")
    page = ada.get(f"{draft}/attendees")
    assert page.fields("Continue")["people"] == [str(team.cleo.id)]
    # Guests came to talk to someone else: they are offered, and invited only if they are checked.
    assert "guests_again" not in page.fields("Continue")
    assert "other_people-0-email" in page.fields("Continue")
    assert page.value_of("Continue", "other_people-0-email") == ""
    assert "Sam (sam@partner.example)" in page.text
    ada.submit(page, "Continue", leads_to=f"{draft}/details")
    page = ada.get(f"{draft}/details")
    assert LAST_TIME not in page.text
    assert "Dina" not in page.form("Continue").text
    for step in ("details", "preview"):
        send(ada, draft, step)
    page = ada.get(f"{draft}/finalize")
    assert page.fields("Schedule Interview")["reminders"] == ["60"]
    # Saved, it is a choice of this interview, and nothing is said anymore.
    assert LAST_TIME not in ada.get(f"{draft}/setup").text

    # Someone else begins with the same, but with the zone in which they think.
    draft = begin(ben, omar.id)
    assert ben.get(f"{draft}/setup").value_of("Continue", "agenda") == "Ships and sails"
    send(ben, draft, "setup")
    assert ben.get(f"{draft}/date-time").value_of("Continue", "timezone") == "Europe/Zurich"


def test_guests_of_the_last_interview_are_offered_and_checked_ones_are_invited(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    guests = other_people(("Sam Ortiz", "sam@partner.example"), ("Omar", "omar@mail.example"))
    schedule_at_once(ada, team.dina.id, {"attendees": guests})
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    draft = begin(ada, omar.id)
    send(ada, draft, "setup")
    send(ada, draft, "date-time", date="2027-02-11")
    page = ada.get(f"{draft}/attendees")
    # The candidate of today was a guest then.
    offered = [e["value"] for e in page.tree.all("input", lambda e: e.get("name") == "guests_again")]
    assert offered == ["sam@partner.example"]
    # Typed and checked, Sam is one person; what is wrong elsewhere keeps the checked one as a row.
    wrong = other_people(("Kim", "kim@"))
    page = send(ada, draft, "attendees", status=422, guests_again=offered, **wrong)
    fields = page.fields("Continue")
    assert (fields["other_people-0-email"], fields["other_people-1-email"]) == (["kim@"], offered)
    assert not page.tree.all("input", lambda e: e.get("name") == "guests_again")
    right = other_people(("Sam Ortiz", "sam@partner.example"))
    send(ada, draft, "attendees", **right)
    for step in ("details", "preview", "finalize"):
        send(ada, draft, step)
    with in_rows(web):
        attendees = db.session.get_one(Interview, 2).attendees
        assert [(a.name, a.email) for a in attendees] == [("Sam Ortiz", "sam@partner.example")]
    # An address that was not offered cannot be smuggled in; the words say whose choices these are.
    draft = begin(ben, omar.id)
    page = ben.get(f"{draft}/setup")
    assert "Copied from the last interview for this job." in page.text
    send(ben, draft, "setup")
    send(ben, draft, "date-time", date="2027-02-12")
    send(ben, draft, "attendees", guests_again=["eve@elsewhere.example", "sam@partner.example"])
    page = ben.get(f"{draft}/attendees")
    assert page.value_of("Continue", "other_people-0-email") == "sam@partner.example"
    assert "eve@" not in page.html


def test_people_who_left_or_were_erased_are_not_suggested(web: Flask, team: Team, ada: Visitor) -> None:
    first_interview(ada, team)
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        db.session.get_one(User, team.cleo.id).is_active = False
        db.session.commit()
    draft = begin(ada, omar.id)
    send(ada, draft, "setup")
    send(ada, draft, "date-time", date="2027-02-11")
    assert "people" not in ada.get(f"{draft}/attendees").fields("Continue")
    # They don't break a copy either.
    draft = copy(ada, 1)
    send(ada, draft, "date-time", date="2027-02-12", direction="finalize")
    assert ada.get(f"{draft}/finalize").step_heading == "Finalize"
    with in_rows(web):
        db.session.get_one(Candidate, team.dina.id).erased_at = db.session.get_one(Interview, 1).created_at
        db.session.commit()
    with in_rows(web):
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id)
    draft = begin(ada, nora.id)
    assert ada.get(f"{draft}/setup").value_of("Continue", "agenda") == ""


def test_phone_number_of_one_candidate_is_not_suggested_for_another(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id, phone="+41 44 668 1800")
    call = {"interview_type": "phone", "phone_number": "+44 20 7946 0999", "phone_caller": "team"}
    schedule_at_once(ada, team.dina.id, {"setup": {**call, "agenda": "A call"}})
    draft = begin(ada, omar.id)
    fields = ada.get(f"{draft}/setup").fields("Continue")
    assert fields["interview_type"] == ["phone"]
    assert fields["phone_number"] == ["+41 44 668 1800"]
    # The number that candidates dial is ours, and stays.
    call = {"interview_type": "phone", "number_to_call": "+44 20 7946 0999", "phone_caller": "candidate"}
    date = {"date-time": {"date": "2027-02-12"}}
    schedule_at_once(ada, team.dina.id, {"setup": {**call, "agenda": "A call"}, **date})
    draft = begin(ada, omar.id)
    fields = ada.get(f"{draft}/setup").fields("Continue")
    assert fields["number_to_call"] == ["+44 20 7946 0999"]
    assert fields["phone_number"] == ["+41 44 668 1800"]


def test_choosing_one_of_several_jobs_brings_its_last_choices_and_keeps_what_was_typed(
    web: Flask, team: Team, ada: Visitor
) -> None:
    first_interview(ada, team)
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        connect_on_paper(team.ada)
    ada.submit(ada.get(f"/candidates/{omar.id}"), "Add to job", status=303, job=team.other_job_id)
    draft = begin(ada, omar.id)
    page = ada.get(f"{draft}/setup")
    # No job is chosen just because it is the first in the list.
    assert page.fields("Continue")["job"] == [""]
    assert page.value_of("Continue", "agenda") == ""
    refused = ada.submit(page, "Continue", status=422, agenda="Mine")
    assert refused.error_at("job") == "Choose a job."
    jobs = {o.text: o["value"] for o in page.tree.all("option") if o.parent and o.parent.get("name") == "job"}

    def choose(page: Page, title: str, *, htmx: bool = False, **typed: str) -> Page:
        fields = {**page.fields("Continue"), "direction": "choose-job", "job": jobs[title], **typed}
        ada.post(f"{draft}/setup", fields, leads_to=f"{draft}/setup", htmx=htmx)
        return ada.get(f"{draft}/setup", htmx=htmx)

    page = choose(ada.get(f"{draft}/setup"), "Backend Engineer", agenda="")
    assert page.fields("Continue")["job"] == [jobs["Backend Engineer"]]
    assert page.value_of("Continue", "agenda") == "Ships and sails"
    assert "Ben hasn't connected Zoom, so your Zoom account will host." in page.text
    # The script sends the same; another job takes the choices of the first away again.
    page = choose(page, "Product Designer", htmx=True, password="s3cret")
    assert page.value_of("Continue", "agenda") == ""
    assert "Cleo hasn't connected Zoom, so your Zoom account will host." in page.text
    page = choose(page, "Backend Engineer", agenda="My own words")
    assert page.value_of("Continue", "agenda") == "My own words"
    assert page.value_of("Continue", "password") == "s3cret"
    ada.submit(page, "Continue", leads_to=f"{draft}/date-time")
    assert ada.get(f"{draft}/date-time").value_of("Continue", "duration_minutes") == "90"


# Schedule another like this


@pytest.mark.parametrize("place", ["candidates/{dina}", "jobs/{job}"])
def test_another_like_this_is_two_clicks_from_the_candidate_and_from_the_job(
    web: Flask, team: Team, ada: Visitor, place: str
) -> None:
    first_interview(ada, team)
    page = ada.get(f"/{place.format(dina=team.dina.id, job=team.job_id)}")
    [popup] = page.tree.all("a", lambda e: e.get("href") == "/interviews/1/details")
    page = ada.get(popup["href"], htmx=True)
    [another] = page.tree.all("a", lambda e: e.text == "Schedule another like this")
    assert path_of(another["href"]) == "/interviews/1/another"
    # There is no one to schedule it with once the job is closed.
    with in_rows(web):
        db.session.get_one(Job, team.job_id).is_open = False
        db.session.commit()
    for address in ("/interviews/1/details", "/interviews/1"):
        assert "another like this" not in ada.get(address).text


def copy(visitor: Visitor, interview_id: int, **changes: Any) -> str:
    """Press the button on the interview's page, choose the candidate, and return the new draft's address."""
    page = visitor.get(f"/interviews/{interview_id}")
    [button] = page.tree.all("a", lambda e: e.text == "Schedule another like this")
    page = visitor.get(path_of(button["href"]))
    answer = visitor.submit(page, "Continue", status=303, **changes)
    return path_of(answer.headers["Location"])


def test_copy_for_the_same_candidate_needs_a_time_and_nothing_else(
    web: Flask, team: Team, ada: Visitor
) -> None:
    first_interview(ada, team)
    draft = copy(ada, 1)
    page = ada.follow(ada.get(draft, leads_to=f"{draft}/date-time"))
    assert "Copied from Dina Kaur's interview." in page.text
    assert page.value_of("Continue", "duration_minutes") == "90"
    assert page.value_of("Continue", "timezone") == "Europe/Lisbon"
    assert page.value_of("Continue", "date") == "2027-02-02"
    send(ada, draft, "date-time", date="2027-02-12", timezone="Europe/Lisbon", direction="finalize")
    page = ada.get(f"{draft}/finalize")
    assert page.fields("Schedule Interview")["reminders"] == ["60"]
    ada.submit(page, "Schedule Interview", leads_to="/interviews/2")
    with in_rows(web):
        one, two = (db.session.get_one(Interview, number) for number in (1, 2))
        for name in ("application_id", "agenda", "title", "duration_minutes", "timezone", "interview_type"):
            assert getattr(one, name) == getattr(two, name), name
        assert two.requested_passcode == "s3cret-1"
        assert two.message_to_candidate == "For Dina alone"
        assert two.internal_notes == "About Dina alone"
        assert [a.email for a in two.attendees] == [a.email for a in one.attendees]


def test_copy_for_someone_else_leaves_out_what_was_for_one_person(
    web: Flask, team: Team, ada: Visitor
) -> None:
    first_interview(ada, team)
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        create_candidate("Nora Lund", "nora@mail.example", team.other_job_id)
    page = ada.get("/interviews/1/another")
    assert [o.text for o in page.tree.all("option")] == ["Dina Kaur", "Omar Haddad"]
    assert ada.submit(page, "Continue", status=422, application="99999").error_at("application")
    draft = copy(ada, 1, application=omar.application_id)
    # The passcode belonged to the other meeting, so Setup is asked, with everything else filled in.
    page = ada.follow(ada.get(draft, leads_to=f"{draft}/setup"))
    assert page.value_of("Continue", "password") == ""
    assert page.value_of("Continue", "agenda") == "Ships and sails"
    ada.submit(page, "Continue", leads_to=f"{draft}/date-time")
    send(ada, draft, "date-time", date="2027-02-12")
    page = ada.get(f"{draft}/details")
    assert page.value_of("Continue", "title") == "Backend Engineer Interview"
    assert page.value_of("Continue", "message_to_candidate") == ""
    assert page.value_of("Continue", "internal_notes") == ""
    walk_on(ada, draft, "finalize", {"date-time": {"date": "2027-02-12"}})
    send(ada, draft, "finalize")
    with in_rows(web):
        assert db.session.get_one(Interview, 2).candidate.name == "Omar Haddad"


def test_what_names_one_candidate_or_belongs_to_their_meeting_is_not_carried_to_another(
    web: Flask, team: Team, ada: Visitor
) -> None:
    named = {"setup": {**OTHER, "agenda": "Dina's portfolio"}, "details": {"title": "dina kaur, again"}}
    schedule_at_once(ada, team.dina.id, named)
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    suggested = ada.get(f"{begin(ada, omar.id)}/setup")
    assert suggested.value_of("Continue", "agenda") == ""
    draft = copy(ada, 1, application=omar.application_id)
    page = ada.follow(ada.get(draft, leads_to=f"{draft}/setup"))
    fields = page.fields("Continue")
    assert fields["agenda"] == fields["link_url"] == [""]
    assert fields["link_label"] == ["Webex"]
    ada.submit(page, "Continue", status=303, agenda="A portfolio", link_url="https://webex.example/omar")
    send(ada, draft, "date-time", date="2027-02-12", direction="finalize")
    page = ada.get(f"{draft}/finalize")
    assert "Backend Engineer Interview" in page.text
    assert "Dina" not in page.text.replace("Copied from Dina Kaur's interview.", "")

    with in_rows(web):
        interview = db.session.get_one(Interview, 1)
        interview.status = InterviewStatus.CANCELLED
        erase_candidate(None, db.session.get_one(Candidate, team.dina.id))
        db.session.commit()
        meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == 1)).one()
        assert (meeting.join_url, meeting.label) == (None, None)
    refused = ada.follow(ada.get("/interviews/1/another", status=303))
    assert "can't be repeated" in refused.messages


def test_copy_is_for_those_who_schedule_on_an_open_job(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, sign_in: SignIn
) -> None:
    first_interview(ada, team)
    # Cleo takes part and so sees the interview, but it is not her job.
    cleo = sign_in(team.cleo)
    cleo.get("/interviews/1/another", status=404)
    cleo.post("/interviews/1/another", {"application": str(team.dina.application_id)}, status=404)
    ben.get("/interviews/1/another")
    with in_rows(web):
        db.session.get_one(Job, team.job_id).is_open = False
        db.session.commit()
    assert "Schedule another like this" not in ben.get("/interviews/1").text
    page = ben.get("/interviews/1/another")
    assert "No one to schedule this with" in page.text
    ben.post("/interviews/1/another", {"application": str(team.dina.application_id)}, status=422)
