"""Where a Zoom token may go, which scopes are needed, and which time zones Zoom knows."""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from providers.base import Grant, Meeting, MeetingRequest, TokenSet
from providers.http import Bounds, Peer
from providers.zoom.client import ZoomClient
from providers.zoom.provider import ZoomProvider
from providers.zoom.scopes import OPTIONAL, REQUIRED, covers, missing_scopes
from providers.zoom.settings import ZoomSettings, regional_api_url
from providers.zoom.timezones import ZOOM_ZONES, zoom_timezone
from tests.providers.conftest import NOW

WINTER = datetime(2031, 1, 15, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "used"),
    [
        ("https://api-eu.zoom.us", "https://api-eu.zoom.us/v2"),
        ("https://API-EU.zoom.us/", "https://api-eu.zoom.us/v2"),
        ("https://api.zoom.us/v2", "https://api.zoom.us/v2"),
        ("https://api-us.zoom.us:443", "https://api-us.zoom.us/v2"),
        ("https://zoom.us", None),
        ("http://api-eu.zoom.us", None),
        ("https://api-eu.zoom.us.evil.example", None),
        ("https://evilzoom.us", None),
        ("https://evil.example/.zoom.us", None),
        ("https://evil.example#.zoom.us", None),
        ("https://evil.example?.zoom.us", None),
        ("https://evil.example\\.zoom.us", None),
        ("https://user@api-eu.zoom.us", None),
        ("https://api-eu.zoom.us:8443", None),
        ("https://api-eu.zoom.us/other", None),
        ("https://api-eu.zoom.us\n", None),
        ("https://169.254.169.254", None),
        ("", None),
    ],
)
def test_a_stated_region_is_used_only_if_it_is_zooms(stated: str, used: str | None) -> None:
    assert regional_api_url(stated) == used


@pytest.mark.parametrize(
    ("configured", "stated", "used"),
    [
        (False, None, "https://api.zoom.us/v2"),
        (False, "https://api-eu.zoom.us/v2", "https://api-eu.zoom.us/v2"),
        (False, "https://evil.example/v2", "https://api.zoom.us/v2"),
        (True, "https://api-eu.zoom.us/v2", "https://api.zoom.us/v2"),
    ],
)
def test_the_configured_address_wins_over_the_region(configured: bool, stated: str | None, used: str) -> None:
    settings = ZoomSettings("id", "secret", api_url_is_configured=configured)
    client = ZoomClient(settings, Peer("zoom", "Zoom", "x-zm-trackingid"), Bounds(), lambda: NOW)
    assert client._base_url(Grant("t", stated)) == used


@pytest.mark.parametrize("url", ["", "zoom.us", "ftp://zoom.us", "https://"])
def test_an_address_that_is_not_one_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError):
        ZoomSettings("id", "secret", oauth_url=url)
    with pytest.raises(ValueError):
        ZoomSettings("id", "secret", api_url=url)


def test_settings_do_not_show_the_secret() -> None:
    assert "hush" not in repr(ZoomSettings("id", "hush"))


def test_without_configured_addresses_people_are_sent_to_zoom_itself() -> None:
    provider = ZoomProvider(ZoomSettings("my-app", "secret"), clock=lambda: NOW)
    url = provider.authorize_url(redirect_uri="https://a.example/cb", state="s", code_verifier="v" * 43)
    assert urlsplit(url).netloc == "zoom.us"


def test_required_scopes_may_be_granular_classic_or_an_administrators() -> None:
    assert missing_scopes(frozenset(REQUIRED)) == []
    assert missing_scopes(frozenset({"user:read", "meeting:write", "meeting:read"})) == []
    assert missing_scopes(frozenset({"user:read:admin", "meeting:write:admin", "meeting:read:admin"})) == []
    assert missing_scopes(frozenset(REQUIRED) - {"meeting:update:meeting"}) == ["meeting:update:meeting"]
    assert missing_scopes(frozenset()) == list(REQUIRED)


def test_optional_scopes_are_never_missing_but_can_be_asked_about() -> None:
    assert not any(covers(frozenset(REQUIRED), scope) for scope in OPTIONAL)
    assert all(covers(frozenset({"user:read", "meeting:read"}), scope) for scope in OPTIONAL)


@pytest.mark.parametrize(
    ("zone", "sent"),
    [
        ("Europe/Zurich", "Europe/Zurich"),
        ("Europe/Kyiv", "Europe/Kiev"),
        ("America/Toronto", "America/Montreal"),
        ("America/Detroit", "America/New_York"),
        ("America/Boise", "America/Denver"),
        ("Australia/Melbourne", "Australia/Sydney"),
        ("Asia/Ho_Chi_Minh", "Asia/Saigon"),
        ("Asia/Yangon", "UTC"),
        ("America/Nuuk", "America/Godthab"),
        ("Asia/Karachi", "Asia/Tashkent"),
        ("Asia/Colombo", "Asia/Kolkata"),
        ("Africa/Lagos", "Africa/Algiers"),
        ("Etc/UTC", "UTC"),
        ("GMT", "Etc/Greenwich"),
        ("Australia/Lord_Howe", "UTC"),
        ("Asia/Pyongyang", "Asia/Tokyo"),
        ("Mars/Olympus", "UTC"),
        ("Europe", "UTC"),
        ("../etc/passwd", "UTC"),
        ("", "UTC"),
    ],
)
def test_a_zone_is_sent_in_a_name_that_zoom_knows(zone: str, sent: str) -> None:
    assert zoom_timezone(zone, WINTER) == sent


def test_a_substitute_zone_shows_the_same_time_all_year() -> None:
    for zone in ("America/Toronto", "Australia/Melbourne", "Africa/Lagos", "Asia/Yangon", "America/Havana"):
        stand_in = ZoneInfo(zoom_timezone(zone, WINTER))
        if stand_in.key == "UTC":
            continue
        for month in range(1, 13):
            moment = datetime(WINTER.year, month, 15, 12, tzinfo=UTC)
            assert moment.astimezone(stand_in).utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()


def test_every_listed_zone_is_one_that_python_knows() -> None:
    assert len(set(ZOOM_ZONES)) == len(ZOOM_ZONES)
    for zone in ZOOM_ZONES:
        assert ZoneInfo(zone).key == zone


NAIVE = datetime(2031, 1, 1)  # noqa: DTZ001 - the very mistake that is to be refused


@pytest.mark.parametrize("instant", [NAIVE, datetime(2031, 1, 1, tzinfo=ZoneInfo("Europe/Zurich"))])
def test_instants_that_are_not_utc_are_refused(instant: datetime, scripted_zoom: ZoomProvider) -> None:
    request = MeetingRequest("T", "A", NOW, 30, "UTC")
    with pytest.raises(ValueError, match="starts_at"):
        MeetingRequest("T", "A", instant, 30, "UTC")
    with pytest.raises(ValueError, match="expires_at"):
        TokenSet("a", "r", instant, frozenset())
    with pytest.raises(ValueError, match="starts_at"):
        Meeting("1", "https://z.example", None, instant, 30, "T", "A", NOW, None)
    with pytest.raises(ValueError, match="created_at"):
        Meeting("1", "https://z.example", None, NOW, 30, "T", "A", instant, None)
    with pytest.raises(ValueError, match="created_since"):
        scripted_zoom.find_meetings(Grant("t"), request, instant)


def test_a_meeting_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="duration_minutes"):
        MeetingRequest("T", "A", NOW, 0, "UTC")
