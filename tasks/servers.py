"""The chores by which a server reports that it is running: to the others on its database, and to anyone
asking."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from attachment_files import AttachmentFiles
from timezones import utc_now
from work import servers
from work.chores import Chore, Glance, Work, once
from work.heartbeat import mark_start
from work.servers import SelfDescription


def noting_version(server: SelfDescription) -> Chore:
    """Which version was started, so that a command sees whether the files have changed since."""
    return once("version", lambda: mark_start(server.version))


def announcing_server(server: SelfDescription, files: AttachmentFiles) -> Chore:
    """Every half minute, in the database, and by a sign among the uploaded files, by which another server
    sees whether it has the same ones."""

    looks_again_at: datetime | None = None

    def announce() -> None:
        now = utc_now()
        # The examination says what is wrong with the folder.
        with suppress(OSError):
            files.sign(server.sign, now)
        servers.announce(server, now)

    def look(glance: Glance) -> Work | None:
        nonlocal looks_again_at
        if not servers.are_listed() or (looks_again_at is not None and glance.now < looks_again_at):
            return None
        looks_again_at = servers.due_at(server)
        is_due = looks_again_at is None or glance.now >= looks_again_at
        return announce if is_due else None

    return Chore("servers", look)
