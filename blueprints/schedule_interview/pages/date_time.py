"""Date & Time, with clashes, everyone's local time, and the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.clash_tick import OFFER_TICK_NEEDED, TICK_NEEDED
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.slots import slot_at
from blueprints.schedule_interview.pages.asking import asked_of, people_of
from blueprints.schedule_interview.pages.base import Page, host_question
from blueprints.schedule_interview.panels.around_time import AroundTime, around_time
from blueprints.schedule_interview.panels.clashes import clash_box
from blueprints.schedule_interview.panels.host import hosting_warnings
from blueprints.schedule_interview.panels.local_times import LocalTimes, Person, local_times, someone
from blueprints.schedule_interview.panels.slots import SlotList, slot_list
from scheduling.availability.keeping import clock_of
from scheduling.clashes import Clash
from scheduling.free_times import Asked
from scheduling.plans import When
from scheduling.roles import attendee_in_words
from scheduling.spread import spread_times
from scheduling.venues import OnlineMeeting
from timezones import in_zone, is_zone, utc_now
from wording import first_name, listed, possessive

SOMEONE_IS_BUSY = (
    "Someone has another interview at one of these times. Remove that time, or choose another time."
)
# Free times are looked for with this length while none is typed.
_USUAL_MINUTES = 45


class DateTimePage(Page[DateTimeForm]):
    form_class = DateTimeForm

    def holds(self, dialog: Dialog, form: DateTimeForm) -> bool:
        if not form.validate():
            return False
        clashes = _clashes(dialog, form.times)
        found = [clash for each in clashes for clash in each]
        if form.offers_slots and any(clash.is_interview for clash in found):
            form.refuse("slots", SOMEONE_IS_BUSY)
            return False
        if any(clash.key not in form.accepted_clashes.keys for clash in found):
            form.refuse("accepted_clashes", OFFER_TICK_NEEDED if form.offers_slots else TICK_NEEDED)
            return False
        return True

    def check(self, dialog: Dialog, form: DateTimeForm) -> bool:
        if form.offers_slots:
            form.add_filled_in()
        return self.holds(dialog, form)

    def context(self, dialog: Dialog, form: DateTimeForm) -> dict[str, Any]:
        return {"problem": "", "out_of_band": False, **_at_that_time(dialog, form)}

    def is_filled_by_button(self, form: DateTimeForm, sent: Mapping[str, str]) -> bool:
        return form.take_from_button(sent)

    def add_suggested(self, dialog: Dialog, form: DateTimeForm) -> bool:
        """Put free times on other days into the list, and say whether there were any."""
        zone, minutes = _zone(dialog, form), form.minutes or dialog.duration_minutes or _USUAL_MINUTES
        days = {in_zone(slot.starts_at, zone).date() for slot in form.times}
        asked = _asked(dialog, zone, minutes)
        starts = spread_times(asked, days, now=utc_now(), seen_by=dialog.actor)
        form.add_all(tuple(slot_at(start, minutes, zone) for start in starts))
        return bool(starts)

    def look(self, dialog: Dialog, typed: MultiDict[str, str]) -> dict[str, Any]:
        """What belongs beside the values typed so far. Nothing is saved, and nothing refused before the form
        is sent, except that an impossible time is pointed out immediately.
        """
        form = dialog.typed(DateTimeForm, typed)
        form.validate()
        if form.offers_slots and not form.slots.data and "refused" not in typed:
            # An empty list is how the page begins. Once it was refused, it stays so.
            form.slots.errors = []
        is_typed = form.date.data is not None and form.time.data is not None
        return {
            "form": form,
            "out_of_band": True,
            "candidate": dialog.candidate,
            "problem": next(iter([*form.date.errors, *form.time.errors]), "") if is_typed else "",
            "draft": dialog.draft,
            "step": form.key,
            **_at_that_time(dialog, form, asks_calendars=True),
        }


DATE_TIME = DateTimePage()


def _at_that_time(dialog: Dialog, form: DateTimeForm, *, asks_calendars: bool = False) -> dict[str, Any]:
    """What belongs beside a form as it is: right, wrong, or half typed. The page itself never waits for
    people's calendars; what follows it does (`asks_calendars`)."""
    zone = _zone(dialog, form)
    starts_at, minutes, on = form.starts_at, form.minutes, form.date.data
    slots = form.slots.data if form.offers_slots else ()
    length = minutes or dialog.duration_minutes or _USUAL_MINUTES
    around = around_time(
        dialog.actor,
        _asked(dialog, zone, length),
        people_of(dialog, dialog.busy_user_ids()),
        on,
        starts_at if minutes is not None else None,
        slots,
        read=dialog.team_with_calendars.known,
        editions=dialog.team_with_calendars.editions,
        asks_calendars=asks_calendars,
    )
    accepted = form.accepted_clashes.keys | _accepted_later(dialog)
    times = (
        local_times(starts_at, length, zone, _people(dialog), around.around)
        if starts_at is not None
        else None
    )
    return {
        "clash_box": clash_box(around.clashes, accepted, zone, on=on, may_be_accepted=not form.offers_slots),
        # Who hosts is looked up only for an interview that needs an account.
        "hosting_warnings": hosting_warnings(host_question(dialog), minutes)
        if isinstance(dialog.venue, OnlineMeeting)
        else [],
        "local_times": times,
        "times": around.times,
        "day": around.day,
        "can_ask": around.can_ask,
        "announcement": _announcement(around, times),
        "offers_slots": form.offers_slots,
        "slot_list": _slot_list(dialog, slots, accepted) if form.offers_slots else None,
        "here": dialog.address(form.key),
    }


def _zone(dialog: Dialog, form: DateTimeForm) -> str:
    """The zone that is chosen, or the person's own while none is."""
    return form.timezone.data if is_zone(form.timezone.data or "") else dialog.actor.timezone


def _asked(dialog: Dialog, zone: str, minutes: int) -> Asked:
    """What is asked of everyone chosen so far."""
    user_ids = dialog.busy_user_ids()
    return asked_of(dialog, zone=zone, minutes=minutes, manager=dialog.hiring_manager, user_ids=user_ids)


def _slot_list(dialog: Dialog, slots: tuple[When, ...], accepted: frozenset[str]) -> SlotList:
    candidate = dialog.candidate
    return slot_list(
        slots,
        _clashes(dialog, slots),
        accepted,
        their_zone=candidate.timezone,
        of_whom=first_name(candidate.name),
    )


def _announcement(around: AroundTime, times: LocalTimes | None) -> str:
    """The warnings in a sentence or two, for screen readers."""
    busy = list(dict.fromkeys(_occupied(clash) for clash in around.clashes))
    against = [
        f"{listed(row.names)}: {', '.join(warning.words for warning in row.warnings)}."
        for row in (times.rows if times else ())
        if row.warnings
    ]
    words = [
        f"{listed(busy)} {'is' if len(busy) == 1 else 'are'} busy then." if busy else "",
        *against,
        f"{around.times.title} is on a weekend." if around.times and around.times.is_weekend else "",
    ]
    return " ".join(filter(None, words))


def _occupied(clash: Clash) -> str:
    if clash.software is None:
        return clash.name
    return f"{possessive(clash.name)} {clash.software.label} account"


def _clashes(dialog: Dialog, times: tuple[When, ...]) -> list[tuple[Clash, ...]]:
    """What else is on at each of these times for the people chosen so far."""
    return dialog.clashes_at(times, manager=dialog.hiring_manager, user_ids=dialog.busy_user_ids())


def _accepted_later(dialog: Dialog) -> frozenset[str]:
    """The clashes that were accepted on the Attendees step, for people who were chosen there."""
    saved = dialog.draft.payload.get(AttendeesForm.key, {}).get("accepted_clashes", [])
    return frozenset(" ".join(saved).split())


def _people(dialog: Dialog) -> list[Person]:
    """Everyone whose local time matters, as far as they are chosen: the candidate first, and the scheduler
    last, unless they are there already because they take part."""
    clocks = {user.id: clock_of(user) for user in dialog.team}
    people = [someone(dialog.candidate.name, "Candidate", dialog.candidate.timezone)]
    manager = dialog.hiring_manager
    if manager is not None:
        people.append(Person(manager.name, "Hiring manager", clock_of(manager), manager.id))
    people += [
        Person(
            each.name,
            attendee_in_words(each.user_id),
            clocks.get(each.user_id) if each.user_id else None,
            each.user_id,
        )
        for each in dialog.attendees()
    ]
    actor = dialog.actor
    if actor.id not in dialog.busy_user_ids():
        people.append(someone("You", "Scheduling", actor.timezone))
    return people
