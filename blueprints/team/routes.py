"""Settings → Team: who is on it, inviting people, and changing someone's role and status."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import invitations, mails, team_rules, two_step
from accounts import team as people
from accounts.team import Member
from accounts.team_rules import NotAllowedError, TeamError
from blueprints.team.forms import ROLE_LINES, InviteForm, RoleForm, role_choices
from connections import catalogue
from connections.app_spec import AppSpec
from extensions import db
from models import Invitation, Role
from scheduling.entries.disconnecting import let_go_of_all
from scheduling.reading.load import Load, loads
from services import services
from timezones import utc_now
from web.notices import say
from web.signed_in import actor, connecting_is_open, current_organization

team = Blueprint("team", __name__, url_prefix="/settings/team")


@team.get("")
def index() -> ResponseReturnValue:
    hosting, is_open = _apps_that_host(), connecting_is_open()
    members = people.members()
    asked = {
        each.user.id for each in members if people.may_be_asked_to_connect(each, connecting_is_open=is_open)
    }
    set_up = services().connections.clients
    return render_template(
        "team/list.html",
        members=members,
        # Of several, each badge says which it is.
        app=catalogue.spec_of(next(iter(set_up))) if len(set_up) == 1 else None,
        shows_apps=bool(set_up),
        may_be_asked=asked if hosting else set(),
    )


def _apps_that_host() -> list[AppSpec]:
    """The apps on whose accounts meetings are made, if this server has any set up."""
    set_up = services().connections.clients
    return [spec for spec in catalogue.available() if spec.meetings and spec.key in set_up]


@team.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    form = InviteForm()
    form.role.choices = role_choices(team_rules.grantable_roles(actor()))
    if not form.is_submitted():
        organization = current_organization()
        form.role.data = Role.RECRUITER.value
        form.timezone.data = organization.timezone if organization is not None else "UTC"
        return render_template("team/invite.html", form=form, role_lines=_role_lines(form))
    if form.validate():
        command = invitations.NewMember(form.name.data, form.email.data, form.chosen, form.timezone.data)
        try:
            made = invitations.invite(actor(), command, services().mail_domain)
            db.session.commit()
            say(f"{command.name} is invited. You can already choose them as hiring manager or attendee.")
            return redirect(url_for("team.member", user_id=made.user_id), 303)
        except TeamError as error:
            db.session.rollback()
            form.refuse(error.field, error.words)
    return render_template("team/invite.html", form=form, role_lines=_role_lines(form)), 422


def _role_lines(form: RoleForm) -> list[tuple[str, str]]:
    return [(choice.label, ROLE_LINES[Role(choice.value)]) for choice in form.role.choices or ()]


@team.get("/<int:user_id>")
def member(user_id: int) -> ResponseReturnValue:
    return _member_page(_found(user_id), None)


def _member_page(found: Member, form: RoleForm | None) -> str:
    why_not = team_rules.why_not_manage(actor(), found.user)
    if why_not is None and form is None:
        form = _role_form()
        form.role.data = found.user.role.value
    link = mail = None
    # Anyone with an invitation's link can become that person, so it is shown to no one with a lower role.
    if found.invitation is not None and found.state == "invited" and why_not is None:
        link = services().account_links.invitation(found.invitation)
        mail = mails.latest_invitation_mail(found.invitation)
    return render_template(
        "team/member.html",
        member=found,
        why_not=why_not,
        form=form,
        role_lines=_role_lines(form) if form is not None else [],
        invitation_link=link,
        invitation_mail=mail,
        open_jobs=people.open_jobs_managed_by(found.user),
    )


def _role_form() -> RoleForm:
    form = RoleForm()
    form.role.choices = role_choices(team_rules.grantable_roles(actor()))
    return form


@team.post("/<int:user_id>/ask-to-connect")
def ask_to_connect(user_id: int) -> ResponseReturnValue:
    """An email that asks someone to connect an app on which their interviews would be hosted."""
    found, apps = _found(user_id), _apps_that_host()
    if not apps or not people.may_be_asked_to_connect(found, connecting_is_open=connecting_is_open()):
        abort(404)
    name = found.user.name
    is_new = mails.queue_please_connect(
        found.user, actor(), [app.key for app in apps], services().mail_domain
    )
    db.session.commit()
    if is_new:
        say(f"{name} will get an email with your request.")
    else:
        say(f"{name} was already asked in the last day.", "info")
    return redirect(url_for("team.index"), 303)


@team.post("/<int:user_id>/role")
def change_role(user_id: int) -> ResponseReturnValue:
    found = _found(user_id)
    form = _role_form()
    if not form.validate():
        return _member_page(found, form), 422

    def change() -> str:
        name, role = found.user.name, form.chosen
        if not people.change_role(actor(), found.user, role):
            return f"{name} already has this role."
        return f"{name} is now {role.label}."

    return _done(user_id, change)


@team.post("/<int:user_id>/invitation/resend")
def resend(user_id: int) -> ResponseReturnValue:
    invitation = _invitation(user_id)

    def send() -> str:
        invitations.resend(actor(), invitation, services().mail_domain)
        return "We're sending the invitation again. The link in the older email no longer works."

    return _done(user_id, send)


@team.post("/<int:user_id>/invitation/withdraw")
def withdraw(user_id: int) -> ResponseReturnValue:
    invitation = _invitation(user_id)

    def take_back() -> str:
        invitations.withdraw(actor(), invitation)
        return "The invitation is withdrawn. Its link no longer works."

    return _done(user_id, take_back)


@team.route("/<int:user_id>/deactivate", methods=["GET", "POST"])
def deactivate(user_id: int) -> ResponseReturnValue:
    found = _found(user_id)
    why_not = team_rules.why_not_manage(actor(), found.user)
    if why_not is not None:
        abort(403)
    if request.method == "GET":
        load = loads(utc_now()).get(user_id, Load())
        return render_template(
            "team/deactivate.html",
            member=found,
            open_jobs=people.open_jobs_managed_by(found.user),
            upcoming=load.coming,
        )

    def shut_out() -> str:
        # Their interviews stay in their calendars, which we can't reach from now on.
        let_go_of_all(found.user)
        people.deactivate(actor(), found.user)
        return f"{found.user.name} is deactivated and signed out everywhere."

    return _done(user_id, shut_out)


@team.post("/<int:user_id>/reactivate")
def reactivate(user_id: int) -> ResponseReturnValue:
    found = _found(user_id)

    def let_in() -> str:
        people.reactivate(actor(), found.user)
        return f"{found.user.name} can sign in again."

    return _done(user_id, let_in)


@team.route("/<int:user_id>/reset-two-step-verification", methods=["GET", "POST"])
def reset_two_step(user_id: int) -> ResponseReturnValue:
    found = _found(user_id)
    if team_rules.why_not_manage(actor(), found.user) is not None:
        abort(403)
    if request.method == "GET":
        if found.user.two_step_since is None:
            return redirect(url_for("team.member", user_id=user_id), 303)
        return render_template("team/reset_two_step.html", member=found)

    def remove() -> str:
        two_step.reset(actor(), found.user, services().mail_domain)
        return f"{found.user.name} is signed out everywhere and signs in with the password alone."

    return _done(user_id, remove)


def _found(user_id: int) -> Member:
    return people.member(user_id) or abort(404)


def _invitation(user_id: int) -> Invitation:
    return _found(user_id).invitation or abort(404)


def _done(user_id: int, command: Callable[[], str]) -> ResponseReturnValue:
    """Run one command, commit, and report the result on the person's page."""
    try:
        words = command()
        db.session.commit()
        say(words)
    except NotAllowedError:
        abort(403)
    except TeamError as error:
        db.session.rollback()
        say(error.words, "danger")
    return redirect(url_for("team.member", user_id=user_id), 303)
