"""The page behind the urgent email: the link is enough to read it, but acting takes signing in."""

import pytest
from flask import Flask

from accounts.settings import open_connecting
from background import work_once
from extensions import db
from models import FailureReason, Interview, Meeting, MeetingSoftware, MeetingState, Role, User
from services import services
from tests.factories import OUTLOOK_CALENDAR, Team, connect_zoom, create_connection, create_user, schedule
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor, path_of

LABELS = (
    "Create it on my account",
    "Connect Zoom and create it",
    "Send this link to everyone",
    "I've given them a link",
)


@pytest.fixture
def interview_id(connected: Flask, people: Team) -> int:
    """An interview whose meeting could not be made."""
    with in_rows(connected):
        made = schedule(people.ada, people.dina)
        meeting = db.session.scalars(db.select(Meeting)).one()
        meeting.state, meeting.failure = MeetingState.FAILED, FailureReason.NOT_CONNECTED
        db.session.commit()
        return made


@pytest.fixture
def address(connected: Flask, interview_id: int) -> str:
    with in_rows(connected):
        return path_of(
            services(connected).account_links.repair_page(db.session.get_one(Interview, interview_id))
        )


def test_link_alone_shows_what_happened_and_asks_for_a_sign_in(connected: Flask, address: str) -> None:
    page = Visitor(connected).get(address)
    assert "No one who can host has connected Zoom." in page.text
    assert "Sign in to fix it" in page.text
    assert "Dina" not in page.text
    assert not any(page.has_button(label) for label in LABELS)
    assert page.headers["X-Robots-Tag"] == "noindex"
    Visitor(connected).post(f"{address}/arranged", leads_to="/login")


def test_made_up_link_opens_nothing(connected: Flask, people: Team) -> None:
    Visitor(connected).get("/repair/7-abc", status=404)
    ada = Visitor(connected).enter(people.ada)
    ada.post("/repair/7-abc/arranged", status=404)


def test_manager_without_an_account_connects_one_and_the_meeting_is_asked_for(
    connected: Flask, people: Team, address: str
) -> None:
    ben = Visitor(connected).enter(people.ben)
    page = ben.get(address)
    assert page.has_button("Connect Zoom and create it")
    leads = ben.submit(page, "Connect Zoom and create it", status=303)
    assert "/oauth/authorize" in leads.headers["Location"]
    with in_rows(connected):
        assert db.session.scalars(db.select(Meeting)).one().offered_by_id == people.ben.id


def test_account_of_someone_else_on_the_team_is_asked_first(
    connected: Flask, people: Team, simulators: Simulators, address: str, interview_id: int
) -> None:
    with in_rows(connected):
        rita = create_user("Rita Sand", Role.RECRUITER)
        connect_zoom(rita, simulators)
    visitor = Visitor(connected).enter(rita)
    visitor.submit(visitor.get(address), "Create it on my account", leads_to=f"/interviews/{interview_id}")
    work_once(connected)
    with in_rows(connected):
        meeting = db.session.scalars(db.select(Meeting)).one()
        assert (meeting.state, meeting.host_id) == (MeetingState.READY, rita.id)
    assert "The interview has its link now" in visitor.get(address).text


def test_pasted_link_is_used_and_a_wrong_one_is_refused_beside_its_field(
    connected: Flask, people: Team, address: str, interview_id: int
) -> None:
    ada = Visitor(connected).enter(people.ada)
    button = "Send this link to everyone"
    refused = ada.submit(ada.get(address), button, status=422, link_label="Webex", link_url="meet.example/1")
    assert "https://" in refused.error_at("link_url")
    assert refused.value_of(button, "link_url") == "meet.example/1"
    ada.submit(
        refused,
        button,
        leads_to=f"/interviews/{interview_id}",
        link_label="Webex",
        link_url="https://meet.example/1",
    )
    with in_rows(connected):
        interview = db.session.get_one(Interview, interview_id)
        assert interview.meeting is not None
        assert interview.meeting.join_url == "https://meet.example/1"
        assert interview.revision == 1
    # A second press, in another tab, finds nothing to fix.
    ada.post(
        f"{address}/link", {"link_label": "Webex", "link_url": "https://meet.example/2"}, leads_to=address
    )


def test_page_says_that_it_is_arranged_and_that_can_be_taken_back(
    connected: Flask, people: Team, address: str, interview_id: int
) -> None:
    ben = Visitor(connected).enter(people.ben)
    ben.submit(ben.get(address), "I've given them a link", leads_to=f"/interviews/{interview_id}")
    page = ben.get(address)
    assert "Ben Frei has given everyone a link" in page.text
    assert not page.has_button("I've given them a link")
    assert page.has_button("Connect Zoom and create it")
    about = ben.get(f"/interviews/{interview_id}")
    assert "Ben Frei has given everyone a link, so we've stopped trying." in about.text
    assert "Create a meeting after all" in about.text
    assert not about.has_button("Try again now")
    with in_rows(connected):
        interview = db.session.get_one(Interview, interview_id)
        join_page = path_of(services(connected).join_links.join_page(interview, "candidate"))
    assert "Use the link that Ben Frei sent you." in Visitor(connected).get(join_page).text
    log = Visitor(connected).enter(people.ada).get("/settings/system-log")
    assert "The online meeting could not be created." not in log.text


def test_interview_page_leads_to_the_other_ways(
    connected: Flask, people: Team, address: str, interview_id: int
) -> None:
    page = Visitor(connected).enter(people.ben).get(f"/interviews/{interview_id}")
    [link] = [each for each in page.tree.all("a") if each.text == "Other ways to fix this"]
    assert path_of(link["href"]) == address


def test_people_without_a_part_in_it_are_told_whom_to_ask(
    connected: Flask, people: Team, address: str
) -> None:
    with in_rows(connected):
        olaf = create_user("Olaf Berg", Role.OBSERVER)
    visitor = Visitor(connected).enter(olaf)
    assert "Ask Ben Frei or Ada Berg." in visitor.get(address).text
    visitor.post(f"{address}/arranged", status=403)
    visitor.post(f"{address}/host", status=403)


def test_person_who_may_not_connect_is_never_led_to_a_refusal(
    connected: Flask, people: Team, address: str
) -> None:
    with in_rows(connected):
        open_connecting(db.session.get_one(User, people.ada.id), False)
        db.session.commit()
    ben = Visitor(connected).enter(people.ben)
    page = ben.get(address)
    assert page.has_button("Ask Ada Berg")
    assert not page.has_button("Connect Zoom and create it")


def test_person_whose_account_cannot_host_is_told_to_connect_another(
    connected: Flask, people: Team, address: str
) -> None:
    with in_rows(connected):
        meeting = db.session.scalars(db.select(Meeting)).one()
        meeting.software = MeetingSoftware.TEAMS
        create_connection(people.ben.id, app=OUTLOOK_CALENDAR, plan="basic")
    page = Visitor(connected).enter(people.ben).get(address)
    assert page.text.count("No Microsoft Teams link yet")
    assert (
        "Your account can't host: a personal Microsoft account can't make Teams meetings. "
        "Connect Outlook Calendar with another account, and the meeting is created right away." in page.text
    )
