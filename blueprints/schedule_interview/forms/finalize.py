"""Finalize: which reminders are sent, and to whom. The rest of the page is only shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wtforms import BooleanField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from blueprints.schedule_interview.forms.base import Answers, Offered, StepForm
from scheduling.plans import THE_CANDIDATE, Reminders
from scheduling.roles import role_in_words
from web.forms import CheckboxesField
from wording import duration, listed
from work.mail import Recipient

WORDS_LIMIT = 1000


class FinalizeForm(StepForm):
    key, label = "finalize", "Finalize"
    asks = False
    lists_readers = True

    # Only for a change.
    words = TextAreaField(
        "Reason",
        validators=[Length(max=WORDS_LIMIT, message=f"Keep it under {WORDS_LIMIT:,} characters.")],
    )
    reminders = CheckboxesField("Reminders", coerce=int, validators=[Optional()])
    reminders_to = CheckboxesField("Reminders go to", validators=[Optional()])
    # Only where the candidate chooses the time.
    at_once = BooleanField("Schedule at once when the candidate picks")
    # The people the page asked about. By the time it is sent, an earlier step may have become invalid, and
    # then there is no other way to tell who was listed.
    asked_about = CheckboxesField(validate_choice=False, validators=[Optional()])

    def offer(self, offered: Offered) -> None:
        if not offered.is_change:
            del self.words
        if not offered.offers_slots:
            del self.at_once
        self.reminders.choices = [
            SelectChoice(minutes, f"{duration(minutes)} before the interview")
            for minutes in offered.rules.reminder_minutes
        ]
        self.reminders_to.choices = [
            SelectChoice(who.address.lower(), f"{who.name} ({_role(who).lower()})") for who in offered.readers
        ]

    def suggest(self, offered: Offered) -> None:
        self.reminders.data = list(offered.rules.reminder_minutes)
        self._remind_all_but(())
        self._usually_at_once(offered)

    def show_saved(self, offered: Offered, saved: Answers) -> None:
        # Someone who was added since then gets reminders, like everyone else by default.
        self._remind_all_but(saved.get("no_reminder_for", []))
        if "at_once" not in saved:
            # It was saved while the team was going to choose the time.
            self._usually_at_once(offered)

    def _usually_at_once(self, offered: Offered) -> None:
        """Without an account that hosts, someone should look first."""
        if "at_once" in self:
            self.at_once.data = offered.can_be_made

    def fill_in(self, answers: Mapping[str, list[str]]) -> None:
        super().fill_in(answers)
        if "no_reminder_for" in answers:
            self._remind_all_but(answers["no_reminder_for"])

    def _remind_all_but(self, without: Collection[str]) -> None:
        choices = [choice.value for choice in self.reminders_to.choices]
        self.reminders_to.data = [address for address in choices if address not in without]
        self.asked_about.data = choices

    def answers(self) -> Answers:
        reminders = super().answers()["reminders"]
        kept = {"reminders": reminders, "no_reminder_for": sorted(self.no_reminder_for)}
        if "at_once" in self:
            kept["at_once"] = ["y" if self.at_once.data else ""]
        return {**kept, "words": [self.reason]} if self.reason else kept

    @property
    def schedules_at_once(self) -> bool:
        """Whether what the candidate picks is scheduled without a last look."""
        return "at_once" in self and bool(self.at_once.data)

    def reminders_in_words(self, too_late: Collection[int]) -> str:
        """What is ticked and can still be sent, in one line; the page's script says it the same way while it
        is changed. `too_late`: the reminders, in minutes before the start, whose time is past."""
        minutes = [each for each in self.reminders.data or [] if each not in too_late]
        to = self.reminders_to.data or []
        people = len(self.reminders_to.choices)
        if not minutes or not to:
            return "None"
        before = listed([duration(choice.value) for choice in self._ticked(minutes)])
        return f"{before} before, to {'everyone' if len(to) == people else f'{len(to)} of {people} people'}"

    def _ticked(self, minutes: Collection[int]) -> list[SelectChoice]:
        return [choice for choice in self.reminders.choices if choice.value in minutes]

    @property
    def reason(self) -> str:
        """Why the interview is changed, in the person's words."""
        return (self.words.data or "") if "words" in self else ""

    @property
    def no_reminder_for(self) -> frozenset[str]:
        """The addresses of the people who were unticked."""
        return frozenset(self.asked_about.data or ()) - frozenset(self.reminders_to.data or ())

    def chosen(self, candidate_email: str) -> Reminders:
        """The reminders as they were just sent; none if there is no one to remind."""
        if not self.reminders_to.data:
            return Reminders()
        not_for = self.no_reminder_for
        if candidate_email.lower() in not_for:
            not_for = not_for - {candidate_email.lower()} | {THE_CANDIDATE}
        return Reminders(tuple(self.reminders.data or ()), not_for)


def _role(who: Recipient) -> str:
    return role_in_words(who.role, is_of_the_team=who.user_id is not None)
