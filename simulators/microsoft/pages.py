"""What people see of the simulated Microsoft, in addition to the pages that both calendars and mail have in
common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from simulators.microsoft import events, grants
from simulators.microsoft.event import Event
from simulators.microsoft.office import office
from simulators.microsoft.people import TENANTS, Tenant, tenant_of
from simulators.microsoft.scopes import SIGN_IN
from simulators.microsoft.state import microsoft
from simulators.office.pages import blueprint


@dataclass(frozen=True)
class TenantRow:
    """An organization, and what its administrator has allowed for everyone."""

    tenant: Tenant
    allowed: tuple[str, ...]


def _tenants() -> dict[str, Any]:
    rows = [
        TenantRow(
            tenant,
            tuple(sorted(grants.allowed_for_all(microsoft(), tenant).difference(SIGN_IN))),
        )
        for tenant in TENANTS
        if not tenant.is_personal
    ]
    return {"tenants": rows}


def _event_of(item: str) -> Event | None:
    return next((each for each in events.every(microsoft()) if each.id == item), None)


pages = blueprint(
    office,
    event_path="/owa/",
    event_argument="itemid",
    event_of=_event_of,
    more=_tenants,
)


@pages.get("/l/meetup-join/<path:thread>")
def teams_meeting(thread: str) -> tuple[str, int]:
    return _room(unquote(thread).partition("@")[0].removeprefix("19:meeting_"), "Microsoft Teams")


@pages.get("/skype/<code>")
def skype_meeting(code: str) -> tuple[str, int]:
    return _room(code, "Skype")


def _room(code: str, software: str) -> tuple[str, int]:
    found = events.with_meeting(microsoft(), code)
    if found is None:
        return render_template("microsoft/no_meeting.html", software=software), 404
    return render_template("microsoft/meeting.html", shown=office.shown(found), software=software), 200


@pages.post("/accounts/<email>/sessions")
def sign_out_everywhere(email: str) -> BaseResponse:
    grants.sign_out_everywhere(microsoft(), office.account(email).email)
    return redirect(url_for("pages.overview", _anchor="accounts"), 303)


@pages.post("/tenants/<name>/remove")
def remove_for_all(name: str) -> BaseResponse:
    """Take back what an administrator allowed for everyone."""
    tenant = tenant_of(name)
    if tenant is None:
        abort(404)
    grants.disallow_for_all(microsoft(), tenant)
    return redirect(url_for("pages.overview", _anchor="tenants"), 303)
