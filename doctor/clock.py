"""This machine's clock, and the time zones that times are computed from.

A mail server says what time it is when it greets, if it is one that does; a PostgreSQL server and the
providers always do. Their clocks are more often right than a clock that no one set.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from connections import catalogue
from doctor.at_once import at_once
from doctor.questions import ask, read_date
from doctor.results import Result, broken, look, ok
from extensions import db
from messaging.delivery import Accepted, is_configured, try_signing_in
from services import services
from timezones import utc_now, zone_data_version

# Codes of authenticator apps are good for half a minute more or less, and tokens for a few minutes.
_FINE, _BAD = timedelta(seconds=30), timedelta(minutes=3)
_DATE = re.compile(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d(?: [+-]\d{4}| GMT)?")
_EDITION = re.compile(r"(\d{4})[a-z]?")


def check(seconds: float) -> list[Result]:
    """The clock against others, and the age of the time zones."""
    return [_clock(seconds), _zones(utc_now())]


def _clock(seconds: float) -> Result:
    found = at_once(_others(seconds), seconds)
    differences = {name: by for name, by in found.items() if isinstance(by, timedelta)}
    name, why = "Clock", "Reminders leave at wrong times, and codes of authenticator apps are refused."
    if not differences:
        return look(
            name,
            "No other clock could be asked.",
            why,
            "Look whether the machine keeps its clock: timedatectl should say “synchronized: yes”.",
        )
    whose, by = max(differences.items(), key=lambda each: abs(each[1]))
    if abs(by) < _FINE:
        return ok(name, f"It agrees with {', '.join(differences)}.")
    direction = "behind" if by > timedelta() else "ahead of"
    words = f"It is {abs(by).total_seconds():,.0f} seconds {direction} that of {whose}."
    cure = "Let the machine set its clock: timedatectl set-ntp true"
    return broken(name, words, why, cure) if abs(by) > _BAD else look(name, words, why, cure)


def _others(seconds: float) -> dict[str, Callable[[], timedelta | None]]:
    others: dict[str, Callable[[], timedelta | None]] = {}
    if is_configured() and services().demo is None:
        others["the mail server"] = partial(_of_mail_server, seconds)
    if db.engine.dialect.name == "postgresql":
        others["the database server"] = _of_database
    for provider in catalogue.providers():
        door = next(
            (
                spec.consent_url(current_app.config)
                for spec in catalogue.apps_of(provider)
                if spec.consent_url is not None and spec.key in services().connections.clients
            ),
            None,
        )
        if door is not None:
            parts = urlsplit(door)
            label = catalogue.provider_label(provider)
            others[label] = partial(_of_provider, f"{parts.scheme}://{parts.netloc}/", seconds)
    return others


def _of_mail_server(seconds: float) -> timedelta | None:
    outcome = try_signing_in(seconds)
    said = _DATE.search(outcome.words) if isinstance(outcome, Accepted) else None
    theirs = read_date(said[0]) if said else None
    return _difference(theirs) if theirs is not None else None


def _of_database() -> timedelta:
    theirs = db.session.scalar(sa.text("SELECT clock_timestamp()"))
    assert isinstance(theirs, datetime)
    return _difference(theirs.astimezone(UTC))


def _of_provider(door: str, seconds: float) -> timedelta | None:
    theirs = ask("HEAD", door, seconds).at
    return _difference(theirs) if theirs is not None else None


def _difference(theirs: datetime) -> timedelta:
    """How far the other clock is ahead."""
    return theirs - utc_now()


def _zones(now: datetime) -> Result:
    name, edition = "Time zones", zone_data_version()
    year = int(found[1]) if (found := _EDITION.match(edition)) else now.year
    months = (now.year - year) * 12 + now.month - 12
    if months >= 6:
        return look(
            name,
            f"The time zones are those of IANA's edition {edition}.",
            "Governments change clocks several times a year; interviews there would be at the wrong time.",
            "Upgrade SmoothHiring: every release brings the newest time zones.",
        )
    return ok(name, f"The time zones are those of IANA's edition {edition}.")
