"""The keys that lead somewhere from every page, said once: for the script, its popup and the help page."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import url_for

from accounts.permissions import Action, may_anywhere
from models import Role
from web.signed_in import visitor


@dataclass(frozen=True)
class Shortcut:
    """`keys` are pressed one after the other. `endpoint` is the page that they open, as a popup called
    `popup` if that is set; None for the search field. Without the permission for `action` there is none.
    """

    keys: tuple[str, ...]
    words: str
    endpoint: str | None = None
    action: Action | None = None
    popup: str = ""


_SCHEDULE = "Schedule an interview"
SHORTCUTS = (
    Shortcut(("/",), "Search", None, Action.SEE),
    Shortcut(("c",), _SCHEDULE, "schedule_interview.pick", Action.SCHEDULE, _SCHEDULE),
    Shortcut(("g", "d"), "Go to Dashboard", "dashboard.home"),
    Shortcut(("g", "i"), "Go to Interviews", "interviews.index"),
    Shortcut(("g", "c"), "Go to Candidates", "hiring.candidates"),
    Shortcut(("g", "j"), "Go to Jobs", "hiring.jobs"),
    Shortcut(("g", "k"), "Go to Calendar", "calendar_page.index"),
    Shortcut(("?",), "Show these shortcuts", "help_pages.keyboard_shortcuts", None, "Keyboard shortcuts"),
)


def shortcuts_for(role: Role) -> list[Shortcut]:
    """Those that lead someone with this role to a page they may open."""
    return [each for each in SHORTCUTS if each.action is None or may_anywhere(role, each.action)]


def shortcuts() -> str:
    """What the script of a page needs, as JSON: for each shortcut the page and the title of its popup, or
    nothing for the search field. Empty for someone who has turned them off."""
    reader = visitor()
    if reader is None or not reader.has_shortcuts:
        return ""
    return json.dumps(
        {
            " ".join(each.keys): [url_for(each.endpoint), each.popup] if each.endpoint else []
            for each in shortcuts_for(reader.role)
        },
        separators=(",", ":"),
    )
