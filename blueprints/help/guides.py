"""The guides of `docs/`, which can be read in the repository and here, each from the same file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from flask import current_app, url_for

from blueprints.help.markdown import Document, headings_of, parse, read
from models import Role

_ROOT = Path(__file__).resolve().parents[2]
PICTURES = _ROOT / "docs" / "pictures"


@dataclass(frozen=True)
class Guide:
    """`name` is in the address, `file` the path within the repository. `icon` is shown beside its title on
    the index. Of a file that holds more than a page wants, `title` and `lead` are the page's, which begins
    with the section `first` and ends before `until`.
    """

    name: str
    file: str
    icon: str
    title: str | None = None
    lead: str = ""
    first: str | None = None
    until: str | None = None

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.file)


FOR_ROLES = (
    Guide("recruiters", "docs/guides/recruiters.md", "users"),
    Guide("hiring-managers", "docs/guides/hiring-managers.md", "briefcase"),
    Guide("interviewers", "docs/guides/interviewers.md", "user"),
    Guide("owners", "docs/guides/owners.md", "settings"),
    Guide("operators", "docs/guides/operators.md", "lock"),
)
# What the guide for operators leads to.
FOR_OPERATORS = (
    Guide(
        "installation",
        "README.md",
        "settings",
        "Installation",
        "On a server, in containers, or from a folder; signing in, programs, and connecting the providers.",
        first="Installing it on a server",
        until="Settings",
    ),
    Guide(
        "settings",
        "README.md",
        "key",
        "Settings and commands",
        "What each setting and each command means, and what keeps it all safe.",
        first="Settings",
        until="Development",
    ),
    Guide("backups", "docs/backups.md", "lock"),
    Guide("upgrading", "docs/upgrading.md", "refresh"),
    Guide("scaling", "docs/scaling.md", "layout-dashboard"),
    Guide("performance", "docs/performance.md", "clock"),
)
GUIDES = (*FOR_ROLES, *FOR_OPERATORS)

# Observers read what interviewers do: both see interviews that others arrange.
_OWN = {
    Role.OWNER: "owners",
    Role.ADMIN: "owners",
    Role.RECRUITER: "recruiters",
    Role.HIRING_MANAGER: "hiring-managers",
    Role.INTERVIEWER: "interviewers",
    Role.OBSERVER: "interviewers",
}


def own_guide(role: Role) -> Guide:
    """The guide for what someone in this role does."""
    return guide_named(_OWN[role]) or FOR_ROLES[0]


def guide_named(name: str) -> Guide | None:
    """The guide that an address names, if there is one."""
    return next((guide for guide in GUIDES if guide.name == name), None)


def neighbors(guide: Guide) -> tuple[Guide | None, Guide | None]:
    """The guides before and after this one, in the order of the index."""
    place = GUIDES.index(guide)
    return (
        GUIDES[place - 1] if place else None,
        GUIDES[place + 1] if place + 1 < len(GUIDES) else None,
    )


def document_of(guide: Guide) -> Document:
    """The guide as a page."""
    address: Callable[[str], str] = current_app.jinja_env.globals["asset"]  # type: ignore[assignment]
    return _rendered(guide, address("pictures/"))


@cache
def _rendered(guide: Guide, pictures_at: str) -> Document:
    """Done once for each process, in its first request: requests differ only in where the pictures are."""
    return read(
        parse(_text_of(guide)), guide.path, PICTURES, _address_of, lambda name: f"{pictures_at}{name}"
    )


def _text_of(guide: Guide) -> str:
    text = (_ROOT / guide.file).read_text(encoding="utf-8")
    if guide.title is None:
        return text
    _, heading, rest = text.partition(f"\n## {guide.first}\n")
    wanted, until, _ = rest.partition(f"\n## {guide.until}\n")
    assert heading, guide.first
    assert until, guide.until
    return f"# {guide.title}\n\n{guide.lead}\n{heading}{wanted}"


@cache
def _anchors(guide: Guide) -> frozenset[str]:
    """Where links into this page can lead, known without rendering it: pages name one another."""
    return frozenset(heading.anchor for heading in headings_of(parse(_text_of(guide))))


def _address_of(path: PurePosixPath, anchor: str) -> str | None:
    for guide in GUIDES:
        if guide.path == path and (not anchor or anchor in _anchors(guide)):
            return url_for("help_pages.guide", name=guide.name, _anchor=anchor or None)
    if path == PurePosixPath("docs/openapi.yaml"):
        return url_for("api.description")
    return None
