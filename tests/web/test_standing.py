"""What pages call an interview while it is going on, and once it is over and no one has said how it went."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Mail, MailState, PhoneCaller
from scheduling.venues import PhoneCall
from tests.factories import Team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

PHONE = PhoneCall("+49 30 901820", PhoneCaller.TEAM)
TO_START = timedelta(hours=5)


@pytest.fixture
def interview_id(clock: Clock, web: Flask, team: Team) -> int:
    """45 minutes by phone, five hours from now, to which everyone is invited."""
    with in_rows(web):
        scheduled = schedule(team.ada, team.dina, starts_at=clock.now + TO_START, venue=PHONE)
        sent = {"state": MailState.SENT, "sent_at": clock.now}
        db.session.execute(db.update(Mail).values(sent))
        db.session.commit()
    return scheduled


def badges(page: Page) -> list[str]:
    return [each.text for each in page.tree.all("span", lambda e: "badge" in e.get("class", "").split())]


def polled(page: Page) -> dict[str, str]:
    [part] = page.tree.all("div", lambda e: e.get("id", "").endswith("-deliveries"))
    return {name: part.get(name, "") for name in ("hx-get", "hx-trigger")}


def test_every_page_says_that_an_interview_is_happening_and_that_it_is_over(
    clock: Clock, web: Flask, team: Team, ada: Visitor, interview_id: int
) -> None:
    def words() -> list[str]:
        """What each page calls the interview, if anything."""
        called = []
        for path in (
            f"/interviews/{interview_id}",
            f"/interviews/{interview_id}/details",
            f"/candidates/{team.dina.id}",
            "/interviews?when=all",
            "/interviews?when=all&view=cards",
            "/search?q=dina",
            "/search/suggestions?q=dina",
        ):
            found = badges(ada.get(path, htmx="suggestions" in path))
            known = {"Scheduled", "Happening now", "Over", "Completed"}
            called.append(next((each for each in found if each in known), ""))
        return called

    assert words() == ["Scheduled"] * 3 + [""] * 4
    clock.move(TO_START)
    assert words() == ["Happening now"] * 7
    clock.move(timedelta(minutes=45))
    assert words() == ["Over"] * 7
    ada.post(f"/interviews/{interview_id}/complete", {}, status=303)
    assert words()[:3] == ["Completed"] * 3


def test_page_that_stays_open_says_so_when_it_begins_and_ends(
    clock: Clock, ada: Visitor, interview_id: int
) -> None:
    opened = ada.get(f"/interviews/{interview_id}")
    # Nothing can happen before the candidate may say that they will be late: the page asks then, and once.
    wakes = polled(opened)
    assert wakes["hx-trigger"] == "load delay:10800s, tab-visible"
    clock.move(timedelta(hours=3))
    woken = ada.get(wakes["hx-get"], htmx=True)
    watched = polled(woken)
    assert watched["hx-trigger"].startswith("every ")
    clock.move(timedelta(hours=2) - timedelta(seconds=1))
    ada.get(watched["hx-get"], htmx=True, status=204)
    clock.move(timedelta(seconds=1))
    begun = ada.get(watched["hx-get"], htmx=True)
    actions = begun.tree.with_id(f"interview-{interview_id}-actions")
    assert actions is not None
    assert actions["hx-swap-oob"] == "innerHTML"
    assert actions.text.startswith("Happening now")
    assert "No-show" in actions.text
    during = polled(begun)["hx-get"]
    ada.get(during, htmx=True, status=204)
    clock.move(timedelta(minutes=45))
    over = ada.get(during, htmx=True)
    actions = over.tree.with_id(f"interview-{interview_id}-actions")
    assert actions is not None
    assert actions.text.startswith("Over")
    assert polled(over)["hx-trigger"] == ""
