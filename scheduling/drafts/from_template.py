"""What a draft took from an interview template: a copy, which later changes of the template leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models import Draft


@dataclass(frozen=True)
class FromTemplate:
    """`answers` are what the dialog's steps begin with, by step and field, without what the template leaves
    open. They only count for an interview on that job. `template_id` is None once the template is gone."""

    template_id: int | None
    job_id: int
    name: str
    duration_minutes: int
    answers: Mapping[str, Mapping[str, list[str]]]

    @property
    def label(self) -> str:
        """`Technical · 60 min`."""
        return f"{self.name} · {self.duration_minutes} min"

    def to_json(self) -> dict[str, Any]:
        """As the draft keeps it, beside the template's id."""
        return {
            "job_id": self.job_id,
            "name": self.name,
            "duration_minutes": self.duration_minutes,
            "answers": {step: dict(fields) for step, fields in self.answers.items()},
        }


def from_template_of(draft: Draft) -> FromTemplate | None:
    """What this draft took; None if it started from no template."""
    if draft.from_template is None:
        return None
    return FromTemplate(draft.template_id, **draft.from_template)
