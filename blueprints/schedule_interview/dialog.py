"""A draft as the dialog sees it: its forms filled and checked, and the plan they make together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Generic

from flask import url_for
from werkzeug.datastructures import MultiDict

from accounts.permissions import Action
from blueprints.schedule_interview.beginning import Beginning
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import Answers, F, Gone, Offered, StepForm
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.forms.finalize import FinalizeForm
from blueprints.schedule_interview.forms.setup import SetupForm
from blueprints.schedule_interview.received_files import NOTHING, Received
from blueprints.schedule_interview.subjects import subject_of
from database import is_reading
from extensions import db
from hiring import queries
from models import Application, Attachment, Draft, Interview, Job, MeetingSoftware, User
from scheduling.clashes import Clash, Wanted, find_clashes, host_taken_up, software_of, staying_host
from scheduling.commands.schedule import new_interview
from scheduling.commands.ticket import Ticket
from scheduling.drafts import attachments, drafts
from scheduling.mails.queue import recipients_of
from scheduling.meetings.hosts import Host, possible_hosts
from scheduling.plans import Participant, Plan, Reminders, When, from_json
from scheduling.rules import Rules
from scheduling.software import DEFAULT
from scheduling.venues import Venue
from web.row_ids import LARGEST_ROW_ID
from work.mail import Recipient

# The calendar entry's UID is made with the interview.
_UID_LATER = "made-when-you-schedule"


@dataclass(frozen=True)
class _CheckedForm(Generic[F]):
    form: F
    is_right: bool


class Dialog:
    """One person's draft with all that its steps need to know."""

    def __init__(self, actor: User, draft: Draft, rules: Rules, received: Received = NOTHING) -> None:
        self.actor, self.draft, self.rules, self.received = actor, draft, rules, received
        self.candidate, self.subject = draft.candidate, subject_of(draft)
        self._checked: dict[str, _CheckedForm[Any]] = {}
        self._known_hosts: dict[tuple[MeetingSoftware, int], list[Host]] = {}

    @property
    def steps(self) -> tuple[type[StepForm], ...]:
        return self.subject.steps

    def address(self, step_key: str, *, back_to_finalize: bool = False) -> str:
        """Where a step of this draft is found; `back_to_finalize` makes its main button lead to the end."""
        origin: dict[str, Any] = {"from": FinalizeForm.key} if back_to_finalize else {}
        return url_for("schedule_interview.step", draft_id=self.draft.id, step=step_key, **origin)

    # What the forms can choose from

    @cached_property
    def changed(self) -> Interview | None:
        """The interview that this draft changes; None for a new one."""
        if not self.subject.changes or self.draft.about_interview_id is None:
            return None
        return db.session.get(Interview, self.draft.about_interview_id)

    @cached_property
    def plan_before(self) -> Plan | None:
        """What was decided about it when the draft began."""
        return from_json(self.draft.about_plan) if self.draft.about_plan is not None else None

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """What the candidate can be interviewed for by this person: applications on open jobs. An interview
        that is changed stays on its own."""
        if self.changed is not None:
            return (self.changed.application,)
        found = queries.applications_of(self.actor, self.draft.candidate_id, Action.SCHEDULE)
        return tuple(application for application in found if application.job.is_open)

    @cached_property
    def team(self) -> tuple[User, ...]:
        return tuple(queries.team())

    def files(self) -> list[Attachment]:
        """The draft's files as they are now."""
        return list(self.draft.files) if is_reading() else attachments.of_draft(self.draft.id)

    def _offered(self, form_class: type[StepForm], *, is_shown: bool = True) -> Offered:
        """What a form can choose from; without what is only there to be picked up if nobody sees the form."""
        return replace(
            self._usual_offer,
            files=tuple(self.files()) if form_class.lists_files and is_shown else (),
            readers=self._readers() if form_class.lists_readers else (),
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
            is_change=self.subject.changes,
        )

    def _readers(self) -> tuple[Recipient, ...]:
        """Everyone who would get mails; nobody while the draft is not complete."""
        return () if self.first_incomplete() is not None else tuple(recipients_of(self.planned_interview()))

    # Forms

    def posted(self, form_class: type[F]) -> F:
        """The form of a step as it was just sent."""
        form = form_class()
        form.offer(self._offered(form_class))
        return form

    def typed(self, form_class: type[F], values: MultiDict[str, str]) -> F:
        """The form of a step as it is while it is being typed."""
        form = form_class(formdata=values, meta={"csrf": False})
        form.offer(self._offered(form_class))
        return form

    def offer_again(self, form: StepForm) -> None:
        """Give a form its choices once more, after something that it lists has changed."""
        offered = self._offered(type(form))
        form.offer(offered)
        form.show_saved(offered, {})

    def saved(self, form_class: type[F]) -> F:
        """The form of a step as the draft holds it, with what no longer holds said beside its field; or
        fresh, with what is usual."""
        offered = self._offered(form_class)
        form = self._from_draft(form_class, offered, csrf=True)
        if self.is_saved(form_class):
            form.show_saved(offered, self.draft.payload[form_class.key])
            if self.is_wrong(form_class):
                for name, field in self._checked[form_class.key].form._fields.items():
                    form[name].errors = field.errors
                form.explain(offered, self._gone())
        else:
            form.suggest(offered)
            for name, values in self.beginning.answers(form_class).items():
                if name in form:
                    form[name].process(MultiDict((form[name].name, value) for value in values))
        form.version.data = str(self.draft.version)
        return form

    def shown(self, form_class: type[F]) -> F:
        """The form of a step as its page opens: as it is saved, with what was typed since and left without
        Continue on top."""
        form = self.saved(form_class)
        if self.is_unfinished(form_class):
            form.fill_in(self.draft.typed[form_class.key])
        return form

    def keep(self, form: StepForm) -> None:
        """Keep what was typed into a step for when it is opened again, right or wrong. Raises as
        `drafts.keep_typed` does."""
        changes = form.changes_from(self.saved(type(form)))
        if changes or self.is_unfinished(type(form)):
            drafts.keep_typed(self.draft, form.opened_on, form.key, changes)

    def add_actor(self, version: int) -> None:
        """Let the person who schedules take part, beside those chosen on Attendees. Raises `DraftStaleError`
        if `version` is not the newest."""
        key, me = AttendeesForm.key, str(self.actor.id)
        typed = self.draft.typed.get(key, {})

        def with_me(answers: Mapping[str, list[str]]) -> Answers:
            return {**answers, "people": list(dict.fromkeys([*answers.get("people", []), me]))}

        drafts.save_step(self.draft, version, key, with_me(self.draft.payload.get(key, {})))
        if typed:
            kept = with_me(typed) if "people" in typed else typed
            drafts.keep_typed(self.draft, self.draft.version, key, kept)

    def is_unfinished(self, form_class: type[StepForm]) -> bool:
        """Whether something was typed into the step and left without Continue."""
        return form_class.key in self.draft.typed

    @property
    def unfinished(self) -> tuple[type[StepForm], ...]:
        """The steps of which something was typed and is not part of the interview yet."""
        return tuple(step for step in self.steps if step.asks and self.is_unfinished(step))

    def is_saved(self, form_class: type[StepForm]) -> bool:
        return form_class.key in self.draft.payload

    @property
    def has_chosen_people(self) -> bool:
        """Whether it was said yet who takes part."""
        return self.is_saved(AttendeesForm)

    def checked(self, form_class: type[F]) -> F | None:
        """The saved form of a step if everything in it still holds, else None."""
        found = self._check(form_class) if self.is_saved(form_class) else None
        return found.form if found is not None and found.is_right else None

    def is_wrong(self, form_class: type[StepForm]) -> bool:
        """Whether the step was filled in and does not hold any more, because the world has changed."""
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
        """What was chosen in this draft and cannot be chosen any more."""
        title, names = None, {}
        if self.application is None:
            number = drafts.chosen_application_id(self.draft.payload)
            application = queries.application(self.actor, self.candidate.id, number, Action.SEE)
            if application is not None and not application.job.is_open:
                title = application.job.title
        people = self.draft.payload.get(AttendeesForm.key, {})
        chosen = {*people.get("hiring_manager", []), *people.get("people", [])}
        for text in chosen - {str(user.id) for user in self.team}:
            number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
            user = db.session.get(User, number) if 0 < number <= LARGEST_ROW_ID else None
            if user is not None:
                names[number] = user.name
        return Gone(title, names)

    @cached_property
    def beginning(self) -> Beginning:
        """What the steps that were not saved yet begin with."""
        return Beginning(self.actor, self.draft, self.job, self.team)

    def first_incomplete(self) -> str | None:
        """The first step that still has to be filled in; None when all that Finalize needs is there."""
        return next((step.key for step in self.subject.asking if self.checked(step) is None), None)

    def may_finish_from(self, form_class: type[StepForm]) -> bool:
        """Whether this step is all that is missing before Finalize, for someone who has been further than
        here; on the first way there the steps come one after the other."""
        later = self.steps[self.steps.index(form_class) + 1 :]
        return any(self.is_saved(step) for step in later) and all(
            self.checked(other) is not None for other in self.subject.asking if other is not form_class
        )

    def asking_for(self, field: str) -> type[StepForm]:
        """The first step whose form has that field. Raises `StopIteration` for a field that no form has."""
        return next(step for step in self.steps if hasattr(step, field))

    # What the steps know together

    @property
    def application(self) -> Application | None:
        """The application that the interview is for; None while several are possible, and when the chosen
        one no longer is."""
        answers = self.draft.payload.get(SetupForm.key) or self.draft.typed.get(SetupForm.key, {})
        if not answers.get("job") and len(self.applications) == 1:
            return self.applications[0]
        wanted = answers.get("job") or [str(self.draft.application_id)]
        return next((a for a in self.applications if [str(a.id)] == wanted), None)

    @property
    def job(self) -> Job | None:
        return self.application.job if self.application else None

    @property
    def hiring_manager(self) -> User | None:
        chosen = self.checked(AttendeesForm)
        if chosen is not None:
            return next(user for user in self.team if user.id == chosen.hiring_manager.data)
        return self.job.hiring_manager if self.job else None

    @property
    def venue(self) -> Venue | None:
        """Where it will be held; None while that is not settled."""
        setup = self.checked(SetupForm)
        return setup.venue if setup is not None else None

    @property
    def software(self) -> MeetingSoftware:
        """What makes the meeting: as chosen, else as it will be suggested."""
        return (software_of(self.venue) if self.venue else None) or DEFAULT

    def hosts(self) -> list[Host]:
        """Who could host, in the order in which they will be asked."""
        return self._hosts(self.software, self.hiring_manager or self.actor)

    def _hosts(self, software: MeetingSoftware, manager: User) -> list[Host]:
        key = (software, manager.id)
        if key not in self._known_hosts or not is_reading():
            scheduler = self.changed.scheduler if self.changed is not None else self.actor
            self._known_hosts[key] = possible_hosts(software, manager, scheduler)
        return self._known_hosts[key]

    @property
    def duration_minutes(self) -> int:
        """How long it takes: as chosen, else as it will be suggested."""
        when = self.checked(DateTimeForm) or self.saved(DateTimeForm)
        return when.duration_minutes.data or 0

    def attendees(self) -> tuple[Participant, ...]:
        """Everyone chosen on Attendees, team members first; nobody while that does not hold."""
        form = self.checked(AttendeesForm)
        return form.attendees if form is not None else ()

    def busy_user_ids(self) -> set[int]:
        """The people on the team whose time the interview takes, as far as they are chosen yet."""
        manager = self.hiring_manager
        busy = {manager.id} if manager else set()
        return busy | {person.user_id for person in self.attendees() if person.user_id is not None}

    def clashes_at(
        self,
        starts_at: datetime,
        duration_minutes: int,
        *,
        manager: User | None,
        user_ids: Collection[int],
    ) -> list[Clash]:
        """What an interview at that time with these people would clash with, host account included."""
        hosts = partial(self._hosts, manager=manager or self.actor)
        host = host_taken_up(self.venue, hosts) if self.venue else None
        people, candidate_id = frozenset(user_ids), self.candidate.id
        wanted = Wanted(
            starts_at,
            duration_minutes,
            people,
            candidate_id,
            host=staying_host(host, self.changed, self.software),
            software=self.software,
            interview_id=self.draft.about_interview_id,
        )
        return find_clashes(wanted, seen_by=self.actor)

    # What they make together

    def plan(self, reminders: Reminders | None = None) -> Plan:
        """Everything that was chosen. Only for a draft whose steps are complete.

        `reminders` are what Finalize was sent with; before, everyone gets all that are usual.
        """
        setup, when = self.checked(SetupForm), self.checked(DateTimeForm)
        people, details = self.checked(AttendeesForm), self.checked(DetailsForm)
        assert setup is not None
        assert when is not None
        assert people is not None
        assert details is not None
        assert when.starts_at is not None
        assert self.application is not None
        return Plan(
            application_id=self.application.id,
            venue=setup.venue,
            agenda=setup.agenda.data,
            when=When(when.starts_at, when.wall_time, when.timezone.data, when.duration_minutes.data),
            hiring_manager_id=people.hiring_manager.data,
            attendees=people.attendees,
            title=details.title.data,
            message=details.message_to_candidate.data or "",
            notes=details.internal_notes.data or "",
            reminders=Reminders(self.rules.reminder_minutes) if reminders is None else reminders,
        )

    def planned_interview(self) -> Interview:
        """The interview as it would be now, in no session. Only for a draft whose steps are complete."""
        scheduler = self.changed.scheduler if self.changed is not None else self.actor
        planned = new_interview(self.plan(), scheduler, ics_uid=_UID_LATER)
        if self.changed is not None:
            planned.ics_uid, planned.revision = self.changed.ics_uid, self.changed.revision + 1
        return planned

    def ticket(self, version: int, words: str = "") -> Ticket:
        """The draft as of that version, with every clash that was accepted and the reason for a change."""
        accepted: frozenset[str] = frozenset()
        for form in (self.checked(DateTimeForm), self.checked(AttendeesForm)):
            accepted |= form.accepted_clashes.keys if form is not None else frozenset()
        return Ticket(self.draft.id, version, accepted, words)
