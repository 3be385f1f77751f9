"""Emails about an interview leave from its scheduler's own mailbox, and what happens to them if it fails."""

from datetime import timedelta

import pytest

from connections.revocation import end_connections
from extensions import db
from models import Connection, ConnectionState, Mail, MailState, MailTrouble, User
from providers.errors import (
    ConnectionRevokedError,
    DailyLimitError,
    Facts,
    HostNotAllowedError,
    InvalidClientError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from scheduling.mails.queue import CANCELLATION, INVITATION, MEETING_FAILED, REMINDER
from scheduling.plans import Participant
from tests.machines import made_up_provider
from tests.machines.made_up_provider import read
from tests.made_up_provider.simulator import AcmeServer
from tests.tasks.installation import Installation
from tests.tasks.own_mailbox import (
    ADAS,
    BEN,
    DINA,
    GUEST,
    SAM,
    SERVER,
    arrived_by_server,
    connect,
    invitation_to,
    row,
    set_up_user,
)


@pytest.fixture
def installation(with_mailbox: Installation) -> Installation:
    return with_mailbox


def test_each_copy_names_its_own_reader_and_comes_from_the_schedulers_address(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule(attendees=(GUEST,))
    installation.run_due()
    sent = [read(message) for message in acme.sent]
    assert sorted(mail["To"].addresses[0].addr_spec for mail in sent) == [BEN, DINA, SAM]
    assert arrived_by_server(installation) == []
    for mail in sent:
        assert len(mail["To"].addresses) == 1
        assert mail["Cc"] is None
        assert mail["From"] == f"Ada Berg <{ADAS}>"
        assert mail["Reply-To"] == "Ada Berg <ada@northlight.example>"
        body = mail.get_body(("plain",))
        assert body is not None
        assert "in copy" not in body.get_content()
    for seen in installation.mails(interview):
        stored = row(installation, seen)
        assert (stored.state, stored.sent_with, stored.sent_from) == (MailState.SENT, "acme", ADAS)
        assert stored.handing_over_since is None
        assert stored.words is not None
        assert stored.words.startswith("Acme Rooms took it: “acme-")
    assert "Invitation sent to 3 people" in installation.timeline(interview)


def test_twelve_people_get_one_copy_each(installation: Installation, acme: AcmeServer) -> None:
    guests = tuple(Participant(f"Guest {number}", f"guest{number}@partner.example") for number in range(10))
    installation.schedule(attendees=guests)
    installation.run_due()
    to = [read(message)["To"].addresses[0].addr_spec for message in acme.sent]
    assert sorted(to) == sorted([DINA, BEN, *(guest.email for guest in guests)])


def test_calendars_know_one_organizer_whichever_way_the_emails_go(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    installation.run_due()
    set_up_user(installation, sends_from_own_mailbox=False)
    installation.edit(interview, agenda="Something else")
    installation.later(seconds=15)
    first = next(read(message) for message in acme.sent if read(message)["To"].addresses[0].addr_spec == DINA)
    [second] = installation.simulators.mails(DINA)
    for mail in (first, second.message):
        [calendar] = [
            part.get_content() for part in mail.iter_attachments() if part.get_filename() == "invite.ics"
        ]
        text = calendar.decode() if isinstance(calendar, bytes) else calendar
        assert f"mailto:{SERVER}" in text.replace("\r\n ", "")
        assert ADAS not in text
    # Still threaded under the first invitation.
    assert second.message["References"] == first["Message-ID"]


def test_everything_of_an_interview_goes_this_way_and_alarms_do_not(
    installation: Installation, acme: AcmeServer
) -> None:
    start = installation.clock.now + timedelta(hours=30)
    interview = installation.schedule(starts_at=start, reminder_minutes=(60,))
    installation.run_due()
    installation.later(hours=29)
    installation.cancel(interview)
    installation.later(seconds=15)
    ways = {}
    for kind in (INVITATION, REMINDER, CANCELLATION):
        ways[kind] = {row(installation, mail).sent_with for mail in installation.mails(interview, kind)}
    assert ways == {INVITATION: {"acme"}, REMINDER: {"acme"}, CANCELLATION: {"acme"}}
    assert arrived_by_server(installation) == []
    with installation.writing():
        end_connections(db.session.get_one(User, installation.team.ben.id))
        db.session.commit()
    unhosted = installation.schedule()
    installation.run_due()
    installation.until_grace_is_over()
    alarms = [row(installation, mail) for mail in installation.mails(unhosted, MEETING_FAILED)]
    assert {(mail.state, mail.sent_with) for mail in alarms} == {(MailState.SENT, None)}
    assert {row(installation, mail).sent_with for mail in installation.mails(unhosted)} == {"acme"}


PASSED_OVER = [
    (ConnectionRevokedError("Acme no longer accepts it."), "Ada Berg has to reconnect Acme Rooms"),
    (ScopeMissingError("Not allowed.", scopes=("rooms",)), "Ada Berg has to reconnect Acme Rooms"),
    (
        HostNotAllowedError("No mail service."),
        "Acme Rooms doesn't let Ada's account send emails",
    ),
    (InvalidClientError("Unknown client."), "Acme Rooms doesn't accept this server's credentials"),
    (RefusedError("Blocked by policy."), "Acme Rooms refused an email from Ada's account"),
    (ValueError("no such header"), "Acme Rooms can't send this email"),
]


@pytest.mark.parametrize(("error", "why"), PASSED_OVER, ids=lambda each: type(each).__name__)
def test_what_the_mailbox_does_not_send_leaves_through_the_server_at_once_and_once(
    installation: Installation, acme: AcmeServer, error: Exception, why: str
) -> None:
    for _ in range(3):
        acme.fail_next_send(error)
    interview = installation.schedule(attendees=(GUEST,))
    installation.run_due()
    assert acme.sent == []
    assert arrived_by_server(installation) == [BEN, DINA, SAM]
    said = [words for words in installation.timeline(interview) if "was sent from" in words]
    assert said == [f"{why}, so the invitation to Dina Kaur was sent from {SERVER}."]
    [to_dina] = installation.simulators.mails(DINA)
    assert to_dina.message["From"] == f"Ada Berg via Northlight <{SERVER}>"
    assert [address.addr_spec for address in to_dina.message["Cc"].addresses] == [BEN, SAM]
    mail = invitation_to(installation, interview, DINA)
    assert (mail.state, mail.sent_with, mail.sent_from) == (MailState.SENT, None, None)
    assert mail.code == 250
    assert not mail.may_be_double


def test_each_revision_says_once_that_the_server_sent_it(
    installation: Installation, acme: AcmeServer
) -> None:
    acme.refresh_tokens.clear()
    interview = installation.schedule(attendees=(GUEST,))
    installation.run_due()
    installation.later(minutes=1)
    installation.edit(interview, agenda="Something else")
    installation.later(seconds=15)
    said = [words for words in installation.timeline(interview) if "was sent from" in words]
    assert [words.partition(" was ")[0] for words in said] == [
        "Ada Berg has to reconnect Acme Rooms, so the invitation to Dina Kaur",
        "Ada Berg has to reconnect Acme Rooms, so the updated invitation to Dina Kaur",
    ]
    assert len(arrived_by_server(installation)) == 6
    with installation.reading():
        [mailbox] = db.session.scalars(db.select(Connection).where(Connection.app == "acme"))
        assert mailbox.state is ConnectionState.RECONNECT_NEEDED
    # Connected again, it is used again.
    connect(installation, acme)
    installation.cancel(interview)
    installation.later(seconds=15)
    assert len(acme.sent) == 3


def test_lost_permission_is_lost_for_the_card_as_well(installation: Installation, acme: AcmeServer) -> None:
    acme.fail_next_send(ScopeMissingError("Not allowed.", scopes=("rooms",)))
    installation.schedule()
    installation.run_due()
    with installation.reading():
        [mailbox] = db.session.scalars(db.select(Connection).where(Connection.app == "acme"))
        assert mailbox.state is ConnectionState.RECONNECT_NEEDED


def _in(hours: float) -> timedelta:
    return timedelta(hours=hours)


@pytest.mark.parametrize(
    ("error", "hours"),
    [(RetryableError, 0), (RateLimitedError, 0.5), (DailyLimitError, 12)],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_may_work_later_is_tried_again_when_the_provider_says(
    installation: Installation, acme: AcmeServer, error: type[RetryableError], hours: float
) -> None:
    until = installation.clock.now + _in(hours)
    acme.fail_next_send(error("Acme is busy.", retry_at=until if hours else None))
    interview = installation.schedule(starts_at=installation.clock.now + _in(72))
    installation.run_due(None)
    waiting = [mail for mail in installation.mails(interview) if mail.state is MailState.QUEUED]
    [mail] = [row(installation, each) for each in waiting]
    assert (mail.trouble, mail.sent_with, mail.handing_over_since) == (MailTrouble.MAILBOX, None, None)
    assert not mail.may_be_double
    [task] = [task for task in installation.tasks("send_mail") if task.last_error]
    assert task.run_at >= until
    assert "Acme is busy." in installation.progress(interview)
    with installation.reading():
        assert not _banner_says_mail_is_held(installation)
    if hours:
        installation.later(hours=hours, minutes=-1)
        assert len(acme.sent) == 1
    installation.later(minutes=2)
    assert len(acme.sent) == 2
    assert arrived_by_server(installation) == []
    assert installation.timeline(interview)[-1] == "Invitation sent to 2 people"


def _banner_says_mail_is_held(installation: Installation) -> bool:
    held = db.select(Mail.id).where(Mail.trouble == MailTrouble.OURS, Mail.state == MailState.QUEUED)
    return db.session.scalar(held) is not None


def test_what_would_come_too_late_leaves_through_the_server(
    installation: Installation, acme: AcmeServer
) -> None:
    error = DailyLimitError("Enough for today.", retry_at=installation.clock.now + _in(12))
    acme.fail_next_send(error)
    acme.fail_next_send(error)
    interview = installation.schedule(starts_at=installation.clock.now + _in(5))
    installation.run_due()
    assert arrived_by_server(installation) == [BEN, DINA]
    why = "Acme Rooms takes no more emails from Ada's account in time"
    assert any(words.startswith(f"{why}, so the invitation") for words in installation.timeline(interview))


def test_refused_address_is_refused_for_everything_that_follows(
    installation: Installation, acme: AcmeServer
) -> None:
    acme.fail_next_send(RefusedError("Invalid To header.", Facts(code="address_refused")))
    interview = installation.schedule()
    installation.run_due()
    mail = invitation_to(installation, interview, DINA)
    assert (mail.state, mail.trouble, mail.sent_with) == (MailState.FAILED, MailTrouble.ADDRESS, None)
    assert not mail.may_have_left
    assert "Acme Rooms refused the email to dina.kaur@mail.example: Invalid To header." in (mail.words or "")
    assert "Invitation to Dina Kaur could not be delivered." in installation.timeline(interview)


def test_mailbox_that_finds_an_email_without_files_too_large_leaves_it_to_the_server(
    installation: Installation, acme: AcmeServer
) -> None:
    acme.fail_next_send(RefusedError("Too large.", Facts(code="too_large")))
    installation.schedule()
    installation.run_due()
    assert arrived_by_server(installation) == [DINA]


def test_switched_off_or_deactivated_or_disconnected_the_server_sends(
    installation: Installation, acme: AcmeServer
) -> None:
    set_up_user(installation, sends_from_own_mailbox=False)
    first = installation.schedule()
    installation.run_due()
    set_up_user(installation, sends_from_own_mailbox=True, is_active=False)
    installation.cancel(first, by=installation.team.ben)
    installation.later(seconds=15)
    set_up_user(installation, is_active=True)
    with installation.writing():
        end_connections(db.session.get_one(User, installation.team.ada.id), only="acme")
        db.session.commit()
    second = installation.schedule()
    installation.run_due()
    assert acme.sent == []
    assert len(arrived_by_server(installation)) == 6
    for interview in (first, second):
        assert not any("was sent from" in words for words in installation.timeline(interview))


def test_switch_decides_when_the_email_leaves_and_not_when_it_was_queued(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    set_up_user(installation, sends_from_own_mailbox=False)
    installation.run_due()
    assert acme.sent == []
    assert {row(installation, mail).sent_with for mail in installation.mails(interview)} == {None}


@pytest.mark.parametrize("mail_settings", [{"MAIL_SERVER": "", "MAIL_DEFAULT_SENDER": ""}])
def test_server_without_a_mail_server_sends_what_a_mailbox_can(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    installation.run_due()
    assert len(acme.sent) == 2
    [calendar] = list(read(acme.sent[0]).iter_attachments())
    assert f"mailto:{ADAS}" in calendar.get_content()
    acme.refresh_tokens.clear()
    installation.cancel(interview)
    installation.later(seconds=15)
    waiting = [row(installation, mail) for mail in installation.mails(interview, CANCELLATION)]
    assert {mail.state for mail in waiting} == {MailState.QUEUED}
    assert all("Ada Berg has to reconnect Acme Rooms" in (mail.words or "") for mail in waiting)
    connect(installation, acme)
    installation.later(minutes=7)
    assert len(acme.sent) == 4


def test_another_account_that_was_connected_meanwhile_is_not_used_under_the_old_name(
    installation: Installation, acme: AcmeServer
) -> None:
    interview = installation.schedule()
    original = installation.runner._on_phase

    def reconnect(phase: str, task: object) -> None:
        if phase == "loaded" and getattr(task, "kind", "") == "send_mail":
            installation.runner._on_phase = original
            with installation.writing():
                made_up_provider.connect(installation.team.ada.id, acme, "other@mail.acme.example")
                db.session.commit()

    installation.runner._on_phase = reconnect
    installation.run_due()
    installation.later(minutes=1)
    froms = {read(message)["From"].addresses[0].addr_spec for message in acme.sent}
    assert froms == {"other@mail.acme.example"}
    assert {mail.state for mail in installation.mails(interview)} == {MailState.SENT}
