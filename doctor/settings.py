"""Parts of `.env` that never reach the server: names that no setting has, and lines that are read differently
than they look. A value that makes no sense keeps the server from starting, so no one reads of it here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from dotenv.parser import Binding, parse_stream
from flask import current_app

from config import ROOT, settings_names
from doctor.results import Result, broken, look, ok

# Names that others read in the same file: Flask's command line, and Docker Compose for the containers.
_OTHERS = re.compile(r"FLASK_|COMPOSE_|DOMAIN$")
# A # after a space begins a comment, unless the value is in quotes.
_CUT_SHORT = re.compile(r"=\s*[^\s'\"#][^\n'\"]*\s#")
_SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN")
# How alike two names have to be, so that one can be meant by the other; 1 is the same.
_ALIKE = 0.75


def check(_seconds: float) -> list[Result]:
    """The names and lines of `.env`, if there is one. Values are never repeated."""
    file = Path(current_app.config.get("ENV_FILE") or ROOT / ".env")
    try:
        with file.open(encoding="utf-8") as text:
            bindings = list(parse_stream(text))
    except (OSError, UnicodeError):
        return [ok("Names", "They come from the environment: there is no .env here.")]
    return [_names(bindings), *_unread(bindings), *_cut_short(bindings)]


def _names(bindings: Iterable[Binding]) -> Result:
    known = {spelling for name in settings_names() for spelling in (name, f"{name}_FILE")}
    written = dict.fromkeys(binding.key for binding in bindings if binding.key and not binding.error)
    unknown = [name for name in written if name not in known and not _OTHERS.match(name)]
    if not unknown:
        return ok("Names", "Every name in .env is a setting's.")
    return look(
        "Names",
        f"Nothing reads {', '.join(unknown)} in .env.",
        "What you set there has no effect.",
        f"{''.join(_meant(name) for name in unknown)}README has the names of all settings. Then restart.",
    )


def _meant(name: str) -> str:
    """A sentence with the setting that was probably meant, and a space; empty if none is like it."""
    alike = get_close_matches(name.upper(), settings_names(), n=1, cutoff=_ALIKE)
    return f"Did you mean {alike[0]} by {name}? " if alike else ""


def _unread(bindings: Iterable[Binding]) -> list[Result]:
    lines = [str(binding.original.line) for binding in bindings if binding.error]
    if not lines:
        return []
    return [
        broken(
            "Lines",
            f"{'Line' if len(lines) == 1 else 'Lines'} {', '.join(lines)} of .env can't be read.",
            "What you set there has no effect.",
            "Write NAME=value, put a value with quotes in it between the other kind of quotes, and restart.",
        )
    ]


def _cut_short(bindings: Iterable[Binding]) -> list[Result]:
    names = [
        binding.key
        for binding in bindings
        if binding.key and _SECRET.search(binding.key) and _CUT_SHORT.search(binding.original.string)
    ]
    if not names:
        return []
    return [
        look(
            "Comments",
            f"In .env, {' and '.join(names)} {'ends' if len(names) == 1 else 'end'} before a #.",
            "What follows a space and a # is a comment, and no part of the value.",
            "If it belongs to the value, put the whole value into single quotes, and restart.",
        )
    ]
