"""Delays after failed attempts: they grow, per account and per address, and all server processes share
them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask

from accounts.throttling import SIGN_IN, Limit, TooManyTriesError
from extensions import db
from models import Throttle
from services import services
from tests.factories import PASSWORD, Team, create_team
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases

WRONG = "not the password"


@pytest.fixture
def two_processes(database_url: str, instance_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """Two apps that know nothing of each other but the database and the keys."""
    apps = [build_app(settings_for(database_url, instance_path)) for _ in range(2)]
    with in_rows(apps[0]):
        create_team()
    yield apps[0], apps[1]
    for app in apps:
        close_app(app)


def refused_at(app: Flask, email: str, address: str = "127.0.0.1", password: str = WRONG) -> int:
    return Visitor(app, address).try_to_sign_in(email, password)


def test_tries_are_counted_over_both_processes(two_processes: tuple[Flask, Flask], clock: Clock) -> None:
    email = "ada@northlight.example"
    for number in range(SIGN_IN.free_per_account):
        assert refused_at(two_processes[number % 2], email, f"198.51.100.{number}") == 422
    # From another place, with the right password, at either process.
    for app in two_processes:
        assert refused_at(app, email, "198.51.100.99", PASSWORD) == 429
    clock.move(timedelta(seconds=5))
    assert refused_at(two_processes[1], email, "198.51.100.99", PASSWORD) == 303


def test_many_at_once_get_no_more_tries_than_one_after_the_other(
    two_processes: tuple[Flask, Flask], clock: Clock
) -> None:
    answers: list[int] = []

    def guess(number: int) -> None:
        app = two_processes[number % 2]
        answers.append(refused_at(app, "ada@northlight.example", f"198.51.100.{number}"))

    threads = [Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers.count(422) == SIGN_IN.free_per_account
    assert answers.count(429) == 12 - SIGN_IN.free_per_account


def test_delay_doubles_up_to_a_quarter_of_an_hour(web: Flask, clock: Clock, team: Team) -> None:
    for _ in range(SIGN_IN.free_per_account):
        assert refused_at(web, team.ada.email) == 422
    waits = []
    for number in range(9):
        blocked = Visitor(web).post("/login", {"email": team.ada.email, "password": WRONG}, status=429)
        waits.append(int(blocked.headers["Retry-After"]))
        clock.move(timedelta(seconds=waits[-1] - 1))
        assert refused_at(web, team.ada.email) == 429
        clock.move(timedelta(seconds=1))
        assert refused_at(web, team.ada.email, f"198.51.100.{number}") == 422
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900]


def test_page_says_in_words_how_long_to_wait(web: Flask, clock: Clock, team: Team) -> None:
    for _ in range(SIGN_IN.free_per_account):
        refused_at(web, team.ada.email)
    page = Visitor(web).post("/login", {"email": team.ada.email, "password": PASSWORD}, status=429).words
    assert "Please wait 5 seconds" in page
    assert "Nothing is locked" in page


def test_unknown_people_are_delayed_like_known_ones(web: Flask, clock: Clock, team: Team) -> None:
    for email in (team.ada.email, "nobody@northlight.example"):
        answers = [refused_at(web, email, f"198.51.100.{len(email)}") for _ in range(7)]
        assert answers == [422] * SIGN_IN.free_per_account + [429, 429]


def test_one_address_that_tries_many_accounts_is_delayed(web: Flask, clock: Clock, team: Team) -> None:
    for number in range(SIGN_IN.free_per_address):
        assert refused_at(web, f"guess{number}@northlight.example") == 422
    assert refused_at(web, team.ada.email, password=PASSWORD) == 429
    assert refused_at(web, team.ada.email, "198.51.100.1", PASSWORD) == 303


def test_signing_in_between_does_not_wipe_out_the_tries_at_others(
    web: Flask, clock: Clock, team: Team
) -> None:
    for number in range(SIGN_IN.free_per_address - 1):
        refused_at(web, f"guess{number}@northlight.example")
        if number % 4 == 0:
            assert refused_at(web, team.ben.email, password=PASSWORD) == 303
    assert refused_at(web, "last@northlight.example") == 422
    assert refused_at(web, "one-more@northlight.example") == 429


def test_success_lets_the_account_start_over(web: Flask, clock: Clock, team: Team) -> None:
    for _ in range(3):
        for _ in range(SIGN_IN.free_per_account - 1):
            assert refused_at(web, team.ada.email) == 422
        assert refused_at(web, team.ada.email, password=PASSWORD) == 303


def test_tries_of_yesterday_are_forgotten_and_removed(web: Flask, clock: Clock, team: Team) -> None:
    for _ in range(SIGN_IN.free_per_account):
        refused_at(web, team.ada.email)
    clock.move(timedelta(hours=13))
    assert refused_at(web, "somebody.else@northlight.example", "198.51.100.1") == 422
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Throttle.key))) == 2
    assert refused_at(web, team.ada.email) == 422


def test_addresses_of_one_ipv6_network_count_as_one(sqlite_app: Flask, clock: Clock) -> None:
    limit = Limit("test", free_per_account=100, free_per_address=2)
    throttling = services(sqlite_app).throttling
    with in_rows(sqlite_app):
        throttling.take(limit, "one", "2001:db8:1:2::1")
        throttling.take(limit, "two", "2001:db8:1:2:ffff::1")
        with pytest.raises(TooManyTriesError):
            throttling.take(limit, "three", "2001:db8:1:2:1::7")
        throttling.take(limit, "three", "2001:db8:1:3::1")


def test_header_that_anyone_can_send_is_not_taken_for_the_address(
    web: Flask, clock: Clock, team: Team
) -> None:
    for number in range(SIGN_IN.free_per_address):
        browser = Visitor(web)
        browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        browser.try_to_sign_in(f"guess{number}@northlight.example", WRONG)
    assert refused_at(web, team.ada.email, password=PASSWORD) == 429


def test_asking_for_resets_is_delayed_for_known_and_unknown_people_alike(
    web: Flask, clock: Clock, team: Team
) -> None:
    for address, email in (("198.51.100.1", team.ada.email), ("198.51.100.2", "nobody@mail.example")):
        browser = Visitor(web, address)
        for _ in range(3):
            browser.post("/password-reset", {"email": email}, status=200)
        blocked = browser.post("/password-reset", {"email": email}, status=429)
        assert blocked.headers["Retry-After"] == "5"


def test_guessing_the_current_password_is_delayed_too(
    web: Flask, clock: Clock, team: Team, ben: Visitor
) -> None:
    for _ in range(SIGN_IN.free_per_account):
        ben.post(
            "/settings/account/password", {"current": WRONG, "password": "a long new password"}, status=422
        )
    ben.post(
        "/settings/account/password", {"current": PASSWORD, "password": "a long new password"}, status=429
    )


def test_stranger_cannot_keep_out_a_browser_that_has_signed_in_before(
    web: Flask, clock: Clock, team: Team
) -> None:
    known = Visitor(web).sign_in(team.ada.email)
    known.post("/logout", status=303)
    for _ in range(SIGN_IN.free_per_account):
        assert refused_at(web, team.ada.email) == 422
    assert refused_at(web, team.ada.email, password=PASSWORD) == 429
    assert known.try_to_sign_in(team.ada.email, PASSWORD) == 303
    # What it earned is no way around the strangers' delay, nor for another account.
    assert refused_at(web, team.ada.email, password=PASSWORD) == 429
    for _ in range(SIGN_IN.free_per_account):
        refused_at(web, team.ben.email)
    known.post("/logout", status=303)
    assert known.try_to_sign_in(team.ben.email, PASSWORD) == 429


def test_known_browser_is_delayed_by_its_own_tries(web: Flask, clock: Clock, team: Team) -> None:
    known = Visitor(web).sign_in(team.ada.email)
    known.post("/logout", status=303)
    answers = [known.try_to_sign_in(team.ada.email, WRONG) for _ in range(SIGN_IN.free_per_account + 1)]
    assert answers == [422] * SIGN_IN.free_per_account + [429]
    assert refused_at(web, team.ada.email, password=PASSWORD) == 303


@pytest.mark.parametrize("change", ["made up", "of another account"])
def test_mark_that_proves_nothing_is_worth_nothing(web: Flask, clock: Clock, team: Team, change: str) -> None:
    marks = services(web).known_browsers
    mark = "browser.proof" if change == "made up" else marks.new_mark(team.ben.email)
    for _ in range(SIGN_IN.free_per_account):
        refused_at(web, team.ada.email)
    browser = Visitor(web)
    browser.client.set_cookie(marks.name_for(team.ada.email), mark)
    assert browser.try_to_sign_in(team.ada.email, PASSWORD) == 429


def test_stranger_cannot_keep_a_known_browser_from_asking_for_a_reset(
    web: Flask, clock: Clock, team: Team
) -> None:
    known = Visitor(web).sign_in(team.ada.email)
    known.post("/logout", status=303)
    stranger = Visitor(web, "198.51.100.1")
    for _ in range(3):
        stranger.post("/password-reset", {"email": team.ada.email}, status=200)
    stranger.post("/password-reset", {"email": team.ada.email}, status=429)
    known.post("/password-reset", {"email": team.ada.email.upper()}, status=200)


def test_strangers_tries_do_not_delay_changing_ones_own_password(
    web: Flask, clock: Clock, team: Team, ben: Visitor
) -> None:
    for _ in range(SIGN_IN.free_per_account + 1):
        refused_at(web, team.ben.email)
    fields = {"current": PASSWORD, "password": "a long new password"}
    ben.post("/settings/account/password", fields, status=303)


def test_reset_password_lets_its_owner_in_at_once(web: Flask, clock: Clock, team: Team) -> None:
    throttling = services(web).throttling
    for _ in range(SIGN_IN.free_per_account):
        refused_at(web, team.ada.email)
    assert refused_at(web, team.ada.email, "198.51.100.1", PASSWORD) == 429
    with in_rows(web):
        throttling.forget(SIGN_IN, team.ada.email)
        db.session.commit()
    assert refused_at(web, team.ada.email, "198.51.100.1", PASSWORD) == 303


def test_refused_try_is_not_counted(sqlite_app: Flask, clock: Clock) -> None:
    """Someone who keeps pressing the button while they wait does not make the wait longer."""
    limit = Limit("test", free_per_account=1, free_per_address=100)
    throttling = services(sqlite_app).throttling
    with in_rows(sqlite_app):
        throttling.take(limit, "somebody", "203.0.113.7")
        for _ in range(5):
            with pytest.raises(TooManyTriesError) as refused:
                throttling.take(limit, "somebody", "203.0.113.7")
            assert refused.value.seconds == 5
