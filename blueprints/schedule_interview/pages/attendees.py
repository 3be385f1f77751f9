"""Attendees, with how busy everyone on the team is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.clash_tick import OFFER_TICK_NEEDED, TICK_NEEDED
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.slots import slot_as_text
from blueprints.schedule_interview.pages.asking import asked_of
from blueprints.schedule_interview.pages.base import Page
from blueprints.schedule_interview.panels.clashes import clash_box
from blueprints.schedule_interview.panels.other_times import OtherTime, other_times
from blueprints.schedule_interview.panels.slots import in_short
from models import User
from scheduling.clashes import Clash
from scheduling.plans import When
from scheduling.reading.load import Load, loads
from timezones import local_moment, utc_now
from web.notices import say
from wording import listed

SOMEONE_IS_BUSY = (
    "Someone has another interview at one of the times. Remove that time, or choose other people."
)
# A longer list gets a search field.
_SEARCHED_FROM = 13


@dataclass(frozen=True)
class TeamMember:
    """One line of the list to choose interviewers from. `busy` says that they have something else then, and
    with whom if it is an interview; it is "" for those who are free. `is_manager`: they come anyway, and
    are not asked about."""

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
        offers_slots = dialog.subject.offers_slots
        if offers_slots and any(clash.is_interview for clash in clashes):
            form.refuse("people", SOMEONE_IS_BUSY)
            return False
        if any(clash.key not in form.accepted_clashes.keys for clash in clashes):
            form.refuse("accepted_clashes", OFFER_TICK_NEEDED if offers_slots else TICK_NEEDED)
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
        times, clashes = dialog.times, _clashes(dialog, form.manager, everyone)
        busy = _busy(clashes)
        chosen = form.busy_user_ids
        asked = _not_accepted(dialog, clashes)
        shown = [c for c in asked if not c.is_of_team or c.subject_id in chosen]
        load, offers_slots = loads(utc_now()), dialog.subject.offers_slots
        form.lay_out_rows()
        may_be_accepted = not offers_slots or not any(clash.is_interview for clash in shown)
        accepted, zone = form.accepted_clashes.keys, dialog.actor.timezone
        box = clash_box(shown, accepted, zone, may_be_accepted=may_be_accepted)
        finds_others = not offers_slots and any(clash.is_new for clash in box.clashes)
        return {
            "clash_box": box,
            "when": local_moment(times[0].starts_at, dialog.actor.timezone).short if times else "",
            "other_times": _other_times(dialog, form) if finds_others else (),
            "chosen_time": _in_short(times),
            "offers_slots": offers_slots,
            "busy_slots": _busy_slots(times, shown) if offers_slots and not may_be_accepted else {},
            "members": _members(dialog, form, load, busy),
            "is_searched": len(dialog.team) >= _SEARCHED_FROM,
            "taken": _taken(form) if form.errors else [],
        }


ATTENDEES = AttendeesPage()


def _other_times(dialog: Dialog, form: AttendeesForm) -> tuple[OtherTime, ...]:
    """When everyone who is selected is free, near the chosen time."""
    if not dialog.times:
        return ()
    [when] = dialog.times
    asked = asked_of(
        dialog,
        zone=when.timezone,
        minutes=when.duration_minutes,
        manager=form.manager,
        user_ids=form.busy_user_ids,
    )
    return other_times(asked, when.starts_at, seen_by=dialog.actor)


def _in_short(times: Sequence[When]) -> str:
    """The time, or the number of times and their days."""
    if len(times) < 2:
        return "".join(map(in_short, times))
    days = dict.fromkeys(local_moment(slot.starts_at, slot.timezone).short_date for slot in times)
    return f"{len(times)} times: {listed(list(days))}"


def _busy_slots(times: Sequence[When], clashes: Collection[Clash]) -> dict[str, str]:
    """The times at which one of these is on, in words, by what their Remove buttons send."""
    return {
        slot_as_text(slot): in_short(slot)
        for slot in times
        if any(clash.starts_at < slot.ends_at and slot.starts_at < clash.ends_at for clash in clashes)
    }


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
    """The clashes of the time, or of all those to choose from, for these people."""
    found = dialog.clashes_at(dialog.times, manager=manager, user_ids=user_ids)
    return [clash for each in found for clash in each]


def _not_accepted(dialog: Dialog, clashes: list[Clash]) -> list[Clash]:
    """The clashes that were not accepted with the time itself."""
    when = dialog.checked(DateTimeForm)
    if when is None:
        return clashes
    accepted = when.accepted_clashes.keys
    return [clash for clash in clashes if clash.key not in accepted]


def _busy(clashes: list[Clash]) -> dict[int, str]:
    """Who on the team has something else then, by user, with the candidates who may be named."""
    candidates: dict[int, list[str]] = {}
    for clash in clashes:
        if clash.is_of_team:
            named = candidates.setdefault(clash.subject_id, [])
            named += [clash.candidate] if clash.candidate and clash.candidate not in named else []
    return {number: f"Busy: {listed(names)}" if names else "Busy" for number, names in candidates.items()}


def _taken(form: AttendeesForm) -> list[str]:
    return [
        f"{user.email} is {user.name} on your team, who is now selected above." for user in form.reading.taken
    ]
