"""Who takes part and cannot open the interview's page, because their role shows them their own jobs only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hiring import queries
from wording import listed

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


def outsiders(dialog: Dialog) -> frozenset[int]:
    """Everybody of the team to whom this job is not shown unless somebody adds them to it."""
    return queries.outsiders(dialog.job.id, dialog.team) if dialog.job is not None else frozenset()


def outsider_warnings(dialog: Dialog) -> list[str]:
    """Whoever of those is chosen, in a sentence. It is a warning: the mails have all that is needed."""
    chosen = dialog.busy_user_ids() & outsiders(dialog)
    names = [user.name for user in dialog.team if user.id in chosen]
    if not names:
        return []
    if len(names) == 1:
        return [f"{names[0]} gets the mails but cannot open the interview here without being on this job."]
    return [f"{listed(names)} get the mails but cannot open the interview here without being on this job."]
