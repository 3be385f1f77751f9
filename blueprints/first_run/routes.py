"""The first run: the one-time code, the organization and its owner."""

from __future__ import annotations

import hmac
import logging

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

import instance_folder
from accounts import first_run as installing
from accounts.throttling import SETUP_CODE, TooManyTriesError
from blueprints.first_run.forms import SetupForm
from extensions import db
from hiring.first_plan import add_first_plan
from own_commands import command_line
from scheduling.software import spec_of, usual
from services import services
from web import signed_in
from web.notices import say
from web.waiting import too_many_tries

log = logging.getLogger("web")

first_run = Blueprint("first_run", __name__)


@first_run.route("/setup", methods=["GET", "POST"])
def setup() -> ResponseReturnValue:
    if installing.organization() is not None:
        abort(404)
    form = SetupForm()
    if not form.is_submitted():
        return render_template("first_run/setup.html", form=form)
    folder = current_app.config["INSTANCE_PATH"]
    if form.validate():
        address = request.remote_addr or ""
        try:
            services().throttling.take(SETUP_CODE, address, address)
        except TooManyTriesError as error:
            return too_many_tries(error.seconds, back_url=url_for("first_run.setup"), back_label="Back")
        db.session.commit()
        code = instance_folder.setup_code(folder)
        if not hmac.compare_digest((form.code.data or "").lower().encode(), code.encode()):
            if installing.organization() is not None:
                # Someone else with the code was a moment faster, and the code has been used up.
                instance_folder.forget_setup_code(folder)
                abort(404)
            log.warning("a wrong setup code was sent from %s", address)
            form.refuse("code", f"That's not the code. `{command_line('setup-code')}` shows it again.")
        else:
            try:
                owner = installing.set_up(
                    _command(form), installation_id=current_app.config["INSTALLATION_ID"]
                )
            except (installing.AlreadySetUpError, IntegrityError):
                # Someone else with the code was a moment faster.
                db.session.rollback()
                abort(404)
            software = usual(services().connections.clients)
            add_first_plan(software)
            signed_in.begin(owner.id)
            db.session.commit()
            instance_folder.forget_setup_code(folder)
            say(f"Your organization is ready. Connect {spec_of(software).app_label} next.")
            return redirect(url_for("dashboard.home"), 303)
    return render_template("first_run/setup.html", form=form), 422


def _command(form: SetupForm) -> installing.FirstRun:
    return installing.FirstRun(
        organization_name=form.organization_name.data,
        timezone=form.timezone.data,
        owner_name=form.name.data,
        owner_email=form.email.data,
        password=form.password.data,
        connecting_is_open=form.connecting_is_open.data,
    )
