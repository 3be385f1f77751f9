"""Closing a job and erasing a candidate end upcoming interviews like a cancellation."""

from extensions import db
from hiring.calling_off import cancel_and_erase, close_job
from models import Candidate, Interview, InterviewStatus, Job, User
from scheduling.commands.cancel import Cancellation
from tests.factories import create_candidate
from tests.tasks.installation import Installation
from tests.tasks.test_cancelling import BEN, DINA, UNDO_IS_OVER
from tests.tasks.test_changed_meetings import scheduled

OMAR = "omar@mail.example"


def test_closed_job_cancels_its_interviews(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    first = scheduled(installation)
    with installation.writing():
        omar = create_candidate("Omar Haddad", OMAR, installation.team.job_id)
    second = installation.schedule(candidate=omar)
    installation.run_due()
    assert len(installation.living_meetings()) == 2
    with installation.writing():
        ada = db.session.get_one(User, installation.team.ada.id)
        job = db.session.get_one(Job, installation.team.job_id)
        assert close_job(ada, job, Cancellation("The role is on hold."), installation.rules) == 2
        db.session.commit()
    installation.later(seconds=UNDO_IS_OVER)
    assert installation.living_meetings() == []
    for address in (DINA, OMAR):
        assert [entry[:2] for entry in installation.entries(address)] == [("REQUEST", 0), ("CANCEL", 1)]
    for interview in (first, second):
        assert "Ada Berg cancelled the interview because the job was closed" in installation.timeline(
            interview
        )


def test_candidate_is_erased_once_everyone_has_been_told(installation: Installation) -> None:
    interview = scheduled(installation)
    installation.simulators.mail_switches(defer_recipients={BEN: 451})
    with installation.writing():
        ada = db.session.get_one(User, installation.team.ada.id)
        dina = db.session.get_one(Candidate, installation.team.dina.id)
        cancel_and_erase(ada, dina, Cancellation(), installation.rules)
        db.session.commit()
    installation.run_due()
    assert installation.living_meetings() == []
    assert [entry[0] for entry in installation.entries(DINA)] == ["REQUEST", "CANCEL"]
    with installation.reading():
        assert db.session.get_one(Candidate, installation.team.dina.id).erased_at is None
    installation.simulators.mail_switches(defer_recipients={})
    installation.later(minutes=1)
    installation.later(seconds=10)
    assert [entry[0] for entry in installation.entries(BEN)] == ["REQUEST", "CANCEL"]
    with installation.reading():
        assert db.session.get_one(Candidate, installation.team.dina.id).erased_at is not None
        row = db.session.get_one(Interview, interview)
        assert row.status is InterviewStatus.CANCELLED
        assert "Dina" not in " ".join(entry.words for entry in row.timeline)
        assert [each.words for each in row.revisions] == ["", ""]
