"""Which route needs which permission: the one table, and the check that every request passes.

A route that does not stand here cannot be reached by anybody. What a person may do to one particular
row is decided where the row is read: a row somebody may not see is not found.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, abort, current_app, request
from flask_login import current_user

from accounts.permissions import Action, may_anywhere
from web.signed_in import connecting_is_open


@dataclass(frozen=True)
class Public:
    """Open to everybody; the reason says what protects it instead."""

    reason: str


@dataclass(frozen=True)
class SignedIn:
    """Open to everybody who is signed in."""


@dataclass(frozen=True)
class Needs:
    """Open to those whose role may do this at least somewhere."""

    action: Action


Rule = Public | SignedIn | Needs

ACCESS: dict[str, Rule] = {
    "static": Public("files without data"),
    "status.healthz": Public("says only whether it works"),
    "people.setup": Public("asks for the one-time code, and is gone afterwards"),
    "people.sign_in": Public("where one signs in"),
    "people.demo_sign_in": Public("exists in the demo only"),
    "people.sign_out": SignedIn(),
    "join.door": Public("the signed link is the permission"),
    "dashboard.home": SignedIn(),
    "hiring.jobs": Needs(Action.SEE),
    "hiring.job": Needs(Action.SEE),
    "hiring.new_job": Needs(Action.MANAGE_JOBS),
    "hiring.candidates": Needs(Action.SEE),
    "hiring.candidate": Needs(Action.SEE),
    "hiring.new_candidate": Needs(Action.MANAGE_CANDIDATES),
    "hiring.add_application": Needs(Action.MANAGE_CANDIDATES),
    "interviews.index": Needs(Action.SEE),
    "interviews.detail": Needs(Action.SEE),
    "interviews.deliveries": Needs(Action.SEE),
    "interviews.retry": Needs(Action.SCHEDULE),
    "schedule_interview.start": Needs(Action.SCHEDULE),
    "schedule_interview.resume": Needs(Action.SCHEDULE),
    "schedule_interview.step": Needs(Action.SCHEDULE),
    "schedule_interview.letter_frame": Needs(Action.SCHEDULE),
    "connected_apps.index": SignedIn(),
    "connected_apps.connect": Needs(Action.CONNECT_APPS),
    "connected_apps.callback": SignedIn(),
}

# Routes that a page calls by itself. They keep no session alive.
POLLS = frozenset({"interviews.deliveries"})


def init_app(app: Flask) -> None:
    app.before_request(_check)


def _check() -> None:
    if request.endpoint is None:
        # No such address, or not with this method; the answer says so to everybody alike.
        return
    rule = ACCESS.get(request.endpoint)
    if rule is None:
        abort(403)
    if isinstance(rule, Public):
        return
    if not current_user.is_authenticated:
        abort(current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    if isinstance(rule, Needs):
        # Asked only where it matters; everything else would pay a query for it.
        is_open = rule.action is Action.CONNECT_APPS and connecting_is_open()
        allowed = may_anywhere(current_user.role, rule.action, connecting_is_open=is_open)
        if not allowed:
            abort(403)
