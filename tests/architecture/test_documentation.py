"""The README names everything that the person who runs the product can set or type."""

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask

from tests.architecture.repository import ROOT, text_files

# Groups that come with Flask and its extensions, which have their own documentation.
BROUGHT_ALONG = {"db", "run", "shell", "routes"}


@pytest.fixture(scope="module")
def readme() -> str:
    """The text of the README."""
    return (ROOT / "README.md").read_text()


def test_every_setting_is_in_the_readme(readme: str) -> None:
    from config import SETTINGS

    assert [setting.name for setting in SETTINGS if f"`{setting.name}`" not in readme] == []


def test_every_command_is_in_the_readme(readme: str, sqlite_app: Flask) -> None:
    missing = [command for command in _commands(sqlite_app.cli) if f"flask {command}" not in readme]
    assert missing == []


def test_every_make_target_is_in_the_readme_or_the_guide_for_contributors(readme: str) -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    documented = readme + (ROOT / "CONTRIBUTING.md").read_text()
    assert len(targets) >= 8
    assert [target for target in targets if f"make {target}" not in documented] == []


def _commands(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        if not path and name in BROUGHT_ALONG:
            continue
        full_name = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from _commands(command, full_name)
        else:
            yield full_name


def test_ways_into_the_settings_are_as_the_menu_leads() -> None:
    menu = (ROOT / "templates/settings/_sections.html").read_text()
    entries = tuple(re.findall(r'^ {4}\("\w+", "([^"]+)", ', menu, re.MULTILINE))
    assert "System log" in entries
    wrong = []
    for name, text in text_files():
        # Across the end of a line, a string, or a comment, and into a link.
        for way in re.finditer(r"Settings →(?:[\s\"#]|<[^>]*>)+(.{1,30})", text):
            # "Organization" heads a group of the menu, too, which leads nowhere.
            if not way[1].startswith(entries) or way[1].startswith("Organization →"):
                wrong.append((str(name), way[1]))
    assert wrong == []
