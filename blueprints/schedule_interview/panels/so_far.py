"""The decisions so far, in one line for the bar below each step."""

from __future__ import annotations

from collections.abc import Iterator

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from scheduling.venues import OnlineMeeting, PastedLink
from timezones import local_moment
from wording import counted, people, short_duration


def so_far(dialog: Dialog) -> str:
    """`Phone · Mon 30 Nov, 15:15 CET · 45 min · 3 people`, in the zone that was chosen.

    What is not decided, or does not hold anymore, is left out; "" before anything is. People count as soon as
    they are filled in, because Finalize may be reached without opening Attendees.
    """
    return " · ".join(_pieces(dialog))


def _pieces(dialog: Dialog) -> Iterator[str]:
    match dialog.venue:
        case OnlineMeeting(software, _):
            yield software.label
        case PastedLink(_, label):
            yield label
        case None:
            pass
        case other:
            yield other.interview_type.label
    times = dialog.times_so_far
    if dialog.subject.offers_slots and times:
        yield counted(len(times), "time")
    elif times:
        yield local_moment(times[0].starts_at, times[0].timezone).short
    if len({slot.duration_minutes for slot in times}) == 1:
        yield short_duration(times[0].duration_minutes)
    if dialog.checked(AttendeesForm) is not None or _is_filled_in(dialog):
        # The hiring manager is never chosen a second time as an attendee, and the candidate comes too.
        yield people(len(dialog.attendees()) + 2)


def _is_filled_in(dialog: Dialog) -> bool:
    is_begun = bool(dialog.draft.payload) and not dialog.is_saved(AttendeesForm)
    return is_begun and dialog.hiring_manager is not None and bool(dialog.attendees())
