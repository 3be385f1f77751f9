"""Which interviews an address asks for, and the list's address with other choices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models import InterviewStatus, InterviewType, MeetingSoftware
from scheduling.reading.days import day_in
from scheduling.reading.lists import InterviewFilter, Period, PeriodKind, TimeSort, When
from scheduling.software import offered
from timezones import start_of_day, utc_now
from web.lists import ListAddress, asked_choice, asked_date, asked_id, asked_text

TABS = (
    InterviewStatus.REQUESTED,
    InterviewStatus.ACCEPTED,
    InterviewStatus.SCHEDULED,
    InterviewStatus.COMPLETED,
    InterviewStatus.CANCELLED,
)


class View(StrEnum):
    TABLE = "table"
    CARDS = "cards"


_LABELS = {
    When.NOW: "From now on",
    When.TODAY: "Today",
    When.TOMORROW: "Tomorrow",
    When.WEEK: "This week",
    When.NEXT_WEEK: "Next week",
    When.LAST_WEEK: "Last week",
    When.OVER: "To complete",
    When.ALL: "Any time",
}
# The first one is the usual one. Interviews that are over still have to be completed only while they count
# as scheduled.
_AHEAD = (When.NOW, When.TODAY, When.TOMORROW, When.WEEK, When.NEXT_WEEK, When.OVER, When.ALL)
_ANY = (When.ALL, When.TODAY, When.WEEK, When.LAST_WEEK, When.NEXT_WEEK)


def how_options() -> tuple[tuple[str, str], ...]:
    """The choices of the type, as `filter_select` wants them: each software is under the type that needs
    one."""
    return (
        ("", "Any type"),
        (InterviewType.VIDEO.value, InterviewType.VIDEO.label),
        *((software.value, software.label) for software in offered()),
        (MeetingSoftware.OTHER.value, "Other video"),
        (InterviewType.PHONE.value, InterviewType.PHONE.label),
        (InterviewType.IN_PERSON.value, InterviewType.IN_PERSON.label),
    )


@dataclass(frozen=True)
class AskedInterviews:
    """`when` or `on` says which period was chosen; `filter` has it in instants."""

    filter: InterviewFilter
    when: When
    on: date | None
    view: View

    @property
    def when_options(self) -> tuple[tuple[str, str], ...]:
        """What the period can be, as `filter_select` wants it; the usual one has no value."""
        offered = _offered(self.filter.status)
        options = [("" if each is offered[0] else each.value, _LABELS[each]) for each in offered]
        if self.on is not None:
            options.append((self.on.isoformat(), f"{self.on:%a} {self.on.day} {self.on:%b} {self.on.year}"))
        return tuple(options)

    @property
    def chosen_when(self) -> str:
        """The value of the chosen period."""
        if self.on is not None:
            return self.on.isoformat()
        return "" if self.when is _offered(self.filter.status)[0] else self.when.value

    @property
    def address(self) -> ListAddress:
        wanted = self.filter
        return ListAddress(
            "interviews.index",
            {
                "status": wanted.status.value if wanted.status is not InterviewStatus.SCHEDULED else "",
                "q": wanted.text,
                "job": str(wanted.job_id or ""),
                "who": str(wanted.person_id or ""),
                "when": self.chosen_when,
                "how": wanted.how.value if wanted.how else "",
                "sort": "" if wanted.is_usually_sorted else wanted.sorted_by.value,
                "view": self.view.value if self.view is not View.TABLE else "",
            },
        )


def asked_interviews(zone: str) -> AskedInterviews:
    """What the request's address asks for; days and weeks are those of this zone. What cannot be read is as
    if it were not there."""
    status, now = asked_choice("status", InterviewStatus) or InterviewStatus.SCHEDULED, utc_now()
    offered, when, on = _offered(status), asked_choice("when", When), asked_date("when")
    if when not in offered:
        when = offered[0]
    return AskedInterviews(
        InterviewFilter(
            status=status,
            text=asked_text(),
            job_id=asked_id("job"),
            person_id=asked_id("who"),
            how=asked_choice("how", InterviewType) or asked_choice("how", MeetingSoftware),
            period=_days(on, 1, zone) if on is not None else _period(when, day_in(now, zone), zone),
            sort=asked_choice("sort", TimeSort),
            zone=zone,
        ),
        when,
        on,
        asked_choice("view", View) or View.TABLE,
    )


def _offered(status: InterviewStatus) -> tuple[When, ...]:
    return _AHEAD if status is InterviewStatus.SCHEDULED else _ANY


def _period(when: When, today: date, zone: str) -> Period:
    monday = today - timedelta(days=today.weekday())
    match when:
        case When.TODAY:
            return _days(today, 1, zone)
        case When.TOMORROW:
            return _days(today + timedelta(days=1), 1, zone)
        case When.WEEK:
            return _days(monday, 7, zone)
        case When.NEXT_WEEK:
            return _days(monday + timedelta(days=7), 7, zone)
        case When.LAST_WEEK:
            return _days(monday - timedelta(days=7), 7, zone)
        case When.NOW | When.OVER | When.ALL:
            return Period(PeriodKind(when.value))


def _days(first: date, number: int, zone: str) -> Period:
    """So many days in this zone."""
    ends = first + timedelta(days=number)
    return Period(PeriodKind.WITHIN, start_of_day(first, zone), start_of_day(ends, zone))
