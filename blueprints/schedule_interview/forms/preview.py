"""Preview shows, and asks nothing; its form carries the draft's version on."""

from __future__ import annotations

from blueprints.schedule_interview.forms.base import StepForm


class PreviewForm(StepForm):
    key, label = "preview", "Preview"
    asks = False
