"""Which interviews a search text asks for by the way people meet or by their day: `phone`, `video`,
`tomorrow`, `next week`, `dina may 12`, and the name of any meeting software.

None of that is in anyone's name. The lists have filters for it, so a search offers the list with the filters
that are meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from day_reading import day_as_written
from models import InterviewStatus, InterviewType, MeetingSoftware
from scheduling.reading.lists import When
from scheduling.software import offered

How = InterviewType | MeetingSoftware

# A longer text is about something else.
_MOST_WORDS, _LONGEST_DAY = 8, 4
# While a word is being typed; a shorter one begins too much.
_SHORTEST = 3
_TYPES = {"video": InterviewType.VIDEO, "phone": InterviewType.PHONE, "in person": InterviewType.IN_PERSON}
_WEEKS = {"last week": When.LAST_WEEK, "this week": When.WEEK, "next week": When.NEXT_WEEK}
# What people put around it, which tells no interviews apart.
_BETWEEN = frozenset(
    {"a", "at", "by", "call", "calls", "for", "in", "interview", "interviews", "meeting", "meetings"}
    | {"on", "over", "the", "via", "video", "with"}
)


@dataclass(frozen=True)
class Asked:
    """What is asked for. `when`: the days as the list's address writes them, or "". `text`: what is still to
    be searched for. `words`: all of it, `Phone interviews tomorrow`."""

    how: How | None
    when: str
    status: InterviewStatus
    text: str
    words: str

    @property
    def choices(self) -> dict[str, str | None]:
        """The same as choices of the list's address, without those that it says nothing about."""
        choices: dict[str, str | None] = {"q": self.text or None}
        if self.when:
            choices["when"] = self.when
        if self.how is not None:
            choices["how"] = self.how.value
        if self.status is not InterviewStatus.SCHEDULED:
            choices["status"] = self.status.value
        return choices


def asked_for(text: str, today: date) -> Asked | None:
    """What a search text asks for; None if it names neither a day nor a way to meet. `today`: the
    reader's."""
    rest = text.casefold().replace(",", " ").split()
    if len(rest) > _MOST_WORDS:
        return None
    when, said, is_past = _take_days(rest, today)
    how = _take_software(rest) or _take_type(rest)
    if how is None and not when:
        return None
    left = [word for word in rest if word not in _BETWEEN]
    status = InterviewStatus.COMPLETED if is_past else InterviewStatus.SCHEDULED
    words = [_what(how, is_past=is_past), said, f"for “{' '.join(left)}”" if left else ""]
    return Asked(how, when, status, " ".join(left), " ".join(filter(None, words)))


def _take_days(words: list[str], today: date) -> tuple[str, str, bool]:
    """The days that some of the words name, which are taken out: as an address writes them, in words, and
    whether they are past."""
    for length in range(min(_LONGEST_DAY, len(words)), 0, -1):
        for place in range(len(words) - length + 1):
            written = " ".join(words[place : place + length])
            week, day = _WEEKS.get(written), day_as_written(written, today)
            if week is not None:
                del words[place : place + length]
                return week.value, written, week is When.LAST_WEEK
            if day is not None:
                del words[place : place + length]
                return *_called(day, today), day < today
    return "", "", False


def _called(day: date, today: date) -> tuple[str, str]:
    away = (day - today) // timedelta(days=1)
    near = {-1: (day.isoformat(), "yesterday"), 0: (When.TODAY.value, "today")}
    near[1] = (When.TOMORROW.value, "tomorrow")
    year = f" {day.year}" if day.year != today.year else ""
    return near.get(away, (day.isoformat(), f"on {day:%a} {day.day} {day:%b}{year}"))


def _take_software(words: list[str]) -> MeetingSoftware | None:
    """The software that some of the words name, which are taken out: its whole name or a word of it."""
    for length in (2, 1):
        for place in range(len(words) - length + 1):
            written = " ".join(words[place : place + length])
            for software in offered():
                name = software.label.casefold()
                if any(_begins(written, each) for each in (name, *name.split())):
                    del words[place : place + length]
                    return software
    return None


def _take_type(words: list[str]) -> InterviewType | None:
    """The type that the words name, if they name nothing else: there may be a job called Video
    Editor."""
    kept = [word for word in words if word == "video" or word not in _BETWEEN - {"in"}]
    written = " ".join(kept).replace("-", " ")
    found = next((kind for name, kind in _TYPES.items() if _begins(written, name)), None)
    if found is not None:
        words.clear()
    return found


def _begins(written: str, name: str) -> bool:
    return len(written) >= _SHORTEST and name.startswith(written)


def _what(how: How | None, *, is_past: bool) -> str:
    match how:
        case InterviewType():
            kind = "in-person" if how is InterviewType.IN_PERSON else how.label.lower()
            named = f"{kind} interviews"
        case MeetingSoftware():
            named = f"interviews on {how.label}"
        case None:
            named = "interviews"
    return f"Completed {named}" if is_past else named[0].upper() + named[1:]
