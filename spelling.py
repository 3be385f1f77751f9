"""Which names are meant by a text that none of them contains, because it is spelled in another way: `Prya`
for `Priya`, `Mohamed` for `Mohammed`, `Catharina` for `Katarina`, two letters swapped, one too many or
missing.

It only finds names to offer. What it takes for the same may be two people, so nothing is ever chosen by it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import TypeVar

from searching import spellings, words_of

# As many as one can choose from at a glance.
OFFERED = 3
# Between the words of a name, beside spaces.
_BETWEEN_WORDS = str.maketrans(",;-", "   ")
# What looks like a part of an address or a number is no name.
_IN_NO_NAME = re.compile(r"[@\d]")
# A letter in a short word, two in a longer one. In one of two letters, nearly every other would be meant.
_SHORTEST, _LONG = 3, 6

Row = TypeVar("Row", bound=Hashable)


def may_be_a_name(text: str) -> bool:
    """Whether a search text can be misspelled at all: not an empty one, nor one of an address or number."""
    return bool(words_of(text)) and _IN_NO_NAME.search(text) is None


def nearest(text: str, keys: Mapping[Row, str]) -> list[Row]:
    """The few rows whose names are the most similar to a search text, the most similar first. `keys` are the
    keys of their names (`models.search_key`). Every word of the text has to be similar to a word of the name,
    in any order, or a part of one.

    Empty if a name has all of the words as typed: then the spelling is not what is wrong.
    """
    if not may_be_a_name(text):
        return []
    parts = {row: key.translate(_BETWEEN_WORDS).split() for row, key in keys.items()}
    vocabulary = list({part for of_name in parts.values() for part in of_name})
    found = dict.fromkeys(parts, 0)
    for word in words_of(text):
        apart = _similar(word, vocabulary)
        found = {
            row: so_far + min(apart[part] for part in parts[row] if part in apart)
            for row, so_far in found.items()
            if not apart.keys().isdisjoint(parts[row])
        }
    if not found or min(found.values()) == 0:
        return []
    return _first(spellings(text)[0], found, keys)


def has_whole(text: str, names: Iterable[str]) -> bool:
    """Whether one of these keys of names has every word of the text as a word of its own: then the search
    has found what it was for. `Jon` is no word of `Jonas`."""
    words = [set(spellings(word)) for word in words_of(text)]
    parts = [set(name.translate(_BETWEEN_WORDS).split()) for name in names]
    return any(all(word & each for word in words) for each in parts)


def one_letter_away(text: str, keys: Mapping[Row, str]) -> list[Row]:
    """The few rows that a text may mean beside those that it finds: `John` for `Jon`, which finds `Jonas`.
    One letter of a word is another, missing, too many, or swapped with its neighbor, and the word begins in
    the same way; of a word of three letters, one is missing. `keys` as for `nearest`."""
    words = [spellings(word)[0] for word in words_of(text)]
    if not may_be_a_name(text):
        return []
    found = {
        row: sum(away)
        for row, key in keys.items()
        if max(away := _letters_away(words, key.translate(_BETWEEN_WORDS).split())) == 1
    }
    return _first(spellings(text)[0], found, keys) if found else []


def _letters_away(words: Sequence[str], parts: Sequence[str]) -> list[int]:
    """For each of these words, how far the nearest part of a name is: none, one letter, or further."""
    from rapidfuzz.distance import OSA

    def away(word: str, part: str) -> int:
        if word in part:
            return 0
        is_long_enough = len(word) > _SHORTEST or (len(word) == _SHORTEST and len(part) > _SHORTEST)
        if not is_long_enough or word[0] != part[0]:
            return 2
        return min(2, OSA.distance(word, part, score_cutoff=1))

    return [min((away(word, part) for part in parts), default=2) for word in words]


def _similar(word: str, vocabulary: Sequence[str]) -> dict[str, int]:
    """The words that may be meant by this one, and how many letters they are apart."""
    # Loaded only where what was meant was not found, which most processes never come to.
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    apart: dict[str, int] = {}
    for key in set(spellings(word)):
        most = 0 if len(key) < _SHORTEST else 1 if len(key) < _LONG else 2
        for part, letters, _ in extract(
            key, vocabulary, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
        ):
            # Two letters in a word of four are another one.
            if letters <= (1 if len(part) < _LONG - 1 else 2):
                apart[part] = min(letters, apart.get(part, letters))
        apart |= {part: 0 for part in vocabulary if key in part}
    return apart


def _first(text: str, found: Mapping[Row, int], keys: Mapping[Row, str]) -> list[Row]:
    from rapidfuzz.distance import JaroWinkler

    def distance(row: Row) -> tuple[int, float, str]:
        # Of those that are as far away, the ones that begin alike: more is misspelled further on.
        return found[row], JaroWinkler.distance(text, keys[row]), keys[row]

    return nsmallest(OFFERED, found, key=distance)
