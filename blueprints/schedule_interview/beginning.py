"""What the steps of a draft are filled in with: a template, an interview to repeat, the last one, or its
team."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from blueprints.schedule_interview.answers import as_last_time
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import Answers, StepForm
from hiring.queries import interviewers_of
from models import Draft, Interview, Job, MeetingSoftware, User
from scheduling.drafts.again import candidate_of_repeated, has_interview, last_on_job
from scheduling.drafts.from_template import FromTemplate, from_template_of
from scheduling.meetings.hosts import software_of_first
from scheduling.plans import Participant
from scheduling.software import usual
from services import services


class Beginning:
    """The values that are filled in before a person has said anything. `job` is None until it is chosen.
    Nothing is looked up before a step asks."""

    def __init__(self, actor: User, draft: Draft, job: Job | None, team: tuple[User, ...]) -> None:
        self._actor, self._draft, self._job, self._team = actor, draft, job, team

    def answers(self, form_class: type[StepForm]) -> Mapping[str, list[str]]:
        """The initial values of this step, by field; empty for a step with the usual ones."""
        if self._draft.suggestions is not None:
            found: Answers = self._draft.suggestions.get(form_class.key, {})
            return found
        return {**self._remembered(form_class), **self._of_template(form_class)}

    def _of_template(self, form_class: type[StepForm]) -> Mapping[str, list[str]]:
        return self.template.answers.get(form_class.key, {}) if self.template is not None else {}

    def _remembered(self, form_class: type[StepForm]) -> Mapping[str, list[str]]:
        """The initial values that a template leaves open."""
        if not form_class.begins_as_last_time:
            return {}
        if self._last is not None:
            return self._as_last_time.get(form_class.key, {})
        return self._with_team if form_class is AttendeesForm else {}

    @cached_property
    def template(self) -> FromTemplate | None:
        """What the draft took from a template; nothing if another job was chosen since."""
        taken = from_template_of(self._draft)
        return taken if taken is not None and self._job is not None and taken.job_id == self._job.id else None

    @property
    def is_remembered(self) -> bool:
        """Whether an earlier interview decided the values that can be decided again."""
        return self._draft.suggestions is not None or self._has_last

    def in_words(self, form_class: type[StepForm]) -> str:
        """Where that comes from."""
        if self._draft.suggestions is not None:
            name = candidate_of_repeated(self._draft)
            return (
                f"Copied from {name}'s interview." if name else "Copied from the interview you're repeating."
            )
        if self.template is not None and self._of_template(form_class):
            return f"From the interview plan: {self.template.label}."
        if self._last is None:
            return "The job's team is selected."
        whose = "your" if self._last.scheduler_id == self._actor.id else "the"
        return f"Copied from {whose} last interview for this job."

    def guests(self) -> tuple[Participant, ...]:
        """The guests of the last interview on the job who can be invited again. They are offered but not
        selected: no guest is invited to the next person's interview because someone pressed Continue."""
        taken = {self._draft.candidate.email.lower(), *(user.email.lower() for user in self._team)}
        return tuple(
            Participant(person.name, person.email)
            for person in (self._last.attendees if self._last is not None else ())
            if person.user_id is None and person.email.lower() not in taken
        )

    @cached_property
    def _has_last(self) -> bool:
        """Whether there is a last interview on the job. Most pages need only that, and loading it with its
        candidate and attendees takes several times as long."""
        if "_last" in vars(self):
            return self._last is not None
        return self._job is not None and has_interview(self._actor, self._job.id)

    @cached_property
    def _last(self) -> Interview | None:
        if self._job is None:
            return None
        return last_on_job(self._actor, self._job.id, self._draft.template_id)

    @cached_property
    def _with_team(self) -> Answers:
        """The job's team beside its hiring manager. Observers look on and interview no one."""
        people = interviewers_of(self._job, self._team) if self._job is not None else []
        return {"people": [str(user.id) for user in people]} if people else {}

    @cached_property
    def usual_software(self) -> MeetingSoftware:
        """The software that possible hosts have connected; otherwise what this server is set up for."""
        manager = self._job.hiring_manager if self._job is not None else self._actor
        return software_of_first(manager, self._actor) or usual(services().connections.clients)

    @cached_property
    def _as_last_time(self) -> Mapping[str, Answers]:
        if self._last is None:
            return {}
        active = {user.id for user in self._team}
        return as_last_time(self._last, self._actor, self._draft.candidate, active_user_ids=active)
