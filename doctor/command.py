"""`flask doctor`: the examination on the console, for people and for programs that monitor the server."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from doctor.examination import examine
from doctor.results import Level, Result, Section, worst
from product_version import product_version
from timezones import utc_now

_SECONDS = 15.0
_WIDTH = 100
_MARKS = {Level.OK: ("ok", None), Level.LOOK: ("look", "yellow"), Level.BROKEN: ("BROKEN", "red")}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, for programs.")
@click.option("--quiet", is_flag=True, help="Print only what is not as it should be.")
@click.option(
    "--seconds",
    type=click.FloatRange(2, 300),
    default=_SECONDS,
    show_default=True,
    help="How long it may take.",
)
@with_appcontext
def doctor(as_json: bool, quiet: bool, seconds: float) -> None:
    """Examine the installation: database, folder, clock, address, mail, apps, background work.

    Exits with 0 if all is well, 1 if something is worth a look, and 2 if something is broken. Sends no
    email; the test email is in Settings > Email.
    """
    sections = examine(seconds)
    level = worst(section.level for section in sections)
    if as_json:
        click.echo(json.dumps(_as_json(sections, level), indent=2))
    else:
        _print(sections, level, quiet=quiet)
    sys.exit(level.exit_status)


def _as_json(sections: Sequence[Section], level: Level) -> dict[str, object]:
    return {
        "level": level.value,
        "version": product_version(),
        "at": utc_now().isoformat(timespec="seconds"),
        "sections": [
            {
                "title": section.title,
                "level": section.level.value,
                "results": [asdict(each) for each in section.results],
            }
            for section in sections
        ],
    }


def _print(sections: Sequence[Section], level: Level, *, quiet: bool) -> None:
    for section in sections:
        shown = [each for each in section.results if not quiet or each.level is not Level.OK]
        if shown:
            click.secho(f"\n{section.title}", bold=True)
        for each in shown:
            _print_result(each)
    if not quiet or level is not Level.OK:
        words = {Level.OK: "All is well.", Level.LOOK: "Worth a look.", Level.BROKEN: "Something is broken."}
        click.echo(f"\n{words[level]}")


def _print_result(result: Result) -> None:
    mark, color = _MARKS[result.level]
    click.secho(f"  {mark:<7} ", fg=color, nl=False)
    click.echo(_indented(f"{result.name}: {result.what}").lstrip())
    if result.copy:
        # On a line of its own and never broken, so that it can be copied.
        click.echo(f"          {result.copy}")
    if result.why:
        click.echo(_indented(f"Why it matters: {result.why}"))
    if result.cure:
        click.echo(_indented(f"What to do: {result.cure}"))


def _indented(text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=" " * 10,
        subsequent_indent=" " * 10,
        break_long_words=False,
        break_on_hyphens=False,
    )
