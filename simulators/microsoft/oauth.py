"""Microsoft's sign-in service: the pages on which people and administrators give consent.

Sources: "Microsoft identity platform and OAuth 2.0 authorization code flow", "Admin consent on the Microsoft
identity platform", "Microsoft Entra authentication and authorization error codes". Which error someone who
may not consent is sent back with is not documented: the switch `approval_error` has the possibilities.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from simulators.microsoft import grants, scopes
from simulators.microsoft.people import ACCOUNTS, BY_EMAIL, Account, tenant_of
from simulators.microsoft.state import microsoft, stamp

pages = Blueprint("oauth", __name__)

CALLBACK_PATHS = "/connect/microsoft/"
# The first few are on the consent page, the others behind "More accounts".
FIRST_ACCOUNTS = 4
WORDS_FOR_MANY = ("common", "organizations", "consumers")
PROMPTS = ("", "login", "none", "consent", "select_account")

Refusal = tuple[int, str]


def _wrong_address(tenant: str) -> Refusal | None:
    """What is wrong with the client, the redirect address, or the kind of account. Microsoft says so on a
    page of its own."""
    asked, audience = request.values, microsoft().board["audience"]
    if asked.get("client_id") != microsoft().client_id:
        return (
            700016,
            f"Application with identifier '{asked.get('client_id')}' was not found in the directory.",
        )
    redirect_uri = asked.get("redirect_uri", "")
    try:
        address = urlsplit(redirect_uri)
        address.port  # noqa: B018 - reading it raises ValueError for a port that is no number
    except ValueError:
        return 50011, "The redirect URI is not an address."
    sound = address.scheme in ("http", "https") and address.hostname and "@" not in address.netloc
    if not sound or not address.path.startswith(CALLBACK_PATHS) or address.query or "#" in redirect_uri:
        return 50011, f"The redirect URI '{redirect_uri}' does not match the ones configured for the app."
    if tenant not in WORDS_FOR_MANY and tenant_of(tenant) is None:
        return 90002, f"Tenant '{tenant}' not found."
    if audience == "one_organization" and tenant in WORDS_FOR_MANY:
        return 50194, "The application is not configured as a multi-tenant application."
    if audience == "organizations" and tenant == "consumers":
        return 9002332, "The application is configured for use by Microsoft Entra users only."
    if audience == "personal" and tenant != "consumers":
        return 9002331, "The application is configured for use by Microsoft Account users only."
    return None


def _wrong_request() -> Refusal | None:
    """What is wrong with the rest of an authorization request."""
    asked = request.values
    if asked.get("response_type") != "code":
        return 900144, f"Invalid response_type: '{asked.get('response_type', '')}'"
    wanted = scopes.asked_for(asked.get("scope", ""))
    if not wanted:
        return 900144, "The request body must contain the following parameter: 'scope'."
    wrong = scopes.unknown(wanted)
    if wrong:
        return 70011, f"The provided value for the input parameter 'scope' is not valid: {' '.join(wrong)}"
    if asked.get("response_mode", "query") != "query":
        return 900144, f"The response_mode is not used here: {asked['response_mode']}"
    if asked.get("prompt", "") not in PROMPTS:
        return 90023, f"Unsupported 'prompt' value: {asked['prompt']}"
    for name in ("access_type", "include_granted_scopes"):
        if name in asked:
            return 9002313, f"There is no parameter {name}."
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        # The standard also has "plain", which protects nothing that a sound client needs.
        return 501491, "Invalid size or method of Code_Challenge: only S256 is taken here."
    if "code_challenge_method" in asked and not asked.get("code_challenge"):
        return 900144, "The request must contain the following parameter: 'code_challenge'."
    return None


def accounts_at(tenant: str) -> list[Account]:
    """The accounts that may sign in at this address."""
    match tenant:
        case "common":
            return list(ACCOUNTS)
        case "organizations":
            return [account for account in ACCOUNTS if not account.tenant.is_personal]
        case "consumers":
            return [account for account in ACCOUNTS if account.tenant.is_personal]
        case _:
            return [account for account in ACCOUNTS if account.tenant == tenant_of(tenant)]


def _error_page(refused: Refusal) -> tuple[str, int]:
    number, words = refused
    microsoft().ledger.add(
        "violations", {"method": request.method, "path": request.path, "where": str(number), "message": words}
    )
    return render_template("microsoft/refused.html", number=number, words=words), 400


@pages.get("/<tenant>/oauth2/v2.0/authorize")
def consent(tenant: str) -> str | tuple[str, int]:
    refused = _wrong_address(tenant) or _wrong_request()
    if refused:
        return _error_page(refused)
    # Microsoft knows who is signed in there. No one signs in here, so the app may say whose browser it is.
    likely = BY_EMAIL.get(request.args.get("login_hint", ""))
    accounts = sorted(accounts_at(tenant), key=lambda account: account is not likely)
    wanted = scopes.asked_for(request.args["scope"])
    return render_template(
        "microsoft/consent.html",
        first=accounts[:FIRST_ACCOUNTS],
        more=accounts[FIRST_ACCOUNTS:],
        fields=request.args.items(),
        tenant=tenant,
        words=_in_words(wanted),
        client_host=urlsplit(request.args["redirect_uri"]).netloc,
    )


def _in_words(wanted: list[str]) -> list[str]:
    """What Microsoft's page says about the scopes; it leaves out those that every sign-in needs."""
    return [scopes.WORDS[scope] for scope in wanted if scope not in ("openid", "profile", "email")]


def _as_asked(asked: Mapping[str, str]) -> dict[str, str]:
    """The app's own request, without what was chosen on the page."""
    return {name: value for name, value in asked.items() if name not in ("account", "decision")}


@pages.post("/<tenant>/oauth2/v2.0/authorize")
def decide(tenant: str) -> BaseResponse | tuple[str, int] | str:
    """`decision`: `allow`, `cancel`, or `leave` for the way back from the page "Need admin approval"."""
    asked, state = request.values, microsoft()
    refused = _wrong_address(tenant) or _wrong_request()
    if refused:
        return _error_page(refused)
    wanted, prompt = scopes.asked_for(asked["scope"]), asked.get("prompt", "")
    account = BY_EMAIL.get(asked.get("account", ""))
    decision, failure = asked.get("decision"), state.board["consent_error"]
    blocked = account is not None and _is_blocked(account, wanted, prompt)
    answer: dict[str, str] = {}
    if failure:
        answer = _redirect_error(failure, 0, "Said by a switch.")
    elif prompt == "none":
        answer = _redirect_error("consent_required" if blocked else "interaction_required", 65001, "")
    elif decision == "leave" and blocked:
        answer = _without_approval(state.board["approval_error"])
    elif decision != "allow":
        answer = _redirect_error("access_denied", 65004, "User declined to consent to access the app.")
        answer["error_subcode"] = "cancel"
    elif account is None or account not in accounts_at(tenant):
        return _error_page((50020, "User account does not exist in this tenant. Choose one that does."))
    elif blocked:
        _note_consent(account, {"error": "needs_approval"})
        return render_template(
            "microsoft/needs_approval.html",
            account=account,
            tenant=tenant,
            fields=[(name, value) for name, value in asked.items() if name != "decision"],
            client_host=urlsplit(asked["redirect_uri"]).netloc,
            words=_in_words(wanted),
            administrators=[each for each in ACCOUNTS if each.is_admin and each.tenant == account.tenant],
            again=f"{request.path}?{urlencode(_as_asked(asked))}",
        )
    else:
        answer["code"] = grants.issue_code(
            state,
            grants.Consent(
                account=account.email,
                scopes=tuple(wanted),
                redirect_uri=asked["redirect_uri"],
                challenge=asked.get("code_challenge"),
                nonce=asked.get("nonce"),
            ),
        )
    _note_consent(account, answer)
    if "state" in asked:
        answer["state"] = asked["state"]
    if "code" in answer:
        answer["session_state"] = str(uuid.uuid4())
    return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)


def _is_blocked(account: Account, wanted: list[str], prompt: str) -> bool:
    """Whether the account's owner may not allow this. An owner who is asked each time may not, even if an
    administrator has allowed it."""
    if prompt == "consent":
        return grants.needs_approval(microsoft(), account, wanted) or (
            not account.tenant.people_may_allow
            and not account.is_admin
            and any(scope in scopes.FOR_ADMINISTRATORS for scope in wanted)
        )
    return grants.needs_approval(microsoft(), account, wanted)


def _without_approval(how: str) -> dict[str, str]:
    match how:
        case "90094":
            return _redirect_error("access_denied", 90094, "Admin consent is required for the permissions.")
        case "65001":
            return _redirect_error("access_denied", 65001, grants.WORDS[65001])
        case "cancel":
            answer = _redirect_error("access_denied", 65004, "User declined to consent to access the app.")
            return {**answer, "error_subcode": "cancel"}
        case _:
            return _redirect_error("consent_required", 90094, "Admin consent is required.")


def _redirect_error(error: str, number: int, words: str) -> dict[str, str]:
    trace = f"Trace ID: {uuid.uuid4()} Correlation ID: {uuid.uuid4()}"
    said = f"AADSTS{number}: {words or grants.WORDS.get(number, '')}" if number else words
    return {"error": error, "error_description": f"{said} {trace} Timestamp: {stamp(microsoft().now())}"}


def _note_consent(account: Account | None, answer: dict[str, str]) -> None:
    asked, state = request.values, microsoft()
    kept = ("scope", "prompt", "login_hint", "domain_hint", "redirect_uri", "response_mode")
    state.ledger.add(
        "consents",
        {
            **{name: asked[name] for name in kept if name in asked},
            "tenant": request.path.split("/")[1],
            "account": account.email if account else None,
            "pkce": "code_challenge" in asked,
            "nonce": "nonce" in asked,
            "granted": scopes.asked_for(asked["scope"]) if "code" in answer else [],
            "error": answer.get("error"),
            "at": stamp(state.now()),
        },
    )


@pages.get("/<tenant>/v2.0/adminconsent")
@pages.get("/<tenant>/adminconsent", endpoint="admin_consent_for_all")
def admin_consent(tenant: str) -> str | tuple[str, int]:
    """The page that an administrator opens to allow the app for everyone. The older address, without a
    version, asks for everything that the app was registered with."""
    refused = _wrong_admin_request(tenant)
    if refused:
        return _error_page(refused)
    meant = tenant_of(tenant)
    administrators = [account for account in ACCOUNTS if account.is_admin and meant in (None, account.tenant)]
    return render_template(
        "microsoft/admin_consent.html",
        administrators=administrators,
        words=_in_words(_scopes_for_all()),
        fields=request.args.items(),
        client_host=urlsplit(request.args["redirect_uri"]).netloc,
    )


@pages.post("/<tenant>/v2.0/adminconsent")
@pages.post("/<tenant>/adminconsent", endpoint="decide_for_all")
def decide_as_admin(tenant: str) -> BaseResponse | tuple[str, int]:
    asked, state = request.values, microsoft()
    refused = _wrong_admin_request(tenant)
    if refused:
        return _error_page(refused)
    account, meant = BY_EMAIL.get(asked.get("account", "")), tenant_of(tenant)
    answer: dict[str, str] = {}
    if asked.get("decision") != "allow":
        answer = _redirect_error("access_denied", 65004, "User declined to consent to access the app.")
        answer["error_subcode"] = "cancel"
    elif account is None or not account.is_admin or meant not in (None, account.tenant):
        return _error_page((90093, "Only an administrator of this organization can do this."))
    else:
        grants.allow_for_all(state, account.tenant, _scopes_for_all())
        answer = {"admin_consent": "True", "tenant": account.tenant.id, "scope": " ".join(_scopes_for_all())}
    if "state" in asked:
        answer["state"] = asked["state"]
    return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)


def _wrong_admin_request(tenant: str) -> Refusal | None:
    if tenant in ("common", "consumers"):
        return 90002, "An administrator's consent is for an organization: 'organizations', or its id."
    wrong = scopes.unknown(scopes.asked_for(request.values.get("scope", "")))
    if wrong:
        return 70011, f"The provided value for the input parameter 'scope' is not valid: {' '.join(wrong)}"
    if "/v2.0/" in request.path and not request.values.get("scope"):
        return 900144, "The request body must contain the following parameter: 'scope'."
    return _wrong_address(tenant)


def _scopes_for_all() -> list[str]:
    return scopes.asked_for(request.values.get("scope", "")) or list(scopes.WORDS)
