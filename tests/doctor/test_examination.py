"""What the examination finds: each fault that is caused here is named, with what to do about it."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from accounts import mails
from background import work_once
from database import LARGEST_ROW_ID, read_only
from doctor import clock
from doctor.examination import examine
from doctor.results import Level, Result, worst
from extensions import db
from models import Heartbeat, Task, User
from tests.backups.places import PAIR
from tests.factories import create_team
from tests.machines.application import MakeApp
from tests.machines.dns_server import dns_server
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.messaging.mail_servers import raw_server, scripted, silent
from timezones import utc_now
from work.heartbeat import BACKUP_MADE, mark_and_commit

DOMAIN = "smoothhiring.example"


def found(app: Flask, seconds: float = 20.0) -> dict[tuple[str, str], Result]:
    """Everything that is found, by section and name."""
    with app.app_context(), read_only(), dns_server({}) as resolver:
        if app.config.get("DNS_RESOLVER") is None:
            app.config["DNS_RESOLVER"] = resolver
        sections = examine(seconds)
    return {(section.title, result.name): result for section in sections for result in section.results}


@pytest.fixture
def web(make_app: MakeApp, simulators: Simulators, tmp_path: Path) -> Flask:
    backups = {"BACKUP_KEY": PAIR.public, "BACKUP_FOLDER": str(tmp_path)}
    app = make_app({**simulators.settings(), **backups})
    with in_rows(app):
        create_team()
        for name in ("metronome", BACKUP_MADE):
            mark_and_commit(name, utc_now())
    return app


def test_sound_installation_is_reported_as_sound(web: Flask) -> None:
    web.config["SCHEDULER_ENABLED"] = True
    results = found(web)
    for wanted in (
        ("Database", "Database"),
        ("Database", "Tables"),
        ("Instance folder", "Permissions"),
        ("Instance folder", "Keys"),
        ("Disk", "Instance folder"),
        ("Clock", "Clock"),
        ("Clock", "Time zones"),
        ("Mail", "Mail server"),
        ("Mail", "Waiting"),
        ("Connected apps", "Zoom"),
        ("Background work", "Heartbeat"),
        ("Background work", "Given up or failing"),
        ("Backups", "Last backup"),
        ("Backups", "Backup folder"),
        ("Backups", "Room for backups"),
        ("Program", "Version"),
        ("Program", "Packages"),
    ):
        assert results[wanted].level is Level.OK, results[wanted]
    assert (
        results["Connected apps", "Zoom: redirect address"].copy == "http://localhost/connect/zoom/callback"
    )
    assert "meeting:write:meeting" in results["Connected apps", "Zoom: permissions"].copy


def test_every_fault_says_why_it_matters_and_what_to_do(make_app: MakeApp) -> None:
    bare = make_app({"MAIL_SERVER": "", "SCHEDULER_ENABLED": "true"})
    with in_rows(bare):
        create_team()
    results = found(bare)
    assert results["Mail", "Mail server"].level is Level.BROKEN
    assert results["Background work", "Heartbeat"].level is Level.BROKEN
    assert results["Connected apps", "Connected apps"].level is Level.LOOK
    for result in results.values():
        assert bool(result.why and result.cure) is (result.level is not Level.OK), result
        for words in (result.what, result.why):
            assert not words or words[-1] in ".)", result


def test_command_notices_an_upgrade_without_a_restart(web: Flask) -> None:
    with in_rows(web):
        work_once(web)
        db.session.commit()
    assert found(web)["Program", "Version"].level is Level.OK
    with in_rows(web):
        started = sa.update(Heartbeat).where(Heartbeat.name.startswith("started "))
        db.session.execute(started.values(name="started 0.0.1"))
        db.session.commit()
    result = found(web)["Program", "Version"]
    assert result.level is Level.LOOK
    assert "started last is 0.0.1" in result.what


def test_result_of_the_newest_test_email_is_shown(web: Flask, simulators: Simulators) -> None:
    assert "None was sent yet" in found(web)["Mail", "Test email"].what
    for refusal, level in (("450 4.2.1 Try later", Level.LOOK), ("", Level.OK)):
        simulators.mail_switches(answer_recipient=refusal)
        with in_rows(web):
            ada = db.session.scalars(sa.select(User).order_by(User.id)).first()
            assert ada is not None
            mails.queue_test_email(ada, DOMAIN)
            db.session.commit()
            work_once(web)
        result = found(web)["Mail", "Test email"]
        assert result.level is level, result
        assert refusal in result.what


def test_table_that_runs_out_of_numbers_is_named_in_time(app: Flask) -> None:
    with in_rows(app):
        create_team()
    numbers = ("Database", "Row numbers: mails")
    for number, is_said in ((LARGEST_ROW_ID * 7 // 10, False), (LARGEST_ROW_ID * 9 // 10, True)):
        with in_rows(app):
            if db.engine.dialect.name == "sqlite":
                db.session.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'mails'"))
                given = sa.text("INSERT INTO sqlite_sequence VALUES ('mails', :number)")
            else:
                given = sa.text("SELECT setval('mails_id_seq', :number)")
            db.session.execute(given, {"number": number})
            db.session.commit()
        results = found(app)
        assert (numbers in results) is is_said
    assert results[numbers].level is Level.LOOK
    assert results[numbers].what.startswith("89 %")


def test_refused_credentials_name_the_settings(web: Flask, simulators: Simulators) -> None:
    simulators.zoom_switches(token_endpoint="invalid_client")
    refused = found(web)["Connected apps", "Zoom"]
    assert refused.level is Level.BROKEN
    assert "ZOOM_API_CLIENT_ID and ZOOM_API_CLIENT_SECRET" in refused.cure


def test_provider_that_does_not_answer_is_not_blamed_on_the_credentials(
    web: Flask, simulators: Simulators
) -> None:
    simulators.zoom_switches(token_endpoint="drop")
    assert found(web)["Connected apps", "Zoom"].level is Level.LOOK


def test_clock_is_compared_with_what_the_mail_server_says(make_app: MakeApp, simulators: Simulators) -> None:
    for by, level in (
        (timedelta(), Level.OK),
        (timedelta(minutes=1), Level.LOOK),
        (timedelta(minutes=-20), Level.BROKEN),
    ):
        said = format_datetime(datetime.now(UTC) + by)
        talk = scripted(greeting=f"220 mx.example ESMTP ready at {said}\r\n".encode())
        with raw_server(talk) as port:
            app = make_app(
                {
                    "MAIL_SERVER": "127.0.0.1",
                    "MAIL_PORT": str(port),
                    "MAIL_DEFAULT_SENDER": f"interviews@{DOMAIN}",
                }
            )
            # Checked alone, because this server talks to only one client.
            with app.app_context(), read_only():
                result = clock.check(20)[0]
        assert result.level is level, result
        assert "the mail server" in result.what
    assert "ahead of that of the mail server" in result.what


def test_records_of_the_domain_and_the_mail_servers_refusal_are_reported(
    make_app: MakeApp, simulators: Simulators
) -> None:
    app = make_app({**simulators.settings(), "MAIL_USERNAME": "ada", "MAIL_PASSWORD": "wrong-password"})
    with dns_server({(DOMAIN, "TXT"): ['"v=spf1 mx -all"'], (DOMAIN, "MX"): ["10 mx.example."]}) as resolver:
        app.config["DNS_RESOLVER"] = resolver
        results = found(app)
    assert results["Mail", "SPF"].copy == "v=spf1 mx -all"
    assert results["Mail", "DMARC"].level is Level.LOOK
    assert results["Mail", "Reverse DNS"].level is Level.OK
    server = results["Mail", "Mail server"]
    assert server.level is Level.BROKEN
    assert "wrong-password" not in repr(results)


def test_slow_server_holds_up_nothing_but_its_own_line(make_app: MakeApp) -> None:
    with raw_server(silent) as port:
        app = make_app(
            {
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_PORT": str(port),
                "MAIL_DEFAULT_SENDER": f"interviews@{DOMAIN}",
            }
        )
        began = time.monotonic()
        results = found(app, seconds=3.0)
        assert time.monotonic() - began < 6
    assert results["Mail", "Mail server"].level is not Level.OK
    assert results["Database", "Database"].level is Level.OK


def test_open_folder_and_missing_key_are_broken(web: Flask) -> None:
    folder: Path = web.config["INSTANCE_PATH"]
    (folder / "link_key").rename(folder / "link_key.away")
    (folder / "link_key.away").chmod(0o644)
    results = found(web)
    assert results["Instance folder", "Permissions"].level is Level.BROKEN
    assert "link_key.away" in results["Instance folder", "Permissions"].what
    assert "link_key" in results["Instance folder", "Keys"].what


def test_overdue_and_given_up_work_is_worth_a_look(web: Flask) -> None:
    with in_rows(web):
        db.session.add(
            Task(
                kind="send_mail",
                subject="user:1",
                dedupe_key="x",
                lane="mail",
                payload={},
                run_at=utc_now() - timedelta(minutes=20),
            )
        )
        db.session.commit()
    results = found(web)
    assert results["Background work", "Heartbeat"].level is Level.LOOK
    assert "20 min" in results["Background work", "Heartbeat"].what
    assert results["Background work", "Given up or failing"].level is Level.LOOK


def test_worst_level_counts_for_programs() -> None:
    assert worst([]).exit_status == 0
    assert worst([Level.OK, Level.LOOK]).exit_status == 1
    assert worst([Level.BROKEN, Level.OK]).exit_status == 2
