"""Disconnecting an app: the question, with everything that depends on the account, and the answer."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from accounts import audit
from accounts.audit import Event
from blueprints.connected_apps.cards import coming_of, connection_of
from blueprints.connected_apps.forms import REMOVE, LeavingForm
from blueprints.connected_apps.round_trip_notice import forget_notices
from connections import catalogue, wording
from connections.app_spec import AppSpec
from connections.revocation import EntryToRemove, end_connections, is_superseded, kept_alive_by
from connections.rows import is_unreadable
from extensions import db
from models import Connection
from scheduling.entries.disconnecting import let_go, note_still_there
from scheduling.mails.waking import try_again_for_scheduler
from scheduling.meetings.wanting import try_again_for_host
from services import services
from web.notices import say
from web.signed_in import actor
from wording import counted

# In the browser's session: this browser just disconnected something, and its other tabs should know.
CHANGED = "connections_changed"


def confirm_disconnecting(app: str) -> ResponseReturnValue:
    wanted = app_or_404(app)
    row = connection_of(actor(), wanted.key)
    if row is None:
        say(f"{wanted.label} isn't connected.", "info")
        return redirect(url_for("connected_apps.index"), 303)
    return _page(wanted, row, LeavingForm.about(coming_of(actor(), row)))


def _page(app: AppSpec, row: Connection, form: LeavingForm, status: int = 200) -> ResponseReturnValue:
    kept_by = kept_alive_by(row)
    return render_template(
        "connected_apps/disconnect.html",
        app=app,
        connection=row,
        form=form,
        is_unreadable=is_unreadable(row),
        # Its tokens are gone, and we cannot know whether the provider still honors them.
        may_be_alive=not row.ciphertext and not is_superseded(app.key, row.account_id, row.user_id),
        kept=wording.kept_by_provider(app.key, kept_by) if kept_by else None,
        coming=coming_of(actor(), row),
        can_remove=_can_be_used(row),
    ), status


def disconnect(app: str) -> ResponseReturnValue:
    wanted, user = app_or_404(app), actor()
    row = connection_of(user, wanted.key)
    if row is None:
        say(f"{wanted.label} isn't connected.", "info")
        return redirect(url_for("connected_apps.index"), 303)
    form = LeavingForm.about(coming_of(user, row))
    if not form.validate():
        return _page(wanted, row, form, 422)
    # Where there is a way to tell it at all.
    cannot_be_told = is_unreadable(row) and wanted.traits.can_be_told
    kept_by = kept_alive_by(row)
    removing = _let_entries_go(row, wants_removal=form.entries.data == REMOVE)
    # Two people can disconnect it at the same time: the first one has ended it.
    if not end_connections(user, only=wanted.key, removing=removing):
        db.session.rollback()
        say(f"{wanted.label} isn't connected.", "info")
        return redirect(url_for("connected_apps.index"), 303)
    forget_notices(user)
    audit.record(Event.DISCONNECTED, wording.disconnected(wanted.key, user.name), user)
    # Work that waits for a meeting on this account must learn right away that it is gone.
    try_again_for_host(user.id)
    if wanted.sends_mail:
        try_again_for_scheduler(user.id)
    db.session.commit()
    session[CHANGED] = True
    say(_done(wanted, kept_by, len(removing)))
    if cannot_be_told:
        say(
            f"We couldn't tell {wanted.label}, because none of this server's keys opens what was stored. "
            f"Also remove {services().connections.name} in {wanted.label}'s own settings.",
            "warning",
        )
    return redirect(url_for("connected_apps.index"), 303)


def _let_entries_go(row: Connection, *, wants_removal: bool) -> list[EntryToRemove]:
    """Give up the calendar's entries, and return those that are to be removed while the grant can be used."""
    can_remove = _can_be_used(row)
    leaving = let_go(row, removing=can_remove and wants_removal)
    if not can_remove:
        there = [entry.row_id for entry in leaving if entry.provider_id is not None]
        note_still_there(there, "The calendar could no longer be reached.")
        return []
    return [EntryToRemove(entry.row_id, entry.key, entry.provider_id) for entry in leaving]


def _can_be_used(row: Connection) -> bool:
    return bool(row.ciphertext) and not is_unreadable(row)


def _done(app: AppSpec, kept_by: list[str], removed: int) -> str:
    words = [f"{app.label} is disconnected."]
    if kept_by:
        words.append(wording.kept_by_provider(app.key, kept_by))
    elif not removed:
        words.append("We no longer have access to your account.")
    if removed:
        words.append(f"We're removing {counted(removed, 'interview')} from your calendar now.")
    words.append(app.traits.owner_removes)
    return " ".join(part for part in words if part)


def app_or_404(key: str) -> AppSpec:
    """The app that an address names."""
    found = catalogue.find(key)
    if found is None:
        abort(404)
    return found


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the blueprint of Connected Apps."""
    blueprint.get("/settings/account/connected-apps/<app>/disconnect")(confirm_disconnecting)
    blueprint.post("/disconnect/<app>")(disconnect)
