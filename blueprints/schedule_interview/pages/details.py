"""Details, with the files to send."""

from __future__ import annotations

from collections.abc import Iterable
from os import SEEK_END
from typing import Any

from werkzeug.datastructures import FileStorage

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.pages.base import Page
from hiring import files
from models import Attachment
from scheduling.drafts import attachments, drafts
from scheduling.files.keeping import MOST_BYTES, FileError, drop
from scheduling.files.kinds_of_files import KINDS, clean_name
from services import services
from web.received_files import sent_files
from wording import in_a_row


class DetailsPage(Page[DetailsForm]):
    form_class = DetailsForm

    def check(self, dialog: Dialog, form: DetailsForm) -> bool:
        """Files stay even when something else is wrong: only the person who chose
        them can put them into the form a second time."""
        is_right = self.holds(dialog, form)
        return self._keep_files(dialog, form) and is_right

    def keep_rest(self, dialog: Dialog, form: DetailsForm) -> list[str]:
        if not self.differences(dialog, form):
            return []
        self._keep_files(dialog, form)
        return list(form.files.errors)

    def _keep_files(self, dialog: Dialog, form: DetailsForm) -> bool:
        """Store who gets which file, and remove and add files; False when a file could not be added. Raises
        `DraftStaleError` before anything is changed.
        """
        drafts.take(dialog.draft, form.opened_on)
        form.version.data = str(dialog.draft.version)
        attachments.choose_readers(dialog.draft.id, form.listed.data or [], form.team_only.data or [])
        if form.remove.data is not None:
            attachments.remove(dialog.draft.id, form.remove.data)
        refused = list(dialog.received.refused)
        new_for_team = bool(form.new_files_for_team_only.data)
        kept_files = [(kept, new_for_team) for kept in dialog.received.kept]
        for kept, is_for_team_only in [*kept_files, *((kept, True) for kept in dialog.received.for_team)]:
            try:
                attachments.add(dialog.actor, dialog.draft, kept, is_for_team_only=is_for_team_only)
            except FileError as error:
                drop(kept, services().attachment_files)
                refused.append(error.words)
        form.files.errors = refused
        dialog.offer_again(form)
        return not refused

    def differences(self, dialog: Dialog, form: DetailsForm) -> list[tuple[str, str, str]]:
        """New files, ticks, Attach and Remove, unless the same form has already done all that."""
        present, ticked = dialog.files(), set(form.team_only.data or [])
        listed = [row for row in present if row.id in (form.listed.data or [])]
        readers = form.new_files_for_team_only.data
        here = {(row.name, row.size_bytes, row.is_for_team_only) for row in present}
        new = [sent for sent in sent_files() if (*_name_and_size(sent), readers) not in here]
        names = in_a_row(clean_name(sent.filename or "") for sent in new)
        found = [("Attachments", _names(present), f"{names} (new)")] if new else []
        if any(row.is_for_team_only != (row.id in ticked) for row in listed):
            saved = _names(row for row in listed if row.is_for_team_only)
            sent_ticks = _names(row for row in listed if row.id in ticked)
            found.append(("Team only", saved, sent_ticks))
        removed = [row for row in present if row.id == form.remove.data]
        known = {row.content_hash for row in present}
        picked = [row for row in _theirs(dialog) if row.id == form.attach.data]
        attached = [row for row in picked if row.content_hash not in known]
        found += [("Attachments", _names(present), f"{row.name} (new)") for row in attached]
        return found + [("Remove", "–", row.name) for row in removed]

    def context(self, dialog: Dialog, form: DetailsForm) -> dict[str, Any]:
        present = dialog.files()
        return {
            "attachments": present,
            "theirs": _theirs(dialog),
            "attached_already": {row.content_hash for row in present},
            "accept": ",".join(f".{ending}" for ending in KINDS),
            "largest_file": MOST_BYTES,
        }


DETAILS = DetailsPage()


def _theirs(dialog: Dialog) -> list[Attachment]:
    """The files that are kept with the candidate; where the interview exists, there are none to send."""
    if dialog.subject.exists:
        return []
    return files.of_candidate(dialog.actor, dialog.draft.candidate_id)


def _names(files: Iterable[Attachment]) -> str:
    return in_a_row(row.name for row in files) or "–"


def _name_and_size(sent: FileStorage) -> tuple[str, int]:
    return clean_name(sent.filename or "") or "file", sent.stream.seek(0, SEEK_END)
