"""What an administrator sees on coming back from a provider's page, where they decided on an app for their
whole organization. They may have no account here, so the page says what was decided and nothing else.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts import audit, mails
from accounts.audit import Event
from connections import approvals, catalogue
from connections.app_spec import AppSpec
from connections.approvals import OpenedLink, Outcome
from database import writing
from extensions import db
from models import AdminApproval
from services import services
from web.notices import Level, say

_SAID: dict[Outcome, tuple[str, Level]] = {
    "given": ("{provider} says that {app} is allowed for everyone at that organization now.", "success"),
    "declined": ("You declined {app} on {provider}'s page. Nothing was changed.", "warning"),
    "other_organization": ("You decided for another organization than the one that was asked.", "warning"),
    "failed": ("{provider} sent you back without a decision about {app}.", "warning"),
}


def is_answer(state: str | None) -> bool:
    """Whether a callback is an administrator's: of a link of ours, or of one that holds no state."""
    return approvals.looks_like_ours(state) or (state is None and "admin_consent" in request.args)


def take(provider: str, state: str | None) -> ResponseReturnValue:
    """Note the answer, and show what it means."""
    link = approvals.opened(state, provider, services().account_links.signer) if state else None
    # Looking it up has opened a read-only transaction.
    db.session.rollback()
    if link is None:
        return _page("unknown", None, provider), 404
    spec = catalogue.spec_of(link.app)
    if link.is_over:
        return _page("over", spec, provider), 410
    outcome = _note(link, spec)
    if current_user.is_authenticated:
        words, level = _SAID[outcome]
        say(words.format(app=spec.label, provider=spec.provider_label), level)
        return redirect(url_for("connected_apps.index", _anchor=f"app-{spec.key}"), 303)
    return _page(outcome, spec, provider)


def _note(link: OpenedLink, spec: AppSpec) -> Outcome:
    # A parameter that was sent twice means nothing.
    query = {name: values[0] for name, values in request.args.lists() if len(values) == 1}
    with writing():
        outcome, told = approvals.take(link, approvals.read_answer(link, query))
        for row in told:
            mails.queue_approval_given(row, services().mail_domain)
            audit.record(Event.APPROVAL_GIVEN, _recorded(row, spec), None)
        db.session.commit()
    return outcome


def _recorded(row: AdminApproval, spec: AppSpec) -> str:
    return f"{spec.provider_label} says that {spec.label}, which {row.user.name} asked for, is allowed."


def _page(outcome: str, spec: AppSpec | None, provider: str) -> str:
    return render_template(
        "connected_apps/administrator.html",
        outcome=outcome,
        app=spec,
        provider=catalogue.provider_label(provider),
    )
