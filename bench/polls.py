"""Measures the polls of open pages that find nothing changed: `python -m bench.polls --help`.

An open page asks every few seconds whether its connected apps, or what has become of its interview's meeting
and emails, has changed. It hardly ever has, so that answer has to cost next to nothing: how much longer does
it take than a bare page that only finds out who is signed in, and how many statements does it take?
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench import many_rows
from bench.servers import MeasuredServer, bare, in_turns, product
from tests.machines.application import build_app, close_app

AIM = 1.2
_CANDIDATES, _HOSTED = 200, 40
_POLL = re.compile(r'data-poll hx-get="([^"]+)"')
# The server only has to be set up for Zoom; nothing is ever requested there.
_ZOOM = {"ZOOM_API_CLIENT_ID": "measured", "ZOOM_API_CLIENT_SECRET": "measured"}


@dataclass(frozen=True)
class _Place:
    """What the measured pages belong to: the owner's unfinished draft, an interview whose meeting is being
    made, and the owner's session."""

    draft_id: str
    interview_id: int
    token: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.polls", description="Measure polls.")
    parser.add_argument("--times", type=int, default=500, help="how often each is asked (default: 500)")
    wanted = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-polls-") as name:
        folder = Path(name)
        settings = {**many_rows.make(folder, _CANDIDATES), **_ZOOM}
        place = _furnish(settings)
        with product(folder, settings) as server, bare(folder, "bench.bare_session") as yardstick:
            yardstick.seconds(f"/sign-in/{place.token}")
            polls = {
                "Connected Apps": _poll_of(server, "/settings/account/connected-apps"),
                "first step of the dialog": _poll_of(server, f"/schedule/{place.draft_id}/setup"),
                "interview": _poll_of(server, f"/interviews/{place.interview_id}"),
            }
            server.http.headers["HX-Request"] = "true"
            pages = [(yardstick, "/me", 200), *((server, address, 204) for address in polls.values())]
            on_bare, *seconds = in_turns(pages, wanted.times)
        statements = _statements(settings, place.token, polls)
    lines = [f"  {'bare page with a session':<42}{on_bare * 1000:9.2f} ms"]
    for what, each in zip(polls, seconds, strict=True):
        verdict = "reached" if each / on_bare <= AIM else "missed"
        lines += [
            f"  {what:<42}{each * 1000:9.2f} ms, {statements[what]} statements",
            f"  {what + ' / bare':<42}{each / on_bare:9.2f}   aim: {AIM:.1f} or less, {verdict}",
        ]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    ending = f"{machine}. Took {time.monotonic() - began:.0f} seconds."
    sys.stdout.write("\n".join(["", "Polls that find nothing changed", *lines, "", ending, ""]))


def _furnish(settings: Mapping[str, str]) -> _Place:
    """Give the owner a connected Zoom account with meetings on it, a draft and a session."""
    app = build_app(settings)
    from accounts.sessions import begin_session
    from extensions import db
    from models import Connection, ConnectionState, Meeting, MeetingState, User
    from scheduling.drafts import starting
    from timezones import utc_now

    with app.app_context():
        owner = db.session.scalars(db.select(User).where(User.email == many_rows.OWNER)).one()
        connection = Connection(
            user_id=owner.id,
            app="zoom",
            state=ConnectionState.CONNECTED,
            account_id="measured",
            account_email=many_rows.OWNER,
            account_name=owner.name,
            plan="licensed",
            scopes="user:read:user meeting:write:meeting",
            ciphertext="not opened here",
            expires_at=utc_now() + timedelta(hours=1),
        )
        db.session.add(connection)
        db.session.flush()
        hosted = db.select(Meeting).where(Meeting.state == MeetingState.READY).limit(_HOSTED)
        for meeting in db.session.scalars(hosted):
            meeting.connection_id = connection.id
        meeting.state = MeetingState.WAITING
        draft = starting.start(owner, candidate_id=1)
        place = _Place(draft.id, meeting.interview_id, begin_session(owner.id, "bench"))
        db.session.commit()
    close_app(app)
    return place


def _poll_of(server: MeasuredServer, page: str) -> str:
    """The address that an open page asks."""
    found = _POLL.search(server.http.get(f"{server.base_url}{page}", timeout=60).text)
    assert found is not None, page
    return found.group(1).replace("&amp;", "&")


def _statements(settings: Mapping[str, str], token: str, polls: Mapping[str, str]) -> dict[str, int]:
    """How many statements each poll sends, counted inside the application."""
    app = build_app(settings)
    from sqlalchemy import event

    from extensions import db

    counts: dict[str, int] = {}
    seen: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *call: seen.append(str(call[2])))
    client = app.test_client()
    with client.session_transaction(base_url=app.config["BASE_URL"]) as session:
        session["_user_id"] = token
    for what, address in polls.items():
        for _ in range(2):
            # Twice, because the first request of a process reads more.
            seen.clear()
            answer = client.get(address, base_url=app.config["BASE_URL"], headers={"HX-Request": "true"})
            assert answer.status_code == 204, answer.status_code
        counts[what] = sum(statement.startswith("SELECT") for statement in seen)
    close_app(app)
    return counts


if __name__ == "__main__":
    main()
