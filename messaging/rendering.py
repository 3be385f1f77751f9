"""The templates of mails: one folder for each kind, with subject, text and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# Where to look for the folders of the kinds.
FOLDERS = FileSystemLoader(Path(__file__).resolve().parent.parent / "templates" / "mail")

# A separate environment: a mail is made without a request, and without anything that only pages use.
_templates = Environment(
    loader=FOLDERS,
    autoescape=lambda name: name is not None and name.endswith(".html"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def rendered(kind: str, context: Mapping[str, object]) -> tuple[str, str, str]:
    """Subject, text and HTML of one kind of mail."""
    return (
        _templates.get_template(f"{kind}/subject.txt").render(context),
        _templates.get_template(f"{kind}/body.txt").render(context),
        _templates.get_template(f"{kind}/body.html").render(context),
    )
