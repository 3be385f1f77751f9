"""Settings → Profile → Two-step verification: one's own, from turning it on to turning it off."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from accounts import two_step as domain
from accounts.sign_in import is_own_password
from accounts.throttling import TooManyTriesError
from accounts.two_step import Offer, OfferExpiredError, RequiredError, WrongCodeError
from blueprints.two_step.forms import KnowsPasswordForm, SetUpForm
from extensions import db
from services import services
from web import signed_in
from web.notices import say
from web.qr_codes import qr_code
from web.signed_in import actor, current_organization, person
from web.verification_codes import plain_code
from web.waiting import too_many_tries

two_step = Blueprint("two_step", __name__, url_prefix="/settings/account/two-step-verification")

# In the browser's own session, where a reload finds it again. It is sealed, because that session can be read.
_OFFERED = "two-step-offer"
_NO_PASSWORD = (
    "You have no password yet. To get one, sign out and choose “Forgot your password?” on the sign-in page."
)


@two_step.get("")
def index() -> ResponseReturnValue:
    user, here = actor(), current_organization()
    if user.two_step_since is None:
        return redirect(url_for("two_step.set_up"), 303)
    return render_template(
        "two_step/index.html",
        since=user.two_step_since,
        left=domain.recovery_codes_left(user),
        few=domain.FEW_RECOVERY_CODES,
        most=domain.RECOVERY_CODES,
        is_required=here is not None and here.two_step_required_since is not None,
    )


@two_step.route("/set-up", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    form, sealed = SetUpForm(), _offered()
    if actor().password_hash is None and actor().two_step_since is None:
        # Someone who signs in with an account elsewhere may have none, and has just shown there who they are.
        del form.current
    offer = services().two_step.offer(actor(), sealed)
    if not form.is_submitted():
        return _set_up_page(form, offer)
    if not _is_confirmed(form):
        return _set_up_page(form, offer), 422
    user = actor()
    try:
        codes = services().two_step.turn_on(user, sealed, plain_code(form.code.data), services().mail_domain)
    except WrongCodeError:
        form.refuse("code", "That's not the code the app shows now. Wait for the next one and try again.")
        return _set_up_page(form, offer), 422
    signed_in.begin(user.id)
    db.session.commit()
    return _codes_page(codes, is_new=True)


def _offered() -> str:
    """The sealed secret that this browser was shown, or a new one."""
    user, sealed = actor(), session.get(_OFFERED, "")
    try:
        services().two_step.offer(user, sealed)
    except OfferExpiredError:
        sealed = session[_OFFERED] = services().two_step.new_offer(user)
    return str(sealed)


def _set_up_page(form: SetUpForm, offer: Offer) -> str:
    is_forced = person().must_set_up_two_step
    return render_template(
        "two_step/set_up_first.html" if is_forced else "two_step/set_up.html",
        form=form,
        picture=qr_code(offer.address, "QR code for your authenticator app"),
        address=offer.address,
        secret=" ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4)),
        is_replacing=actor().two_step_since is not None,
    )


@two_step.route("/recovery-codes", methods=["GET", "POST"])
def recovery_codes() -> ResponseReturnValue:
    if actor().two_step_since is None:
        return redirect(url_for("two_step.set_up"), 303)
    form = KnowsPasswordForm()
    if not form.is_submitted():
        return render_template("two_step/new_recovery_codes.html", form=form)
    if not _is_confirmed(form):
        return render_template("two_step/new_recovery_codes.html", form=form), 422
    codes = services().two_step.renew_recovery_codes(actor(), services().mail_domain)
    db.session.commit()
    return _codes_page(codes, is_new=False)


@two_step.route("/turn-off", methods=["GET", "POST"])
def turn_off() -> ResponseReturnValue:
    if actor().two_step_since is None:
        return redirect(url_for("two_step.set_up"), 303)
    form = KnowsPasswordForm()
    if not form.is_submitted():
        return render_template("two_step/turn_off.html", form=form)
    if not _is_confirmed(form):
        return render_template("two_step/turn_off.html", form=form), 422
    try:
        domain.turn_off(actor(), services().mail_domain)
    except RequiredError:
        db.session.rollback()
        say("Your organization requires two-step verification, so it can't be turned off.", "danger")
        return redirect(url_for("two_step.index"), 303)
    db.session.commit()
    say("Two-step verification is off.")
    return redirect(url_for("settings.profile"), 303)


@two_step.errorhandler(TooManyTriesError)
def wait(error: TooManyTriesError) -> ResponseReturnValue:
    return too_many_tries(error.seconds, back_url=request.path, back_label="Back")


def _is_confirmed(form: KnowsPasswordForm) -> bool:
    """Whether a form is filled in and its password right; otherwise it says what is not. Commits. Raises
    `TooManyTriesError`."""
    if not form.validate():
        return False
    if "current" not in form:
        return True
    if actor().password_hash is None:
        form.refuse("current", _NO_PASSWORD)
        return False
    if is_own_password(services().throttling, actor(), form.current.data, person().session.token_hash):
        return True
    form.refuse("current", "That's not your password.")
    return False


def _codes_page(codes: list[str], *, is_new: bool) -> str:
    """The only time that recovery codes are shown. It answers the form itself: after a redirect they would
    have to be kept somewhere."""
    return render_template("two_step/codes.html", codes=codes, is_new=is_new)
