"""What people see of the upcoming interviews before a restored server resumes; nothing happens before
that."""

from datetime import timedelta
from pathlib import Path

import pytest

from accounts import restored
from background import work_once
from extensions import db
from models import Lane, MeetingSoftware
from scheduling.mails.queue import PREFLIGHT_PROBLEMS
from scheduling.preflight import PREFLIGHT
from scheduling.venues import PastedLink
from tasks.preflight import ASK_FOR_PREFLIGHTS
from tests.factories import LENA, PRIYA, in_three_days
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.tasks.installation import Installation
from tests.tasks.restored import Snapshot, resume

PAGE = "/settings/restored"
CHECK = "Check the links"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben, LENA)
    return sqlite_installation


def items(page: Page) -> list[str]:
    """The upcoming interviews, each in one line."""
    [card] = page.tree.all("section", lambda each: each.get("id") == "next-interviews")
    return [each.text for each in card.all("li")]


def test_next_interviews_are_shown_with_what_became_of_their_links(
    installation: Installation, tmp_path: Path
) -> None:
    start = in_three_days()
    works, moved, gone = (
        installation.schedule(starts_at=start + timedelta(hours=hours), duration_minutes=30)
        for hours in range(3)
    )
    pasted = PastedLink("https://meet.example/abc", "Whereby")
    installation.schedule(starts_at=start + timedelta(hours=3), venue=pasted)
    installation.schedule(starts_at=start + timedelta(hours=4), software=None)
    installation.run_due()
    unmade = installation.schedule(starts_at=start + timedelta(hours=5))
    numbers = {each: installation.meeting(each).provider_meeting_id or "" for each in (works, moved, gone)}
    Snapshot(installation, tmp_path).restore()
    later = start + timedelta(days=1)
    installation.simulators.change_meeting(numbers[moved], start_time=f"{later:%Y-%m-%dT%H:%M:%SZ}")
    installation.simulators.delete_meeting(numbers[gone])
    stored = [installation.rows(each) for each in (works, moved, gone, unmade)]

    ada = Visitor(installation.app).enter(installation.team.ada)
    page = ada.get(PAGE)
    before = items(page)
    assert [line.startswith("Dina Kaur") for line in before] == [True] * 6
    assert all("Backend Engineer" in line and "Ben Frei" in line for line in before)
    assert ["Link not checked" in line for line in before] == [True] * 4 + [False] * 2
    assert "No link here" in before[5]
    calls = len(installation.simulators.ledger()["calls"])

    checked = items(ada.submit(page, CHECK))
    assert len(installation.simulators.ledger()["calls"]) == calls + 3
    assert "Link works" in checked[0]
    assert "At another time" in checked[1]
    assert f"{later:%b}" in checked[1]
    assert "Link is dead" in checked[2]
    assert "No one can be asked about this link." in checked[3]
    assert "Link" not in checked[4]
    assert "it's found once background work resumes" in checked[5]
    # People decide; none of this is recorded.
    assert [installation.rows(each) for each in (works, moved, gone, unmade)] == stored


def test_account_that_cannot_be_asked_is_named_for_each_link(
    installation: Installation, tmp_path: Path
) -> None:
    installation.schedule()
    installation.run_due()
    Snapshot(installation, tmp_path).restore()
    installation.simulators.revoke(LENA)
    ada = Visitor(installation.app).enter(installation.team.ada)
    [line] = items(ada.submit(ada.get(PAGE), CHECK))
    assert "Link not checked" in line
    # By now its owner is asked to connect it again.
    [line] = items(ada.submit(ada.get(PAGE), CHECK))
    assert "The account that hosts it has to be connected again." in line
    Visitor(installation.app).enter(installation.team.ben).post(f"{PAGE}/links", status=403)


def test_nothing_is_checked_made_or_mailed_before_someone_has_decided(
    installation: Installation, tmp_path: Path
) -> None:
    """The check before an interview, which makes again what is missing, is due and waits like all else."""
    interview = installation.schedule(software=MeetingSoftware.ZOOM)
    installation.run_due()
    number = installation.meeting(interview).provider_meeting_id
    assert number is not None
    backup = Snapshot(installation, tmp_path)
    installation.simulators.delete_meeting(number)
    installation.clock.forward(in_three_days() - installation.clock.now - timedelta(hours=1))
    backup.restore()
    ledger, mails = installation.simulators.ledger(), len(installation.simulators.mails())
    for _ in range(3):
        assert work_once(installation.app) == 0
        installation.clock.forward(timedelta(minutes=3))
    assert installation.tasks(PREFLIGHT.name) == []
    assert installation.simulators.ledger()["calls"] == ledger["calls"]
    assert len(installation.simulators.mails()) == mails

    installation.connect(installation.team.ben, PRIYA)
    resume(installation)
    work_once(installation.app)
    assert len(installation.tasks(PREFLIGHT.name)) == 1


def test_invitations_that_had_to_wait_are_not_taken_for_undelivered(
    installation: Installation, tmp_path: Path
) -> None:
    interview = installation.schedule(software=None)
    backup = Snapshot(installation, tmp_path)
    installation.clock.forward(in_three_days() - installation.clock.now - timedelta(hours=1))
    backup.restore()
    with installation.writing():
        restored.resume(None, "send")
        db.session.commit()
    with installation.app.app_context():
        ASK_FOR_PREFLIGHTS.run()
    # The check comes before the emails have left.
    installation.run_due(Lane.PROVIDER)
    assert installation.tasks(PREFLIGHT.name)[0].state == "done"
    installation.run_due()
    assert installation.mails(interview, PREFLIGHT_PROBLEMS) == []
    assert len(installation.mails(interview)) == 2
