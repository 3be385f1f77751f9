"""Date & Time: when, in whose zone, and what else happens then."""

from __future__ import annotations

from collections.abc import Mapping

from blueprints.schedule_interview.forms.base import Answers, Offered, StepForm
from blueprints.schedule_interview.forms.clash_tick import ClashTick
from blueprints.schedule_interview.forms.when import WhenFields
from scheduling.working_days import next_working_day
from timezones import in_zone, utc_now


class DateTimeForm(WhenFields, StepForm):
    key, label = "date-time", "Date & Time"

    accepted_clashes = ClashTick("Schedule anyway")

    def suggest(self, offered: Offered) -> None:
        self.timezone.data = offered.zone
        # Most are scheduled within the next days, and a date that is there takes one click less to change.
        self.date.data = next_working_day(in_zone(utc_now(), offered.zone).date())

    def show_saved(self, offered: Offered, saved: Answers) -> None:
        self.keep_asking()

    def fill_in(self, answers: Mapping[str, list[str]]) -> None:
        super().fill_in(answers)
        self.keep_asking()
