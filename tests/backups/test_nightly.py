"""A backup every night: made once, kept as long as wanted, and reported if it fails."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from background import work_once
from backups.keys import read_secret
from backups.nightly import last_due
from backups.opening import opened_backup
from extensions import db
from models import Attachment, Mail, Organization, Task
from services import services
from tasks.backups import MAKE_BACKUP, asking_for_backups
from tests.backups.places import PAIR
from tests.factories import Team, create_team
from tests.files_to_attach import PDF
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from timezones import utc_now
from work.heartbeat import BACKUP_ASKED, BACKUP_MADE, mark_and_commit

BANNER = "The nightly backup can't be made"


@pytest.fixture
def nightly(make_app: MakeApp, folder: Path, clock: Clock) -> tuple[Flask, Team]:
    """An installation with a backup every night."""
    app = make_app({"BACKUP_KEY": PAIR.public, "BACKUP_FOLDER": str(folder), "BACKUP_KEEP_DAYS": "3"})
    with in_rows(app):
        return app, create_team()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def warnings(app: Flask) -> list[Mail]:
    with in_rows(app):
        found = db.session.scalars(
            sa.select(Mail).where(Mail.kind == "backup_failed").order_by(Mail.id)
        ).all()
        db.session.expunge_all()
        return list(found)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 1, 10, 1, 29, tzinfo=UTC), datetime(2026, 1, 9, 1, 30, tzinfo=UTC)),
        (datetime(2026, 1, 10, 1, 30, tzinfo=UTC), datetime(2026, 1, 10, 1, 30, tzinfo=UTC)),
        (datetime(2026, 7, 10, 23, 0, tzinfo=UTC), datetime(2026, 7, 10, 0, 30, tzinfo=UTC)),
        # 2:30 comes twice.
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_it_is_due_at_half_past_two_of_the_organizations_clock(now: datetime, due: datetime) -> None:
    assert last_due(now, "Europe/Zurich") == due


def test_a_night_without_half_past_two_has_a_backup_too() -> None:
    found = last_due(datetime(2026, 3, 29, 12, 0, tzinfo=UTC), "Europe/Zurich")
    assert found.date() == datetime(2026, 3, 29).date()  # noqa: DTZ001


def test_one_is_made_at_once_and_then_one_a_night(
    nightly: tuple[Flask, Team], folder: Path, clock: Clock, tmp_path: Path
) -> None:
    app, _ = nightly
    for _ in range(3):
        work_once(app)
        assert len(names(folder)) == 1
    with opened_backup(folder / names(folder)[0], read_secret(PAIR.secret), tmp_path) as opened:
        assert opened.manifest.organization == "Northlight"
    (folder / "notes.txt").touch()
    other = folder / "smoothhiring-00000000-2020-01-01T000000Z.age"
    other.touch()
    [made] = [name for name in names(folder) if name not in (other.name, "notes.txt")]
    left = folder / f".{made[:22]}2020-01-01T000000Z.age.part"
    left.touch()
    for night in range(2, 8):
        clock.move(timedelta(days=1))
        work_once(app)
        own = [name for name in names(folder) if name not in (other.name, "notes.txt")]
        assert len(own) == min(night, 4), own
    # Files of others stay, and what a killed process left goes.
    assert other.exists()
    assert (folder / "notes.txt").exists()
    assert not left.exists()
    assert warnings(app) == []


def test_clock_that_jumps_ahead_does_not_remove_them_all(
    nightly: tuple[Flask, Team], folder: Path, clock: Clock
) -> None:
    app, _ = nightly
    work_once(app)
    [newest] = names(folder)
    for day in range(1, 6):
        (folder / f"{newest[:22]}2020-01-0{day}T013000Z.age").touch()
    clock.move(timedelta(days=400))
    work_once(app)
    left = [name.removeprefix(newest[:22])[:10] for name in names(folder)]
    assert left[:2] == ["2020-01-04", "2020-01-05"]
    assert newest in names(folder)
    assert len(left) == 4


def test_failure_is_reported_once_a_night_and_no_old_backup_is_removed(
    nightly: tuple[Flask, Team], folder: Path, clock: Clock
) -> None:
    app, team = nightly
    work_once(app)
    [good] = names(folder)
    folder.rename(folder.with_name("unmounted"))
    for _ in range(10):
        clock.move(timedelta(hours=21))
        for _ in range(3):
            work_once(app)
            clock.move(timedelta(hours=1))
    told = warnings(app)
    assert {mail.address for mail in told} == {team.ada.email}
    assert len(told) == len({mail.occasion for mail in told}) == 10
    ada, ben = Visitor(app).enter(team.ada), Visitor(app).enter(team.ben)
    assert f"{BANNER}, and the last one is 10 days old." in ada.get("/").text
    assert BANNER not in ben.get("/").text
    log = ada.get("/settings/system-log").text
    assert "Making the nightly backup" in log
    assert "isn't there. Is its disk mounted?" in log

    folder.with_name("unmounted").rename(folder)
    assert names(folder) == [good]
    clock.move(timedelta(minutes=61))
    work_once(app)
    # The last few stay, however old they are.
    assert len(names(folder)) == 2
    assert good in names(folder)
    assert BANNER not in ada.get("/").text


def test_backup_without_all_attachments_is_reported_and_no_old_one_is_removed(
    nightly: tuple[Flask, Team], folder: Path, clock: Clock, instance_path: Path
) -> None:
    app, team = nightly
    work_once(app)
    [good] = names(folder)
    with in_rows(app):
        kept = services(app).attachment_files.keep(PDF)
        file = {"name": "cv.pdf", "content_type": "application/pdf", "size_bytes": len(PDF)}
        whose = {"candidate_id": team.dina.id, "uploaded_by_id": team.ada.id}
        db.session.add(Attachment(**file, **whose, content_hash="0" * 64, stored_as=kept))
        db.session.commit()
    (instance_path / "uploads").rename(instance_path / "unmounted")
    for _ in range(5):
        clock.move(timedelta(days=1))
        work_once(app)
        incomplete = good[:22] + "incomplete.age"
        assert names(folder) == [good, incomplete]
    assert len(warnings(app)) == 5
    log = Visitor(app).enter(team.ada).get("/settings/system-log").text
    assert "1 attachment can't be found" in log
    assert "Is its disk mounted?" in log

    (instance_path / "unmounted").rename(instance_path / "uploads")
    clock.move(timedelta(days=1))
    work_once(app)
    made = names(folder)[-1]
    assert names(folder) == [good, made]
    assert made not in (good, incomplete)


def test_nothing_is_made_where_no_folder_is_set_or_no_one_has_set_up(
    make_app: MakeApp, sqlite_app: Flask, folder: Path
) -> None:
    app = make_app({"BACKUP_KEY": PAIR.public, "BACKUP_FOLDER": str(folder)})
    work_once(app)
    assert names(folder) == []
    with in_rows(sqlite_app):
        create_team()
    work_once(sqlite_app)
    with in_rows(sqlite_app):
        assert db.session.scalar(sa.select(Task.id).where(Task.kind == MAKE_BACKUP.name)) is None


def test_server_without_a_folder_leaves_it_to_the_one_that_asked(
    nightly: tuple[Flask, Team], make_app: MakeApp, folder: Path, clock: Clock
) -> None:
    app, _ = nightly
    other = make_app()
    with app.app_context():
        # The first server asks for it, and the other one is quicker to begin.
        asking_for_backups(services(app).backup_plan).run()
    work_once(other)
    assert names(folder) == []
    clock.move(timedelta(seconds=30))
    work_once(app)
    assert len(names(folder)) == 1


def test_restored_server_makes_none_until_someone_has_decided(
    nightly: tuple[Flask, Team], folder: Path, clock: Clock
) -> None:
    app, team = nightly
    with in_rows(app):
        # The state inside a nightly backup: it was asked for, and the previous one is the last one made.
        mark_and_commit(BACKUP_MADE, utc_now() - timedelta(days=1))
        mark_and_commit(BACKUP_ASKED, utc_now())
        db.session.get_one(Organization, 1).held_back_since = utc_now()
        db.session.commit()
    clock.move(timedelta(hours=2))
    work_once(app)
    assert names(folder) == []
    ada = Visitor(app).enter(team.ada)
    assert BANNER not in ada.get("/").text
    ada.post("/settings/restored/resume", status=303, leads_to="/settings/system-log")
    assert BANNER not in ada.get("/").text
    clock.move(timedelta(minutes=61))
    assert BANNER in ada.get("/").text
