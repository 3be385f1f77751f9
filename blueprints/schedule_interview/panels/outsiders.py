"""Who takes part but cannot open the interview's page, because their role shows them only their own jobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hiring import queries
from models import Job, User
from wording import listed


def outsiders(job: Job | None, team: Sequence[User]) -> frozenset[int]:
    """Everyone on the team who is not shown this job unless they are added to it."""
    return queries.outsiders(job.id, team) if job is not None else frozenset()


def outsider_warnings(job: Job | None, team: Sequence[User], chosen: Collection[int]) -> list[str]:
    """The chosen people who are outsiders, in a sentence. Only a warning, because the emails have all they
    need.
    """
    outside = outsiders(job, team)
    names = [user.name for user in team if user.id in chosen and user.id in outside]
    if not names:
        return []
    if len(names) == 1:
        return [
            f"{names[0]} will get the emails but can't open the interview here, "
            "because they aren't on this job."
        ]
    everyone = listed(names)
    return [
        f"{everyone} will get the emails but can't open the interview here, because they aren't on this job."
    ]
