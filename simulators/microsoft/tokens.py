"""Microsoft's sign-in service: tokens, and what it says about itself. An app cannot revoke anything.

Sources: "Microsoft identity platform and OAuth 2.0 authorization code flow", "Microsoft Entra authentication
and authorization error codes".
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulators.microsoft import grants, id_tokens, scopes
from simulators.microsoft.oauth import WORDS_FOR_MANY, accounts_at
from simulators.microsoft.people import Tenant, tenant_of
from simulators.microsoft.state import microsoft, stamp
from simulators.signing import public_keys
from simulators.token_endpoint import answered, is_our_client

# The services for which an app may get a token of its own.
APP_SCOPES = ("https://graph.microsoft.com/.default", "https://outlook.office365.com/.default")

endpoints = Blueprint("tokens", __name__)


def _origin() -> str:
    """The origin of this sign-in service, as the caller knows it."""
    return request.host_url.rstrip("/")


@endpoints.post("/<tenant>/oauth2/v2.0/token")
def token(tenant: str) -> Response:
    state = microsoft()
    entry: dict[str, Any] = {
        "grant_type": request.form.get("grant_type"),
        "tenant": tenant,
        "account": None,
        "at": stamp(state.now()),
    }
    return answered(state, entry, lambda noted: _token_answer(tenant, noted), _spoiled)


def _spoiled(failure: str) -> Response | None:
    match failure:
        case "invalid_client":
            return _oauth_error({}, "invalid_client", 7000215, "Invalid client secret provided.", 401)
        case "expired_secret":
            words = f"The provided client secret keys for app '{microsoft().client_id}' are expired."
            return _oauth_error({}, "invalid_client", 7000222, words, 401)
        case "invalid_grant":
            return _oauth_error({}, "invalid_grant", 50173, grants.WORDS[50173])
        case "interaction_required":
            words = "Due to a configuration change made by your administrator, or because you moved to a new"
            words += " location, you must use multi-factor authentication to access the resource."
            return _oauth_error(
                {}, "interaction_required", 50076, words, claims='{"access_token":{"nbf":{}}}'
            )
        case "temporarily_unavailable":
            return _oauth_error({}, "temporarily_unavailable", 90033, "A transient error has occurred.", 503)
        case "throttled":
            response = _oauth_error({}, "temporarily_unavailable", 90055, "Too many requests.", 429)
            response.headers["Retry-After"] = microsoft().board["retry_after"] or "10"
            return response
        case _:
            return None


def _token_answer(tenant: str, entry: dict[str, Any]) -> Response:
    """Answer a token request, and put the account and the error into the ledger's `entry` on the way."""
    state, form = microsoft(), request.form
    if request.args:
        # Parameters in the address end up in logs.
        return _oauth_error(entry, "invalid_request", 9002313, "Parameters belong into the body.")
    if tenant not in WORDS_FOR_MANY and tenant_of(tenant) is None:
        return _oauth_error(entry, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
    if not is_our_client(microsoft(), in_form=True):
        return _oauth_error(entry, "invalid_client", 7000215, "Invalid client secret provided.", 401)
    if form.get("grant_type") == "client_credentials":
        return _token_of_app(tenant, entry)
    wanted = scopes.asked_for(form.get("scope", ""))
    wrong = scopes.unknown(wanted)
    if wrong:
        return _oauth_error(entry, "invalid_scope", 70011, f"The scope is not valid: {' '.join(wrong)}")
    try:
        match form.get("grant_type"):
            case "authorization_code":
                tokens = grants.exchange_code(
                    state, form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
                )
            case "refresh_token":
                tokens = grants.refresh(state, form.get("refresh_token", ""), wanted)
            case None:
                words = "The request body must contain the following parameter: 'grant_type'."
                return _oauth_error(entry, "invalid_request", 900144, words)
            case other:
                return _oauth_error(entry, "unsupported_grant_type", 70003, f"Not supported here: {other}")
    except grants.InvalidGrant as error:
        return _oauth_error(entry, "invalid_grant", error.number, str(error), suberror=error.suberror)
    entry["account"] = tokens.account.email
    if tokens.account not in accounts_at(tenant):
        return _oauth_error(entry, "invalid_grant", 70000, "The account is not of this tenant.")
    answer: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": scopes.stated(tokens.scopes, in_full=not tokens.account.tenant.is_personal),
        "expires_in": tokens.expires_in,
        "ext_expires_in": tokens.expires_in,
        "access_token": tokens.access_token,
    }
    if tokens.refresh_token:
        answer["refresh_token"] = tokens.refresh_token
    id_token = id_tokens.make(state, tokens, _origin())
    if id_token:
        answer["id_token"] = id_token
    return jsonify(answer)


def _token_of_app(tenant: str, entry: dict[str, Any]) -> Response:
    """A token for the app itself, on no one's behalf: for everything in one service that an administrator has
    allowed it. There is no refresh token."""
    scope = request.form.get("scope", "")
    if tenant in WORDS_FOR_MANY:
        return _oauth_error(
            entry, "invalid_request", 900023, f"Specified tenant identifier '{tenant}' is neither."
        )
    if scope not in APP_SCOPES:
        words = (
            f"The provided value for scope {scope} is not valid. Client credential flows must have a scope"
        )
        words += " value with /.default suffixed to the resource identifier (application ID URI)."
        return _oauth_error(entry, "invalid_scope", 1002012, words)
    lifetime = microsoft().board["expires_in"]
    return jsonify(
        token_type="Bearer",
        expires_in=lifetime,
        ext_expires_in=lifetime,
        access_token=f"MPT-CANARY-{secrets.token_urlsafe(900)}",
    )


@endpoints.get("/<tenant>/discovery/v2.0/keys")
def keys(tenant: str) -> Response:
    return jsonify(public_keys())


@endpoints.get("/<tenant>/v2.0/.well-known/openid-configuration")
def configuration(tenant: str) -> tuple[Response, int] | Response:
    origin, public = _origin(), microsoft().public_url
    found: Tenant | None = tenant_of("mail.example" if tenant == "consumers" else tenant)
    if tenant not in WORDS_FOR_MANY and found is None:
        return jsonify(error="invalid_tenant"), 400
    return jsonify(
        issuer=id_tokens.issuer(origin, found.id if found else id_tokens.TEMPLATE),
        authorization_endpoint=f"{public}/{tenant}/oauth2/v2.0/authorize",
        token_endpoint=f"{origin}/{tenant}/oauth2/v2.0/token",
        jwks_uri=f"{origin}/{tenant}/discovery/v2.0/keys",
        response_types_supported=["code"],
        response_modes_supported=["query"],
        subject_types_supported=["pairwise"],
        id_token_signing_alg_values_supported=["RS256"],
        scopes_supported=["openid", "profile", "email", "offline_access"],
        token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"],
    )


def _oauth_error(
    entry: dict[str, Any],
    error: str,
    number: int,
    words: str,
    status: int = 400,
    *,
    suberror: str = "",
    claims: str = "",
) -> Response:
    entry["error"] = error
    now, trace, correlation = microsoft().now(), str(uuid.uuid4()), str(uuid.uuid4())
    written = now.strftime("%Y-%m-%d %H:%M:%SZ")
    description = f"AADSTS{number}: {words} Trace ID: {trace} Correlation ID: {correlation}"
    answer: dict[str, Any] = {
        "error": error,
        "error_description": f"{description} Timestamp: {written}",
        "error_codes": [number],
        "timestamp": written,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.example/error?code={number}",
    }
    if suberror:
        answer["suberror"] = suberror
    if claims:
        answer["claims"] = claims
    response = jsonify(answer)
    response.status_code = status
    return response
