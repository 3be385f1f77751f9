"""Whatever happens to a grant in the background, its keys appear nowhere in plain text."""

import logging
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connections import round_trip
from connections.revocation import end_connections
from extensions import db
from models import Connection, OAuthAttempt, User, UserSession
from scheduling.entries.disconnecting import coming_entries
from services import services
from tasks.connection_checks import ASK_FOR_CHECKS
from tasks.grants import ASK_FOR_REFRESHES
from tests.factories import LENA, PRIYA, ZOOM, connect_app
from tests.machines import google, microsoft
from tests.machines.simulators import CLIENT_SECRET
from tests.tasks.google_office import CALENDAR, MARCO, GoogleInstallation, Software
from tests.tasks.installation import Installation
from timezones import utc_now


def hours_later(installation: Installation, hours: float) -> None:
    """Do what the metronome notices after that time, and everything that follows."""
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

    # Gone to Zoom, and not back yet: this proves later that it was this browser that left.
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
    # The meeting's key belongs in the invitation, and in no log.
    assert "ZPW-CANARY" in mails
    assert "ZPW-CANARY" not in caplog.text


GMAIL = "gmail"


def test_keys_of_google_and_links_of_meet_are_nowhere_in_plain_text(
    google_installation: GoogleInstallation, caplog: pytest.LogCaptureFixture, instance_path: Path
) -> None:
    installation, team = google_installation, google_installation.team
    simulated = installation.simulators.google
    caplog.set_level(logging.DEBUG)
    kept = ""

    def note_rows() -> None:
        nonlocal kept
        with installation.reading():
            for table in db.metadata.sorted_tables:
                kept += "".join(map(repr, db.session.execute(db.select(table))))
        for path in instance_path.parent.rglob("*sqlite3*"):
            kept += path.read_bytes().decode("latin-1")

    with installation.writing():
        session = UserSession(user_id=team.ada.id, token_hash="of no cookie")
        db.session.add(session)
        db.session.flush()
        address = round_trip.begin(db.session.get_one(User, team.ada.id), session, CALENDAR)
        [attempt] = db.session.scalars(db.select(OAuthAttempt))
        opened = services().connections.vault.open(attempt.verifier_ciphertext, belongs_to=attempt.state_hash)
        db.session.commit()
    query = parse_qs(urlsplit(address).query)
    [state], [nonce], verifier = query["state"], query["nonce"], opened["verifier"]
    assert verifier
    installation.connect_calendar(team.ben, PRIYA)
    with installation.writing():
        connect_app(GMAIL, team.ada, LENA)
    # A lost answer, a token that Google refuses, and a mailbox that leaves open whether an email was sent.
    simulated.switches(lose_next_creates=1, reject_next_tokens=1, lose_next_sends=1)
    interview = installation.schedule(software=Software.GOOGLE_MEET)
    installation.until_grace_is_over()
    link = installation.meeting(interview).join_url
    assert link
    note_rows()
    # Renewed, refused, answered with nonsense, and lost.
    for fault in ("", "invalid_client", "html", "server_error", "drop"):
        simulated.switches(token_endpoint=fault)
        hours_later(installation, 1)
        note_rows()
    simulated.switches(token_endpoint="")
    hours_later(installation, 1)
    # Another account instead, then removed at Google, then given back with the entries in the calendar.
    installation.connect_calendar(team.ben, MARCO)
    simulated.revoke(LENA)
    hours_later(installation, 26)
    note_rows()
    second = installation.schedule(software=Software.GOOGLE_MEET)
    installation.until_grace_is_over()
    another = installation.meeting(second).join_url
    assert another
    with installation.writing():
        [connection] = db.session.scalars(
            db.select(Connection).where(Connection.user_id == team.ben.id, Connection.app == CALENDAR)
        )
        assert coming_entries(connection, now=utc_now())
        end_connections(db.session.get_one(User, team.ben.id))
        db.session.commit()
    note_rows()
    hours_later(installation, 1)
    note_rows()
    mails = "".join(mail.message.as_string() for mail in installation.simulators.mails())
    sent = str(simulated.sent())

    assert simulated.sent(LENA)
    assert "revoke_grant" in kept
    assert "of no cookie" in kept
    assert "task" in caplog.text
    for secret in ("GAC-CANARY", "GAT-CANARY", "GRT-CANARY", google.CLIENT_SECRET, state, nonce, verifier):
        assert secret not in kept
        assert secret not in caplog.text
        assert secret not in mails
        assert secret not in sent
    # Anyone who has the link can join: it belongs in the invitation and the calendar, and in no log.
    for address in (link, another):
        assert address in kept
        assert urlsplit(address).path.strip("/") not in caplog.text
    assert "Introduction, experience, questions" not in caplog.text


def test_keys_of_microsoft_and_links_of_teams_are_nowhere_in_plain_text(
    linked_installation: Installation, caplog: pytest.LogCaptureFixture, instance_path: Path
) -> None:
    installation, team = linked_installation, linked_installation.team
    simulated = installation.simulators.microsoft
    caplog.set_level(logging.DEBUG)
    kept = ""

    def note_rows() -> None:
        nonlocal kept
        with installation.reading():
            for table in db.metadata.sorted_tables:
                kept += "".join(map(repr, db.session.execute(db.select(table))))
        for path in instance_path.parent.rglob("*sqlite3*"):
            kept += path.read_bytes().decode("latin-1")

    with installation.writing():
        session = UserSession(user_id=team.ada.id, token_hash="of no cookie")
        db.session.add(session)
        db.session.flush()
        address = round_trip.begin(db.session.get_one(User, team.ada.id), session, "outlook-mail")
        [attempt] = db.session.scalars(db.select(OAuthAttempt))
        opened = services().connections.vault.open(attempt.verifier_ciphertext, belongs_to=attempt.state_hash)
        db.session.commit()
    query = parse_qs(urlsplit(address).query)
    [state], [nonce], verifier = query["state"], query["nonce"], opened["verifier"]
    assert verifier
    with installation.writing():
        connect_app("outlook-calendar", team.ben, PRIYA)
        connect_app("outlook-mail", team.ada, LENA)
    # A lost answer, a token that is challenged, and a mailbox that leaves open whether an email was sent.
    simulated.switches(lose_next_creates=1, challenge_next_calls=1, lose_next_sends=1)
    interview = installation.schedule(software=Software.TEAMS)
    installation.until_grace_is_over()
    link = installation.meeting(interview).join_url
    assert link
    note_rows()
    # Renewed, refused, answered with nonsense, and lost.
    for fault in ("", "expired_secret", "html", "server_error", "drop"):
        simulated.switches(token_endpoint=fault)
        hours_later(installation, 1)
        note_rows()
    simulated.switches(token_endpoint="", lose_next_token_answers=1)
    hours_later(installation, 1)
    # The app is removed at Microsoft, and then disconnected here.
    simulated.revoke(LENA)
    hours_later(installation, 26)
    with installation.writing():
        end_connections(db.session.get_one(User, team.ben.id))
        db.session.commit()
    hours_later(installation, 1)
    note_rows()
    mails = "".join(mail.message.as_string() for mail in installation.simulators.mails())
    sent = str(simulated.sent())

    assert simulated.sent(LENA)
    assert "of no cookie" in kept
    assert "task" in caplog.text
    for secret in ("MAC-CANARY", "MAT-CANARY", "MRT-CANARY", microsoft.CLIENT_SECRET, state, nonce, verifier):
        assert secret not in kept
        assert secret not in caplog.text
        assert secret not in mails
        assert secret not in sent
    assert link in kept
    assert urlsplit(link).path.strip("/") not in caplog.text
