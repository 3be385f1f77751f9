"""The issuer that people may sign in with: whether it answers under its name, and accepts this server."""

from __future__ import annotations

from flask import current_app

from connections.single_sign_on import SingleSignOnError
from doctor.results import Result, broken, look, ok
from services import services

_WELL_KNOWN = "/.well-known/openid-configuration"


def check(_seconds: float) -> list[Result]:
    """What the issuer says when it is asked, and what has to be registered there."""
    single_sign_on = services().single_sign_on
    if single_sign_on is None:
        return [ok("Single sign-on", "It's off: people sign in with their passwords.")]
    label, issuer = single_sign_on.label, str(current_app.config["OIDC_ISSUER"])
    address = single_sign_on.redirect_uri
    registered = ok(f"{label}: redirect address", "Has to be registered there.", address)
    try:
        single_sign_on.examine()
    except SingleSignOnError as error:
        return [_problem(label, issuer, error), registered]
    return [ok(label, f"It answers as {issuer}, and accepts this server."), registered]


def _problem(label: str, issuer: str, error: SingleSignOnError) -> Result:
    why = f"No one can sign in with {label}. Passwords go on working."
    if error.is_passing:
        return look(
            label,
            f"Whether people can sign in with it isn't known: {error.words.rstrip('.')}.",
            why,
            "Look whether this machine may reach it over https, and try again.",
        )
    discovery = issuer.rstrip("/") + _WELL_KNOWN
    if error.is_other_issuer:
        return broken(
            label,
            f"What it says about itself isn't of {issuer}.",
            why,
            "Set OIDC_ISSUER, letter by letter, to what this address calls “issuer”, and restart.",
            discovery,
        )
    if error.is_setup:
        return broken(
            label,
            "It doesn't accept this server's ID and secret.",
            why,
            "Copy OIDC_CLIENT_ID and OIDC_CLIENT_SECRET from the app that you registered there, and restart.",
        )
    return broken(
        label,
        f"{error.words.rstrip('.')}.",
        why,
        "Open this address in a browser. If there is no JSON with an “issuer”, correct OIDC_ISSUER.",
        discovery,
    )
