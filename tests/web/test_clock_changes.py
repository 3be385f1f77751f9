"""Hours that the clocks skip or strike twice are asked about in the dialog, and the answer is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from extensions import db
from models import Interview
from tests.factories import Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from tests.web.dialog_steps import draft_at, send


@pytest.mark.usefixtures("clock")
def test_skipped_hour_is_refused_with_the_hours_that_exist(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="2027-03-28", time="02:30")
    assert "after 01:59 comes 03:00" in page.error_at("time")
    assert page.value_of("Continue", "time") == "02:30"
    send(ada, draft, "date-time", date="2027-03-28", time="03:00")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("answer", "hour"), [("2027-10-31T00:30Z", 0), ("2027-10-31T01:30Z", 1)])
def test_repeated_hour_is_asked_about_and_the_answer_is_kept(
    team: Team, ada: Visitor, answer: str, hour: int
) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="2027-10-31", time="02:30")
    assert "this time happens twice" in page.error_at("time")
    assert "The first, CEST (00:30 UTC)" in page.text
    assert "The second, CET (01:30 UTC)" in page.text
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", occurrence=answer)
    page = ada.get(f"{draft}/date-time")
    assert page.value_of("Continue", "occurrence") == answer
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees")
    walk_on_from_attendees(ada, draft)
    with in_rows(ada.app):
        interview = db.session.get_one(Interview, 1)
        assert interview.starts_at == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
        assert interview.wall_time == "2027-10-31T02:30"


def walk_on_from_attendees(visitor: Visitor, draft: str) -> None:
    for step in ("attendees", "details", "preview", "finalize"):
        send(visitor, draft, step)


@pytest.mark.usefixtures("clock")
def test_answer_for_a_repeated_hour_is_forgotten_when_the_time_is_not_repeated(
    team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="2027-10-31", time="02:30")
    second = choices(page)[1]
    page = ada.submit(page, "Continue", status=303, occurrence=second, time="05:00")
    assert choices(ada.get(f"{draft}/date-time")) == []


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("moved", [{"date": "2028-10-29"}, {"timezone": "Europe/London", "time": "01:45"}])
def test_answer_for_a_repeated_hour_says_nothing_about_another_day_or_zone(
    team: Team, ada: Visitor, moved: dict[str, str]
) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="2027-10-31", time="02:30")
    first, second = choices(page)
    ada.submit(page, "Continue", status=303, occurrence=second)
    typed = {
        "date": "2027-10-31",
        "time": "02:30",
        "timezone": "Europe/Zurich",
        "occurrence": second,
        **moved,
    }
    query = "&".join(f"{name}={value}" for name, value in typed.items())
    # While it is typed, the question follows: other answers, none of them given.
    look = ada.get(f"{draft}/date-time/look?{query}", htmx=True)
    assert len(set(choices(look)) - {first, second}) == 2
    assert not look.tree.all("input", lambda e: e.get("type") == "radio" and "checked" in e.attributes)
    page = send(ada, draft, "date-time", status=422, **typed)
    assert "this time happens twice" in page.error_at("time")
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", occurrence=choices(page)[0])


def choices(page: Page) -> list[str]:
    return [radio["value"] for radio in page.tree.all("input", lambda e: e.get("name") == "occurrence")]


def test_time_counts_as_past_from_the_moment_it_begins(clock: Clock, team: Team, sign_in: SignIn) -> None:
    clock.now = datetime(2027, 2, 10, 8, 0, tzinfo=UTC)
    ada = sign_in(team.ada)
    draft = draft_at(ada, team.dina.id, "date-time")
    assert "has passed" in send(ada, draft, "date-time", status=422).error_at("time")
    clock.now -= timedelta(seconds=1)
    send(ada, draft, "date-time")
