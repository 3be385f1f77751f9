"""A draft as the dialog sees it: its forms filled and checked, and the command they make together."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from accounts.permissions import Action
from blueprints.schedule_interview.steps import ASKING, ATTENDEES, DATE_TIME, DETAILS, SETUP
from blueprints.schedule_interview.steps.base import F, Step, StepForm
from hiring import queries
from models import Application, Draft, Job, MeetingSoftware, User
from scheduling.commands import NewAttendee, ScheduleInterview
from scheduling.hosts import Host, possible_hosts
from scheduling.rules import Rules


class Dialog:
    """One person's draft with all that its steps need to know."""

    def __init__(self, actor: User, draft: Draft, rules: Rules) -> None:
        self.actor, self.draft, self.rules = actor, draft, rules
        self.candidate = draft.candidate
        self.applications = [
            application
            for application in queries.applications_of(actor, draft.candidate_id, Action.SCHEDULE)
            if application.job.is_open
        ]
        self.team = queries.team()

    def address(self, step_key: str) -> str:
        """Where a step of this draft is found."""
        return url_for("schedule_interview.step", draft_id=self.draft.id, step=step_key)

    # Forms

    def posted(self, step: Step[F]) -> F:
        """The form of a step as it was just sent."""
        form = step.form_class()
        step.prepare(self, form)
        return form

    def saved(self, step: Step[F]) -> F:
        """The form of a step as the draft holds it, or fresh with what is usual."""
        form = self._from_draft(step, csrf=True)
        if step.key in self.draft.payload:
            step.show_saved(self, form)
        else:
            step.suggest(self, form)
        form.version.data = str(self.draft.version)
        return form

    def checked(self, step: Step[F]) -> F | None:
        """The saved form of a step if everything in it still holds, else None."""
        form: F | None = self._checked[step.key]
        return form

    @cached_property
    def _checked(self) -> dict[str, Any]:
        found: dict[str, StepForm | None] = {}
        for step in ASKING:
            form = self._from_draft(step, csrf=False) if step.key in self.draft.payload else None
            found[step.key] = form if form is not None and form.validate() else None
        return found

    def first_incomplete(self) -> str | None:
        """The first step that still has to be filled in; None when all that Finalize needs is there."""
        return next((step.key for step in ASKING if self._checked[step.key] is None), None)

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
        return possible_hosts(MeetingSoftware.ZOOM, manager or self.actor, self.actor)

    def busy_user_ids(self) -> set[int]:
        """The people of the team whose time the interview takes, as far as they are chosen yet."""
        manager = self.hiring_manager
        busy = {manager.id} if manager else set()
        return busy | {person.user_id for person in self.attendees() if person.user_id is not None}

    def attendees(self) -> tuple[NewAttendee, ...]:
        """Everybody chosen on the third step, team members first."""
        form = self.checked(ATTENDEES)
        if form is None:
            return ()
        chosen = set(form.people.data or ()) - {form.hiring_manager.data}
        team = tuple(NewAttendee(u.name, u.email, u.id) for u in self.team if u.id in chosen)
        known = {person.email for person in team}
        return team + tuple(person for person in form.other_people if person.email not in known)

    def command(self, version: int, reminder_minutes: tuple[int, ...] | None = None) -> ScheduleInterview:
        """Everything as one command. Only for a draft whose steps are complete.

        `reminder_minutes` is what Finalize was sent with; before, all reminders are wanted.
        """
        setup, when = self.checked(SETUP), self.checked(DATE_TIME)
        people, details = self.checked(ATTENDEES), self.checked(DETAILS)
        assert setup is not None
        assert when is not None
        assert people is not None
        assert details is not None
        assert when.starts_at is not None
        assert self.application is not None
        return ScheduleInterview(
            draft_id=self.draft.id,
            draft_version=version,
            application_id=self.application.id,
            venue=setup.venue,
            agenda=setup.agenda.data,
            starts_at=when.starts_at,
            wall_time=when.wall_time,
            timezone=when.timezone.data,
            duration_minutes=when.duration_minutes.data,
            hiring_manager_id=people.hiring_manager.data,
            attendees=self.attendees(),
            title=details.title.data,
            message_to_candidate=details.message_to_candidate.data or "",
            internal_notes=details.internal_notes.data or "",
            reminder_minutes=self.rules.reminder_minutes if reminder_minutes is None else reminder_minutes,
            clash_is_ok=bool(when.clash_ok.data),
        )
