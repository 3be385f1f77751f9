"""The candidate's own page about an interview: what, when, where, and everything they can say about it.

No one signs in here: the address is the key. Opening it changes nothing, because email programs open links,
and run the scripts behind them, to check them; only the buttons act.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from blueprints.join.invitation import calendar_file
from blueprints.own_page.forms import CANNOT_JOIN, CallOffForm, ChooseForm, LateForm, OtherTimesForm, ZoneForm
from blueprints.own_page.views import address_of, choice_of, page_of, web_calendars
from extensions import db
from models import AnswerKind, Interview, InterviewStatus, Organization
from scheduling.commands import candidate, time_slots
from scheduling.commands.candidate import can_answer
from scheduling.commands.time_slots import LinkExpiredError, NotRequestedError, SlotTakenError
from scheduling.join_links import CANDIDATE
from scheduling.rules import Rules
from scheduling.slots import is_open
from services import services
from text import one_line
from timezones import utc_now, zone_as_written, zones_meant
from web.file_answers import as_calendar_file
from web.forms import Form
from web.notices import say

own_page = Blueprint("own_page", __name__, url_prefix="/s")

_THANKS = {
    AnswerKind.CONFIRMED: "Thanks, we've told the team that you'll be there.",
    AnswerKind.MOVE: "Thanks, the team has your request. You'll hear from them by email.",
    AnswerKind.NONE_FIT: "Thanks, the team has your message. You'll hear from them by email.",
    AnswerKind.CANCELLED: "Your interview is cancelled, and everyone has been told.",
    AnswerKind.LATE: "Thanks for telling us. Everyone you're meeting is getting an email right now.",
    AnswerKind.CANNOT_JOIN: "Thanks for telling us. Everyone you're meeting is getting an email right now.",
}
# How many zones a sentence offers if the address names one that could mean several.
_LIKELY = 3
_NOT_INTERESTED = "Thanks for letting us know. We've told the team."
_CHOSEN = {
    InterviewStatus.SCHEDULED: "Thanks! Your interview is scheduled. You'll get the invitation by email.",
    InterviewStatus.ACCEPTED: "Thanks! We've told the team which time you chose.",
}


@dataclass(frozen=True)
class _Opened:
    """The interview behind an address, and the zone that it asks for, if any."""

    token: str
    interview: Interview
    asked_zone: str | None

    @property
    def zone(self) -> str:
        return self.asked_zone or self.interview.candidate.timezone or self.interview.timezone

    @property
    def organization(self) -> Organization:
        return db.session.get_one(Organization, 1)

    def address(self, endpoint: str) -> str:
        return address_of(endpoint, self.token, self.asked_zone)


# The person with an address that lost its end is still a candidate.
@own_page.get("/", defaults={"token": ""})
@own_page.get("/<token>")
def page(token: str) -> ResponseReturnValue:
    opened = _opened(token)
    return _shown(opened)


# A phone that reopens a tab asks for this address again with GET, and gets the page.
@own_page.route("/<token>/choose", methods=["GET", "POST"])
def choose(token: str) -> ResponseReturnValue:
    opened, form = _opened(token), ChooseForm()
    if not form.is_submitted():
        return _shown(opened)
    if is_open(opened.interview, utc_now()) and not form.validate():
        return _shown(opened, form), 422
    try:
        time_slots.choose(opened.interview, form.slot.data or 0, services().rules)
    except (NotRequestedError, LinkExpiredError, SlotTakenError) as error:
        db.session.rollback()
        _say_why_not(opened.interview, error)
    else:
        db.session.commit()
        say(_CHOSEN[opened.interview.status])
    return redirect(opened.address("page"), 303)


def _say_why_not(interview: Interview, error: Exception) -> None:
    """Why a time could not be chosen, above the page that shows the current state."""
    if isinstance(error, SlotTakenError):
        left = " Here's what is left." if choice_of(interview, interview.timezone).days else ""
        say(f"That time is no longer available.{left}", "warning")
    elif isinstance(error, NotRequestedError):
        has_chosen = interview.status is not InterviewStatus.CANCELLED
        what = "You've already chosen a time." if has_chosen else "That's no longer possible."
        say(f"{what} Here's how things stand.", "info")


@own_page.route("/<token>/none-of-these", methods=["GET", "POST"])
def none_fit(token: str) -> ResponseReturnValue:
    """For someone for whom none of the offered times works."""
    return _ask_for_others(token, AnswerKind.NONE_FIT, "none_fit", candidate.say_none_fit)


@own_page.post("/<token>/confirm")
def confirm(token: str) -> ResponseReturnValue:
    opened = _opened(token)
    return _say(opened, AnswerKind.CONFIRMED, partial(candidate.confirm, opened.interview))


@own_page.route("/<token>/move", methods=["GET", "POST"])
def move(token: str) -> ResponseReturnValue:
    return _ask_for_others(token, AnswerKind.MOVE, "move", candidate.ask_to_move)


def _ask_for_others(
    token: str, kind: AnswerKind, name: str, command: Callable[[Interview, list[datetime], str, Rules], None]
) -> ResponseReturnValue:
    opened = _opened(token)
    form = OtherTimesForm(opened.zone)
    if not can_answer(opened.interview, kind, utc_now()):
        return _too_late(opened)
    if not form.is_submitted() or not form.validate():
        return _form_page(name, opened, form)
    words = form.words.data or ""
    return _say(opened, kind, partial(command, opened.interview, form.suits, words, services().rules))


@own_page.route("/<token>/cancel", methods=["GET", "POST"])
def call_off(token: str) -> ResponseReturnValue:
    opened, form = _opened(token), CallOffForm()
    if not can_answer(opened.interview, AnswerKind.CANCELLED, utc_now()):
        return _too_late(opened)
    if not form.is_submitted() or not form.validate():
        return _form_page("cancel", opened, form)
    call_it_off = partial(candidate.call_off, opened.interview, form.words.data or "", services().rules)
    thanks = _NOT_INTERESTED if opened.interview.status.is_being_arranged else _THANKS[AnswerKind.CANCELLED]
    return _say(opened, AnswerKind.CANCELLED, call_it_off, thanks)


@own_page.route("/<token>/late", methods=["GET", "POST"])
def late(token: str) -> ResponseReturnValue:
    opened, form = _opened(token), LateForm()
    if not can_answer(opened.interview, AnswerKind.LATE, utc_now()):
        return _too_late(opened)
    if not form.is_submitted() or not form.validate():
        return _form_page("late", opened, form)
    interview, words, rules = opened.interview, form.words.data or "", services().rules
    if form.what.data == CANNOT_JOIN:
        told = partial(candidate.say_cannot_join, interview, words, rules)
        return _say(opened, AnswerKind.CANNOT_JOIN, told)
    return _say(opened, AnswerKind.LATE, partial(candidate.say_late, interview, form.minutes, words, rules))


@own_page.get("/<token>/time-zone")
def time_zone(token: str) -> ResponseReturnValue:
    """Where another zone can be chosen."""
    opened = _opened(token)
    form = ZoneForm(formdata=None, data={"zone": opened.zone}, meta={"csrf": False})
    return _form_page("time_zone", opened, form)


@own_page.get("/<token>/calendar")
def calendar(token: str) -> ResponseReturnValue:
    opened = _opened(token)
    if not can_answer(opened.interview, AnswerKind.CONFIRMED, utc_now()):
        return _too_late(opened)
    return as_calendar_file(calendar_file(opened.interview, CANDIDATE, opened.organization, opened.zone))


class _NothingThereError(HTTPException):
    """No interview has this address, or it was replaced."""

    code = 404


@own_page.errorhandler(_NothingThereError)
def nothing_there(_error: _NothingThereError) -> ResponseReturnValue:
    words = "Open it from the latest email about your interview, or reply to that email."
    return render_template("mailed_links/unknown.html", words=words, action=None), 404


def _opened(token: str) -> _Opened:
    interview = services().candidate_links.opened_by(token)
    if interview is None:
        raise _NothingThereError
    asked = request.args.get("zone", "")
    return _Opened(token, interview, zone_as_written(asked))


def _shown(opened: _Opened, form: ChooseForm | None = None) -> str:
    """The page in its current state; `form` has what was wrong with a choice."""
    view = page_of(opened.interview, opened.organization, opened.zone)
    unknown_zone = one_line(request.args.get("zone", "")) if opened.asked_zone is None else ""
    # Several zones, or none: text that means a single zone was understood.
    likely_zones = zones_meant(unknown_zone, (opened.zone,))[:_LIKELY]
    if opened.interview.status is InterviewStatus.REQUESTED:
        return render_template(
            "own_page/choose.html",
            view=view,
            opened=opened,
            choice=choice_of(opened.interview, opened.zone),
            form=form or ChooseForm(formdata=None),
            unknown_zone=unknown_zone,
            likely_zones=likely_zones,
        )
    calendars = web_calendars(view) if view.may_confirm else []
    return render_template(
        "own_page/page.html",
        view=view,
        opened=opened,
        calendars=calendars,
        unknown_zone=unknown_zone,
        likely_zones=likely_zones,
    )


def _form_page(name: str, opened: _Opened, form: Form) -> ResponseReturnValue:
    """The page behind a button, as it opens or with what was wrong."""
    page = render_template(
        f"own_page/{name}.html",
        view=page_of(opened.interview, opened.organization, opened.zone),
        opened=opened,
        form=form,
        words_limit=candidate.LONGEST_WORDS,
    )
    return page, 422 if request.method == "POST" else 200


def _say(
    opened: _Opened, kind: AnswerKind, command: Callable[[], None], thanks: str = ""
) -> ResponseReturnValue:
    try:
        command()
    except candidate.TooLateToAnswerError:
        db.session.rollback()
        return _too_late(opened)
    except candidate.TooManyAnswersError:
        db.session.rollback()
        scheduler = opened.interview.scheduler
        return render_template("own_page/too_many.html", opened=opened, scheduler=scheduler), 429
    db.session.commit()
    say(thanks or _THANKS[kind])
    return redirect(opened.address("page"), 303)


def _too_late(opened: _Opened) -> ResponseReturnValue:
    """The interview was cancelled, or has begun: its page says so."""
    say("That's no longer possible. Here's how things stand.", "info")
    return redirect(opened.address("page"), 303)
