"""Changing anything about an interview in the dialog's own steps, and two people who do it at once."""

from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Interview, Mail, MailState, RevisionReason
from scheduling.plans import Participant
from tests.factories import Team, schedule
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

KIRAN = Participant("Kiran Rao", "kiran@mail.example")


@pytest.fixture
def interview_id(web: Flask, team: Team) -> int:
    """An interview by phone that everyone was invited to."""
    with in_rows(web):
        made = schedule(team.ada, team.dina, software=None, attendees=(KIRAN,), reminder_minutes=(60,))
        for mail in db.session.scalars(db.select(Mail)):
            mail.state = MailState.SENT
        db.session.commit()
        return made


def begin(visitor: Visitor, interview_id: int) -> Page:
    """The first step of changing it."""
    page = visitor.get(f"/interviews/{interview_id}/reschedule")
    # The button sends the same form to another address.
    [button] = page.tree.all("button", lambda e: e.text == "Change anything else")
    assert button["formaction"] == f"/interviews/{interview_id}/change"
    return visitor.follow(visitor.post(f"/interviews/{interview_id}/change", status=303))


def to_the_end(visitor: Visitor, page: Page, **changes: Any) -> Page:
    return visitor.follow(
        visitor.submit(page, "Save and go to Finalize", status=303, direction="finalize", **changes)
    )


def revision(web: Flask) -> tuple[int, RevisionReason, str]:
    with in_rows(web):
        [interview] = db.session.scalars(db.select(Interview))
        newest = interview.revisions[-1]
        return interview.revision, newest.reason, newest.words


def test_everything_is_filled_in_and_the_change_is_shown_before_it_is_saved(
    web: Flask, ada: Visitor, interview_id: int
) -> None:
    setup = begin(ada, interview_id)
    assert setup.heading == "Change Interview"
    assert "You're changing the interview with Dina Kaur" in setup.text
    assert setup.value_of("Continue", "agenda") == "Introduction, experience, questions"
    assert setup.value_of("Continue", "interview_type") == "phone"
    end = to_the_end(ada, setup, agenda="A case study")
    assert "What changes" in end.text
    assert "Introduction, experience, questions" in end.text
    done = ada.submit(
        end, "Save changes", words="New format.", leads_to=f"/interviews/{interview_id}", status=303
    )
    page = ada.follow(done)
    assert "Interview changed. No one has been told yet." in page.text
    assert "A case study" in page.text
    assert revision(web) == (1, RevisionReason.CHANGED, "New format.")
    undone = ada.follow(ada.submit(page, "Undo", status=303))
    assert "The interview is as it was." in undone.text
    assert revision(web)[0] == 0


def test_each_step_can_change_its_part(web: Flask, ada: Visitor, interview_id: int) -> None:
    setup = begin(ada, interview_id)
    draft = setup.address.rsplit("/", 1)[0]
    ada.submit(setup, "Continue", interview_type="in_person", address="Seefeldstrasse 12", status=303)
    people = ada.get(f"{draft}/attendees")
    assert "kiran@mail.example" in people.html
    to_the_end(ada, ada.get(f"{draft}/date-time"), duration_minutes="60")
    details = ada.get(f"{draft}/details")
    assert "Attachments" not in details.text
    end = to_the_end(ada, details, title="Second talk")
    for words in ("In person: Seefeldstrasse 12", "Second talk", "Phone: "):
        assert words in end.text
    letter = ada.get(f"{draft}/preview")
    assert "Updated: Interview" in letter.text
    ada.submit(end, "Save changes", reminders=[], status=303)
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        assert (row.address, row.duration_minutes, row.title) == ("Seefeldstrasse 12", 60, "Second talk")
        assert row.reminder_minutes == []


def test_nothing_different_is_said_and_a_second_click_continues_the_same_draft(
    web: Flask, ada: Visitor, interview_id: int
) -> None:
    setup = begin(ada, interview_id)
    again = begin(ada, interview_id)
    assert setup.address == again.address
    end = to_the_end(ada, setup)
    refused = ada.submit(end, "Save changes", status=422)
    assert "Nothing is different yet. Change something first." in refused.text
    assert revision(web)[0] == 0


def test_second_of_two_people_takes_over_what_the_first_did_and_loses_nothing(
    web: Flask, ada: Visitor, ben: Visitor, interview_id: int
) -> None:
    hers, his = begin(ada, interview_id), begin(ben, interview_id)
    end = to_the_end(ada, hers, agenda="A case study")
    details = ben.get(his.address.rsplit("/", 1)[0] + "/details")
    ben.submit(to_the_end(ben, details, title="Talk with Ben"), "Save changes", status=303)
    told = ada.submit(end, "Save changes", words="New format.", status=409)
    assert "Ben Frei changed the title" in told.text
    assert "A case study" in told.text
    assert "Talk with Ben" in told.text
    ada.submit(told, "Save changes", status=303)
    assert revision(web) == (2, RevisionReason.CHANGED, "New format.")
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        assert (row.title, row.agenda) == ("Talk with Ben", "A case study")


def test_interview_that_was_cancelled_meanwhile_is_not_changed(
    web: Flask, ada: Visitor, ben: Visitor, interview_id: int
) -> None:
    end = to_the_end(ada, begin(ada, interview_id), agenda="A case study")
    ben.submit(ben.get(f"/interviews/{interview_id}/cancel"), "Cancel interview", status=303)
    page = ada.follow(ada.submit(end, "Save changes", status=303))
    assert "so it can't be changed anymore." in page.text
    assert revision(web)[1] is RevisionReason.CANCELLED
