"""Adding jobs and candidates: what is kept, what is refused, and that hostile text does nothing."""

from typing import Any
from unicodedata import normalize

import pytest
from flask import Flask

from extensions import db
from models import Application, Candidate, Job, User
from tests.factories import Team, create_candidate, create_job, create_team
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, other_people, send

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "attribute": "' autofocus onfocus='alert(1)",
    "template": "{{7*7}}{% raise %}${7*7}#{7*7}",
    "address": "javascript:alert(document.cookie)",
    "entities": "&lt;b&gt; &amp; &#0; &#x202e;",
    "quotes": "Robert'); DROP TABLE candidates;--",
    "format": "%s %n {0} {name!r}",
    "emoji": "👩🏽‍💻🇨🇭 Ünïcødé 漢字",
    "right to left": "שלום \u202egnp.exe\u202c عربى",
    "controls": "a\x00b\x01c\x07d\x1be\x7ff\u2028g",
    "lines": "one\r\nBcc: everybody@mail.example\r\n\r\nbody",
    "closing": "]]>--></title></textarea></style>",
    "combining": "Z\u0351\u036b\u0343a\u0321\u0358l\u0489go" + "\u0301" * 40,
}


def test_job_is_added_with_what_was_typed(web: Flask, team: Team, ada: Visitor) -> None:
    page = ada.get("/jobs/new")
    assert page.value_of("Add job", "hiring_manager") == str(team.ada.id)
    answer = ada.submit(
        page,
        "Add job",
        status=303,
        title="  Data   Analyst ",
        department="Research",
        location="Bern",
        hiring_manager=team.ben.id,
    )
    page = ada.follow(answer)
    assert page.heading == "Data Analyst"
    assert "Data Analyst is open" in page.messages
    assert "Ben Frei" in page.text
    assert "Data Analyst" in ada.get("/jobs").text


REFUSED_JOBS = [
    ("title", "", "Enter the job's title"),
    ("title", " \t ", "Enter the job's title"),
    ("title", "x" * 161, "160"),
    ("department", "x" * 121, "120"),
    ("location", "x" * 121, "120"),
    ("hiring_manager", "9999", "Choose one of these"),
    ("hiring_manager", "nobody", "Choose one"),
]


def test_impossible_job_is_refused_beside_its_field(web: Flask, team: Team, ada: Visitor) -> None:
    page = ada.get("/jobs/new")
    for field, typed, words in REFUSED_JOBS:
        fields: dict[str, Any] = {"title": "Data Analyst", "department": "Research", field: typed}
        answer = ada.submit(page, "Add job", status=422, **fields)
        assert words in answer.error_at(field), f"{field} {typed}"
        if field != "department":
            assert answer.value_of("Add job", "department") == "Research"
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Job.id))) == 2


def test_job_cannot_go_to_someone_who_left(web: Flask, team: Team, ada: Visitor) -> None:
    page = ada.get("/jobs/new")
    with in_rows(web):
        db.session.get_one(User, team.ben.id).is_active = False
        db.session.commit()
    page = ada.submit(page, "Add job", status=422, title="Data Analyst", hiring_manager=team.ben.id)
    assert page.error_at("hiring_manager")


def test_candidate_is_added_to_the_job_whose_page_one_came_from(web: Flask, team: Team, ada: Visitor) -> None:
    [link] = ada.get(f"/jobs/{team.other_job_id}").tree.all("a", lambda e: e.text == "Add candidate")
    page = ada.get(link["href"])
    assert page.value_of("Add candidate", "job") == str(team.other_job_id)
    answer = ada.submit(
        page,
        "Add candidate",
        status=303,
        name="Nora Lund",
        email=" Nora.LUND@Mail.Example ",
        phone="+41 (44) 668 18-00",
        timezone="America/New_York",
    )
    page = ada.follow(answer)
    assert page.heading == "Nora Lund"
    assert "nora.lund@mail.example" in page.text
    assert "America/New York" in page.text
    with in_rows(web):
        [application] = db.session.scalars(
            db.select(Application).join(Application.candidate).where(Candidate.name == "Nora Lund")
        )
        assert application.job_id == team.other_job_id


REFUSED_CANDIDATES = [
    ("name", "", "Enter the candidate's name"),
    ("name", "\u202e\x00\x07", "Enter the candidate's name"),
    ("name", "x" * 121, "120"),
    ("email", "", "Enter the candidate's email"),
    ("email", "nora", "like dina@mail.example"),
    ("email", "nora@localhost", "like dina@mail.example"),
    ("email", "nora@mail.example, x@y.example", "There are 2 here."),
    ("email", "nora@mail.example\r\nBcc: x@y.example", "like dina@mail.example"),
    ("email", "x" * 250 + "@mail.example", "like dina@mail.example"),
    ("email", "Dina.Kaur@MAIL.example", "already a candidate"),
    ("phone", "call me", "Enter a phone number, such as"),
    ("phone", "javascript:alert(1)", "Enter a phone number, such as"),
    ("phone", "1" * 41, "Enter a phone number, such as"),
    ("timezone", "../../etc/passwd", "Enter a time zone, such as"),
    ("job", "9999", "Choose one of these"),
    ("job", "", "Choose a job."),
]


def test_impossible_candidate_is_refused_beside_its_field(web: Flask, team: Team, ada: Visitor) -> None:
    right: dict[str, Any] = {
        "name": "Nora Lund",
        "email": "nora@mail.example",
        "phone": "+41 44 668 18 00",
        "job": str(team.job_id),
    }
    page = ada.get("/candidates/new")
    for field, typed, words in REFUSED_CANDIDATES:
        answer = ada.submit(page, "Add candidate", status=422, **{**right, field: typed})
        assert words in answer.error_at(field), f"{field} {typed}"
        for name, value in right.items():
            if name != field:
                assert answer.value_of("Add candidate", name) == value
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Candidate.id))) == 1


def test_candidate_with_a_name_or_number_that_is_there_already_is_pointed_out(
    web: Flask, team: Team, ada: Visitor
) -> None:
    def add(**fields: Any) -> str:
        ada.submit(ada.get("/candidates/new"), "Add candidate", status=303, job=team.job_id, **fields)
        return ada.get("/candidates").words

    already = "You already had a candidate with the same"
    number = "+41 44 668 18 00"
    assert already not in add(name="Nora Lund", email="nora@mail.example", phone=number)
    assert f"{already} name. Nora Lund, nora@mail.example" in add(name="nora LUND", email="nora@work.example")
    said = add(name="Nora Holm", email="nora.holm@mail.example", phone="+41446681800")
    assert f"{already} phone number. Nora Lund, nora@mail.example" in said
    said = add(name="Nora Holm", email="holm@mail.example", phone=number)
    assert f"{already} name or phone number. Nora Holm, nora.holm@mail.example" in said
    assert already not in add(name="Nora", email="nora@home.example")


def test_person_alike_whom_a_hiring_manager_may_not_see_is_not_named(web: Flask, team: Team) -> None:
    with in_rows(web):
        elsewhere = create_job("Elsewhere", team.ada)
        create_candidate("Nora Lund", "nora@mail.example", elsewhere)
    ben = Visitor(web).enter(team.ben)
    page = ben.get("/candidates/new")
    ben.submit(page, "Add candidate", status=303, name="Nora Lund", email="n@mail.example", job=team.job_id)
    assert "You already had" not in ben.get("/candidates").words


def test_addresses_that_are_unusual_but_right_are_taken(web: Flask, team: Team, ada: Visitor) -> None:
    unusual = ("o'neil+jobs@mail.test", "nora@intranet.local", "ñora@bücher.example", "a@b.co")
    # The last one as mail programs copy it.
    for email in (*unusual, "Nora <nora@mail.example>"):
        fields: dict[str, Any] = {"name": "Nora", "email": email, "job": team.job_id}
        ada.submit(ada.get("/candidates/new"), "Add candidate", status=303, **fields)


def test_closed_job_takes_no_candidates(web: Flask, team: Team, ada: Visitor) -> None:
    page = ada.get("/candidates/new")
    with in_rows(web):
        closed = create_job("Closed Job", team.ben, is_open=False)
        db.session.get_one(Job, team.other_job_id).is_open = False
        db.session.commit()
    for job in (closed, team.other_job_id):
        answer = ada.submit(
            page, "Add candidate", status=422, name="Nora", email="nora@mail.example", job=job
        )
        assert answer.error_at("job")
    there = f"/candidates/{team.dina.id}/applications"
    assert ada.post(there, {"job": str(closed)}, status=422).error_at("job") == "Choose one of these."
    assert not ada.get(f"/jobs/{closed}").tree.all("a", lambda e: e.text == "Add candidate")
    with in_rows(web):
        db.session.get_one(Job, team.job_id).is_open = False
        db.session.commit()
    page = ada.get(f"/candidates/{team.dina.id}")
    assert "isn't on any of your open jobs" in page.text
    answer = ada.post(f"/candidates/{team.dina.id}/schedule", leads_to=f"/candidates/{team.dina.id}")
    assert "open job first" in ada.follow(answer).messages


def test_candidate_is_put_on_a_job_once(web: Flask, team: Team, ada: Visitor) -> None:
    there = f"/candidates/{team.dina.id}/applications"
    for _ in range(2):
        ada.post(there, {"job": str(team.other_job_id)}, leads_to=f"/candidates/{team.dina.id}")
    page = ada.get(f"/candidates/{team.dina.id}")
    assert not page.has_button("Add to job")
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Application.id))) == 2


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("start", [0, 7])
def test_hostile_text_goes_through_every_field_and_does_nothing(app: Flask, start: int) -> None:
    kinds = [*HOSTILE, *HOSTILE]
    title, department, location, name, agenda, heading, message, notes = (
        HOSTILE[kind] for kind in kinds[start : start + 8]
    )
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    page = ada.get("/jobs/new")
    job = ada.follow(
        ada.submit(page, "Add job", status=303, title=title, department=department, location=location)
    )
    page = ada.get(f"/candidates/new?job={job.address.rpartition('/')[2]}")
    candidate = ada.follow(
        ada.submit(page, "Add candidate", status=303, name=name, email="target@mail.example")
    )
    answers = {
        "setup": {"agenda": agenda},
        "attendees": other_people(("Sam", "sam@partner.example")),
        "details": {"title": heading, "message_to_candidate": message, "internal_notes": notes},
    }
    draft = draft_at(ada, int(candidate.address.rpartition("/")[2]), "finalize", answers)
    there = [f"{draft}/{step}" for step in ("setup", "attendees", "details", "preview", "letters/0")]
    pages = [job, candidate, *(ada.get(address) for address in there)]
    made = ada.follow(send(ada, draft, "finalize"))
    pages += [made, *(ada.get(address) for address in ("/", "/jobs", "/candidates", "/interviews"))]
    for page in pages:
        # Every page was checked for scripts, handlers and links that run code when it was fetched.
        assert "<script>alert" not in page.html
        assert not page.tree.all("img", lambda e: e.get("src") == "x")
        assert not any(character in page.html for character in "\x00\x01\x07\x1b\x7f\u2028\u202e")
    everything = " ".join(page.text for page in pages)
    if HOSTILE["template"] in (title, department, location, name, agenda, heading, message, notes):
        assert "{{7*7}}" in everything
        assert "49" not in made.tree.with_id("main").text  # type: ignore[union-attr]


def test_hostile_text_that_is_refused_is_shown_again_as_text(team: Team, ada: Visitor) -> None:
    page = ada.get("/candidates/new")
    for text in HOSTILE.values():
        answer = ada.submit(page, "Add candidate", status=422, name=text, phone=text, email=text)
        assert "<script>alert" not in answer.html
        shown = "".join(
            c for c in text.replace("\u2028", "\n") if c not in "\x00\x01\x07\x1b\x7f\u202c\u202e"
        )
        # Names are stored in composed form, so that two that look the same are the same.
        assert answer.value_of("Add candidate", "name").split() == normalize("NFC", shown).split()
