"""Signing in with an account elsewhere: the way there, the way back, and a page for everything that can go
wrong on it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts import single_sign_on as domain
from accounts.single_sign_on import NotLetInError, Why
from accounts.throttling import SINGLE_SIGN_ON, TooManyTriesError
from blueprints.sign_in import second_step
from connections.single_sign_on import CALLBACK_PATH, Identity, SingleSignOn, SingleSignOnError
from database import writing
from extensions import db
from services import services
from web import sign_in_trips
from web.sign_in_trips import Trip
from web.waiting import too_many_tries

Words = tuple[str, str]

_USED: Words = (
    "Please sign in again",
    "This answer was used already, took too long, or belongs to another browser. Nothing has happened.",
)
_CANCELED: Words = ("You weren't signed in", "You canceled, so nothing has happened.")


def leave() -> ResponseReturnValue:
    """Send someone to the issuer. A link and no form: it changes nothing, and the page's policy need not
    allow forms to lead to an address that only the issuer knows."""
    offered = _offered()
    if current_user.is_authenticated:
        return redirect(url_for("dashboard.home"), 303)
    trip = sign_in_trips.begin(request.args.get("next"))
    # The issuer may be asked where its page is, and no transaction may be open meanwhile.
    db.session.rollback()
    try:
        address = offered.address(state=trip.state, code_verifier=trip.code_verifier)
    except SingleSignOnError as error:
        return _failed(*_of_the_issuer(offered, error))
    return redirect(address, 303)


def come_back() -> ResponseReturnValue:
    """Where the issuer sends people back to. It writes, as issuers use GET."""
    offered = _offered()
    if request.environ["REQUEST_METHOD"] != "GET":
        # A HEAD, which every other page answers like a GET, would use up what the issuer sent.
        abort(405)
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        return Response(status=503)
    trip = sign_in_trips.take(_only("state"))
    if current_user.is_authenticated:
        # A reload of the answer that has signed them in.
        return redirect((trip and trip.next_address) or url_for("dashboard.home"), 303)
    code, error = _only("code"), _only("error")
    if trip is None:
        return _failed(*_USED, 400)
    if error == "access_denied":
        return _failed(*_CANCELED, 400)
    if error or not code:
        words = f"{offered.label} didn't sign you in. It gave no reason that helps; try again."
        return _failed("You weren't signed in", words, 400)
    db.session.rollback()
    here = request.remote_addr or ""
    try:
        with writing():
            services().throttling.take(SINGLE_SIGN_ON, here, here)
            db.session.commit()
    except TooManyTriesError as refused:
        return too_many_tries(
            refused.seconds, back_url=url_for("sign_in.login"), back_label="Back to the sign-in page"
        )
    try:
        identity = offered.identity(code=code, code_verifier=trip.code_verifier, answering=_only("iss"))
    except SingleSignOnError as trouble:
        return _failed(*_of_the_issuer(offered, trouble))
    with writing():
        return _signed_in(offered, identity, trip)


def _signed_in(offered: SingleSignOn, identity: Identity, trip: Trip) -> ResponseReturnValue:
    try:
        user = domain.sign_in(
            offered.label,
            issuer=identity.issuer,
            subject=identity.subject,
            email=identity.email,
            is_verified=identity.is_verified,
            mail_domain=services().mail_domain,
        )
    except NotLetInError as refused:
        db.session.commit()
        return _failed(*_refusal(refused.why, offered.label, identity.email), 403)
    here = request.remote_addr or ""
    services().throttling.forgive(SINGLE_SIGN_ON, here, here)
    return second_step.go_on(user, trip.next_address)


def _refusal(why: Why, label: str, email: str) -> Words:
    match why:
        case "unknown":
            return (
                "You're not on this team",
                f"{label} says you are {email}, and no one was invited with that address. Ask an owner or "
                "admin to invite you, or sign in with another account.",
            )
        case "unverified":
            return (
                "Your address isn't verified",
                f"{label} doesn't vouch for your email address, so we can't tell who you are. Verify it "
                "there, or sign in with your password. If this happens to everyone, the person who runs "
                "this server can read in README what to set.",
            )
        case "deactivated":
            return ("Your account is deactivated", "Ask an owner or admin if you think that's a mistake.")
        case "invitation_closed":
            return (
                "Your invitation is no longer open",
                "It has expired or was withdrawn. Ask an owner or admin to invite you again.",
            )
        case "another_account":
            return (
                f"That's another account at {label}",
                f"You signed in here with a different account at {label} before. Sign in with that one, or "
                "with your password; under Profile, you can unlink it.",
            )


def _of_the_issuer(offered: SingleSignOn, error: SingleSignOnError) -> tuple[str, str, int]:
    if error.is_setup:
        words = f"{error.words} The person who runs this server has to look at its OIDC settings."
        return f"Signing in with {offered.label} isn't set up right", words, 503
    if error.is_passing:
        words = f"{error.words} Try again in a minute, or sign in with your password."
        return f"{offered.label} can't be used right now", words, 503
    return "You weren't signed in", f"{error.words} Try again.", 403


def _failed(title: str, words: str, status: int) -> ResponseReturnValue:
    return render_template("sign_in/not_signed_in.html", title=title, words=words), status


def _offered() -> SingleSignOn:
    offered = services().single_sign_on
    if offered is None:
        abort(404)
    return offered


def _only(name: str) -> str | None:
    """A parameter of the answer that is there exactly once."""
    values = request.args.getlist(name)
    return values[0] if len(values) == 1 else None


def register(blueprint: Blueprint) -> None:
    """Put these routes on the blueprint of signing in."""
    blueprint.add_url_rule("/login/single-sign-on", "single_sign_on", leave)
    blueprint.add_url_rule(CALLBACK_PATH, "single_sign_on_callback", come_back)
