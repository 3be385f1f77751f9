"""Mails in Outlook for Windows, which draws with Word's engine."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from messaging.letters import Letter
from tests.messaging import test_connection_letters, test_letters, test_team_letters
from tests.messaging.word_engine import as_word_shows

LETTERS: dict[str, Callable[[], Letter]] = {
    **{name: lambda letter=letter: letter for name, letter in test_letters.LETTERS.items()},  # type: ignore[misc]
    **test_connection_letters.LETTERS,
    **{
        f"to-the-team-{name}": lambda make=make: make(test_team_letters.reader())  # type: ignore[misc]
        for name, make in test_team_letters.COMPOSERS.items()
    },
}


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_no_distance_is_lost_in_word(name: str) -> None:
    html = LETTERS[name]().html
    shown = as_word_shows(html)
    lost = {
        declaration.partition(":")[0]
        for style in re.findall(r'style="([^"]*)"', html)
        for declaration in style.split(";")
        if declaration not in shown and declaration not in ("", "padding:0")
    }
    assert lost <= {"max-width", "border-radius", "overflow-wrap", "word-break"}
    # Nor are distances made of what Word gives no room to.
    assert not re.search(r"<div\b", html)


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_word_is_told_how_wide_the_card_is_and_which_font_to_use(name: str) -> None:
    shown = as_word_shows(LETTERS[name]().html)
    assert shown.count('<table role="presentation" width="600" align="center"') == 1
    assert "font-family: Arial, sans-serif !important" in shown
    assert "[if" not in shown
    assert shown.count("<table") == shown.count("</table>")
    assert shown.count("<td") == shown.count("</td>")


@pytest.mark.parametrize(
    "name", [name for name in sorted(LETTERS) if 'class="button"' in LETTERS[name]().html]
)
def test_the_cell_of_a_button_has_room_in_word(name: str) -> None:
    shown = as_word_shows(LETTERS[name]().html)
    [cell] = re.findall(r'<td class="button-cell"[^>]*>', shown)
    assert "padding:13px 28px" in cell
    assert 'bgcolor="#1f5fbf"' in cell
