"""What programs can do to the simulated Google, in addition to what both calendars have in common."""

from __future__ import annotations

from flask import Response, jsonify

from simulators.google import grants
from simulators.google.errors import GoogleError
from simulators.google.office import office
from simulators.google.state import google
from simulators.office.control import blueprint

control = blueprint(office, settle="meet")


@control.post("/accounts/<email>/password")
def change_password(email: str) -> Response:
    """Change the password, which ends the grants that may use Gmail, and no others."""
    return jsonify(ended=grants.change_password(google(), office.account(email).email))


@control.errorhandler(GoogleError)
def _refused(error: GoogleError) -> tuple[Response, int]:
    return jsonify(error.body()), error.status
