"""The interview in the calendars of those who take part: what its page says of them, and what people decide
about an entry that its owner has changed or deleted there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action
from extensions import db
from models import CalendarEntry, EntryState, Interview, InterviewStatus, User
from scheduling.calendars import deciding, reading
from scheduling.calendars.reading import EntryView
from scheduling.entries import wanting
from scheduling.entries.apps import calendar_apps, calendars_of, label_of
from scheduling.reading import lists
from services import services
from timezones import utc_now
from web.notices import say
from web.signed_in import actor, may_connect
from web.times import instant_as_text
from wording import first_name, possessive

Mark = Literal["done", "waiting", "problem", "warning", "dropped"]

_ICONS: dict[Mark, str] = {
    "done": "circle-check",
    "waiting": "hourglass",
    "problem": "alert-triangle",
    "warning": "alert-triangle",
    "dropped": "circle-x",
}


@dataclass(frozen=True)
class EntryLine:
    """One person's line. `moved_to` and `minutes` say when their calendar has it; `as_of` is when it last
    showed that, and `next_try_at` when what failed is tried again. `url` opens the entry in the calendar, for
    its owner alone. `account` is whose calendar it is in, for that owner, who may be looking at another one;
    `help_url` says what to check. `can_*` are the buttons; `move_url` leads to moving the interview to that
    time.
    """

    entry_id: int
    name: str
    is_own: bool
    calendar: str
    mark: Mark
    icon: str
    words: str
    detail: str = ""
    moved_to: datetime | None = None
    minutes: int | None = None
    as_of: datetime | None = None
    next_try_at: datetime | None = None
    url: str | None = None
    account: str = ""
    help_url: str = ""
    reconnect_url: str | None = None
    can_try_again: bool = False
    can_put_back: bool = False
    can_leave: bool = False
    move_url: str | None = None


@dataclass(frozen=True)
class Calendars:
    """What the page says of calendars. `offer` is for someone who takes part and has no entry, with where it
    leads; "" for everyone else. `is_under_way`: it is about to change."""

    lines: tuple[EntryLine, ...]
    offer: str
    offer_label: str
    offer_url: str
    is_under_way: bool

    @property
    def mark(self) -> str:
        """Changes exactly when a reader would see something different."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def calendars_on_page(interview: Interview, *, may_change: bool) -> Calendars:
    """What the interview's page says of calendars to the person who is signed in."""
    user = actor()
    views = reading.entries_of(interview)
    offer, label, url = _offer(interview, user, views)
    return Calendars(
        tuple(_line(view, interview, user, may_change=may_change) for view in views),
        offer,
        label,
        url,
        reading.is_under_way(interview),
    )


def _line(view: EntryView, interview: Interview, user: User, *, may_change: bool) -> EntryLine:
    is_own = view.user_id == user.id
    is_to_come = interview.status is InterviewStatus.SCHEDULED and utc_now() < interview.ends_at
    decides = (is_own or may_change) and is_to_come
    mark, words, detail = _words(view, is_own=is_own)
    edit = view.edit
    is_held_up = view.problem is not None and view.state is not EntryState.LEFT
    can_try_again = is_held_up and not view.is_to_reconnect
    starts_at = edit.starts_at if edit is not None else None
    ends_at = edit.ends_at if edit is not None else None
    minutes = round((ends_at - starts_at).total_seconds() / 60) if starts_at and ends_at else None
    is_before_start = is_to_come and utc_now() < interview.starts_at
    is_coming_time = starts_at is not None and starts_at > utc_now()
    return EntryLine(
        entry_id=view.entry_id,
        name=view.name,
        is_own=is_own,
        calendar=view.calendar,
        mark=mark,
        icon=_ICONS[mark],
        words=words,
        detail=detail,
        moved_to=starts_at,
        minutes=minutes if minutes != interview.duration_minutes else None,
        as_of=view.as_of if view.state is EntryState.PLACED and not view.is_leftover else None,
        next_try_at=view.next_try_at,
        url=view.web_url if is_own and view.state in (EntryState.PLACED, EntryState.LEFT) else None,
        account=view.account if is_own and view.state is EntryState.PLACED and view.problem is None else "",
        help_url=url_for("help_pages.connecting_apps", app=view.app, _anchor="not-in-calendar"),
        reconnect_url=url_for("connected_apps.index") if view.is_to_reconnect and is_own else None,
        can_try_again=can_try_again and (is_own or may_change),
        can_put_back=decides and (view.state is EntryState.DELETED or edit is not None),
        can_leave=decides and edit is not None,
        move_url=url_for(
            "interviews.reschedule",
            interview_id=interview.id,
            at=instant_as_text(starts_at),
            minutes=minutes,
        )
        if starts_at is not None and is_coming_time and is_before_start and may_change
        else None,
    )


def _words(view: EntryView, *, is_own: bool) -> tuple[Mark, str, str]:
    """How a line is marked, what it says, and what it adds to that."""
    calendar, who = view.calendar, "You" if is_own else first_name(view.name)
    theirs = "your" if is_own else "their"
    not_followed = "It doesn't follow the interview anymore, because that calendar isn't connected."
    if view.is_leftover:
        return "problem", f"Still in {calendar}. It isn't meant to be there anymore.", _why(view, is_own)
    match view.state:
        case EntryState.LEFT if view.problem is not None:
            return "problem", f"Still in {theirs} {calendar}: it couldn't be removed.", view.problem
        case EntryState.LEFT:
            return "dropped", f"Left in {theirs} {calendar}.", not_followed
        case EntryState.DELETED:
            return "warning", f"{who} deleted it from {theirs} calendar.", ""
        case EntryState.WAITING if view.problem is not None:
            return "problem", f"Not in {calendar} yet.", _why(view, is_own)
        case EntryState.WAITING:
            return "waiting", f"Being added to {calendar}.", ""
    if view.problem is not None:
        return "problem", f"In {calendar}, but changes don't get there.", _why(view, is_own)
    edit = view.edit
    if edit is None:
        return (
            "done",
            f"In {calendar}" + (f" with {'your' if is_own else possessive(who)} changes" * view.keeps_theirs),
            "",
        )
    if edit.is_moved:
        return "warning", f"{who} moved it to", "The interview hasn't moved."
    # What they wrote there is for the person themselves.
    what = "title" if edit.title is not None else "place"
    if edit.title is not None and edit.location is not None:
        what = "title and place"
    return "warning", f"{who} changed its {what} in {theirs} calendar.", ""


def _why(view: EntryView, is_own: bool) -> str:
    words = view.problem or ""
    if view.is_to_reconnect and not is_own:
        return f"{words} {first_name(view.name)} has to reconnect it."
    return words


def _offer(interview: Interview, user: User, views: list[EntryView]) -> tuple[str, str, str]:
    """For someone who takes part without an entry: what they could have, and where."""
    none = "", "", ""
    is_to_come = interview.status is InterviewStatus.SCHEDULED and utc_now() < interview.starts_at
    clients = services().connections.clients
    apps = [app for app in calendar_apps() if app in clients]
    if not apps or not is_to_come or not may_connect(user):
        return none
    has_one = any(view.user_id == user.id and view.state is not EntryState.LEFT for view in views)
    if has_one or all(each.id != user.id for each in wanting.people_of(interview)):
        return none
    connection = calendars_of([user.id]).get(user.id)
    if connection is None:
        url = url_for("connected_apps.index", _anchor=f"app-{apps[0]}")
        return "You can have your interviews as entries in your calendar.", "Connect your calendar", url
    url = url_for("connected_apps.index", _anchor=f"app-{connection.app}")
    label = label_of(connection.app)
    return f"It isn't in your {label}, because you connected that later.", "Add what is missing", url


def put_back(interview_id: int, entry_id: int) -> ResponseReturnValue:
    """Make the entry match the interview again."""
    interview, entry = _to_decide(interview_id, entry_id)
    try:
        deciding.put_back(actor(), entry)
    except deciding.NothingToDecideError:
        return _nothing_to_decide(interview)
    db.session.commit()
    say(
        f"Putting it back into {entry.user.name}'s calendar now."
        if entry.user_id != actor().id
        else "Putting it back into your calendar now.",
        "info",
    )
    return _back_to(interview_id)


def leave(interview_id: int, entry_id: int) -> ResponseReturnValue:
    """Keep the entry as its owner has it."""
    interview, entry = _to_decide(interview_id, entry_id)
    try:
        deciding.leave(actor(), entry)
    except deciding.NothingToDecideError:
        return _nothing_to_decide(interview)
    db.session.commit()
    say("It stays as it is until the interview itself changes.", "info")
    return _back_to(interview_id)


def try_entry_again(interview_id: int, entry_id: int) -> ResponseReturnValue:
    """Try again now what could not be done in someone's calendar."""
    interview, entry = _to_decide(interview_id, entry_id)
    if not deciding.try_again(actor(), entry):
        return _nothing_to_decide(interview)
    db.session.commit()
    say("Trying again now.", "info")
    return _back_to(interview_id)


def _to_decide(interview_id: int, entry_id: int) -> tuple[Interview, CalendarEntry]:
    """The entry, for its owner and for those who may change the interview."""
    interview = lists.interview(actor(), interview_id) or abort(404)
    entry = db.session.get(CalendarEntry, entry_id)
    if entry is None or entry.interview_id != interview.id:
        abort(404)
    if entry.user_id != actor().id and not lists.may(actor(), Action.SCHEDULE, interview):
        abort(403)
    return interview, entry


def _nothing_to_decide(interview: Interview) -> ResponseReturnValue:
    db.session.rollback()
    say("The calendar has changed in the meantime. This is how it is now.", "info")
    return _back_to(interview.id)


def _back_to(interview_id: int) -> ResponseReturnValue:
    return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))


def register(blueprint: Blueprint) -> None:
    """Add these commands to the blueprint of interviews."""
    blueprint.post("/<int:interview_id>/entries/<int:entry_id>/put-back")(put_back)
    blueprint.post("/<int:interview_id>/entries/<int:entry_id>/leave")(leave)
    blueprint.post("/<int:interview_id>/entries/<int:entry_id>/try-again")(try_entry_again)
