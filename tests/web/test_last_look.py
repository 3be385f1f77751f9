"""A last look, in the dialog, at an interview whose time the candidate has chosen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, MeetingSoftware, Role
from scheduling.commands.time_slots import choose
from services import services
from tests.factories import Team, create_user, request_slots
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from tests.web.dialog_steps import send

AT_NINE = datetime(2027, 2, 10, 8, tzinfo=UTC)


@pytest.fixture
def accepted(web: Flask, team: Team) -> int:
    """An interview on Zoom at a time that Dina chose, which waits for a last look."""
    with in_rows(web):
        plan: dict[str, Any] = {"software": MeetingSoftware.ZOOM, "passcode": "s3cret-1", "title": "Talk"}
        times = (AT_NINE, AT_NINE + timedelta(days=1))
        made = request_slots(team.ada, team.dina, *times, at_once=False, agenda="A case study", **plan)
        interview = db.session.get_one(Interview, made)
        choose(interview, interview.slots[1].id, services().rules)
        db.session.commit()
        return made


def test_last_look_begins_with_everything_and_ends_in_scheduled(
    web: Flask, team: Team, ben: Visitor, accepted: int
) -> None:
    page = ben.get(f"/interviews/{accepted}")
    [button] = page.tree.all("button", lambda e: e.text == "Review first")
    assert button["formaction"] == f"/interviews/{accepted}/accept"
    end = ben.follow(ben.follow(ben.post(button["formaction"], status=303), status=303))
    assert end.heading == "Schedule Interview"
    assert "Dina Kaur chose" in end.text
    for words in ("A case study", "Talk", "Thursday, 11 February 2027, 09:00 CET", "Set"):
        assert words in end.text
    draft = end.address.rpartition("/")[0]
    setup = ben.get(f"{draft}/setup")
    assert setup.value_of("Continue", "password") == "s3cret-1"
    assert not setup.tree.all("input", lambda e: e.get("name") == "method")
    # A second click on the same button goes on with the same draft.
    again = ben.post(f"/interviews/{accepted}/accept", status=303)
    assert draft in again.headers["Location"]
    send(ben, draft, "details", title="Talk with Ben")
    first = ben.submit(ben.get(f"{draft}/finalize"), "Schedule Interview", status=303)
    assert "Interview scheduled." in ben.follow(first).text
    with in_rows(web):
        interview = db.session.get_one(Interview, accepted)
        assert (interview.status, interview.title) == (InterviewStatus.SCHEDULED, "Talk with Ben")
        assert interview.starts_at == AT_NINE + timedelta(days=1)
        assert interview.requested_passcode == "s3cret-1"
    twice = ben.submit(end, "Schedule Interview", status=303)
    assert twice.headers["Location"].endswith(f"/interviews/{accepted}")


def test_chosen_time_can_be_changed_at_the_last_look(web: Flask, ada: Visitor, accepted: int) -> None:
    end = ada.follow(ada.follow(ada.post(f"/interviews/{accepted}/accept", status=303), status=303))
    draft = end.address.rpartition("/")[0]
    send(ada, draft, "date-time", time="15:00")
    ada.submit(ada.get(f"{draft}/finalize"), "Schedule Interview", status=303)
    with in_rows(web):
        interview = db.session.get_one(Interview, accepted)
        assert (interview.status, interview.wall_time) == (InterviewStatus.SCHEDULED, "2027-02-10T15:00")


def test_last_look_is_over_once_someone_else_has_scheduled_it(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, accepted: int
) -> None:
    hers = ada.follow(ada.follow(ada.post(f"/interviews/{accepted}/accept", status=303), status=303))
    his = ben.follow(ben.follow(ben.post(f"/interviews/{accepted}/accept", status=303), status=303))
    assert "draft" in ada.get("/").text
    ben.submit(his, "Schedule Interview", status=303)
    page = ada.follow(ada.submit(hers, "Schedule Interview", status=303))
    assert "was scheduled or withdrawn meanwhile" in page.text
    page = ada.follow(ada.post(f"/interviews/{accepted}/accept", status=303))
    assert "there's no chosen time to schedule" in page.text
    # What is left of her draft is in no one's way.
    assert "1 draft" not in ada.get("/").text
    ada.follow(ada.post(f"/interviews/{accepted}/change", status=303))


def test_last_look_is_for_those_who_schedule(web: Flask, team: Team, sign_in: SignIn, accepted: int) -> None:
    with in_rows(web):
        observer = create_user("Olga Stein", Role.OBSERVER)
    sign_in(team.cleo).post(f"/interviews/{accepted}/accept", status=404)
    sign_in(observer).post(f"/interviews/{accepted}/accept", status=403)
