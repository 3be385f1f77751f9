"""Text that people and providers typed, made safe for pages, the database, headers, and calendar files.

Nothing here judges what someone wrote. It removes the characters that no reader can see and that change the
meaning of the others: controls, line separators, and the marks that reverse the reading direction, with which
`gpj.exe` can be shown as `exe.jpg`.
"""

from __future__ import annotations

import re
import unicodedata

# For use inside a pattern's brackets: direction embeddings, overrides, isolates and marks, the byte order
# mark, the anchors of interlinear annotations, format characters that Unicode advises against, those of music
# and shorthand, language tags, and code points that are no characters.
INVISIBLE = (
    "\u034f\u061c\u180e\u200e\u200f\u202a-\u202e\u2065-\u206f\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
)
CONTROLS = "\x00-\x1f\x7f-\x9f"
LINE_SEPARATORS = "\u2028\u2029"
# Soft hyphens, joiners, and invisible operators. Emoji and Persian are written with joiners, so texts keep
# them; an address needs none of them.
JOINERS = "\u00ad\u200b-\u200d\u2060-\u2064"

_LINE_ENDS = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(f"(?!\n)[{CONTROLS}{INVISIBLE}]")
_BREAKS = re.compile("[\u00ad\u200b\u2060-\u2064]")
# Letters that are shown as nothing: fillers of Korean syllables, and the empty pattern of Braille.
_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
# Joiners and the choosers of a variant where there is nothing to join or to choose: after a Latin letter, a
# space, or nothing, and joiners at the end of a word.
_IDLE = re.compile(
    "(?<![\u0600-\u1fff\u2190-\uffff\U00010000-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?=\\s|$)"
    "|(?<![#*0-9\u00a9\u00ae\u1000-\u109f\u2000-\ufdff\ufe10-\uffff\U00010000-\U0010ffff])[\ufe00-\ufe0f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")

_ZERO_WIDTH_JOINER = "\u200d"
_ELLIPSIS = "…"


def without_unseen(text: str) -> str:
    """`text` with plain `\\n` line ends and without invisible characters; a tab becomes a space. What can be
    seen stays as it is, spaces and empty lines included."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    text = _UNSEEN.sub("", text)
    # Half a surrogate pair cannot be written as UTF-8 at all.
    return _SURROGATES.sub("\ufffd", text)


def many_lines(text: str) -> str:
    """The same without spaces at the ends of lines, and without empty lines at both ends of the text."""
    return "\n".join(line.rstrip() for line in without_unseen(text).split("\n")).strip("\n")


def one_line(text: str) -> str:
    """`text` on a single line, with single spaces, without invisible characters. Soft hyphens and spaces
    without width go, too: web pages put them where a line may break, and here there is one line. The joiners
    that emoji and Persian are written with stay, and only there: elsewhere two equal-looking names would
    differ."""
    return " ".join(_IDLE.sub("", _BLANKS.sub(" ", _BREAKS.sub("", many_lines(text)))).split())


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, ending in an ellipsis if something was cut off.

    A letter keeps its accents and an emoji its parts: the cut moves back until it is not inside one.
    """
    if len(text) <= limit:
        return text
    cut = limit - len(_ELLIPSIS)
    while cut > 0 and _continues(text[cut - 1], text[cut]):
        cut -= 1
    return text[:cut].rstrip() + _ELLIPSIS


def _continues(before: str, character: str) -> bool:
    """Whether `character` continues the visible character that `before` is part of."""
    return (
        before == _ZERO_WIDTH_JOINER
        or character == _ZERO_WIDTH_JOINER
        or unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # the tags of regional flags
        or ("\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= character <= "\U0001f1ff")
    )
