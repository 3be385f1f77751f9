"""Commands are named as the reader of an installation can type them, and are spelled in one place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask

from own_commands import program
from tests.architecture.repository import ROOT, product_files, text_files

INSTALLED_ROOT, OTHER_ROOT = Path("/opt/smoothhiring"), Path("/srv/smoothhiring")
WRAPPER = (ROOT / "deploy/install.sh").read_text().partition("<<'WRAPPER'\n")[2].partition("\nWRAPPER\n")[0]
_CALL = re.compile(r"""command_line\((["'])([^"']+)\1\)""")


def test_commands_are_those_of_the_script_only_where_it_runs_this_server(tmp_path: Path) -> None:
    installed = tmp_path / "smoothhiring"
    assert program(INSTALLED_ROOT, installed, INSTALLED_ROOT / ".venv") == ".venv/bin/flask"
    assert program(OTHER_ROOT, installed, tmp_path) == "flask"
    installed.write_text(WRAPPER)
    assert program(INSTALLED_ROOT, installed, INSTALLED_ROOT / ".venv") == "sudo smoothhiring"
    assert program(OTHER_ROOT, installed, OTHER_ROOT / ".venv") == ".venv/bin/flask"
    installed.write_bytes(b"\x7fELF\xff")
    assert program(INSTALLED_ROOT, installed, INSTALLED_ROOT / ".venv") == ".venv/bin/flask"


def test_every_command_that_is_named_exists(sqlite_app: Flask) -> None:
    texts = [text for _, text in product_files()]
    texts += [text for name, text in text_files() if name.parts[0] == "templates"]
    named = {match[2] for text in texts for match in _CALL.finditer(text)}
    assert {"doctor", "backup-key", "tasks resume"} <= named
    for words in named:
        group: click.Command = sqlite_app.cli
        for word in words.partition(" --")[0].split():
            assert isinstance(group, click.Group), words
            assert word in group.commands, words
            group = group.commands[word]


def test_no_other_place_spells_a_command(sqlite_app: Flask) -> None:
    spelled = re.compile(rf"\b(?:flask|smoothhiring) (?:{'|'.join(sqlite_app.cli.commands)})\b")
    seen = [(name, words) for name, text in product_files() for words in _texts(text)]
    seen += [(name, text) for name, text in text_files() if name.parts[0] == "templates"]
    assert [f"{name}: {words[:80]}" for name, words in seen if spelled.search(words)] == []


def _texts(code: str) -> Iterator[str]:
    """All texts of a module but its docstrings, which speak to its reader."""
    tree = ast.parse(code)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
