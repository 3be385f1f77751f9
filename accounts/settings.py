"""Changing one's own profile and the organization's settings."""

from __future__ import annotations

from calendar import day_name
from dataclasses import dataclass

from accounts import audit
from accounts.audit import Event
from extensions import db
from models import Organization, User
from timezones import utc_now

INVITATION_WORDS_LIMIT = 1000


@dataclass(frozen=True)
class OrganizationSettings:
    """`timezone` is an IANA name. `retention_days` counts from the last interview; None keeps candidates.

    `first_weekday` is the day with which the weeks of calendars begin, 0 for Monday, 6 for Sunday.
    The organization's own text comes before and after the details of every invitation, as plain text.
    """

    name: str
    timezone: str
    retention_days: int | None
    invitation_intro: str = ""
    invitation_closing: str = ""
    first_weekday: int = 0


def change_profile(user: User, *, name: str, timezone: str, has_shortcuts: bool) -> None:
    """Change a person's own name, zone (an IANA name) and whether single keys lead somewhere, in the current
    transaction."""
    user.name, user.timezone, user.has_shortcuts = name, timezone, has_shortcuts


def send_from_own_mailbox(user: User, is_wanted: bool) -> None:
    """Set in the current transaction whether emails about the interviews that a person schedules leave from
    their own mailbox."""
    user.sends_from_own_mailbox = is_wanted


def change_organization(actor: User, wanted: OrganizationSettings) -> list[str]:
    """Store the settings in the current transaction and return what has changed, in words."""
    row = db.session.get_one(Organization, 1)
    changes = []
    if row.name != wanted.name:
        changes.append(f"The organization is called {wanted.name}; before: {row.name}.")
    if row.timezone != wanted.timezone:
        changes.append(f"The time zone is {wanted.timezone}; before: {row.timezone}.")
    if row.retention_days != wanted.retention_days:
        changes.append(_retention_words(wanted.retention_days))
    if row.invitation_intro != wanted.invitation_intro:
        changes.append("The words before the details of invitations are different.")
    if row.invitation_closing != wanted.invitation_closing:
        changes.append("The words after the details of invitations are different.")
    if row.first_weekday != wanted.first_weekday:
        changes.append(f"The calendar's weeks begin on {day_name[wanted.first_weekday]}.")
    row.first_weekday = wanted.first_weekday
    row.name, row.timezone, row.retention_days = wanted.name, wanted.timezone, wanted.retention_days
    row.invitation_intro, row.invitation_closing = wanted.invitation_intro, wanted.invitation_closing
    for words in changes:
        audit.record(Event.SETTINGS_CHANGED, words, actor)
    return changes


def require_two_step(actor: User, is_required: bool) -> None:
    """Set in the current transaction whether everyone needs two-step verification to sign in. Those without
    it set it up when they sign in next; no one is interrupted."""
    row = db.session.get_one(Organization, 1)
    if (row.two_step_required_since is not None) == is_required:
        return
    row.two_step_required_since = utc_now() if is_required else None
    words = "Everyone needs" if is_required else "No one needs"
    audit.record(Event.SETTINGS_CHANGED, f"{words} two-step verification from now on.", actor)


def _retention_words(days: int | None) -> str:
    if days is None:
        return "Candidates are kept until someone erases them."
    return f"Candidates are erased {days} day{'' if days == 1 else 's'} after their last interview."


def open_connecting(actor: User, is_open: bool) -> None:
    """Set in the current transaction whether everyone who schedules or hosts may connect apps."""
    row = db.session.get_one(Organization, 1)
    if row.connecting_is_open == is_open:
        return
    row.connecting_is_open = is_open
    who = "Everyone who schedules or hosts may" if is_open else "Only owners and admins may"
    audit.record(Event.SETTINGS_CHANGED, f"{who} connect apps from now on.", actor)


def keep_logs(actor: User, *, log_days: int | None, mail_copy_days: int | None) -> bool:
    """Set in the current transaction for how many days the activity log, and copies of sent emails with the
    notes of finished work, are kept; None keeps them. Returns whether that is a change."""
    row = db.session.get_one(Organization, 1)
    changes = []
    if row.log_days != log_days:
        changes.append(f"The activity log is kept {_for_days(log_days)}.")
    if row.mail_copy_days != mail_copy_days:
        changes.append(f"Copies of sent emails are kept {_for_days(mail_copy_days)}.")
    row.log_days, row.mail_copy_days = log_days, mail_copy_days
    for words in changes:
        audit.record(Event.SETTINGS_CHANGED, words, actor)
    return bool(changes)


def _for_days(days: int | None) -> str:
    return "for good" if days is None else f"for {days} days"
