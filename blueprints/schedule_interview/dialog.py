"""A draft as the dialog sees it: its forms filled and checked, and the command they make together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from accounts.permissions import Action
from blueprints.schedule_interview.forms import (
    FORMS,
    AttendeesStep,
    DateTimeStep,
    DetailsStep,
    FinalizeStep,
    SetupStep,
    StepForm,
)
from hiring import queries
from models import Application, Draft, InterviewType, Job, MeetingSoftware, User
from scheduling.clashes import Clash, find_clashes
from scheduling.commands import NewAttendee, ScheduleInterview
from scheduling.drafts import STEPS
from scheduling.hosts import Host, possible_hosts
from scheduling.rules import Rules
from web.forms import zone_choices

# What a form carries beside the answers.
_NOT_ANSWERS = frozenset({"csrf_token", "version", "direction"})


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

    # Forms

    def posted(self, step: str) -> StepForm:
        """The form of a step as it was just sent."""
        return self._prepared(FORMS[step](), step)

    def saved(self, step: str) -> StepForm:
        """The form of a step as the draft holds it, or fresh with what is usual."""
        form = self._prepared(FORMS[step](formdata=self._formdata(step), meta={"csrf": True}), step)
        if step not in self.draft.payload:
            self._suggest(form)
        elif isinstance(form, DateTimeStep):
            form.keep_asking()
        form.version.data = str(self.draft.version)
        return form

    def answers(self, form: StepForm) -> dict[str, Any]:
        """What the form holds, as text, for keeping in the draft."""
        answers = {
            name: [str(value) for value in field.raw_data or []]
            for name, field in form._fields.items()
            if name not in _NOT_ANSWERS
        }
        if isinstance(form, SetupStep) and "job" not in answers and self.application is not None:
            # Kept although nobody had to choose: should this job close and another open before the last
            # step, the interview must not move there by itself.
            answers["job"] = [str(self.application.id)]
        return answers

    def checked(self, step: str) -> StepForm | None:
        """The saved form of a step if everything in it still holds, else None."""
        return self._checked[step]

    @cached_property
    def _checked(self) -> Mapping[str, StepForm | None]:
        found: dict[str, StepForm | None] = {}
        for step in STEPS[:4]:
            if step not in self.draft.payload:
                found[step] = None
                continue
            form = self._prepared(FORMS[step](formdata=self._formdata(step), meta={"csrf": False}), step)
            found[step] = form if form.validate() else None
        return found

    def first_incomplete(self) -> str | None:
        """The first step that still has to be filled in; None when all that Finalize needs is there."""
        return next((s for s in STEPS[:4] if self._checked[s] is None), None)

    def _formdata(self, step: str) -> MultiDict[str, str] | None:
        saved = self.draft.payload.get(step)
        if saved is None:
            return None
        return MultiDict([(name, value) for name, values in saved.items() for value in values])

    def _prepared(self, form: StepForm, step: str) -> StepForm:
        match form:
            case SetupStep():
                form.job.choices = [SelectChoice(a.id, a.job.title) for a in self.applications]
                if len(self.applications) == 1 and self.application is not None:
                    del form.job
            case DateTimeStep():
                form.timezone.choices = zone_choices(first=self.actor.timezone)
            case AttendeesStep():
                form.hiring_manager.choices = [SelectChoice(user.id, user.name) for user in self.team]
                form.people.choices = [
                    SelectChoice(user.id, f"{user.name} · {user.role.label}") for user in self.team
                ]
                form.candidate_email = self.candidate.email
            case FinalizeStep():
                form.reminders.choices = [
                    SelectChoice(minutes, f"{_span(minutes)} before the interview")
                    for minutes in self.rules.reminder_minutes
                ]
        return form

    def _suggest(self, form: StepForm) -> None:
        """What most people would fill in."""
        match form:
            case DateTimeStep():
                form.timezone.data = self.actor.timezone
            case AttendeesStep():
                form.hiring_manager.data = self.job.hiring_manager_id if self.job else None
            case DetailsStep():
                form.title.data = f"{self.job.title} Interview" if self.job else ""
            case FinalizeStep():
                form.reminders.data = list(self.rules.reminder_minutes)

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
        chosen = self._checked.get("attendees")
        if isinstance(chosen, AttendeesStep):
            return next(user for user in self.team if user.id == chosen.hiring_manager.data)
        return self.job.hiring_manager if self.job else None

    def hosts(self) -> list[Host]:
        """Who could host, in the order in which they will be asked."""
        manager = self.hiring_manager
        return possible_hosts(MeetingSoftware.ZOOM, manager or self.actor, self.actor)

    def clashes(self, form: DateTimeStep) -> list[Clash]:
        """Other interviews of the people at the wanted time."""
        if form.starts_at is None or not form.duration_minutes.data or form.duration_minutes.errors:
            return []
        manager = self.hiring_manager
        busy = {manager.id} if manager else set()
        busy |= {person.user_id for person in self.attendees() if person.user_id is not None}
        return find_clashes(busy, form.starts_at, form.duration_minutes.data)

    def attendees(self) -> tuple[NewAttendee, ...]:
        """Everybody chosen on the third step, team members first."""
        form = self._checked.get("attendees")
        if not isinstance(form, AttendeesStep):
            return ()
        chosen = set(form.people.data or ()) - {form.hiring_manager.data}
        team = tuple(NewAttendee(u.name, u.email, u.id) for u in self.team if u.id in chosen)
        known = {person.email for person in team}
        return team + tuple(person for person in form.other_people if person.email not in known)

    def command(self, version: int, reminder_minutes: tuple[int, ...] | None = None) -> ScheduleInterview:
        """Everything as one command. Only for a draft whose steps are complete.

        `reminder_minutes` is what Finalize was sent with; before, all reminders are wanted.
        """
        setup, when = self._checked["setup"], self._checked["date-time"]
        people, details = self._checked["attendees"], self._checked["details"]
        assert isinstance(setup, SetupStep)
        assert isinstance(when, DateTimeStep)
        assert isinstance(people, AttendeesStep)
        assert isinstance(details, DetailsStep)
        assert when.starts_at is not None
        assert self.application is not None
        return ScheduleInterview(
            draft_id=self.draft.id,
            draft_version=version,
            application_id=self.application.id,
            interview_type=InterviewType(setup.interview_type.data),
            software=MeetingSoftware(setup.meeting_software.data),
            agenda=setup.agenda.data,
            passcode=setup.password.data or None,
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


def _span(minutes: int) -> str:
    time = timedelta(minutes=minutes)
    hours, rest = divmod(int(time.total_seconds()) // 60, 60)
    if rest:
        return f"{minutes} minutes"
    return "1 hour" if hours == 1 else f"{hours} hours"
