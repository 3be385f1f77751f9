"""What the team sees of a candidate who is asked to choose a time, and does about it."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, MailState, RequestState, Role
from scheduling import slots
from scheduling.commands import candidate as says
from scheduling.commands import time_slots
from scheduling.mails.slots import SLOTS_WITHDRAWN
from services import services
from tests.factories import Team, create_candidate, create_user, request_slots, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from web.times import instant_as_text


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    """The clock stands, before anyone signs in."""


def on_day(clock: Clock, days: int, hour: int = 9) -> datetime:
    return (clock.now + timedelta(days=days)).replace(hour=hour)


def asked(web: Flask, team: Team, *starts: datetime, at_once: bool = False, sent: bool = True) -> int:
    """A request that has reached the candidate."""
    with in_rows(web):
        interview_id = request_slots(team.ada, team.dina, *starts, at_once=at_once)
        if sent:
            first = db.session.get_one(Interview, interview_id).mails[0]
            first.state, first.sent_at = MailState.SENT, first.due_at
        db.session.commit()
        return interview_id


def chosen(web: Flask, interview_id: int, number: int = 0) -> None:
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        time_slots.choose(interview, slots.offered(interview)[number].id, services().rules)
        db.session.commit()


def none_fit(web: Flask, interview_id: int, *times: datetime, words: str = "") -> None:
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        says.say_none_fit(interview, list(times), words, services().rules)
        db.session.commit()


def busy(web: Flask, team: Team, at: datetime) -> None:
    """Someone else is met at that time by the same people."""
    with in_rows(web):
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, other, starts_at=at, software=None)
        db.session.commit()


def status(web: Flask, interview_id: int) -> tuple[InterviewStatus, datetime]:
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        return interview.status, interview.starts_at


def buttons(page: Page) -> list[str]:
    """What can be pressed in the middle of the page."""
    [main] = page.tree.all("main")
    pressed = [*main.all("button"), *main.all("a", lambda e: "btn" in e.get("class").split())]
    return [each.text for each in pressed if each.text]


def states(page: Page) -> list[str]:
    """How the times that were offered stand."""
    found = page.tree.with_id("asked-for-time")
    assert found is not None
    return [row.all("span", lambda e: "badge" in e.get("class").split())[0].text for row in found.all("li")]


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
    clock.move(timedelta(days=1))
    ada.enter(team.ada)
    assert states(ada.get(f"/interviews/{interview_id}")) == ["Past", "Taken", "Free"]


def test_who_may_only_look_sees_neither_the_link_nor_buttons(web: Flask, team: Team, clock: Clock) -> None:
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
    assert "None of the times suits Dina Kaur" in page.text
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
    page = ada.follow(ada.submit(page, "Schedule now", leads_to=f"/interviews/{interview_id}"))
    assert status(web, interview_id) == (InterviewStatus.SCHEDULED, on_day(clock, 3))
    assert "Reschedule" in buttons(page)
    assert "Dina Kaur chose" in page.text


def test_conflict_of_the_chosen_time_is_said_before_it_is_scheduled(
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


def test_what_is_wrong_with_other_times_is_said_beside_them(
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
    assert "None of the times suits Dina Kaur" in ada.get(polled["hx-get"], htmx=True).text
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
    """What needs attention: the words, what the button says, and where it leads."""
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
        ("None of the times suits Dina Kaur, said 3 hours ago", "Answer for Dina Kaur", page)
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
    assert "Dina Kaur" not in ada.get("/calendar").text
    chosen(web, interview_id)
    for name in ("job", "candidates", "search", "picker"):
        assert "Chose Wed 15:00 CET" in ada.get(pages[name]).text, name
    assert "Wed 3 Feb, 15:00 CET" in ada.get(pages["candidate"]).text
    shown = ada.get(f"/interviews/{interview_id}/details").text
    assert "Chosen by Dina Kaur, not scheduled yet" in shown
    [slot] = ada.get("/calendar").tree.all("a", lambda e: "is-accepted" in e.get("class").split())
    assert "Accepted" in slot.text
