"""How a server knows that it is the demo: a file in its own instance folder, written by `make demo` alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_NAME = "demo.json"


@dataclass(frozen=True)
class DemoMarker:
    """Where the demo's helpers are, for the links in its banner."""

    mailbox_url: str
    zoom_url: str


def read_marker(instance_path: Path) -> DemoMarker | None:
    """The marker of this instance folder, or None for a real server."""
    path = instance_path / _NAME
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return DemoMarker(mailbox_url=content["mailbox_url"], zoom_url=content["zoom_url"])


def write_marker(instance_path: Path, marker: DemoMarker) -> None:
    """Make an instance folder the demo's."""
    instance_path.mkdir(parents=True, exist_ok=True)
    content = {"mailbox_url": marker.mailbox_url, "zoom_url": marker.zoom_url}
    (instance_path / _NAME).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
