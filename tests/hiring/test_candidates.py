"""The candidate's page: details, jobs, notes, and who may do what there."""

import re
from collections.abc import Callable

import pytest

from extensions import db
from hiring.commands import add_application
from models import (
    Application,
    ApplicationNote,
    Attendee,
    Candidate,
    Interview,
    Job,
    Mail,
    MailState,
    ReaderRole,
    Role,
    Stage,
)
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import INVITATION
from scheduling.plans import Participant
from tests.factories import (
    CreatedCandidate,
    Member,
    Team,
    create_candidate,
    create_job,
    create_user,
    schedule,
)
from tests.hiring.conftest import Rows
from tests.pages.visitor import Visitor

DETAILS = {
    "name": "Dina Kaur",
    "email": "dina.kaur@mail.example",
    "phone": "+44 20 7946 0018",
    "timezone": "",
}


def address_of(candidate: CreatedCandidate, rest: str = "") -> str:
    return f"/candidates/{candidate.id}{rest}"


def application_address(team: Team, rest: str) -> str:
    return f"/candidates/{team.dina.id}/applications/{team.dina.application_id}/{rest}"


def test_details_are_corrected(rows: Rows, team: Team, ada: Visitor) -> None:
    page = ada.get(address_of(team.dina, "/edit")).html
    assert 'value="dina.kaur@mail.example"' in page
    changed = {
        "name": " Dina  K\u0101ur ",
        "email": "DINA@mail.example",
        "phone": "",
        "timezone": "Asia/Kolkata",
    }
    ada.post(address_of(team.dina, "/edit"), changed, status=303)
    with rows():
        dina = db.session.get_one(Candidate, team.dina.id)
        assert (dina.name, dina.name_key, dina.email) == ("Dina Kāur", "dina kaur", "dina@mail.example")
        assert (dina.phone, dina.timezone) == ("", "Asia/Kolkata")


@pytest.mark.parametrize(
    "typed", ["Asia/Calcutta", "asia/kolkata ", "Mumbai", "India Standard Time", "India", "IST (Mumbai)"]
)
def test_a_time_zone_is_read_as_people_write_it(rows: Rows, team: Team, ada: Visitor, typed: str) -> None:
    page = ada.get(address_of(team.dina, "/edit"))
    ada.submit(page, "Save", status=303, timezone=typed)
    assert ada.get(address_of(team.dina, "/edit")).fields("Save")["timezone"] == ["Asia/Kolkata"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter the candidate's name."),
        ("name", "x" * 121, "At most 120 characters."),
        ("email", "dina", "Enter an email address like"),
        ("email", "omar@mail.example", "There is already a candidate with this email address."),
        ("phone", "call me", "Enter a phone number"),
        ("timezone", "Mars/Olympus", "Enter a time zone, such as"),
    ],
)
def test_wrong_details_come_back_with_what_was_typed(
    rows: Rows, team: Team, ada: Visitor, field: str, value: str, words: str
) -> None:
    with rows():
        create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    answer = ada.post(address_of(team.dina, "/edit"), {**DETAILS, field: value}, status=422)
    page = answer.html
    assert words in answer.words
    if field != "timezone":
        assert value in page
    with rows():
        assert db.session.get_one(Candidate, team.dina.id).email == team.dina.email


def test_new_address_gets_the_waiting_mails_and_a_new_invitation(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    with rows():
        interview_id = schedule(team.ada, team.dina, software=None, reminder_minutes=(1440, 60))
        for mail in db.session.scalars(db.select(Mail).where(Mail.kind == INVITATION)):
            mail.state = MailState.SENT
        db.session.commit()
    page = ada.post(address_of(team.dina, "/edit"), {**DETAILS, "email": "dina@new.example"}, status=303)
    assert (
        "The invitations to the upcoming interview are being sent again"
        in ada.get(page.headers["Location"]).words
    )
    with rows():
        interview = db.session.get_one(Interview, interview_id)
        assert (interview.revision, interview.link_generation) == (1, 1)
        waiting = [mail for mail in interview.mails if mail.state is MailState.QUEUED]
        theirs = [mail for mail in waiting if mail.role is ReaderRole.CANDIDATE]
        assert sorted(Occasion.read(mail.occasion).minutes_before for mail in theirs) == [0, 60, 1440]
        assert {mail.address for mail in theirs} == {"dina@new.example"}
        invited = {mail.address for mail in waiting if mail.kind == INVITATION}
        assert invited == {"dina@new.example", team.ben.email}
        assert "Ada Berg corrected the candidate's email address" in [e.words for e in interview.timeline]


def test_new_name_alone_invites_no_one_again(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        interview_id = schedule(team.ada, team.dina, software=None)
    ada.post(address_of(team.dina, "/edit"), {**DETAILS, "name": "Dina Singh"}, status=303)
    with rows():
        interview = db.session.get_one(Interview, interview_id)
        assert interview.revision == 0
        assert {m.name for m in interview.mails if m.role is ReaderRole.CANDIDATE} == {"Dina Singh"}


@pytest.mark.parametrize("whose", ["attendee", "hiring manager"])
def test_address_of_someone_who_takes_part_is_refused(
    rows: Rows, team: Team, ada: Visitor, whose: str
) -> None:
    with rows():
        guest = Participant("Gil Stone", "gil@mail.example")
        interview_id = schedule(team.ada, team.dina, attendees=(guest,))
    taken = "gil@mail.example" if whose == "attendee" else team.ben.email
    answer = ada.post(address_of(team.dina, "/edit"), {**DETAILS, "email": taken}, status=422)
    assert "takes part in an upcoming interview" in answer.words
    with rows():
        assert db.session.get_one(Candidate, team.dina.id).email == team.dina.email
        assert db.session.get_one(Interview, interview_id).revision == 0
        assert db.session.scalars(db.select(Attendee.email)).all() == ["gil@mail.example"]


def test_no_job_is_chosen_unless_someone_asked_for_it(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        create_job("Data Analyst", team.ben)
    for address, button, name in (
        (address_of(team.dina), "Add to job", "job"),
        ("/candidates/new", "Add candidate", "job"),
        ("/candidates/import", "Review", "job"),
    ):
        page = ada.get(address)
        [field] = page.form(button).all("select", lambda e: e.get("name") == "job")
        assert field.all("option")[0].text == "Choose a job…", address
        assert page.value_of(button, name) == "", address
        assert ada.submit(page, button, status=422).error_at(name) == "Choose a job."
    ada.submit(ada.get(address_of(team.dina)), "Add to job", status=303, job=team.other_job_id)
    page = ada.get(address_of(team.dina))
    assert page.value_of("Add note", "application") == ""
    answer = ada.submit(page, "Add note", status=422, text="Whose?")
    assert answer.error_at("application") == "Choose a job."
    assert answer.value_of("Add note", "text") == "Whose?"


def test_candidate_is_put_on_another_job_and_taken_off_it(rows: Rows, team: Team, ada: Visitor) -> None:
    ada.post(address_of(team.dina, "/applications"), {"job": team.other_job_id}, status=303)
    with rows():
        [other] = db.session.scalars(db.select(Application.id).where(Application.job_id == team.other_job_id))
    assert "Product Designer" in ada.get(address_of(team.dina)).words
    ada.post(address_of(team.dina, f"/applications/{other}/remove"), status=303)
    assert "Dina Kaur is no longer on Product Designer." in ada.get(address_of(team.dina)).words
    with rows():
        assert db.session.get(Application, other) is None


def test_candidate_stays_on_a_job_with_interviews(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        schedule(team.ada, team.dina)
    assert "Remove from Backend Engineer" not in ada.get(address_of(team.dina)).html
    ada.post(application_address(team, "remove"), status=303)
    assert "has interviews for Backend Engineer, which are kept" in ada.get(address_of(team.dina)).words
    with rows():
        assert db.session.get(Application, team.dina.application_id) is not None


def test_hiring_manager_who_loses_sight_of_a_candidate_lands_on_the_list(team: Team, ben: Visitor) -> None:
    answer = ben.post(application_address(team, "remove"), status=303)
    assert answer.headers["Location"] == "/candidates"
    assert "Dina Kaur is no longer on Backend Engineer." in ben.get("/candidates").words


def test_note_is_added_and_shown_newest_first(rows: Rows, team: Team, ada: Visitor) -> None:
    for text in ("First impression: good", "Second\nlook: <b>better</b>"):
        ada.post(address_of(team.dina, "/notes"), {"text": text}, status=303)
    page = ada.get(address_of(team.dina)).html
    assert page.index("Second\nlook: &lt;b&gt;better&lt;/b&gt;") < page.index("First impression: good")
    answer = ada.post(address_of(team.dina, "/notes"), {"text": "  \n "}, status=422)
    assert "Write something first." in answer.words
    with rows():
        assert len(db.session.scalars(db.select(ApplicationNote)).all()) == 2


@pytest.mark.parametrize(
    ("role", "sees", "is_own"),
    [
        (Role.ADMIN, True, False),
        (Role.RECRUITER, True, False),
        (Role.INTERVIEWER, True, True),
        (Role.OBSERVER, False, False),
    ],
)
def test_notes_are_for_those_who_may_see_them(
    rows: Rows,
    team: Team,
    ada: Visitor,
    browser: Callable[[Member], Visitor],
    role: Role,
    sees: bool,
    is_own: bool,
) -> None:
    ada.post(address_of(team.dina, "/notes"), {"text": "salary 123456"}, status=303)
    with rows():
        colleague = create_user("Nora Falk", role)
        if is_own:
            schedule(
                team.ada, team.dina, attendees=(Participant(colleague.name, colleague.email, colleague.id),)
            )
    visitor = browser(colleague)
    assert ("salary 123456" in visitor.get(address_of(team.dina)).html) is sees
    visitor.post(address_of(team.dina, "/notes"), {"text": "mine"}, status=303 if sees else 403)


def test_hiring_manager_of_another_job_reaches_nothing_of_a_candidate(
    rows: Rows, team: Team, browser: Callable[[Member], Visitor]
) -> None:
    visitor = browser(team.cleo)
    for rest in ("", "/edit", "/erase"):
        visitor.get(address_of(team.dina, rest), status=404)
    for rest in ("/edit", "/erase", "/notes", "/applications"):
        visitor.post(address_of(team.dina, rest), {"text": "x", "job": team.other_job_id}, status=404)
    for rest in ("stage", "stage/1/undo", "remove"):
        visitor.post(application_address(team, rest), {"stage": "hired"}, status=404)
    # An application is reached through its own candidate only.
    with rows():
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
    visitor.post(
        f"/candidates/{omar.id}/applications/{team.dina.application_id}/stage", {"stage": "hired"}, status=404
    )
    with rows():
        assert db.session.get_one(Application, team.dina.application_id).stage is Stage.NEW


def test_job_page_leads_to_the_form_with_that_job_chosen(rows: Rows, team: Team, ada: Visitor) -> None:
    page = ada.get(f"/candidates/new?job={team.other_job_id}").html
    assert re.search(rf'<option selected value="{team.other_job_id}"', page)
    with rows():
        assert db.session.get_one(Job, team.other_job_id).is_open


def test_hiring_manager_cannot_turn_the_mail_of_other_peoples_jobs_to_another_address(
    rows: Rows, team: Team, ada: Visitor, ben: Visitor
) -> None:
    with rows():
        add_application(db.session.get_one(Candidate, team.dina.id), team.other_job_id)
        db.session.commit()
    moved = {**DETAILS, "email": "dina@elsewhere.example"}
    answer = ben.post(address_of(team.dina, "/edit"), moved, status=422)
    assert "Ask a recruiter" in answer.text
    # An address that serves no one else's job may be corrected by either.
    ben.post(
        address_of(team.dina, "/edit"),
        {**DETAILS, "email": team.dina.email, "phone": "+41 44 000 00 00"},
        status=303,
    )
    ada.post(address_of(team.dina, "/edit"), moved, status=303)
    with rows():
        assert db.session.get_one(Candidate, team.dina.id).email == "dina@elsewhere.example"
