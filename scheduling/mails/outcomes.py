"""What the timeline says about emails: when all of one occasion were sent, and what went wrong for whom."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from extensions import db
from models import Mail, MailState, MailTrouble, Revision, TimelineEntry
from rows import rows_of
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import SLOT_REQUEST
from scheduling.mails.slots import SlotOccasion
from scheduling.timeline import note
from wording import people
from work import mail as mails
from work.mail import Through, kind_of


def label_of(mail: Mail) -> str:
    """What people call this email about an interview: `Invitation`, or `Updated invitation`."""
    kind = kind_of(mail.kind)
    if mail.kind == SLOT_REQUEST and SlotOccasion.read(mail.occasion).nudge:
        return "Reminder to choose a time"
    is_first = mail.occasion == str(Occasion(0))
    return kind.label if is_first or not kind.label_later else kind.label_later


def is_tried_again(mail: Mail, now: datetime) -> bool:
    """Whether it was tried without success and waits for its next try at `now` (aware), rather than waiting
    on purpose, for its meeting or because a change can still be undone."""
    is_about_senders = mail.trouble in (MailTrouble.OURS, MailTrouble.MAILBOX)
    was_tried = mail.code is not None or mail.may_be_double or is_about_senders
    is_held = mail.trouble is MailTrouble.ADDRESS
    return mail.state is MailState.QUEUED and mail.due_at <= now and was_tried and not is_held


def can_be_sent_again(mail: Mail, now: datetime) -> bool:
    """Whether a person can have it sent now: it was refused, is on hold, or waits for its next try."""
    is_held = mail.state is MailState.QUEUED and mail.trouble is MailTrouble.ADDRESS
    return mail.state is MailState.FAILED or is_held or is_tried_again(mail, now)


def note_sent(mail: Mail, interview_id: int, *, lost_files: int = 0) -> None:
    """The email was sent. Adds a line if it was the last of its occasion.

    `lost_files` could not be read and were left out; the timeline says so without their names, because not
    everyone who reads it may see those.
    """
    if lost_files:
        files = "an attached file that" if lost_files == 1 else f"{lost_files} attached files that"
        what = kind_of(mail.kind).label.lower()
        note(interview_id, f"The {what} to {mail.name} was sent without {files} could not be read.")
    db.session.flush()
    _note_when_all_left(mail, interview_id)


def record_refused(
    mail_id: int, *, words: str, code: int | None = None, concerns_address: bool = False
) -> Mail:
    """The mail was refused for good, with the server's `code` if one answered; `concerns_address`: any other
    mail to the same address would be refused too.

    If it is about an interview, its timeline says for whom; what the server said stays with the
    mail, because it may repeat an address that not every reader of the timeline may see.
    """
    mail = mails.record_refused(mail_id, words=words, code=code, concerns_address=concerns_address)
    if mail.interview_id is not None:
        note(mail.interview_id, f"{kind_of(mail.kind).label} to {mail.name} could not be delivered.")
        db.session.flush()
        _note_when_all_left(mail, mail.interview_id)
    return mail


def record_may_have_left(mail_id: int, *, words: str, through: Through | None = None) -> Mail:
    """No one knows whether a person's own mailbox sent the email; the arguments are those of
    `work.mail.record_may_have_left`. The timeline says so, and the email asks what to do."""
    mail = mails.record_may_have_left(mail_id, words=words, through=through)
    if mail.interview_id is not None:
        what = label_of(mail).lower()
        note(mail.interview_id, f"It isn't known whether the {what} to {mail.name} left.")
        db.session.flush()
        _note_when_all_left(mail, mail.interview_id)
    return mail


def note_passed_over(mail: Mail, interview_id: int, *, why: str, sender: str) -> None:
    """The email was sent from the server's own address, `sender`, and not from the mailbox of the person in
    whose name it is. `why` is half a sentence. The timeline says so once for each revision, not for each
    reader."""
    begins = f"{why}, so "
    since = db.session.scalar(
        sa.select(sa.func.max(Revision.at)).where(Revision.interview_id == interview_id)
    )
    is_said = sa.exists().where(
        TimelineEntry.interview_id == interview_id,
        TimelineEntry.words.startswith(begins, autoescape=True),
        TimelineEntry.at >= since if since is not None else sa.true(),
    )
    if not db.session.scalar(sa.select(is_said)):
        note(interview_id, f"{begins}the {label_of(mail).lower()} to {mail.name} was sent from {sender}.")


def note_files_left_out(mail: Mail, interview_id: int, *, why: str) -> None:
    """The email cannot be delivered with its files, so it is sent again without them. `why` is a sentence
    without its period."""
    what = kind_of(mail.kind).label.lower()
    note(interview_id, f"{why}. The {what} to {mail.name} is going out without them.")


_HOW_FAR = (
    sa.select(Mail.state, sa.func.count(Mail.id).label("number"))
    .where(
        Mail.interview_id == sa.bindparam("interview"),
        Mail.kind == sa.bindparam("kind"),
        Mail.occasion == sa.bindparam("occasion"),
    )
    .group_by(Mail.state)
)


def _note_when_all_left(mail: Mail, interview_id: int) -> None:
    rows = rows_of(_HOW_FAR, {"interview": interview_id, "kind": mail.kind, "occasion": mail.occasion})
    counts = {row.state: row.number for row in rows}
    sent = counts.get(MailState.SENT, 0)
    if sent and not counts.get(MailState.QUEUED):
        note(interview_id, f"{label_of(mail)} sent to {people(sent)}")
