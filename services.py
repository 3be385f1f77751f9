"""The services of this installation, built once per application from its settings and its instance folder.

Routes, commands, chores, and tasks find everything here; the domain gets what it needs as arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app

import instance_folder
from accounts.known_browsers import KnownBrowsers
from accounts.links import AccountLinks
from accounts.passwords import ResetRequests
from accounts.second_step import FirstSteps, SecondStep
from accounts.throttling import Throttling
from accounts.two_step import TwoStep
from attachment_files import AttachmentFiles
from backups.nightly import BackupPlan, plan_of
from connections.free_busy import asker
from connections.service import Connections, connections_of
from connections.single_sign_on import SingleSignOn, single_sign_on_of
from instance_folder import DemoMarker, InstanceKeys
from messaging.addresses import bare_address
from messaging.copies import MailCopies
from scheduling.candidate_links import CandidateLinks
from scheduling.join_links import JoinLinks
from scheduling.outside.look_ups import LookUps
from scheduling.rules import Rules
from security import LinkSigner, TokenVault
from this_server import ThisServer, this_server_of

_KEY = "services"


@dataclass(frozen=True)
class Services:
    """One installation's parts. Replicas on one database agree as long as they have the same keys."""

    connections: Connections
    join_links: JoinLinks
    candidate_links: CandidateLinks
    account_links: AccountLinks
    throttling: Throttling
    known_browsers: KnownBrowsers
    reset_requests: ResetRequests
    two_step: TwoStep
    second_step: SecondStep
    # None while people sign in with passwords alone.
    single_sign_on: SingleSignOn | None
    rules: Rules
    # Whether the outgoing webhook may go to private addresses, and without TLS.
    webhooks_may_be_private: bool
    # The domain of the sender's address, which follows the @ of every Message-ID.
    mail_domain: str
    attachment_files: AttachmentFiles
    # What the other servers on this database are told of this one.
    this_server: ThisServer
    mail_copies: MailCopies
    # Asks connected calendars while someone waits for a page.
    look_ups: LookUps
    # None where no nightly backups are wanted.
    backup_plan: BackupPlan | None
    # None on a real server.
    demo: DemoMarker | None


def build_services(config: Mapping[str, Any], keys: InstanceKeys) -> Services:
    """The services of an installation with these settings and keys. Reads the instance folder, and writes
    nothing."""
    signer, base_url, folder = LinkSigner(keys.link_key), config["BASE_URL"], config["INSTANCE_PATH"]
    mail_domain = _mail_domain(str(config["MAIL_DEFAULT_SENDER"]), base_url)
    vault = _token_vault(config, keys.token_keys)
    throttling = Throttling(signer.keyed_hash("throttling"))
    two_step = TwoStep(vault, signer.keyed_hash("recovery-codes"), str(config["APP_NAME"]))
    return Services(
        connections=connections_of(config, vault),
        join_links=JoinLinks(signer, base_url),
        candidate_links=CandidateLinks(signer, base_url),
        account_links=AccountLinks(signer, base_url),
        known_browsers=KnownBrowsers(signer.keyed_hash("known-browsers")),
        throttling=throttling,
        reset_requests=ResetRequests(signer.keyed_hash("password-reset")),
        two_step=two_step,
        second_step=SecondStep(
            FirstSteps(signer.keyed_hash("first-step")), two_step, throttling, mail_domain
        ),
        single_sign_on=single_sign_on_of(config),
        rules=Rules(
            grace=timedelta(seconds=config["MEETING_GRACE_SECONDS"]),
            reminder_minutes=tuple(round(hours * 60) for hours in config["REMINDER_HOURS"]),
            message_id_domain=mail_domain,
        ),
        webhooks_may_be_private=config["WEBHOOK_PRIVATE_ADDRESSES"],
        mail_domain=mail_domain,
        attachment_files=AttachmentFiles(
            config["UPLOADS_FOLDER"], is_shared="UPLOADS_FOLDER" in config["EXPLICIT"]
        ),
        this_server=this_server_of(config, keys, signer.keyed_hash("servers")),
        mail_copies=MailCopies(vault),
        look_ups=LookUps(asker),
        backup_plan=plan_of(config),
        demo=instance_folder.read_demo_marker(folder),
    )


def provide(app: Flask, built: Services) -> None:
    """Let `app` find its services. Tests provide others instead."""
    app.extensions[_KEY] = built


def services(app: Flask | None = None) -> Services:
    """The services of `app`, or of the current application."""
    found = (app or current_app).extensions[_KEY]
    assert isinstance(found, Services)
    return found


def _token_vault(config: Mapping[str, Any], keys: tuple[str, ...]) -> TokenVault:
    """The vault of this process. Keys in the folder may be rotated while it runs; keys from the settings
    stay."""
    if config["TOKEN_ENCRYPTION_KEYS"]:
        return TokenVault(keys)
    return TokenVault(keys, partial(instance_folder.read_token_keys, config["INSTANCE_PATH"]))


def _mail_domain(sender: str, base_url: str) -> str:
    """The sender's domain as it goes over the wire. While no sender is set mails wait, and theirs get this
    server's own name."""
    here = f"server@{urlsplit(base_url).hostname}"
    return (bare_address(sender) or bare_address(here)).rpartition("@")[2] or "localhost"
