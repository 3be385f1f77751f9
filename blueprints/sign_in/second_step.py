"""The second step of signing in, for people with two-step verification."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts.second_step import FirstStepGoneError, Kind, UnreadableSecretError
from accounts.throttling import TooManyTriesError
from accounts.two_step import FEW_RECOVERY_CODES, recovery_codes_left
from blueprints.sign_in.forms import CodeForm, RecoveryCodeForm
from extensions import db
from models import User
from security import safe_next
from services import services
from web import half_signed_in, known_browser, signed_in
from web.notices import say
from web.verification_codes import plain_code
from web.waiting import too_many_tries
from wording import counted

_ALIKE: dict[Kind, tuple[type[CodeForm] | type[RecoveryCodeForm], str, str]] = {
    "app": (CodeForm, "sign_in/code.html", "That's not the code your app shows now, or it was used already."),
    "recovery": (
        RecoveryCodeForm,
        "sign_in/recovery_code.html",
        "That's not one of your recovery codes, or it was used already.",
    ),
}


def go_on(user: User, next_address: str | None) -> ResponseReturnValue:
    """What follows a right password: signed in, or the second step. Commits."""
    if user.two_step_since is not None:
        half_signed_in.begin(user, next_address)
        db.session.commit()
        return redirect(url_for("sign_in.code"), 303)
    signed_in.begin(user.id)
    db.session.commit()
    return redirect(safe_next(next_address) or url_for("dashboard.home"), 303)


def code() -> ResponseReturnValue:
    """A code from the authenticator app."""
    return _second_step("app")


def recovery_code() -> ResponseReturnValue:
    """One of the codes for when the phone is not there."""
    return _second_step("recovery")


def _second_step(kind: Kind) -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("dashboard.home"), 303)
    checking, step = services().second_step, half_signed_in.step()
    form_class, template, wrong = _ALIKE[kind]
    try:
        if step is None:
            raise FirstStepGoneError
        email = checking.first_steps.person_behind(step).email
        form = form_class()
        if not form.is_submitted():
            return render_template(template, form=form, email=email)
        if not form.validate():
            return render_template(template, form=form, email=email), 422
        user = checking.try_code(
            step,
            kind,
            plain_code(form.code.data),
            address=request.remote_addr or "",
            browser=known_browser.named(email),
        )
    except FirstStepGoneError:
        half_signed_in.end()
        say("Please sign in again: it has been too long, or your account has changed.", "info")
        return redirect(url_for("sign_in.login"), 303)
    except TooManyTriesError as error:
        return too_many_tries(error.seconds, back_url=request.path, back_label="Back to the code")
    except UnreadableSecretError:
        user, wrong = (
            None,
            (
                "This server can no longer read what it shares with your authenticator app. "
                "Use a recovery code, or ask an owner to reset your two-step verification."
            ),
        )
    if user is None:
        form.refuse("code", wrong)
        return render_template(template, form=form, email=email), 422
    next_address = half_signed_in.next_address()
    left = recovery_codes_left(user) if kind == "recovery" else None
    signed_in.begin(user.id)
    db.session.commit()
    if left is not None:
        _say_how_many_are_left(left)
    return redirect(safe_next(next_address) or url_for("dashboard.home"), 303)


def _say_how_many_are_left(left: int) -> None:
    words = (
        f"You used a recovery code; {counted(left, 'code')} left."
        if left
        else ("You used your last recovery code.")
    )
    if left <= FEW_RECOVERY_CODES:
        words += " Make new ones under Profile, Two-step verification."
    say(words, "warning" if left <= FEW_RECOVERY_CODES else "info")


def register(blueprint: Blueprint) -> None:
    """Put the second step on the blueprint of signing in."""
    both = ["GET", "POST"]
    blueprint.add_url_rule("/login/code", view_func=code, methods=both)
    blueprint.add_url_rule("/login/recovery-code", view_func=recovery_code, methods=both)
