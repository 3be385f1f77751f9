"""Starting an interview from a template of its job's interview plan, and switching to another one. A step
counts as answered if the template covers all of it, so that one click leads to Date & Time. What it leaves
open is asked, and begins with the last interview on the job.
"""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from blueprints.schedule_interview.answers import StepAnswers, of_template
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.forms.setup import SetupForm
from extensions import db
from hiring import queries
from hiring.interview_plans import people_of
from models import Application, InterviewTemplate, User
from scheduling.drafts import attachments, drafts, starting
from scheduling.drafts.from_template import FromTemplate, from_template_of
from scheduling.rules import Rules
from wording import listed


def template_on(job_ids: set[int], template_id: int | None) -> InterviewTemplate | None:
    """That template, if it is on the plan of one of these jobs."""
    found = db.session.get(InterviewTemplate, template_id) if template_id is not None else None
    return found if found is not None and found.job_id in job_ids else None


def start_from(
    actor: User, application: Application, template: InterviewTemplate, rules: Rules
) -> tuple[Dialog, str]:
    """A new draft that starts from a template, in the place of what was started for that application, and
    what to tell about people and files in it that cannot be used."""
    taken, left_out = _take(template, application)
    begun = starting.start(actor, application.candidate_id, application_id=application.id, template=taken)
    dialog = Dialog(actor, begun, rules)
    taken = replace(taken, answered=_answered(dialog, application, taken))
    dialog.draft.payload = {step: dict(fields) for step, fields in taken.answered.items()}
    return dialog, " ".join([*left_out, *_bring_files(dialog, taken)])


def use_another(dialog: Dialog, version: int, template: InterviewTemplate) -> str:
    """Switch a draft to another template of its job: the template's answers replace what was there, and the
    date, the time, and what it says nothing about stay. Returns what to tell, as `start_from` does. Raises
    `DraftStaleError` if `version` is not the newest."""
    assert dialog.application is not None
    taken, left_out = _take(template, dialog.application)
    taken = replace(taken, answered=_answered(dialog, dialog.application, taken))
    before = from_template_of(dialog.draft)
    untouched = before.answered if before is not None else {}
    payload = {
        step: fields
        for step, fields in dialog.draft.payload.items()
        if step != SetupForm.key and fields != untouched.get(step)
    }
    typed = {step: fields for step, fields in dialog.draft.typed.items() if step != SetupForm.key}
    for step, fields in taken.answered.items():
        payload[step] = {**fields, **payload.get(step, {})}
    for step, said in taken.answers.items():
        for kept in (payload, typed):
            if step in kept:
                kept[step] = {**kept[step], **said}
    drafts.use_template(dialog.draft, version, taken, payload, typed)
    for file_id in before.file_ids if before is not None else ():
        attachments.remove(dialog.draft.id, file_id)
    return " ".join([*left_out, *_bring_files(dialog, taken)])


def _bring_files(dialog: Dialog, taken: FromTemplate) -> list[str]:
    """Copy the template's files to the draft; why not, in words, for those for which there is no room."""
    if taken.template_id is None:
        return []
    added, refused = attachments.add_those_of_template(dialog.actor, dialog.draft, taken.template_id)
    dialog.draft.from_template = replace(taken, file_ids=tuple(added)).to_json()
    return refused


def _take(template: InterviewTemplate, application: Application) -> tuple[FromTemplate, list[str]]:
    brought = people_of(template, application.job, queries.team())
    names = [user.name for user in brought.left_out]
    is_or_are = "is" if len(names) == 1 else "are"
    left_out = [f"{listed(names)} {is_or_are} no longer active and left out."] if names else []
    taken = FromTemplate(
        template.id,
        application.job_id,
        template.name,
        template.duration_minutes,
        of_template(template, application, brought.people),
    )
    return taken, left_out


def _answered(dialog: Dialog, application: Application, taken: FromTemplate) -> StepAnswers:
    """The answers of the steps of which the template says all that they need."""
    job = application.job
    usual: dict[type[StepForm], dict[str, list[str]]] = {
        SetupForm: {"password": [""], "method": dialog.method},
        AttendeesForm: {"hiring_manager": [str(job.hiring_manager_id)]},
        DetailsForm: {"title": [job.usual_interview_title]},
    }
    answered: StepAnswers = {}
    for form_class, fields in usual.items():
        said = {**fields, **taken.answers.get(form_class.key, {})}
        form = dialog.typed(
            form_class, MultiDict([(name, value) for name, values in said.items() for value in values])
        )
        if form.validate():
            answered[form_class.key] = form.answers()
    return answered
