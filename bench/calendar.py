"""Measures the calendar and Date & Time where everyone's calendar is full: `python -m bench.calendar --help`.

One question: how many of these pages does the server answer a second, as a share of a page that only says
hello, while ten people have synced calendars with 10,000 events each? Each page is measured right after the
bare one, as in `bench.pages`.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench import many_rows
from bench.pages import Page, computed_in_words, rate_of
from bench.servers import MeasuredServer, bare, product
from tests.machines.application import build_app, close_app

AIM = 1 / 8
_PEOPLE = 10
# Each has an interview: two a day on average over the period for which calendars are read.
_CANDIDATES = 424
_DAYS_BACK, _DAYS = 28, 212
_CREDENTIALS = {
    f"{provider}_{name}": "made-up-for-this-measurement"
    for provider in ("GOOGLE", "MICROSOFT")
    for name in ("CLIENT_ID", "CLIENT_SECRET")
}
_VIEWS = ("day", "week", "month", "agenda", "list")
_TICK = re.compile(r'name="accepted_clashes"[^>]*value="([^"]*)"')
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.calendar", description="Measure full calendars.")
    parser.add_argument("--events", type=int, default=10_000, help="of each person (default: 10000)")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement (default: 1)")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured (default: 3)")
    wanted = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-calendar-") as name:
        folder = Path(name)
        # Without credentials, every page would warn that people have connected something that cannot be used.
        settings = {**many_rows.make(folder, _CANDIDATES), **_CREDENTIALS}
        _fill(settings, wanted.events)
        with product(folder, settings) as server, bare(folder, "bench.bare_hello") as yardstick:
            addresses = _addresses(server, folder)
            lines = [
                _line(what, address, server, yardstick, wanted.seconds, wanted.rounds)
                for what, address in addresses.items()
            ]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    heading = f"Full calendars beside a bare page: {_PEOPLE} people with {wanted.events:,} events each"
    ending = f"{machine}. Took {time.monotonic() - began:.0f} seconds."
    sys.stdout.write("\n".join(["", heading, *lines, "", ending, ""]))


def _fill(settings: dict[str, str], events: int) -> None:
    """Give the owner nine colleagues, and all ten a full calendar and some blocked time. The colleagues take
    part in the interviews of the next few days, which the owner manages."""
    app = build_app(settings)
    import sqlalchemy as sa

    from extensions import db
    from models import Attendee, Interview, Role, User
    from tests.factories import GOOGLE_CALENDAR, OUTLOOK_CALENDAR, Member, create_user
    from tests.outside_events import create_custom_event, create_synced_calendar, many_events
    from timezones import utc_now

    with app.app_context():
        owner = db.session.scalars(sa.select(User)).one()
        people = [Member(owner.id, owner.name, owner.email, owner.role)]
        for number in range(1, _PEOPLE):
            people.append(create_user(f"Person{number} Berg", Role.INTERVIEWER))
        for number, person in enumerate(people):
            app_key = OUTLOOK_CALENDAR if number % 2 else GOOGLE_CALENDAR
            many_events(create_synced_calendar(person, app=app_key), events)
            create_custom_event(person, utc_now() + timedelta(days=1))
        _spread_interviews()
        soon = db.session.scalars(
            sa.select(Interview.id).where(Interview.starts_at > utc_now()).order_by(Interview.starts_at)
        ).all()
        rows = [
            {"interview_id": interview_id, "name": person.name, "email": person.email, "user_id": person.id}
            for number, interview_id in enumerate(soon)
            for person in (people[1 + number % (_PEOPLE - 1)],)
        ]
        db.session.execute(sa.insert(Attendee), rows)
        db.session.commit()
    close_app(app)


def _spread_interviews() -> None:
    """Hold them within working hours, spread out as a team spreads them; enough other benchmarks have them
    back to back."""
    import sqlalchemy as sa

    from extensions import db
    from models import Interview
    from timezones import utc_now

    first = utc_now().replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=_DAYS_BACK)
    for interview in db.session.scalars(sa.select(Interview).order_by(Interview.id)):
        day, hour = divmod(interview.id * _DAYS, _CANDIDATES)
        interview.starts_at = first + timedelta(days=day, hours=hour * 8 // _CANDIDATES)
        interview.ends_at = interview.starts_at + timedelta(minutes=45)
    db.session.flush()


def _addresses(server: MeasuredServer, folder: Path) -> dict[str, str]:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    addresses = {f"calendar, {view}": f"/calendar/{view}/{today}" for view in _VIEWS}
    return {**addresses, "dashboard": "/", "Date & Time": _date_and_time(server, folder)}


def _date_and_time(server: MeasuredServer, folder: Path) -> str:
    """Walk through a dialog with everyone as an attendee, and return the address of its Date & Time step."""
    with closing(sqlite3.connect(folder / "product.sqlite3")) as database:
        ids = [str(user_id) for (user_id,) in database.execute("SELECT id FROM users ORDER BY id")]
    here = _send(server, "/candidates/1", "/candidates/1/schedule", {})
    draft = here.removeprefix(server.base_url).rpartition("/")[0]
    setup = {"interview_type": "phone", "phone_number": "+49 30 901820", "phone_caller": "team"}
    _send(server, f"{draft}/setup", f"{draft}/setup", {**setup, "agenda": "Introduction"})
    on = datetime.now(UTC) + timedelta(days=3)
    when = {"date": f"{on:%Y-%m-%d}", "time": "09:00", "duration_minutes": "45", "timezone": "Europe/Berlin"}
    _send(server, f"{draft}/date-time", f"{draft}/date-time", when)
    people: dict[str, str | list[str]] = {"hiring_manager": ids[0], "people": ids[1:]}
    _send(server, f"{draft}/attendees", f"{draft}/attendees", people)
    return f"{draft}/date-time"


def _send(
    server: MeasuredServer,
    page: str,
    address: str,
    fields: Mapping[str, str | list[str]],
) -> str:
    """Send a form with the hidden fields of the page it is on, and return where it leads."""
    html = server.http.get(f"{server.base_url}{page}", timeout=60).text
    hidden = [dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(html)]
    data: dict[str, str | list[str]] = {
        tag["name"]: tag["value"] for tag in hidden if tag.get("name") in ("csrf_token", "version")
    }
    data |= fields
    answer = server.http.post(f"{server.base_url}{address}", data=data, timeout=60, allow_redirects=False)
    tick = _TICK.search(answer.text) if answer.status_code == 422 else None
    if tick is not None:
        # With calendars as full as these, someone is busy.
        data["accepted_clashes"] = tick.group(1)
        answer = server.http.post(f"{server.base_url}{address}", data=data, timeout=60, allow_redirects=False)
    assert answer.status_code == 303, f"{address} answered {answer.status_code}"
    return answer.headers["Location"]


def _line(
    what: str,
    address: str,
    server: MeasuredServer,
    yardstick: MeasuredServer,
    seconds: float,
    rounds: int,
) -> str:
    cookie = "; ".join(f"{each.name}={each.value}" for each in server.http.cookies)
    hello = Page(f"{yardstick.base_url}/", pid=yardstick.pid)
    page = Page(f"{server.base_url}{address}", cookie, server.pid)
    # Enough requests for every process to have filled its caches.
    rate_of(page, 1, 2)
    measured = [(rate_of(hello, 1, seconds), rate_of(page, 1, seconds)) for _ in range(rounds)]
    share = median(own.a_second / of_bare.a_second for of_bare, own in measured)
    rate = median(own.a_second for _, own in measured)
    return (
        f"    {what:<20}{rate:6.0f} a second, 1/{1 / share:<5.1f}{computed_in_words(measured)}"
        f"aim: 1/{1 / AIM:.0f} or more, {'reached' if share >= AIM else 'missed'}"
    )


if __name__ == "__main__":
    main()
