"""The keyboard shortcuts, defined once for the script, its popup and the help page. Most work on every page;
those of the calendar are links of its page, which `calendar_keys.js` follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import request, url_for
from jinja2.utils import htmlsafe_json_dumps

from accounts.permissions import Action, may_anywhere
from models import Role
from web.signed_in import visitor


@dataclass(frozen=True)
class Shortcut:
    """`keys` are pressed one after the other. `endpoint` is the page that they open, as a popup called
    `popup` if that is set; None for the search field. Without the permission for `action` there is none.
    `others` do the same; the script knows them.
    """

    keys: tuple[str, ...]
    words: str
    endpoint: str | None = None
    action: Action | None = None
    popup: str = ""
    others: tuple[str, ...] = ()


_SCHEDULE = "Schedule an interview"
SHORTCUTS = (
    Shortcut(("/",), "Search", None, Action.SEE, others=("⌘ K", "Ctrl K")),
    Shortcut(("c",), _SCHEDULE, "schedule_interview.pick", Action.SCHEDULE, _SCHEDULE),
    Shortcut(("g", "d"), "Go to Dashboard", "dashboard.home"),
    Shortcut(("g", "i"), "Go to Interviews", "interviews.index", Action.SEE),
    Shortcut(("g", "c"), "Go to Candidates", "hiring.candidates", Action.SEE),
    Shortcut(("g", "j"), "Go to Jobs", "hiring.jobs", Action.SEE),
    Shortcut(("g", "k"), "Go to Calendar", "calendar_page.index", Action.SEE),
    Shortcut(("?",), "Show these shortcuts", "help_pages.keyboard_shortcuts", popup="Keyboard shortcuts"),
)
# On the calendar only. The page's links say where they lead (`data-key`).
CALENDAR_SHORTCUTS = (
    Shortcut(("d",), "Day"),
    Shortcut(("w",), "Week"),
    Shortcut(("m",), "Month"),
    Shortcut(("a",), "Agenda"),
    Shortcut(("l",), "List"),
    Shortcut(("t",), "Today"),
    Shortcut(("←",), "Earlier"),
    Shortcut(("→",), "Later"),
)


def shortcuts_for(role: Role) -> list[Shortcut]:
    """Those that lead someone with this role to a page they may open."""
    return [each for each in SHORTCUTS if each.action is None or may_anywhere(role, each.action)]


def shortcuts() -> str:
    """What the script of a page needs, as JSON: for each shortcut the page and the title of its popup, or
    nothing for the search field. Empty for someone who has turned them off.

    It belongs between single quotes: escaped for double ones, every page would be longer for nothing."""
    reader = visitor()
    if reader is None or not reader.has_shortcuts:
        return ""
    return _as_json(reader.role, request.script_root)


@lru_cache(64)
def _as_json(role: Role, _begins_addresses: str) -> str:
    return htmlsafe_json_dumps(
        {
            " ".join(each.keys): [url_for(each.endpoint), each.popup] if each.endpoint else []
            for each in shortcuts_for(role)
        },
        separators=(",", ":"),
    )
