"""The emails around the times that a candidate is asked to choose from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from extensions import db
from models import Interview, InterviewStatus, Mail, MailState, ReaderRole
from scheduling.mails.candidate_says import with_scheduler
from scheduling.mails.queue import SLOT_CHOSEN, SLOT_REQUEST, SLOTS_WITHDRAWN, recipients_of
from scheduling.rules import Rules
from timezones import utc_now
from work import mail as mails
from work.mail import NewMail, Recipient

# Someone who has not chosen is reminded after this time, and once more after the same time again.
NUDGE_AFTER = timedelta(hours=48)
MOST_NUDGES = 2

_FORM = re.compile(r"slots-(\d+)(?:-nudge-(\d+))?(?:-again-(\d+))?")


@dataclass(frozen=True)
class SlotOccasion:
    """Written `slots-2` for the second time that times were offered, `slots-2-nudge-1` for the first reminder
    of it, and `slots-2-again-1` for the first time that it was sent again."""

    round: int
    nudge: int = 0
    again: int = 0

    def __str__(self) -> str:
        nudge = f"-nudge-{self.nudge}" if self.nudge else ""
        return f"slots-{self.round}{nudge}" + (f"-again-{self.again}" if self.again else "")

    @classmethod
    def read(cls, text: str) -> SlotOccasion:
        """The occasion that was written as `text`. Raises ValueError for anything else."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not an occasion of an email about time slots")
        return cls(int(found[1]), int(found[2] or 0), int(found[3] or 0))


def ask(interview: Interview, rules: Rules) -> None:
    """Ask the candidate now, and remind them of it later, unless they have chosen by then."""
    request, now = interview.slot_request, utc_now()
    assert request is not None
    nudges = [
        (SlotOccasion(request.round, nudge=number), now + number * NUDGE_AFTER)
        for number in range(1, MOST_NUDGES + 1)
    ]
    for occasion, due_at in [(SlotOccasion(request.round), now), *nudges]:
        if due_at < request.expires_at:
            _queue(SLOT_REQUEST, interview, str(occasion), [candidate_of(interview)], rules, due_at)


def ask_again(interview: Interview, rules: Rules) -> None:
    """Send the newest request again, or now if it is still waiting."""
    request, about = interview.slot_request, mails.about_interview(interview.id)
    assert request is not None
    waiting = [mail for mail in mails.waiting(about, SLOT_REQUEST) if _is_of(mail, request.round)]
    if waiting:
        mails.let_leave_now(waiting)
        return
    db.session.refresh(interview, ["mails"])
    known = sum(_is_of(mail, request.round) for mail in interview.mails)
    occasion = SlotOccasion(request.round, again=known)
    _queue(SLOT_REQUEST, interview, str(occasion), [candidate_of(interview)], rules)


def tell_of_choice(interview: Interview, rules: Rules) -> None:
    """Tell the people who decide which time the candidate has chosen. If the interview is already scheduled,
    only the scheduler is told, unless they take part: everyone who does gets the invitation."""
    here = recipients_of(interview)
    to = with_scheduler(interview, here)[len(here) :]
    if interview.status is InterviewStatus.ACCEPTED:
        team = [who for who in here if who.role is ReaderRole.HIRING_MANAGER]
        to = with_scheduler(interview, team)
    _queue(SLOT_CHOSEN, interview, _occasion(interview), to, rules)


def tell_withdrawn(interview: Interview, words: str, rules: Rules) -> None:
    """Tell the candidate that there is nothing left to choose from, in `words` of one's own."""
    _queue(SLOTS_WITHDRAWN, interview, _occasion(interview), [candidate_of(interview)], rules, words=words)


def is_too_soon(nudge: Mail, interview: Interview, now: datetime) -> bool:
    """Whether the candidate has only just been asked, or will be at any moment, because an earlier email was
    held up or someone sent the request again."""
    earlier = [mail for mail in interview.mails if mail.kind == SLOT_REQUEST and mail.id != nudge.id]
    return any(
        (mail.sent_at is not None and now - mail.sent_at < NUDGE_AFTER / 2)
        or (mail.state is MailState.QUEUED and mail.due_at < nudge.due_at)
        for mail in earlier
    )


def candidate_of(interview: Interview) -> Recipient:
    """The candidate as a recipient."""
    return next(who for who in recipients_of(interview) if who.role is ReaderRole.CANDIDATE)


def _occasion(interview: Interview) -> str:
    assert interview.slot_request is not None
    return str(SlotOccasion(interview.slot_request.round))


def _is_of(mail: Mail, number: int) -> bool:
    """Whether it asks for the first time in this round, or again because someone wanted that."""
    if mail.kind != SLOT_REQUEST:
        return False
    occasion = SlotOccasion.read(mail.occasion)
    return occasion.round == number and not occasion.nudge


def _queue(
    kind: str,
    interview: Interview,
    occasion: str,
    to: list[Recipient],
    rules: Rules,
    due_at: datetime | None = None,
    *,
    words: str = "",
) -> None:
    about, said = mails.about_interview(interview.id), {"words": words} if words else {}
    copies = [NewMail(kind, about, occasion, who, due_at or utc_now(), said=said) for who in to]
    mails.queue(copies, domain=rules.message_id_domain)
