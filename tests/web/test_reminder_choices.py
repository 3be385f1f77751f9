"""On Finalize one chooses which reminders leave, and to whom."""

from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Job, Mail
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import REMINDER
from tests.factories import Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import begin, draft_at, other_people, send, walk_on

pytestmark = pytest.mark.usefixtures("clock")

SAM = "sam@partner.example"
ANSWERS: dict[str, dict[str, Any]] = {
    "setup": {"interview_type": "phone", "phone_number": "+44 20 7946 0018"},
    "attendees": other_people(("Sam Ortiz", SAM)),
}


def reminders(app: Flask) -> set[tuple[str, int]]:
    with in_rows(app):
        rows = db.session.scalars(db.select(Mail).where(Mail.kind == REMINDER))
        return {(row.address, Occasion.read(row.occasion).minutes_before) for row in rows}


def ticked(page: Page, name: str) -> list[str]:
    return page.fields("Schedule Interview").get(name, [])


def test_each_time_and_each_person_has_a_check_box(web: Flask, ada: Visitor, team: Team) -> None:
    draft = draft_at(ada, team.dina.id, "finalize", ANSWERS)
    page = ada.get(f"{draft}/finalize")
    assert ticked(page, "reminders") == ["1440", "60"]
    assert ticked(page, "reminders_to") == [team.dina.email, team.ben.email, SAM]
    assert "Sam Ortiz (guest)" in page.text
    send(ada, draft, "finalize", reminders=["60"], reminders_to=[team.dina.email, SAM])
    # The scheduler gets a copy of the candidate's.
    assert reminders(web) == {(team.dina.email, 60), (SAM, 60), (team.ada.email, 60)}


def test_scheduler_gets_no_copy_of_what_the_candidate_does_not_get(
    web: Flask, ada: Visitor, team: Team
) -> None:
    draft = draft_at(ada, team.dina.id, "finalize", ANSWERS)
    send(ada, draft, "finalize", reminders=["60"], reminders_to=[SAM])
    assert reminders(web) == {(SAM, 60)}


def _line_of_reminders(page: Page) -> str:
    [line] = page.tree.all("span", lambda e: e.get("class") == "reminders-words")
    return line.text


def test_reminder_whose_time_is_past_is_not_announced(
    ada: Visitor, ben: Visitor, team: Team, clock: Clock
) -> None:
    why = "The interview is in less than 24 hours."
    later = draft_at(ada, team.dina.id, "finalize", ANSWERS)
    page = ada.get(f"{later}/finalize")
    assert _line_of_reminders(page) == "24 hours and 1 hour before, to everyone"
    assert why not in page.words
    # In three hours: one is too late, which the line, the choice and the notice say alike.
    soon = {**ANSWERS, "date-time": {"date": "2027-02-01", "time": "16:00"}}
    draft = draft_at(ben, team.dina.id, "finalize", soon)
    page = ben.get(f"{draft}/finalize")
    assert _line_of_reminders(page) == "1 hour before, to everyone"
    assert f"No reminder 24 hours before. {why}" in page.words
    assert f"24 hours before the interview {why}" in page.words
    # It stays chosen, for when the interview is moved to a later time.
    assert ticked(page, "reminders") == ["1440", "60"]
    interview = ben.follow(send(ben, draft, "finalize", reminders=["1440", "60"]))
    assert "No reminder 24 hours before" in interview.words
    assert "The interview was already less than 24 hours away." in interview.words


def test_no_reminder_is_announced_if_all_of_them_are_too_late(ada: Visitor, team: Team, clock: Clock) -> None:
    soon = {**ANSWERS, "date-time": {"date": "2027-02-01", "time": "13:30"}}
    page = ada.get(f"{draft_at(ada, team.dina.id, 'finalize', soon)}/finalize")
    assert _line_of_reminders(page) == "None"
    assert "No reminder 1 hour before. The interview is in less than 1 hour." in page.words


@pytest.mark.parametrize("nothing", [{"reminders": None}, {"reminders_to": None}])
def test_without_a_check_mark_no_reminder_leaves(
    web: Flask, ada: Visitor, team: Team, nothing: dict[str, Any]
) -> None:
    draft = draft_at(ada, team.dina.id, "finalize", ANSWERS)
    send(ada, draft, "finalize", **nothing)
    assert reminders(web) == set()


def test_refused_finalize_remembers_the_check_marks_and_reminds_people_added_since(
    web: Flask, ada: Visitor, ben: Visitor, team: Team, clock: Clock
) -> None:
    draft = draft_at(ada, team.dina.id, "finalize", ANSWERS)
    page = ada.get(f"{draft}/finalize")
    send(ben, draft_at(ben, team.dina.id, "finalize", ANSWERS), "finalize")
    # Meanwhile the others have an interview at that time, which has to be reviewed first.
    ada.submit(page, "Schedule Interview", status=422, reminders=["60"], reminders_to=[team.ben.email])
    rows = other_people(("Sam Ortiz", SAM), ("Uma Noor", "uma@partner.example"))
    send(ada, draft, "date-time", time="15:00")
    send(ada, draft, "attendees", **rows)
    page = ada.get(f"{draft}/finalize")
    assert ticked(page, "reminders") == ["60"]
    assert ticked(page, "reminders_to") == [team.ben.email, "uma@partner.example"]


def test_check_marks_are_kept_when_the_job_was_closed_meanwhile(web: Flask, ada: Visitor, team: Team) -> None:
    dina = f"/candidates/{team.dina.id}"
    ada.submit(ada.get(dina), "Add to job", status=303, job=team.other_job_id)
    draft = begin(ada, team.dina.id)
    jobs = {option.text: option["value"] for option in ada.get(f"{draft}/setup").tree.all("option")}
    setup = {**ANSWERS["setup"], "job": jobs["Backend Engineer"]}
    walk_on(ada, draft, "finalize", {**ANSWERS, "setup": setup})
    page = ada.get(f"{draft}/finalize")
    with in_rows(web):
        db.session.get_one(Job, team.job_id).is_open = False
        db.session.commit()
    answer = ada.submit(page, "Schedule Interview", status=303, reminders=["60"], reminders_to=[SAM])
    setup_again = ada.follow(answer)
    ada.submit(setup_again, "Save and go to Finalize", status=303, job=jobs["Product Designer"])
    page = ada.get(f"{draft}/finalize")
    assert ticked(page, "reminders") == ["60"]
    assert ticked(page, "reminders_to") == [SAM]
