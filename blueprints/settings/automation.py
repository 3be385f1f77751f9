"""Settings → Organization → API: the keys with which programs read interviews."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from accounts import api_keys
from accounts.api_keys import MOST_KEYS, PER_MINUTE, TooManyKeysError
from extensions import db
from services import services
from web.forms import Form
from web.notices import say
from web.signed_in import actor


class ApiKeyForm(Form):
    name = StringField(
        "What is it for?",
        validators=[
            DataRequired("Say what it's for, so you know later which one to revoke."),
            Length(max=80, message="At most 80 characters, please."),
        ],
    )


def automation() -> ResponseReturnValue:
    return _page(ApiKeyForm(formdata=None))


def make_api_key() -> ResponseReturnValue:
    """Answered with the key and not with a redirect: it is shown now or never."""
    form = ApiKeyForm()
    if not form.validate():
        return _page(form), 422
    try:
        made = api_keys.make(actor(), form.name.data)
    except TooManyKeysError:
        form.refuse("name", f"There are {MOST_KEYS} keys already. Revoke one first.")
        return _page(form), 422
    db.session.commit()
    return _page(ApiKeyForm(formdata=None), made=made)


def revoke_api_key(key_id: int) -> ResponseReturnValue:
    name = api_keys.revoke(actor(), key_id)
    db.session.commit()
    if name is not None:
        say(f"“{name}” is revoked. Programs that use it get nothing anymore.")
    else:
        say("That key was revoked already.", "info")
    return redirect(url_for("settings.automation"), 303)


def _page(form: ApiKeyForm, *, made: str | None = None) -> str:
    return render_template(
        "settings/automation.html",
        form=form,
        keys=api_keys.keys(),
        made=made,
        per_minute=PER_MINUTE,
        base_url=services().account_links.base_url,
    )


def register(blueprint: Blueprint) -> None:
    """Put these pages on the blueprint of the settings."""
    blueprint.get("/organization/api")(automation)
    blueprint.post("/organization/api/keys")(make_api_key)
    blueprint.post("/organization/api/keys/<int:key_id>/revoke")(revoke_api_key)
