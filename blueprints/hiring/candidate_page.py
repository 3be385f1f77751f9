"""The page of one candidate, which several routes answer with."""

from __future__ import annotations

from collections.abc import Collection

from flask import abort, render_template

from accounts.permissions import Action
from blueprints.hiring.added_files import FIELD, WHAT_FITS
from blueprints.hiring.forms import ApplicationForm, FilesForm, NoteForm
from blueprints.schedule_interview.chosen_time import chosen_time
from hiring import files, queries
from hiring.activity import activity_of
from hiring.plan_menus import menus_for
from models import Application, Stage
from phone_numbers import phone_link
from scheduling.drafts.unfinished import open_drafts
from scheduling.reading.lists import interviews_of_candidate
from web.signed_in import actor

_ACTIVITY_SHOWN = 4


def note_form_for(applications: Collection[Application], *, is_sent: bool = True) -> NoteForm:
    """The form for a note about one of these applications."""
    form = NoteForm() if is_sent else NoteForm(formdata=None)
    form.application.offer((each.id, each.job.title) for each in applications)
    if len(applications) == 1 and not form.application.raw_data:
        # There is nothing to choose, so the page does not ask.
        [form.application.data] = [each.id for each in applications]
    return form


def candidate_page(
    candidate_id: int,
    *,
    note_form: NoteForm | None = None,
    application_form: ApplicationForm | None = None,
    files_form: FilesForm | None = None,
) -> str:
    """The page as the person behind this request sees it, with the forms that come back to it."""
    user = actor()
    found = files.candidate_with_files(user, candidate_id) or abort(404)
    is_there = found.erased_at is None
    applications = queries.applications_with_moves(user, candidate_id)
    known = {application.job_id for application in applications}
    manages = is_there and queries.may(user, Action.MANAGE_CANDIDATES, found)
    noted = queries.among(user, Action.SEE_NOTES, applications, candidate_id) if is_there else []
    open_jobs = queries.open_jobs_to_choose(user, Action.MANAGE_CANDIDATES) if manages else []
    addable = [job for job in open_jobs if job.id not in known]
    if application_form is None:
        application_form = ApplicationForm(formdata=None)
    application_form.job.offer(addable)
    if applications:
        application_form.job.label.text = "Another job"
    schedulable = queries.among(user, Action.SCHEDULE, applications, candidate_id) if is_there else []
    managed = queries.among(user, Action.MANAGE_CANDIDATES, applications, candidate_id) if manages else []
    sees_files = is_there and queries.may(user, Action.SEE_NOTES, found)
    return render_template(
        "hiring/candidate.html",
        candidate=found,
        applications=applications,
        managed={application.id for application in managed},
        stages=list(Stage),
        interviews=interviews_of_candidate(user, candidate_id),
        sees_contact=is_there and queries.may(user, Action.SEE_CONTACT, found),
        phone_link=phone_link(found.phone or ""),
        noted=noted,
        notes=queries.notes_on(user, candidate_id),
        sees_files=sees_files,
        files=files.in_order(found.files) if sees_files else [],
        files_form=files_form or FilesForm(formdata=None),
        file_field=FIELD,
        what_fits=WHAT_FITS,
        note_form=note_form or note_form_for(noted, is_sent=False),
        chosen=chosen_time(),
        menus=menus_for(user, candidate_id) if schedulable else [],
        may_schedule=any(application.job.is_open for application in schedulable),
        may_manage=manages,
        drafts=open_drafts(user, candidate_id=candidate_id) if schedulable else [],
        application_form=application_form if addable or application_form.errors else None,
        activity=activity_of(applications) if is_there else (),
        shown_first=_ACTIVITY_SHOWN,
    )
