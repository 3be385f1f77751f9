"""Which zones a text may mean that a person or a program wrote.

A text that means one zone is understood. One that means several is asked about, because two people would not
agree on it: "IST" is Kolkata, Dublin, and Jerusalem. Nothing here reads a clock: callers say when.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, lru_cache

from tzlocal.windows_tz import win_tz

import zone_words
from zone_data import UTC_NAME, clock, countries, country_of, known, links, names, present_name, version

# As many as anyone compares before giving up.
_OFFERED = 7
_AT_LEAST = 2
# No name of a zone is longer, with its country and a remark.
_LONGEST = 120


@lru_cache(4096)
def as_written(text: str, at: datetime) -> str | None:
    """The present name of the one zone that a text means, or None.

    Read are IANA's names, old or new, with spaces or without, in any case; `GMT`; the names that Windows and
    Outlook use, such as `W. Europe Standard Time` or `(UTC+01:00) Amsterdam, Berlin, Bern`; those of
    calendars, such as `Eastern Time - New York`; a place alone, such as `Kolkata`, that only one zone is
    called after, or one of `zone_words`; a country whose clocks all show the same; and the name of a clock
    that one country alone has, such as `JST`. At `at` (aware) an offset counts.
    """
    found = _settled(text) or _settled_of(all_meant(text, at))
    return found if found in known() else None


@lru_cache(1024)
def likely(text: str, at: datetime, near: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The few zones that a text most likely means, the likeliest first: none for what is no zone, one for
    what is understood. Of the zones in `near`, those that it may mean come first."""
    if one := as_written(text, at):
        return (one,)
    close = {name: place for place, name in enumerate(dict.fromkeys(map(present_name, near)))}
    found = all_meant(text, at)
    if (minutes := _bare_offset(plain(text))) is not None:
        # A list may have been written in summer.
        found |= {name for name in close if name in known() and minutes in _minutes_in_a_year(name)}
    listed = zone_words.SEVERAL.get(_without_time(plain(text)), ())
    in_list = {name: place for place, name in enumerate(listed)}
    ranked = sorted(found, key=lambda name: (close.get(name, len(close)), in_list.get(name, 0), *_rank(name)))
    first_with: dict[tuple[str, str], str] = {}
    for name in ranked:
        # Two zones of one country with the same clock are no choice for anyone.
        first_with.setdefault((same_clock(name), country_of().get(name, "")), name)
    apart = list(first_with.values())
    known_places = [name for name in apart if name in close or name in _large()]
    # Each clock first, then more of the places that have the likeliest ones.
    other_clocks = {
        same_clock(name): name for name in reversed(known_places if minutes is not None else apart)
    }
    picked = [*(name for name in apart if name in close), *reversed(other_clocks.values()), *known_places]
    few = list(dict.fromkeys(picked))[:_OFFERED]
    few += [name for name in apart if name not in few][: max(0, _AT_LEAST - len(few))]
    return tuple(sorted(few, key=ranked.index))


@lru_cache(4096)
def all_meant(text: str, at: datetime) -> frozenset[str]:
    """Every zone that a text may mean at `at`: where it says several things, such as `IST (India)`, those
    that all of them may mean."""
    written = plain(text)
    if not written or len(written) > _LONGEST:
        return frozenset()
    if (minutes := _bare_offset(written)) is not None:
        now = frozenset(name for name in _inhabited() if _minutes_at(name, at) == minutes)
        # One alone is sure only if no one else has it in another part of the year.
        return now if now and _settled_of(now) is None else _with_offset(minutes)
    if found := _word(written):
        return found
    pieces = [piece for piece in _BETWEEN.split(_OFFSET.sub(r", \g<0>, ", written)) if piece]
    return _agreed(pieces) or _beside_a_place(written)


def spellings() -> dict[str, list[str]]:
    """Each of `names` with every other way of writing it that is not its own place, in the form of `plain`:
    a place alone is found in the name."""
    found: dict[str, list[str]] = {name: [] for name in names()}
    own = {name: (plain(name), plain(name).rpartition("/")[2]) for name in names()}
    for written, name in {**_written(), **_understood_words()}.items():
        if written not in own[name]:
            found[name].append(written)
    # In the same order in every process: the file that they are sent in is named after what it holds.
    return {name: sorted(others) for name, others in found.items()}


def unclear_words(at: datetime) -> dict[str, tuple[str, ...]]:
    """The words that mean several zones, in the form of `plain`, each with those that are likely."""
    with_time = {f"{word}{end}" for word in zone_words.CLOCK_NAMES for end in ("", " time", " standard time")}
    return {word: few for word in sorted({*_several_words(), *with_time}) if len(few := likely(word, at)) > 1}


def plain(text: str) -> str:
    """A text as zones are compared: without case, accents, doubled spaces, and signs no one can see."""
    letters = text.replace("_", " ").replace("\\", "/").casefold()
    if not letters.isascii():
        # Each start reads thousands of names, of which hardly any need this.
        apart = unicodedata.normalize("NFKD", letters)
        seen = "".join(sign for sign in apart if unicodedata.category(sign) not in {"Cf", "Mn"})
        letters = seen.replace("–", "-").replace("−", "-").replace("’", "'")
    words = re.sub(r" ?/ ?", "/", " ".join(letters.split()))
    return re.sub(" time ?zone$", " time", words).replace(" daylight time", " standard time")


@cache
def same_clock(name: str) -> str:
    """Equal for zones whose clocks show the same from now on, whatever they are called."""
    return _ABBREVIATION.sub("", clock(name)) if name in known() else ""


# Hours and minutes to UTC, as people write them: `GMT+2`, `UTC+05:30`, `+0530`, `UTC 5.5`.
_OFFSET = re.compile(r"(?<![\w+-])(?:(?:utc|gmt) ?)?([+-]) ?(\d\d?)(?:(?:[:.h])?([0-5]\d)|([.,]5))?(?!\w)")
# How Windows begins the names it shows: the clock in winter, then the places.
_WINDOWS = re.compile(r"\((?:utc|gmt)(?:([+-])(\d\d?):?(\d\d)?)?\)\s*")
_REMARK = re.compile(r"\s*\([^()]*\)$")
_BETWEEN = re.compile(r"\s*(?:[(),;|]|\s-\s)\s*")
# IANA's own, whose sign is the other way round.
_ETC = re.compile(r"etc/gmt([+-])(\d\d?)")
_SUFFIX = re.compile(r" (?:(?:standard|summer|local) )?(?:time|zeit)$")
_ABBREVIATION = re.compile(r"<[^>]*>|[a-z]{3,}", re.I)
_POSIX = re.compile(r"(<[^>]*>|[a-z]{3,})([+-]?\d+(?::\d+)?)?", re.I)
# IANA has these as zones without a place: "EST" is Panama there, and few who write it live in Panama.
_CLOCKS = frozenset({"cet", "eet", "est", "hst", "met", "mst", "wet", "factory", "gmt+0", "gmt-0", "gmt0"})


def _settled(text: str) -> str | None:
    """The zone that a text names, or whose place it is."""
    present = present_name(text.strip())
    if present in known():
        return present
    written = plain(text)
    offset = _WINDOWS.match(written)
    if offset:
        return _of_several(written[offset.end() :], _minutes(offset[1], offset[2], offset[3]))
    # What programs add in parentheses is an abbreviation or an offset: `Europe/Berlin (CET)`.
    for each in (written, _REMARK.sub("", written), written.rpartition(" - ")[2]):
        if found := _written().get(plain(each)):
            return found if each == written or not _contradicts(written, found) else None
    place, _, country = written.partition(", ")
    found = _written().get(place)
    # "London, Ontario" is another place than London.
    return found if found and country in _country_words().get(found, ()) else None


def _contradicts(written: str, name: str) -> bool:
    """Whether a remark behind a place, or the clock before it, cannot be about that zone."""
    remark = _REMARK.search(written)
    other = remark[0].strip(" ()") if remark else written.rpartition(" - ")[0]
    minutes = _bare_offset(other)
    if minutes is not None:
        return minutes not in _minutes_in_a_year(name)
    return (
        other in _several_words() and other not in zone_words.SEVERAL and name not in _several_words()[other]
    )


def _settled_of(found: frozenset[str]) -> str | None:
    """The one zone in whose stead all of them can be: one country has them, and their clocks are the same."""
    if not found:
        return None
    are_one = len({(same_clock(name), country_of().get(name, "")) for name in found}) == 1
    return min(found, key=_rank) if are_one else None


def _word(written: str) -> frozenset[str]:
    """The zones that a text may mean which says one thing."""
    for word in (written, _without_time(written)):
        if word in zone_words.CLOCK_NAMES:
            return _word(zone_words.CLOCK_NAMES[word])
        if word in zone_words.SEVERAL:
            return frozenset(zone_words.SEVERAL[word])
        if found := _written().get(word):
            return frozenset({found})
        if several := _several_words().get(word):
            return several
    return frozenset()


def _without_time(written: str) -> str:
    """A clock or a place without the "time" behind it, and under one name where it has several."""
    word = _SUFFIX.sub("", written)
    return zone_words.CLOCK_NAMES.get(word, word)


def _beside_a_place(written: str) -> frozenset[str]:
    """What a place means with the short name of a clock before or behind it, or of a state: `Berlin CET`."""
    place, _, last = written.rpartition(" ")
    first, _, rest = written.partition(" ")
    if last in _clock_words() or last in zone_words.STATE_CODES:
        return _agreed([place, last])
    return _agreed([first, rest]) if first in _clock_words() else frozenset()


def _agreed(pieces: Iterable[str]) -> frozenset[str]:
    """What all pieces may mean, and nothing if one of them means nothing."""
    found: frozenset[str] | None = None
    for number, piece in enumerate(pieces):
        if (minutes := _bare_offset(piece)) is not None:
            meant = _with_offset(minutes)
        elif not (meant := _word(piece)) and "/" in piece:
            meant = _agreed(piece.split("/"))
        if piece == "gmt":
            # Alone it is UTC; with a place, what London has in winter.
            meant |= _several_words()[piece]
        if number and piece in zone_words.STATE_CODES:
            meant |= frozenset(zone_words.STATE_CODES[piece])
        found = meant if found is None else found & meant
        if not found:
            return frozenset()
    return found or frozenset()


def _bare_offset(written: str) -> int | None:
    """The minutes to UTC, if a text says nothing else."""
    if etc := _ETC.fullmatch(written):
        return _minutes("-" if etc[1] == "+" else "+", etc[2], None)
    offset = _OFFSET.fullmatch(written.strip("()"))
    return _minutes(offset[1], offset[2], "30" if offset[4] else offset[3]) if offset else None


def _minutes(sign: str | None, hours: str | None, minutes: str | None) -> int:
    return (-1 if sign == "-" else 1) * (int(hours or 0) * 60 + int(minutes or 0))


def _of_several(places: str, minutes: int) -> str | None:
    """The first of the places with that many minutes to UTC in winter: all of them share one clock."""
    for place in (places, _REMARK.sub("", places), *places.split(",")):
        found = zone_words.WINDOWS_PLACES.get(plain(place)) or _written().get(plain(place))
        if found is not None and _winter_minutes(found) == minutes:
            return found
    return None


@cache
def _winter_minutes(name: str) -> int:
    """How far a zone is from UTC while no summer time is kept, in minutes."""
    # Summer time is kept in January or in July, and in Ireland IANA counts the winter as the exception.
    year = int(version()[:4])
    return min(_minutes_at(name, datetime(year, month, 1, tzinfo=UTC)) for month in (1, 7))


@lru_cache(4096)
def _minutes_at(name: str, at: datetime) -> int:
    offset = at.astimezone(zoneinfo.ZoneInfo(name)).utcoffset()
    return int(offset.total_seconds()) // 60 if offset is not None else 0


@cache
def _minutes_in_a_year(name: str) -> frozenset[int]:
    """All that a zone is from UTC in the course of a year, in minutes."""
    year = int(version()[:4])
    return frozenset(_minutes_at(name, datetime(year, month, 1, tzinfo=UTC)) for month in (1, 7))


def _with_offset(minutes: int) -> frozenset[str]:
    """The zones that are that far from UTC at any time of the year."""
    return frozenset(name for name in _inhabited() if minutes in _minutes_in_a_year(name))


def _rank(name: str) -> tuple[int, int]:
    """Smaller for the zones that are likelier where nothing else tells them apart."""
    return _large().get(name, len(_large())), _in_its_country().get(name, 0)


@cache
def _large() -> dict[str, int]:
    return {name: place for place, name in enumerate(zone_words.LARGE)}


@cache
def _in_its_country() -> dict[str, int]:
    return {name: place for place, name in enumerate(country_of())}


@cache
def _inhabited() -> frozenset[str]:
    """The zones of places where people live."""
    return frozenset(name for name in names() if country_of().get(name) != "AQ")


@cache
def _several_words() -> dict[str, frozenset[str]]:
    """The words of which the zones have to be put together: countries, states, and short names of clocks."""
    found: dict[str, set[str]] = {}
    for name in _inhabited() - {UTC_NAME}:
        for word in _words_of_country(country_of()[name]):
            found.setdefault(word, set()).add(name)
    for name, zones in zone_words.STATES.items():
        found.setdefault(name, set()).update(zones)
    for word, clocks in _clock_words().items():
        found.setdefault(word, set()).update(clocks)
    for word, zones in zone_words.SEVERAL.items():
        found[word] = set(zones)
    return {word: frozenset(zones) for word, zones in found.items()}


@cache
def _clock_words() -> dict[str, frozenset[str]]:
    """The short names of clocks: IANA's, and those for which IANA has numbers."""
    found = {word: set(zones) for word, zones in zone_words.ALSO_CLOCKS.items()}
    for name in _inhabited():
        for match in _POSIX.finditer(clock(name).partition(",")[0]):
            if match[1].isalpha():
                found.setdefault(match[1].casefold(), set()).add(name)
    return {word: frozenset(zones) for word, zones in found.items()}


@cache
def _understood_words() -> dict[str, str]:
    return {word: name for word, zones in _several_words().items() if (name := _settled_of(zones))}


@cache
def _words_of_country(code: str) -> frozenset[str]:
    """What a country is called in English: `Britain (UK)`, `Bosnia & Herzegovina`."""
    name = plain(countries()[code])
    also = zone_words.COUNTRIES.get(code, ())
    return frozenset({name, name.replace(" & ", " and "), _REMARK.sub("", name), *also})


@cache
def _country_words() -> dict[str, frozenset[str]]:
    """What the country of each zone is called in English, and its code."""
    return {name: _words_of_country(code) | {code.casefold()} for name, code in country_of().items()}


@cache
def _written() -> dict[str, str]:
    """Every way of writing a zone, in the form of `plain`, and the present name it means."""
    places: dict[str, set[str]] = {}
    found: dict[str, str] = {}
    for windows, name in win_tz.items():
        if (present := present_name(name)) in known():
            found[plain(windows)] = present
    of_countries = {word for code in countries() for word in _words_of_country(code)}
    for name in (*names(), *links()):
        # Without a region are countries, of which IANA's table knows more, and clocks.
        present = present_name(name if "/" in name else links().get(name, name))
        written = plain(name)
        if present in known() and written not in _CLOCKS | of_countries:
            found[written] = present
            place = written.rpartition("/")[2]
            if place not in zone_words.NO_PLACES:
                places.setdefault(place, set()).add(present)
    for place, presents in places.items():
        if len(presents) == 1:
            found.setdefault(place, *presents)
    for name, cities in zone_words.CITIES.items():
        for city in cities:
            found.setdefault(city, name)
    for word in zone_words.SEVERAL:
        found.pop(word, None)
    return found
