"""The chosen time as Attendees shows it, with the nearest times at which those who are checked are free."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.datastructures import MultiDict

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.when import AT, as_value
from blueprints.schedule_interview.pages.asking import asked_of
from scheduling.clashes import Clash, Wanted, clashes_among
from scheduling.drafts import drafts
from scheduling.free_times import free_times_among
from scheduling.occupied import ClashKind, Occupied, occupied_between
from timezones import in_zone, local_moment, start_of_day, utc_now

# More would be a second Date & Time.
_MOST = 5


@dataclass(frozen=True)
class OtherTime:
    """A free start on the chosen day; `value` names its instant."""

    value: str
    time: str


@dataclass(frozen=True)
class ChosenTime:
    """`words` say when the interview is, in the zone that was chosen; `others` are free starts near it."""

    words: str
    others: tuple[OtherTime, ...]


def around_chosen_time(dialog: Dialog, form: AttendeesForm) -> tuple[list[Clash], ChosenTime | None]:
    """What clashes with the chosen time for anyone on the team, and the time itself with free ones for those
    who are checked. One look at that day; nothing while no time holds."""
    when = dialog.checked(DateTimeForm)
    if when is None or when.starts_at is None or when.minutes is None:
        return [], None
    zone, minutes, on, day = when.timezone.data, when.minutes, when.date.data, timedelta(days=1)
    begins, ends = start_of_day(on, zone), start_of_day(on + day, zone)
    everyone = {user.id for user in dialog.team}
    needs = dialog.needs(manager=form.manager, user_ids=everyone)
    margin = timedelta(minutes=minutes)
    occupied = occupied_between(needs, begins, ends + margin, seen_by=dialog.actor)
    clashes = clashes_among(occupied, Wanted(needs, when.starts_at, minutes))
    chosen = form.busy_user_ids
    asked = asked_of(dialog, zone=zone, minutes=minutes, manager=form.manager, user_ids=chosen)
    free = free_times_among(_of(chosen, occupied), asked, on, now=utc_now())
    return clashes, ChosenTime(
        _in_words(when.starts_at, when.starts_at + margin, zone), _nearest(free.starts, when.starts_at, zone)
    )


def move_to(dialog: Dialog, version: int, at: str) -> bool:
    """Save another time, as its button sent it. False for what is no time that can be chosen; whether it is
    free is asked when the people are saved. Raises `DraftStaleError` if `version` is not the newest."""
    saved = dialog.draft.payload[DateTimeForm.key].items()
    form = dialog.typed(DateTimeForm, MultiDict((name, text) for name, texts in saved for text in texts))
    if not form.take_from_button({AT: at}) or not form.validate():
        return False
    drafts.save_step(dialog.draft, version, DateTimeForm.key, form.answers())
    return True


def _of(chosen: Collection[int], occupied: Collection[Occupied]) -> list[Occupied]:
    """What takes up one of the people who are chosen, the candidate, or the account that hosts."""
    return [
        each
        for each in occupied
        if any(one.kind is not ClashKind.PERSON or one.subject_id in chosen for one in each.taken)
    ]


def _nearest(starts: Collection[datetime], chosen: datetime, zone: str) -> tuple[OtherTime, ...]:
    near = sorted((start for start in starts if start != chosen), key=lambda start: abs(start - chosen))
    return tuple(OtherTime(as_value(at), f"{in_zone(at, zone):%H:%M}") for at in sorted(near[:_MOST]))


def _in_words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """`Mon 30 Nov, 15:15–16:00 CET`."""
    starts, ends = local_moment(starts_at, zone), local_moment(ends_at, zone)
    return f"{starts.short_date}, {starts.time}–{ends.time} {ends.zone_short}"
