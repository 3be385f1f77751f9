"""Interviews whose time the candidate is asked to choose, in the pages that show interviews of all kinds."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, RequestState, Role
from scheduling import slots
from tests.factories import Team, create_user
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.request_steps import asked, buttons, chosen, none_fit, on_day, status


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    """The clock is stopped, before anyone signs in."""


def rows(page: Page) -> list[str]:
    """What the list of requests says, without the people."""
    [found] = page.tree.all("ul", lambda e: "time-requests" in e.get("class").split())
    return [row.all("div")[0].text for row in found.all("li")]


def test_tab_of_requests_says_how_each_stands(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    assert "No requested interviews" in ada.get("/interviews?status=requested").text
    interview_id = asked(web, team, on_day(clock, 2), on_day(clock, 20))
    clock.move(timedelta(days=2))
    ada.enter(team.ada)
    [row] = rows(ada.get("/interviews?status=requested"))
    assert row == "Dina Kaur Backend Engineer 2 times offered · asked 2 days ago · no answer yet"
    none_fit(web, interview_id)
    page = ada.get("/interviews?status=requested&view=cards")
    [row] = rows(page)
    assert row.endswith("· none fits")
    assert "Answer Dina Kaur" in buttons(page)
    [answer] = page.tree.all("a", lambda e: e.text == "Answer Dina Kaur")
    assert answer["href"] == f"/interviews/{interview_id}"


def test_expired_request_is_sent_again_from_its_row(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    asked(web, team, on_day(clock, 20), on_day(clock, 30))
    clock.move(slots.OPEN_FOR)
    ada.enter(team.ada)
    page = ada.get("/interviews?status=requested")
    assert "Link expired" in page.text
    page = ada.follow(ada.submit(page, "Send again to Dina Kaur", leads_to="/interviews?status=requested"))
    assert "Link expired" not in page.text
    clock.move(timedelta(days=16))
    ada.enter(team.ada)
    page = ada.get("/interviews?status=requested")
    assert "Offer other times to Dina Kaur" in buttons(page)


def test_chosen_time_is_scheduled_from_its_row(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    assert "No accepted interviews" in ada.get("/interviews?status=accepted").text
    interview_id = asked(web, team, on_day(clock, 2))
    chosen(web, interview_id)
    page = ada.get("/interviews?status=accepted")
    [row] = rows(page)
    assert row == "Dina Kaur Backend Engineer Chose Wed 3 Feb, 10:00 CET · just now"
    answer = ada.submit(page, "Schedule the interview with Dina Kaur", leads_to="/interviews?status=accepted")
    assert "Interview scheduled." in ada.follow(answer).text
    assert status(web, interview_id)[0] is InterviewStatus.SCHEDULED
    with in_rows(web):
        observer = create_user("Olaf Berg", Role.OBSERVER)
    chosen(web, asked(web, team, on_day(clock, 4)))
    page = Visitor(web).enter(observer).get("/interviews?status=accepted")
    assert len(rows(page)) == 1
    assert "Schedule the interview with Dina Kaur" not in buttons(page)


def attention(page: Page) -> list[tuple[str, str, str]]:
    """What needs attention: the words, the button's label, and where it leads."""
    lists = page.tree.all("ul", lambda e: "attention" in e.get("class").split())
    found = [row for each in lists for row in each.all("li")]
    links = [row.all("a", lambda e: "btn" in e.get("class").split()) for row in found]
    return [
        (row.all("span", lambda e: e.get("class") == "row-title")[0].text, link.text, link["href"])
        for row, [link] in zip(found, links, strict=True)
    ]


def test_dashboard_names_what_the_team_owes(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    interview_id = asked(web, team, on_day(clock, 4), on_day(clock, 20))
    page, times = f"/interviews/{interview_id}", f"/interviews/{interview_id}/other-times"
    assert attention(ada.get("/")) == []
    clock.move(slots.OPEN_FOR - timedelta(hours=3))
    ada.enter(team.ada)
    assert attention(ada.get("/")) == [
        (
            "Dina Kaur has one day or less to choose a time, asked 13 days ago",
            "Offer other times for Dina Kaur",
            times,
        )
    ]
    none_fit(web, interview_id)
    clock.move(timedelta(hours=3))
    assert attention(ada.get("/")) == [
        ("None of the times work for Dina Kaur, they said 3 hours ago", "Answer for Dina Kaur", page)
    ]
    with in_rows(web):
        db.session.get_one(Interview, interview_id).answers[0].state = RequestState.WITHDRAWN
        db.session.commit()
    expired = "Dina's link to choose a time has expired, asked 14 days ago"
    assert attention(ada.get("/")) == [(expired, "Send again for Dina Kaur", page)]
    ada.post(f"{page}/send-request-again", {}, status=303)
    chosen(web, interview_id, 1)
    shown = ada.get("/")
    assert attention(shown) == [("Dina Kaur chose a time just now", "Schedule for Dina Kaur", page)]
    with in_rows(web):
        observer = create_user("Olaf Berg", Role.OBSERVER)
    assert attention(Visitor(web).enter(observer).get("/")) == []


def test_other_pages_say_that_the_candidate_is_asked_or_has_chosen(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2, 14), on_day(clock, 3))
    pages = {
        "candidate": f"/candidates/{team.dina.id}",
        "job": f"/jobs/{team.job_id}",
        "candidates": "/candidates",
        "search": "/search?q=dina",
        "picker": "/interviews/new?q=dina",
    }
    for name, address in pages.items():
        assert "Asked for a time" in ada.get(address).text, name
    assert "2 times to choose from, 45 minutes" in ada.get(f"/interviews/{interview_id}/details").text
    calendar = f"/calendar/agenda/{on_day(clock, 1):%Y-%m-%d}?whose=everyone"
    assert "Dina Kaur" not in ada.get(calendar).text
    chosen(web, interview_id)
    for name in ("job", "candidates", "search", "picker"):
        assert "Chose Wed 15:00 CET" in ada.get(pages[name]).text, name
    assert "Wed 3 Feb, 15:00 CET" in ada.get(pages["candidate"]).text
    shown = ada.get(f"/interviews/{interview_id}/details").text
    assert "Chosen by Dina Kaur, not scheduled yet" in shown
    [line] = ada.get(calendar).tree.all("li", lambda e: "is-accepted" in e.get("class").split())
    assert "Accepted" in line.text
