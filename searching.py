"""How a search compares a text with the names of people, jobs and places.

Names are stored beside their keys (`models.search_key`). A search looks for the key of each word that was
typed, in any order, and for that of the other way of writing umlauts: a plain keyboard has no ü, and people
write `Mueller`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from models import search_key
from paging import Column, literally

# In a longer text, the remaining words are looked for as one phrase.
_MOST_WORDS = 6
# Characters that people put around a name or between its parts: quotation marks, and the comma of "Kaur,
# Dina".
_MARKS = "\"'`´“”„‟‘’‚‛«»‹›,;"
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_TWO_LETTERS = re.compile("ae|oe|ue|aa")
# In a shorter one they are rarely an umlaut, and without them "Zoe" would find everyone with a "zo".
_LONG_WORD = re.compile("[a-z]{5,}")

# A searched word in its two spellings, as parameters of a statement.
Keys = tuple[sa.BindParameter[str], sa.BindParameter[str]]


def words_of(text: str) -> tuple[str, ...]:
    """The words that a search for `text` looks for, all of them, in any order. None for an empty text."""
    words = [word.strip(_MARKS) or word for word in text.split()]
    if len(words) > _MOST_WORDS:
        words[_MOST_WORDS - 1 :] = [" ".join(words[_MOST_WORDS - 1 :])]
    return tuple(words)


def spellings(text: str) -> tuple[str, str]:
    """The keys that a search for `text` looks for: its own, and that with umlauts written the other way,
    which is the same where there are none. `Müller`: `muller` and `mueller`; `Mueller`: the other way round.
    """
    key = search_key(text)
    composed = unicodedata.normalize("NFC", text.casefold())
    written_out = composed.translate(_WRITTEN_OUT)
    if written_out != composed:
        return key, search_key(written_out)
    return key, _LONG_WORD.sub(lambda word: _TWO_LETTERS.sub(lambda two: two[0][0], word[0]), key)


@cache
def keys(number: int) -> tuple[Keys, ...]:
    """The parameters for a search for that many words, of statements that are built once for each number;
    `searched` gives their values."""
    return tuple(
        (
            sa.bindparam(f"searched_key_{place}", type_=sa.String()),
            sa.bindparam(f"other_key_{place}", type_=sa.String()),
        )
        for place in range(number)
    )


def searched(words: Sequence[str]) -> dict[str, str]:
    """The values of the parameters for these words."""
    told: dict[str, str] = {}
    for place, word in enumerate(words):
        key, other = spellings(word)
        told |= {f"searched_key_{place}": literally(key), f"other_key_{place}": literally(other)}
    return told


def key_contains(column: Column, word: Keys) -> sa.ColumnElement[bool]:
    """The condition that a column of keys contains a searched word in one of its spellings. Where both are
    the same, no row is read twice."""
    key, other = word
    return sa.or_(column.contains(key, escape="/"), sa.and_(key != other, column.contains(other, escape="/")))


def begins_with(column: Column, word: Keys) -> sa.ColumnElement[int]:
    """For sorting what was found: 0 where a column of keys begins with a searched word, 1 where one of the
    column's own words does, and otherwise 2."""

    def begins(*before: str) -> sa.ColumnElement[bool]:
        patterns = (sa.literal(start) + key + "%" for start in before for key in word)
        return sa.or_(*(column.like(pattern, escape="/") for pattern in patterns))

    return sa.case((begins(""), 0), (begins("% ", "%-"), 1), else_=2)
