"""Whether emails about the interviews that a person schedules are sent from their own mailbox."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.settings import send_from_own_mailbox
from connections.app_spec import AppSpec
from connections.mailboxes import Mailbox, connected_mailbox
from extensions import db
from messaging.delivery import is_configured, sender_address
from models import User
from scheduling.mails.waking import try_again_for_scheduler
from web.notices import say
from web.signed_in import actor


@dataclass(frozen=True)
class Sending:
    """The switch on a mailbox's card. `server`: the address that emails come from otherwise, "" if they would
    wait. `used_instead`: another mailbox that is used in the place of this one."""

    is_on: bool
    address: str
    server: str
    used_instead: str


def sending_with(user: User, spec: AppSpec) -> Sending | None:
    """The switch for the card of an app that a person has connected; None for one that sends no emails."""
    mailbox = connected_mailbox(user) if spec.sends_mail else None
    if not isinstance(mailbox, Mailbox):
        return None
    is_this = mailbox.app == spec.key
    return Sending(
        is_on=user.sends_from_own_mailbox,
        address=mailbox.address,
        server=sender_address() if is_configured() else "",
        used_instead="" if is_this else f"{mailbox.address} with {mailbox.label}",
    )


def switch() -> ResponseReturnValue:
    """Turn it on or off, effective immediately. Emails that are being sent at this moment still go the old
    way."""
    user, is_on = actor(), request.form.get("sends_from_own_mailbox") == "y"
    send_from_own_mailbox(user, is_on)
    try_again_for_scheduler(user.id)
    mailbox = connected_mailbox(user)
    db.session.commit()
    where = mailbox.address if is_on and isinstance(mailbox, Mailbox) else ""
    if not where and is_configured():
        where = sender_address()
    if where:
        say(f"Emails about interviews you schedule now come from {where}.")
    else:
        say("Emails about interviews you schedule wait until this server has a mail server.", "warning")
    return redirect(url_for("connected_apps.index"), 303)


def register(blueprint: Blueprint) -> None:
    """Add the switch to the blueprint of Connected Apps."""
    blueprint.post("/settings/account/connected-apps/sending", endpoint="switch_sending")(switch)
