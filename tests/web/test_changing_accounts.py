"""Another account under the same connection, and back: which meetings are where, and what their host is
told."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import CallState, Connection, ConnectionState, Meeting, MeetingCall, Organization
from tests.accounts.mails import do_background_work
from tests.factories import LENA, PRIYA, Member, Team, consent, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import begin
from tests.web.round_trips import APPS, card_of, come_back, connect, leave, message_of, stored
from tests.web.test_live_connections import poll_of
from timezones import utc_now


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


def lose(app: Flask, member: Member) -> None:
    """Let the provider end someone's grant."""
    with in_rows(app):
        row = db.session.scalars(db.select(Connection).where(Connection.user_id == member.id)).one()
        row.state, row.problem, row.problem_since = ConnectionState.RECONNECT_NEEDED, "It ended.", utc_now()
        db.session.commit()


def meeting_of(app: Flask, interview_id: int) -> tuple[int | None, int | None]:
    """The connection that reaches the interview's meeting, and its host."""
    with in_rows(app):
        row = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
        return row.connection_id, row.host_id


def test_reconnecting_with_the_wrong_account_warns_and_can_be_fixed(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    connect(ada)
    with in_rows(connected):
        interview_id = schedule(people.ada, people.dina)
    do_background_work(connected)
    [connection] = stored(connected)
    lose(connected, people.ada)

    back = come_back(ada, consent(leave(ada, "Reconnect"), PRIYA))
    assert message_of(ada, back).endswith(
        f"Before, it was {LENA}. Meetings created there stay there. "
        "One upcoming interview has its meeting there. The links work, but nothing can be changed or "
        "cancelled from here until that account is connected again."
    )
    notice = ada.follow(back).tree.with_id("round-trip")
    assert notice is not None
    assert [box["class"] for box in notice.all("div") if "notice" in box["class"].split()] == [
        "notice tone-warning"
    ]
    assert "None upcoming." in card_of(ada.get(APPS))
    assert meeting_of(connected, interview_id) == (None, people.ada.id)

    lose(connected, people.ada)
    back = come_back(ada, consent(leave(ada, "Reconnect"), LENA))
    assert "coming interview" not in message_of(ada, back)
    assert "1 upcoming." in card_of(ada.get(APPS))
    assert meeting_of(connected, interview_id) == (connection.id, people.ada.id)


def test_meetings_go_with_their_account_to_the_person_who_connects_it(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    connect(ada)
    with in_rows(connected):
        interview_id = schedule(people.ada, people.dina)
    do_background_work(connected)
    ben = Visitor(connected).enter(people.ben)
    connect(ben, LENA)
    [of_ada, of_ben] = stored(connected)
    assert (of_ada.state, of_ben.state) == (ConnectionState.RECONNECT_NEEDED, ConnectionState.CONNECTED)
    assert meeting_of(connected, interview_id) == (of_ben.id, people.ben.id)
    assert "1 upcoming." in card_of(ben.get(APPS))
    assert f"Ben Frei ({LENA})" in ada.get(f"/interviews/{interview_id}").text


def test_what_a_lost_answer_left_on_an_account_is_looked_for_when_it_is_back(
    connected: Flask, simulators: Simulators, clock: Clock, people: Team
) -> None:
    ada = Visitor(connected).enter(people.ada)
    connect(ada)
    with in_rows(connected):
        schedule(people.ada, people.dina)
    do_background_work(connected)
    with in_rows(connected):
        call = db.session.scalars(db.select(MeetingCall)).one()
        call.state = CallState.UNKNOWN
        db.session.commit()
    connect_again = consent(leave_again(ada, connected, people.ada), PRIYA)
    come_back(ada, connect_again)
    come_back(ada, consent(leave_again(ada, connected, people.ada), LENA))
    clock.move(timedelta(minutes=20))
    do_background_work(connected)
    with in_rows(connected):
        assert db.session.scalars(db.select(MeetingCall.state)).all() == [CallState.ABSENT]


def leave_again(visitor: Visitor, app: Flask, member: Member) -> str:
    lose(app, member)
    return leave(visitor, "Reconnect")


def test_message_goes_when_the_card_says_otherwise(
    connected: Flask, simulators: Simulators, clock: Clock, people: Team
) -> None:
    ada = Visitor(connected).enter(people.ada)
    back = come_back(ada, consent(leave(ada), LENA))
    page = ada.follow(back)
    assert f"Zoom is connected as {LENA}." in page.text
    with in_rows(connected):
        db.session.scalars(db.select(Connection)).one().checked_at = utc_now() + timedelta(seconds=1)
        db.session.commit()
    # It still is, so the message stays where it is.
    assert 'id="round-trip"' not in ada.get(poll_of(page), htmx=True).html
    clock.move(timedelta(seconds=5))
    lose(connected, people.ada)
    assert 'id="round-trip"' in ada.get(poll_of(page), htmx=True).html
    assert "Zoom is connected as" not in ada.follow(back).text


def test_disconnecting_what_is_lost_is_asked_for_in_words_that_fit(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    connect(ada)
    question = f"{APPS}/zoom/disconnect"
    page = ada.get(question)
    assert [a["href"] for a in page.tree.all("a") if a.text == "Cancel"] == [APPS]
    lose(connected, people.ada)
    page = ada.get(question)
    # "Cancel" promises nothing about a connection that has ended.
    assert [a["href"] for a in page.tree.all("a") if a.text == "Cancel"] == [APPS]


def test_trouble_on_the_way_leads_to_its_cure(simulators: Simulators, ada: Visitor) -> None:
    page = ada.follow(come_back(ada, {"state": "of nobody", "code": "a-code"}))
    notice = page.tree.with_id("round-trip")
    assert notice is not None
    [link] = notice.all("a")
    path, _, anchor = link["href"].partition("#")
    assert ada.get(path).tree.with_id(anchor) is not None


def test_each_person_gets_helpful_words_about_a_server_that_is_not_accepted(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    ben = Visitor(connected).enter(people.ben)
    connect(ada, LENA)
    connect(ben, PRIYA)
    with in_rows(connected):
        for row in db.session.scalars(db.select(Connection)):
            row.credentials_refused, row.trouble, row.trouble_since = True, "It was refused.", utc_now()
        db.session.commit()
    assert "ZOOM_API_CLIENT_SECRET" in card_of(ada.get(APPS))
    assert "The connection itself is fine; Ada Berg has been told." in card_of(ben.get(APPS))
    assert "ZOOM_API_CLIENT_SECRET" not in ben.get(APPS).text


def test_dialog_says_whom_to_ask_where_connecting_is_not_open(
    connected: Flask, simulators: Simulators, people: Team
) -> None:
    ben = Visitor(connected).enter(people.ben)
    draft = begin(ben, people.dina.id)
    for is_open, label in ((True, "Open Connected Apps"), (False, "Ask Ada Berg to let you connect")):
        with in_rows(connected):
            db.session.get_one(Organization, 1).connecting_is_open = is_open
            db.session.commit()
        link = ben.get(f"{draft}/setup").tree.with_id("hosting-zoom")
        assert link is not None
        assert label in link.text
        assert link["href"] == f"{APPS}#app-zoom"


def test_message_goes_with_disconnecting(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    back = come_back(ada, consent(leave(ada), LENA))
    shown = ada.follow(back)
    ada.post("/disconnect/zoom", status=303)
    assert "Zoom is connected as" not in ada.follow(back).text
    # It also goes in a tab that still shows it.
    assert 'id="round-trip"' in ada.get(poll_of(shown), htmx=True).html
