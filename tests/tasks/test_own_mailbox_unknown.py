"""An email that a mailbox may have sent is never sent again unless someone asks, whatever happened to the
answer or the server."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from extensions import db
from models import MailState
from providers.errors import (
    NotReadyError,
    ProviderError,
    RetryableError,
)
from scheduling.mails.queue import CANCELLATION
from tests.machines.made_up_provider import read
from tests.made_up_provider.simulator import AcmeServer
from tests.tasks.installation import Installation, another_runner
from tests.tasks.own_mailbox import (
    ADAS,
    BEN,
    DINA,
    KilledError,
    arrived_by_server,
    ask_to_send_again,
    invitation_to,
    row,
)
from work.handing_over import begin_handing_over
from work.mail import Through
from work.protocol import ClaimedTask
from work.runner import Phase, Runner


@pytest.fixture
def installation(with_mailbox: Installation) -> Installation:
    return with_mailbox


@pytest.mark.parametrize(
    "error",
    [RetryableError("Acme didn't answer.", maybe_applied=True), NotReadyError("Acme is still at it.")],
    ids=["lost answer", "still at it"],
)
@pytest.mark.parametrize("but_sends", [False, True])
def test_what_may_have_left_is_sent_again_only_when_someone_asks(
    installation: Installation, acme: AcmeServer, error: ProviderError, *, but_sends: bool
) -> None:
    acme.fail_next_send(error, but_sends=but_sends)
    interview = installation.schedule()
    installation.run_due()
    installation.later(hours=3)
    mail = invitation_to(installation, interview, DINA)
    assert (mail.state, mail.may_be_double, mail.may_have_left) == (MailState.FAILED, True, True)
    assert (mail.sent_with, mail.sent_from) == ("acme", ADAS)
    assert len(acme.sent) == 1 + but_sends
    assert arrived_by_server(installation) == []
    page = installation.progress(interview)
    assert "problem: Invitation to Dina Kaur may have left. Send it again?" in page
    assert f"look into the Sent folder of {ADAS}" in page
    told = "It isn't known whether the invitation to Dina Kaur left."
    assert told in installation.timeline(interview)
    assert ask_to_send_again(installation, mail) == 1
    installation.run_due()
    assert len(acme.sent) == 2 + but_sends
    mail = invitation_to(installation, interview, DINA)
    assert (mail.state, mail.may_be_double, mail.may_have_left) == (MailState.SENT, True, False)
    assert "may have left" not in installation.progress(interview)


@pytest.mark.both_databases
def test_process_that_dies_while_the_mailbox_sends_leaves_a_question_and_no_second_copy(
    installation: Installation, acme: AcmeServer
) -> None:
    acme.fail_next_send(KilledError(), but_sends=True)
    interview = installation.schedule()
    with pytest.raises(KilledError):
        installation.run_due()
    mail = invitation_to(installation, interview, DINA)
    assert (mail.state, mail.sent_with) == (MailState.QUEUED, "acme")
    assert mail.handing_over_since is not None
    installation.later(seconds=installation.app.config["TASK_LEASE_SECONDS"] + 1)
    installation.runner.release_forfeited()
    installation.run_due()
    installation.later(hours=3)
    copies = [read(message)["To"].addresses[0].addr_spec for message in acme.sent]
    assert sorted(copies) == [BEN, DINA]
    assert arrived_by_server(installation) == []
    mail = invitation_to(installation, interview, DINA)
    assert mail.may_have_left
    assert mail.handing_over_since is None
    assert mail.words == (
        "This server was stopped while the email was handed over. It may have left: look into the Sent "
        f"folder of {ADAS} before you send it again."
    )


@pytest.mark.both_databases
def test_process_that_dies_before_it_has_written_the_outcome_down(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    installation.run_due()
    acme.sent.clear()
    installation.cancel(interview)
    installation.clock.forward(timedelta(seconds=15))
    installation.die_after("called", "send_mail")
    installation.run_due()
    installation.later(hours=3)
    copies = [read(message)["To"].addresses[0].addr_spec for message in acme.sent]
    assert sorted(copies) == [BEN, DINA]
    states = [row(installation, mail).may_have_left for mail in installation.mails(interview, CANCELLATION)]
    assert sorted(states) == [False, True]


def test_process_that_dies_before_it_asks_the_mailbox_changes_nothing(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    installation.die_after("loaded", "send_mail")
    installation.run_due()
    assert len(acme.sent) == 2
    assert {mail.state for mail in installation.mails(interview)} == {MailState.SENT}


def just_before_it_asks(installation: Installation, then: Callable[[], None]) -> Runner:
    """A runner during whose first delivery something happens after the email was composed."""
    waiting = [then]

    def at_phase(phase: Phase, task: ClaimedTask) -> None:
        if phase == "loaded" and task.kind == "send_mail" and waiting:
            waiting.pop()()

    return another_runner(installation, on_phase=at_phase)


def test_email_that_another_process_has_begun_to_hand_over_is_not_sent_by_this_one(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    first = installation.mails(interview)[0]

    def begin_elsewhere() -> None:
        with installation.writing():
            assert begin_handing_over(first.id, Through("acme", ADAS))
            db.session.commit()

    just_before_it_asks(installation, begin_elsewhere).run_due()
    assert [read(message)["To"].addresses[0].addr_spec for message in acme.sent] == [BEN]
    assert row(installation, first).may_have_left
    assert arrived_by_server(installation) == []


def test_email_that_is_called_off_at_the_last_moment_is_not_sent(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    just_before_it_asks(installation, lambda: installation.cancel(interview)).run_due()
    assert acme.sent == []
    assert {mail.state for mail in installation.mails(interview)} == {MailState.DROPPED}
    assert {row(installation, mail).handing_over_since for mail in installation.mails(interview)} == {None}
