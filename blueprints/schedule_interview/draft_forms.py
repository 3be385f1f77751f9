"""The forms of a draft's steps: filled from the draft, and checked against the current state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic

from werkzeug.datastructures import MultiDict

from accounts.permissions import Action
from blueprints.schedule_interview.beginning import Beginning
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import F, Gone, Offered, StepForm
from blueprints.schedule_interview.forms.setup import SOFTWARE, SetupForm
from blueprints.schedule_interview.subjects import subject_of
from database import is_reading, read_row_id
from extensions import db
from hiring import queries
from models import Application, Attachment, Draft, Interview, Job, MeetingSoftware, User
from scheduling.drafts import attachments, drafts
from scheduling.drafts.chosen import chosen_application_id
from scheduling.drafts.from_template import from_template_of
from scheduling.outside.team import Team, team_with_calendars
from scheduling.rules import Rules
from scheduling.software import offered
from web.received_files import NOTHING, Received
from work.mail import Recipient


@dataclass(frozen=True)
class _CheckedForm(Generic[F]):
    form: F
    is_right: bool


class DraftForms(ABC):
    """One person's draft as forms. `Dialog` adds what the steps know together."""

    def __init__(self, actor: User, draft: Draft, rules: Rules, received: Received = NOTHING) -> None:
        self.actor, self.draft, self.rules, self.received = actor, draft, rules, received
        self.candidate, self.subject = draft.candidate, subject_of(draft)
        self._checked: dict[str, _CheckedForm[Any]] = {}

    @property
    def steps(self) -> tuple[type[StepForm], ...]:
        return self.subject.steps

    # What the forms can choose from

    @cached_property
    def changed(self) -> Interview | None:
        """The interview that this draft is about; None for a new one."""
        if not self.subject.exists or self.draft.about_interview_id is None:
            return None
        return db.session.get(Interview, self.draft.about_interview_id)

    @property
    def application(self) -> Application | None:
        """The application that the interview is for: as chosen, else as the draft was started for. None while
        several are possible, and when the chosen one no longer is."""
        answers = self.draft.payload.get(SetupForm.key) or self.draft.typed.get(SetupForm.key, {})
        chosen = answers.get("job", []) or self._job_of_template
        if not chosen and len(self.applications) == 1:
            return self.applications[0]
        wanted = chosen or [str(self.draft.application_id)]
        return next((a for a in self.applications if [str(a.id)] == wanted), None)

    @property
    def _job_of_template(self) -> list[str]:
        """The application that a template was chosen for, as Setup answers it."""
        taken = from_template_of(self.draft)
        return taken.answers[SetupForm.key]["job"] if taken is not None else []

    @property
    def method(self) -> list[str]:
        """Who chooses the time, according to Setup: as typed, else as saved, else the initial choice."""
        for answers in (self.draft.typed, self.draft.payload):
            if chosen := answers.get(SetupForm.key, {}).get("method"):
                return list(chosen)
        return self.beginning.answers(SetupForm).get("method", [])

    @property
    def job(self) -> Job | None:
        return self.application.job if self.application else None

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """What the candidate can be interviewed for by this person: applications on open jobs. An interview
        that is changed stays on its own."""
        if self.changed is not None:
            return (self.changed.application,)
        found = queries.applications_to_schedule(self.actor, self.draft.candidate_id)
        return tuple(application for application in found if application.job.is_open)

    @cached_property
    def team_with_calendars(self) -> Team:
        """Everyone on the team, with how far their time is known."""
        return team_with_calendars()

    @property
    def team(self) -> tuple[User, ...]:
        return self.team_with_calendars.users

    def files(self) -> list[Attachment]:
        """The draft's files as they are now; those of an interview that is accepted came with the request."""
        if self.changed is not None and not self.subject.changes:
            return list(self.changed.attachments)
        return list(self.draft.files) if is_reading() else attachments.of_draft(self.draft.id)

    def _offered(self, form_class: type[StepForm], *, is_shown: bool = True) -> Offered:
        """What a form can choose from; without choices that matter only to a person who sees the form, if no
        one sees it."""
        return replace(
            self._usual_offer,
            files=tuple(self.files()) if form_class.lists_files and is_shown else (),
            readers=self._readers() if form_class.lists_readers else (),
            can_be_made=not form_class.lists_readers or self._can_be_made(),
            guests=self.beginning.guests() if form_class.lists_guests and is_shown else (),
        )

    @cached_property
    def _usual_offer(self) -> Offered:
        return Offered(
            team=self.team,
            candidate=self.candidate,
            applications=self.applications,
            application=self.application,
            intended_id=self.draft.application_id,
            zone=self.actor.timezone,
            rules=self.rules,
            is_new=not self.subject.exists,
            is_change=self.subject.changes,
            offers_slots=self.subject.offers_slots,
        )

    @abstractmethod
    def _readers(self) -> tuple[Recipient, ...]:
        """Everyone who would get emails; no one while the draft is not complete."""

    @abstractmethod
    def _can_be_made(self) -> bool:
        """Whether an account could host the meeting, if there is to be one that needs an account."""

    # Forms

    def posted(self, form_class: type[F]) -> F:
        """The form of a step with the values that were just sent."""
        form = form_class()
        form.offer(self._offered(form_class))
        return form

    def typed(self, form_class: type[F], values: MultiDict[str, str]) -> F:
        """The form of a step as it is while it is being typed."""
        form = form_class(formdata=values, meta={"csrf": False})
        form.offer(self._offered(form_class))
        return form

    def offer_again(self, form: StepForm) -> None:
        """Give a form its choices again, after something that it lists has changed."""
        offered = self._offered(type(form))
        form.offer(offered)
        form.show_saved(offered, {})

    def saved(self, form_class: type[F]) -> F:
        """The form of a step as saved in the draft, with a message beside each field that is no longer valid;
        or a fresh one with the usual values."""
        offered = self._offered(form_class)
        form = self._from_draft(form_class, offered, csrf=True)
        if self.is_saved(form_class):
            form.show_saved(offered, self.draft.payload[form_class.key])
            if self.is_wrong(form_class):
                form.take_errors_of(self._checked[form_class.key].form)
                form.explain(offered, self._gone())
        else:
            form.suggest(offered)
            for name, values in self._begins_with(form_class).items():
                if name in form:
                    form[name].process(MultiDict((form[name].name, value) for value in values))
        form.version.data = str(self.draft.version)
        return form

    def _begins_with(self, form_class: type[StepForm]) -> Mapping[str, list[str]]:
        begins = self.beginning.answers(form_class)
        if form_class is SetupForm and SOFTWARE not in begins:
            return {**begins, SOFTWARE: [self.beginning.usual_software.value]}
        return begins

    @property
    def software_to_be(self) -> MeetingSoftware:
        """The meeting software as Setup shows it; the usual one while a pasted link or none is chosen."""
        for answers in (self.draft.typed, self.draft.payload):
            for value in answers.get(SetupForm.key, {}).get(SOFTWARE, ()):
                if value in offered():
                    return MeetingSoftware(value)
        for value in self.beginning.answers(SetupForm).get(SOFTWARE, ()):
            if value in offered():
                return MeetingSoftware(value)
        return self.beginning.usual_software

    def shown(self, form_class: type[F]) -> F:
        """The form of a step as its page opens: as it is saved, with what was typed since and left without
        Continue on top."""
        form = self.saved(form_class)
        if self.is_unfinished(form_class):
            form.fill_in(self.draft.typed[form_class.key])
        return form

    def filled_in(self, form_class: type[F]) -> F:
        """The form of a step as if its page had been opened and sent as it is."""
        answers = self.shown(form_class).answers()
        return self.typed(
            form_class, MultiDict((n, value) for n, values in answers.items() for value in values)
        )

    def keep(self, form: StepForm, *, but_for: Collection[str] = ()) -> None:
        """Keep what was typed into a step for when it is opened again, right or wrong. Raises as
        `drafts.keep_typed` does, where `but_for` is explained."""
        changes = form.changes_from(self.saved(type(form)))
        if changes or self.is_unfinished(type(form)):
            drafts.keep_typed(self.draft, form.opened_on, form.key, changes, but_for=but_for)

    def is_unfinished(self, form_class: type[StepForm]) -> bool:
        """Whether something was typed into the step and left without Continue."""
        return form_class.key in self.draft.typed

    def is_saved(self, form_class: type[StepForm]) -> bool:
        return form_class.key in self.draft.payload

    def checked(self, form_class: type[F]) -> F | None:
        """The saved form of a step if everything in it still holds, else None."""
        found = self._check(form_class) if self.is_saved(form_class) else None
        return found.form if found is not None and found.is_right else None

    def is_wrong(self, form_class: type[StepForm]) -> bool:
        """Whether the step was filled in and is no longer valid, because something else has changed."""
        return form_class.asks and self.is_saved(form_class) and self.checked(form_class) is None

    def _check(self, form_class: type[F]) -> _CheckedForm[F]:
        if form_class.key not in self._checked:
            form = self._from_draft(form_class, self._offered(form_class, is_shown=False), csrf=False)
            self._checked[form_class.key] = _CheckedForm(form, form.validate())
        return self._checked[form_class.key]

    def _from_draft(self, form_class: type[F], offered: Offered, *, csrf: bool) -> F:
        saved = self.draft.payload.get(form_class.key)
        filled = (
            MultiDict([(name, value) for name, values in saved.items() for value in values])
            if saved is not None
            else None
        )
        form = form_class(formdata=filled, meta={"csrf": csrf})
        form.offer(offered)
        return form

    def _gone(self) -> Gone:
        """What was chosen in this draft and cannot be chosen anymore."""
        title, names = None, {}
        if self.application is None:
            number = chosen_application_id(self.draft.payload)
            application = queries.application(self.actor, self.candidate.id, number, Action.SEE)
            if application is not None and not application.job.is_open:
                title = application.job.title
        people = self.draft.payload.get(AttendeesForm.key, {})
        chosen = {*people.get("hiring_manager", []), *people.get("people", [])}
        for text in chosen - {str(user.id) for user in self.team}:
            user_id = read_row_id(text)
            user = db.session.get(User, user_id) if user_id is not None else None
            if user is not None:
                names[user.id] = user.name
        return Gone(title, names)

    @cached_property
    def beginning(self) -> Beginning:
        """The initial values of the steps that were not saved yet."""
        return Beginning(self.actor, self.draft, self.job, self.team)
