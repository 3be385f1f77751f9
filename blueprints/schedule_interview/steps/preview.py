"""Preview: every reader's mail as it will be sent, and what follows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from blueprints.schedule_interview.hosting import hosting_warnings, meeting_in_words
from blueprints.schedule_interview.preview import Preview
from blueprints.schedule_interview.steps.base import Step, StepForm

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


class PreviewForm(StepForm):
    """Shows, and asks nothing."""


class PreviewStep(Step[PreviewForm]):
    key, label = "preview", "Preview"
    form_class = PreviewForm

    def context(self, dialog: Dialog, form: PreviewForm) -> dict[str, Any]:
        preview = Preview(dialog)
        asked = request.args.get("reader", 0, type=int)
        # Whoever was asked for may have been taken off the interview since.
        number = asked if 0 <= asked < len(preview.recipients) else 0
        return {
            "readers": preview.choices(number),
            "letter": preview.shown(number),
            "reminders": preview.reminders(),
            "will_not_happen": preview.will_not_happen(),
            "hosting_warnings": hosting_warnings(dialog),
            "meeting": meeting_in_words(dialog),
        }


PREVIEW = PreviewStep()
