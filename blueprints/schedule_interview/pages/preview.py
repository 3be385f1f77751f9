"""Preview: every reader's email as it will be sent, and what will happen automatically."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.preview import PreviewForm
from blueprints.schedule_interview.pages.base import Page, host_question
from blueprints.schedule_interview.panels.host import meeting_in_words
from blueprints.schedule_interview.panels.preview import Preview
from models import Attachment
from scheduling.meetings.hosts import first_usable
from web.signed_in import current_organization


class PreviewPage(Page[PreviewForm]):
    form_class = PreviewForm

    def context(self, dialog: Dialog, form: PreviewForm) -> dict[str, Any]:
        preview, asked = preview_of(dialog, dialog.files()), host_question(dialog)
        number = request.args.get("reader", 0, type=int)
        if not 0 <= number < len(preview):
            # The reader who was asked for may have been removed from the interview since.
            number = 0
        frame = url_for("schedule_interview.letter_frame", draft_id=dialog.draft.id, number=number)
        return {
            "readers": preview.choices(number, dialog.address(self.key)),
            "letter": preview.shown(number, frame),
            "reminders": preview.reminders(),
            "will_not_happen": preview.will_not_happen(),
            "meeting": meeting_in_words(asked),
        }


PREVIEW = PreviewPage()


def preview_of(dialog: Dialog, files: list[Attachment]) -> Preview:
    """The emails of a draft whose steps are complete; `files` are the draft's."""
    organization = current_organization()
    assert organization is not None
    has_host = first_usable(dialog.hosts()) is not None
    return Preview(
        dialog.planned_interview(),
        dialog.plan(),
        files,
        organization,
        has_host=has_host,
        before=dialog.plan_before,
        changes=dialog.draft.about_interview_id if dialog.plan_before is not None else None,
        by=dialog.actor.name,
        slots=dialog.times if dialog.subject.offers_slots else (),
    )
