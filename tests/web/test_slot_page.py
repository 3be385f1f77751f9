"""The candidate's own page while they are asked to choose a time, and once they have: what it shows, and what
old pages and used links lead to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import (
    Interview,
    InterviewStatus,
    Organization,
    PhoneCaller,
    User,
)
from scheduling.commands import time_slots
from scheduling.commands.cancel import Cancellation, cancel_interview
from scheduling.mails.queue import INVITATION
from scheduling.slots import OPEN_FOR
from scheduling.venues import OnSite, PhoneCall
from services import services
from tests.factories import Team, create_candidate, in_three_days, request_slots, schedule, when_at
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.slot_requests import CHOOSE, NONE_WORK, Asked, choose, links, new_request, times_on

# First, because sessions begin on it.
pytestmark = pytest.mark.usefixtures("clock")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def take_up(app: Flask, team: Team, at: datetime) -> None:
    """Give someone else an interview with the hiring manager at that time."""
    with in_rows(app):
        schedule(team.ada, create_candidate("Omar Haddad", "omar@mail.example", team.job_id), starts_at=at)


def test_page_says_what_it_is_about_and_shows_the_times_by_day(dina: Visitor, asked: Asked) -> None:
    page = dina.get(asked.address)
    assert page.heading == "Choose a time for your interview"
    assert times_on(page) == {
        "Thursday, 4 February 2027": ["10:00–10:45", "13:00–13:45"],
        "Friday, 5 February 2027": ["10:00–10:45"],
    }
    for words in (
        "Northlight",
        "Backend Engineer",
        "45 minutes",
        "All times are Zurich time (CET).",
        "Video call on Zoom",
        "Ben Frei",
        "Sam Ortiz",
        "Introduction, experience, questions",
        "Please choose by Fri 5 Feb, 10:00 CET.",
    ):
        assert words in page.text
    assert not page.tree.all("input", lambda e: "checked" in e.attributes)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"


def test_message_and_place_are_shown(
    web: Flask, team: Team, dina: Visitor, starts: Sequence[datetime]
) -> None:
    venue = OnSite("Northlight\nSeefeldstrasse 12", "Ring twice.")
    asked = new_request(web, team, *starts, venue=venue, message_to_candidate="Bring nothing.")
    page = dina.get(asked.address)
    for words in (
        "In person",
        "Seefeldstrasse 12",
        "Ring twice.",
        "A message from Ada Berg",
        "Bring nothing.",
    ):
        assert words in page.text


def test_person_who_is_supposed_to_call_is_not_asked_to_call_at_once(
    web: Flask, team: Team, dina: Visitor, starts: Sequence[datetime]
) -> None:
    venue = PhoneCall("+49 30 901820", PhoneCaller.CANDIDATE)
    asked = new_request(web, team, *starts, venue=venue)
    assert "At the time of the interview, please call" in dina.get(asked.address).text
    assert "At the time of the interview" not in choose(dina, asked, 1).text


def test_what_is_chosen_is_scheduled(dina: Visitor, asked: Asked, starts: Sequence[datetime]) -> None:
    page = choose(dina, asked, 2)
    assert asked.status() is InterviewStatus.SCHEDULED
    assert asked.starts_at == starts[1]
    assert page.heading == "Backend Engineer Interview"
    assert "Your interview is scheduled" in page.text
    assert "Thursday, 4 February 2027, 13:00 CET" in page.text
    assert page.has_button("I'll be there")
    assert len(asked.told(INVITATION)) == 3


def test_what_waits_for_a_last_look_says_so(
    web: Flask, team: Team, dina: Visitor, starts: Sequence[datetime]
) -> None:
    asked = new_request(web, team, *starts, at_once=False)
    page = choose(dina, asked, 3)
    assert asked.status() is InterviewStatus.ACCEPTED
    for words in (
        "You chose this time.",
        "The team will confirm it by email",
        "Friday, 5 February 2027, 10:00 CET",
    ):
        assert words in page.text
    for words in ("Add to your calendar", "I'll be there", "Ask for another time", "was cancelled"):
        assert words not in page.text
    assert asked.told(INVITATION) == []


def test_time_that_was_never_confirmed_says_whom_to_write_to(
    web: Flask, team: Team, clock: Clock, dina: Visitor, starts: Sequence[datetime]
) -> None:
    asked = new_request(web, team, *starts, at_once=False)
    choose(dina, asked, 1)
    clock.now = starts[0]
    page = dina.get(asked.address)
    assert "the team hasn't confirmed it" in page.text
    assert team.ada.email in page.text


def test_nothing_is_chosen_by_looking_or_without_a_choice(dina: Visitor, asked: Asked) -> None:
    page = dina.get(asked.address)
    again = dina.submit(page, CHOOSE, status=422)
    assert "Choose one of these times." in again.text
    assert times_on(again) == times_on(page)
    # A phone opens the address of the answer again when it comes back to the page.
    assert dina.get(asked.address + "/choose").heading == page.heading
    assert asked.status() is InterviewStatus.REQUESTED


@pytest.mark.parametrize("slot", ["0", "-1", "99", "9" * 40, "9" * 5000, "nine", "1.5", "", "٩٩", "1\x00"])
def test_wrong_choices_change_nothing(dina: Visitor, asked: Asked, slot: str) -> None:
    answer = dina.client.post(
        asked.address + "/choose",
        base_url=dina.base_url,
        data={"csrf_token": dina.token(), "slot": slot},
    )
    assert answer.status_code in (303, 422)
    assert asked.status() is InterviewStatus.REQUESTED
    assert asked.said() == []


def test_slot_of_another_candidate_cannot_be_chosen(
    web: Flask, team: Team, dina: Visitor, asked: Asked, starts: Sequence[datetime]
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        theirs = Asked(web, request_slots(team.ada, omar, starts[2] + DAY))
    page = dina.submit(dina.get(asked.address), CHOOSE, slot=theirs.slot(1), leads_to=asked.address)
    assert "That time is no longer available." in dina.follow(page).text
    assert asked.status() is theirs.status() is InterviewStatus.REQUESTED


def test_taken_time_is_gone_without_a_reason(
    web: Flask, team: Team, dina: Visitor, asked: Asked, starts: Sequence[datetime]
) -> None:
    old = dina.get(asked.address)
    take_up(web, team, starts[0])
    page = dina.follow(dina.submit(old, CHOOSE, slot=asked.slot(1), leads_to=asked.address))
    assert "That time is no longer available. Here's what is left." in page.text
    assert times_on(page) == {
        "Thursday, 4 February 2027": ["13:00–13:45"],
        "Friday, 5 February 2027": ["10:00–10:45"],
    }
    assert "Omar" not in page.html
    assert asked.status() is InterviewStatus.REQUESTED
    choose(dina, asked, 3)
    assert asked.status() is InterviewStatus.SCHEDULED


def test_time_that_has_begun_is_gone(
    dina: Visitor, clock: Clock, asked: Asked, starts: Sequence[datetime]
) -> None:
    old = dina.get(asked.address)
    clock.now = starts[1]
    page = dina.follow(dina.submit(old, CHOOSE, slot=asked.slot(2), leads_to=asked.address))
    assert "That time is no longer available." in page.text
    assert times_on(page) == {"Friday, 5 February 2027": ["10:00–10:45"]}


def test_page_leads_to_other_times_once_none_is_left(
    web: Flask, team: Team, dina: Visitor, starts: Sequence[datetime]
) -> None:
    asked = new_request(web, team, starts[0])
    old = dina.get(asked.address)
    take_up(web, team, starts[0])
    page = dina.follow(dina.submit(old, CHOOSE, slot=asked.slot(1), leads_to=asked.address))
    assert "no longer available" in page.text
    assert "Here's what is left" not in page.text
    assert not page.has_button(CHOOSE)
    assert not links(page, NONE_WORK)
    [address] = links(page, "Suggest other times")
    assert dina.get(address).heading == "Suggest other times"
    # An old page sends an empty choice.
    assert dina.submit(old, CHOOSE, status=422).heading == page.heading


def test_second_choice_of_another_tab_changes_nothing(
    dina: Visitor, asked: Asked, starts: Sequence[datetime]
) -> None:
    tab = dina.get(asked.address)
    choose(dina, asked, 1)
    for number in (1, 2):
        page = dina.follow(dina.submit(tab, CHOOSE, slot=asked.slot(number), leads_to=asked.address))
        assert "You've already chosen a time. Here's how things stand." in page.text
        assert page.heading == "Backend Engineer Interview"
    assert dina.submit(tab, CHOOSE, leads_to=asked.address)
    assert asked.starts_at == starts[0]
    assert len(asked.told(INVITATION)) == 3
    # The used link, opened again, and an old page behind a button.
    assert dina.get(asked.address).heading == "Backend Engineer Interview"
    dina.get(asked.address + "/none-of-these", leads_to=asked.address, status=303)


def test_times_that_were_replaced_cannot_be_chosen(
    web: Flask, team: Team, dina: Visitor, asked: Asked, starts: Sequence[datetime]
) -> None:
    old, first = dina.get(asked.address), asked.slot(1)
    with in_rows(web):
        ada, row = db.session.get_one(User, team.ada.id), db.session.get_one(Interview, asked.id)
        time_slots.offer_others(ada, row, [when_at(starts[2] + DAY)], services(web).rules)
        db.session.commit()
    page = dina.follow(dina.submit(old, CHOOSE, slot=first, leads_to=asked.address))
    assert "That time is no longer available." in page.text
    assert times_on(page) == {"Saturday, 6 February 2027": ["10:00–10:45"]}


def test_expired_link_says_whom_to_write_to(team: Team, dina: Visitor, clock: Clock, asked: Asked) -> None:
    old = dina.get(asked.address)
    clock.move(OPEN_FOR)
    page = dina.follow(dina.submit(old, CHOOSE, slot=asked.slot(3), leads_to=asked.address))
    assert page.heading == "This link has expired"
    assert "Ada Berg" in page.text
    assert links(page, team.ada.email) == [f"mailto:{team.ada.email}"]
    assert not page.has_button(CHOOSE)
    assert not links(page, NONE_WORK)
    assert dina.submit(old, CHOOSE, leads_to=asked.address)
    dina.get(asked.address + "/none-of-these", leads_to=asked.address, status=303)
    assert asked.status() is InterviewStatus.REQUESTED


def test_withdrawn_request_says_so_and_shows_no_time(
    web: Flask, team: Team, dina: Visitor, asked: Asked
) -> None:
    old = dina.get(asked.address)
    with in_rows(web):
        ada, row = db.session.get_one(User, team.ada.id), db.session.get_one(Interview, asked.id)
        cancel_interview(ada, row, Cancellation(), services(web).rules)
        db.session.commit()
    page = dina.follow(dina.submit(old, CHOOSE, slot=asked.slot(1), leads_to=asked.address))
    assert "That's no longer possible." in page.text
    assert "You don't need to choose a time anymore" in page.text
    assert "February" not in page.text
    assert "This interview was cancelled." not in page.text
    for path in ("/cancel", "/none-of-these", "/move", "/late"):
        dina.get(asked.address + path, leads_to=asked.address, status=303)


@pytest.mark.parametrize(
    ("zone", "said", "days"),
    [
        (
            "Asia/Kathmandu",
            "All times are Kathmandu time (UTC+5:45).",
            {
                "Thursday, 4 February 2027": ["14:45–15:30", "17:45–18:30"],
                "Friday, 5 February 2027": ["14:45–15:30"],
            },
        ),
        (
            "Pacific/Auckland",
            "All times are Auckland time (NZDT).",
            {
                "Thursday, 4 February 2027": ["22:00–22:45"],
                "Friday, 5 February 2027": ["01:00–01:45", "22:00–22:45"],
            },
        ),
        (
            "Nowhere/Land",
            "All times are Zurich time (CET).",
            {
                "Thursday, 4 February 2027": ["10:00–10:45", "13:00–13:45"],
                "Friday, 5 February 2027": ["10:00–10:45"],
            },
        ),
    ],
)
def test_times_are_shown_in_the_zone_that_was_chosen(
    dina: Visitor, asked: Asked, zone: str, said: str, days: dict[str, list[str]]
) -> None:
    page = dina.get(f"{asked.address}?zone={zone}")
    assert said in page.text
    assert times_on(page) == days
    answer = dina.submit(page, CHOOSE, slot=asked.slot(1), status=303)
    kept = "" if zone.startswith("Nowhere") else f"?zone={zone}"
    assert answer.headers["Location"].endswith(asked.address + kept)


def test_each_time_names_its_clock_where_the_clocks_change_among_them(
    web: Flask, team: Team, clock: Clock, dina: Visitor
) -> None:
    clock.now = datetime.fromisoformat("2027-10-28T08:00+00:00")
    saturday = datetime.fromisoformat("2027-10-30T22:30+00:00")
    hours = [saturday, *(saturday + number * HOUR for number in (2, 3, 10))]
    asked = new_request(web, team, *hours, duration_minutes=45)
    page = dina.get(asked.address)
    assert "All times are Zurich time." in page.text
    assert times_on(page) == {
        "Sunday, 31 October 2027": [
            "00:30–01:15 CEST",
            "02:30 CEST – 02:15 CET",
            "02:30–03:15 CET",
            "09:30–10:15 CET",
        ]
    }


def test_end_on_the_next_day_names_it(web: Flask, team: Team, dina: Visitor) -> None:
    asked = new_request(web, team, in_three_days() + 13 * HOUR + HOUR / 2)
    assert times_on(dina.get(asked.address)) == {"Thursday, 4 February 2027": ["23:30 – Fri 5 Feb, 00:15"]}


def test_text_that_others_typed_is_harmless(
    web: Flask, team: Team, dina: Visitor, starts: Sequence[datetime]
) -> None:
    asked = new_request(
        web, team, *starts, title="<script>x</script>", agenda="<b>", message_to_candidate="<i>"
    )
    with in_rows(web):
        db.session.get_one(Organization, 1).name = "A & <b>"
        db.session.commit()
    page = dina.get(asked.address)
    assert "<script>x" not in page.html
    assert "<script>x</script>" in page.text


@pytest.mark.parametrize("path", ["/choose", "/none-of-these", "/cancel"])
def test_nothing_acts_without_the_token_of_the_page(dina: Visitor, asked: Asked, path: str) -> None:
    dina.get(asked.address)
    dina.post(asked.address + path, {"slot": "1", "words": "Hello"}, with_token=False, status=400)
    assert asked.status() is InterviewStatus.REQUESTED
    assert asked.said() == []


@pytest.mark.parametrize("path", ["", "/choose", "/none-of-these"])
def test_wrong_addresses_say_what_helps(dina: Visitor, asked: Asked, path: str) -> None:
    page = dina.get(f"/s/99999.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAA{path}", status=404)
    assert "Open it from the latest email about your interview" in page.text
