"""Preview: every reader's mail as it will be sent, and what follows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blueprints.schedule_interview import preview
from blueprints.schedule_interview.steps.base import Step, StepForm
from blueprints.schedule_interview.steps.setup import hosting

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


class PreviewForm(StepForm):
    """Shows, and asks nothing."""


class PreviewStep(Step[PreviewForm]):
    key, label = "preview", "Preview"
    form_class = PreviewForm

    def context(self, dialog: Dialog, form: PreviewForm) -> dict[str, Any]:
        return {
            "letters": preview.shown(dialog),
            "reminders": preview.reminders(dialog),
            "will_not_happen": preview.will_not_happen(dialog),
            "hosting": hosting(dialog),
        }


PREVIEW = PreviewStep()
