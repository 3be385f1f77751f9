"""The lines above every page while something is wrong that someone has to fix."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app, request, url_for

from accounts.findings import (
    copied_installation,
    restored_installation,
    shared_database_file,
    unnamed_proxy,
)
from accounts.permissions import Action, Scope, scope_of
from accounts.team import owner
from connections.catalogue import label_of, mail_apps, spec_of
from connections.findings import unusable_apps
from connections.purposes import meanwhile
from extensions import db
from messaging.findings import mails_held_back, unsuitable_address
from models import Connection, ConnectionState, User
from rows import rows_of
from scheduling.entries.disconnecting import coming_entries
from scheduling.meetings.on_account import coming_on_account
from scheduling.reading.at_risk import interviews_at_risk
from services import services
from timezones import local_moment, utc_now
from web import banner_facts
from web.banner_facts import BannerFacts
from web.notices import Banner
from web.signed_in import SignedInPerson, may_connect, visitor
from wording import counted
from work.findings import Cure, Finding, late_backup, stopped_metronome

# From then on, an interview that is not ready is more than a warning.
_SOON = timedelta(days=1)


def banners() -> list[Banner]:
    """What this person should know; empty for those who could do nothing about it."""
    reader = visitor()
    if reader is None:
        return []
    facts = reader.banner_facts
    if facts is None:
        # The request did not read them, for example because a form is shown again.
        columns = banner_facts.columns(banner_facts.apps_not_set_up())
        asked = sa.select(*columns).select_from(User).where(User.id == reader.id)
        facts = BannerFacts.read(rows_of(asked, banner_facts.parameters())[0])
    administers = scope_of(reader.role, Action.ADMINISTER) is Scope.ALL
    found: list[Finding] = []
    if reader.organization is not None and request.endpoint != "settings.copied":
        copied = copied_installation(
            reader.organization, current_app.config["INSTALLATION_ID"], may_decide=administers
        )
        found += [copied] if copied is not None else []
    if reader.organization is not None and request.endpoint != "settings.restored":
        restored = restored_installation(reader.organization.held_back_since, may_decide=administers)
        found += [restored] if restored is not None else []
    if administers and current_app.config["SCHEDULER_ENABLED"]:
        stopped = stopped_metronome(utc_now(), facts.beat_at)
        found += [stopped] if stopped is not None else []
    if administers and services().backup_plan is not None and not _is_paused(reader):
        resumed_at = reader.organization.resumed_at if reader.organization is not None else None
        late = late_backup(utc_now(), facts.backup_asked_at, facts.backup_made_at, resumed_at)
        found += [late] if late is not None and request.endpoint != "settings.system_log" else []
    if facts.has_lost_own or (administers and facts.is_refused):
        found += _connections(reader.user, administers)
    if administers and services().demo is None:
        config = current_app.config
        about_mail = mails_held_back(
            config["MAIL_SERVER"],
            config["MAIL_DEFAULT_SENDER"],
            facts.mail_problem,
            facts.waiting_mails,
            mailboxes=" or ".join(spec.label for spec in mail_apps()) if facts.has_mailboxes else "",
        )
        others = (
            shared_database_file(config["NETWORK_FILE_SYSTEM"]),
            unsuitable_address(config["BASE_URL"]),
            unnamed_proxy(config["TRUSTED_PROXIES"], request.headers.get("X-Forwarded-For", "")),
        )
        found += [each for each in (about_mail, *others) if each is not None]
    shown = [_shown(finding) for finding in found]
    return [*_interviews(reader, utc_now()), *shown] if facts.is_any_at_risk else shown


def _is_paused(reader: SignedInPerson) -> bool:
    """Whether the installation waits for someone's decision, as `accounts.restored.is_paused` has it."""
    here = reader.organization
    return here is not None and (
        here.held_back_since is not None or here.installation_id != current_app.config["INSTALLATION_ID"]
    )


def _interviews(reader: SignedInPerson, now: datetime) -> list[Banner]:
    """The reader's upcoming interviews that are not ready: the next one in words, the others as a number. On
    an interview's own page, which already says that its meeting is missing, only the result of its check is
    shown."""
    here = request.view_args.get("interview_id") if request.view_args else None
    found = interviews_at_risk(reader.id, now)
    if here is not None:
        problems = [each.problem for each in found if each.interview_id == here]
        return [Banner("warning", words) for words in problems if words]
    if not found:
        return []
    first = found[0]
    when = local_moment(first.starts_at, reader.timezone).short
    what = f"The interview with {first.candidate_name} on {when} "
    what += f"has no {first.software} link yet." if first.software else f"isn't ready. {first.problem}"
    if len(found) > 1:
        what += f" {counted(len(found) - 1, 'more interview needs', 'more interviews need')} attention."
    is_soon = first.starts_at - now < _SOON
    address = url_for("interviews.detail", interview_id=first.interview_id)
    return [Banner("danger" if is_soon else "warning", what, "Open the interview", address)]


def _connections(user: User, administers: bool) -> list[Finding]:
    """The person's own accounts that have to be reconnected and, for those who administer, providers that do
    not accept this server, or whose credentials it no longer has.
    """
    told = sa.and_(Connection.user_id == user.id, Connection.state == ConnectionState.RECONNECT_NEEDED)
    not_set_up = banner_facts.apps_not_set_up()
    is_lost = sa.and_(Connection.app.in_(not_set_up), Connection.state == ConnectionState.CONNECTED)
    if administers:
        told = sa.or_(told, Connection.credentials_refused, is_lost)
    rows = db.session.scalars(sa.select(Connection).where(told)).all()
    found = unusable_apps(rows, not_set_up) if administers else []
    if request.endpoint != "connected_apps.index":
        # There, the account's card says the same and more.
        found += [
            _reconnect(user, row)
            for row in rows
            if row.user_id == user.id and row.state is ConnectionState.RECONNECT_NEEDED
        ]
    return found


def _reconnect(user: User, row: Connection) -> Finding:
    if may_connect(user):
        what = f"Your {label_of(row.app)} account needs to be reconnected."
    else:
        what = f"Your {label_of(row.app)} connection has ended, and your role can't connect apps: "
        what += f"ask {owner().name}."
    return Finding(
        "warning",
        f"{what} {_at_risk(row)}",
        Cure("Connected Apps", "connected_apps.index", f"app-{row.app}"),
    )


def _at_risk(row: Connection) -> str:
    spec, now = spec_of(row.app), utc_now()
    interviews = {hosted.interview_id for hosted in coming_on_account(row, now=now)}
    if spec.keeps_entries:
        interviews |= {entry.interview_id for entry in coming_entries(row, now=now)}
    if not spec.meetings and not spec.keeps_entries:
        return meanwhile(spec)
    match len(interviews):
        case 0:
            return "No upcoming interviews use it."
        case 1:
            return "One upcoming interview uses it."
        case count:
            return f"{count} upcoming interviews use it."


def _shown(finding: Finding) -> Banner:
    cure = finding.cure
    if cure is None:
        return Banner(finding.level, finding.words)
    address = url_for(cure.page, app=cure.app, _anchor=cure.part)
    return Banner(finding.level, finding.words, cure.words, address)
