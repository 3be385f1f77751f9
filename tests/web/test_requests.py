"""What the team sees and does on the page of an interview whose time the candidate is asked to choose."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, RequestState, Role
from scheduling import slots
from scheduling.mails.queue import SLOTS_WITHDRAWN
from services import services
from tests.factories import Team, create_user
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor, path_of
from tests.web.request_steps import asked, busy, buttons, chosen, none_fit, on_day, states, status
from web.times import instant_as_text


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    """The clock is stopped, before anyone signs in."""


def test_page_says_how_the_request_stands(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    interview_id = asked(web, team, *(on_day(clock, days) for days in (1, 2, 3)))
    busy(web, team, on_day(clock, 2))
    page = ada.get(f"/interviews/{interview_id}")
    assert states(page) == ["Free", "Taken", "Free"]
    assert "Ben Frei has another interview with Omar Haddad" in page.text
    assert "The link works until" in page.text
    with in_rows(web):
        link = services(web).candidate_links.page(db.session.get_one(Interview, interview_id))
    assert link in page.html
    assert {"Send again", "Offer other times", "Withdraw request"} <= set(buttons(page))
    assert not {"Reschedule", "Complete", "No-show", "Cancel interview"} & set(buttons(page))
    assert not page.tree.all("section", lambda e: e.get("aria-label") == "When")
    assert "Length 45 minutes Requested by Ada" in page.words
    assert "Scheduled by" not in page.words
    clock.move(timedelta(days=1))
    ada.enter(team.ada)
    assert states(ada.get(f"/interviews/{interview_id}")) == ["Past", "Taken", "Free"]


def test_person_who_may_only_look_sees_neither_the_link_nor_buttons(
    web: Flask, team: Team, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    with in_rows(web):
        observer = create_user("Olaf Berg", Role.OBSERVER)
    looks_on = Visitor(web).enter(observer)
    page = looks_on.get(f"/interviews/{interview_id}")
    assert states(page) == ["Free"]
    assert "/s/" not in page.html
    assert not {"Send again", "Offer other times", "Withdraw request"} & set(buttons(page))
    at = instant_as_text(on_day(clock, 2))
    for path in ("send-request-again", "other-times", f"schedule-at?at={at}"):
        looks_on.post(f"/interviews/{interview_id}/{path}", {}, status=403)
    # Cleo manages another job.
    cleo = Visitor(web).enter(team.cleo)
    cleo.get(f"/interviews/{interview_id}/other-times", status=404)


def test_expired_link_lives_again(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    interview_id = asked(web, team, on_day(clock, 3), on_day(clock, 40))
    clock.move(slots.OPEN_FOR)
    ada.enter(team.ada)
    page = ada.get(f"/interviews/{interview_id}")
    assert "The link has expired" in page.text
    assert "/s/" not in page.html
    page = ada.follow(ada.submit(page, "Send again", leads_to=f"/interviews/{interview_id}"))
    assert "The request is sent again." in page.messages
    assert "The link works until" in page.text
    clock.move(timedelta(days=40))
    ada.enter(team.ada)
    page = ada.get(f"/interviews/{interview_id}")
    assert not page.has_button("Send again")
    # From a page that was opened before.
    answer = ada.post(f"/interviews/{interview_id}/send-request-again", {}, status=303)
    assert "All of these times have passed." in ada.follow(answer).text


def test_time_that_the_candidate_named_is_taken_in_one_click(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    none_fit(web, interview_id, on_day(clock, 5), on_day(clock, 6), words="Mornings are bad")
    page = ada.get(f"/interviews/{interview_id}")
    assert "None of the times work for Dina Kaur" in page.text
    assert "Mornings are bad" in page.text
    answer = ada.submit(page, "Take this time", leads_to=f"/interviews/{interview_id}")
    page = ada.follow(answer)
    assert status(web, interview_id) == (InterviewStatus.SCHEDULED, on_day(clock, 5))
    assert "Interview scheduled." in page.text
    assert "Dina Kaur can't make any of the times" in page.text
    # The second click.
    at = instant_as_text(on_day(clock, 5))
    again = ada.post(f"/interviews/{interview_id}/schedule-at?at={at}", {}, status=303)
    assert "This interview is scheduled already." in ada.follow(again).text
    with in_rows(web):
        assert len(db.session.get_one(Interview, interview_id).revisions) == 1


def test_conflict_of_a_named_time_is_shown_and_accepted(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    none_fit(web, interview_id, on_day(clock, 5))
    busy(web, team, on_day(clock, 5))
    page = ada.submit(ada.get(f"/interviews/{interview_id}"), "Take this time", status=422)
    assert "Ben Frei has another interview with Omar Haddad" in page.text
    assert status(web, interview_id)[0] is InterviewStatus.REQUESTED
    [tick] = page.tree.all("input", lambda e: e.get("id") == "accepted_clashes")
    ada.submit(page, "Schedule", accepted_clashes=tick["value"], leads_to=f"/interviews/{interview_id}")
    assert status(web, interview_id) == (InterviewStatus.SCHEDULED, on_day(clock, 5))


def test_only_times_that_were_named_are_taken(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    none_fit(web, interview_id, on_day(clock, 5))
    for at in (instant_as_text(on_day(clock, 9)), "", "soon"):
        answer = ada.post(f"/interviews/{interview_id}/schedule-at?at={at}", {}, status=303)
        assert "This has changed in the meantime." in ada.follow(answer).text
    assert status(web, interview_id)[0] is InterviewStatus.REQUESTED


def test_chosen_time_is_scheduled_in_one_click(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    interview_id = asked(web, team, on_day(clock, 2), on_day(clock, 3))
    chosen(web, interview_id, 1)
    page = ada.get(f"/interviews/{interview_id}")
    assert "Dina Kaur chose this time" in page.text
    assert page.tree.all("section", lambda e: e.get("aria-label") == "When")
    assert {"Schedule now", "Offer other times", "Withdraw request"} <= set(buttons(page))
    [review] = page.tree.all("button", lambda e: e.text == "Review first")
    assert ada.post(review["formaction"], status=303).headers["Location"].startswith("/schedule/")
    page = ada.follow(ada.submit(page, "Schedule now", leads_to=f"/interviews/{interview_id}"))
    assert status(web, interview_id) == (InterviewStatus.SCHEDULED, on_day(clock, 3))
    assert "Reschedule" in buttons(page)
    assert "Dina Kaur chose" in page.text


def test_conflict_of_the_chosen_time_is_shown_before_it_is_scheduled(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    chosen(web, interview_id)
    old = ada.get(f"/interviews/{interview_id}")
    busy(web, team, on_day(clock, 2))
    # The page was opened before there was a conflict.
    assert "Omar Haddad" in ada.submit(old, "Schedule now", status=422).text
    page = ada.get(f"/interviews/{interview_id}")
    assert "Ben Frei has another interview with Omar Haddad" in page.text
    [tick] = page.tree.all("input", lambda e: e.get("id") == "accepted_clashes")
    ada.submit(page, "Schedule now", accepted_clashes=tick["value"], status=303)
    assert status(web, interview_id)[0] is InterviewStatus.SCHEDULED


def test_click_on_a_time_that_was_given_up_since_schedules_nothing(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2), on_day(clock, 3))
    chosen(web, interview_id)
    old = ada.get(f"/interviews/{interview_id}")
    page = ada.get(f"/interviews/{interview_id}/other-times")
    day = on_day(clock, 8)
    typed = {"time-1-date": f"{day:%Y-%m-%d}", "time-1-time": "11:00", "timezone": "UTC"}
    ada.submit(page, "Ask Dina Kaur again", status=303, **typed)
    assert status(web, interview_id)[0] is InterviewStatus.REQUESTED
    answer = ada.submit(old, "Schedule now", status=303)
    assert "This has changed in the meantime." in ada.follow(answer).text
    chosen(web, interview_id)
    ada.submit(old, "Schedule now", status=303)
    assert status(web, interview_id) == (InterviewStatus.ACCEPTED, day.replace(hour=11))


def test_other_times_begin_with_what_the_candidate_named(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    none_fit(web, interview_id, on_day(clock, 5), on_day(clock, 6))
    page = ada.get(f"/interviews/{interview_id}/other-times")
    dates = [page.tree.with_id(f"time-{number}-date") for number in (1, 2, 3)]
    assert [each.get("value") for each in dates if each is not None] == [
        f"{on_day(clock, 5):%Y-%m-%d}",
        f"{on_day(clock, 6):%Y-%m-%d}",
        "",
    ]
    page = ada.follow(ada.submit(page, "Ask Dina Kaur again", status=303))
    assert states(page) == ["Free", "Free"]
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        [answer] = interview.answers
        assert answer.state is RequestState.MOVED
        assert [each.starts_at for each in slots.offered(interview)] == [on_day(clock, 5), on_day(clock, 6)]


def test_errors_in_other_times_are_reported_beside_them(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    busy(web, team, on_day(clock, 4))
    page = ada.get(f"/interviews/{interview_id}/other-times")
    again = ada.submit(page, "Ask Dina Kaur again", status=422)
    assert "Add at least one time." in again.text
    past, taken = on_day(clock, -1), on_day(clock, 4)
    typed = {
        "time-1-date": f"{past:%Y-%m-%d}",
        "time-1-time": "09:00",
        "time-2-date": f"{taken:%Y-%m-%d}",
        "timezone": "UTC",
    }
    again = ada.submit(page, "Ask Dina Kaur again", **typed, status=422)
    assert "This date has passed." in again.text
    assert "Choose a time." in again.text
    typed |= {"time-1-date": "", "time-1-time": "", "time-2-time": "09:00"}
    again = ada.submit(page, "Ask Dina Kaur again", **typed, status=422)
    assert "Ben Frei has another interview with Omar Haddad" in again.text
    kept = again.tree.with_id("time-2-date")
    assert kept is not None
    assert kept["value"] == f"{taken:%Y-%m-%d}"
    assert states(ada.get(f"/interviews/{interview_id}")) == ["Free"]


def test_request_is_withdrawn(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    page = ada.get(f"/interviews/{interview_id}/cancel")
    assert page.heading == "Withdraw the request to Dina Kaur?"
    page = ada.follow(ada.submit(page, "Withdraw request", words="The role is filled.", status=303))
    assert "The request is withdrawn." in page.messages
    assert status(web, interview_id)[0] is InterviewStatus.CANCELLED
    assert not page.tree.all("section", lambda e: e.get("aria-label") == "When")
    with in_rows(web):
        sent = [
            mail for mail in db.session.get_one(Interview, interview_id).mails if mail.kind == SLOTS_WITHDRAWN
        ]
        assert [mail.address for mail in sent] == [team.dina.email]


def test_withdrawing_a_request_never_cancels_what_was_scheduled_since(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 2), at_once=True)
    old = ada.get(f"/interviews/{interview_id}/cancel")
    chosen(web, interview_id)
    answer = ada.submit(old, "Withdraw request", leads_to=f"/interviews/{interview_id}/cancel")
    assert ada.follow(answer).heading == "Cancel the interview with Dina Kaur?"
    assert status(web, interview_id)[0] is InterviewStatus.SCHEDULED


def test_open_page_follows_the_candidate(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    page = ada.get(f"/interviews/{interview_id}")
    [polled] = page.tree.all("div", lambda e: e.get("id") == f"interview-{interview_id}-deliveries")
    assert ada.get(polled["hx-get"], htmx=True, status=204).html == ""
    none_fit(web, interview_id, on_day(clock, 5))
    assert "None of the times work for Dina Kaur" in ada.get(polled["hx-get"], htmx=True).text
    chosen(web, interview_id)
    answer = ada.get(polled["hx-get"], htmx=True)
    assert answer.headers["HX-Redirect"] == f"/interviews/{interview_id}"


@pytest.mark.parametrize("path", ["reschedule", "complete", "no-show"])
def test_pages_that_need_a_time_lead_back(
    web: Flask, team: Team, ada: Visitor, clock: Clock, path: str
) -> None:
    interview_id = asked(web, team, on_day(clock, 2))
    assert path_of(ada.get(f"/interviews/{interview_id}/{path}", status=303).headers["Location"]) == (
        f"/interviews/{interview_id}"
    )


def test_delivery_names_the_request_and_its_reminders(
    web: Flask, team: Team, ada: Visitor, clock: Clock
) -> None:
    interview_id = asked(web, team, on_day(clock, 10))
    page = ada.get(f"/interviews/{interview_id}")
    assert "Request to choose a time sent to 1 person" in page.text
    assert page.text.count("Reminder to choose a time queued for") == 2
    none_fit(web, interview_id, on_day(clock, 12))
    ada.get(f"/interviews/{interview_id}/keep-time", leads_to=f"/interviews/{interview_id}")
