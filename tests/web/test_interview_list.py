"""The list of interviews: tabs with live counts, days, filters that stay in the address, and the popup."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, Meeting, MeetingSoftware, MeetingState, PhoneCaller, Role, User
from scheduling.plans import Participant
from scheduling.venues import OnSite, PastedLink, PhoneCall
from tests.factories import Member, Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor

WEBEX = PastedLink("https://northlight.webex.example/meet/interviews", "Webex")
PHONE = PhoneCall("+49 30 901820", PhoneCaller.TEAM)
LISTED = {"omar", "noor", "pia", "rosa"}


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> datetime:
    """Noon UTC on a Monday, 13:00 where the team is. The clock is stopped."""
    return clock.now


@pytest.fixture
def week(web: Flask, noon: datetime, team: Team) -> dict[str, int]:
    """Interviews of a week, by the candidate's first name; the owner reads in Zurich."""
    with in_rows(web):
        noah = create_user("Noah Clarke", Role.INTERVIEWER)
        with_noah = (Participant(noah.name, noah.email, noah.id),)
        omar, noor, pia, rosa, uma = (
            create_candidate(f"{name} Example", f"{name.lower()}@mail.example", job)
            for name, job in (
                ("Omar", team.job_id),
                ("Noor", team.job_id),
                ("Pia", team.other_job_id),
                ("Rosa", team.job_id),
                ("Uma", team.job_id),
            )
        )
        ids = {
            "omar": schedule(team.ada, omar, starts_at=noon + timedelta(minutes=10)),
            "noor": schedule(
                team.ada, noor, starts_at=noon + timedelta(hours=3), venue=WEBEX, attendees=with_noah
            ),
            "pia": schedule(team.ada, pia, starts_at=noon + timedelta(days=1), venue=PHONE),
            "rosa": schedule(team.ada, rosa, starts_at=noon + timedelta(days=8), venue=OnSite("Zurich", "")),
        }
        over = schedule(team.ada, uma, starts_at=noon + timedelta(minutes=5), venue=PHONE)
        db.session.get_one(Interview, over).starts_at = noon - timedelta(hours=2)
        db.session.commit()
    return {**ids, "uma": over}


def shown(page: Page) -> list[str]:
    return [name.split()[0].lower() for name in page.row_names]


def tab_names(page: Page) -> list[str]:
    tabs = page.tree.with_id("interview-counts")
    assert tabs is not None
    return [link.text for link in tabs.all("a", lambda e: e.get("id").startswith("status-"))]


def poll_of(page: Page) -> str:
    counts = page.tree.with_id("interview-counts")
    assert counts is not None
    return counts["hx-get"]


def test_list_begins_now_and_groups_by_day_with_what_is_over_above(
    ada: Visitor, week: dict[str, int]
) -> None:
    page = ada.get("/interviews")
    assert shown(page) == ["omar", "noor", "pia", "rosa"]
    days = [row.text for row in page.tree.all("tr", lambda e: "day-head" in e.get("class").split())]
    assert days == [
        "Today Monday 1 February · 2 interviews · CET",
        "Tomorrow Tuesday 2 February · 1 interview · CET",
        "Tue 9 Feb 1 interview · CET",
    ]
    assert "13:10–13:55" in page.words.replace(" ", "").replace("–", "–")
    assert "Ben Frei, Noah Clarke" in page.words
    assert "To complete: 1 past interview" in page.text
    [over] = page.tree.all("a", lambda e: e.get("id") == "over-link")
    assert shown(ada.get(over["href"])) == ["uma"]
    assert "To complete:" not in ada.get(over["href"]).text
    assert shown(ada.get("/interviews?when=all")) == ["uma", "omar", "noor", "pia", "rosa"]
    assert shown(ada.get("/interviews?sort=latest")) == ["rosa", "pia", "noor", "omar"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=NOOR", {"noor"}),
        ("job={other_job}", {"pia"}),
        ("who={noah}", {"noor"}),
        ("who={ben}", {"omar", "noor", "rosa"}),
        ("who={cleo}", {"pia"}),
        ("how=video", {"omar", "noor"}),
        ("how=zoom", {"omar"}),
        ("how=other", {"noor"}),
        ("how=phone", {"pia"}),
        ("how=in_person", {"rosa"}),
        ("when=today", {"uma", "omar", "noor"}),
        ("when=tomorrow", {"pia"}),
        ("when=week", {"uma", "omar", "noor", "pia"}),
        ("when=next-week", {"rosa"}),
        ("when=2027-02-09", {"rosa"}),
        ("how=video&who={noah}&when=today&job={job}", {"noor"}),
        # Values that cannot be read are ignored.
        ("how=carrier-pigeon&when=yesteryear&who=me&job=x", LISTED),
        ("when=9999-12-31", LISTED),
        ("when=2027-02-30", LISTED),
    ],
)
def test_list_is_narrowed_by_job_person_time_and_software(
    web: Flask, team: Team, ada: Visitor, week: dict[str, int], query: str, expected: set[str]
) -> None:
    with in_rows(web):
        noah = db.session.scalars(db.select(User.id).where(User.name == "Noah Clarke")).one()
    ids = {"job": team.job_id, "other_job": team.other_job_id, "noah": noah, "ben": team.ben.id}
    query = query.format(**ids, cleo=team.cleo.id)
    page = ada.get(f"/interviews?{query}")
    assert set(shown(page)) == expected
    if expected == LISTED:
        return
    # The choices stay chosen, go into the other tabs, and the tabs count what they leave.
    chosen = {pair.partition("=")[0]: pair.partition("=")[2] for pair in query.split("&")}
    for name, value in chosen.items():
        control = page.tree.with_id(f"filter-{name}" if name != "q" else "list-search")
        assert control is not None
        assert value in (control.get("value"), *selected(control))
    if "when" not in chosen:
        assert f"Scheduled {len(expected) + (1 if over_is_among(query) else 0)}" in tab_names(page)
        [completed] = page.tree.all("a", lambda e: e.text.startswith("Completed"))
        assert all(f"{name}=" in completed["href"] for name in chosen)


def selected(control: Element) -> list[str]:
    return [each["value"] for each in control.all("option") if "selected" in each.attributes]


def over_is_among(query: str) -> bool:
    """Whether the interview that is over counts among those that are scheduled and match."""
    return query == "how=phone" or query.startswith("who=2")


def test_choice_in_a_filter_changes_the_address_and_leaves_out_what_is_usual(
    ada: Visitor, week: dict[str, int]
) -> None:
    answer = ada.get("/interviews?q=&when=&job=&who=&how=phone&sort=soonest", htmx=True)
    assert answer.headers["HX-Replace-Url"] == "/interviews?how=phone"
    assert "HX-Request" in answer.headers["Vary"]
    assert "HX-Replace-Url" not in ada.get("/interviews?how=phone").headers
    for address, clean in (
        ("/candidates?q=&stage=new", "/candidates?stage=new"),
        ("/jobs?state=open&q=", "/jobs"),
    ):
        assert ada.get(address, htmx=True).headers["HX-Replace-Url"] == clean


def test_counts_bring_themselves_up_to_date(
    web: Flask, team: Team, ada: Visitor, week: dict[str, int]
) -> None:
    page = ada.get("/interviews?how=phone")
    assert tab_names(page)[2:4] == ["Scheduled 2", "Completed 0"]
    poll = poll_of(page)
    assert ada.get(poll, htmx=True, status=204).html == ""
    with in_rows(web):
        db.session.get_one(Interview, week["uma"]).status = InterviewStatus.COMPLETED
        # It is of another type, so it is not counted.
        db.session.get_one(Interview, week["rosa"]).status = InterviewStatus.CANCELLED
        db.session.commit()
    piece = ada.get(poll, htmx=True)
    assert tab_names(piece)[2:5] == ["Scheduled 1", "Completed 1", "Cancelled 0"]
    assert "To complete:" not in piece.words
    assert ada.get(poll_of(piece), htmx=True, status=204)
    ada.get(poll, leads_to="/interviews?how=phone")


def test_a_day_of_twenty_nine_is_one_page_and_cards_show_the_same(
    web: Flask, team: Team, ada: Visitor, noon: datetime
) -> None:
    with in_rows(web):
        for number in range(29):
            schedule(team.ada, team.dina, starts_at=noon + timedelta(minutes=10 + 15 * number), venue=PHONE)
        schedule(team.ada, team.dina, starts_at=noon + timedelta(days=1), venue=PHONE)
    page = ada.get("/interviews")
    assert len(page.row_names) == 29
    following = page.link_to("next")
    assert following is not None
    assert len(ada.get(following).row_names) == 1
    cards = ada.get("/interviews?view=cards")
    assert len(cards.tree.all("li", lambda e: "interview-card" in e.get("class").split())) == 29
    assert cards.words.count("Phone") >= 29


def test_empty_tabs_say_what_they_are_for(ada: Visitor, week: dict[str, int]) -> None:
    assert "No requested interviews" in ada.get("/interviews?status=requested").text
    assert ada.get("/interviews?status=no-such").title.startswith("Interviews: scheduled")
    assert "No interviews found" in ada.get("/interviews?status=completed&how=phone").text


Open = Callable[[Member], Visitor]


def test_popup_names_the_source_and_is_a_page_without_a_script(
    web: Flask, team: Team, ada: Visitor, week: dict[str, int]
) -> None:
    with in_rows(web):
        meeting = db.session.scalars(db.select(Meeting).where(Meeting.software == MeetingSoftware.ZOOM)).one()
        meeting.state, meeting.join_url = MeetingState.READY, "https://zoom.example/j/1"
        meeting.passcode = "s3cret"
        db.session.commit()
        observer = create_user("Olaf Berg", Role.OBSERVER)
    listed = ada.get("/interviews")
    [row] = listed.tree.all("a", lambda e: e.text == "Omar Example")
    assert row["href"] == f"/interviews/{week['omar']}/details"
    page = ada.get(row["href"])
    assert page.heading == "Omar Example"
    piece = ada.get(row["href"], htmx=True)
    assert not piece.is_whole
    for part in (page, piece):
        assert "Video source Zoom" in part.words
        assert "s3cret" in part.words
        [join] = part.tree.all("a", lambda e: e.text == "Join Zoom Meeting")
        assert join["href"] == "https://zoom.example/j/1"
        assert part.tree.all("button", lambda e: e.get("data-copy") == "https://zoom.example/j/1")
        [whole] = part.tree.all("a", lambda e: e.text == "Open the interview")
        assert whole["href"] == f"/interviews/{week['omar']}"
    assert "Video source Other: Webex" in ada.get(f"/interviews/{week['noor']}/details").words
    assert "+49 30 901820" in ada.get(f"/interviews/{week['pia']}/details").words
    looks_on = Visitor(web).enter(observer)
    seen = looks_on.get(f"/interviews/{week['omar']}/details").words
    assert "Your role can't see the link." in seen
    assert "s3cret" not in seen
    assert "+49 30 901820" not in looks_on.get(f"/interviews/{week['pia']}/details").words
    # Someone who may not see the interview finds nothing; someone who may not repair it is told so.
    cleo = Visitor(web).enter(team.cleo)
    cleo.get(f"/interviews/{week['omar']}/details", status=404)
    looks_on.get(f"/interviews/{week['omar']}/repair", status=403)


def test_popup_of_an_interview_without_a_link_leads_to_where_one_can_be_added(
    web: Flask, ada: Visitor, week: dict[str, int]
) -> None:
    with in_rows(web):
        meeting = db.session.scalars(db.select(Meeting).where(Meeting.software == MeetingSoftware.ZOOM)).one()
        meeting.state = MeetingState.FAILED
        db.session.commit()
    page = ada.get(f"/interviews/{week['omar']}/details")
    [add] = page.tree.all("a", lambda e: e.text == "Add a link")
    assert "/repair/" in add["href"]
    assert not page.tree.all("a", lambda e: e.text.startswith("Join"))


def test_candidates_page_says_who_meets_and_how_and_opens_each_at_a_glance(web: Flask, team: Team) -> None:
    with in_rows(web):
        ivan = create_user("Ivan Petrov", Role.INTERVIEWER)
        attends = Participant(ivan.name, ivan.email, ivan.id)
        interview_id = schedule(team.ada, team.dina, software=None, attendees=(attends,))
    page = Visitor(web).enter(team.ada).get(f"/candidates/{team.dina.id}")
    [table] = page.tree.all("table", lambda e: "of-candidate" in e.get("class", ""))
    [name] = table.all("a", lambda e: e.get("href") == f"/interviews/{interview_id}/details")
    assert name.text == "Backend Engineer Interview"
    assert "data-popup" in name.attributes
    assert "Ben Frei, Ivan Petrov" in table.text
    [chip, *_] = table.all("span", lambda e: "type-chip" in e.get("class", ""))
    assert chip.text == "Phone"
