"""The commands for the person who runs the server, as they are typed."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.fernet import Fernet
from flask import Flask

import instance_folder
from accounts import outgoing_webhook
from connections.rows import read_tokens
from database import SealedBytes, writing
from extensions import db
from models import (
    AuditEntry,
    Connection,
    Interview,
    MailState,
    MeetingState,
    Organization,
    Task,
    TaskState,
    TwoStepSecret,
    User,
    UserSession,
)
from services import services
from tests.architecture.repository import ROOT
from tests.factories import PASSWORD, connect_zoom, create_team, schedule, turn_on_two_step
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from timezones import utc_now
from work.heartbeat import last_beat

NEW_PASSWORD = "a different sentence"
SETUP = [
    "setup",
    "--organization=Northlight",
    "--timezone=Europe/Zurich",
    "--name=Ada Berg",
    "--email=Ada@Northlight.example",
]


def flask(app: Flask, *arguments: str, typed: str | None = None) -> Result:
    """Run a command as in its own process, where no request has left its read-only mark."""
    with writing():
        return app.test_cli_runner().invoke(args=arguments, input=typed)


def test_setup_reads_the_password_from_standard_input(sqlite_app: Flask) -> None:
    code = instance_folder.setup_code(sqlite_app.config["INSTANCE_PATH"])
    shown = flask(sqlite_app, "setup-code")
    assert (shown.exit_code, shown.output.strip()) == (0, code)
    done = flask(sqlite_app, *SETUP, "--open-connecting", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert not (sqlite_app.config["INSTANCE_PATH"] / "setup_code").exists()
    with in_rows(sqlite_app):
        assert db.session.scalars(db.select(Organization)).one().connecting_is_open is True
    visitor = Visitor(sqlite_app).sign_in("ada@northlight.example", PASSWORD)
    visitor.get("/setup", status=404)
    again = flask(sqlite_app, *SETUP, typed=f"{PASSWORD}\n")
    assert again.exit_code == 1
    assert "set up already" in again.output
    assert flask(sqlite_app, "setup-code").exit_code == 1


@pytest.mark.parametrize(
    ("changed", "password", "words"),
    [
        ("--timezone=Mars/Olympus", PASSWORD, "not a time zone"),
        (
            "--timezone=IST",
            PASSWORD,
            "IST could be any of these: Asia/Kolkata, Europe/Dublin, Asia/Jerusalem",
        ),
        ("--email=nobody", PASSWORD, "isn't an email address"),
        ("--name=Ada Berg", "short", "at least 8"),
        ("--name=Ada Berg", "", "at least 8"),
        ("--name=Ada Berg", "sunshine", "too easy to guess"),
    ],
)
def test_setup_refuses_what_is_not_possible(
    sqlite_app: Flask, changed: str, password: str, words: str
) -> None:
    done = flask(sqlite_app, *SETUP, changed, typed=f"{password}\n")
    assert done.exit_code != 0
    assert words in done.output
    with in_rows(sqlite_app):
        assert db.session.scalar(db.select(db.func.count(User.id))) == 0


@pytest.mark.slow  # a process of its own
def test_migrations_have_their_commands(tmp_path: Path) -> None:
    """They are loaded only in a process that asks for them."""
    answer = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", "heads"],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": "", "SCHEDULER_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stdout.strip()) == (0, "0001 (head)"), answer.stderr


def test_new_password_ends_all_sessions(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
    visitors = [Visitor(sqlite_app).sign_in(team.ada.email, PASSWORD) for _ in range(2)]
    other = Visitor(sqlite_app).sign_in(team.ben.email, PASSWORD)
    done = flask(sqlite_app, "users", "reset-password", " ADA@northlight.example ", typed=f"{NEW_PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert NEW_PASSWORD not in done.output
    for visitor in visitors:
        visitor.get("/jobs", leads_to="/login?next=/jobs")
    other.get("/jobs")
    Visitor(sqlite_app).sign_in(team.ada.email, NEW_PASSWORD)
    with in_rows(sqlite_app):
        open_sessions = db.select(db.func.count(UserSession.id)).where(UserSession.ended_at.is_(None))
        assert db.session.scalar(open_sessions) == 2
    unknown = flask(sqlite_app, "users", "reset-password", "x@y.example", typed=f"{NEW_PASSWORD}\n")
    assert unknown.exit_code == 1
    assert "No one here" in unknown.output


def test_lost_phone_is_forgotten_from_the_command_line(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        turn_on_two_step(team.ada)
    signed_in = Visitor(sqlite_app).enter(team.ada)
    done = flask(sqlite_app, "users", "reset-two-step", " ADA@northlight.example ")
    assert done.exit_code == 0, done.output
    assert "Ada Berg signs in with the password alone" in done.output
    assert not signed_in.is_signed_in
    Visitor(sqlite_app).sign_in(team.ada.email, PASSWORD)
    again = flask(sqlite_app, "users", "reset-two-step", team.ada.email)
    assert (again.exit_code, "no two-step verification" in again.output) == (1, True)
    unknown = flask(sqlite_app, "users", "reset-two-step", "x@y.example")
    assert (unknown.exit_code, "No one here" in unknown.output) == (1, True)


def test_tasks_are_listed_tried_again_and_worked_off(
    make_connected: Callable[[], Flask], simulators: Simulators
) -> None:
    app = make_connected()
    assert "Nothing is waiting" in flask(app, "tasks", "list").output
    with in_rows(app):
        team = create_team()
        connect_zoom(team.ben, simulators)
        interview_id = schedule(team.ada, team.dina)
        task_id = db.session.scalars(db.select(Task.id).where(Task.kind == "sync_meeting")).one()
    listed = flask(app, "tasks", "list").output
    assert f"Making the online meeting (sync_meeting interview:{interview_id})" in listed
    assert "Sending an email: Invitation to Dina Kaur" in listed
    assert "Nothing needs attention." in flask(app, "tasks", "list", "--attention").output
    assert "Nothing needs attention." in flask(app, "tasks", "retry", "--attention").output
    while "Started 0" not in (output := flask(app, "tasks", "work").output):
        assert output.startswith("Started ")
    with in_rows(app):
        interview = db.session.get_one(Interview, interview_id)
        assert interview.meeting is not None
        assert interview.meeting.state == MeetingState.READY
        assert {mail.state for mail in interview.mails} == {MailState.SENT}
    assert "sync_meeting" not in flask(app, "tasks", "list").output
    assert "sync_meeting" in flask(app, "tasks", "list", "--all").output

    for done in (str(task_id), "99999"):
        refused = flask(app, "tasks", "retry", done)
        assert refused.exit_code == 1
        assert f"Task {done}: nothing to retry." in refused.output
    for wrong in ((), (str(task_id), "--attention"), ("seven",)):
        assert flask(app, "tasks", "retry", *wrong).exit_code == 2
    assert flask(app, "tasks", "list", "--all", "--attention").exit_code == 2
    with in_rows(app):
        task = db.session.get_one(Task, task_id)
        task.state, task.failures, task.last_error = TaskState.DEAD, 9, "It crashed."
        db.session.commit()
    for options in ((), ("--attention",)):
        shown = flask(app, "tasks", "list", *options)
        assert "given up" in shown.output
        assert "It crashed." in shown.output
        assert shown.exit_code == len(options)
    # One that cannot be retried does not hold up the others.
    again = flask(app, "tasks", "retry", "99999", str(task_id))
    assert again.exit_code == 1
    assert f"Task {task_id} will be tried now: Making the online meeting." in again.output
    with in_rows(app):
        task = db.session.get_one(Task, task_id)
        assert (task.state, task.failures) == (TaskState.READY, 0)
        task.state = TaskState.DEAD
        db.session.commit()
    again = flask(app, "tasks", "retry", "--attention")
    assert (again.exit_code, f"Task {task_id} will be tried now" in again.output) == (0, True)
    with in_rows(app):
        told = db.session.scalars(db.select(AuditEntry.words)).all()
    assert told.count("Tried again from the command line: Making the online meeting.") == 2


@pytest.fixture
def make_connected(sqlite_url: str, instance_path: Path, simulators: Simulators) -> Callable[[], Flask]:
    """Builds the app again on the same installation, as after a restart."""

    def make() -> Flask:
        return build_app(settings_for(sqlite_url, instance_path, simulators.settings()))

    return make


def test_work_by_hand_does_what_a_server_does_by_the_clock(
    make_connected: Callable[[], Flask], simulators: Simulators
) -> None:
    app = make_connected()
    with in_rows(app):
        team = create_team()
        connection = connect_zoom(team.ben, simulators)
        row = db.session.get_one(Connection, connection)
        row.renew_at = utc_now()
        version = row.token_version
        db.session.commit()
    assert "Started 1 tasks" in flask(app, "tasks", "work").output
    with in_rows(app):
        assert db.session.get_one(Connection, connection).token_version == version + 1
        assert last_beat() is not None
    close_app(app)


def test_keys_are_rotated_and_every_token_still_opens(
    make_connected: Callable[[], Flask], simulators: Simulators, instance_path: Path
) -> None:
    def keys() -> list[str]:
        return (instance_path / "token_encryption_keys").read_text().strip().split(",")

    def opens(app: Flask) -> bool:
        with app.app_context(), writing():
            return read_tokens(db.session.scalars(db.select(Connection)).one()) is not None

    app = make_connected()
    with in_rows(app):
        team = create_team()
        connect_zoom(team.ada, simulators)
    [first] = keys()
    done = flask(app, "keys", "rotate")
    assert "1 connections are encrypted with the newest key" in done.output
    assert keys()[1:] == [first]
    second = keys()[0]
    assert (instance_path / "token_encryption_keys").stat().st_mode & 0o777 == 0o600
    close_app(app)

    restarted = make_connected()
    assert opens(restarted)
    done = flask(restarted, "keys", "rotate")
    assert done.exit_code == 0, done.output
    assert first not in keys()
    assert keys()[1:] == [second]
    close_app(restarted)

    again = make_connected()
    assert opens(again)
    with in_rows(again):
        sealed = db.session.scalars(db.select(Connection.ciphertext)).one()
    assert Fernet(keys()[0].encode()).decrypt(sealed.encode())
    close_app(again)


def test_rotating_leaves_out_connections_that_have_ended(
    make_connected: Callable[[], Flask], simulators: Simulators
) -> None:
    app = make_connected()
    with in_rows(app):
        team = create_team()
        connect_zoom(team.ada, simulators)
        # The same account: Ada's connection needs reconnecting from now on.
        connect_zoom(team.ben, simulators)
    done = flask(app, "keys", "rotate")
    assert "1 connections are encrypted with the newest key" in done.output
    assert "could not be opened" not in done.output
    close_app(app)


def test_rotating_includes_the_webhooks_secret(make_connected: Callable[[], Flask]) -> None:
    app = make_connected()
    with in_rows(app):
        owner = db.session.get_one(User, create_team().ada.id)
        vault = services(app).connections.vault
        secret = outgoing_webhook.name_address(owner, "https://hooks.example.com/", vault)
        db.session.commit()
    # Twice, so that the first key is forgotten.
    for _ in range(2):
        assert flask(app, "keys", "rotate").exit_code == 0
        close_app(app)
        app = make_connected()
    with in_rows(app):
        row = outgoing_webhook.webhook()
        assert row is not None
        assert outgoing_webhook.secret_of(row, services(app).connections.vault) == secret


def test_rotating_includes_the_secrets_of_authenticator_apps(
    make_connected: Callable[[], Flask], instance_path: Path
) -> None:
    def newest_key() -> Fernet:
        return Fernet((instance_path / "token_encryption_keys").read_text().strip().split(",")[0].encode())

    app = make_connected()
    with in_rows(app):
        secret = turn_on_two_step(create_team().ada)
    done = flask(app, "keys", "rotate")
    assert "1 authenticator secret too." in done.output
    with in_rows(app):
        row = db.session.scalars(db.select(TwoStepSecret)).one()
        assert secret in newest_key().decrypt(row.ciphertext.encode()).decode()
        row.ciphertext = "garbage"
        db.session.commit()
    done = flask(app, "keys", "rotate")
    assert "1 could not be opened" in done.output
    with in_rows(app):
        assert db.session.scalars(db.select(TwoStepSecret.ciphertext)).one() == "garbage"
    close_app(app)


def test_rotating_includes_what_emails_said(make_connected: Callable[[], Flask]) -> None:
    app = make_connected()
    with in_rows(app):
        team = create_team()
        interview_id = schedule(team.ada, team.dina, software=None)
    flask(app, "tasks", "work")
    for _ in range(2):
        assert "2 copies of sent emails too." in flask(app, "keys", "rotate").output
    close_app(app)
    # The first key is gone by now.
    restarted = make_connected()
    with in_rows(restarted):
        mail = db.session.get_one(Interview, interview_id).mails[0]
        assert mail.sealed_copy is not None
        copies = services(restarted).mail_copies
        assert "Introduction, experience, questions" in copies.opened(mail.id, mail.sealed_copy).letter.text
        mail.sealed_copy = SealedBytes(b"garbage")
        db.session.commit()
    assert "1 could not be opened" in flask(restarted, "keys", "rotate").output
    close_app(restarted)


def test_keys_that_open_nothing_are_reported_and_nothing_is_lost(
    make_connected: Callable[[], Flask], simulators: Simulators, instance_path: Path
) -> None:
    app = make_connected()
    with in_rows(app):
        team = create_team()
        connect_zoom(team.ada, simulators)
    before = (instance_path / "token_encryption_keys").read_text().strip()
    (instance_path / "token_encryption_keys").write_text(Fernet.generate_key().decode())
    done = flask(app, "keys", "rotate")
    assert "1 could not be opened" in done.output
    with in_rows(app):
        sealed = db.session.scalars(db.select(Connection.ciphertext)).one()
    assert Fernet(before.encode()).decrypt(sealed.encode())
    close_app(app)
