"""Which names are meant by a misspelled one."""

import subprocess
import sys

import pytest

from models import search_key
from spelling import OFFERED, has_whole, nearest

NAMES = (
    "Priya Raman", "Mohammed Ali", "Katarina Holm", "John Smith", "José Núñez", "Zoë Müller", "Lina O’Neil",
    "Anne-Marie Dubois", "Okafor, Ada", "Ben Frei", "Philippe Roux", "Wei Li", "Søren Kierkegaard",
)  # fmt: skip


def meant(text: str, *names: str) -> list[str]:
    return nearest(text, {name: search_key(name) for name in names or NAMES})


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Prya Raman", "Priya Raman"),
        ("prya", "Priya Raman"),
        ("Priya Ramna", "Priya Raman"),
        ("Raman, Prya", "Priya Raman"),
        ("Prya Ram", "Priya Raman"),
        ("Mohamed Ali", "Mohammed Ali"),
        ("Muhammad Ali", "Mohammed Ali"),
        ("Catharina Holm", "Katarina Holm"),
        ("Katharina", "Katarina Holm"),
        ("Jon Smith", "John Smith"),
        ("Jonh Smith", "John Smith"),
        ("Jose Nunes", "José Núñez"),
        ("Zoe Muler", "Zoë Müller"),
        ("Zoe Mueler", "Zoë Müller"),
        ("Lina ONeil", "Lina O’Neil"),
        ("Annemarie Dubios", None),
        ("Anne Mari Dubios", "Anne-Marie Dubois"),
        ("Ada Okafro", "Okafor, Ada"),
        ("Filippe Roux", "Philippe Roux"),
        ("Soren Kirkegard", "Søren Kierkegaard"),
        # No one, someone else, or no name at all.
        ("Xaver Quast", None),
        ("Priya Holm", None),
        ("Wu", None),
        ("ben.frie@mail.example", None),
        ("555 0141", None),
        ("", None),
        ("“”", None),
        # Unchanged: something else is in the way, such as a filter.
        ("Priya Raman", None),
        ("raman", None),
    ],
)
def test_name_is_found_as_people_misspell_it(typed: str, name: str | None) -> None:
    assert meant(typed) == ([name] if name else [])


def test_most_similar_come_first_and_only_a_few() -> None:
    names = ("Don Ek", "Joan Ek", "John Ek", "Jona Ek", "Jonas Ek")
    assert meant("Jonh Ek", *names) == ["John Ek", "Jona Ek"]
    many = [f"Prija {letter}orn" for letter in "abcdefgh"]
    assert len(meant("Priya Zorn", *many)) == OFFERED


def test_clear_success_is_a_name_with_all_words_as_they_stand() -> None:
    names = ["jonas weber", "smith, john"]
    assert [has_whole(text, names) for text in ("John", "john smith", "Jon", "jonas w")] == [
        *(True, True, False, False)
    ]


def test_library_is_loaded_only_once_nothing_was_found() -> None:
    look = "import sys, app, spelling; print('rapidfuzz' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False"]
