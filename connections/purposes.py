"""What it means for the team when an app doesn't work, in words that fit its purpose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connections.app_spec import AppSpec
from wording import listed


def cannot_on_account(spec: AppSpec) -> str:
    """What we cannot do while someone's account needs to be reconnected; completes "we can't …"."""
    parts = []
    if spec.meetings:
        parts.append("create, change or cancel meetings on this account")
    if spec.keeps_entries:
        parts.append("read this calendar, or add, change or remove interviews in it")
    if spec.sends_mail:
        parts.append("send emails from this address")
    return _alternatives(parts) or "use this account"


def ended_words(spec: AppSpec) -> str:
    """What its end means, for the email about it: what stops until it is reconnected, and what continues."""
    found = []
    if spec.meetings:
        found.append(
            f"Until it's reconnected, we can't create meetings on that {spec.label} account, or change or "
            "cancel the ones already there. Links that people have received keep working."
        )
    if spec.keeps_entries:
        found.append(
            "Interviews in that calendar stay there, but don't follow changes until it's reconnected."
        )
    if spec.sends_mail:
        found.append(
            "Until it's reconnected, emails leave through the mail server instead of from that address."
        )
    return " ".join(found)


def meanwhile(spec: AppSpec) -> str:
    """What happens instead until it is reconnected, as a sentence; "" if nothing does."""
    return "Your emails leave through the mail server in the meantime." if spec.sends_mail else ""


def what_stops(specs: Sequence[AppSpec]) -> str:
    """What is impossible while a provider does not accept this server, as a clause; "" if it has to do with
    mail alone. `specs`: its apps."""
    stopped = []
    meetings = _each(spec.meetings for spec in specs)
    if meetings:
        stopped.append(f"no new {_alternatives(meetings)} meetings can be made")
    if any(spec.keeps_entries for spec in specs):
        stopped.append("calendars are no longer kept up to date")
    return " and ".join(stopped)


def what_goes_on(specs: Sequence[AppSpec]) -> str:
    """What works even so, in sentences."""
    found = []
    if any(spec.meetings for spec in specs):
        found.append("Existing meetings and their links keep working.")
    if any(spec.sends_mail for spec in specs):
        found.append("Emails leave through the mail server instead of people's own addresses.")
    return " ".join(found)


def from_now_on(spec: AppSpec, plan: str = "", *, hosts: bool = True) -> str:
    """What happens from now on, for the person who has just connected it with an account on this plan.
    `hosts`: accounts on it can make the app's meetings."""
    found = []
    if spec.keeps_entries:
        found.append("the interviews you take part in are entered into its calendar")
        found.append("its events count as busy, with titles that only you see")
    if spec.meetings and hosts:
        video = (
            "video interviews you host" if not spec.keeps_entries else f"{spec.meetings} interviews you host"
        )
        what = "link" if spec.keeps_entries else f"{spec.meetings} meeting"
        found.append(f"the {video} get their {what} on that account")
    if spec.sends_mail:
        found.append("emails about the interviews you schedule can leave from that address")
    words = f"From now on, {listed(found)}." if found else ""
    return " ".join(part for part in (words, spec.plan_limits.get(plan, "")) if part)


def _each(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def _alternatives(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)
