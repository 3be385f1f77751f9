"""The simulated issuer: what it says about itself, the page where people sign in, tokens, keys, and control.

Sources: OpenID Connect Core 1.0 and Discovery 1.0; RFC 6749, 7636, 9207. Under `/common/v2.0` it is an issuer
for several directories, whose name is a template.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from simulators.issuer import id_tokens
from simulators.issuer.state import ACCOUNTS, BY_EMAIL, Issuer, issuer
from simulators.signing import public_keys
from simulators.token_endpoint import answered, fits, is_our_client
from simulators.web import new_app, switches_blueprint

MANY = "/common/v2.0"
CALLBACK_PATH = "/login/single-sign-on/callback"
FIRST_ACCOUNTS = 5

pages = Blueprint("issuer", __name__)


def build(service: Issuer) -> Flask:
    """The WSGI application of one simulated issuer."""
    app = new_app("simulated-issuer", "Simulated Sign-in", home="Overview", public_url=service.public_url)
    app.extensions["issuer"] = service
    app.register_blueprint(pages)
    app.register_blueprint(switches_blueprint(service.board, json_path="/_control/switches"))
    return app


@pages.get("/")
def overview() -> str:
    return render_template("issuer/overview.html", accounts=ACCOUNTS)


@pages.get("/.well-known/openid-configuration", defaults={"base": ""})
@pages.get(f"{MANY}/.well-known/openid-configuration", defaults={"base": MANY})
def configuration(base: str) -> Response:
    here, spoiled = issuer().public_url, issuer().board["discovery"]
    if spoiled in ("server_error", "html"):
        return Response("<h1>Not now</h1>", 502 if spoiled == "server_error" else 200, mimetype="text/html")
    name = here + base.replace("common", "{tenantid}")
    return jsonify(
        issuer="https://accounts.example" if spoiled == "another_issuer" else name,
        authorization_endpoint=f"{here}{base}/authorize",
        token_endpoint=f"{here}{base}/token",
        jwks_uri=f"{here}{base}/keys",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        # One says that it takes the secret only in the form; the other leaves the standard's default.
        **({"token_endpoint_auth_methods_supported": ["client_secret_post"]} if base else {}),
    )


@pages.get("/keys", defaults={"base": ""})
@pages.get(f"{MANY}/keys", defaults={"base": MANY})
def keys(base: str) -> Response:
    found = public_keys(issuer().board["key_number"])
    issuer().ledger.add("calls", {"operation": "keys"})
    if base:
        name = issuer().public_url + base.replace("common", "{tenantid}")
        found = {"keys": [{**key, "issuer": name} for key in found["keys"]]}
    return jsonify(found)


def _refusal() -> str | None:
    """What is wrong with the authorization request, or None."""
    asked = request.values
    rules = {
        "client_id": asked.get("client_id") == issuer().client_id,
        "redirect_uri": asked.get("redirect_uri", "").endswith(CALLBACK_PATH),
        "response_type": asked.get("response_type") == "code",
        "scope": "openid" in asked.get("scope", "").split(),
        "code_challenge_method": asked.get("code_challenge_method") == "S256",
        **{name: bool(asked.get(name)) for name in ("state", "nonce", "code_challenge")},
    }
    return next((name for name, is_right in rules.items() if not is_right), None)


@pages.get("/authorize", defaults={"base": ""})
@pages.get(f"{MANY}/authorize", defaults={"base": MANY})
def sign_in(base: str) -> str | tuple[str, int]:
    wrong = _refusal()
    if wrong:
        issuer().ledger.add("violations", {"where": wrong})
        return render_template("issuer/refused.html", wrong=wrong), 400
    return render_template(
        "issuer/sign_in.html",
        first=ACCOUNTS[:FIRST_ACCOUNTS],
        more=ACCOUNTS[FIRST_ACCOUNTS:],
        fields=request.args.items(),
    )


@pages.post("/authorize", defaults={"base": ""})
@pages.post(f"{MANY}/authorize", defaults={"base": MANY})
def decide(base: str) -> BaseResponse | tuple[str, int]:
    wrong, asked, state = _refusal(), request.values, issuer()
    account = BY_EMAIL.get(asked.get("account", ""))
    if wrong or (account is None and asked.get("decision") == "allow"):
        return render_template("issuer/refused.html", wrong=wrong or "account"), 400
    failure: str = state.board["answer"]
    answer = {"state": "another-state" if failure == "wrong_state" else asked["state"]}
    if failure in ("access_denied", "server_error") or asked.get("decision") != "allow":
        answer["error"] = failure or "access_denied"
    elif failure != "no_code":
        assert account is not None
        answer["code"] = secrets.token_urlsafe(24)
        answer["iss"] = "https://accounts.example" if failure == "wrong_iss" else state.public_url + base
        with state.storage.transaction() as rows:
            kept = (account.email, base, asked["redirect_uri"], asked["code_challenge"], asked["nonce"])
            rows.execute("INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, 0)", (answer["code"], *kept))
    return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)


@pages.post("/token", defaults={"base": ""})
@pages.post(f"{MANY}/token", defaults={"base": MANY})
def token(base: str) -> Response:
    entry: dict[str, Any] = {"grant_type": request.form.get("grant_type")}
    return answered(issuer(), entry, lambda entry: _token_answer(entry, base), _spoiled)


def _spoiled(failure: str) -> Response | None:
    if failure in ("invalid_client", "invalid_grant"):
        return _error({}, failure, 401 if failure == "invalid_client" else 400)
    return None


def _token_answer(entry: dict[str, Any], base: str) -> Response:
    state, form = issuer(), request.form
    if not is_our_client(state, in_form=bool(base)):
        return _error(entry, "invalid_client", 401)
    with state.storage.transaction() as rows:
        found = rows.execute("SELECT * FROM codes WHERE code = ?", (form.get("code", ""),)).fetchone()
        rows.execute("UPDATE codes SET used = 1 WHERE code = ?", (form.get("code", ""),))
    is_right = (
        found is not None
        and not found["used"]
        and found["base"] == base
        and found["redirect_uri"] == form.get("redirect_uri")
        and fits(found["challenge"], form.get("code_verifier", ""))
    )
    if not is_right:
        return _error(entry, "invalid_grant", 400)
    answer = {"access_token": secrets.token_urlsafe(24), "token_type": "Bearer", "expires_in": 3600}
    id_token = id_tokens.make(state, BY_EMAIL[found["account"]], found["nonce"], base)
    return jsonify(answer | ({"id_token": id_token} if id_token else {}))


def _error(entry: dict[str, Any], error: str, status: int) -> Response:
    entry["error"] = error
    response = jsonify(error=error, error_description="The simulated issuer says no.")
    response.status_code = status
    return response


@pages.post("/_control/reset")
def reset() -> Response:
    issuer().reset()
    return jsonify({})


@pages.get("/_control/ledger")
def ledger() -> Response:
    return jsonify(issuer().ledger.snapshot())
