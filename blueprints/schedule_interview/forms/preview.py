"""Preview only shows; its form passes on the draft's version."""

from __future__ import annotations

from blueprints.schedule_interview.forms.base import StepForm


class PreviewForm(StepForm):
    key, label = "preview", "Preview"
    begins_as_last_time = False
    asks = False
