"""The demo's day: one interview is over and has to be completed, one is on, and another follows later.

They are a fixed number of minutes away from the moment at which the demo is created, whatever the time of
day.
"""

from __future__ import annotations

from datetime import timedelta

from demo.interviews import WEBEX, Planned, schedule_one
from models import Application, PhoneCaller, User
from scheduling.rules import Rules
from scheduling.venues import OnSite, PhoneCall
from timezones import utc_now

# Minutes from now until it starts, and the interview.
_TODAY = (
    (
        -150,
        Planned(
            "Hannah Weiss",
            PhoneCall("+49 30 5550 1738", PhoneCaller.TEAM),
            0,
            None,
            30,
            "Getting to know each other\nA difficult customer\nYour questions",
            ("Marco Bianchi",),
        ),
    ),
    (
        -10,
        Planned(
            "Omar Haddad",
            WEBEX,
            0,
            None,
            45,
            "Introduction\nYour portfolio\nYour questions",
            ("Noah Clarke", "Grace Kim"),
        ),
    ),
    (
        180,
        Planned(
            "Ruth Abara",
            OnSite("Northlight\n80 Pine Street\nNew York", "Take the elevator to the fourth floor."),
            0,
            None,
            60,
            "Meeting the team\nA case to think through\nYour questions",
            ("Noah Clarke",),
        ),
    ),
)


def schedule_today(
    scheduler: User, applications: dict[str, Application], people: dict[str, User], rules: Rules
) -> None:
    """Schedule them in the current transaction, rounded to five minutes. `applications` by the candidate's
    name, `people` of the team by theirs."""
    now = utc_now()
    now = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    for minutes, planned in _TODAY:
        starts_at = now + timedelta(minutes=minutes)
        schedule_one(scheduler, planned, starts_at, applications, people, rules)
