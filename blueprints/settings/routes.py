"""Settings: one's own profile and sessions, and the organization."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import audit, passwords, sessions, single_sign_on
from accounts import settings as changes
from accounts.audit import Event
from accounts.settings import OrganizationSettings
from accounts.sign_in import is_own_password
from accounts.single_sign_on import NoPasswordError
from accounts.throttling import TooManyTriesError
from accounts.two_step import FEW_RECOVERY_CODES, how_many_have_it, recovery_codes_left
from blueprints.settings import (
    automation,
    availability,
    copied,
    email,
    example,
    logs,
    restored,
    system,
    system_log,
)
from blueprints.settings.forms import OrganizationForm, PasswordForm, ProfileForm
from extensions import db
from messaging.wording import DEFAULT_CLOSING
from models import Organization
from scheduling.availability import keeping
from scheduling.reading.own_interviews import interviews_left_outside
from services import services
from web import signed_in
from web.notices import say
from web.signed_in import actor, current_organization, person
from web.user_agents import browser_words
from web.waiting import too_many_tries

settings = Blueprint("settings", __name__, url_prefix="/settings")
example.register(settings)
system.register(settings)
system_log.register(settings)
copied.register(settings)
restored.register(settings)
email.register(settings)
availability.register(settings)
logs.register(settings)
automation.register(settings)


@settings.get("")
def home() -> ResponseReturnValue:
    """The address that people shorten the others to."""
    return redirect(url_for("settings.profile"), 303)


@settings.route("/account/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    if request.method == "GET":
        return _profile_page()
    form = ProfileForm()
    if not form.validate():
        return _profile_page(profile_form=form), 422
    user = actor()
    before = keeping.clock_of(user)
    changes.change_profile(
        user,
        name=form.name.data,
        timezone=form.timezone.data,
        has_shortcuts=form.has_shortcuts.data,
    )
    db.session.commit()
    # Their hours are meant on their own clock, so they move with the zone.
    now = keeping.clock_of(user)
    left = interviews_left_outside(user, before, now) if now != before else []
    availability.say_with_interviews("Profile saved.", left, "outside your hours now")
    return redirect(url_for("settings.profile"), 303)


@settings.post("/account/password")
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate():
        return _profile_page(password_form=form), 422
    try:
        knows_it = is_own_password(services().throttling, actor(), form.current.data, person().session_hash)
    except TooManyTriesError as error:
        return too_many_tries(
            error.seconds, back_url=url_for("settings.profile"), back_label="Back to your profile"
        )
    if not knows_it:
        form.refuse("current", "That's not your current password.")
        return _profile_page(password_form=form), 422
    password_hash = passwords.new_hash(form.password.data)
    user = actor()
    passwords.change_password(user, password_hash, services().mail_domain)
    signed_in.begin(user.id)
    db.session.commit()
    say("Password changed. You're signed out everywhere else.")
    return redirect(url_for("settings.profile"), 303)


def _profile_page(
    *, profile_form: ProfileForm | None = None, password_form: PasswordForm | None = None
) -> str:
    """The page with both its forms: the one that was sent, if any, and the other in its initial state."""
    user, here = actor(), person().session_id
    stored = {"name": user.name, "timezone": user.timezone, "has_shortcuts": user.has_shortcuts}
    return render_template(
        "settings/profile.html",
        form=profile_form or ProfileForm(formdata=None, data=stored),
        password_form=password_form or PasswordForm(formdata=None),
        recovery_codes_left=recovery_codes_left(user) if user.two_step_since is not None else 0,
        few_recovery_codes=FEW_RECOVERY_CODES,
        single_sign_on=services().single_sign_on,
        identities=single_sign_on.identities_of(user),
        sessions=[
            (row, browser_words(row.user_agent), row.id == here) for row in sessions.living_sessions(user)
        ],
    )


@settings.post("/account/identities/<int:identity_id>/unlink")
def unlink_identity(identity_id: int) -> ResponseReturnValue:
    offered = services().single_sign_on
    label = offered.label if offered is not None else "the issuer"
    try:
        if not single_sign_on.unlink(actor(), identity_id, label):
            abort(404)
    except NoPasswordError:
        say("Choose a password first. Without one, you couldn't sign in anymore.", "warning")
        return redirect(url_for("settings.profile"), 303)
    db.session.commit()
    say("Unlinked.")
    return redirect(url_for("settings.profile", _anchor="identities"), 303)


@settings.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    user = actor()
    if session_id not in {row.id for row in sessions.living_sessions(user)}:
        abort(404)
    audit.record(Event.SESSION_ENDED, f"{user.name} signed out another browser.", user)
    if session_id == person().session_id:
        signed_in.end()
    else:
        sessions.end_session(session_id)
    db.session.commit()
    say("That browser is signed out.")
    return redirect(url_for("settings.profile"), 303)


@settings.post("/account/sessions/end")
def end_all_sessions() -> ResponseReturnValue:
    user = actor()
    sessions.end_all_sessions(user)
    audit.record(Event.SESSION_ENDED, f"{user.name} signed out everywhere.", user)
    signed_in.end()
    db.session.commit()
    say("You're signed out everywhere.", "info")
    return redirect(url_for("sign_in.login"), 303)


@settings.route("/organization", methods=["GET", "POST"])
def organization() -> ResponseReturnValue:
    form = OrganizationForm()
    if not form.is_submitted():
        row = db.session.get_one(Organization, 1)
        form.name.data, form.timezone.data = row.name, row.timezone
        form.first_weekday.data = row.first_weekday
        form.retention_days.data = row.retention_days
        form.invitation_intro.data = row.invitation_intro
        form.invitation_closing.data = row.invitation_closing
        return _organization_page(form)
    if not form.validate():
        return _organization_page(form), 422
    wanted = OrganizationSettings(
        form.name.data,
        form.timezone.data,
        form.retention_days.data,
        form.invitation_intro.data or "",
        form.invitation_closing.data or "",
        form.first_weekday.data,
    )
    changed = changes.change_organization(actor(), wanted)
    db.session.commit()
    say("Saved." if changed else "Nothing to save.")
    return redirect(url_for("settings.organization"), 303)


def _organization_page(form: OrganizationForm) -> str:
    having, everyone = how_many_have_it()
    here = current_organization()
    return render_template(
        "settings/organization.html",
        form=form,
        default_closing=DEFAULT_CLOSING,
        having_two_step=having,
        everyone=everyone,
        two_step_is_required=here is not None and here.two_step_required_since is not None,
    )


@settings.post("/organization/two-step-verification")
def require_two_step() -> ResponseReturnValue:
    is_required = request.form.get("required") == "yes"
    changes.require_two_step(actor(), is_required)
    db.session.commit()
    if is_required:
        say("Two-step verification is required. Those without it set it up when they next sign in.")
    else:
        say("Two-step verification is no longer required. Those who have it keep it.")
    return redirect(url_for("settings.organization"), 303)
