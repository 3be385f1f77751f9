"""What people see of both: the overview, calendars, an event, and sent mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from simulators.office.events import EventT, by_day
from simulators.office.office import AccountT, Office
from simulators.web import add_elsewhere, changed_switches

CALLS_SHOWN = 12
SENT_SHOWN = 12
HOUR = timedelta(hours=1)


def blueprint(
    office: Office[AccountT, EventT],
    *,
    event_path: str,
    event_argument: str,
    event_of: Callable[[str], EventT | None],
    more: Callable[[], dict[str, Any]] = dict,
) -> Blueprint:
    """The pages that both have. An event's page is at `event_path`, where `event_argument` is what `event_of`
    finds it by. `more` is what the overview shows besides."""
    pages = Blueprint("pages", __name__)

    @pages.context_processor
    def for_every_page() -> dict[str, Any]:
        return {"office": office}

    @pages.get("/")
    def overview() -> str:
        state = office.service
        kinds = state.ledger.snapshot()
        coming = [shown for shown in office.agenda() if shown.last >= state.now()]
        return render_template(
            f"{office.key}/overview.html",
            rows=[office.row(account) for account in office.accounts],
            days=by_day(shown for shown in coming if not shown.event.is_deleted),
            sent=list(reversed(office.sent()))[:SENT_SHOWN],
            this_year=state.now().year,
            calls=list(reversed(kinds["calls"][-CALLS_SHOWN:])),
            violations=list(reversed(kinds["violations"][-CALLS_SHOWN:])),
            changed=changed_switches(state),
            **more(),
        )

    @pages.get("/calendars/<email>")
    def calendar(email: str) -> str:
        """One account's calendar: what is coming, what is over, what was deleted."""
        account, now = office.account(email), office.service.now()
        shown = office.agenda(account.email)
        living = [entry for entry in shown if not entry.event.is_deleted]
        return render_template(
            f"{office.key}/calendar.html",
            account=account,
            row=office.row(account),
            this_year=now.year,
            coming=by_day(entry for entry in living if entry.last >= now),
            past=by_day(reversed([entry for entry in living if entry.last < now])),
            deleted=[entry for entry in shown if entry.event.is_deleted],
        )

    @pages.post("/calendars/<email>/busy")
    def add_busy_time(email: str) -> BaseResponse:
        """Add an event of an hour of the owner's own, at the next full hour that is free of other events."""
        account = office.account(email)
        first = office.service.now().replace(minute=0, second=0, microsecond=0) + HOUR
        taken = [(shown.first, shown.last) for shown in office.agenda(email)]
        while any(start < first + HOUR and first < end for start, end in taken):
            first += HOUR
        times = {"start": first.isoformat(), "end": (first + HOUR).isoformat()}
        office.insert(account, {office.title_field: "Dentist", **office.written(account, times)})
        return redirect(url_for("pages.calendar", email=email), 303)

    def known(name: str) -> EventT:
        found = event_of(name)
        if found is None:
            abort(404)
        return found

    @pages.get(event_path)
    def event() -> str:
        """The page of an event, at the address that the API gives people for it."""
        name = request.args.get(event_argument, "")
        found = known(name)
        return render_template(
            "office/event.html",
            shown=office.shown(found),
            name=name,
            resource=json.dumps(office.resource(found), indent=2, ensure_ascii=False),
        )

    @pages.post(f"{event_path.rstrip('/')}/<how>")
    def change_event(how: str) -> BaseResponse:
        """Do to an event what its owner does: `move` it an hour later, `rename`, take its meeting off,
        `settle` a pending one, `delete`, `restore`."""
        name = request.form.get("event", "")
        found = known(name)
        account = office.account(found.account)
        match how:
            case "move":
                office.change(account, found.id, office.later(found, HOUR))
            case "rename":
                title = request.form.get("title", "").strip()
                office.change(account, found.id, {office.title_field: title})
            case "settle":
                office.settle(account, found.id, office.settles[0])
            case "delete":
                office.cancel(account, found.id)
            case "restore":
                office.restore(account, found.id)
            case _ if how == office.takes_off:
                office.change(account, found.id, {}, without_meeting=True)
            case _:
                abort(404)
        return redirect(f"{url_for('pages.event')}?{urlencode({event_argument: name})}", 303)

    @pages.get("/sent/<message_id>")
    def sent(message_id: str) -> str:
        found = next((message for message in office.sent() if message.id == message_id), None)
        if found is None:
            abort(404)
        return render_template("office/sent.html", mail=found, message=found.message)

    @pages.post("/accounts/<email>/revoke")
    def revoke(email: str) -> BaseResponse:
        office.end_access(office.account(email).email)
        return redirect(url_for("pages.overview", _anchor="accounts"), 303)

    add_elsewhere(pages, lambda: office.service)
    return pages
