"""What templates may use besides their own context: icons, times in the reader's zone, permissions."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from flask import Flask, g
from jinja2 import StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from accounts.permissions import Action, may_anywhere
from accounts.row_permissions import jobs_within
from connections import catalogue
from models import InterviewStatus
from own_commands import command_line
from scheduling.roles import attendee_in_words
from scheduling.software import ICONS, meeting_of, provider_of
from scheduling.standing import Begun, Standing, begun_among, standing_of
from services import services
from timezones import LocalMoment, in_zone, local_moment, utc_now
from web import remembering
from web.assets import STATIC
from web.banners import banners
from web.notices import said
from web.shortcuts import shortcuts
from web.signed_in import connecting_is_open, current_organization, visitor
from web.times import instant_as_text
from web_links import shortened
from wording import ago, duration, in_a_row, short_duration, short_names

_INDENTATION = re.compile(r"^[ \t]{2,}", re.MULTILINE)


class WithoutIndentation(Extension):
    """Pages without the indentation of their templates, which is never visible and is up to a twentieth of
    what is sent. One space of it stays: after a tag of the template there is no line break, and the space is
    what parts two attributes. Emails stay as they are written."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        is_page = name is not None and name.endswith(".html") and not name.startswith("mail/")
        return _INDENTATION.sub(" ", source) if is_page else source


def init_app(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension(WithoutIndentation)
    remembering.init_app(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["icon"] = icon
    app.jinja_env.globals["drawing"] = drawing
    app.jinja_env.globals["may"] = may
    app.jinja_env.globals["command_line"] = command_line
    app.jinja_env.globals["settings_reach"] = settings_reach
    app.jinja_env.globals["jobs_to_schedule_on"] = jobs_to_schedule_on
    app.jinja_env.globals["viewer_zone"] = viewer_zone
    # Called by the pages that show them, so that pieces of pages do not pay for them.
    app.jinja_env.globals["banners"] = banners
    app.jinja_env.globals["shortcuts"] = shortcuts
    app.jinja_env.globals["said"] = said
    app.jinja_env.globals["software_icons"] = ICONS
    app.jinja_env.globals["meeting_of"] = meeting_of
    app.jinja_env.globals["provider_of"] = provider_of
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["since"] = since
    app.jinja_env.filters["ago"] = how_long_ago
    # For remembered pieces, which must not depend on the reader.
    app.jinja_env.filters["moment_in"] = _moment
    app.jinja_env.filters["since_in"] = _since
    app.jinja_env.filters["in_address"] = instant_as_text
    app.jinja_env.filters["initials"] = initials
    app.jinja_env.filters["standing"] = standing
    app.jinja_env.filters["begun"] = begun
    app.jinja_env.filters["in_a_row"] = in_a_row
    app.jinja_env.filters["duration"] = duration
    app.jinja_env.filters["short_duration"] = _short_duration
    app.jinja_env.filters["short_names"] = short_names
    app.jinja_env.filters["short_link"] = shortened
    app.jinja_env.filters["app_label"] = app_label
    app.jinja_env.filters["attendee_in_words"] = attendee_in_words
    app.jinja_env.filters["role_label"] = lambda role: role.label
    demo = services(app).demo

    @app.context_processor
    def about_this_server() -> dict[str, Any]:
        return {
            "organization": current_organization(),
            "app_name": app.config["APP_NAME"],
            "is_demo": demo is not None,
            "demo_mailbox_url": demo.mailbox_url if demo else None,
            "demo_providers": demo.provider_urls if demo else {},
        }


# The invisible square that each icon begins with.
_NOTHING = "M0 0h24v24H0z"


@cache
def _drawing(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ValueError(name)
    drawing = (STATIC / "vendor" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    lines = [line for line in re.findall(r' d="([^"]+)"', drawing) if line != _NOTHING]
    # One path for all of them: each element of a page is parsed, styled, and laid out before it is seen.
    assert drawing.count("<path") == drawing.count(" d="), name
    assert all(line.startswith("M") for line in lines), name
    # A minus sign separates two numbers, so the space before it can go.
    return f'<path d="{"".join(lines).replace(" -", "-")}"/>'


@cache
def icon(name: str, size: int = 20, class_: str = "") -> Markup:
    """One vendored outline icon, inlined; decoration only, so hidden from screen readers."""
    return Markup(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>'
    ).format(f"icon {class_}".strip(), size, size, Markup(_drawing(name)))


def drawing(name: str) -> Markup:
    """The inside of an icon, for a page that draws the same one many times and defines it once."""
    return Markup(_drawing(name))


def standing(interview: Any) -> InterviewStatus | Standing:
    """The state of an interview now. Remembered pieces are given it, because it depends on the time."""
    return standing_of(interview, utc_now())


def begun(interviews: Iterable[Any]) -> Begun:
    """Which interviews of a list have begun by now, for remembered pieces."""
    return begun_among(interviews, utc_now())


def may(action: str) -> bool:
    """Whether the signed-in person's role may do this at least somewhere."""
    here = visitor()
    if here is None:
        return False
    return may_anywhere(here.role, Action(action), connecting_is_open=connecting_is_open())


def settings_reach() -> tuple[str, ...]:
    """What the sections of the settings that the signed-in person sees need, "" for those of everyone."""
    needed = (Action.ADMINISTER, Action.SEE_SYSTEM, Action.AUTOMATE)
    return ("", *(action.value for action in needed if may(action.value)))


def jobs_to_schedule_on() -> Container[int]:
    """The ids of the jobs whose interviews the signed-in person may change; found once per request."""
    if "jobs_to_schedule_on" not in g:
        here = visitor()
        g.jobs_to_schedule_on = jobs_within(here, Action.SCHEDULE) if here is not None else frozenset()
    jobs: Container[int] = g.jobs_to_schedule_on
    return jobs


def viewer_zone() -> str:
    """The zone in which this reader sees times; found once per request, because a list needs it for every
    row.
    """
    if "viewer_zone" not in g:
        here = visitor() or current_organization()
        g.viewer_zone = here.timezone if here is not None else "UTC"
    return str(g.viewer_zone)


def moment(instant: datetime, zone_name: str | None = None) -> LocalMoment:
    """An instant as this reader sees it, or as it reads in `zone_name`."""
    return _moment(instant, zone_name or viewer_zone())


def since(instant: datetime) -> str:
    """When something was, as this reader sees it: `21:51 CET` if it was today."""
    zone = viewer_zone()
    return _since(instant, zone, in_zone(utc_now(), zone).date())


def _since(instant: datetime, zone: str, today: date) -> str:
    """The same for the reader of a remembered piece."""
    local = _moment(instant, zone)
    return f"{local.time} {local.zone_short}" if in_zone(instant, zone).date() == today else local.short


def _short_duration(minutes: int) -> str:
    """A length of time that is never torn apart at the end of a line."""
    return short_duration(minutes).replace(" ", "\N{NO-BREAK SPACE}")


def how_long_ago(instant: datetime) -> str:
    """`2 days ago`, for what becomes more urgent with its age."""
    return ago(utc_now() - instant)


def app_label(key: str) -> str:
    """What people call an app that was used once, whether or not this version still has it."""
    spec = catalogue.find(key)
    return spec.label if spec is not None else key


# The same few instants appear on page after page.
_moment = lru_cache(4096)(local_moment)


def initials(name: str) -> str:
    """Up to two letters for an avatar."""
    words = [word for word in name.split() if word[:1].isalnum()]
    picked = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in picked).upper() or "?"
