"""A draft as the dialog sees it: its forms, filled in and checked, and the plan they form together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from flask import url_for

from blueprints.schedule_interview.draft_forms import DraftForms
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import Answers, StepForm
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.forms.finalize import FinalizeForm
from blueprints.schedule_interview.forms.setup import SetupForm
from blueprints.schedule_interview.forms.when import AT
from database import is_reading
from models import Interview, MeetingSoftware, User
from scheduling.clashes import Clash, host_taken_up, software_of, staying_host
from scheduling.commands.schedule import new_interview
from scheduling.commands.ticket import Ticket
from scheduling.drafts import drafts
from scheduling.mails.queue import recipients_of
from scheduling.meetings.hosts import Host, first_usable, hosts_by_software
from scheduling.occupied import Needs
from scheduling.plans import Participant, Plan, Reminders, When, from_json
from scheduling.slots import Offer, clashes_at
from scheduling.software import offered
from scheduling.venues import OnlineMeeting, Venue
from timezones import utc_now
from web.times import instant_as_text
from work.mail import Recipient

# The calendar entry's UID is made with the interview.
_UID_LATER = "made-when-you-schedule"


class Dialog(DraftForms):
    """One person's draft with everything that its steps need to know."""

    def address(self, step_key: str, *, back_to_finalize: bool = False) -> str:
        """The address of a step of this draft; `back_to_finalize` makes its main button lead to the end."""
        origin: dict[str, Any] = {"from": FinalizeForm.key} if back_to_finalize else {}
        return url_for("schedule_interview.step", draft_id=self.draft.id, step=step_key, **origin)

    @cached_property
    def plan_before(self) -> Plan | None:
        """What people know about an interview that is being changed: the plan when the draft began."""
        kept = self.draft.about_plan if self.subject.changes else None
        return from_json(kept) if kept is not None else None

    def _readers(self) -> tuple[Recipient, ...]:
        """Everyone who would get mails; no one while the draft is not complete."""
        return () if self.first_incomplete() is not None else tuple(recipients_of(self.planned_interview()))

    def _can_be_made(self) -> bool:
        is_online = isinstance(self.venue, OnlineMeeting)
        return not is_online or first_usable(self.hosts()) is not None

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

    def move_to(self, version: int, value: str) -> None:
        """Take another time in place of the chosen one, from the instant that its button sends; anything else
        is ignored. Raises `DraftStaleError` if `version` is not the newest."""
        when = self.saved(DateTimeForm)
        if when.take_from_button({AT: value}):
            # Clashes were accepted for the previous time.
            drafts.save_step(self.draft, version, when.key, {**when.answers(), "accepted_clashes": []})

    def begin_at(self, starts_at: datetime) -> None:
        """Fill in a time (aware UTC) that was chosen before the dialog was opened, for example in the
        calendar.

        It is what the person wants now, so it takes the place of the date and the time that the draft had,
        saved or typed, and everything else in it stays. It is kept as if it had been typed: Date & Time shows
        it, says why it may not suit, and leads back to the saved time. It is filled in on the person's own
        clock, on which they chose it, or in the zone that was already chosen in this draft.

        Raises what `drafts.keep_typed` raises if the draft is changed or discarded at the same moment.
        """
        is_unfinished = self.is_unfinished(DateTimeForm)
        form = self.shown(DateTimeForm)
        if not self.is_saved(DateTimeForm) and "timezone" not in self.draft.typed.get(form.key, {}):
            form.fill_in({form.timezone.name: [self.actor.timezone]})
        if not form.take_from_button({AT: instant_as_text(starts_at)}):
            return
        changes = form.changes_from(self.saved(DateTimeForm))
        if is_unfinished:
            # A tab that was left while someone typed there remembers it, and must not put it back.
            drafts.take(self.draft, form.opened_on)
        drafts.keep_typed(self.draft, self.draft.version, form.key, changes)

    def remove_slot(self, version: int, value: str) -> None:
        """Take a time out of those that the candidate could choose from, as its button sends it. Raises
        `DraftStaleError` if `version` is not the newest."""
        when = self.saved(DateTimeForm)
        if when.offers_slots:
            when.remove(value)
            drafts.save_step(self.draft, version, when.key, when.answers())

    @property
    def unfinished(self) -> tuple[type[StepForm], ...]:
        """The steps with typed text that is not part of the interview yet."""
        return tuple(step for step in self.steps if step.asks and self.is_unfinished(step))

    def first_incomplete(self) -> str | None:
        """The first step that still has to be filled in; None when Finalize has everything it needs."""
        return next((step.key for step in self.subject.asking if self.checked(step) is None), None)

    def may_finish_from(self, form_class: type[StepForm]) -> bool:
        """Whether this step is all that is missing before Finalize. A step that no one has continued from is
        not missing if it is valid as filled in."""
        return all(self._holds_as_it_is(step) for step in self.subject.asking if step is not form_class)

    def _holds_as_it_is(self, step: type[StepForm]) -> bool:
        if self.is_saved(step):
            return self.checked(step) is not None
        return self.filled_in(step).validate()

    @property
    def is_remembered(self) -> bool:
        """Whether someone has decided before what the steps hold: here, in an earlier interview, or in the
        job's plan."""
        is_all_saved = all(self.is_saved(step) for step in self.subject.asking)
        return is_all_saved or self.beginning.is_remembered or self.beginning.template is not None

    def asking_for(self, field: str) -> type[StepForm]:
        """The first step whose form has that field. Raises `StopIteration` for a field that no form has."""
        return next(step for step in self.steps if hasattr(step, field))

    # What the steps know together

    @property
    def hiring_manager(self) -> User | None:
        chosen = self.checked(AttendeesForm)
        if chosen is not None:
            return next(user for user in self.team if user.id == chosen.hiring_manager.data)
        return self.job.hiring_manager if self.job else None

    @property
    def venue(self) -> Venue | None:
        """Where it will be held; None until that is settled."""
        setup = self.checked(SetupForm)
        return setup.venue if setup is not None else None

    @property
    def software(self) -> MeetingSoftware:
        """What makes the meeting: as chosen, else as it will be suggested."""
        return (software_of(self.venue) if self.venue else None) or self.software_to_be

    def hosts(self, software: MeetingSoftware | None = None) -> list[Host]:
        """Who could host, in the order in which they will be asked; for other software than is chosen, if it
        is given."""
        return self._hosts(software or self.software, self.hiring_manager or self.actor)

    @cached_property
    def _known_hosts(self) -> dict[tuple[MeetingSoftware, int], list[Host]]:
        return {}

    def _hosts(self, software: MeetingSoftware, manager: User) -> list[Host]:
        key = (software, manager.id)
        if key not in self._known_hosts or not is_reading():
            scheduler = self.changed.scheduler if self.changed is not None else self.actor
            for each, hosts in hosts_by_software({software, *offered()}, manager, scheduler).items():
                self._known_hosts[each, manager.id] = hosts
        return self._known_hosts[key]

    @property
    def duration_minutes(self) -> int:
        """The longest duration: as chosen, else as it will be suggested."""
        return (self.checked(DateTimeForm) or self.saved(DateTimeForm)).longest_minutes

    @property
    def times(self) -> tuple[When, ...]:
        """When it could be, soonest first: the time that was chosen, or those that the candidate can choose
        from; empty while that step is not valid."""
        when = self.checked(DateTimeForm)
        return when.times if when is not None else ()

    @property
    def times_so_far(self) -> tuple[When, ...]:
        """The same, with the time that was filled in, or those that were put into a list, and are not saved
        yet."""
        if self.times or not self.is_unfinished(DateTimeForm):
            return self.times
        form, now = self.shown(DateTimeForm), utc_now()
        times = form.slots.data if form.offers_slots else form.times
        return tuple(each for each in times if each.starts_at > now)

    def attendees(self) -> tuple[Participant, ...]:
        """Everyone chosen on Attendees, team members first; while that step is not valid, the ones it
        shows."""
        return self._people.attendees

    @cached_property
    def _people(self) -> AttendeesForm:
        return self.checked(AttendeesForm) or self.saved(AttendeesForm)

    def busy_user_ids(self) -> set[int]:
        """The people on the team whose time the interview takes, chosen or about to be."""
        manager = self.hiring_manager
        busy = {manager.id} if manager else set()
        return busy | {person.user_id for person in self.attendees() if person.user_id is not None}

    def needs(self, *, manager: User | None, user_ids: Collection[int]) -> Needs:
        """What the interview takes up with these people, including the host account, no matter when it is."""
        hosts = partial(self._hosts, manager=manager or self.actor)
        host = host_taken_up(self.venue, hosts) if self.venue else None
        software = software_of(self.venue) if self.venue else None
        return Needs(
            frozenset(user_ids),
            self.candidate.id,
            host=staying_host(host, self.changed, software),
            software=software,
            interview_id=self.draft.about_interview_id,
        )

    def clashes_at(
        self, times: Sequence[When], *, manager: User | None, user_ids: Collection[int]
    ) -> list[tuple[Clash, ...]]:
        """What an interview with these people would clash with, at each of these times."""
        return clashes_at(times, self.needs(manager=manager, user_ids=user_ids), seen_by=self.actor)

    # What they make together

    def plan(self, reminders: Reminders | None = None) -> Plan:
        """Everything that was chosen, with the first of the times if the candidate chooses. Only for a draft
        whose steps are complete.

        `reminders` are what Finalize was sent with; before, everyone gets all that are usual.
        """
        setup, when = self.checked(SetupForm), self.checked(DateTimeForm)
        people, details = self.checked(AttendeesForm), self.checked(DetailsForm)
        assert setup is not None
        assert when is not None
        assert people is not None
        assert details is not None
        assert self.application is not None
        return Plan(
            application_id=self.application.id,
            venue=setup.venue,
            agenda=setup.agenda.data,
            when=when.times[0],
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
            planned.ics_uid = self.changed.ics_uid
        if self.changed is not None and self.subject.changes:
            planned.revision = self.changed.revision + 1
        return planned

    def offer(self, *, at_once: bool) -> Offer | None:
        """What the candidate is asked; None where the team has chosen the time."""
        return Offer(self.times, at_once) if self.subject.offers_slots else None

    def ticket(self, version: int, words: str = "") -> Ticket:
        """The draft as of that version, with every clash that was accepted and the reason for a change."""
        accepted: frozenset[str] = frozenset()
        for form in (self.checked(DateTimeForm), self.checked(AttendeesForm)):
            if form is not None and "accepted_clashes" in form:
                accepted |= form.accepted_clashes.keys
        return Ticket(self.draft.id, version, accepted, words, self.beginning.template)
