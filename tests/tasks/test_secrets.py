"""Whatever becomes of a grant in the background, its keys appear nowhere in plain text."""

import logging
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connections import round_trip
from connections.revocation import end_connections
from extensions import db
from models import Connection, OAuthAttempt, User, UserSession
from services import services
from tasks.connection_checks import ASK_FOR_CHECKS
from tasks.grants import ASK_FOR_REFRESHES
from tests.factories import LENA, PRIYA, ZOOM
from tests.machines.simulators import CLIENT_SECRET
from tests.tasks.installation import Installation


def hours_later(installation: Installation, hours: float) -> None:
    """What the metronome notices after that time, and all that follows."""
    installation.clock.forward(timedelta(hours=hours))
    with installation.app.app_context():
        ASK_FOR_REFRESHES.run()
        ASK_FOR_CHECKS.run()
    installation.run_due()


def test_keys_are_nowhere_in_plain_text_at_any_stage_of_a_grant(
    sqlite_installation: Installation, caplog: pytest.LogCaptureFixture, instance_path: Path
) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    caplog.set_level(logging.DEBUG)
    kept = b""

    def note_files() -> None:
        nonlocal kept
        kept += b"".join(path.read_bytes() for path in instance_path.parent.rglob("*sqlite3*"))

    # On the way to Zoom, and not come back yet: what proves later that it was this browser that left.
    with installation.writing():
        session = UserSession(user_id=team.ada.id, token_hash="of no cookie")
        db.session.add(session)
        db.session.flush()
        address = round_trip.begin(db.session.get_one(User, team.ada.id), session, ZOOM)
        [attempt] = db.session.scalars(db.select(OAuthAttempt))
        opened = services().connections.vault.open(attempt.verifier_ciphertext, belongs_to=attempt.state_hash)
        db.session.commit()
    [state], verifier = parse_qs(urlsplit(address).query)["state"], opened["verifier"]
    assert state
    assert verifier
    ben = installation.connect(team.ben, with_notice=True)
    installation.schedule()
    hours_later(installation, 0)
    # Renewed; looked at; then refused, answered with nonsense, and lost at the third try.
    hours_later(installation, 1)
    installation.simulators.zoom_switches(reject_next_tokens=1)
    hours_later(installation, 25)
    hours_later(installation, 0.5)
    for fault in ("invalid_client", "html", "server_error", "drop"):
        installation.simulators.zoom_switches(token_endpoint=fault)
        hours_later(installation, 1)
        note_files()
    installation.simulators.zoom_switches(token_endpoint="", lose_next_token_answers=1)
    hours_later(installation, 1)
    hours_later(installation, 1)
    with installation.reading():
        assert "lost" in str(db.session.get_one(Connection, ben).problem)
    # Connected again, replaced by another account, taken over by a colleague, removed at Zoom, disconnected.
    installation.connect(team.ben)
    installation.connect(team.ben, PRIYA)
    note_files()
    installation.connect(team.cleo, PRIYA)
    installation.simulators.revoke(PRIYA)
    hours_later(installation, 26)
    installation.connect(team.ben, LENA)
    with installation.writing():
        end_connections(db.session.get_one(User, team.ben.id))
        db.session.commit()
    note_files()
    hours_later(installation, 1)
    note_files()
    mails = "".join(mail.message.as_string() for mail in installation.simulators.mails())

    assert "Reconnect Zoom" in mails
    assert "Zoom was connected" in mails
    assert b"revoke_grant" in kept
    assert b"of no cookie" in kept
    assert "task" in caplog.text
    for secret in ("ZAC-CANARY", "ZAT-CANARY", "ZRT-CANARY", "ZAK-CANARY", CLIENT_SECRET, state, verifier):
        assert secret.encode() not in kept
        assert secret not in caplog.text
        assert secret not in mails
    # The key of the meeting belongs into the invitation, and into no log.
    assert "ZPW-CANARY" in mails
    assert "ZPW-CANARY" not in caplog.text
