"""Accepting an invitation, and choosing a new password: the pages behind mailed links.

Opening a link only shows a page, because email programs open links to check them; the button on the page
acts.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import invitations, passwords
from accounts.single_sign_on import identities_of, names_of
from accounts.throttling import TooManyTriesError
from blueprints.mailed_links.forms import AcceptForm, AskForm, ResetForm
from extensions import db
from models import Invitation
from services import services
from web import known_browser, signed_in
from web.notices import say
from web.waiting import too_many_tries

mailed_links = Blueprint("mailed_links", __name__)


@mailed_links.route("/invitations/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    opened = services().account_links.opened_invitation(token)
    if opened is None:
        return _unknown("Open it from the newest email, or ask the person who invited you to send it again.")
    found, state = opened
    if state != "open":
        return _closed_invitation(found, state)
    form = AcceptForm()
    if not form.is_submitted():
        form.name.data, form.timezone.data = found.user.name, found.user.timezone
        return render_template("mailed_links/invitation.html", form=form, invitation=found, token=token)
    if not form.validate():
        return render_template("mailed_links/invitation.html", form=form, invitation=found, token=token), 422
    password_hash = passwords.new_hash(form.password.data)
    found, state = services().account_links.opened_invitation(token, lock=True) or abort(404)
    try:
        user = invitations.accept(
            found, name=form.name.data, password_hash=password_hash, timezone=form.timezone.data
        )
    except invitations.InvitationClosedError:
        return _closed_invitation(found, state)
    signed_in.begin(user.id)
    db.session.commit()
    say(f"Welcome, {user.name}. You are on the team.")
    return redirect(url_for("dashboard.home"), 303)


def _unknown(words: str, action: tuple[str, str] | None = None) -> ResponseReturnValue:
    """For an invalid link. `action`: the label and the address of what to do instead."""
    return render_template("mailed_links/unknown.html", words=words, action=action), 404


def _closed_invitation(found: Invitation, state: str) -> ResponseReturnValue:
    return render_template("mailed_links/invitation_closed.html", invitation=found, state=state), 410


@mailed_links.route("/password-reset", methods=["GET", "POST"])
def ask_for_reset() -> ResponseReturnValue:
    form = AskForm()
    if not form.is_submitted():
        return render_template("mailed_links/ask_for_reset.html", form=form)
    if not form.validate():
        return render_template("mailed_links/ask_for_reset.html", form=form), 422
    here = services()
    try:
        here.reset_requests.take(
            here.throttling,
            email=form.email.data,
            address=request.remote_addr or "",
            browser=known_browser.named(form.email.data),
        )
    except TooManyTriesError as error:
        return too_many_tries(
            error.seconds, back_url=url_for("sign_in.login"), back_label="Back to the sign-in page"
        )
    db.session.commit()
    return render_template("mailed_links/reset_asked.html", email=form.email.data)


@mailed_links.route("/password-reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    opened = services().account_links.opened_reset(token)
    if opened is None:
        again = ("Ask for a new link", url_for("mailed_links.ask_for_reset"))
        return _unknown("Open it from the newest email, or ask for a new link.", again)
    found, state = opened
    if state != "open":
        return render_template("mailed_links/reset_closed.html", state=state), 410
    form = ResetForm()
    if not form.validate_on_submit():
        page = render_template(
            "mailed_links/reset.html",
            form=form,
            email=found.user.email,
            linked=names_of(identities_of(found.user)),
            token=token,
        )
        return page, 422 if form.is_submitted() else 200
    password_hash = passwords.new_hash(form.password.data)
    found, state = services().account_links.opened_reset(token, lock=True) or abort(404)
    try:
        passwords.redeem(found, password_hash, services().throttling, services().mail_domain)
    except passwords.ResetClosedError:
        return render_template("mailed_links/reset_closed.html", state=state), 410
    db.session.commit()
    say("Your new password is saved and you're signed out everywhere. Sign in with it now.")
    return redirect(url_for("sign_in.login"), 303)
