"""Uploaded files in a folder that several servers share, and what happens while that is away."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from scheduling.files.removing import sweeping
from services import services
from tests.factories import Team, create_team
from tests.files_to_attach import PDF
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, schedule_by_hand, send
from tests.web.test_attachments import PHONE, chosen, files_in, run_everything
from timezones import utc_now

# The clock is stopped before anyone signs in, or their session would be months old.
pytestmark = pytest.mark.usefixtures("clock")
AWAY = "Waiting for its files: the folder that this server keeps them in isn't there."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder on the disk that the servers share."""
    made = tmp_path / "share" / "uploads"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def shared(make_app: MakeApp, simulators: Simulators, folder: Path) -> Flask:
    return make_app({**simulators.settings(), "UPLOADS_FOLDER": str(folder)})


@pytest.fixture
def team(shared: Flask) -> Team:
    with in_rows(shared):
        return create_team()


def unmount(folder: Path) -> Path:
    return folder.parent.rename(folder.parent.with_name("unmounted"))


def mount(folder: Path) -> None:
    folder.parent.with_name("unmounted").rename(folder.parent)


def with_file(shared: Flask, team: Team) -> Visitor:
    ada = Visitor(shared).enter(team.ada)
    schedule_by_hand(ada, team.dina.id, {"setup": PHONE, "details": {"files": chosen(("a.pdf", PDF))}})
    return ada


def test_files_are_kept_there_alone(shared: Flask, team: Team, folder: Path, simulators: Simulators) -> None:
    with_file(shared, team)
    run_everything(shared)
    [mail] = simulators.wait_for_mails(1, to=team.dina.email)
    assert files_in(mail.message) == {"a.pdf": PDF}
    [kept] = folder.iterdir()
    assert kept.read_bytes() == PDF
    assert not (shared.config["INSTANCE_PATH"] / "uploads").exists()


def test_nothing_is_uploaded_to_another_place_while_it_is_away(
    shared: Flask, team: Team, folder: Path
) -> None:
    unmount(folder)
    ada = Visitor(shared).enter(team.ada)
    draft = draft_at(ada, team.dina.id, "details")
    page = send(ada, draft, "details", status=422, files=chosen(("a.pdf", PDF)))
    assert "“a.pdf” was not added: this server could not store it." in page.text
    assert not folder.exists()


def test_invitation_waits_for_its_files_and_says_so(
    shared: Flask, team: Team, folder: Path, simulators: Simulators, clock: Clock
) -> None:
    ada = with_file(shared, team)
    unmount(folder)
    run_everything(shared)
    assert simulators.mails() == []
    assert AWAY in ada.get("/interviews/1").text
    mount(folder)
    clock.move(timedelta(minutes=1))
    run_everything(shared)
    [mail] = simulators.wait_for_mails(1, to=team.dina.email)
    assert files_in(mail.message) == {"a.pdf": PDF}


def test_after_an_hour_it_leaves_without_them(
    shared: Flask, team: Team, folder: Path, simulators: Simulators, clock: Clock
) -> None:
    with_file(shared, team)
    unmount(folder)
    run_everything(shared)
    clock.move(timedelta(minutes=61))
    run_everything(shared)
    [mail] = simulators.wait_for_mails(1, to=team.dina.email)
    assert files_in(mail.message) == {}


def test_marker_of_a_running_server_is_no_ones_file(shared: Flask, team: Team, folder: Path) -> None:
    files = services(shared).attachment_files
    files.sign("one", utc_now())
    assert files.has_sign("one")
    long_ago = (utc_now() - timedelta(days=2)).timestamp()
    os.utime(folder / "server-one", (long_ago, long_ago))
    with shared.app_context():
        sweeping(files).run()
    assert files.has_sign("one")
    files.sign("two", utc_now())
    assert [path.name for path in folder.iterdir()] == ["server-two"]
