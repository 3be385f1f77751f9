"""A draft as the dialog sees it: its forms filled and checked, and the command they make together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic

from flask import url_for
from werkzeug.datastructures import MultiDict

from accounts.permissions import Action
from blueprints.schedule_interview.answers import Answers, as_last_time
from blueprints.schedule_interview.changes import say_what_changed
from blueprints.schedule_interview.received_files import NOTHING, Received
from blueprints.schedule_interview.steps import ALL, ASKING, ATTENDEES, DATE_TIME, DETAILS, FINALIZE, SETUP
from blueprints.schedule_interview.steps.base import F, Step
from hiring import queries
from models import Application, Draft, Job, MeetingSoftware, User
from scheduling.clashes import host_taken_up, software_of
from scheduling.commands.ticket import Ticket
from scheduling.drafts.again import last_on_job
from scheduling.meetings.hosts import Host, possible_hosts
from scheduling.plans import Participant, Plan, Reminders, When
from scheduling.rules import Rules
from scheduling.software import DEFAULT
from scheduling.venues import Venue


@dataclass(frozen=True)
class _CheckedForm(Generic[F]):
    form: F
    is_right: bool


class Dialog:
    """One person's draft with all that its steps need to know."""

    def __init__(self, actor: User, draft: Draft, rules: Rules, received: Received = NOTHING) -> None:
        self.actor, self.draft, self.rules, self.received = actor, draft, rules, received
        self.candidate = draft.candidate
        self._checked: dict[str, _CheckedForm[Any]] = {}

    def address(self, step_key: str, *, back_to_finalize: bool = False) -> str:
        """Where a step of this draft is found; `back_to_finalize` makes its main button lead to the end."""
        origin: dict[str, Any] = {"from": FINALIZE.key} if back_to_finalize else {}
        return url_for("schedule_interview.step", draft_id=self.draft.id, step=step_key, **origin)

    @cached_property
    def applications(self) -> list[Application]:
        """What the candidate can be interviewed for by this person: applications on open jobs."""
        found = queries.applications_of(self.actor, self.draft.candidate_id, Action.SCHEDULE)
        return [application for application in found if application.job.is_open]

    @cached_property
    def team(self) -> list[User]:
        return queries.team()

    # Forms

    def posted(self, step: Step[F]) -> F:
        """The form of a step as it was just sent."""
        form = step.form_class()
        step.prepare(self, form)
        return form

    def saved(self, step: Step[F]) -> F:
        """The form of a step as the draft holds it, with what no longer holds said beside its field; or
        fresh, with what is usual."""
        form = self._from_draft(step, csrf=True)
        if self.is_saved(step):
            step.show_saved(self, form)
            if self.is_wrong(step):
                for name, field in self._checked[step.key].form._fields.items():
                    form[name].errors = field.errors
                say_what_changed(self, form)
        else:
            step.suggest(self, form)
            for name, values in self.suggested.get(step.key, {}).items():
                if name in form:
                    form[name].process(MultiDict((form[name].name, value) for value in values))
        form.version.data = str(self.draft.version)
        return form

    def is_saved(self, step: Step[Any]) -> bool:
        return step.key in self.draft.payload

    @property
    def has_chosen_people(self) -> bool:
        """Whether somebody has said yet who takes part."""
        return self.is_saved(ATTENDEES)

    def checked(self, step: Step[F]) -> F | None:
        """The saved form of a step if everything in it still holds, else None."""
        found = self._check(step) if self.is_saved(step) else None
        return found.form if found is not None and found.is_right else None

    def is_wrong(self, step: Step[Any]) -> bool:
        """Whether the step was filled in and does not hold any more, because the world has changed."""
        return step in ASKING and self.is_saved(step) and self.checked(step) is None

    def _check(self, step: Step[F]) -> _CheckedForm[F]:
        if step.key not in self._checked:
            form = self._from_draft(step, csrf=False)
            self._checked[step.key] = _CheckedForm(form, form.validate())
        return self._checked[step.key]

    @cached_property
    def suggested(self) -> Mapping[str, Answers]:
        """What the steps that were not saved yet begin with, by step and field."""
        if self.draft.suggestions is not None:
            return self.draft.suggestions
        last = last_on_job(self.actor, self.job.id) if self.job is not None else None
        if last is None:
            return {}
        active = {user.id for user in self.team}
        return as_last_time(last, self.actor, self.candidate, active_user_ids=active)

    def first_incomplete(self) -> str | None:
        """The first step that still has to be filled in; None when all that Finalize needs is there."""
        return next((step.key for step in ASKING if self.checked(step) is None), None)

    def may_finish_from(self, step: Step[Any]) -> bool:
        """Whether this step is all that lies before Finalize, for somebody who has been further than here;
        on the first way there the steps come one after the other."""
        has_been_further = any(self.is_saved(later) for later in ALL[ALL.index(step) + 1 :])
        return has_been_further and all(self.checked(other) is not None for other in ASKING if other != step)

    def _from_draft(self, step: Step[F], *, csrf: bool) -> F:
        saved = self.draft.payload.get(step.key)
        filled = (
            MultiDict([(name, value) for name, values in saved.items() for value in values])
            if saved is not None
            else None
        )
        form = step.form_class(formdata=filled, meta={"csrf": csrf})
        step.prepare(self, form)
        return form

    # What the steps know together

    @property
    def application(self) -> Application | None:
        """The application that the interview is for; None while several are possible, and when the chosen
        one no longer is."""
        chosen = self.draft.payload.get("setup", {}).get("job", [])
        if not chosen and len(self.applications) == 1:
            return self.applications[0]
        return next((a for a in self.applications if [str(a.id)] == chosen), None)

    @property
    def job(self) -> Job | None:
        return self.application.job if self.application else None

    @property
    def hiring_manager(self) -> User | None:
        chosen = self.checked(ATTENDEES)
        if chosen is not None:
            return next(user for user in self.team if user.id == chosen.hiring_manager.data)
        return self.job.hiring_manager if self.job else None

    def hosts(self) -> list[Host]:
        """Who could host, in the order in which they will be asked."""
        manager = self.hiring_manager
        return possible_hosts(self.software, manager or self.actor, self.actor)

    def host_taken_up(self, manager: User | None) -> Host | None:
        """Whose account it would take up with that hiring manager, if that leaves no room for another."""
        return host_taken_up(self.venue, manager or self.actor, self.actor) if self.venue else None

    @property
    def software(self) -> MeetingSoftware:
        """What makes the meeting: as chosen, else as it will be suggested."""
        return (software_of(self.venue) if self.venue else None) or DEFAULT

    @property
    def venue(self) -> Venue | None:
        """Where it will be held; None while that is not settled."""
        setup = self.checked(SETUP)
        return setup.venue if setup is not None else None

    @property
    def duration_minutes(self) -> int:
        """How long it takes: as chosen, else as it will be suggested."""
        when = self.checked(DATE_TIME) or self.saved(DATE_TIME)
        return when.duration_minutes.data or 0

    def busy_user_ids(self) -> set[int]:
        """The people of the team whose time the interview takes, as far as they are chosen yet."""
        manager = self.hiring_manager
        busy = {manager.id} if manager else set()
        return busy | {person.user_id for person in self.attendees() if person.user_id is not None}

    def attendees(self) -> tuple[Participant, ...]:
        """Everybody chosen on the third step, team members first."""
        form = self.checked(ATTENDEES)
        if form is None:
            return ()
        chosen = set(form.people.data or ()) - {form.hiring_manager.data}
        team = tuple(Participant(u.name, u.email, u.id) for u in self.team if u.id in chosen)
        known = {person.email for person in team}
        return team + tuple(person for person in form.other_people if person.email not in known)

    def plan(self, reminders: Reminders | None = None) -> Plan:
        """Everything that was chosen. Only for a draft whose steps are complete.

        `reminders` are what Finalize was sent with; before, everyone gets all that are usual.
        """
        setup, when = self.checked(SETUP), self.checked(DATE_TIME)
        people, details = self.checked(ATTENDEES), self.checked(DETAILS)
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
            attendees=self.attendees(),
            title=details.title.data,
            message=details.message_to_candidate.data or "",
            notes=details.internal_notes.data or "",
            reminders=Reminders(self.rules.reminder_minutes) if reminders is None else reminders,
        )

    def ticket(self, version: int) -> Ticket:
        """The draft as of that version, with every clash that was accepted on the way."""
        accepted: frozenset[str] = frozenset()
        for form in (self.checked(DATE_TIME), self.checked(ATTENDEES)):
            accepted |= form.accepted_clashes.keys if form is not None else frozenset()
        return Ticket(self.draft.id, version, accepted)
