"""The join address: it is for one reader, is valid forever, and leads into the meeting shortly before the
start."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from extensions import db
from models import Attendee, Interview, InterviewStatus, Meeting, MeetingState, PhoneCaller, Role, User
from scheduling.plans import Participant
from scheduling.venues import PhoneCall
from services import services
from tests.factories import Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

LINK = "https://zoom.example/j/83000000001?pwd=the-secret-key"


@pytest.fixture
def interview_id(web: Flask, clock: Clock, team: Team) -> int:
    """An interview of 45 minutes that begins in three days, with its meeting ready."""
    with in_rows(web):
        made = schedule(team.ada, team.dina, attendees=(Participant("Sam Ortiz", "sam@partner.example"),))
        change_meeting(made, MeetingState.READY)
        return made


def change_meeting(interview_id: int, state: MeetingState) -> None:
    meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
    meeting.state, meeting.join_url, meeting.passcode = state, LINK, "p4ss-marker"
    meeting.provider_meeting_id = "83000000001"
    db.session.commit()


def door(app: Flask, interview_id: int, reader: str = "candidate") -> str:
    with in_rows(app):
        interview = db.session.get_one(Interview, interview_id)
        address: str = services(app).join_links.join_page(interview, reader)
    return address.removeprefix("http://localhost")


def test_page_says_who_and_when_and_leads_into_the_meeting(web: Flask, interview_id: int) -> None:
    page = Visitor(web).get(door(web, interview_id))
    assert page.heading == "Backend Engineer Interview"
    assert "Thursday, 4 February 2027, 10:00 CET" in page.text
    assert "Northlight" in page.text
    [link] = page.tree.all("a", lambda e: e.text == "Join Zoom Meeting")
    assert link["href"] == LINK
    assert "p4ss-marker" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not page.tree.all("form")


def test_door_is_open_from_before_the_start_until_after_the_end(
    web: Flask, clock: Clock, interview_id: int
) -> None:
    visitor, address = Visitor(web), door(web, interview_id)
    with in_rows(web):
        start = db.session.get_one(Interview, interview_id).starts_at
    end = start + timedelta(minutes=45)
    for moment in (start - timedelta(minutes=15, seconds=1), start - timedelta(days=1)):
        clock.now = moment
        assert "Join Zoom Meeting" in visitor.get(address).text
    for moment in (start - timedelta(minutes=15), start, end, end + timedelta(minutes=30)):
        clock.now = moment
        answer = visitor.get(address, leads_to=LINK)
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    clock.now = end + timedelta(minutes=30, seconds=1)
    page = visitor.get(address)
    assert "This interview is over." in page.text
    assert LINK not in page.html


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (MeetingState.WAITING, "preparing the meeting"),
        (MeetingState.FAILED, "There's no link yet. Ada Berg knows"),
    ],
)
def test_page_without_a_link_says_so(
    web: Flask, clock: Clock, interview_id: int, state: MeetingState, words: str
) -> None:
    with in_rows(web):
        change_meeting(interview_id, state)
        start = db.session.get_one(Interview, interview_id).starts_at
    for moment in (clock.now, start):
        clock.now = moment
        page = Visitor(web).get(door(web, interview_id))
        assert words in page.text
        assert "p4ss-marker" not in page.text
        assert LINK not in page.html


def test_cancelled_interview_keeps_its_page_and_loses_its_link(
    web: Flask, clock: Clock, interview_id: int
) -> None:
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        interview.status, start = InterviewStatus.CANCELLED, interview.starts_at
        db.session.commit()
    for moment in (clock.now, start):
        clock.now = moment
        page = Visitor(web).get(door(web, interview_id))
        assert "This interview was cancelled" in page.text
        assert LINK not in page.html


def test_each_reader_has_an_address_of_their_own(web: Flask, interview_id: int) -> None:
    with in_rows(web):
        attendee_id = db.session.scalars(db.select(Attendee.id)).one()
    readers = ("candidate", "manager", f"attendee-{attendee_id}")
    addresses = {door(web, interview_id, reader) for reader in readers}
    assert len(addresses) == 3
    for address in addresses:
        Visitor(web).get(address)


def test_address_of_someone_who_left_the_team_opens_nothing(web: Flask, team: Team) -> None:
    """This holds for hiring managers and attendees; guests from outside and the candidate keep theirs."""
    with in_rows(web):
        sam = Participant("Sam Ortiz", "sam@partner.example")
        cleo = Participant(team.cleo.name, team.cleo.email, team.cleo.id)
        interview_id = schedule(team.ada, team.dina, attendees=(cleo, sam))
        attendees = db.session.scalars(db.select(Attendee).order_by(Attendee.id)).all()
        keys = {attendee.email: f"attendee-{attendee.id}" for attendee in attendees}
    leavers = [door(web, interview_id, "manager"), door(web, interview_id, keys[team.cleo.email])]
    others = [door(web, interview_id), door(web, interview_id, keys["sam@partner.example"])]
    visitor = Visitor(web)
    for is_active, status in ((True, 200), (False, 404), (True, 200)):
        with in_rows(web):
            for member in (team.ben, team.cleo):
                db.session.get_one(User, member.id).is_active = is_active
            db.session.commit()
        for address in leavers:
            visitor.get(address, status=status)
        for address in others:
            visitor.get(address)


def test_address_of_someone_who_was_taken_off_opens_nothing(web: Flask, interview_id: int) -> None:
    with in_rows(web):
        attendee = db.session.scalars(db.select(Attendee)).one()
        key = f"attendee-{attendee.id}"
    address = door(web, interview_id, key)
    Visitor(web).get(address)
    with in_rows(web):
        db.session.delete(db.session.scalars(db.select(Attendee)).one())
        db.session.commit()
    Visitor(web).get(address, status=404)


def test_candidate_sees_their_own_time(web: Flask, clock: Clock, team: Team) -> None:
    with in_rows(web):
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id, timezone="America/New_York")
        interview_id = schedule(team.ada, nora)
    assert "04:00 EST" in Visitor(web).get(door(web, interview_id)).text
    assert "10:00 CET" in Visitor(web).get(door(web, interview_id, "manager")).text


def test_each_interviewer_sees_their_own_time_and_whom_they_meet(
    web: Flask, clock: Clock, team: Team
) -> None:
    with in_rows(web):
        noah = create_user("Noah Bell", Role.INTERVIEWER, timezone="Europe/London")
        db.session.get_one(User, team.ben.id).timezone = "Asia/Kolkata"
        them = Participant(noah.name, noah.email, noah.id), Participant("Sam Ortiz", "sam@partner.example")
        interview_id = schedule(team.ada, team.dina, attendees=them)
        noahs, guests = db.session.scalars(db.select(Attendee.id).order_by(Attendee.id))
    for reader, at, place, interviews in (
        ("manager", "14:30 Kolkata time", "Kolkata time (IST)", True),
        (f"attendee-{noahs}", "09:00 GMT", "London time (GMT)", True),
        # A guest's zone is not known.
        (f"attendee-{guests}", "10:00 CET", "Zurich time (CET)", True),
        ("candidate", "10:00 CET", "Zurich time (CET)", False),
    ):
        page = Visitor(web).get(door(web, interview_id, reader)).text
        assert at in page, reader
        assert f"45 minutes · {place}" in page, reader
        assert ("with Dina Kaur" in page) is interviews, reader


def test_wrong_address_opens_nothing(web: Flask, interview_id: int, team: Team) -> None:
    with in_rows(web):
        other = schedule(team.ada, team.dina)
    right = door(web, interview_id)
    proof = right.rpartition(".candidate.0.")[2]
    wrong = [
        right[:-1],
        right[:-1] + ("A" if right[-1] != "A" else "B"),
        right.swapcase(),
        f"/j/{other}.candidate.0.{proof}",
        f"/j/{interview_id}.manager.0.{proof}",
        f"/j/{interview_id}.attendee-1.0.{proof}",
        f"/j/{interview_id}.candidate.1.{proof}",
        f"/j/0{interview_id}.candidate.0.{proof}",
        f"/j/{interview_id}..{proof}",
        f"/j/{interview_id}",
        f"/j/.{proof}",
        "/j/%C2%B2.candidate.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/j/%FF.candidate.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/j/x",
    ]
    visitor = Visitor(web)
    visitor.get(right)
    for address in wrong:
        assert LINK not in visitor.get(address, status=404).html, address


def test_addresses_of_an_older_generation_open_nothing(web: Flask, interview_id: int) -> None:
    old = door(web, interview_id)
    with in_rows(web):
        db.session.get_one(Interview, interview_id).link_generation += 1
        db.session.commit()
    Visitor(web).get(old, status=404)
    Visitor(web).get(door(web, interview_id))


@pytest.mark.parametrize("rest", ["", "12", "12.candidate.0.AAAA", "12.candidate.0.AAAA/", "a/b"])
def test_link_that_lost_its_end_tells_the_candidate_what_to_do(
    web: Flask, interview_id: int, rest: str
) -> None:
    page = Visitor(web).get(f"/j/{rest}", status=404)
    assert page.heading == "This link doesn't work"
    assert "Open it from your latest invitation, or reply to that email." in page.text
    assert "Northlight" in page.text
    # A candidate has nothing to do on the team's pages.
    assert not page.tree.all("a", lambda e: e["href"] != "#main")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_link_of_which_only_a_space_is_left_leads_to_the_same_words(web: Flask, interview_id: int) -> None:
    Visitor(web).get("/j/%20", leads_to="/j/")


def test_candidates_own_number_is_on_the_page_of_everyone_but_guests(web: Flask, team: Team) -> None:
    with in_rows(web):
        interview_id = schedule(
            team.ada,
            team.dina,
            venue=PhoneCall("+41 44 668 18 00", PhoneCaller.TEAM),
            attendees=(Participant("Sam Ortiz", "sam@partner.example"),),
        )
        guest_id = db.session.scalars(db.select(Attendee.id)).one()
    for reader, words in (
        ("candidate", "Ben Frei will call you at +41 44 668 18 00"),
        ("manager", "You will call Dina Kaur at +41 44 668 18 00"),
        (f"attendee-{guest_id}", "Ben Frei will call Dina Kaur."),
    ):
        page = Visitor(web).get(door(web, interview_id, reader))
        assert words in page.text
        assert ("668 18 00" in page.html) is not reader.startswith("attendee")


def test_pages_that_send_nothing_set_no_cookie(web: Flask, interview_id: int) -> None:
    address = door(web, interview_id)
    for path, status in (
        (address, 200),
        (f"{address}x", 404),
        ("/j/", 404),
        ("/invitations/1.1.abc", 404),
        ("/password-reset/1.abc", 404),
    ):
        visitor = Visitor(web)
        page = visitor.get(path, status=status)
        assert "Set-Cookie" not in page.headers, path
        assert page.token is None


def test_page_says_who_comes_and_what_about_and_offers_the_calendar(web: Flask, interview_id: int) -> None:
    visitor = Visitor(web)
    page = visitor.get(door(web, interview_id))
    assert page.tree.all("span", lambda e: e.get("class") == "brand-name")[0].text == "Northlight"
    assert "Powered by SmoothHiring" in page.text
    assert "Who you'll meet" in page.text
    assert "Ben Frei" in page.text
    assert "Sam Ortiz" in page.text
    assert "Introduction, experience, questions" in page.text
    [reply] = page.tree.all("a", lambda e: e.text == "Can't make it? Reply to Ada.")
    assert reply["href"].startswith("mailto:ada@northlight.example?subject=Backend%20Engineer%20Interview")
    [link] = page.tree.all("a", lambda e: e.text == "Add to calendar")
    answer = visitor.get(link["href"])
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"
    event: Any
    [event] = Calendar.from_ical(answer.html).walk("VEVENT")
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        assert event["UID"] == interview.ics_uid
        assert event["DTSTART"].dt == interview.starts_at
    assert event["SUMMARY"] == "Backend Engineer Interview"
    assert door(web, interview_id) in event["URL"]


def test_calendar_file_is_for_the_reader_of_the_link(web: Flask, interview_id: int) -> None:
    visitor = Visitor(web)
    address = door(web, interview_id, "manager")
    assert "Dina Kaur – Backend Engineer Interview" in visitor.get(f"{address}/calendar").html
    assert "Candidate" in visitor.get(address).text
    # No one else's, and none for a link that lost its end.
    visitor.get(f"{address[:-1]}/calendar", status=404)
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        interview.status = InterviewStatus.CANCELLED
        db.session.commit()
    visitor.get(f"{address}/calendar", status=404)
    assert "Add to calendar" not in visitor.get(address).text
