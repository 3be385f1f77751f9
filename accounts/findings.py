"""What is wrong with an installation as a whole."""

from __future__ import annotations

from models import Organization
from work.findings import Cure, Finding


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


def copied_installation(
    organization: Organization, installation_id: str, *, may_decide: bool
) -> Finding | None:
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
