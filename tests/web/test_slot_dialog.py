"""Asking a candidate to choose from several times, in the dialog, without a script."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from blueprints.schedule_interview.forms.slots import slot_as_text, slot_in
from extensions import db
from models import Draft, Interview, InterviewStatus, Mail, SchedulingMethod
from scheduling.mails.queue import SLOT_REQUEST
from scheduling.slots import MOST_SLOTS, in_plan
from services import services
from tasks.mails.previews import as_of_now
from tests.factories import Team, create_candidate, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import USUAL, begin, draft_at, send
from tests.web.test_preview import without_addresses
from timezones import utc_now

ZONE = "Europe/Zurich"
AT_NINE = datetime(2027, 2, 10, 8, tzinfo=UTC)
NEXT_DAY = "2027-02-11T08:00Z"
BY_SLOTS: dict[str, Any] = {
    "interview_type": "phone",
    "phone_caller": "team",
    "phone_number": "+44 20 7946 0018",
}
SETUP = {**USUAL["setup"], **BY_SLOTS, "method": "time_slots"}
TYPED: dict[str, Any] = {"date": "2027-02-10", "time": "09:00", "duration_minutes": "45", "timezone": ZONE}


def at(days: int = 0, hours: int = 0, *, minutes: int = 45, zone: str = ZONE) -> str:
    """A time of the list, as its page sends it."""
    starts_at = AT_NINE + timedelta(days=days, hours=hours)
    return f"{starts_at:%Y-%m-%dT%H:%MZ}/{minutes}/{zone}"


def draft_with(visitor: Visitor, candidate_id: int, step: str = "date-time", *slots: str) -> str:
    """A draft whose candidate is to choose, with these times."""
    when = {**TYPED, "time": "", "slots": list(slots)}
    return draft_at(visitor, candidate_id, step, {"setup": SETUP, "date-time": when})


def press(visitor: Visitor, draft: str, button: str, *, status: int = 303, **changes: Any) -> Page:
    """Send Date & Time with a button that stays on it, and return the page afterwards."""
    page = visitor.get(f"{draft}/date-time")
    fields = {**page.fields("Continue"), **changes, "direction": button}
    answer = visitor.post(f"{draft}/date-time", fields, status=status)
    return visitor.follow(answer) if status == 303 else answer


def slots_of(page: Page) -> list[str]:
    return [e["value"] for e in page.tree.all("input", lambda e: e.get("name") == "slots")]


def payload(web: Flask, draft: str) -> dict[str, Any]:
    with in_rows(web):
        return db.session.get_one(Draft, draft.rpartition("/")[2]).payload


def test_method_is_asked_is_direct_at_first_and_is_remembered(web: Flask, team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    assert page.value_of("Continue", "method") == "direct"
    assert "You choose the time" in page.text
    assert "Candidate picks from options" in page.text
    ada.submit(page, "Continue", method="guess", agenda="A talk", status=422)
    send(ada, draft, "setup", **BY_SLOTS, method="time_slots")
    send(ada, draft, "date-time")
    for step in ("attendees", "details", "preview"):
        send(ada, draft, step)
    ada.submit(ada.get(f"{draft}/finalize"), "Send request", status=303)
    again = create_candidate_on(web, team)
    assert ada.get(f"{begin(ada, again)}/setup").value_of("Continue", "method") == "time_slots"


def create_candidate_on(web: Flask, team: Team) -> int:
    with in_rows(web):
        return create_candidate("Omar Haddad", "omar@mail.example", team.job_id).id


def test_times_are_added_removed_and_kept_without_a_script(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id)
    page = ada.get(f"{draft}/date-time")
    assert "3 to 5 times over different days work best." in page.text
    page = press(ada, draft, "add-slot", **TYPED)
    assert slots_of(page) == [at()]
    assert page.value_of("Continue", "time") == ""
    assert "Wed 10 Feb, 09:00–09:45 CET" in page.text
    assert "What you entered here is kept" not in page.text
    page = press(ada, draft, "add-slot", **{**TYPED, "time": "11:00"})
    assert slots_of(page) == [at(), at(hours=2)]
    assert "All are on one day." in page.text
    # A free time is one click, and takes the length and the zone that are chosen.
    page = press(ada, draft, f"toggle-slot {NEXT_DAY}", duration_minutes="30")
    assert slots_of(page) == [at(), at(hours=2), at(1, minutes=30)]
    assert "All are on one day." not in page.text
    assert "3 times" in page.text
    page = press(ada, draft, f"remove-slot {at(hours=2)}")
    assert slots_of(page) == [at(), at(1, minutes=30)]
    answer = ada.submit(page, "Continue", status=303)
    assert payload(web, draft)["date-time"]["slots"] == [at(), at(1, minutes=30)]
    assert "2 times" in ada.follow(answer).text


def test_page_that_is_kept_while_it_is_typed_into_takes_nothing_out_of_the_list(
    team: Team, ada: Visitor
) -> None:
    draft = draft_with(ada, team.dina.id)
    page = ada.get(f"{draft}/date-time")
    press(ada, draft, "add-slot", **TYPED)
    older = {**page.fields("Continue"), "duration_minutes": "60"}
    ada.post(f"{draft}/date-time/typed", older, htmx=True, status=204)
    page = ada.get(f"{draft}/date-time")
    assert slots_of(page) == [at()]
    assert page.value_of("Continue", "duration_minutes") == "60"


def test_chip_of_a_time_in_the_list_takes_it_out_again(team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id)
    page = press(ada, draft, "add-slot", **TYPED)
    [chip] = page.tree.all("button", lambda e: e.get("id") == "at-0900")
    assert chip["aria-pressed"] == "true"
    # It applies to the day that is chosen, even before that day's times are on the page.
    page = press(ada, draft, chip["value"], date="2027-02-11", time="16:10")
    assert slots_of(page) == [at(), at(1)]
    assert page.value_of("Continue", "time") == "16:10"
    page = press(ada, draft, chip["value"], date="2027-02-10", time="")
    assert slots_of(page) == [at(1)]
    [chip] = page.tree.all("button", lambda e: e.get("id") == "at-0900")
    assert chip["aria-pressed"] == "false"


def test_time_that_is_filled_in_is_added_by_continue(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id)
    press(ada, draft, f"toggle-slot {NEXT_DAY}", **{**TYPED, "time": ""})
    send(ada, draft, "date-time", **TYPED)
    kept = payload(web, draft)["date-time"]
    assert kept["slots"] == [at(), at(1)]
    assert kept["time"] == []
    # Adding the same one again does not make a second one.
    send(ada, draft, "date-time", **TYPED)
    assert payload(web, draft)["date-time"]["slots"] == [at(), at(1)]


def test_suggestions_are_free_and_on_different_days(
    clock: Clock, web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        someone = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        tomorrow = clock.now + timedelta(days=1)
        for hour in range(10):
            schedule(
                team.ada,
                someone,
                starts_at=tomorrow.replace(hour=7 + hour, minute=0, second=0, microsecond=0),
                duration_minutes=60,
                software=None,
            )
    draft = draft_with(ada, team.dina.id)
    found = [slot_in(text) for text in slots_of(press(ada, draft, "suggest-slots"))]
    days = {slot.wall_time[:10] for slot in found if slot is not None}
    assert len(found) == len(days) == 4
    assert f"{tomorrow:%Y-%m-%d}" not in days
    assert all(slot is not None and slot.starts_at > clock.now for slot in found)
    more = slots_of(press(ada, draft, "suggest-slots"))
    assert len(more) == 8
    full = press(ada, draft, "suggest-slots")
    assert len(slots_of(full)) <= MOST_SLOTS


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time": ""}, "Choose a time."),
        ({"date": ""}, "Choose a date."),
        ({"date": "2020-01-01"}, "This date has passed."),
        ({"duration_minutes": "2"}, "Enter between 5 and 1440 minutes."),
        ({"timezone": "Nowhere/Else"}, "Enter a time zone, such as Europe/Berlin"),
        ({"date": "2027-03-28", "time": "02:30"}, "The clocks go forward that day"),
        ({"date": "2027-10-31", "time": "02:30"}, "this time happens twice"),
        ({"slots": [at()]}, "This time is in the list already."),
        ({"slots": [at(hours=n) for n in range(1, 1 + MOST_SLOTS)]}, f"At most {MOST_SLOTS} times"),
    ],
)
def test_what_cannot_be_added_is_refused_and_everything_stays(
    team: Team, ada: Visitor, changes: dict[str, Any], words: str
) -> None:
    draft = draft_with(ada, team.dina.id)
    sent: dict[str, Any] = {"slots": [at(2)], **TYPED, **changes}
    page = press(ada, draft, "add-slot", status=422, **sent)
    assert words in page.text
    assert slots_of(page) == sent["slots"]
    assert page.value_of("Continue", "time") == sent["time"]
    assert slots_of(ada.get(f"{draft}/date-time")) == sent["slots"]


def test_each_of_the_two_times_of_a_repeated_hour_can_be_offered(team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id)
    twice = {**TYPED, "date": "2027-10-31", "time": "02:30"}
    first = press(ada, draft, "add-slot", **twice, occurrence="2027-10-31T00:30Z")
    assert "Sun 31 Oct, 02:30 CEST–02:15 CET" in first.text
    both = press(ada, draft, "add-slot", **twice, occurrence="2027-10-31T01:30Z")
    assert slots_of(both) == ["2027-10-31T00:30Z/45/Europe/Zurich", "2027-10-31T01:30Z/45/Europe/Zurich"]


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ([], "Add at least one time."),
        (["2020-01-01T09:00Z/45/Europe/Zurich"], "Wed 1 Jan, 10:00 CET has passed. Remove it."),
        ([at(), "next week"], "One of the times couldn't be read."),
        ([f"{AT_NINE:%Y-%m-%dT%H:%MZ}/9999/UTC"], "One of the times couldn't be read."),
        ([at(hours=n) for n in range(MOST_SLOTS + 1)], f"At most {MOST_SLOTS} times"),
    ],
)
def test_list_that_cannot_be_sent_on_is_refused(
    web: Flask, team: Team, ada: Visitor, slots: list[str], words: str
) -> None:
    draft = draft_with(ada, team.dina.id)
    page = ada.get(f"{draft}/date-time")
    refused = ada.post(
        f"{draft}/date-time", {**page.fields("Continue"), "slots": slots, "direction": "continue"}, status=422
    )
    assert words in refused.text
    assert "date-time" not in payload(web, draft)


def test_texts_of_times_are_read_by_one_rule() -> None:
    for text in (at(), at(3, minutes=1440, zone="Asia/Kathmandu"), at(zone="UTC")):
        slot = slot_in(text)
        assert slot is not None
        assert slot_as_text(slot) == text
    older = slot_in(at(zone="Europe/Kiev"))
    assert older is not None
    assert (older.timezone, older.wall_time) == ("Europe/Kyiv", "2027-02-10T10:00")
    for garbage in ("", "/", "//", at(minutes=4), at(minutes=1441), at(zone="Mars"), at() + "x", f"0{at()}"):
        assert slot_in(garbage) is None, garbage
    assert slot_in(at().replace("/45/", "/٤٥/")) is None


def test_time_at_which_someone_is_busy_is_named_and_not_sent_on(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        someone = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, someone, starts_at=AT_NINE, software=None)
    draft = draft_with(ada, team.dina.id)
    page = press(ada, draft, "add-slot", **{**TYPED, "time": "09:30"})
    assert "Ben Frei has another interview with Omar Haddad from 09:00 to 09:45 CET." in page.text
    assert "Remove it or choose another time." in page.text
    assert not page.tree.all("input", lambda e: e.get("name") == "accepted_clashes")
    press(ada, draft, "add-slot", **{**TYPED, "time": "11:00"})
    refused = ada.submit(ada.get(f"{draft}/date-time"), "Continue", status=422)
    assert "Someone has another interview at one of these times." in refused.text
    assert slots_of(refused) == ["2027-02-10T08:30Z/45/Europe/Zurich", at(hours=2)]
    page = press(ada, draft, "remove-slot 2027-02-10T08:30Z/45/Europe/Zurich")
    ada.submit(page, "Continue", status=303)


def test_people_who_are_busy_then_are_refused_until_the_time_is_removed(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        someone = create_candidate("Lea Roth", "lea@mail.example", team.other_job_id)
        schedule(team.ada, someone, starts_at=AT_NINE, software=None)
    draft = draft_with(ada, team.dina.id, "attendees", at(), at(1))
    page = ada.get(f"{draft}/attendees")
    assert "2 times: Wed 10 Feb and Thu 11 Feb" in page.text
    assert "Busy: Lea Roth" in page.text
    refused = ada.submit(page, "Continue", people=[str(team.cleo.id)], status=422)
    assert "Someone has another interview at one of the times." in refused.text
    assert "Cleo Marin has another interview with Lea Roth" in refused.text
    [remove] = refused.tree.all("button", lambda e: e.text == "Wed 10 Feb, 09:00–09:45 CET")
    gone = ada.follow(ada.submit(refused, "Continue", direction=remove["value"], status=303))
    assert payload(web, draft)["date-time"]["slots"] == [at(1)]
    ada.submit(gone, "Continue", status=303)


def test_times_that_have_passed_since_are_pointed_out_when_the_draft_is_opened(
    clock: Clock, team: Team, ada: Visitor
) -> None:
    soon = clock.now + timedelta(hours=2)
    first = f"{soon:%Y-%m-%dT%H:%MZ}/45/UTC"
    draft = draft_with(ada, team.dina.id, "details", first, at())
    ada.get(f"{draft}/details")
    clock.move(timedelta(hours=3))
    page = ada.get(f"{draft}/date-time")
    assert "has passed. Remove it." in page.text
    assert "This time has passed." in page.text
    ada.get(f"{draft}/details", leads_to=f"{draft}/date-time")
    page = press(ada, draft, f"remove-slot {first}")
    ada.submit(page, "Continue", status=303)
    ada.get(f"{draft}/details")


def test_time_is_kept_when_the_method_changes(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "finalize", {"setup": {**BY_SLOTS}})
    send(ada, draft, "setup", method="time_slots", **BY_SLOTS)
    end = ada.get(f"{draft}/finalize")
    assert end.has_button("Send request")
    assert "1 time" in end.text
    send(ada, draft, "setup", method="direct", **BY_SLOTS)
    assert ada.get(f"{draft}/finalize").has_button("Schedule Interview")


def requests(web: Flask) -> list[tuple[SchedulingMethod, InterviewStatus, list[str], bool]]:
    with in_rows(web):
        return [
            (
                row.method,
                row.status,
                [slot_as_text(in_plan(slot)) for slot in row.slots],
                row.slot_request is not None and row.slot_request.schedules_at_once,
            )
            for row in db.session.scalars(db.select(Interview))
        ]


def test_request_is_sent_once_and_says_so(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id, "finalize", at(1), at())
    end = ada.get(f"{draft}/finalize")
    for words in ("Dina picks from", "Wednesday, 10 February 2027, 09:00–09:45 Zurich time (CET)"):
        assert words in end.text
    assert "invited" not in re.sub(r"Preview as.*", "", end.text)
    first = ada.submit(end, "Send request", status=303)
    again = ada.submit(end, "Send request", status=303)
    assert first.headers["Location"].partition("?")[0] == again.headers["Location"]
    assert "Request sent to Dina." in ada.follow(first).text
    assert ada.get(f"{draft}/finalize").heading == "Already sent"
    sent = (SchedulingMethod.TIME_SLOTS, InterviewStatus.REQUESTED, [at(), at(1)], True)
    assert requests(web) == [sent]


def test_last_look_is_wanted_or_not(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id, "finalize", at())
    end = ada.get(f"{draft}/finalize")
    # Kept on the way to another step and back.
    ada.submit(end, "Edit Details", at_once=None, status=303, change="details")
    end = ada.get(f"{draft}/finalize")
    assert not end.value_of("Send request", "at_once")
    ada.submit(end, "Send request", status=303)
    assert [row[3] for row in requests(web)] == [False]


def test_without_an_account_that_hosts_a_last_look_is_usual(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(
        ada,
        team.dina.id,
        "finalize",
        {"setup": {"method": "time_slots"}, "date-time": {**TYPED, "time": "", "slots": [at()]}},
    )
    end = ada.get(f"{draft}/finalize")
    assert not end.value_of("Send request", "at_once")
    assert "No Zoom link yet" in end.text


def test_someone_who_just_became_busy_is_named_at_the_end(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id, "finalize", at(), at(1))
    end = ada.get(f"{draft}/finalize")
    with in_rows(web):
        someone = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, someone, starts_at=AT_NINE, software=None)
    refused = ada.submit(end, "Send request", status=422)
    assert refused.step_heading == "Date & Time"
    assert "Someone just got another interview on Wed 10 Feb, 09:00 CET." in refused.text
    assert requests(web)[-1][1] is InterviewStatus.SCHEDULED


def test_preview_shows_the_request_and_then_the_invitations(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_with(ada, team.dina.id, "preview", at(), at(1))
    page = ada.get(f"{draft}/preview")
    assert "Now, the candidate is asked to choose a time:" in page.text
    assert "Then 2 people will be invited to that time" in page.text
    assert "Choose a time for your interview: Backend Engineer at Northlight" in page.text
    assert "Calendar entry" not in page.text
    letter = ada.get(f"{draft}/letters/0").html
    for words in ("Wednesday, 10 February 2027, 09:00", "Thursday, 11 February 2027, 09:00", "Phone call"):
        assert words in letter
    assert "Thursday, 11 February" not in ada.get(f"{draft}/letters/1").html
    ada.get(f"{draft}/letters/3", status=404)
    with_ben = ada.get(f"{draft}/preview?reader=2")
    assert "Calendar entry" in with_ben.text
    # What arrives is what was shown.
    send(ada, draft, "preview")
    ada.submit(ada.get(f"{draft}/finalize"), "Send request", status=303)
    with in_rows(web):
        asked = db.select(Mail).where(Mail.kind == SLOT_REQUEST, Mail.due_at <= utc_now())
        [mail] = db.session.scalars(asked)
        copy = as_of_now(mail, services())
        assert copy is not None
        assert copy.letter.subject == "Choose a time for your interview: Backend Engineer at Northlight"
        assert without_addresses(letter) == without_addresses(copy.letter.html)
