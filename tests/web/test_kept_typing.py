"""What is typed into a step and not continued with: kept when someone leaves, and never scheduled unseen."""

import io
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Draft, Interview, User
from tests.factories import Team
from tests.files_to_attach import PDF
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import STEPS, begin, draft_at, other_people, send, the_tick

pytestmark = pytest.mark.usefixtures("clock")

KEPT = "What you entered here is kept but not saved yet."

# For each step something that Continue would refuse, and something that it would accept.
TYPED: dict[str, dict[str, Any]] = {
    "setup": {"interview_type": "phone", "phone_number": "12", "agenda": ""},
    "date-time": {"date": "2027-02-30", "time": "14:45", "duration_minutes": "1", "timezone": "Asia/Tokyo"},
    "attendees": {"people": ["3"], **other_people(("Sam", "sam@"), ("Kim Lee", "kim@partner.example"))},
    "details": {"title": "", "message_to_candidate": "Bring\na drawing", "internal_notes": "Likes tea"},
    "finalize": {"reminders": ["60"], "reminders_to": ["dina.kaur@mail.example"]},
}


def shown(page: Page, step: str) -> dict[str, Any]:
    fields = page.fields("Schedule Interview" if step == "finalize" else "Continue")
    wanted = TYPED[step]
    return {name: fields.get(name, [""]) for name, value in wanted.items() if value}


def expected(step: str) -> dict[str, Any]:
    return {
        name: value if isinstance(value, list) else [value] for name, value in TYPED[step].items() if value
    }


@pytest.mark.parametrize("step", TYPED)
def test_back_keeps_what_was_typed_right_or_wrong(web: Flask, team: Team, ada: Visitor, step: str) -> None:
    draft = draft_at(ada, team.dina.id, step)
    button = "Schedule Interview" if step == "finalize" else "Continue"
    earlier = STEPS[STEPS.index(step) - 1]
    leads_to = f"/candidates/{team.dina.id}" if step == "setup" else f"{draft}/{earlier}"
    page = ada.get(f"{draft}/{step}")
    ada.submit(page, "Back", leads_to=leads_to, go="back", **TYPED[step])
    page = ada.get(f"{draft}/{step}")
    assert KEPT in page.text
    assert shown(page, step) == expected(step)
    assert not page.tree.all("p", lambda e: e.get("id").endswith("-error"))
    # It counts for nothing until someone continues with it.
    with in_rows(web):
        assert step not in db.session.scalars(db.select(Draft.payload)).one()
    if step != "finalize":
        ada.submit(page, button, status=422)


def test_leaving_without_typing_keeps_nothing(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "finalize", {"attendees": other_people(("Sam", "sam@x.example"))})
    for step in STEPS:
        page = ada.get(f"{draft}/{step}")
        back = STEPS[STEPS.index(step) - 1] if step != "setup" else None
        leads_to = f"{draft}/{back}" if back else f"/candidates/{team.dina.id}"
        ada.submit(page, "Back", leads_to=leads_to, go="back")
    with in_rows(web):
        assert db.session.scalars(db.select(Draft.typed)).one() == {}


def test_page_that_is_closed_or_reloaded_has_sent_what_was_typed(
    web: Flask, team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    for step in ("setup", "date-time", "attendees", "details"):
        page = ada.get(f"{draft}/{step}")
        fields = {**page.fields("Continue"), **TYPED[step]}
        ada.post(f"{draft}/{step}/typed", fields, status=204)
        # The page that is still open can be continued with: nothing that it shows became old.
        again = ada.get(f"{draft}/{step}")
        assert page.value_of("Continue", "version") == again.value_of("Continue", "version")
        assert shown(again, step) == expected(step)
    ada.get(draft, leads_to=f"{draft}/details")
    page = ada.get(f"{draft}/setup")
    ada.submit(page, "Go back to the saved version", leads_to=f"{draft}/setup", direction="forget")
    page = ada.get(f"{draft}/setup")
    assert KEPT not in page.text
    assert page.value_of("Continue", "agenda") == "Introduction, experience, questions"


def test_what_is_refused_is_kept_as_well(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    send(ada, draft, "setup", status=422, agenda="", password="much too long")
    assert ada.get(f"{draft}/setup").value_of("Continue", "password") == "much too long"
    # Something was started, and the page says so when Schedule Interview opens it again.
    assert begin(ada, team.dina.id) == draft
    assert "your unfinished interview" in ada.get(f"{draft}/setup?unfinished=1").text


def test_older_form_keeps_nothing_over_newer_answers(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    old = ada.get(f"{draft}/setup")
    send(ada, draft, "setup", agenda="Newer")
    ada.post(f"{draft}/setup/typed", {**old.fields("Continue"), "agenda": "Older"}, status=204)
    assert ada.get(f"{draft}/setup").value_of("Continue", "agenda") == "Newer"
    # Someone who leaves with a button sees both; someone who typed nothing is not held up.
    page = ada.submit(old, "Back", status=409, go="back", agenda="Older")
    assert page.heading == "This was changed in another tab"
    ada.submit(page, "Save what I just sent", leads_to=f"/candidates/{team.dina.id}")
    assert ada.get(f"{draft}/setup").value_of("Continue", "agenda") == "Older"


def test_steps_above_keep_on_the_way_back_and_ask_on_the_way_on(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "preview")
    page = ada.get(f"{draft}/attendees")
    ada.submit(page, "Setup (done)", leads_to=f"{draft}/setup", go="setup", people=[str(team.cleo.id)])
    page = ada.get(f"{draft}/attendees")
    assert page.fields("Continue")["people"] == [str(team.cleo.id)]
    page = ada.submit(page, "Details (done)", status=422, go="details", **other_people(("Sam", "sam@")))
    assert "isn't an email address" in page.text
    ada.submit(page, "Details (done)", leads_to=f"{draft}/details", go="details", **other_people())
    with in_rows(web):
        draft_row = db.session.scalars(db.select(Draft)).one()
        assert draft_row.payload["attendees"]["people"] == [str(team.cleo.id)]
        assert draft_row.typed == {}
    # If nothing was typed, nothing is asked: a clash that came up since is for Finalize.
    page = ada.get(f"{draft}/date-time")
    ada.submit(page, "5 Preview", leads_to=f"{draft}/preview", go="preview")


def test_what_was_left_is_not_scheduled_and_finalize_says_so(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "finalize", {"details": {"internal_notes": "Old notes"}})
    page = ada.get(f"{draft}/details?from=finalize")
    ada.submit(page, "Back", leads_to=f"{draft}/finalize", go="back", internal_notes="New notes")
    for step in ("preview", "finalize"):
        page = ada.get(f"{draft}/{step}")
        assert "What you last entered on Details isn't part of this interview yet." in page.text
    assert "Old notes" in page.text
    assert "New notes" not in page.text
    [entry] = page.tree.all("li", lambda e: e.text.startswith("Details") and "step" in e.get("class"))
    assert "(needs attention)" in entry.text
    # Going on with it makes it part of the interview.
    [review] = page.tree.all("a", lambda e: e.text == "Review Details")
    page = ada.get(review["href"])
    ada.submit(page, "Save and go to Finalize", leads_to=f"{draft}/finalize")
    page = ada.get(f"{draft}/finalize")
    assert "last typed" not in page.text
    assert "New notes" in page.text
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")
    with in_rows(web):
        assert db.session.get_one(Interview, 1).internal_notes == "New notes"


def test_chosen_files_are_kept_on_the_way_back(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    page = ada.get(f"{draft}/details")
    ada.submit(
        page,
        "Back",
        leads_to=f"{draft}/attendees",
        go="back",
        internal_notes="Likes tea",
        files=[(io.BytesIO(PDF), "cv.pdf"), (io.BytesIO(b"MZ"), "cv.exe")],
    )
    page = ada.get(f"{draft}/attendees")
    assert "cv.exe" in page.messages
    page = ada.get(f"{draft}/details")
    assert "cv.pdf" in page.text
    assert page.value_of("Continue", "internal_notes") == "Likes tea"


def test_accepted_clash_stays_accepted_on_the_way_back(web: Flask, team: Team, ada: Visitor) -> None:
    first = draft_at(ada, team.dina.id, "finalize")
    send(ada, first, "finalize")
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422)
    tick = the_tick(page)
    ada.submit(page, "Back", leads_to=f"{draft}/setup", go="back", accepted_clashes=tick)
    page = ada.get(f"{draft}/date-time")
    assert page.value_of("Continue", "accepted_clashes") == tick
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees")


def test_choice_that_left_since_it_was_typed_is_not_replaced_by_another(
    web: Flask, team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    page = ada.get(f"{draft}/attendees")
    ada.submit(page, "Back", leads_to=f"{draft}/date-time", go="back", hiring_manager=str(team.cleo.id))
    assert ada.get(f"{draft}/attendees").fields("Continue")["hiring_manager"] == [str(team.cleo.id)]
    with in_rows(web):
        db.session.get_one(User, team.cleo.id).is_active = False
        db.session.commit()
    page = ada.get(f"{draft}/attendees")
    assert page.fields("Continue")["hiring_manager"] == [""]
    page = ada.submit(page, "Continue", status=422)
    assert page.error_at("hiring_manager") == "Choose a hiring manager."
