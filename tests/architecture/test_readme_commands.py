"""The commands in the README exist, and run where that changes nothing."""

import re
import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.architecture.repository import ROOT

README = (ROOT / "README.md").read_text()
# What else people type when they install a server: these come with the system.
OF_THE_SYSTEM = {"apt", "git", "nano", "sh", "systemctl"}
_PLACE = "/opt/smoothhiring/"


def _blocks() -> list[str]:
    """The lines of the blocks that contain only commands."""
    blocks = re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    typed = [block.splitlines() for block in blocks]
    return [line for lines in typed if lines[0].startswith(("sudo ", "make ")) for line in lines]


def _flask_commands() -> list[tuple[str, ...]]:
    named = re.findall(r"`(?:\.venv/bin/)?(?:flask|smoothhiring) ([^`]+)`", README)
    named += [line.removeprefix("sudo smoothhiring ") for line in _blocks() if "sudo smoothhiring " in line]
    return [tuple(re.findall(r"(?<!\S)[a-z][a-z-]*(?!\S)", each.partition(" -")[0])) for each in named]


def test_every_command_of_flask_explains_itself(sqlite_app: Flask) -> None:
    found = _flask_commands()
    assert len(found) > 10
    for words in found:
        group: click.Command = sqlite_app.cli
        for word in words:
            assert isinstance(group, click.Group), words
            assert word in group.commands, words
            group = group.commands[word]
        assert sqlite_app.test_cli_runner().invoke(args=[*words, "--help"]).exit_code == 0, words


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z][a-z-]+)(?=[`\n ])", README))))
def test_every_target_of_make_exists(target: str) -> None:
    if f"`make {target}" not in README and f"\nmake {target}\n" not in README:
        # A word in a sentence.
        return
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_lines_to_type_name_programs_and_files_that_exist(sqlite_app: Flask) -> None:
    lines = _blocks()
    assert lines
    for line in lines:
        first = line.removeprefix("sudo ").split()[0]
        assert first in {*OF_THE_SYSTEM, "make", "smoothhiring"}, line
        for named in re.findall(rf"{_PLACE}(\S+)", line):
            path = Path(named)
            # The script creates it.
            assert (ROOT / path).exists() or path == Path(".env"), line


def test_server_is_installed_with_ten_commands_at_most() -> None:
    assert len([line for line in _blocks() if line.startswith("sudo ")]) <= 10
