"""Compares mails with files that show what they looked like when someone last proofread them.

`UPDATE_GOLDEN=1` rewrites the files; the difference is then reviewed like any other change.
"""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path

from messaging.letters import Letter

_FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, actual: str) -> None:
    file = _FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(actual, encoding="utf-8", newline="\n")
    assert actual == file.read_text(encoding="utf-8"), (
        f"{name} has changed; read it, then keep it with UPDATE_GOLDEN=1"
    )


def assert_html_says_what_the_text_says(letter: Letter) -> None:
    """Every line of the text is also read in the HTML, or is the address that a link of it leads to.

    The line that introduces a link in the text is left out: there the HTML has a button. Nor does the HTML
    say "Duration" beside a duration.
    """
    words, links = _seen(letter.html), [unescape(link) for link in re.findall(r'href="([^"]*)"', letter.html)]
    lines = [line.strip() for line in letter.text.splitlines() if line.strip()]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        leads_to_link = line.endswith(":") and following in links
        said = _words(line.removeprefix("- ").removeprefix("Duration: "))
        assert leads_to_link or line in links or said in words, f"only the text says {line!r}"


def _seen(html: str) -> str:
    """What a person reads in an HTML part, on one line."""
    visible = re.sub(r"<(style|title)\b.*?</\1>", " ", html, flags=re.DOTALL)
    # Marks inside a line take no room; the others end one.
    visible = re.sub(r"</?(span|a|strong)\b[^>]*>", "", visible)
    return _words(unescape(re.sub(r"<[^>]+>", " ", visible)))


def _words(text: str) -> str:
    """`text` without the characters that separate its pieces; HTML uses space for that."""
    return " ".join(re.sub(r"[.:()·]", " ", text).split())
