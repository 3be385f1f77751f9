"""The team's actions on an interview whose time the candidate is asked to choose: sends the request again,
offers other times, and schedules it at the time that was chosen or named."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.interviews.forms import OfferTimesForm, ScheduleAtForm
from blueprints.interviews.to_change import to_change
from blueprints.schedule_interview.forms.clash_tick import OFFER_TICK_NEEDED, TICK_NEEDED
from blueprints.schedule_interview.panels.clashes import ClashBox, clash_box
from extensions import db
from models import AnswerKind, Interview, InterviewStatus, User
from scheduling.answers import what_candidate_says
from scheduling.clashes import Clash, needs_of_change
from scheduling.commands import time_slots
from scheduling.commands.requested_times import AnsweredMeanwhileError, when_in_plan
from scheduling.commands.time_slots import NotRequestedError, SlotTakenError
from scheduling.errors import SchedulingError
from scheduling.plans import When, plan_of
from scheduling.slots import clashes_at, is_open, standing
from services import services
from timezones import utc_now
from web.lists import asked_instant
from web.notices import say
from web.signed_in import actor

# Marks an address that leads back to the list, whose rows have some of these buttons.
_FROM_LIST = "list"


@dataclass(frozen=True)
class ShownSlot:
    """A time that was offered, and whether it can still be chosen. `why` it is taken, as far as the reader
    may see: a sentence for each other interview."""

    starts_at: datetime
    state: Literal["free", "taken", "past"]
    why: tuple[str, ...]


@dataclass(frozen=True)
class AskedForTime:
    """What became of the question to the candidate, as an interview's page shows it. `slots` only while they
    can still choose one; `clashes` are those of the time that they chose, which waits for a last look. `link`
    is the candidate's page, for those who may schedule the interview."""

    asked_at: datetime
    expires_at: datetime
    picked_at: datetime | None
    is_open: bool
    may_renew: bool
    slots: tuple[ShownSlot, ...]
    clashes: ClashBox
    form: ScheduleAtForm
    link: str | None

    @property
    def mark(self) -> str:
        """Changes when people would see something different."""
        shown = (self.asked_at, self.expires_at, self.picked_at, self.is_open, self.slots, self.clashes)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def asked_for_time(interview: Interview, *, may_change: bool) -> AskedForTime | None:
    """For the interview's page; None for one that does not wait for a time, or for being scheduled."""
    if not interview.status.is_being_arranged or interview.slot_request is None:
        return None
    asked, now, user = interview.slot_request, utc_now(), actor()
    is_accepted = interview.status is InterviewStatus.ACCEPTED
    slots = () if is_accepted else standing(interview, now, seen_by=user)
    chosen = plan_of(interview).when
    return AskedForTime(
        asked_at=asked.asked_at,
        expires_at=asked.expires_at,
        picked_at=asked.picked_at if is_accepted else None,
        is_open=is_open(interview, now),
        may_renew=any(not each.has_begun for each in slots),
        slots=tuple(
            ShownSlot(
                each.slot.starts_at,
                "past" if each.has_begun else "free" if each.is_free else "taken",
                _in_words(each.clashes, user),
            )
            for each in slots
        ),
        clashes=clash_box(_clashes(interview, chosen) if is_accepted else (), (), user.timezone),
        form=ScheduleAtForm(formdata=None),
        link=services().candidate_links.page(interview) if may_change else None,
    )


def _in_words(clashes: Collection[Clash], user: User) -> tuple[str, ...]:
    return tuple(each.words for each in clash_box(clashes, (), user.timezone).clashes)


def _clashes(interview: Interview, when: When) -> tuple[Clash, ...]:
    """What else is on then that this interview would clash with."""
    return _clashes_at(interview, [when])[0]


def _clashes_at(interview: Interview, times: list[When]) -> list[tuple[Clash, ...]]:
    needs = needs_of_change(plan_of(interview), interview, interview.hiring_manager)
    return clashes_at(times, needs, seen_by=actor())


def confirm_time(interview_id: int) -> ResponseReturnValue:
    """The time in the address, which the candidate has chosen or named, with what else is on then."""
    interview = to_change(interview_id)
    when = _asked_time(interview)
    if when is None:
        return _answered(interview)
    return _time_page(interview, when, ScheduleAtForm(formdata=None))


def schedule_at(interview_id: int) -> ResponseReturnValue:
    """Schedule the interview at the time in the address. Clashes are shown first."""
    interview = to_change(interview_id)
    when, form, rules = _asked_time(interview), ScheduleAtForm(), services().rules
    if when is None:
        return _answered(interview)
    accepted = form.accepted_clashes.keys
    try:
        if interview.status is InterviewStatus.ACCEPTED:
            time_slots.schedule_accepted(actor(), interview, rules, accepted_clashes=accepted)
        else:
            time_slots.take_named_time(actor(), interview, when.starts_at, rules, accepted_clashes=accepted)
        if interview.starts_at != when.starts_at:
            # The candidate has chosen another one since this person looked.
            raise NotRequestedError
    except (NotRequestedError, AnsweredMeanwhileError):
        db.session.rollback()
        return _answered(to_change(interview_id))
    except SchedulingError as error:
        db.session.rollback()
        if error.field == "accepted_clashes":
            form.refuse(error.field, TICK_NEEDED)
            return _time_page(to_change(interview_id), when, form, 422)
        say(error.words, "warning")
        return _to_page(interview_id)
    db.session.commit()
    say("Interview scheduled. Everyone is being invited.")
    return _back_from(interview_id, InterviewStatus.ACCEPTED)


def renew_request(interview_id: int) -> ResponseReturnValue:
    """Let the candidate choose for longer, and send them the request again."""
    interview = to_change(interview_id)
    try:
        time_slots.renew(actor(), interview, services().rules)
    except NotRequestedError:
        db.session.rollback()
        return _answered(to_change(interview_id))
    except SlotTakenError:
        db.session.rollback()
        say("All of these times have passed. Offer other ones.", "warning")
        return redirect(url_for("interviews.other_times", interview_id=interview_id), 303)
    db.session.commit()
    say("The request is sent again.")
    return _back_from(interview_id, InterviewStatus.REQUESTED)


def other_times(interview_id: int) -> ResponseReturnValue:
    interview = to_change(interview_id)
    if not interview.status.is_being_arranged:
        return _answered(interview)
    says, now = what_candidate_says(interview).request, utc_now()
    named = [each.starts_at for each in says.times if each.starts_at > now] if says is not None else []
    return _times_page(interview, _times_form(interview, named))


def offer_other_times(interview_id: int) -> ResponseReturnValue:
    """Replace the times that the candidate can choose from, and ask them again."""
    interview = to_change(interview_id)
    if not interview.status.is_being_arranged:
        return _answered(interview)
    form = _times_form(interview)
    if not form.validate():
        return _times_page(interview, form, 422)
    clashes = _clashes_at(interview, form.slots)
    if _refuse_clashes(form, clashes):
        return _times_page(interview, form, 422, clashes)
    accepted, rules = form.accepted_clashes.keys, services().rules
    try:
        time_slots.offer_others(actor(), interview, form.slots, rules, accepted_clashes=accepted)
    except NotRequestedError:
        db.session.rollback()
        return _answered(to_change(interview_id))
    except SchedulingError as error:
        db.session.rollback()
        form.rows[0].date.errors = [error.words]
        return _times_page(to_change(interview_id), form, 422, clashes)
    db.session.commit()
    say(f"{interview.candidate.name} is asked to choose again.")
    return _to_page(interview_id)


def _asked_time(interview: Interview) -> When | None:
    """The time in the address, if it is the one that the candidate has chosen, or one that they named."""
    starts_at, own = asked_instant("at"), plan_of(interview).when
    if interview.status is InterviewStatus.ACCEPTED:
        return own if own.starts_at == starts_at else None
    says = what_candidate_says(interview).request
    is_answer = says is not None and says.kind is AnswerKind.NONE_FIT
    if (
        interview.status is not InterviewStatus.REQUESTED
        or says is None
        or not is_answer
        or starts_at is None
    ):
        return None
    is_named = starts_at in [each.starts_at for each in says.times]
    return when_in_plan(own, starts_at) if is_named else None


def _refuse_clashes(form: OfferTimesForm, found: Sequence[Collection[Clash]]) -> bool:
    """Say beside each time that someone has another interview then, so that no one could choose it, and
    beside the tick that it is needed; tell whether either was said."""
    is_taken = False
    for row, clashes in zip(form.filled, found, strict=True):
        if taken := [each for each in clashes if each.is_interview]:
            row.time.errors = [*_in_words(taken, actor()), "Choose another time."]
            is_taken = True
    if all(each.key in form.accepted_clashes.keys for each in _busy(found)):
        return is_taken
    form.refuse("accepted_clashes", OFFER_TICK_NEEDED)
    return True


def _busy(found: Sequence[Collection[Clash]]) -> list[Clash]:
    """The calendar events in spite of which a time can be offered."""
    return [each for clashes in found for each in clashes if not each.is_interview]


def _times_form(interview: Interview, named: Collection[datetime] = ()) -> OfferTimesForm:
    return OfferTimesForm(zone=interview.timezone, minutes=interview.duration_minutes, known=tuple(named))


def _time_page(
    interview: Interview, when: When, form: ScheduleAtForm, status: int = 200
) -> ResponseReturnValue:
    box = clash_box(_clashes(interview, when), form.accepted_clashes.keys, actor().timezone)
    return render_template(
        "interviews/schedule_at.html", interview=interview, when=when, form=form, clash_box=box
    ), status


def _times_page(
    interview: Interview,
    form: OfferTimesForm,
    status: int = 200,
    found: Sequence[Collection[Clash]] = (),
) -> ResponseReturnValue:
    """`found`: what is on at each of the times, once they are known."""
    return render_template(
        "interviews/other_times.html",
        interview=interview,
        form=form,
        clash_box=clash_box(_busy(found), form.accepted_clashes.keys, actor().timezone),
        says=what_candidate_says(interview),
    ), status


def _answered(interview: Interview) -> ResponseReturnValue:
    """Someone else was quicker, or the candidate: the page shows the current state."""
    if interview.status.is_being_arranged:
        say("This has changed in the meantime. Here's how things stand.", "info")
    else:
        say(f"This interview is {interview.status.label.lower()} already.", "info")
    return _to_page(interview.id)


def _back_from(interview_id: int, listed_as: InterviewStatus) -> ResponseReturnValue:
    """To the page on which the button was: the interview's, unless the address says otherwise."""
    if request.args.get("back") == _FROM_LIST:
        return redirect(url_for("interviews.index", status=listed_as.value), 303)
    return _to_page(interview_id)


def _to_page(interview_id: int) -> ResponseReturnValue:
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of interviews."""
    blueprint.get("/<int:interview_id>/schedule-at")(confirm_time)
    blueprint.post("/<int:interview_id>/schedule-at")(schedule_at)
    blueprint.post("/<int:interview_id>/send-request-again")(renew_request)
    blueprint.get("/<int:interview_id>/other-times")(other_times)
    blueprint.post("/<int:interview_id>/other-times")(offer_other_times)
