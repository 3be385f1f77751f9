"""Unsent emails when what they are about changes: dropped, moved, taken up again, or forgotten; and who has
received one already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from extensions import db
from models import Lane, Mail, MailState, ReaderRole, Task, TaskState
from rows import change_rows
from work import outbox
from work.mail import SAID, delivery, delivery_key


def drop_waiting(about: str, *, words: str, but_kinds: Collection[str] = ()) -> list[Mail]:
    """Drop every unsent email about one thing, except emails of those kinds, and return them. One that is
    being delivered at this moment is recorded as sent if a server accepts it."""
    unsent = list(
        db.session.scalars(
            sa.select(Mail)
            .where(Mail.about == about, Mail.state == MailState.QUEUED, Mail.kind.not_in(but_kinds))
            .order_by(Mail.id)
        )
    )
    for mail in unsent:
        mail.state, mail.words = MailState.DROPPED, words
    return unsent


def drop_due(now: datetime, *, words: str) -> int:
    """Drop every unsent email that is due at `now` (aware UTC), and return how many there were."""
    due = (Mail.state == MailState.QUEUED, Mail.due_at <= now)
    return change_rows(sa.update(Mail).where(*due).values(state=MailState.DROPPED, words=words))


def take_up_again(mail_ids: Collection[int]) -> None:
    """Queue emails again that were dropped, when they were due; those that have been sent since stay sent."""
    for mail in db.session.scalars(
        sa.select(Mail).where(Mail.id.in_(mail_ids), Mail.state == MailState.DROPPED).order_by(Mail.id)
    ):
        mail.state, mail.words = MailState.QUEUED, None
        outbox.enqueue_work(delivery(mail.about, mail.id, mail.due_at))


def forget_unsent(about: str, occasion: str) -> None:
    """Delete the unsent emails of one occasion, and of those that begin with it (`r3-60` for `r3`), because
    what they were to say never happened."""
    unsent = db.session.scalars(
        sa.select(Mail.id).where(
            Mail.about == about,
            sa.or_(Mail.occasion == occasion, Mail.occasion.startswith(f"{occasion}-", autoescape=True)),
            Mail.state != MailState.SENT,
        )
    ).all()
    # With their deliveries: SQLite gives the number of a deleted row to the next one.
    db.session.execute(
        sa.delete(Task).where(
            Task.dedupe_key.in_([delivery_key(mail_id) for mail_id in unsent]), Task.state == TaskState.READY
        )
    )
    db.session.execute(sa.delete(Mail).where(Mail.id.in_(unsent)))


def forget_words(about: str) -> None:
    """Remove what someone wrote for emails about one thing that never left."""
    for task in db.session.scalars(
        sa.select(Task).where(Task.subject == about, Task.lane == Lane.MAIL, Task.state == TaskState.READY)
    ):
        outbox.forget(task.id, SAID)


def move(mail: Mail, due_at: datetime) -> None:
    """Send an email that has not been sent at another time (aware UTC), earlier or later, even one that was
    dropped."""
    mail.state, mail.words, mail.due_at = MailState.QUEUED, None, due_at
    work = delivery(mail.about, mail.id, due_at)
    moved = db.session.execute(
        sa.update(Task)
        .where(Task.dedupe_key == work.dedupe_key, Task.state == TaskState.READY)
        .values(run_at=due_at)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]  # the stubs give execute() a narrower result
        outbox.enqueue_work(work)


def may_have_arrived(about: str) -> set[str]:
    """The addresses, in lower case, of those who take part and got an email about this, or may have got one:
    a server took it, is being given it at this moment, or was when the process that did so died. Until the
    transaction ends, no other email about it is begun.
    """
    of_these = (Task.subject == about, Task.lane == Lane.MAIL)
    # A task that has ended in any way has no count of its starts anymore.
    is_under_way = sa.or_(
        Task.state == TaskState.RUNNING, sa.and_(Task.state == TaskState.READY, Task.starts > 0)
    )
    # Those that have begun are only read, and after the others: the process that writes down their outcome
    # holds their rows, and may be waiting for what we hold.
    db.session.execute(sa.select(Task.id).where(*of_these, Task.state == TaskState.READY).with_for_update())
    under_way = [
        int(payload["mail_id"])
        for payload in db.session.scalars(sa.select(Task.payload).where(*of_these, is_under_way))
    ]
    return set(
        db.session.scalars(
            sa.select(sa.func.lower(Mail.address)).where(
                Mail.about == about,
                # An alarm invites no one.
                Mail.role != ReaderRole.TEAM,
                sa.or_(
                    Mail.state == MailState.SENT,
                    Mail.may_be_double,
                    # Its process died while a mailbox was asked to send it.
                    Mail.handing_over_since.is_not(None),
                    Mail.id.in_(under_way),
                ),
            )
        )
    )
