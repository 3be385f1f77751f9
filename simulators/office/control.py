"""What programs can do to both: reset, read the ledger, and act as people do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from simulators.office.events import Event, EventT
from simulators.office.office import AccountT, Office, later_by_days


def blueprint(office: Office[AccountT, EventT], *, settle: str) -> Blueprint:
    """The control addresses that both have. The address that settles a pending meeting ends in `settle`, and
    so does the change that takes a meeting off (`remove_…`)."""
    control = Blueprint("control", __name__, url_prefix="/_control")

    @control.post("/reset")
    def reset() -> Response:
        office.service.reset()
        return jsonify(reset=True)

    @control.get("/ledger")
    def ledger() -> Response:
        """What really happened, for tests to compare with. Calls in the order in which they were answered."""
        kinds = office.service.ledger.snapshot()
        calendars: dict[str, list[dict[str, Any]]] = {}
        for event in sorted(office.every(), key=lambda event: event.created):
            calendars.setdefault(event.account, []).append(entry(event))
        return jsonify(
            **kinds,
            token_calls=len(kinds["token_log"]),
            events=calendars,
            sent=[message.entry() for message in office.sent()],
            grants=office.grants(),
        )

    def entry(event: EventT) -> dict[str, Any]:
        return {**office.resource(event), **_state(event), **office.entry(event)}

    @control.post("/revoke")
    def revoke() -> tuple[Response, int]:
        """Remove the app, as the person does."""
        ended = office.end_access(body_of_request().get("account", ""))
        return jsonify(revoked=ended), 200 if ended else 404

    @control.post("/events/<email>")
    def add_event(email: str) -> tuple[Response, int]:
        """Add an event of the owner's own: `start` and `end` as instants or days, its `title`, whether it
        makes `busy`, and any other field."""
        account = office.account(email)
        body = {office.title_field: "Busy", **office.written(account, body_of_request())}
        return jsonify(entry(office.insert(account, body))), 201

    @control.post("/series/<email>")
    def add_series(email: str) -> tuple[Response, int]:
        """Add a series of the owner's own: the first of its events as above, how many `times` it takes place,
        and how many days apart (`every_days`), at the same time on the owner's clock."""
        account, body = office.account(email), body_of_request()
        times, days = int(body.pop("times", 4)), int(body.pop("every_days", 7))
        start, end = str(body.pop("start")), str(body.pop("end"))
        bodies = []
        for number in range(times):
            each = {
                **body,
                "start": later_by_days(start, number * days, account.timezone),
                "end": later_by_days(end, number * days, account.timezone),
            }
            bodies.append({office.title_field: "Busy", **office.written(account, each)})
        master, single = office.insert_series(account, bodies)
        return jsonify(entry(master) | {"events": [entry(event) for event in single]}), 201

    @control.post("/events/<email>/<event_id>/change")
    def change_event(email: str, event_id: str) -> tuple[Response, int]:
        """Change an event as its owner does: any field of it, `move_minutes` to move it, `remove_…` to take
        its meeting off."""
        account, body = office.account(email), body_of_request()
        event = office.find(account, event_id)
        minutes = body.pop("move_minutes", 0)
        without = bool(body.pop(f"remove_{settle}", False))
        if event and minutes:
            body |= office.later(event, timedelta(minutes=minutes))
        changed = office.change(account, event_id, office.written(account, body), without_meeting=without)
        return jsonify(changed=changed), 200 if changed else 404

    @control.post("/events/<email>/<event_id>/delete")
    def delete_event(email: str, event_id: str) -> tuple[Response, int]:
        """Delete an event as its owner does; with `forever`, from the bin too, so that it can't be
        restored."""
        forever = bool(body_of_request().get("forever", False))
        deleted = office.cancel(office.account(email), event_id, for_good=forever)
        return jsonify(deleted=deleted), 200 if deleted else 404

    @control.post("/events/<email>/<event_id>/move")
    def move_event(email: str, event_id: str) -> tuple[Response, int]:
        """Move an event into another of its owner's calendars; with `{"back": true}`, back into this one."""
        back = bool(body_of_request().get("back", False))
        moved = office.move(office.account(email), event_id, elsewhere=not back)
        return jsonify(moved=moved), 200 if moved else 404

    @control.post("/events/<email>/<event_id>/restore")
    def restore_event(email: str, event_id: str) -> tuple[Response, int]:
        """Take an event out of the bin, as its owner does."""
        restored = office.restore(office.account(email), event_id)
        return jsonify(restored=restored), 200 if restored else 404

    @control.post(f"/events/<email>/<event_id>/{settle}")
    def settle_meeting(email: str, event_id: str) -> tuple[Response, int]:
        """Settle a pending meeting: its link is there or, with another `status`, never will be."""
        status = body_of_request().get("status", office.settles[0])
        if status not in office.settles:
            abort(400)
        settled = office.settle(office.account(email), event_id, status)
        return jsonify(settled=settled), 200 if settled else 404

    return control


def _state(event: Event) -> dict[str, Any]:
    return {
        "account": event.account,
        "by_app": event.by_app,
        "deleted": event.is_deleted,
        "deleted_by": event.deleted_by,
        "elsewhere": event.elsewhere,
    }


def body_of_request() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}
