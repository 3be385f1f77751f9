"""What to do when an interview is not in someone's calendar, in the order in which to check."""

from __future__ import annotations

from blueprints.help.trouble import Trouble
from connections.app_spec import AppSpec


def not_in_calendar(app: AppSpec) -> tuple[Trouble, ...]:
    """The checks for the calendar of one app."""
    box = next((each.on_consent_page for each in app.permissions if each.on_consent_page), "")
    checked = f"On {app.provider_label}'s page, the box “{box}” has to be checked. " if box else ""
    return (
        Trouble(
            f"Is {app.label} connected?",
            "The card in Connected Apps has to say “Connected”. If it says “Reconnect needed”, press "
            "Reconnect: what is missing is then entered automatically.",
        ),
        Trouble(
            "Was the permission given?",
            f"{checked}Without it, nothing is connected, and Connected Apps says so. The card's details list "
            "what is allowed.",
        ),
        Trouble(
            "Are you looking at the right calendar?",
            "Interviews are entered into the primary calendar of the account on the card, the one that has "
            f"your name or address. Check in {app.label} that this account is open, and that its primary "
            "calendar is shown.",
        ),
        Trouble(
            "Did you delete the entry?",
            "What you delete in your calendar isn't put back automatically. The interview's page says that "
            "you deleted it, and “Put it back” adds it again.",
        ),
        Trouble(
            "Do you take part?",
            "Only the hiring manager and those chosen as attendees get an interview into their calendar.",
        ),
        Trouble(
            "Was it scheduled before you connected?",
            "Then you have it from the invitation you got by email. Once you're connected, Connected Apps "
            "offers to add the interviews to come.",
        ),
        Trouble(
            f"Couldn't {app.provider_label} be reached?",
            "The interview's page says so, and when it's tried next. If that takes long, you get it "
            "by email, with a calendar file.",
        ),
    )
