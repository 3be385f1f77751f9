"""The same answer from a provider for the second time: a double click there, or a reload here."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import OAuthAttempt
from tests.factories import LENA, Team, consent
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.round_trips import come_back, coming_back, leave, message_of, result_of, stored
from timezones import utc_now


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


def another_tab(visitor: Visitor) -> Visitor:
    """The same browser, for a second request while the first is under way."""
    tab = Visitor(visitor.app)
    tab.client._cookies = dict(visitor.client._cookies or {})
    return tab


def test_double_click_on_the_providers_page_ends_where_the_first_click_leads(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    answer, second = consent(leave(ada), LENA), another_tab(ada)
    with coming_back(simulators, ada, answer):
        back = come_back(second, answer)
        assert result_of(back) == "zoom=connected"
        assert message_of(second, back) == f"Zoom is connected as {LENA}."
    assert len(stored(connected)) == 1


def test_double_click_that_comes_to_nothing_says_why_both_times(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    answer, second = consent(leave(ada), LENA), another_tab(ada)
    simulators.zoom_switches(fail_next=1, fail_status=503)
    with coming_back(simulators, ada, answer):
        back = come_back(second, answer)
        assert result_of(back) == "zoom=error"
        assert message_of(second, back).startswith("Zoom is having problems right now.")
    assert stored(connected) == []


def test_reloading_the_way_back_repeats_what_it_led_to(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    declined = consent(leave(ada), None)
    for _ in range(2):
        back = come_back(ada, declined)
        assert result_of(back) == "zoom=denied"
        assert message_of(ada, back).startswith("You declined on Zoom's page.")
    answer = consent(leave(ada), LENA)
    first = come_back(ada, answer)
    for code in (answer["code"], "another"):
        again = come_back(ada, {**answer, "code": code})
        assert result_of(again) == result_of(first) == "zoom=connected"
        assert message_of(ada, again) == message_of(ada, first)
    assert simulators.ledger()["token_calls"] == 1


def test_same_answer_after_the_first_came_to_nothing_with_its_process_is_used_up(
    connected: Flask, simulators: Simulators, clock: Clock, ada: Visitor
) -> None:
    answer = consent(leave(ada), LENA)
    with in_rows(connected):
        # As left by a process that was killed while it asked the provider.
        db.session.execute(db.update(OAuthAttempt).values(spent_at=utc_now(), verifier_ciphertext=""))
        db.session.commit()
    clock.move(timedelta(minutes=1, seconds=1))
    back = come_back(ada, answer)
    assert result_of(back) == "zoom=error"
    assert "was already used" in message_of(ada, back)
    assert simulators.ledger()["token_calls"] == 0


def test_answer_is_used_once(connected: Flask, simulators: Simulators, clock: Clock, ada: Visitor) -> None:
    answer = consent(leave(ada), LENA)
    assert result_of(come_back(ada, answer)) == "zoom=connected"
    calls = simulators.ledger()["token_calls"]
    clock.move(timedelta(minutes=10, seconds=1))
    again = come_back(ada, answer)
    assert result_of(again) == "zoom=error"
    assert message_of(ada, again) == (
        "This answer from Zoom was already used, or wasn't requested from here. "
        f"Nothing was changed: Zoom is still connected as {LENA}."
    )
    assert simulators.ledger()["token_calls"] == calls
    assert len(stored(connected)) == 1
