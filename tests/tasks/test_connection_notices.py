"""People are told when an account is connected in their name, when a connection ends, and when a provider
does not accept this server; each as often as it helps."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest

from accounts.mails import CREDENTIALS_REFUSED, RECONNECT_NEEDED
from accounts.settings import open_connecting
from connections import wording
from connections.refresh import live_grant
from connections.revocation import end_connections
from extensions import db
from models import (
    AuditEntry,
    Connection,
    ConnectionState,
    Interview,
    Mail,
    MailState,
    Role,
    Task,
    TaskState,
    User,
)
from providers.errors import ProviderError
from tests.factories import LENA, PRIYA, ZOOM, Member, create_user
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation


def mails_of(installation: Installation, kind: str) -> list[tuple[str, int, MailState]]:
    with installation.reading():
        rows = db.session.scalars(db.select(Mail).where(Mail.kind == kind).order_by(Mail.id))
        return [(row.address, number_of(row.occasion), row.state) for row in rows]


def number_of(occasion: str) -> int:
    """Which of several mails about the same thing this is; nudges count from 0."""
    found = re.search(r"(\d+)$", occasion)
    assert found is not None
    return int(found[1])


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text


def renew(installation: Installation, connection: int) -> None:
    """Do what the metronome does an hour later."""
    installation.clock.forward(timedelta(hours=1))
    with installation.app.app_context(), suppress(ProviderError):
        live_grant(connection)
    installation.run_due()


def end_at_zoom(installation: Installation, connection: int, account: str = LENA) -> None:
    installation.simulators.revoke(account)
    renew(installation, connection)


def subjects_to(installation: Installation, member: Member) -> list[str]:
    return [str(mail.message["Subject"]) for mail in installation.simulators.mails(member.email)]


def test_user_is_told_about_an_account_that_is_new_to_them_and_about_no_other(
    sqlite_installation: Installation,
) -> None:
    installation, ben = sqlite_installation, sqlite_installation.team.ben
    installation.connect(ben, with_notice=True)
    installation.run_due()
    [first] = installation.simulators.mails(ben.email)
    assert first.message["Subject"] == "Zoom was connected to your account at Northlight"
    assert f"as {LENA}." in text_of(first)
    # Someone who did not do it writes to the owner; the owner has no one to write to.
    assert installation.team.ada.email in str(first.message["Reply-To"])
    installation.connect(installation.team.ada, PRIYA, with_notice=True)
    installation.run_due()
    [to_owner] = installation.simulators.mails(installation.team.ada.email)
    assert to_owner.message["Reply-To"] is None
    assert "tell the owner" not in text_of(to_owner)
    installation.connect(ben, with_notice=True)
    installation.run_due()
    assert len(subjects_to(installation, ben)) == 1
    installation.connect(ben, PRIYA, with_notice=True)
    installation.run_due()
    assert f"as {PRIYA}." in text_of(installation.simulators.mails(ben.email)[1])


def test_grant_of_a_replaced_account_is_revoked(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.connect(installation.team.ben, PRIYA)
    installation.run_due()
    grants = {grant["account"]: grant["alive"] for grant in installation.simulators.ledger()["grants"]}
    assert grants == {LENA: False, PRIYA: True}


def test_ended_connection_is_reported_at_once_and_after_one_three_and_seven_days(
    sqlite_installation: Installation,
) -> None:
    installation, ben = sqlite_installation, sqlite_installation.team.ben
    connection = installation.connect(ben)
    interview = installation.schedule()
    installation.run_due()
    end_at_zoom(installation, connection)
    [first] = [
        mail for mail in installation.simulators.mails(ben.email) if "Reconnect" in mail.message["Subject"]
    ]
    assert first.message["Subject"] == "Reconnect Zoom (1 upcoming interview depends on it)"
    assert wording.ended_by_provider(ZOOM) in text_of(first)
    assert "Backend Engineer Interview with Dina Kaur" in text_of(first)
    assert "/settings/account/connected-apps" in text_of(first)
    told_on = []
    for day in range(1, 12):
        before = len(mails_of(installation, RECONNECT_NEEDED))
        installation.later(hours=24)
        if len(mails_of(installation, RECONNECT_NEEDED)) > before:
            told_on.append(day)
    assert told_on == [1, 3, 7]
    sent = [(ben.email, number, MailState.SENT) for number in range(4)]
    assert mails_of(installation, RECONNECT_NEEDED) == sent
    last = installation.simulators.mails(ben.email)[-1]
    assert last.message["Subject"] == "Reminder: Reconnect Zoom"
    assert "This is the last reminder." in text_of(last)
    with installation.reading():
        entries = db.session.scalars(
            db.select(AuditEntry.words).where(AuditEntry.event == "connection_ended")
        )
        [entry] = entries
        assert entry.startswith("The Zoom connection of Ben Frei has ended.")
    assert installation.meeting(interview).join_url is not None


@pytest.mark.parametrize("what_ends_it", ["reconnect", "disconnect"])
def test_nudges_stop_when_there_is_nothing_left_to_do(
    sqlite_installation: Installation, what_ends_it: str
) -> None:
    installation, ben = sqlite_installation, sqlite_installation.team.ben
    connection = installation.connect(ben)
    end_at_zoom(installation, connection)
    if what_ends_it == "reconnect":
        installation.connect(ben)
    else:
        with installation.writing():
            end_connections(db.session.get_one(User, ben.id))
            db.session.commit()
    for _ in range(9):
        installation.later(hours=24)
    assert len(mails_of(installation, RECONNECT_NEEDED)) == 1
    assert {task.state for task in installation.tasks("nudge_to_reconnect")} == {TaskState.DONE}


def test_mail_that_waits_while_someone_reconnects_is_dropped(sqlite_installation: Installation) -> None:
    installation, ben = sqlite_installation, sqlite_installation.team.ben
    connection = installation.connect(ben)
    installation.simulators.mail_switches(refuse_connections=True)
    end_at_zoom(installation, connection)
    assert mails_of(installation, RECONNECT_NEEDED) == [(ben.email, 0, MailState.QUEUED)]
    installation.connect(ben)
    installation.simulators.mail_switches(refuse_connections=False)
    installation.later(minutes=10)
    assert mails_of(installation, RECONNECT_NEEDED) == [(ben.email, 0, MailState.DROPPED)]


def test_nudges_that_a_stopped_server_missed_are_not_made_up_for(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    end_at_zoom(installation, connection)
    installation.later(hours=24 * 5)
    installation.later(hours=1)
    numbers = [number for _, number, _ in mails_of(installation, RECONNECT_NEEDED)]
    assert numbers == [0, 1]
    installation.later(hours=24 * 2)
    numbers = [number for _, number, _ in mails_of(installation, RECONNECT_NEEDED)]
    assert numbers == [0, 1, 3]


def test_owner_is_told_when_the_user_may_no_longer_connect(sqlite_installation: Installation) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    connection = installation.connect(team.ben)
    with installation.writing():
        open_connecting(db.session.get_one(User, team.ada.id), False)
        db.session.commit()
    end_at_zoom(installation, connection)
    assert subjects_to(installation, team.ben) == []
    [mail] = installation.simulators.mails(team.ada.email)
    assert mail.message["Subject"] == "Ben Frei's Zoom needs to be reconnected"
    assert "Ben Frei isn't allowed to connect apps right now." in text_of(mail)


def test_user_whose_account_a_colleague_connected_is_told_who_it_was(
    sqlite_installation: Installation,
) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    connection = installation.connect(team.ben)
    installation.connect(team.cleo)
    installation.run_due()
    [mail] = installation.simulators.mails(team.ben.email)
    assert (
        f"{LENA} was connected by Cleo Marin. "
        "Reconnect with your own account, or agree with Cleo Marin on who uses this one."
    ) in text_of(mail)
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        assert (row.state, row.ciphertext, row.account_email) == (ConnectionState.RECONNECT_NEEDED, "", "")


def test_owner_is_told_once_a_day_that_credentials_are_refused(sqlite_installation: Installation) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    connections = [installation.connect(team.ben), installation.connect(team.cleo, PRIYA)]
    installation.simulators.zoom_switches(token_endpoint="invalid_client")
    for _ in range(3):
        for connection in connections:
            renew(installation, connection)
    [mail] = installation.simulators.mails(team.ada.email)
    assert mail.message["Subject"] == "Zoom is rejecting Northlight's credentials"
    assert "ZOOM_API_CLIENT_ID and ZOOM_API_CLIENT_SECRET" in text_of(mail)
    with installation.reading():
        for row in db.session.scalars(db.select(Connection)):
            assert (row.state, row.trouble) == (
                ConnectionState.CONNECTED,
                wording.credentials_refused(ZOOM),
            )
    installation.clock.forward(timedelta(hours=24))
    renew(installation, connections[0])
    assert len(installation.simulators.mails(team.ada.email)) == 2
    assert subjects_to(installation, team.ben) == subjects_to(installation, team.cleo) == []
    assert {task.state for task in installation.tasks("report_refused_credentials")} == {TaskState.DONE}


def test_nudge_shows_no_interview_that_its_reader_may_not_see(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    with installation.writing():
        rex = create_user("Rex Voss", Role.RECRUITER)
    connection = installation.connect(rex)
    interview_id = installation.schedule(rex)
    installation.run_due()
    with installation.writing():
        # Its meeting stays on Rex's account, no matter who takes the interview over.
        db.session.get_one(Interview, interview_id).scheduler_id = installation.team.ada.id
        db.session.get_one(User, rex.id).role = Role.HIRING_MANAGER
        db.session.commit()
    end_at_zoom(installation, connection)
    [mail] = installation.simulators.mails(rex.email)
    assert mail.message["Subject"] == "Reconnect Zoom (1 upcoming interview depends on it)"
    assert "- 1 that your role can't see" in text_of(mail)
    assert "Dina" not in mail.message.as_string()


def test_notice_names_the_account_that_was_connected_then(sqlite_installation: Installation) -> None:
    installation, ben = sqlite_installation, sqlite_installation.team.ben
    installation.simulators.mail_switches(refuse_connections=True)
    for account in (LENA, PRIYA):
        installation.connect(ben, account, with_notice=True)
        installation.run_due()
    installation.simulators.mail_switches(refuse_connections=False)
    installation.later(minutes=10)
    # Both leave at the same moment, in any order.
    texts = sorted(map(text_of, installation.simulators.mails(ben.email)), key=lambda text: PRIYA in text)
    assert [LENA in text for text in texts] == [True, False]
    assert [PRIYA in text for text in texts] == [False, True]
    # The mail keeps no copy of what the row forgets when the account is given back.
    with installation.reading():
        payloads = [task.payload for task in db.session.scalars(db.select(Task))]
    assert payloads
    assert LENA not in str(payloads)


def test_report_about_credentials_is_dropped_when_they_are_accepted_again(
    sqlite_installation: Installation,
) -> None:
    installation, team = sqlite_installation, sqlite_installation.team
    connection = installation.connect(team.ben)
    installation.simulators.mail_switches(refuse_connections=True)
    installation.simulators.zoom_switches(token_endpoint="invalid_client")
    renew(installation, connection)
    assert mails_of(installation, CREDENTIALS_REFUSED) == [(team.ada.email, 1, MailState.QUEUED)]
    installation.simulators.zoom_switches(token_endpoint="")
    installation.later(seconds=10)
    installation.connect(team.cleo, PRIYA)
    installation.simulators.mail_switches(refuse_connections=False)
    installation.later(minutes=10)
    assert mails_of(installation, CREDENTIALS_REFUSED) == [(team.ada.email, 1, MailState.DROPPED)]
