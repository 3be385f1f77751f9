"""What each person received about an interview: every email to them, and what happened to it, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from models import Interview, Mail, MailState, MailTrouble, ReaderRole
from scheduling.mails.outcomes import can_be_sent_again, is_tried_again, label_of
from scheduling.roles import role_in_words
from timezones import utc_now
from work.mail import kind_of, next_tries

EmailState = Literal["sent", "queued", "sending", "trying", "waiting", "held", "unsure", "failed", "dropped"]

# Emails that should have arrived and have not.
_LATE: tuple[EmailState, ...] = ("failed", "unsure", "held", "trying", "waiting")
_SUMMED_UP: dict[EmailState, str] = {
    "failed": "not delivered",
    "unsure": "may have left",
    "held": "on hold",
    "trying": "being tried again",
    "waiting": "waiting",
    "sent": "sent",
    "sending": "being sent",
    "queued": "queued",
    "dropped": "skipped",
}
_IN_ORDER = tuple(_SUMMED_UP.values())

# In the order in which an interview names people.
_ORDER = (ReaderRole.CANDIDATE, ReaderRole.HIRING_MANAGER, ReaderRole.ATTENDEE, ReaderRole.TEAM)


@dataclass(frozen=True)
class Email:
    """One email. `words` tell its state, and `at` (aware UTC) belongs behind them if it is set: when it was
    sent, leaves, or is tried again. `detail` is the mail server's answer or our reason, `code` the number
    that the answer began with. `again` is what its button says; None if sending it again makes no sense.
    `has_text`: whether there is anything to read. `sent_with` is the key of the app whose mailbox sent it, or
    may have, from `sent_from`; both are None if it was this server.
    """

    id: int
    label: str
    icon: str
    state: EmailState
    words: str
    at: datetime | None
    detail: str | None
    code: int | None
    again: str | None
    user_id: int | None
    has_text: bool
    sent_with: str | None
    sent_from: str | None


@dataclass(frozen=True)
class PersonsEmails:
    """The emails that one person got, or is about to get, in order of time."""

    name: str
    role: str
    emails: tuple[Email, ...]

    @property
    def has_problem(self) -> bool:
        """Whether something that should have arrived has not."""
        return any(email.state in _LATE for email in self.emails)

    @property
    def summary(self) -> str:
        """How many of them are in which state: `2 sent, 1 queued`; what is wrong comes first."""
        counts = Counter(_SUMMED_UP[email.state] for email in self.emails)
        return ", ".join(f"{counts[words]} {words}" for words in _IN_ORDER if counts[words])


def received(interview: Interview) -> tuple[PersonsEmails, ...]:
    """The emails of an interview by person, the candidate first. One statement at most, and none unless an
    email is being tried again; the interview's emails are loaded."""
    now = utc_now()
    tries = next_tries(mail.id for mail in interview.mails if is_tried_again(mail, now))
    by_person: dict[str, list[Mail]] = {}
    for mail in interview.mails:
        by_person.setdefault(_person(mail), []).append(mail)
    # Sorting is stable.
    groups = sorted(by_person.values(), key=lambda mails: min(_ORDER.index(mail.role) for mail in mails))
    return tuple(
        PersonsEmails(
            mails[-1].name,
            _role(interview, mails),
            tuple(_described(mail, now, tries.get(mail.id)) for mail in sorted(mails, key=_when)),
        )
        for mails in groups
    )


def email_of(mail: Mail) -> Email:
    """One of them alone."""
    now = utc_now()
    tries = next_tries([mail.id]) if is_tried_again(mail, now) else {}
    return _described(mail, now, tries.get(mail.id))


def without_details(
    people: Iterable[PersonsEmails], cleaned: Callable[[str], str]
) -> tuple[PersonsEmails, ...]:
    """The same, with the answers of mail servers `cleaned`."""
    return tuple(
        replace(
            person,
            emails=tuple(
                replace(email, detail=cleaned(email.detail) if email.detail else None)
                for email in person.emails
            ),
        )
        for person in people
    )


def _when(mail: Mail) -> tuple[datetime, int]:
    return mail.sent_at or mail.due_at, mail.id


def _person(mail: Mail) -> str:
    """Someone on the team may be written to as a participant and as a colleague; anyone else is identified by
    their join link, even if their address was corrected since."""
    return f"user-{mail.user_id}" if mail.user_id is not None else mail.join_reader or mail.address.lower()


def _role(interview: Interview, mails: list[Mail]) -> str:
    role = min((mail.role for mail in mails), key=_ORDER.index)
    if role is ReaderRole.TEAM and mails[-1].user_id == interview.scheduler_id:
        return "Scheduler"
    return role_in_words(role, is_of_the_team=mails[-1].user_id is not None)


def _described(mail: Mail, now: datetime, next_try: datetime | None) -> Email:
    state, words, at = _state(mail, now, next_try)
    detail = mail.words
    if state == "sent" and mail.may_be_double:
        detail = f"{detail or ''} An earlier try was cut off, so it may have arrived twice.".strip()
    again = None
    if can_be_sent_again(mail, now):
        again = "Try now" if state in ("trying", "waiting") else "Send again"
    return Email(
        id=mail.id,
        label=label_of(mail),
        icon=kind_of(mail.kind).icon,
        state=state,
        words=words,
        at=at,
        detail=detail,
        code=mail.code,
        again=again,
        user_id=mail.user_id,
        has_text=mail.state is not MailState.DROPPED,
        sent_with=mail.sent_with,
        sent_from=mail.sent_from,
    )


def _state(mail: Mail, now: datetime, next_try: datetime | None) -> tuple[EmailState, str, datetime | None]:
    match mail.state:
        case MailState.SENT:
            return "sent", "Sent", mail.sent_at
        case MailState.FAILED if mail.may_have_left:
            return "unsure", "It may have left. Send again?", None
        case MailState.FAILED:
            return "failed", "Not delivered", None
        case MailState.DROPPED:
            return "dropped", "Not sent", None
    if mail.trouble is MailTrouble.ADDRESS:
        return "held", "On hold", None
    if is_tried_again(mail, now):
        if next_try is None or next_try <= now:
            return "trying", "Trying again now", None
        if mail.may_be_double:
            return "trying", "May have arrived. Next try", next_try
        if mail.trouble is MailTrouble.OURS:
            return "waiting", "Waiting. Next try", next_try
        return "trying", "Not accepted yet. Next try", next_try
    return (
        ("queued", "Queued for", mail.due_at)
        if kind_of(mail.kind).is_timed
        else ("sending", "Sending…", None)
    )
