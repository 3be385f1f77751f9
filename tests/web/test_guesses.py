"""Guessing addresses that are keys: the guesses get the same answers as anyone, and show in the System
log."""

from datetime import timedelta

from flask import Flask

from extensions import db
from models import AuditEntry
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from web.guesses import WORTH_NOTING, Guesses

ADDRESSES = ("/j/4-abc", "/invitations/7.2.abc", "/password-reset/9.abc", "/j/../x", "/j/")


def noted(app: Flask) -> list[tuple[str, str]]:
    with in_rows(app):
        rows = db.session.scalars(
            db.select(AuditEntry).where(AuditEntry.event == "links_guessed").order_by(AuditEntry.id)
        )
        return [(row.words, row.address) for row in rows]


def test_guesses_leave_one_line_in_the_system_log(web: Flask, clock: Clock, team: object) -> None:
    guesser = Visitor(web, "198.51.100.7")
    for number in range(WORTH_NOTING + 5):
        guesser.get(ADDRESSES[number % 3], status=404)
    # An address without a key in it, and other people's guesses, do not count.
    guesser.get("/no-such-page", status=404)
    Visitor(web, "203.0.113.9").get("/j/4-abc", status=404)
    assert noted(web) == [("Someone has tried 20 links that open nothing within an hour.", "198.51.100.7")]


def test_each_tenfold_is_worth_a_line_and_an_hour_starts_over(clock: Clock) -> None:
    guesses = Guesses()
    told = [guesses.count("198.51.100.7", clock.now) for _ in range(2500)]
    assert [tries for tries in told if tries] == [20, 200, 2000]
    clock.move(timedelta(minutes=61))
    told = [guesses.count("198.51.100.7", clock.now) for _ in range(30)]
    assert [tries for tries in told if tries] == [20]


def test_networks_remembered_do_not_grow_without_end(clock: Clock) -> None:
    guesses = Guesses()
    for number in range(5000):
        guesses.count(f"network {number}", clock.now)
    assert len(guesses._tries) <= 1000
