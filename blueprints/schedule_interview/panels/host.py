"""Whose account will host an interview, and what to know about that account, in words."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.team import owner
from messaging.wording import call_words, on_one_line
from models import FailureReason, MeetingSoftware, PhoneCaller, User
from scheduling.meetings.budget import budget_of
from scheduling.meetings.hosts import Host, first_usable
from scheduling.software import spec_of
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue
from timezones import local_moment, utc_now
from web.signed_in import may_connect
from wording import duration, first_name, possessive


@dataclass(frozen=True)
class HostQuestion:
    """What decides who hosts, as far as it has been chosen. `hosts` are in the order in which they will be
    asked; `venue` and `hiring_manager` are None while they are open. `is_set_up`: this server can connect
    what the software needs.
    """

    actor: User
    candidate_name: str
    hiring_manager: User | None
    hosts: tuple[Host, ...]
    software: MeetingSoftware
    venue: Venue | None
    duration_minutes: int
    busy_user_ids: frozenset[int]
    is_set_up: bool


@dataclass(frozen=True)
class Hosting:
    """Whose account will host, in words. `ask_name`: whom to ask, when no account can host and the reader may
    not connect one.
    """

    words: str
    is_connected: bool
    email: str | None
    ask_name: str | None = None


@dataclass(frozen=True)
class HostWarning:
    """What to know about the account that will host. `offers_to_join`: taking part would settle it."""

    words: str
    offers_to_join: bool = False


def hosting(asked: HostQuestion) -> Hosting:
    """Whose account hosts and why, or what happens if none can."""
    hosts = list(asked.hosts)
    host = first_usable(hosts)
    if asked.hiring_manager is None:
        return _while_job_is_open(asked, host, hosts)
    if host is not None and host.connection is not None:
        words = _why_this_account(asked, hosts, host)
        return Hosting(words, True, host.connection.account_email)
    words = "You can still schedule. We'll send the link once someone connects."
    return Hosting(f"{_why_no_one(asked, hosts)} {words}", False, None, _whom_to_ask(asked))


def _while_job_is_open(asked: HostQuestion, own: Host | None, hosts: list[Host]) -> Hosting:
    """Before one of several jobs is chosen, it is not known whose hiring manager will be asked first."""
    spec = spec_of(asked.software)
    if own is None or own.connection is None:
        cannot = next((host.cannot for host in hosts if host.cannot), "")
        why = f"Your account can't host: {cannot}" if cannot else f"You haven't connected {spec.app_label}"
        words = f"{why}. The hiring manager's account will host if it's connected."
        return Hosting(words, False, None, _whom_to_ask(asked))
    account = f"{spec.provider_label} account"
    words = f"The hiring manager's {account} will host if it's connected; otherwise yours will."
    return Hosting(words, True, own.connection.account_email)


def _whom_to_ask(asked: HostQuestion) -> str | None:
    return None if may_connect(asked.actor) else owner().name


def hosting_warnings(asked: HostQuestion, minutes: int | None = None) -> list[HostWarning]:
    """What the person should know about the account that will host, as far as it is known. Empty for an
    interview that needs no account. `minutes` is the duration while it is being typed.
    """
    return account_warnings(asked, minutes) if isinstance(asked.venue, OnlineMeeting) else []


def all_warnings(asked: HostQuestion) -> list[HostWarning]:
    """The same with the host who does not take part, for the page where everyone has been chosen."""
    return [*_absent_host(asked), *hosting_warnings(asked)]


def _absent_host(asked: HostQuestion) -> list[HostWarning]:
    """Only the scheduler can host without taking part."""
    host = first_usable(list(asked.hosts))
    if not isinstance(asked.venue, OnlineMeeting) or host is None or host.user.id in asked.busy_user_ids:
        return []
    is_actor, label = host.user.id == asked.actor.id, spec_of(asked.software).label
    who = f"You're the {label} host" if is_actor else f"{first_name(host.user.name)} is the {label} host"
    if spec_of(asked.software).may_keep_waiting:
        whose = "your" if is_actor else "their"
        words = f"Guests may have to wait until someone from {whose} organization lets them in."
    else:
        words = (
            f"People can join without {'you' if is_actor else 'them'}, but no one will have host controls."
        )
    return [HostWarning(f"{who} but not attending. {words}", offers_to_join=is_actor)]


def _why_this_account(asked: HostQuestion, hosts: list[Host], host: Host) -> str:
    """Whose account hosts, and why it is this one."""
    manager, spec = hosts[0], spec_of(asked.software)
    label = spec.provider_label
    if host is manager:
        if host.user.id == asked.actor.id:
            return f"You're the hiring manager, so your {label} account will host."
        name = first_name(host.user.name)
        return f"{name} is the hiring manager, so {possessive(name)} {label} account will host."
    name = first_name(manager.user.name)
    account = (
        f"your {label} account" if host.user.id == asked.actor.id else f"{possessive(host.user.name)} account"
    )
    if manager.unusable is FailureReason.RECONNECT_NEEDED:
        return f"{possessive(name)} {spec.app_label} connection has ended, so {account} will host."
    if manager.cannot:
        return f"{possessive(name)} account can't host: {manager.cannot}. So {account} will."
    return f"{name} hasn't connected {spec.app_label}, so {account} will host."


def _why_no_one(asked: HostQuestion, hosts: list[Host]) -> str:
    label = spec_of(asked.software).app_label
    if not asked.is_set_up and all(host.unusable is FailureReason.NOT_CONNECTED for host in hosts):
        return f"{label} isn't set up on this server yet."
    ended = [host for host in hosts if host.unusable is FailureReason.RECONNECT_NEEDED]
    if ended:
        return f"{_whose(asked, ended[0])} {label} connection has ended."
    unable = [host for host in hosts if host.cannot]
    if unable:
        return f"{_whose(asked, unable[0])} account can't host: {unable[0].cannot}."
    if len(hosts) == 1:
        return f"{label} isn't connected."
    manager = first_name(hosts[0].user.name)
    return f"Neither you nor {manager} (hiring manager) has connected {label}."


def account_warnings(asked: HostQuestion, minutes: int | None = None) -> list[HostWarning]:
    """The same as if a meeting were made on an account, no matter what is chosen."""
    hosts = list(asked.hosts)
    host = first_usable(hosts)
    if host is None or host.connection is None or asked.hiring_manager is None:
        return []
    found = []
    spec = spec_of(asked.software)
    minutes = minutes or asked.duration_minutes
    longest = spec.free_plan_minutes
    if longest is not None and host.connection.plan == "basic" and minutes > longest:
        found.append(
            HostWarning(
                f"{_whose(asked, host)} {spec.provider_label} account is on the Basic plan. "
                f"{spec.label} ends its meetings after {longest} minutes, "
                f"so an interview of {duration(minutes)} would be cut off."
            )
        )
    return found + [HostWarning(words) for words in _budget_warnings(asked, hosts, host)]


def _budget_warnings(asked: HostQuestion, hosts: list[Host], host: Host) -> list[str]:
    assert host.connection is not None
    spec = spec_of(asked.software)
    limit, label = spec.daily_limit, spec.provider_label
    if limit is None:
        return []
    budget = budget_of(host.connection, limit, utc_now())
    if not budget.is_nearly_used:
        return []
    reset = local_moment(budget.resets_at, asked.actor.timezone)
    when = limit.resets_in_words if reset.zone_short == "UTC" else f"{limit.resets_in_words} ({reset.short})"
    rule = f"{label} lets one account create or change {limit.calls} meetings a day."
    whose = _whose(asked, host)
    if not budget.is_used_up:
        return [f"{rule} {whose} account has used {budget.used} of them. The count starts over at {when}."]
    instead = next((other for other in hosts if other.unusable is None and other is not host), None)
    if instead is not None:
        then = f"If {label} refuses this one, {_whose(asked, instead, own='your')} account will host."
    else:
        then = (
            f"If {label} refuses this one, everyone is invited without a link, and we'll send it after that."
        )
    return [f"{rule} {whose} account has used them up. The count starts over at {when}. {then}"]


def _whose(asked: HostQuestion, host: Host, *, own: str = "Your") -> str:
    return own if host.user.id == asked.actor.id else possessive(host.user.name)


def meeting_in_words(asked: HostQuestion) -> str:
    """How people will meet and, if there is one, whose account hosts. That there is none is a warning, which
    the pages that say this show above it."""
    venue = asked.venue
    if venue is None:
        return ""
    words = _venue_in_words(venue, asked.candidate_name)
    host = hosting(asked) if isinstance(venue, OnlineMeeting) else None
    return f"{words}\n{host.words}" if host is not None and host.is_connected else words


def _venue_in_words(venue: Venue, candidate_name: str) -> str:
    match venue:
        case OnlineMeeting(software):
            return f"Video, by {software.label}"
        case PastedLink(url, label):
            return f"Video, by {label}: {url}"
        case PhoneCall(number, caller):
            is_theirs = caller is PhoneCaller.CANDIDATE
            words = call_words(candidate_name, candidate_calls=is_theirs)
            return f"Phone. {words} {number}"
        case OnSite(address, _):
            return f"In person, at {on_one_line(address)}"
