"""How far along an interview's deliveries are, in the words its page uses."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models import CallKind, CallState, Interview, Mail, MailState, MailTrouble, Meeting, MeetingState
from scheduling.mails.occasions import Occasion
from scheduling.mails.outcomes import is_tried_again, label_of
from scheduling.mails.queue import REMINDER
from scheduling.mails.reminders import no_reminder
from scheduling.meetings import failures, orphans, wanting
from scheduling.meetings.hosts import passed_over
from scheduling.reading.meeting_card import MeetingCard, card_of, not_removed
from scheduling.reading.received import PersonsEmails, received
from scheduling.software import meeting_of
from timezones import utc_now
from wording import in_a_row, people, possessive
from work.mail import MailKind, kind_of

# A kind of mail, and its mails, oldest first.
_OfOneKind = tuple[MailKind, list[Mail]]

RowState = Literal["done", "waiting", "problem", "dropped"]

_FILES_STAYED = "The timeline says why. Send what is missing yourself."


@dataclass(frozen=True)
class ProgressRow:
    """One line. `at` is an instant to be shown after the words in the reader's zone, if there is one.
    `failed_mails` are the ids of those that can be sent again, `retried_mails` of those that wait for their
    next try. `may_have_left`: sending them again might send them twice, so people decide about each one.
    `can_retry`: a person can have the meeting tried again, and no card of its own says so. `is_news`: the
    meeting, and emails that were sent as soon as there was a reason, not at a planned hour.
    """

    state: RowState
    icon: str
    words: str
    detail: str | None = None
    at: datetime | None = None
    failed_mails: tuple[int, ...] = ()
    retried_mails: tuple[int, ...] = ()
    may_have_left: bool = False
    can_retry: bool = False
    is_news: bool = False


@dataclass(frozen=True)
class Progress:
    """`card` is what the meeting's card says beyond its link, if there is a meeting. `people` are those who
    are written to, with their emails."""

    rows: tuple[ProgressRow, ...]
    is_settled: bool
    card: MeetingCard | None
    people: tuple[PersonsEmails, ...] = ()

    @property
    def version(self) -> str:
        """Changes exactly when a reader would see something else."""
        shown = (self.rows, self.is_settled, self.card, self.people)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]

    @property
    def is_watched(self) -> bool:
        """Whether something is in progress whose end the page should show."""
        return not self.is_settled or (self.card is not None and self.card.is_looked_at)

    @property
    def has_problem(self) -> bool:
        return any(row.state == "problem" for row in self.rows)

    @property
    def folded(self) -> tuple[ProgressRow, ...]:
        """The lines that a page folds once everything is delivered: all but the meeting and the emails that
        were sent right away, or else the last finished line. While there is a problem, nothing is folded; nor
        is a single line."""
        if not self.is_settled or self.has_problem:
            return ()
        done = [row for row in self.rows if row.state == "done"]
        shown = [row for row in done if row.is_news] or done[-1:]
        rest = tuple(row for row in self.rows if row not in shown)
        return rest if len(rest) > 1 else ()

    @property
    def failed_mails(self) -> tuple[int, ...]:
        """The ids of all emails that can be sent again together."""
        return tuple(mail_id for row in self.rows if not row.may_have_left for mail_id in row.failed_mails)

    @property
    def poll_seconds(self) -> int:
        return 2


def progress_of(interview: Interview) -> Progress:
    """The delivery list of one interview; settled if nothing more happens before its reminders."""
    rows = [ProgressRow("done", "circle-check", "Interview saved")]
    meeting = interview.meeting
    card = card_of(meeting)
    is_settled = True
    if meeting is not None:
        label, what = meeting.called, meeting_of(meeting.software, meeting.called)
        if meeting.state == MeetingState.READY and meeting.host is not None:
            words = f"{what} created on {possessive(meeting.host.name)} account"
            rows.append(ProgressRow("done", "video", words, passed_over(meeting) or None, is_news=True))
        elif meeting.state == MeetingState.READY:
            rows.append(ProgressRow("done", "link", f"{label} link saved", is_news=True))
        elif meeting.arranged_by is not None:
            words = f"{meeting.arranged_by.name} has given everyone a link"
            rows.append(ProgressRow("done", "link", words, is_news=True))
        elif meeting.state == MeetingState.FAILED and meeting.failure is not None:
            words = failures.told_of(meeting)
            next_try = wanting.next_try_at(meeting)
            cure = failures.cure_of(meeting.failure, meeting.software).words if next_try else None
            rows.append(ProgressRow("problem", "alert-triangle", f"No {what} yet. {words}", cure))
            rows.append(_next_try(what, next_try))
            # A current attempt ends soon, and the person who requested it is watching.
            is_settled = next_try is None or next_try > utc_now()
        elif meeting.state == MeetingState.WAITING:
            is_settled = False
            rows.append(ProgressRow("waiting", "video", f"{what} is being created"))
        if card is not None and card.problem is not None:
            rows.append(ProgressRow("problem", "alert-triangle", card.problem, card.cure))
        if meeting.state is not MeetingState.WAITING and utc_now() < interview.ends_at:
            rows += [
                ProgressRow("problem", "alert-triangle", *orphans.out_of_reach_words(meeting.software, name))
                for name in orphans.out_of_reach(interview.id)
            ]
    for old in interview.meetings:
        row = _removal(old)
        rows += [row] if row is not None else []
        is_settled = is_settled and (row is None or row.state != "waiting")
    at_once, timed = _by_kind(interview.mails)
    for kind, mails in at_once:
        # Older ones have been replaced, so only the progress of the newest counts.
        newest = [mail for mail in mails if mail.occasion == mails[-1].occasion]
        rows += _at_once(kind, newest)
        if any(mail.state == MailState.QUEUED and not _is_held(mail) for mail in newest):
            is_settled = False
    for kind, mails in timed:
        rows += _timed(kind, mails)
    return Progress(tuple(rows), is_settled, card, received(interview))


def _removal(meeting: Meeting) -> ProgressRow | None:
    """What happens to a meeting that is no longer wanted, if someone's account has or had it."""
    left = not_removed(meeting)
    if left is not None:
        return ProgressRow("problem", "alert-triangle", *left, can_retry=True)
    if meeting.is_wanted or meeting.host_id is None:
        return None
    what = meeting_of(meeting.software, meeting.called)
    if meeting.state is MeetingState.READY and utc_now() < wanting.useful_until(meeting):
        return ProgressRow("waiting", "video", f"{what} is being removed")
    if any(call.kind is CallKind.DELETE and call.state is CallState.DONE for call in meeting.calls):
        return ProgressRow("done", "circle-check", f"{what} removed")
    return None


def _next_try(what: str, at: datetime | None) -> ProgressRow:
    """When the meeting is tried again, and until when, for someone who has to decide whether to wait."""
    if at is None:
        return ProgressRow("dropped", "circle-x", f"No {what} will be created")
    if at <= utc_now():
        return ProgressRow("waiting", "refresh", f"The {what} is being tried again now")
    until = "We try until the interview starts."
    return ProgressRow("waiting", "refresh", f"Next try to create the {what}", until, at)


def _by_kind(mails: Iterable[Mail]) -> tuple[list[_OfOneKind], list[_OfOneKind]]:
    """The mails of each kind, oldest first: those that leave as soon as they can, and those that leave at an
    announced time.
    """
    by_name: dict[str, list[Mail]] = defaultdict(list)
    for mail in mails:
        by_name[mail.kind].append(mail)
    kinds = [(kind_of(name), found) for name, found in by_name.items()]
    return [each for each in kinds if not each[0].is_timed], [each for each in kinds if each[0].is_timed]


def _at_once(kind: MailKind, mails: list[Mail]) -> list[ProgressRow]:
    what, now = label_of(mails[-1]), utc_now()
    by_state: dict[MailState, list[Mail]] = defaultdict(list)
    for mail in mails:
        by_state[mail.state].append(mail)
    rows = []
    sent = by_state[MailState.SENT]
    queued = [mail for mail in by_state[MailState.QUEUED] if not _is_held(mail)]
    if sent:
        last = max((mail.sent_at for mail in sent if mail.sent_at is not None), default=None)
        words = f"{what} sent to {people(len(sent))}"
        rows.append(ProgressRow("done", kind.icon, words, _names(sent), last, is_news=True))
    if queued:
        reasons = dict.fromkeys(mail.words for mail in queued if mail.words)
        rows.append(
            ProgressRow(
                "waiting",
                "mail",
                f"Sending {what.lower()} to {people(len(queued))}…",
                " ".join(reasons) or None,
                retried_mails=tuple(mail.id for mail in queued if is_tried_again(mail, now)),
            )
        )
    rows += [_held(what, mail) for mail in mails if _is_held(mail)]
    rows += [
        ProgressRow("problem", "paperclip", f"{what} to {mail.name} was sent without files", _FILES_STAYED)
        for mail in sent
        if mail.leaves_files_out
    ]
    rows += [_failed(what, mail) for mail in by_state[MailState.FAILED]]
    rows += [
        ProgressRow("dropped", "circle-x", f"{what} to {mail.name} was not sent", mail.words)
        for mail in by_state[MailState.DROPPED]
    ]
    return rows


def _timed(kind: MailKind, mails: list[Mail]) -> list[ProgressRow]:
    groups: dict[tuple[datetime, MailState], list[Mail]] = defaultdict(list)
    for mail in mails:
        if not _is_held(mail) and not mail.may_have_left:
            groups[(mail.due_at, mail.state)].append(mail)
    rows = []
    for (due_at, state), group in sorted(groups.items(), key=lambda entry: (entry[0][0], entry[0][1].value)):
        first = group[0]
        label = label_of(first)
        match state:
            case MailState.QUEUED:
                words = f"{label} queued for"
                rows.append(ProgressRow("waiting", kind.icon, words, _names(group), due_at))
            case MailState.SENT:
                words = f"{label} sent to {people(len(group))}"
                rows.append(ProgressRow("done", kind.icon, words, _names(group), first.sent_at))
            case MailState.FAILED:
                words = f"{label} to {_names(group)} could not be delivered"
                failed = tuple(mail.id for mail in group)
                rows.append(ProgressRow("problem", "alert-triangle", words, first.words, failed_mails=failed))
            case MailState.DROPPED:
                words = f"No {label.lower()}"
                if first.kind == REMINDER:
                    # Another one may well be sent.
                    words = no_reminder(Occasion.read(first.occasion).minutes_before)
                rows.append(ProgressRow("dropped", "circle-x", words, first.words))
    rows += [_failed(label_of(mail), mail) for mail in mails if mail.may_have_left]
    return rows + [_held(label_of(mail), mail) for mail in mails if _is_held(mail)]


def _is_held(mail: Mail) -> bool:
    """Whether it waits for a corrected address, which may take people any length of time."""
    return mail.state == MailState.QUEUED and mail.trouble is MailTrouble.ADDRESS


def _failed(what: str, mail: Mail) -> ProgressRow:
    words = "may have left. Send it again?" if mail.may_have_left else "could not be delivered"
    return ProgressRow(
        "problem",
        "alert-triangle",
        f"{what} to {mail.name} {words}",
        mail.words,
        failed_mails=(mail.id,),
        may_have_left=mail.may_have_left,
    )


def _held(what: str, mail: Mail) -> ProgressRow:
    words = f"{what} to {mail.name} is on hold"
    return ProgressRow("problem", "alert-triangle", words, mail.words, failed_mails=(mail.id,))


def _names(mails: Iterable[Mail]) -> str:
    return in_a_row(mail.name for mail in mails)
