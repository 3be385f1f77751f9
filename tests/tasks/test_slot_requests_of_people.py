"""A candidate who is asked to choose a time gets another address, or is erased: what happens to the email."""

from extensions import db
from hiring.calling_off import cancel_and_erase
from models import Candidate, Interview, InterviewStatus, MailState, Task
from scheduling.commands import time_slots
from scheduling.commands.cancel import Cancellation
from scheduling.mails.queue import INVITATION, SLOTS_WITHDRAWN
from services import services
from tests.tasks.installation import Installation
from tests.tasks.test_refused_addresses import CORRECTED, correct_address, text_of
from tests.tasks.test_slot_requests import (
    ASKED,
    DINA,
    REMINDED,
    changing,
    choose,
    link_in,
    request,
    states,
    subjects,
)


def opens(installation: Installation, token: str) -> bool:
    with installation.reading():
        return services().candidate_links.opened_by(token) is not None


# Another address


def test_corrected_address_gets_the_request_and_the_old_page_is_closed(installation: Installation) -> None:
    interview = request(installation, 10, 11)
    installation.run_due()
    [sent] = installation.simulators.mails(DINA)
    assert opens(installation, link_in(sent))
    correct_address(installation)
    installation.run_due()
    assert len(installation.simulators.mails(DINA)) == 1
    [again] = installation.simulators.mails(CORRECTED)
    assert str(again.message["Subject"]).startswith(ASKED)
    assert opens(installation, link_in(again))
    assert not opens(installation, link_in(sent))
    installation.later(hours=48)
    installation.later(hours=48)
    assert len(installation.simulators.mails(DINA)) == 1
    assert subjects(installation, CORRECTED)[1:] == [f"{REMINDED}Backend Engineer at Northlight"] * 2
    choose(installation, interview)
    installation.until_grace_is_over()
    assert len(installation.simulators.mails(DINA)) == 1


def test_address_corrected_before_the_request_left_gets_it_once(installation: Installation) -> None:
    installation.simulators.mail_switches(refuse_connections=True)
    request(installation, 10, 11)
    installation.run_due()
    correct_address(installation)
    installation.simulators.mail_switches(refuse_connections=False)
    installation.later(minutes=10)
    assert subjects(installation) == []
    [mail] = installation.simulators.mails(CORRECTED)
    assert opens(installation, link_in(mail))


def test_request_that_was_refused_reaches_the_corrected_address(installation: Installation) -> None:
    installation.simulators.mail_switches(reject_recipients={DINA: 550})
    interview = request(installation, 10, 11)
    installation.run_due()
    assert states(installation, interview)["slots-1"][0] is MailState.FAILED
    correct_address(installation)
    installation.run_due()
    assert subjects(installation, CORRECTED) == [f"{ASKED}Backend Engineer at Northlight"]


def test_page_of_a_chosen_time_is_closed_to_the_old_address_and_no_one_is_asked_again(
    installation: Installation,
) -> None:
    interview = request(installation, 10, 11, at_once=False)
    installation.run_due()
    [sent] = installation.simulators.mails(DINA)
    choose(installation, interview)
    correct_address(installation)
    installation.run_due()
    assert installation.simulators.mails(CORRECTED) == []
    assert not opens(installation, link_in(sent))
    with changing(installation, interview) as (ada, row):
        time_slots.schedule_accepted(ada, row, installation.rules)
    installation.until_grace_is_over()
    assert len(installation.simulators.mails(CORRECTED)) == 1
    assert len(installation.simulators.mails(DINA)) == 1


# Erased


def test_candidate_is_erased_once_they_know_that_the_request_is_withdrawn(installation: Installation) -> None:
    interview = request(installation, 10, 11)
    installation.run_due()
    installation.simulators.mail_switches(defer_recipients={DINA: 451})
    with changing(installation, interview) as (ada, _):
        dina = db.session.get_one(Candidate, installation.team.dina.id)
        cancel_and_erase(ada, dina, Cancellation("Sorry, Dina"), installation.rules)
    installation.later(seconds=10)
    installation.later(seconds=10)
    with installation.reading():
        assert db.session.get_one(Candidate, installation.team.dina.id).erased_at is None
    installation.simulators.mail_switches(defer_recipients={})
    installation.later(minutes=10)
    installation.later(seconds=10)
    assert "Sorry, Dina" in text_of(installation.simulators.mails(DINA)[-1])
    assert [mail.state for mail in installation.mails(interview, SLOTS_WITHDRAWN)] == [MailState.SENT]
    with installation.reading():
        assert db.session.get_one(Candidate, installation.team.dina.id).erased_at is not None
        assert db.session.get_one(Interview, interview).status is InterviewStatus.CANCELLED
        assert installation.mails(interview, INVITATION) == []


def test_words_of_a_withdrawal_that_never_left_are_erased(installation: Installation) -> None:
    interview = request(installation, 10, 11)
    installation.run_due()
    installation.simulators.mail_switches(refuse_connections=True)
    with changing(installation, interview) as (ada, _):
        dina = db.session.get_one(Candidate, installation.team.dina.id)
        cancel_and_erase(ada, dina, Cancellation("Sorry, Dina"), installation.rules)
    installation.run_due()
    assert "Sorry, Dina" in payloads(installation)
    # Being erased is their right, even if no one can be told.
    installation.later(hours=25)
    with installation.reading():
        assert db.session.get_one(Candidate, installation.team.dina.id).erased_at is not None
    assert "Sorry, Dina" not in payloads(installation)


def payloads(installation: Installation) -> str:
    """The payloads of all tasks together."""
    with installation.reading():
        return repr(list(db.session.scalars(db.select(Task.payload))))
