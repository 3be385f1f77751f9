"""Google's OAuth 2.0 and OpenID Connect: the consent page, tokens, revoking, the account's data.

Sources: Google's guides "Using OAuth 2.0 for Web Server Applications" and "OpenID Connect"; RFC 6749, 7009,
7636. What Google spreads over several hosts is on one origin here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from simulators.google import grants, id_tokens, scopes
from simulators.google.people import ACCOUNTS, BY_EMAIL
from simulators.google.state import google, stamp
from simulators.signing import public_keys
from simulators.token_endpoint import answered, is_our_client

pages = Blueprint("oauth", __name__)

CALLBACK_PATH = "/connect/google/callback"
# The first few are on the consent page, the others behind "More accounts".
FIRST_ACCOUNTS = 4
TESTING_SECONDS = int(grants.TESTING_LIFE.total_seconds())


def _refusal() -> tuple[str, str] | None:
    """Google's name for the error in the authorization request and a sentence about it, or None."""
    asked = request.values
    redirect_uri = asked.get("redirect_uri", "")
    if asked.get("client_id") != google().client_id:
        return "invalid_client", "The OAuth client was not found."
    try:
        address = urlsplit(redirect_uri)
        address.port  # noqa: B018 - reading it raises ValueError for a port that is no number
    except ValueError:
        return "redirect_uri_mismatch", "The redirect address is not an address."
    sound = address.scheme in ("http", "https") and address.hostname and "@" not in address.netloc
    if not sound or address.path != CALLBACK_PATH or address.query or "#" in redirect_uri:
        return "redirect_uri_mismatch", f"The redirect address {redirect_uri} is not registered."
    if asked.get("response_type") != "code":
        return "unsupported_response_type", f"Invalid response_type: {asked.get('response_type', '')}"
    wanted = scopes.asked_for(asked.get("scope", ""))
    if not wanted:
        return "invalid_request", "Missing required parameter: scope"
    wrong = scopes.unknown(wanted)
    if wrong:
        return "invalid_scope", f"Some requested scopes were invalid. {wrong}"
    if asked.get("access_type", "online") not in ("online", "offline"):
        return "invalid_request", f"Invalid parameter value for access_type: {asked['access_type']}"
    if not {"none", "consent", "select_account"}.issuperset(asked.get("prompt", "").split()):
        return "invalid_request", f"Invalid parameter value for prompt: {asked['prompt']}"
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        # The standard also has "plain", which protects nothing that a sound client needs.
        return "invalid_request", "Invalid code_challenge_method: only S256 is taken here."
    if "code_challenge_method" in asked and not asked.get("code_challenge"):
        return "invalid_request", "Missing required parameter: code_challenge"
    return None


def _error_page(refused: tuple[str, str]) -> tuple[str, int]:
    error, words = refused
    google().ledger.add("violations", {"method_id": "oauth.authorize", "where": error, "message": words})
    return render_template("google/refused.html", error=error, words=words), 400


@pages.get("/o/oauth2/v2/auth")
def consent() -> str | tuple[str, int]:
    refused = _refusal()
    if refused:
        return _error_page(refused)
    # Google knows who is signed in there. No one signs in here, so the app may say whose browser it is.
    hint = request.args.get("login_hint", "")
    likely = BY_EMAIL.get(hint) or next((account for account in ACCOUNTS if account.sub == hint), None)
    accounts = sorted(ACCOUNTS, key=lambda account: account is not likely)
    wanted = scopes.asked_for(request.args["scope"])
    return render_template(
        "google/consent.html",
        first=accounts[:FIRST_ACCOUNTS],
        more=accounts[FIRST_ACCOUNTS:],
        fields=request.args.items(),
        identity=[scopes.WORDS[scope] for scope in wanted if scope in scopes.IDENTITY and scope != "openid"],
        boxes=[(scope, scopes.WORDS[scope]) for scope in wanted if scope not in scopes.IDENTITY],
        client_host=urlsplit(request.args["redirect_uri"]).netloc,
        testing=google().board["testing_mode"],
    )


@pages.post("/o/oauth2/v2/auth")
def decide() -> BaseResponse | tuple[str, int]:
    """Answer the consent page. A program that leaves out `boxes` checks all of them; with it, `granted` names
    those that are checked."""
    asked, state = request.values, google()
    refused = _refusal()
    if refused:
        return _error_page(refused)
    wanted = scopes.asked_for(asked["scope"])
    prompt = asked.get("prompt", "").split()
    answer: dict[str, str] = {}
    failure: str = state.board["consent_error"]
    account = BY_EMAIL.get(asked.get("account", ""))
    if failure or asked.get("decision") != "allow":
        answer["error"] = failure or "access_denied"
    elif "none" in prompt:
        answer["error"] = "interaction_required"
    elif account is None:
        return _error_page(("invalid_account", "Choose an account that exists."))
    else:
        ticked = asked.getlist("granted") if "boxes" in asked or "granted" in asked else wanted
        allowed = [scope for scope in wanted if scope in scopes.IDENTITY or scope in ticked]
        if asked.get("include_granted_scopes") == "true":
            allowed += grants.living_scopes(state, account.email)
        answer["code"] = grants.issue_code(
            state,
            grants.Consent(
                account=account.email,
                scopes=tuple(dict.fromkeys(allowed)),
                redirect_uri=asked["redirect_uri"],
                challenge=asked.get("code_challenge"),
                nonce=asked.get("nonce"),
                offline=asked.get("access_type") == "offline",
                prompted="consent" in prompt,
            ),
        )
        answer["scope"] = " ".join(dict.fromkeys(allowed))
    kept = ("scope", "access_type", "prompt", "include_granted_scopes", "login_hint", "redirect_uri")
    state.ledger.add(
        "consents",
        {
            **{name: asked[name] for name in kept if name in asked},
            "account": account.email if account else None,
            "pkce": "code_challenge" in asked,
            "nonce": "nonce" in asked,
            "granted": answer.get("scope", "").split(),
            "error": answer.get("error"),
            "at": stamp(state.now()),
        },
    )
    if "state" in asked:
        answer["state"] = asked["state"]
    return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)


@pages.post("/token")
def token() -> Response:
    state = google()
    entry: dict[str, Any] = {
        "grant_type": request.form.get("grant_type"),
        "account": None,
        "at": stamp(state.now()),
    }
    return answered(state, entry, _token_answer, _spoiled)


def _spoiled(failure: str) -> Response | None:
    match failure:
        case "invalid_client":
            return _oauth_error({}, "invalid_client", "The provided client secret is invalid.", 401)
        case "invalid_grant":
            return _oauth_error({}, "invalid_grant", grants.EXPIRED)
        case "invalid_rapt":
            response = jsonify(
                error="invalid_grant",
                error_description="reauth related error (invalid_rapt)",
                error_uri="https://support.google.com/a/answer/9368756",
                error_subtype="invalid_rapt",
            )
            response.status_code = 400
            return response
        case _:
            return None


def _token_answer(entry: dict[str, Any]) -> Response:
    """Answer a token request, and put the account and the error into the ledger's `entry` on the way."""
    state, form = google(), request.form
    if request.args:
        # Parameters in the address end up in logs.
        return _oauth_error(entry, "invalid_request", "Parameters belong into the body of the request")
    if not is_our_client(google(), in_form=True):
        return _oauth_error(entry, "invalid_client", "The provided client secret is invalid.", 401)
    try:
        match form.get("grant_type"):
            case "authorization_code":
                tokens = grants.exchange_code(
                    state, form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
                )
            case "refresh_token":
                tokens = grants.refresh(state, form.get("refresh_token", ""))
            case None:
                return _oauth_error(entry, "invalid_request", "Missing required parameter: grant_type")
            case other:
                return _oauth_error(entry, "unsupported_grant_type", f"Invalid grant_type: {other}")
    except grants.InvalidGrant as error:
        return _oauth_error(entry, error.error, str(error))
    entry["account"] = tokens.account.email
    answer: dict[str, Any] = {
        "access_token": tokens.access_token,
        "expires_in": tokens.expires_in,
        "scope": " ".join(tokens.scopes),
        "token_type": "Bearer",
    }
    if tokens.refresh_token:
        answer["refresh_token"] = tokens.refresh_token
        if tokens.testing:
            # Reported by people whose consent screen is in Testing; Google documents it for access that the
            # person limited to a period of time.
            answer["refresh_token_expires_in"] = TESTING_SECONDS - 1
    id_token = id_tokens.make(state, tokens)
    if id_token:
        answer["id_token"] = id_token
    return jsonify(answer)


@pages.post("/revoke")
def revoke() -> Response:
    """Revoke a token. This takes no client credentials: anyone who has the token may end it."""
    if request.args or "token" not in request.form:
        return _oauth_error({}, "invalid_request", "Bad Request")
    account = grants.revoke(google(), request.form["token"])
    google().ledger.add(
        "token_log",
        {
            "grant_type": "revoke",
            "account": account,
            "at": stamp(google().now()),
            "status": 200 if account else 400,
        },
    )
    if account is None:
        return _oauth_error({}, "invalid_token", "Token expired or revoked")
    return jsonify({})


@pages.get("/oauth2/v3/certs")
def certificates() -> Response:
    return jsonify(public_keys())


@pages.get("/.well-known/openid-configuration")
def configuration() -> Response:
    origin, public = google().url, google().public_url
    return jsonify(
        issuer=id_tokens.ISSUER,
        authorization_endpoint=f"{public}/o/oauth2/v2/auth",
        token_endpoint=f"{origin}/token",
        revocation_endpoint=f"{origin}/revoke",
        userinfo_endpoint=f"{origin}/v1/userinfo",
        jwks_uri=f"{origin}/oauth2/v3/certs",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        scopes_supported=["openid", "email", "profile"],
        token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"],
        code_challenge_methods_supported=["S256"],
    )


def _oauth_error(entry: dict[str, Any], error: str, words: str, status: int = 400) -> Response:
    entry["error"] = error
    response = jsonify(error=error, error_description=words)
    response.status_code = status
    return response
