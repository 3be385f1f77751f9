"""What a draft took from an interview template: a copy, which later changes to the template do not affect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models import Draft
from scheduling.drafts.chosen import chosen_application_id
from wording import short_duration


@dataclass(frozen=True)
class FromTemplate:
    """`answers` are what the dialog's steps begin with, by step and field, without what the template leaves
    open. They only count for an interview on that job. `template_id` is None once the template is gone.
    `answered` are the steps that it answered completely, with those answers, and `file_ids` the draft's files
    that came from it."""

    template_id: int | None
    job_id: int
    name: str
    duration_minutes: int
    answers: Mapping[str, Mapping[str, list[str]]]
    answered: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    file_ids: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """`Technical · 1 hr`."""
        return f"{self.name} · {short_duration(self.duration_minutes)}"

    @property
    def application_id(self) -> int:
        """The application that the template was chosen for."""
        return chosen_application_id(self.answers)

    def to_json(self) -> dict[str, Any]:
        """As the draft keeps it, beside the template's id."""
        return {
            "job_id": self.job_id,
            "name": self.name,
            "duration_minutes": self.duration_minutes,
            "answers": {step: dict(fields) for step, fields in self.answers.items()},
            "answered": {step: dict(fields) for step, fields in self.answered.items()},
            "file_ids": list(self.file_ids),
        }


def from_template_of(draft: Draft) -> FromTemplate | None:
    """What this draft took; None if it started from no template."""
    if draft.from_template is None:
        return None
    kept = draft.from_template
    return FromTemplate(draft.template_id, **{**kept, "file_ids": tuple(kept["file_ids"])})
