"""Asking an administrator to allow an app: the buttons of a card that waits for one."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from accounts import mails
from blueprints.connected_apps.disconnecting import app_or_404
from blueprints.connected_apps.waiting import AdministratorForm, Forms
from connections import approvals
from connections.app_spec import AppSpec
from extensions import db
from models import ApprovalState
from services import services
from web.notices import say
from web.signed_in import actor, may_connect


def ask_administrator(app: str) -> ResponseReturnValue:
    """For people who saw on the provider's page that an administrator has to approve it, and for those whom
    the provider sent back as if they had declined."""
    spec = _that_can_be_asked(app)
    approvals.wait(actor().id, spec.key)
    db.session.commit()
    return _back_to(spec)


def email_administrator(app: str, page: Callable[[Forms], str]) -> ResponseReturnValue:
    """Send the request. `page` renders Connected Apps again with a form that was refused."""
    spec = _that_can_be_asked(app)
    form = AdministratorForm(prefix=f"{spec.key}-")
    row = approvals.waiting_for(actor().id, spec.key, lock=True)
    if row is None or row.state is ApprovalState.GIVEN:
        say(f"{spec.label} no longer waits for an administrator.", "info")
        return _back_to(spec)
    if not form.validate():
        return page({spec.key: form}), 422
    address = form.email.data
    match mails.queue_ask_administrator(row, address, services().mail_domain):
        case "too_many":
            form.refuse("email", "You've sent several in the last day. Copy the link instead.")
            return page({spec.key: form}), 422
        case "already_asked":
            db.session.rollback()
            say(f"{address} was already emailed in the last day.", "info")
        case "queued":
            # Someone who declined may be asked again, and so may someone else.
            row.state, row.answered_at = ApprovalState.WAITING, None
            db.session.commit()
            say(f"{address} will get an email with the link and what it's about.")
    return _back_to(spec)


def stop_waiting(app: str) -> ResponseReturnValue:
    spec = app_or_404(app)
    approvals.settle(actor().id, spec.key)
    db.session.commit()
    return _back_to(spec)


def _that_can_be_asked(app: str) -> AppSpec:
    spec = app_or_404(app)
    if not approvals.can_be_asked(spec.key):
        abort(404)
    if not may_connect(actor()):
        abort(403)
    return spec


def _back_to(spec: AppSpec) -> ResponseReturnValue:
    return redirect(url_for("connected_apps.index", _anchor=f"app-{spec.key}"), 303)


def register(blueprint: Blueprint, page: Callable[[Forms], str]) -> None:
    """Add these addresses to the blueprint of Connected Apps. `page` renders its page."""
    here = "/settings/account/connected-apps/<app>"

    def email(app: str) -> ResponseReturnValue:
        return email_administrator(app, page)

    blueprint.post(f"{here}/administrator", endpoint="ask_administrator")(ask_administrator)
    blueprint.post(f"{here}/administrator/email", endpoint="email_administrator")(email)
    blueprint.post(f"{here}/administrator/forget", endpoint="stop_waiting")(stop_waiting)
