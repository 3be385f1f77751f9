"""The first page: what is on and what is next, what needs attention with its one action, and the rest."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import (
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    Meeting,
    MeetingState,
    PhoneCaller,
    ReaderRole,
    Role,
)
from scheduling.venues import PastedLink, PhoneCall, Venue
from tests.factories import CreatedCandidate, Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor

WEBEX = PastedLink("https://northlight.webex.example/meet/interviews", "Webex")
PHONE = PhoneCall("+49 30 901820", PhoneCaller.TEAM)


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> datetime:
    """Noon UTC on a Monday. The clock is stopped."""
    return clock.now


def candidate(team: Team, name: str) -> CreatedCandidate:
    return create_candidate(f"{name} Example", f"{name.lower()}@mail.example", team.job_id)


def part(page: Page, name: str) -> Element:
    found = page.tree.with_id(name)
    assert found is not None
    return found


def attention(page: Page) -> list[tuple[str, str, str]]:
    """What needs attention: the words, the button's label, and where it leads."""
    lists = page.tree.all("ul", lambda e: "attention" in e.get("class").split())
    rows = [row for each in lists for row in each.all("li")]
    buttons = [row.all("a", lambda e: "btn" in e.get("class").split()) for row in rows]
    return [
        (row.all("span", lambda e: e.get("class") == "row-title")[0].text, button.text, button["href"])
        for row, [button] in zip(rows, buttons, strict=True)
    ]


@pytest.fixture
def day(web: Flask, noon: datetime, team: Team) -> dict[str, int]:
    """A day: one interview is over, one is on, one is next, one is later, and another tomorrow."""
    with in_rows(web):
        times: dict[str, tuple[datetime, Venue]] = {
            "Olga": (noon + timedelta(minutes=5), PHONE),
            "Ravi": (noon + timedelta(minutes=6), PHONE),
            "Nils": (noon + timedelta(minutes=10), WEBEX),
            "Lara": (noon + timedelta(hours=3), PHONE),
            "Tara": (noon + timedelta(days=1), PHONE),
        }
        ids = {
            name: schedule(team.ada, candidate(team, name), starts_at=at, venue=venue)
            for name, (at, venue) in times.items()
        }
        for name, minutes in (("Olga", -120), ("Ravi", -10)):
            db.session.get_one(Interview, ids[name]).starts_at = noon + timedelta(minutes=minutes)
        db.session.commit()
    return ids


def test_day_begins_with_what_is_on_and_what_is_next(web: Flask, ada: Visitor, day: dict[str, int]) -> None:
    page = ada.get("/")
    today = part(page, "today")
    assert "4 interviews" in today.text
    large = [each.words for each in today.all("ul")[0].all("li")]
    assert [words.split()[0] for words in large] == ["Now", "in"]
    assert "Ravi Example" in large[0]
    assert "in 10 min" in large[1]
    assert "Nils Example" in large[1]
    assert "Ben Frei" in large[1]
    [join] = today.all("a", lambda e: e.text.startswith("Join Webex"))
    assert join["href"] == WEBEX.url
    assert join["target"] == "_blank"
    calls = today.all("a", lambda e: e.text.startswith("Call"))
    assert [call["href"] for call in calls] == ["tel:+4930901820"] * 2
    tables = today.all("table")
    assert ["Lara Example" in table.text for table in tables] == [True, False]
    assert "Olga Example" in tables[1].text
    assert tables[1].all("a", lambda e: e.text == "Complete the interview with Olga Example")
    assert "Tara Example" in part(page, "upcoming").text
    assert "Tara Example" not in today.text
    assert attention(page) == [("1 past interview to complete", "Complete it", "/interviews?when=over")]
    [week] = page.tree.all("section", lambda e: e.get("aria-labelledby") == "week-title")
    assert week.words.split() == [
        "This",
        "week",
        "Scheduled",
        "5",
        "Completed",
        "0",
        "Cancelled",
        "0",
        "No-show",
        "0",
    ]


def test_today_brings_itself_up_to_date(web: Flask, ada: Visitor, clock: Clock, day: dict[str, int]) -> None:
    poll = part(ada.get("/"), "today")["hx-get"]
    assert ada.get(poll, htmx=True, status=204).html == ""
    clock.move(timedelta(minutes=5))
    piece = ada.get(poll, htmx=True)
    assert not piece.is_whole
    assert "in 5 min" in piece.words
    # The sentence for screen readers is the same as long as the same are on and next.
    assert part(piece, "today")["data-announce"] == "Now: Ravi Example. Next: Nils Example. "
    with in_rows(web):
        db.session.get_one(Interview, day["Nils"]).status = InterviewStatus.CANCELLED
        db.session.commit()
    assert "Nils Example" not in ada.get(poll, htmx=True).words
    ada.get(poll, leads_to="/")


def test_what_needs_attention_comes_with_its_one_action(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        lacks, refused, other = (
            schedule(team.ada, candidate(team, name), starts_at=noon + timedelta(days=days))
            for days, name in enumerate(("Lena", "Rita", "Otto"), 1)
        )
        # An interview for which someone has pasted a link is settled.
        settled = schedule(team.ada, candidate(team, "Sam"), starts_at=noon + timedelta(days=4))
        for interview_id in (lacks, settled):
            meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
            meeting.state = MeetingState.FAILED
            meeting.arranged_by_id = team.ada.id if interview_id == settled else None
        for interview_id, role in ((refused, ReaderRole.CANDIDATE), (other, ReaderRole.HIRING_MANAGER)):
            of_it = db.select(Mail).where(Mail.interview_id == interview_id, Mail.role == role)
            for mail in db.session.scalars(of_it):
                mail.state = MailState.FAILED
        db.session.commit()
        rita = db.session.get_one(Interview, refused).application.candidate_id
        observer = create_user("Olaf Berg", Role.OBSERVER)
    page = ada.get("/")
    assert attention(page) == [
        ("No meeting link yet", "Add a link for Lena Example", f"/interviews/{lacks}/repair"),
        (
            "Rita's email address was refused",
            "Correct the address for Rita Example",
            f"/candidates/{rita}/edit",
        ),
        ("An email could not be delivered", "Send it again for Otto Example", f"/interviews/{other}"),
    ]
    assert "/repair/" in ada.get(f"/interviews/{lacks}/repair", status=303).headers["Location"]
    # Those who could do nothing about it are not told.
    assert attention(Visitor(web).enter(observer).get("/")) == []


def test_people_see_their_own_day_in_their_own_zone(web: Flask, team: Team, day: dict[str, int]) -> None:
    with in_rows(web):
        observer = create_user("Olaf Berg", Role.OBSERVER, timezone="Asia/Tokyo")
    looks_on = Visitor(web).enter(observer)
    # It is nine in the evening in Tokyo, and three hours from now is tomorrow.
    today = part(looks_on.get("/"), "today")
    assert "Monday 1 February · 3 interviews · JST" in today.text
    assert "21:10" in today.text
    assert not today.all("a", lambda e: "btn" in e.get("class").split())
    # Cleo's job has no interviews.
    cleo = Visitor(web).enter(team.cleo).get("/")
    assert "Nothing today" in part(cleo, "today").text
    assert attention(cleo) == []


def test_drafts_are_one_line(web: Flask, ada: Visitor, team: Team) -> None:
    ada.post(f"/candidates/{team.dina.id}/schedule", status=303)
    drafts = part(ada.get("/"), "drafts")
    assert drafts.tag == "details"
    [line] = drafts.all("summary")
    assert line.text == "1 draft Dina Kaur"
