"""What programs can do to the simulated Microsoft, in addition to what both calendars have in common."""

from __future__ import annotations

from flask import Response, abort, jsonify

from simulators.microsoft import grants, scopes
from simulators.microsoft.errors import GraphError
from simulators.microsoft.office import office
from simulators.microsoft.people import tenant_of
from simulators.microsoft.state import microsoft
from simulators.office.control import blueprint, body_of_request

control = blueprint(office, settle="teams")


@control.post("/accounts/<email>/password")
def change_password(email: str) -> Response:
    """Change the password, which leaves the tokens of an app that has a secret valid."""
    return jsonify(ended=0, account=office.account(email).email)


@control.post("/accounts/<email>/sessions")
def sign_out_everywhere(email: str) -> Response:
    """Revoke all sessions, as the person or an administrator can: all grants end."""
    return jsonify(ended=grants.sign_out_everywhere(microsoft(), office.account(email).email))


@control.post("/tenants/<name>/consent")
def admin_consent(name: str) -> Response:
    """An administrator allows the app for everyone (`scopes`, by default all), or with `{"allowed": false}`
    removes it."""
    tenant, body, state = tenant_of(name), body_of_request(), microsoft()
    if tenant is None or tenant.is_personal:
        abort(404)
    if body.get("allowed", True):
        grants.allow_for_all(state, tenant, body.get("scopes") or scopes.WORDS)
        return jsonify(allowed=sorted(grants.allowed_for_all(state, tenant)))
    return jsonify(ended=grants.disallow_for_all(state, tenant))


@control.errorhandler(GraphError)
def _refused(error: GraphError) -> tuple[Response, int]:
    return jsonify(error.body(microsoft().now(), "control", None)), error.status
