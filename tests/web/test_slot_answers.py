"""What else a candidate who is asked to choose a time can say: that none of them works, or that they are no
longer interested."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import AnswerKind, Interview, InterviewStatus, RequestState
from scheduling.commands import candidate
from scheduling.mails.queue import CANDIDATE_ANSWER, SLOTS_WITHDRAWN
from scheduling.slots import OPEN_FOR
from services import services
from tests.factories import Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.slot_requests import NONE_WORK, Asked, choose, links, new_request

# First, because sessions begin on it.
pytestmark = pytest.mark.usefixtures("clock")

SUITS: dict[str, Any] = {
    "time-1-date": "2027-02-08",
    "time-1-time": "11:30",
    "time-2-date": "2027-02-09",
    "time-2-time": "09:00",
}


def say_none_fit(visitor: Visitor, asked: Asked, **fields: Any) -> Page:
    [address] = links(visitor.get(asked.address), NONE_WORK, "Change your message")
    page = visitor.get(address)
    return visitor.follow(visitor.submit(page, "Send", leads_to=asked.address, **{**SUITS, **fields}))


def test_none_of_these_names_other_times_and_one_can_still_choose(dina: Visitor, asked: Asked) -> None:
    page = say_none_fit(dina, asked, words="Mornings only, please.")
    assert asked.said() == [(AnswerKind.NONE_FIT, "Mornings only, please.", RequestState.OPEN)]
    assert asked.told(CANDIDATE_ANSWER) == ["Ben Frei", "Ada Berg"]
    for words in (
        "the team has your message",
        "you told us that none of these times work",
        "Monday, 8 February 2027, 11:30 CET",
        "Tuesday, 9 February 2027, 09:00 CET",
        "Mornings only, please.",
        "you can still choose",
    ):
        assert words in page.text
    # Repeating it makes no second message; a different one replaces it.
    say_none_fit(dina, asked, words="Mornings only, please.")
    say_none_fit(dina, asked, words="Any morning.")
    assert [state for *_, state in asked.said()] == [RequestState.WITHDRAWN, RequestState.OPEN]
    choose(dina, asked, 1)
    assert asked.status() is InterviewStatus.SCHEDULED
    assert [state for *_, state in asked.said()] == [RequestState.WITHDRAWN] * 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Name a time that would work for you, or write a message."),
        ({"time-1-date": "2027-02-05"}, "Choose a time."),
        ({"words": "x" * 1001}, "Keep it under 1,000 characters."),
    ],
)
def test_what_is_probably_a_mistake_is_asked_about(
    dina: Visitor, asked: Asked, fields: dict[str, str], words: str
) -> None:
    page = dina.get(asked.address + "/none-of-these")
    assert words in dina.submit(page, "Send", status=422, **fields).text
    assert asked.said() == []


def test_ten_messages_a_day_are_enough_and_choosing_stays_possible(
    web: Flask, dina: Visitor, asked: Asked
) -> None:
    with in_rows(web):
        row = db.session.get_one(Interview, asked.id)
        for number in range(10):
            candidate.say_none_fit(row, [], f"Number {number}", services(web).rules)
        db.session.commit()
    page = dina.get(asked.address + "/none-of-these")
    refused = dina.submit(page, "Send", status=429, words="One more")
    assert refused.heading == "Too many changes today"
    assert len(asked.said()) == 10
    choose(dina, asked, 1)
    assert asked.status() is InterviewStatus.SCHEDULED


@pytest.mark.parametrize("has_chosen", [False, True])
def test_someone_who_is_no_longer_interested_says_so_once(
    web: Flask, team: Team, dina: Visitor, starts: Sequence[datetime], has_chosen: bool
) -> None:
    asked = new_request(web, team, *starts, at_once=False)
    page = choose(dina, asked, 1) if has_chosen else dina.get(asked.address)
    [address] = links(page, "I'm no longer interested")
    page = dina.get(address)
    assert page.heading == "No longer interested?"
    assert bool(links(page, "Suggest other times instead")) is not has_chosen
    page = dina.submit(page, "I'm no longer interested", words="I took another job.", leads_to=asked.address)
    page = dina.follow(page)
    assert "You told us that you're no longer interested." in page.text
    assert "February" not in page.text
    assert asked.status() is InterviewStatus.CANCELLED
    assert asked.said() == [(AnswerKind.CANCELLED, "I took another job.", None)]
    assert asked.told(CANDIDATE_ANSWER) == ["Ben Frei", "Ada Berg"]
    # They know.
    assert asked.told(SLOTS_WITHDRAWN) == []
    dina.get(asked.address + "/cancel", leads_to=asked.address, status=303)


def test_someone_can_lose_interest_after_the_link_has_expired(
    dina: Visitor, clock: Clock, asked: Asked
) -> None:
    clock.move(OPEN_FOR)
    page = dina.get(asked.address + "/cancel")
    dina.submit(page, "I'm no longer interested", leads_to=asked.address)
    assert asked.status() is InterviewStatus.CANCELLED
