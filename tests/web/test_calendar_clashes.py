"""Events in people's own calendars are in the way just as other interviews are: they are pointed out, have to
be accepted, and are known in detail only to their owner."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import CustomEventKind, Interview, InterviewStatus, OutsideEvent
from tests.factories import GOOGLE_CALENDAR, OUTLOOK_CALENDAR, Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, send, the_tick
from tests.web.request_steps import asked
from tests.web.slot_requests import CHOOSE, Asked, new_request, times_on

BY_PHONE: dict[str, Any] = {
    "interview_type": "phone",
    "phone_caller": "team",
    "phone_number": "+44 20 7946 0018",
}

ASK_AGAIN = "Ask Dina Kaur again"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def eight(clock: Clock) -> datetime:
    """The instant of the usual answers, nine o'clock in Zurich."""
    return clock.now.replace(day=10, hour=8)


def clashes_on(page: Page) -> list[str]:
    boxes = page.tree.all("section", lambda e: e.get("class") == "clashes")
    return [item.text for box in boxes for item in box.all("li")]


def test_event_needs_the_tick_and_is_named_to_its_owner_alone(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        bens = create_synced_calendar(team.ben, app=GOOGLE_CALENDAR)
        create_outside_event(bens, eight + timedelta(minutes=15), 30, title="Dentist in Bern")
        create_outside_event(bens, eight, 45, title="Lunch, perhaps", is_busy=False)
        # It ends when the interview begins.
        create_outside_event(bens, eight - timedelta(minutes=30), 30, title="Walk")
    for visitor, said in ((ada, "Google"), (ben, "Google: Dentist in Bern")):
        draft = draft_at(visitor, team.dina.id, "date-time")
        page = send(visitor, draft, "date-time", status=422)
        assert clashes_on(page) == [f"Ben Frei is busy 09:15–09:45 CET ({said})."]
        assert ("Dentist" in page.html) == (visitor is ben)
        assert "Walk" not in page.html or visitor is ben
        assert "check “Schedule anyway”" in page.error_at("accepted_clashes")
        visitor.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    for step in ("attendees", "details", "preview"):
        send(ben, draft, step)
    with in_rows(web):
        # Read again, the same event has another row: it was accepted already.
        create_outside_event(bens, eight + timedelta(minutes=15), 30, title="Dentist in Bern")
        db.session.delete(db.session.get_one(OutsideEvent, 1))
        db.session.commit()
    assert "New conflicts" not in ben.get(f"{draft}/finalize").words
    page = ben.get(f"{draft}/finalize")
    with in_rows(web):
        outlook = create_synced_calendar(team.ben, app=OUTLOOK_CALENDAR)
        create_outside_event(outlook, eight - timedelta(hours=1), 90)
    page = ben.submit(page, "Schedule Interview", status=422)
    assert page.error_at("accepted_clashes").startswith("Ben Frei is busy with something else at this time.")
    assert [line.endswith("Accepted") for line in clashes_on(page)] == [False, True]
    assert "Ben Frei is busy 08:00–09:30 CET (Outlook: Dentist)." in clashes_on(page)


def test_blocked_time_and_whole_days_are_in_the_way_and_an_interview_day_is_not(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    day = eight.date()
    with in_rows(web):
        create_custom_event(team.ben, eight, 60, title="Focus")
        create_custom_event(team.ben, eight, kind=CustomEventKind.INTERVIEW_DAY, title="Day of interviews")
        calendar = create_synced_calendar(team.ben)
        create_outside_event(calendar, days=(day, day), title="Conference")
        create_outside_event(calendar, days=(day - timedelta(days=3), day + timedelta(days=1)), title="Trip")
        # The day after in Auckland begins at noon in Zurich.
        later = day + timedelta(days=1)
        create_outside_event(calendar, days=(later, later), timezone="Pacific/Auckland")
        create_custom_event(team.cleo, eight, 60)
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422)
    assert clashes_on(page) == [
        "Ben Frei is busy from Sun 7 Feb to Thu 11 Feb (Google).",
        "Ben Frei is busy all day (Google).",
        "Ben Frei is busy 09:00–10:00 CET (blocked).",
    ]
    page = send(ada, draft, "date-time", status=422, time="15:00")
    assert "Ben Frei is busy from Wed 10 Feb, 12:00 CET to Thu 11 Feb, 12:00 CET (Google)." in clashes_on(
        page
    )
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    ada.submit(ada.get(f"{draft}/attendees"), "Continue", people=[str(team.cleo.id)], status=303)


def test_busy_people_are_marked_where_they_are_chosen(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.cleo), eight, 30, title="Secret")
    draft = draft_at(ada, team.dina.id, "attendees")
    page = ada.get(f"{draft}/attendees")
    assert [e.text for e in page.tree.all("span") if e.text == "Busy"] == ["Busy"]
    page = send(ada, draft, "attendees", status=422, people=[str(team.cleo.id)])
    assert clashes_on(page) == ["Cleo Marin is busy Wed 10 Feb, 09:00–09:30 CET (Google)."]
    assert "Secret" not in page.html
    ada.submit(page, "Continue", leads_to=f"{draft}/details", accepted_clashes=the_tick(page))


# Where the candidate chooses


def test_candidate_cannot_choose_what_is_taken_since_and_is_not_told_why(
    web: Flask, team: Team, clock: Clock, eight: datetime
) -> None:
    asked = new_request(web, team, eight, eight + timedelta(days=1))
    dina = Visitor(web)
    page = dina.get(asked.address)
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ben), eight + timedelta(minutes=40), 30)
    page = dina.follow(dina.submit(page, CHOOSE, slot=asked.slot(1), leads_to=asked.address))
    assert "That time is no longer available. Here's what is left." in page.text
    assert "busy" not in page.text.lower()
    assert "Dentist" not in page.html
    assert list(times_on(page)) == ["Thursday, 11 February 2027"]
    assert asked.status() is InterviewStatus.REQUESTED


def test_time_that_was_offered_despite_a_conflict_can_be_chosen(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        calendar = create_synced_calendar(team.ben)
        create_outside_event(calendar, eight, 30, title="Focus")
    draft = draft_at(ada, team.dina.id, "setup")
    send(ada, draft, "setup", method="time_slots", **BY_PHONE)
    for day in ("10", "11"):
        page = ada.get(f"{draft}/date-time")
        typed = {**page.fields("Continue"), "date": f"2027-02-{day}", "time": "09:00"}
        answer = ada.post(f"{draft}/date-time", {**typed, "direction": "add-slot"}, status=303)
        page = ada.follow(answer)
    page = ada.submit(page, "Continue", status=422)
    assert page.error_at("accepted_clashes").startswith("Remove the times at which someone is busy")
    assert "Ben Frei is busy 09:00–09:30 CET (Google)." in page.text
    ada.submit(page, "Continue", accepted_clashes=the_tick(page), leads_to=f"{draft}/attendees")
    assert the_tick(ada.get(f"{draft}/date-time"))
    assert "Accepted" in ada.get(f"{draft}/date-time").text
    for step in ("attendees", "details", "preview"):
        send(ada, draft, step)
    ada.submit(ada.get(f"{draft}/finalize"), "Send request", status=303)
    with in_rows(web):
        interview = db.session.scalars(db.select(Interview)).one()
        assert [len(slot.accepted_clashes) for slot in interview.slots] == [1, 0]
        # Another event at the other time came up since.
        create_outside_event(calendar, eight + timedelta(days=1), 30)
        number = interview.id
    asked, dina = Asked(web, number), Visitor(web)
    page = dina.get(asked.address)
    assert list(times_on(page)) == ["Wednesday, 10 February 2027"]
    dina.submit(page, CHOOSE, slot=asked.slot(1), leads_to=asked.address)
    assert asked.status() is InterviewStatus.SCHEDULED
    assert asked.starts_at == eight


def test_other_times_can_be_offered_despite_a_conflict(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    number, other = asked(web, team, eight), eight + timedelta(days=1)
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ben), other, 30, title="Focus")
    page = ada.get(f"/interviews/{number}/other-times")
    assert "Offer these times anyway" not in page.text
    typed = {"time-1-date": f"{other:%Y-%m-%d}", "time-1-time": "08:00", "timezone": "UTC"}
    page = ada.submit(page, ASK_AGAIN, **typed, status=422)
    assert page.error_at("accepted_clashes").startswith("Remove the times at which someone is busy")
    assert "(Google)." in page.text
    tick = the_tick(page)
    # Another one at another time is not accepted with it.
    later = {"time-2-date": f"{other:%Y-%m-%d}", "time-2-time": "09:00", "accepted_clashes": tick}
    with in_rows(web):
        create_custom_event(team.ben, other + timedelta(hours=1), 30)
    page = ada.submit(page, ASK_AGAIN, **typed, **later, status=422)
    assert "(blocked)." in page.text
    ada.submit(page, ASK_AGAIN, accepted_clashes=the_tick(page), leads_to=f"/interviews/{number}")
    with in_rows(web):
        offered = db.session.get_one(Interview, number).slots
        assert [len(slot.accepted_clashes) for slot in offered if slot.round == 2] == [1, 1]
    request, dina = Asked(web, number), Visitor(web)
    dina.submit(dina.get(request.address), CHOOSE, slot=request.slot(1), leads_to=request.address)
    assert request.starts_at == other
