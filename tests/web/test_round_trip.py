"""To the provider's consent page and back: each outcome has its own message, and only one stores anything."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from extensions import db
from models import ConnectionState, OAuthAttempt, Organization, UserSession
from tests.accounts.mails import do_background_work
from tests.factories import LENA, PASSWORD, PRIYA, Team, consent, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.round_trips import (
    APPS,
    CALLBACK,
    card_of,
    come_back,
    coming_back,
    connect,
    leave,
    message_of,
    result_of,
    stored,
)
from timezones import utc_now


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


def attempts(app: Flask) -> int:
    with in_rows(app):
        return db.session.scalar(db.select(db.func.count()).select_from(OAuthAttempt)) or 0


def test_connecting_leads_to_the_provider_and_back(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    address = leave(ada)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{simulators.zoom_url}/oauth/authorize?")
    assert asked["redirect_uri"] == f"http://localhost{CALLBACK}"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert "scope" not in asked
    policy = ada.get(APPS).headers["Content-Security-Policy"]
    [allowed] = re.findall(r"form-action ([^;]*);", policy)
    pages = [simulators.zoom_url, simulators.google.url, simulators.microsoft.url]
    assert sorted(allowed.split()) == sorted(["'self'", *pages])
    back = come_back(ada, consent(address, LENA))
    assert result_of(back) == "zoom=connected"
    assert message_of(ada, back) == f"Zoom is connected as {LENA}."
    [row] = stored(connected)
    assert (row.user_id, row.account_email, row.state) == (people.ada.id, LENA, ConnectionState.CONNECTED)


def test_declining_connects_nothing(connected: Flask, simulators: Simulators, ada: Visitor) -> None:
    back = come_back(ada, consent(leave(ada), None))
    assert result_of(back) == "zoom=denied"
    assert message_of(ada, back) == "You declined on Zoom's page. Nothing was connected."
    assert ada.get(APPS).has_button("Connect")
    assert stored(connected) == []
    assert simulators.ledger()["token_calls"] == 0


NOT_OURS_OR_NOT_WHOLE: list[tuple[Callable[[dict[str, str]], dict[str, str]], str]] = [
    (lambda a: {**a, "state": "made-up"}, "wasn't requested from here"),
    (lambda a: {**a, "state": a["state"][:-1]}, "wasn't requested from here"),
    (lambda a: {**a, "state": a["state"] + "x" * 3000}, "wasn't requested from here"),
    (lambda a: {"code": a["code"]}, "wasn't requested from here"),
    (lambda a: {**a, "state": ""}, "wasn't requested from here"),
    (lambda a: {"state": a["state"]}, "without permission"),
    (lambda a: {**a, "code": "c" * 3000}, "without permission"),
    (lambda a: {"state": a["state"], "error": "server_error"}, "without permission"),
    (lambda a: {**a, "error": "<script>alert(1)</script>"}, "without permission"),
]


def test_answer_that_is_not_ours_or_not_whole_connects_nothing(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    for change, words in NOT_OURS_OR_NOT_WHOLE:
        answer = change(consent(leave(ada), LENA))
        back = come_back(ada, answer)
        assert result_of(back) == "zoom=error", answer
        message = message_of(ada, back)
        assert words in message, answer
        assert message.endswith("Nothing was connected. Please connect again.")
        assert "alert(1)" not in ada.follow(back).html
    assert simulators.ledger()["token_calls"] == 0
    assert stored(connected) == []


def test_parameter_that_is_sent_twice_counts_as_none(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    answer = consent(leave(ada), LENA)
    back = ada.get(f"{CALLBACK}?{urlencode(answer)}&code=another&unknown=1", status=303)
    assert "without permission" in message_of(ada, back)
    assert simulators.ledger()["token_calls"] == 0
    # Unknown parameters are ignored.
    back = come_back(ada, {**consent(leave(ada), LENA), "unknown": "1", "words": "Zoom is connected"})
    assert result_of(back) == "zoom=connected"
    assert len(stored(connected)) == 1


def test_looking_at_the_way_back_spends_nothing(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    address = f"{CALLBACK}?{urlencode(consent(leave(ada), LENA))}"
    assert ada.client.head(address, base_url=ada.base_url).status_code == 405
    for header in ("Sec-Purpose", "Purpose"):
        early = ada.client.get(address, base_url=ada.base_url, headers={header: "prefetch;prerender"})
        assert early.status_code == 503
    assert simulators.ledger()["token_calls"] == 0
    assert attempts(connected) == 1
    assert result_of(ada.get(address, status=303)) == "zoom=connected"


def test_answer_of_another_session_connects_no_one(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    answer = consent(leave(ada), LENA)
    ben = Visitor(connected).enter(people.ben)
    same_person = Visitor(connected).enter(people.ada)
    for number, visitor in enumerate((ben, same_person)):
        back = come_back(visitor, answer)
        assert result_of(back) == "zoom=error"
        # The first use has spent it, no matter whose it was.
        words = "belongs to another sign-in" if number == 0 else "was already used"
        assert words in message_of(visitor, back)
    assert result_of(come_back(ada, answer)) == "zoom=error"
    assert simulators.ledger()["token_calls"] == 0
    assert stored(connected) == []


def test_answer_after_ten_minutes_is_too_late(
    connected: Flask, simulators: Simulators, clock: Clock, people: Team
) -> None:
    ada = Visitor(connected).enter(people.ada)
    answer = consent(leave(ada), LENA)
    clock.move(timedelta(minutes=10, seconds=1))
    back = come_back(ada, answer)
    assert result_of(back) == "zoom=error"
    assert message_of(ada, back) == (
        "You were at Zoom for more than ten minutes, so its answer is too old. "
        "Nothing was connected. Please connect again."
    )
    assert simulators.ledger()["token_calls"] == 0
    # Those who never come back are forgotten, too.
    leave(ada)
    clock.move(timedelta(days=2))
    late = Visitor(connected).enter(people.ada)
    leave(late)
    assert attempts(connected) == 1


def test_answer_that_came_from_another_provider_connects_nothing(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    back = come_back(ada, consent(leave(ada), LENA), provider="google")
    assert result_of(back) == "google=error"
    assert "came from a different provider" in message_of(ada, back)
    assert simulators.ledger()["token_calls"] == 0
    assert stored(connected) == []
    ada.get("/connect/nobody/callback?state=x&code=y", status=404)


def test_person_who_was_signed_out_meanwhile_is_told_on_the_sign_in_page(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    answer = consent(leave(ada), LENA)
    ada.submit(ada.get("/"), "Sign out", status=303)
    back = come_back(ada, answer)
    assert back.headers["Location"] == f"/login?next={APPS}"
    assert answer["code"] not in back.html
    page = ada.follow(back)
    assert page.messages.endswith(
        "You were signed out while you were at Zoom. Nothing was connected; sign in and connect again."
    )
    assert attempts(connected) == 0
    assert simulators.ledger()["token_calls"] == 0
    # Someone who signs in now can no longer use it, and gets to the page where they can start over.
    ada.submit(page, "Sign in", leads_to=APPS, email=people.ada.email, password=PASSWORD)
    assert "was already used" in message_of(ada, come_back(ada, answer))
    assert stored(connected) == []
    # It is the same if the session expired and its cookie is still there.
    answer = consent(leave(ada), LENA)
    with in_rows(connected):
        db.session.execute(db.update(UserSession).values(ended_at=utc_now()))
        db.session.commit()
    assert "You were signed out while you were at Zoom." in ada.follow(come_back(ada, answer)).messages
    assert attempts(connected) == 0
    # Without any attempt nothing is claimed about one.
    stranger = Visitor(connected)
    page = stranger.follow(stranger.get(f"{CALLBACK}?state=made-up&code=x", status=303))
    assert page.messages == "Nothing was connected. Sign in and connect again."


def test_person_who_signs_out_while_the_provider_is_being_asked_connects_nothing(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    with coming_back(simulators, ada, consent(leave(ada), LENA)), in_rows(connected):
        db.session.execute(db.update(UserSession).values(ended_at=utc_now()))
        db.session.commit()
    assert stored(connected) == []
    with in_rows(connected):
        words = db.session.scalars(db.select(UserSession.connect_notice)).all()
    assert "You were signed out before Zoom answered. Nothing was connected." in words
    # What Zoom gave is given back.
    assert [grant["alive"] for grant in simulators.ledger()["grants"]] == [True]
    do_background_work(connected)
    assert [grant["alive"] for grant in simulators.ledger()["grants"]] == [False]


def test_connecting_that_is_closed_while_the_provider_is_being_asked_connects_nothing(
    connected: Flask, simulators: Simulators, people: Team
) -> None:
    ben = Visitor(connected).enter(people.ben)
    with coming_back(simulators, ben, consent(leave(ben), LENA)), in_rows(connected):
        db.session.get_one(Organization, 1).connecting_is_open = False
        db.session.commit()
    assert stored(connected) == []
    notice = ben.get(f"{APPS}?zoom=error").tree.with_id("round-trip")
    assert notice is not None
    assert notice.all("p")[0].text == "Your role can no longer connect apps. Nothing was connected."


def test_person_who_may_no_longer_connect_is_told_so(
    connected: Flask, simulators: Simulators, people: Team
) -> None:
    ben = Visitor(connected).enter(people.ben)
    answer = consent(leave(ben), LENA)
    with in_rows(connected):
        db.session.get_one(Organization, 1).connecting_is_open = False
        db.session.commit()
    back = come_back(ben, answer)
    assert result_of(back) == "zoom=error"
    assert "Your role can no longer connect apps" in message_of(ben, back)
    assert attempts(connected) == 0
    assert simulators.ledger()["token_calls"] == 0
    assert stored(connected) == []


def test_second_tab_is_told_that_the_first_one_has_connected(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    first, second, third = (consent(leave(ada), LENA) for _ in range(3))
    assert result_of(come_back(ada, first)) == "zoom=connected"
    calls = len(simulators.ledger()["calls"]) + simulators.ledger()["token_calls"]
    back = come_back(ada, second)
    assert result_of(back) == "zoom=connected"
    assert message_of(ada, back) == (
        "Zoom was connected in another tab in the meantime. "
        f"Nothing was changed: Zoom is still connected as {LENA}."
    )
    assert len(simulators.ledger()["calls"]) + simulators.ledger()["token_calls"] == calls
    ada.post("/disconnect/zoom", status=303)
    back = come_back(ada, third)
    assert result_of(back) == "zoom=error"
    assert message_of(ada, back).endswith("Nothing was connected. Please connect again.")
    # A round trip that begins after that counts again.
    connect(ada, PRIYA)
    assert [row.account_email for row in stored(connected)] == [PRIYA]


def test_account_that_a_colleague_connects_leaves_the_first_one_with_the_reason(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    connect(ada)
    ben = Visitor(connected).enter(people.ben)
    back = come_back(ben, consent(leave(ben), LENA))
    assert result_of(back) == "zoom=connected"
    assert message_of(ben, back) == (
        f"Zoom is connected as {LENA}. "
        "Ada Berg was using this account and now needs to connect a different one."
    )
    page = ada.get(APPS)
    assert "Reconnect needed" in card_of(page)
    assert f"{LENA} was connected by Ben Frei." in card_of(page)
    assert "Reconnect with your own account, or agree with Ben Frei on who uses" in card_of(page)
    assert result_of(come_back(ada, consent(leave(ada, "Reconnect"), PRIYA))) == "zoom=connected"
    assert [(row.account_email, row.state.value) for row in stored(connected)] == [
        (PRIYA, "connected"),
        (LENA, "connected"),
    ]


def test_connecting_another_account_than_before_is_pointed_out(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    page = ada.get(APPS)
    connect(ada)
    with in_rows(connected):
        schedule(people.ada, people.dina)
    do_background_work(connected)
    assert "1 upcoming." in card_of(ada.get(APPS))
    answer = consent(ada.submit(page, "Connect", status=303).headers["Location"], PRIYA)
    assert message_of(ada, come_back(ada, answer)) == (
        f"Zoom is connected as {PRIYA}. Before, it was {LENA}. Meetings created there stay there. "
        "One upcoming interview has its meeting there. The links work, but nothing can be changed or "
        "cancelled from here until that account is connected again."
    )
    # The meeting is not on this account, and its link works anyway.
    assert "None upcoming." in card_of(ada.get(APPS))
    assert "Join Zoom Meeting" in ada.get("/interviews/1").text
    # The same one again is nothing new.
    answer = consent(ada.submit(page, "Connect", status=303).headers["Location"], PRIYA)
    assert message_of(ada, come_back(ada, answer)) == f"Zoom is connected as {PRIYA}."
    assert len(stored(connected)) == 1


def test_message_in_the_address_is_ours_or_none(ada: Visitor) -> None:
    for forged in ("?zoom=connected", "?zoom=error", "?zoom=%3Cscript%3E", "?google=denied&zoom=connected"):
        page = ada.get(f"{APPS}{forged}")
        main = page.tree.with_id("main")
        assert main is not None
        assert "is connected" not in main.text
        assert "script" not in main.text


def test_message_of_the_round_trip_is_gone_after_a_while(
    connected: Flask, simulators: Simulators, clock: Clock, people: Team
) -> None:
    ada = Visitor(connected).enter(people.ada)
    back = come_back(ada, consent(leave(ada), None))
    assert "You declined" in ada.follow(back).text
    assert "You declined" not in ada.get(APPS).text
    clock.move(timedelta(minutes=11))
    assert "You declined" not in ada.follow(back).text
