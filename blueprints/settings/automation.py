"""Settings → API and webhook: the keys with which programs read interviews, and the webhook."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from accounts import api_keys, outgoing_webhook
from accounts.api_keys import MOST_KEYS, PER_MINUTE, TooManyKeysError
from accounts.outgoing_webhook import AddressError
from extensions import db
from models import OutgoingWebhook
from scheduling import webhook_deliveries
from services import services
from web.forms import Form
from web.notices import say
from web.signed_in import actor

# Of the newest messages.
_SHOWN = 20


class ApiKeyForm(Form):
    name = StringField(
        "What is it for?",
        validators=[
            DataRequired("Say what it's for, so you know later which one to revoke."),
            Length(max=80, message="At most 80 characters, please."),
        ],
    )


class WebhookForm(Form):
    url = StringField("Address", validators=[DataRequired("Enter the address.")])


def automation() -> ResponseReturnValue:
    return _page()


def make_api_key() -> ResponseReturnValue:
    """The response has the key instead of being a redirect, because the key is shown only once."""
    form = ApiKeyForm()
    if not form.validate():
        return _page(key_form=form), 422
    try:
        made = api_keys.make(actor(), form.name.data)
    except TooManyKeysError:
        form.refuse("name", f"There are {MOST_KEYS} keys already. Revoke one first.")
        return _page(key_form=form), 422
    db.session.commit()
    return _page(made=made)


def revoke_api_key(key_id: int) -> ResponseReturnValue:
    name = api_keys.revoke(actor(), key_id)
    db.session.commit()
    if name is not None:
        say(f"“{name}” is revoked. Programs that use it no longer have access.")
    else:
        say("That key was revoked already.", "info")
    return _back()


def name_webhook() -> ResponseReturnValue:
    form = WebhookForm()
    if not form.validate():
        return _page(webhook_form=form), 422
    try:
        url = outgoing_webhook.check_address(form.url.data, allow_private=services().webhooks_may_be_private)
    except AddressError as error:
        form.refuse("url", error.words)
        return _page(webhook_form=form), 422
    secret = outgoing_webhook.name_address(actor(), url, services().connections.vault)
    db.session.commit()
    if secret is not None:
        return _page(secret=secret)
    say("Saved. Messages about what changes from now on go there.")
    return _back()


def renew_webhook_secret() -> ResponseReturnValue:
    secret = outgoing_webhook.renew_secret(actor(), _webhook(), services().connections.vault)
    db.session.commit()
    return _page(secret=secret)


def switch_webhook() -> ResponseReturnValue:
    row = _webhook()
    if row.is_on:
        outgoing_webhook.turn_off(actor(), row)
        say("The webhook is off.")
    else:
        outgoing_webhook.turn_on(actor(), row)
        say("The webhook is on. It's told what changes from now on.")
    db.session.commit()
    return _back()


def send_test_message() -> ResponseReturnValue:
    if _webhook().is_on:
        webhook_deliveries.request_test()
        say("Sending a test message. Reload this page in a moment to see what came of it.", "info")
    else:
        say("Turn the webhook on first.", "warning")
    db.session.commit()
    return _back()


def _webhook() -> OutgoingWebhook:
    return outgoing_webhook.webhook(lock=True) or abort(404)


def _back() -> ResponseReturnValue:
    return redirect(url_for("settings.automation"), 303)


def _page(
    *,
    key_form: ApiKeyForm | None = None,
    webhook_form: WebhookForm | None = None,
    made: str | None = None,
    secret: str | None = None,
) -> str:
    row = outgoing_webhook.webhook()
    stored = {"url": row.url if row is not None else ""}
    return render_template(
        "settings/automation.html",
        form=key_form or ApiKeyForm(formdata=None),
        webhook_form=webhook_form or WebhookForm(formdata=None, data=stored),
        webhook=row,
        deliveries=webhook_deliveries.latest(_SHOWN) if row is not None else [],
        secret=secret,
        keys=api_keys.keys(),
        made=made,
        per_minute=PER_MINUTE,
        base_url=services().account_links.base_url,
    )


def register(blueprint: Blueprint) -> None:
    """Put these pages on the blueprint of the settings."""
    blueprint.get("/organization/api")(automation)
    blueprint.post("/organization/api/keys")(make_api_key)
    blueprint.post("/organization/api/webhook")(name_webhook)
    blueprint.post("/organization/api/webhook/secret")(renew_webhook_secret)
    blueprint.post("/organization/api/webhook/switch")(switch_webhook)
    blueprint.post("/organization/api/webhook/test")(send_test_message)
    blueprint.post("/organization/api/keys/<int:key_id>/revoke")(revoke_api_key)
