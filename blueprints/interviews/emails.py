"""One email about an interview: what it said, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from messaging.copies import SentCopy
from messaging.facts import Person
from messaging.reading import describe_sent_ics
from models import Interview, Mail, MailState, ReaderRole
from scheduling.reading import lists
from scheduling.reading.received import Email, email_of
from security import SealBrokenError
from services import services
from tasks.mails.previews import as_of_now
from web.signed_in import actor
from wording import in_a_row

# What someone has to be allowed to see in an interview to read everyone's emails about it: those name
# addresses and hold links, passwords, and notes.
TO_READ_ALL = (Action.SEE_CONTACT, Action.SEE_JOIN_LINK, Action.SEE_NOTES)


@dataclass(frozen=True)
class EmailView:
    """The page of one email. `copy` is None when nothing can be shown; `was_sent` says whether it is what was
    sent or what would be sent now, `is_kept` that a copy was kept, `is_unreadable` that no key opens it."""

    interview: Interview
    mail: Mail
    email: Email
    copy: SentCopy | None
    was_sent: bool
    is_kept: bool
    is_unreadable: bool
    headers: list[tuple[str, str]]
    calendar: list[tuple[str, str]]
    sees_contact: bool
    may_change: bool


def email(interview_id: int, mail_id: int) -> ResponseReturnValue:
    """The email as a page of its own, which needs no script."""
    interview, mail = _found(interview_id, mail_id)
    user = actor()
    sees_contact = lists.may(user, Action.SEE_CONTACT, interview)
    copy, is_unreadable = _copy(mail)
    calendar = []
    if copy is not None and copy.letter.ics is not None:
        calendar = describe_sent_ics(
            copy.letter.ics, _zones(interview, mail, user.timezone), shows_addresses=sees_contact
        )
    view = EmailView(
        interview=interview,
        mail=mail,
        email=email_of(mail),
        copy=copy,
        was_sent=mail.state is MailState.SENT,
        is_kept=mail.sealed_copy is not None,
        is_unreadable=is_unreadable,
        headers=_headers(copy, shows_addresses=sees_contact) if copy is not None else [],
        calendar=calendar,
        sees_contact=sees_contact,
        may_change=lists.may(user, Action.SCHEDULE, interview),
    )
    frame = url_for("interviews.email_letter", interview_id=interview_id, mail_id=mail_id)
    return render_template("interviews/email.html", view=view, frame_url=frame)


def email_letter(interview_id: int, mail_id: int) -> ResponseReturnValue:
    """Its HTML as a document of its own, isolated from the page around it."""
    _, mail = _found(interview_id, mail_id)
    copy, _ = _copy(mail)
    if copy is None:
        abort(404)
    response = make_response(copy.letter.html)
    response.headers["X-Framed-Mail"] = "yes"
    return response


def _found(interview_id: int, mail_id: int) -> tuple[Interview, Mail]:
    """The email, if the person may read it: their own, or that of anyone."""
    interview = lists.interview(actor(), interview_id) or abort(404)
    mail = next((mail for mail in interview.mails if mail.id == mail_id), None)
    if mail is None:
        abort(404)
    is_own = mail.user_id == actor().id
    if not is_own and not all(lists.may(actor(), action, interview) for action in TO_READ_ALL):
        abort(404)
    return interview, mail


def _copy(mail: Mail) -> tuple[SentCopy | None, bool]:
    """What it said, or would say now; and whether a kept copy cannot be opened."""
    if mail.sealed_copy is not None:
        try:
            return services().mail_copies.opened(mail.id, mail.sealed_copy), False
        except SealBrokenError:
            return None, True
    is_to_come = mail.state in (MailState.QUEUED, MailState.FAILED)
    return (as_of_now(mail, services()) if is_to_come else None), False


def _headers(copy: SentCopy, *, shows_addresses: bool) -> list[tuple[str, str]]:
    def named(people: Iterable[Person]) -> str:
        return in_a_row(
            f"{person.name} <{person.address}>" if shows_addresses else person.name for person in people
        )

    rows = [
        ("Subject", copy.letter.subject),
        ("From", named([Person(copy.sender_name, copy.sender_address)])),
        ("To", named(copy.to)),
        ("Cc", named(copy.cc)),
        ("Replies go to", named([copy.reply_to] if copy.reply_to else [])),
    ]
    return [(label, value) for label, value in rows if value]


def _zones(interview: Interview, mail: Mail, viewers: str) -> list[tuple[str, str]]:
    """The zones to tell the calendar's time in: the reader's own, and the recipient's."""
    theirs = mail.user.timezone if mail.user is not None else None
    if mail.role is ReaderRole.CANDIDATE:
        theirs = interview.candidate.timezone
    theirs = theirs or interview.timezone
    if theirs == viewers or mail.user_id == actor().id:
        return [("When (your time)", viewers)]
    return [("When (your time)", viewers), (f"When for {mail.name}", theirs)]


def register(blueprint: Blueprint) -> None:
    """Add the emails to the blueprint of interviews."""
    blueprint.get("/<int:interview_id>/emails/<int:mail_id>")(email)
    blueprint.get("/<int:interview_id>/emails/<int:mail_id>/letter")(email_letter)
