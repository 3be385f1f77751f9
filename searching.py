"""How a search compares a text with the names of people, jobs and places.

Names are stored beside their keys (`models.search_key`). A search looks for the key of what was typed, and
for that of the other way of writing umlauts: a plain keyboard has no ü, and people write `Mueller`.
"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa

from models import search_key
from paging import Column, literally

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_TWO_LETTERS = re.compile("ae|oe|ue|aa")
# In a shorter one they are rarely an umlaut, and without them "Zoe" would find everyone with a "zo".
_LONG_WORD = re.compile("[a-z]{5,}")

# A search text in its two spellings, as parts of a statement.
Keys = tuple[sa.ColumnElement[str], sa.ColumnElement[str]]
# The same as parameters, for statements that are built once; `searched` gives their values.
SEARCHED_KEYS: Keys = (
    sa.bindparam("searched_key", type_=sa.String()),
    sa.bindparam("other_key", type_=sa.String()),
)


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


def searched(text: str) -> dict[str, str]:
    """The values of `SEARCHED_KEYS`."""
    key, other = spellings(text)
    return {"searched_key": literally(key), "other_key": literally(other)}


def literal_keys(text: str) -> Keys:
    """The two spellings as values in a statement that is built for this search."""
    key, other = spellings(text)
    return sa.literal(literally(key)), sa.literal(literally(other))


def key_contains(column: Column, keys: Keys) -> sa.ColumnElement[bool]:
    """The condition that a column of keys contains the searched text in one of its spellings. Where both are
    the same, no row is read twice."""
    key, other = keys
    return sa.or_(column.contains(key, escape="/"), sa.and_(key != other, column.contains(other, escape="/")))
