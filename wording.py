"""How pages, emails, and the timeline write names, counts, durations, and lists. Knows no rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

# Before a name, and not one that anyone is called by.
# fmt: off
_TITLES = frozenset({
    "dame", "dipl", "dr", "fr", "frau", "herr", "hon", "ing", "lady", "lord", "mag", "miss", "mme", "mr",
    "mrs", "ms", "mx", "prof", "rev", "señor", "señora", "sir",
})
# After a name and a comma, and no part of a name, as they are written without their periods.
_AFTER_A_NAME = frozenset({
    "ba", "bsc", "cpa", "esq", "esquire", "gmbh", "ii", "iii", "inc", "iv", "jr", "junior", "llc", "llm",
    "ltd", "ma", "mba", "md", "msc", "phd", "phr", "pmp", "recruiter", "recruiting", "rn", "senior", "sr",
})
# fmt: on


def first_name(name: str) -> str:
    """`Priya` for `Priya Raman` and for `Raman, Priya`, which is enough inside a team and in a greeting.

    The whole name where its first word is not what people are called by: a title, an initial or a sign, and
    a family name of one Chinese character. What follows a comma is taken for given names, as spreadsheets and
    mail programs write them, unless it is a degree, a role, or the like: `John Doe, Jr.`, `Sam Ortiz, CTO`.
    """
    if given := _given_names(name):
        called = first_name(given)
        return called if len(called) > 1 and " " not in called else name
    first, *others = name.split() or [name]
    looks_like_one = len(first) > 1 and first[0].isalpha() and first[-1] not in ".,;"
    is_a_name = looks_like_one and first.casefold() not in _TITLES
    return first if is_a_name or not others else name


def _given_names(name: str) -> str:
    """`José Luis` of `García Márquez, José Luis`; empty for a name that isn't written like that."""
    family, _, given = (part.strip() for part in name.partition(","))
    if not family or not given or "," in given:
        return ""
    first = given.split()[0].replace(".", "")
    is_short_for_something = len(first) > 1 and first.isupper() and not family.isupper()
    return "" if is_short_for_something or first.casefold() in _AFTER_A_NAME else given


def possessive(name: str) -> str:
    """`Priya's` for `Priya Raman`."""
    return f"{first_name(name)}'s"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 hour`, `3 hours`; `many` is for nouns whose plural is not just an added s."""
    return f"{number} {one}" if number == 1 else f"{number} {many or f'{one}s'}"


def people(number: int) -> str:
    """`1 person`, `4 people`."""
    return counted(number, "person", "people")


def duration(minutes: int) -> str:
    """`45 minutes`, `1 hour`, `1 hour 30 minutes`, `24 hours`. Days are not counted: "24 hours before" is the
    same clock time, while "1 day before" sounds like any time of that day."""
    hours, rest = divmod(minutes, 60)
    pieces = [counted(hours, "hour")] if hours else []
    if rest or not hours:
        pieces.append(counted(rest, "minute"))
    return " ".join(pieces)


def ago(past: timedelta) -> str:
    """How long something is past: `just now`, `5 minutes ago`, `3 hours ago`, `2 days ago`."""
    minutes = int(past.total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{counted(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{counted(hours, 'hour')} ago" if hours < 24 else f"{counted(hours // 24, 'day')} ago"


def short_names(names: Sequence[str]) -> list[str]:
    """The first name of each, and the whole name of those who share theirs with another of them."""
    short = [first_name(name) for name in names]
    return [first if short.count(first) == 1 else name for first, name in zip(short, names, strict=True)]


def short_duration(minutes: int) -> str:
    """The same where there is little room: `45 min`, `1 hr`, `1 hr 30 min`, `24 hr`."""
    hours, rest = divmod(minutes, 60)
    pieces = [f"{hours} hr"] if hours else []
    if rest or not hours:
        pieces.append(f"{rest} min")
    return " ".join(pieces)


def listed(words: Sequence[str]) -> str:
    """A list in a sentence: `Ada and Ben`, `Ada, Ben and Dina`, `Okafor, Ada; and Frei, Ben`."""
    between = _between(words)
    last = " and " if between == ", " else "; and "
    return f"{between.join(words[:-1])}{last}{words[-1]}" if len(words) > 1 else "".join(words)


def in_a_row(words: Iterable[str]) -> str:
    """A list outside a sentence: `Ada, Ben, Dina`, `Okafor, Ada; Frei, Ben`. Empty for none."""
    words = list(words)
    return _between(words).join(words)


def _between(words: Sequence[str]) -> str:
    """What separates these words. Names may have commas of their own, as spreadsheets and mail programs write
    them, and so may titles of jobs; with commas between them as well, two people would read as four. What is
    in quotation marks ends with them."""
    return "; " if any("," in each and each[-1] != "”" for each in words) else ", "


def owned_by(name: str) -> str:
    """`Acme's`, `Smith & Sons'`: what belongs to someone who is named in full."""
    return f"{name}'" if name[-1:] in "sS" and name else f"{name}'s"


def with_article(noun: str) -> str:
    """`a Recruiter`, `an Admin`."""
    return f"an {noun}" if noun[:1].lower() in "aeio" else f"a {noun}"
