"""Problems of an installation as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from work.findings import Cure, Finding


class Origin(Protocol):
    """The facts that an organization's row has about its installation."""

    @property
    def installation_id(self) -> str: ...

    @property
    def stays_paused_as(self) -> str | None: ...


def shared_database_file(file_system: str) -> Finding | None:
    """`file_system` is the kind of network file system that SQLite's file is on, empty for none."""
    if not file_system:
        return None
    return Finding(
        "danger",
        f"The database is an SQLite file on a network file system ({file_system}), where its locks don't "
        "hold: interviews can get lost and the file can be damaged. Move INSTANCE_PATH to a local disk, or "
        "set DATABASE_URL to a PostgreSQL database.",
    )


def copied_installation(organization: Origin, installation_id: str, *, may_decide: bool) -> Finding | None:
    """What to tell people about a copy; None for an original. `may_decide`: they are an owner or admin."""
    if organization.installation_id == installation_id:
        return None
    if organization.stays_paused_as == installation_id:
        words = "This is a copy. Its background work is paused: no emails are sent, no meetings are made."
        return Finding("info", words, Cure("Resume", "settings.copied") if may_decide else None)
    words = (
        "This looks like a copy of another installation, so background work is paused: no emails are sent, "
        "and no meetings are made."
    )
    if may_decide:
        return Finding("danger", words, Cure("Decide", "settings.copied"))
    return Finding("danger", f"{words} An owner or admin has to decide whether it resumes.")


def restored_installation(held_back_since: datetime | None, *, may_decide: bool) -> Finding | None:
    """What to tell people about a server that was restored from a backup; None once someone has decided about
    what had been waiting. `may_decide`: they are an owner or admin."""
    if held_back_since is None:
        return None
    words = (
        "This server was restored from a backup, and its background work is paused: no emails are sent, and "
        "no meetings are made."
    )
    if may_decide:
        return Finding("danger", words, Cure("See what is waiting", "settings.restored"))
    return Finding("danger", f"{words} An owner or admin has to decide what happens to what was waiting.")


def unnamed_proxy(trusted_proxies: int, forwarded_for: str) -> Finding | None:
    """`trusted_proxies` is the setting, `forwarded_for` the X-Forwarded-For of the reader's own request.
    Browsers do not send one: if it is there, a proxy has added it."""
    if trusted_proxies or not forwarded_for.strip():
        return None
    return Finding(
        "warning",
        "Requests come through a proxy, but TRUSTED_PROXIES is 0: everyone seems to have the proxy's "
        "address, so one person's wrong passwords slow everyone down. Set it to the number of proxies, "
        "usually 1, and restart.",
    )
