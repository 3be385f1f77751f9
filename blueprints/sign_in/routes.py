"""Signing in and out."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts import audit
from accounts.audit import Event
from accounts.sign_in import try_password
from accounts.throttling import TooManyTriesError
from blueprints.sign_in import second_step, single_sign_on
from blueprints.sign_in.forms import LoginForm
from extensions import db
from models import User
from security import safe_next
from services import services
from web import known_browser, signed_in
from web.notices import say
from web.remembering import kept_page
from web.waiting import too_many_tries

sign_in = Blueprint("sign_in", __name__)
second_step.register(sign_in)
single_sign_on.register(sign_in)


@sign_in.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    organization = signed_in.current_organization()
    if organization is None:
        return redirect(url_for("first_run.setup"), 303)
    if current_user.is_authenticated:
        return redirect(url_for("dashboard.home"), 303)
    wanted = safe_next(request.args.get("next")) or ""
    if request.method == "GET" and not wanted and services().demo is None:
        # The page that everyone sees first is the same for everyone.
        return kept_page(("sign in", organization), lambda: _sign_in_page(LoginForm()))
    form = LoginForm(next=wanted)
    if not form.is_submitted():
        return _sign_in_page(form)
    if form.validate():
        try:
            user = try_password(
                services().throttling,
                email=form.email.data,
                password=form.password.data,
                address=request.remote_addr or "",
                browser=known_browser.named(form.email.data),
            )
        except TooManyTriesError as error:
            return too_many_tries(
                error.seconds, back_url=url_for("sign_in.login"), back_label="Back to the sign-in page"
            )
        if user is not None:
            return second_step.go_on(user, form.next.data)
        form.refuse("password", "That email and password don't match.")
    return _sign_in_page(form), 422


def _sign_in_page(form: LoginForm) -> str:
    return render_template(
        "sign_in/login.html",
        form=form,
        demo_people=_demo_people(),
        single_sign_on=services().single_sign_on,
    )


def _demo_people() -> list[User]:
    if services().demo is None:
        return []
    # Not people who have not accepted their invitation yet: they sign in through the email in the demo's
    # mailbox.
    return list(
        db.session.scalars(
            sa.select(User).where(User.is_active.is_(True), User.password_hash.is_not(None)).order_by(User.id)
        )
    )


@sign_in.post("/login/demo/<int:user_id>")
def demo_login(user_id: int) -> ResponseReturnValue:
    """Sign in with one click instead of a password; this address exists only in the demo."""
    if services().demo is None:
        abort(404)
    user = db.session.get(User, user_id)
    if user is None or not user.is_active or user.password_hash is None:
        abort(404)
    if user.two_step_since is None:
        audit.record(Event.SIGNED_IN, f"{user.name} signed in with one click.", user)
    # An email's link leads here first, as it does to those who type their password.
    return second_step.go_on(user, request.form.get("next"))


@sign_in.post("/logout")
def logout() -> ResponseReturnValue:
    user = signed_in.actor()
    audit.record(Event.SIGNED_OUT, f"{user.name} signed out.", user)
    signed_in.end()
    db.session.commit()
    say("You're signed out.", "info")
    return redirect(url_for("sign_in.login"), 303)
