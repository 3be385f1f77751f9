"""Why the domain refuses something, in words for the person and with the field it belongs to."""

from __future__ import annotations


class SchedulingError(Exception):
    """Refused, in words for the person. `field` names the answer that has to change; the interface knows
    which page it is on."""

    def __init__(self, words: str, *, field: str) -> None:
        super().__init__(words)
        self.words = words
        self.field = field


class DraftGoneError(Exception):
    """This person has no draft with this id."""


class DraftExpiredError(DraftGoneError):
    """This person's draft is too old; its contents are no longer shown."""

    def __init__(self, candidate_id: int) -> None:
        super().__init__(candidate_id)
        self.candidate_id = candidate_id


class DraftReplacedError(DraftGoneError):
    """This person has started over, so another draft took the place of this one."""

    def __init__(self, draft_id: str) -> None:
        super().__init__(draft_id)
        self.draft_id = draft_id


class DraftStaleError(Exception):
    """The draft was saved elsewhere since this form was opened."""


class DraftUsedError(Exception):
    """The draft has already become an interview."""

    def __init__(self, interview_id: int | None) -> None:
        super().__init__(interview_id)
        self.interview_id = interview_id
