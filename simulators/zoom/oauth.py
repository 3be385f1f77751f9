"""Zoom's OAuth: the consent page, the token endpoint, revoking.

Sources: Zoom developer documentation, "OAuth 2.0" and "OAuth error messages"; RFC 6749, RFC 7636 (PKCE). Zoom
does not document what a declined consent looks like on the redirect; here it is the standard's
`error=access_denied`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from simulators.token_endpoint import answered, is_our_client
from simulators.zoom import grants
from simulators.zoom.people import BY_EMAIL, PEOPLE
from simulators.zoom.state import stamp, zoom

pages = Blueprint("oauth", __name__)

CALLBACK_PATH = "/connect/zoom/callback"
CHALLENGE_METHODS = ("S256", "plain")
# The first few are on the consent page, the others behind "More accounts".
FIRST_ACCOUNTS = 4


def _refusal() -> str | None:
    """Why the authorization request is refused, in Zoom's words, or None. Query and form are treated
    alike."""
    asked = request.values
    redirect_uri = asked.get("redirect_uri", "")
    try:
        address = urlsplit(redirect_uri)
        address.port  # noqa: B018 - reading it raises ValueError for a port that is no number
    except ValueError:
        return "Invalid redirect url (4,700)"
    if asked.get("client_id") != zoom().client_id:
        return "Invalid client_id (4,702)"
    sound = address.scheme in ("http", "https") and address.hostname and "@" not in address.netloc
    if not sound or address.path != CALLBACK_PATH or address.query or "#" in redirect_uri:
        return "Invalid redirect url (4,700)"
    if asked.get("response_type") != "code":
        return "Invalid response_type: only “code” is supported (4,701)"
    if "scope" in asked:
        # Scopes are fixed in the app's configuration; since April 2025 the parameter makes the request fail.
        return "Invalid scope: scopes are configured with the app and may not be requested (4,700)"
    if asked.get("code_challenge_method", "plain") not in CHALLENGE_METHODS:
        return "Invalid code_challenge_method (4,700)"
    if "code_challenge_method" in asked and not asked.get("code_challenge"):
        return "Missing code_challenge (4,700)"
    return None


def _error_page(words: str) -> tuple[str, int]:
    return render_template("zoom/refused.html", words=words), 400


@pages.get("/oauth/authorize")
def consent() -> str | tuple[str, int]:
    refused = _refusal()
    if refused:
        return _error_page(refused)
    # Zoom knows who is signed in there and asks about that account. No one signs in here, so the app may say
    # whose browser it is, with OpenID Connect's parameter for that.
    likely = BY_EMAIL.get(request.args.get("login_hint", ""))
    people = sorted(PEOPLE, key=lambda person: person is not likely)
    return render_template(
        "zoom/consent.html",
        first=people[:FIRST_ACCOUNTS],
        more=people[FIRST_ACCOUNTS:],
        fields=request.args.items(),
        client_host=urlsplit(request.args["redirect_uri"]).netloc,
    )


@pages.post("/oauth/authorize")
def decide() -> BaseResponse | tuple[str, int]:
    asked = request.values
    refused = _refusal()
    if refused:
        return _error_page(refused)
    answer: dict[str, str] = {}
    if asked.get("decision") == "allow":
        person = BY_EMAIL.get(asked.get("account", ""))
        if person is None:
            return _error_page("Choose an account that exists")
        challenge = asked.get("code_challenge")
        # RFC 7636: the method is plain if it is left out.
        method = asked.get("code_challenge_method", "plain") if challenge else None
        answer["code"] = grants.issue_code(zoom(), person, asked["redirect_uri"], challenge, method)
    else:
        answer["error"] = "access_denied"
        answer["error_description"] = "The user declined."
    if "state" in asked:
        answer["state"] = asked["state"]
    return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)


@pages.post("/oauth/token")
def token() -> Response:
    state = zoom()
    entry: dict[str, Any] = {
        "grant_type": request.form.get("grant_type"),
        "account": None,
        "at": stamp(state.now()),
    }
    return answered(state, entry, _token_answer, _spoiled)


def _spoiled(failure: str) -> Response | None:
    match failure:
        case "invalid_client":
            return _invalid_client()
        case _:
            return None


def _token_answer(entry: dict[str, Any]) -> Response:
    """Answer a token request, and put the account and the error into the ledger's `entry` on the way."""
    if request.args:
        # Parameters in the address end up in logs; Zoom stopped taking them there.
        return _oauth_error(entry, "invalid_request", "Parameters belong into the body of the request")
    if not is_our_client(zoom(), in_form=False):
        entry["error"] = "invalid_client"
        return _invalid_client()
    if request.mimetype != "application/x-www-form-urlencoded":
        return _oauth_error(entry, "unsupported_grant_type", "unsupported grant type")
    form = request.form
    try:
        match form.get("grant_type"):
            case "authorization_code":
                tokens = grants.exchange_code(
                    zoom(), form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
                )
            case "refresh_token":
                tokens = grants.refresh(zoom(), form.get("refresh_token", ""))
            case _:
                return _oauth_error(entry, "unsupported_grant_type", "unsupported grant type")
    except grants.InvalidGrant as error:
        return _oauth_error(entry, "invalid_grant", str(error))
    entry["account"] = tokens.account
    return jsonify(
        access_token=tokens.access_token,
        token_type="bearer",
        refresh_token=tokens.refresh_token,
        expires_in=tokens.expires_in,
        scope=" ".join(tokens.scopes),
        # Real answers name the user's regional host. A client must not follow it anywhere but to zoom.us.
        api_url=zoom().url,
    )


@pages.post("/oauth/revoke")
def revoke() -> Response:
    if request.args or not is_our_client(zoom(), in_form=False):
        return _invalid_client()
    grants.revoke(zoom(), request.form.get("token", ""))
    # RFC 7009: an unknown token is not an error, because it is unusable either way.
    return jsonify(status="success")


def _invalid_client() -> Response:
    response = jsonify(reason="Invalid client_id or client_secret", error="invalid_client")
    response.status_code = 400
    return response


def _oauth_error(entry: dict[str, Any], error: str, reason: str) -> Response:
    entry["error"] = error
    response = jsonify(reason=reason, error=error)
    response.status_code = 400
    return response
