"""The task that delivers one mail to one person of the team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import mails
from accounts.links import AccountLinks
from accounts.team import owner
from connections.catalogue import apps_of, label_of, provider_label
from connections.grants import holder_instead
from connections.notices import NUDGES
from connections.wording import agree_with
from extensions import db
from messaging.connection_letters import (
    EndedConnection,
    InterviewAtRisk,
    compose_app_connected,
    compose_credentials_refused,
    compose_reconnect_needed,
)
from messaging.delivery import (
    Accepted,
    Deferred,
    Misconfigured,
    Outcome,
    Refused,
    Unknown,
    deliver,
    is_configured,
)
from messaging.facts import Person
from messaging.letters import Letter
from messaging.mime import Envelope
from messaging.team_letters import (
    TeamReader,
    compose_password_changed,
    compose_password_reset,
    compose_request_to_connect,
    compose_team_invitation,
)
from models import Connection, Invitation, Mail, MailKind, MailState, Organization, PasswordReset, Role, User
from scheduling.mails.queue import record_not_yet
from scheduling.meetings.on_account import coming_on_account, seen_by
from tasks.mail_retries import record_not_taken, waits_for_server
from timezones import utc_now
from work import outbox
from work.protocol import ClaimedTask, Done, Handler, Next


@dataclass(frozen=True)
class _Loaded:
    """One delivery: the letter and its envelope, or why there is none."""

    task_id: int
    mail_id: int
    failures: int
    useless: str | None = None
    letter: Letter | None = None
    envelope: Envelope | None = None


def send_team_mail(links: AccountLinks) -> Handler:
    """The handler that sends a mail to somebody of the team, while it is of use."""

    def load(task: ClaimedTask) -> _Loaded | None:
        mail = db.session.get(Mail, int(task.payload["mail_id"]))
        if mail is None or mail.state != MailState.QUEUED:
            return None
        useless = mails.why_useless(mail)
        if useless is not None:
            return _Loaded(task.id, mail.id, task.failures, useless=useless)
        if not is_configured():
            return _Loaded(task.id, mail.id, task.failures)
        return _Loaded(
            task.id,
            mail.id,
            task.failures,
            letter=_compose(mail, links, task.payload),
            envelope=_envelope(mail),
        )

    def call(loaded: _Loaded) -> Outcome | None:
        if loaded.letter is None or loaded.envelope is None:
            return None
        return deliver(loaded.letter, loaded.envelope)

    def record(loaded: _Loaded, outcome: Outcome | None) -> Next:
        then = _record(loaded, outcome)
        if isinstance(then, Done):
            outbox.forget(loaded.task_id, "account")
        return then

    def gave_up(task: ClaimedTask, why: str) -> None:
        words = f"The mail could not be made ({why})."
        mails.record_ended(int(task.payload["mail_id"]), MailState.FAILED, words=words)

    return Handler(load, call, record, gave_up)


def _compose(mail: Mail, links: AccountLinks, payload: Mapping[str, Any]) -> Letter:
    organization = db.session.get_one(Organization, 1)
    user = db.session.get_one(User, mail.user_id)
    reader = TeamReader(Person(mail.name, mail.address, user.timezone), organization.name)
    match mail.kind:
        case MailKind.TEAM_INVITATION:
            invitation = db.session.get_one(Invitation, mail.about_id)
            return compose_team_invitation(
                reader,
                invited_by=invitation.invited_by.name,
                role=user.role.label,
                link=links.invitation(invitation),
                expires_at=invitation.expires_at,
            )
        case MailKind.PASSWORD_RESET:
            reset = db.session.get_one(PasswordReset, mail.about_id)
            return compose_password_reset(reader, link=links.reset(reset), expires_at=reset.expires_at)
        case MailKind.PASSWORD_CHANGED:
            return compose_password_changed(reader, changed_at=mail.created_at, link=links.ask_for_reset())
        case MailKind.ASK_TO_CONNECT:
            asking = db.session.get_one(User, mail.about_id)
            return compose_request_to_connect(
                reader,
                asking=Person(asking.name, asking.email),
                role=asking.role.label,
                link=links.connected_apps(),
            )
        case MailKind.APP_CONNECTED:
            row = db.session.get_one(Connection, mail.about_id)
            return compose_app_connected(
                reader,
                app=label_of(row.app),
                account=payload["account"],
                connected_at=datetime.fromisoformat(payload["connected_at"]),
                is_owner=user.role is Role.OWNER,
                link=links.connected_apps(),
            )
        case MailKind.RECONNECT_NEEDED:
            row = db.session.get_one(Connection, mail.about_id)
            return compose_reconnect_needed(
                reader,
                _ended(row, user),
                is_first=mail.revision == 0,
                is_last=mail.revision == len(NUDGES) - 1,
                link=links.connected_apps(),
            )
        case MailKind.CREDENTIALS_REFUSED:
            provider = next(
                name for name, number in mails.PROVIDER_NUMBERS.items() if number == mail.about_id
            )
            return compose_credentials_refused(
                reader,
                provider=provider_label(provider),
                settings=apps_of(provider)[0].setting_names,
                since=mail.created_at,
                link=links.connected_apps(),
            )
    raise ValueError(f"{mail.kind} is no mail to the team")


def _ended(row: Connection, reader: User) -> EndedConnection:
    coming = coming_on_account(row, now=utc_now())
    seen, holder = seen_by(reader, coming), holder_instead(row)
    return EndedConnection(
        app=label_of(row.app),
        whose=None if row.user_id == reader.id else row.user.name,
        problem=row.problem or "",
        advice=agree_with(holder) if holder is not None and row.user_id == reader.id else "",
        since=row.problem_since or utc_now(),
        at_risk=tuple(
            InterviewAtRisk(found.title, found.candidate_name, found.starts_at, found.has_meeting)
            for found in seen
        ),
        unseen=len(coming) - len(seen),
    )


def _envelope(mail: Mail) -> Envelope:
    organization = db.session.get_one(Organization, 1)
    reader = Person(mail.name, mail.address)
    return Envelope(
        recipient=reader,
        to=(reader,),
        cc=(),
        reply_to=_answered_by(mail),
        sender_name=organization.name,
        message_id=mail.message_id,
    )


def _answered_by(mail: Mail) -> Person:
    """Whom a reply reaches: whoever the mail speaks for. A reply about a password goes to the reader alone,
    because nobody else should read what is written there."""
    match mail.kind:
        case MailKind.TEAM_INVITATION:
            person = db.session.get_one(Invitation, mail.about_id).invited_by
        case MailKind.ASK_TO_CONNECT:
            person = db.session.get_one(User, mail.about_id)
        case MailKind.APP_CONNECTED | MailKind.RECONNECT_NEEDED | MailKind.CREDENTIALS_REFUSED:
            person = owner()
            if person.id == mail.user_id:
                # There is nobody else to write to.
                return Person(mail.name, "")
        case _:
            return Person(mail.name, mail.address)
    return Person(person.name, person.email)


def _record(loaded: _Loaded, outcome: Outcome | None) -> Next:
    mail_id = loaded.mail_id
    if loaded.useless is not None:
        mails.record_ended(mail_id, MailState.DROPPED, words=loaded.useless)
        return Done()
    match outcome:
        case None:
            then = waits_for_server()
            record_not_yet(mail_id, words=then.why)
            return then
        case Accepted(_, words):
            mails.record_sent(mail_id, words=words)
            return Done()
        case Refused(_, words):
            mails.record_ended(mail_id, MailState.FAILED, words=words)
            return Done()
        case Deferred() | Unknown() | Misconfigured():
            return record_not_taken(mail_id, outcome, loaded.failures)
