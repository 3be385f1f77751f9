"""Attendees, with how busy everyone on the team is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.clash_tick import TICK_NEEDED
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.pages.asking import asked_of
from blueprints.schedule_interview.pages.base import Page
from blueprints.schedule_interview.panels.clashes import clash_box
from blueprints.schedule_interview.panels.other_times import OtherTime, other_times
from models import User
from scheduling.clashes import Clash
from scheduling.occupied import ClashKind
from scheduling.reading.load import Load, loads
from timezones import local_moment, utc_now
from web.notices import say
from wording import listed

# A longer list gets a search field.
_SEARCHED_FROM = 13


@dataclass(frozen=True)
class TeamMember:
    """One line of the list to choose interviewers from. `busy` says with whom they have another interview at
    that time, and is "" for those who are free. `is_manager`: they come anyway, and are not asked about."""

    id: int
    name: str
    role: str
    load: Load
    busy: str
    is_on_job: bool
    is_manager: bool


class AttendeesPage(Page[AttendeesForm]):
    form_class = AttendeesForm

    def holds(self, dialog: Dialog, form: AttendeesForm) -> bool:
        if not form.validate():
            return False
        clashes = _not_accepted(dialog, _clashes(dialog, form.manager, form.busy_user_ids))
        if any(clash.key not in form.accepted_clashes.keys for clash in clashes):
            form.refuse("accepted_clashes", TICK_NEEDED)
            return False
        return True

    def check(self, dialog: Dialog, form: AttendeesForm) -> bool:
        if not self.holds(dialog, form):
            return False
        for words in _taken(form):
            say(words, "info")
        return True

    def context(self, dialog: Dialog, form: AttendeesForm) -> dict[str, Any]:
        everyone = {user.id for user in dialog.team}
        clashes = _clashes(dialog, form.manager, everyone)
        busy = _busy(clashes)
        chosen = form.busy_user_ids
        asked = _not_accepted(dialog, clashes)
        shown = [c for c in asked if c.kind is not ClashKind.PERSON or c.subject_id in chosen]
        load, when = loads(utc_now()), dialog.checked(DateTimeForm)
        form.lay_out_rows()
        box = clash_box(shown, form.accepted_clashes.keys, dialog.actor.timezone)
        return {
            "clash_box": box,
            "when": local_moment(when.starts_at, dialog.actor.timezone) if when and when.starts_at else None,
            "other_times": _other_times(dialog, form) if any(clash.is_new for clash in box.clashes) else (),
            "chosen_time": _chosen_time(when) if when is not None else "",
            "members": _members(dialog, form, load, busy),
            "is_searched": len(dialog.team) >= _SEARCHED_FROM,
            "taken": _taken(form) if form.errors else [],
        }


ATTENDEES = AttendeesPage()


def _other_times(dialog: Dialog, form: AttendeesForm) -> tuple[OtherTime, ...]:
    """When everyone who is selected is free, near the chosen time."""
    when = dialog.checked(DateTimeForm)
    if when is None or when.starts_at is None or when.minutes is None:
        return ()
    asked = asked_of(
        dialog,
        zone=when.timezone.data,
        minutes=when.minutes,
        manager=form.manager,
        user_ids=form.busy_user_ids,
    )
    return other_times(asked, when.starts_at, seen_by=dialog.actor)


def _chosen_time(when: DateTimeForm) -> str:
    """`Mon 30 Nov, 15:15–16:00 CET`, in the zone that was chosen."""
    assert when.starts_at is not None
    zone = when.timezone.data
    starts = local_moment(when.starts_at, zone)
    ends = local_moment(when.starts_at + timedelta(minutes=when.duration_minutes.data), zone)
    return f"{starts.short_date}, {starts.time}–{ends.time} {ends.zone_short}"


def _members(
    dialog: Dialog, form: AttendeesForm, load: Mapping[int, Load], busy: Mapping[int, str]
) -> list[TeamMember]:
    """The team to choose from: those on the job first, those who are busy then last, each part by name."""
    on_job = {user.id for user in dialog.job.team} if dialog.job else set()
    members = [
        TeamMember(
            user.id,
            user.name,
            user.role.label,
            load.get(user.id, Load()),
            busy=busy.get(user.id, ""),
            is_on_job=user.id in on_job,
            is_manager=user.id == form.hiring_manager.data,
        )
        for user in dialog.team
    ]
    return sorted(members, key=lambda member: (bool(member.busy), not member.is_on_job))


def _clashes(dialog: Dialog, manager: User | None, user_ids: Collection[int]) -> list[Clash]:
    """The clashes of the time for these people."""
    when = dialog.checked(DateTimeForm)
    if when is None or when.starts_at is None or when.minutes is None:
        return []
    return dialog.clashes_at(when.starts_at, when.minutes, manager=manager, user_ids=user_ids)


def _not_accepted(dialog: Dialog, clashes: list[Clash]) -> list[Clash]:
    """Those that were not accepted with the time itself."""
    when = dialog.checked(DateTimeForm)
    accepted = when.accepted_clashes.keys if when is not None else frozenset()
    return [clash for clash in clashes if clash.key not in accepted]


def _busy(clashes: list[Clash]) -> dict[int, str]:
    """Who on the team has another interview then, by user, with the candidates who may be named."""
    candidates: dict[int, list[str]] = {}
    for clash in clashes:
        if clash.kind is ClashKind.PERSON:
            named = candidates.setdefault(clash.subject_id, [])
            named += [clash.candidate] if clash.candidate else []
    return {number: f"Busy: {listed(names)}" if names else "Busy" for number, names in candidates.items()}


def _taken(form: AttendeesForm) -> list[str]:
    return [
        f"{user.email} is {user.name} on your team, who is now selected above." for user in form.reading.taken
    ]
