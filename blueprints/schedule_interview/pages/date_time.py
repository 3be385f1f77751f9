"""Date & Time, with clashes, everyone's local time, and the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.clash_tick import TICK_NEEDED
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.pages.asking import asked_of, people_of
from blueprints.schedule_interview.pages.base import Page, host_question
from blueprints.schedule_interview.panels.around_time import AroundTime, around_time
from blueprints.schedule_interview.panels.clashes import clash_box
from blueprints.schedule_interview.panels.host import hosting_warnings
from blueprints.schedule_interview.panels.local_times import LocalTimes, OnTheClock, local_times
from scheduling.clashes import Clash
from timezones import is_zone
from wording import listed, possessive

# Free times are looked for with this length while none is typed.
_USUAL_MINUTES = 45


class DateTimePage(Page[DateTimeForm]):
    form_class = DateTimeForm

    def holds(self, dialog: Dialog, form: DateTimeForm) -> bool:
        if not form.validate():
            return False
        if any(clash.key not in form.accepted_clashes.keys for clash in _clashes(dialog, form)):
            form.refuse("accepted_clashes", TICK_NEEDED)
            return False
        return True

    def context(self, dialog: Dialog, form: DateTimeForm) -> dict[str, Any]:
        return {"problem": "", "out_of_band": False, **_at_that_time(dialog, form)}

    def is_filled_by_button(self, form: DateTimeForm, sent: Mapping[str, str]) -> bool:
        return form.take_from_button(sent)

    def look(self, dialog: Dialog, typed: MultiDict[str, str]) -> dict[str, Any]:
        """What belongs beside the values typed so far. Nothing is saved, and nothing refused before the form
        is sent, except that an impossible time is pointed out immediately.
        """
        form = dialog.typed(DateTimeForm, typed)
        form.validate()
        is_typed = form.date.data is not None and form.time.data is not None
        return {
            "form": form,
            "out_of_band": True,
            "candidate": dialog.candidate,
            "problem": next(iter([*form.date.errors, *form.time.errors]), "") if is_typed else "",
            **_at_that_time(dialog, form),
        }


DATE_TIME = DateTimePage()


def _at_that_time(dialog: Dialog, form: DateTimeForm) -> dict[str, Any]:
    """What belongs beside a form as it is: right, wrong, or half typed."""
    zone = form.timezone.data if is_zone(form.timezone.data or "") else dialog.actor.timezone
    starts_at, minutes, on = form.starts_at, form.minutes, form.date.data
    user_ids = dialog.busy_user_ids()
    asked = asked_of(
        dialog,
        zone=zone,
        minutes=minutes or dialog.duration_minutes or _USUAL_MINUTES,
        manager=dialog.hiring_manager,
        user_ids=user_ids,
    )
    around = around_time(
        dialog.actor, asked, people_of(dialog, user_ids), on, starts_at if minutes is not None else None
    )
    accepted = form.accepted_clashes.keys | _accepted_later(dialog)
    times = local_times(starts_at, zone, _people(dialog)) if starts_at is not None else None
    return {
        "clash_box": clash_box(around.clashes, accepted, zone, on=on),
        "hosting_warnings": hosting_warnings(host_question(dialog), minutes),
        "local_times": times,
        "times": around.times,
        "day": around.day,
        "announcement": _announcement(around, times),
    }


def _announcement(around: AroundTime, times: LocalTimes | None) -> str:
    """The warnings in a sentence or two, for screen readers."""
    busy = list(dict.fromkeys(_occupied(clash) for clash in around.clashes))
    nights = ", ".join(dict.fromkeys(row.place for row in times.rows if row.is_night)) if times else ""
    words = [
        f"{listed(busy)} {'is' if len(busy) == 1 else 'are'} busy then." if busy else "",
        f"Outside working hours in {nights}." if nights else "",
        f"{around.times.title} is on a weekend." if around.times and around.times.is_weekend else "",
    ]
    return " ".join(filter(None, words))


def _occupied(clash: Clash) -> str:
    if clash.software is None:
        return clash.name
    return f"{possessive(clash.name)} {clash.software.label} account"


def _clashes(dialog: Dialog, form: DateTimeForm) -> list[Clash]:
    """What else happens at the chosen time for the people chosen so far."""
    if form.starts_at is None or form.minutes is None:
        return []
    return dialog.clashes_at(
        form.starts_at,
        form.minutes,
        manager=dialog.hiring_manager,
        user_ids=dialog.busy_user_ids(),
    )


def _accepted_later(dialog: Dialog) -> frozenset[str]:
    """The clashes that were accepted on the Attendees step, for people who were chosen there."""
    saved = dialog.draft.payload.get(AttendeesForm.key, {}).get("accepted_clashes", [])
    return frozenset(" ".join(saved).split())


def _people(dialog: Dialog) -> list[OnTheClock]:
    """Everyone whose local time matters, as far as they are chosen: the candidate first, and the scheduler
    last, unless they are there already because they take part."""
    zones = {user.id: user.timezone for user in dialog.team}
    people = [OnTheClock(dialog.candidate.name, "Candidate", dialog.candidate.timezone)]
    manager = dialog.hiring_manager
    if manager is not None:
        people.append(OnTheClock(manager.name, "Hiring manager", manager.timezone))
    people += [
        OnTheClock(person.name, "Attendee", zones.get(person.user_id) if person.user_id else None)
        for person in dialog.attendees()
    ]
    actor = dialog.actor
    if actor.id not in dialog.busy_user_ids():
        people.append(OnTheClock("You", "Scheduling", actor.timezone))
    return people
