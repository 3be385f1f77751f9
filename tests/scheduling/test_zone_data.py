"""Where time zones come from, and their names."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, time
from importlib import metadata, resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.architecture.repository import ROOT
from timezones import (
    is_zone,
    local_moment,
    parse_local,
    present_zone_name,
    zone_as_written,
    zone_data_version,
    zone_names,
    zone_short_name,
)

# Ten o'clock in Berlin, in a winter for which editions of the zone data differ.
_TEN_IN_BERLIN = datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_vancouver_and_its_like_follow_the_laws_of_this_year() -> None:
    assert parse_local(date(2026, 12, 1), time(10), "Europe/Berlin") == _TEN_IN_BERLIN
    at = {name: local_moment(_TEN_IN_BERLIN, name).time for name in ("America/Vancouver", "America/Edmonton")}
    assert at == {"America/Vancouver": "02:00", "America/Edmonton": "03:00"}


@pytest.mark.parametrize(
    "program",
    [
        "import timezones",
        "import zoneinfo; zoneinfo.ZoneInfo('America/Vancouver'); import timezones",
        "import icalendar, providers.zoom.timezones",
        "import app",
        "import simulators.zoom.meetings",
    ],
)
def test_machine_that_is_behind_changes_nothing(tmp_path: Path, program: str) -> None:
    # A machine on which Vancouver has Tokyo's clock, as in no edition ever.
    machine = tmp_path / "America"
    machine.mkdir()
    shutil.copy(str(resources.files("tzdata") / "zoneinfo" / "Asia" / "Tokyo"), machine / "Vancouver")
    look = (
        "from zoneinfo import ZoneInfo; from datetime import UTC, datetime; "
        "print(datetime(2026, 12, 1, 9, tzinfo=UTC).astimezone(ZoneInfo('America/Vancouver')).hour)"
    )
    environment = {**os.environ, "PYTHONTZPATH": str(tmp_path), "INSTANCE_PATH": str(tmp_path / "instance")}

    def hour(program: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", f"{program}; {look}"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return ran.stdout.strip()

    assert hour("pass") == "18", "the machine's zones are not the ones looked at, so this proves nothing"
    assert hour(program) == "2"


def test_tests_and_product_have_the_same_zones() -> None:
    assert _TEN_IN_BERLIN.astimezone(ZoneInfo("America/Vancouver")).hour == 2
    year, number = metadata.version("tzdata").split(".")
    assert zone_data_version() == f"{year}{chr(ord('a') - 1 + int(number))}"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Europe/Zurich", "Europe/Zurich"),
        ("europe/zurich", "Europe/Zurich"),
        ("America/New York", "America/New_York"),
        ("  america/argentina/buenos aires ", "America/Argentina/Buenos_Aires"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("US/Eastern", "America/New_York"),
        ("Europe/Oslo", "Europe/Oslo"),
        ("GMT", "UTC"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("GMT Standard Time", "Europe/London"),
        ("india standard time", "Asia/Kolkata"),
        ("Eastern Standard Time", "America/New_York"),
        ("Kolkata", "Asia/Kolkata"),
        ("Calcutta", "Asia/Kolkata"),
        ("new york", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/Dublin"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC+10:00) Canberra, Melbourne, Sydney", "Australia/Sydney"),
        ("(UTC) Coordinated Universal Time", "UTC"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Pacific Time - Los Angeles", "America/Los_Angeles"),
        ("Central European Standard Time - Berlin", "Europe/Berlin"),
        ("Romance Daylight Time", "Europe/Paris"),
        ("Europe/Berlin (CET)", "Europe/Berlin"),
        ("Europe\u200b/Berlin", "Europe/Berlin"),
        ("America / New_York", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Zürich", "Europe/Zurich"),
        ("München", "Europe/Berlin"),
        ("London, UK", "Europe/London"),
        ("Berlin, Germany", "Europe/Berlin"),
        ("Mumbai", "Asia/Kolkata"),
        ("Japan", "Asia/Tokyo"),
        ("PRC", "Asia/Shanghai"),
        ("Germany", "Europe/Berlin"),
    ],
)
def test_zones_are_read_as_people_and_programs_write_them(written: str, name: str) -> None:
    assert zone_as_written(written) == name
    assert name in zone_names()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "IST",
        "CST",
        "EST",
        "Mars/Olympus",
        "Eastern",
        "../../etc/passwd",
        "Europe",
        "+01:00",
        "UTC+1",
        "CET",
        "Etc/GMT+5",
        "London, Ontario",
        "(UTC+09:00) Berlin",
        "(UTC+01:00)",
    ],
)
def test_name_without_a_place_is_not_a_zone(written: str) -> None:
    assert zone_as_written(written) is None
    assert not is_zone(written)


def test_each_zone_is_offered_once() -> None:
    assert len({present_zone_name(name) for name in zone_names()}) == len(zone_names()) > 400
    assert not {"Europe/Kiev", "Asia/Calcutta", "US/Pacific", "Etc/UTC", "GMT"} & set(zone_names())
    assert is_zone("Europe/Kiev")


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Zurich", "CEST"),
        ("Asia/Kolkata", "Kolkata time"),
        ("Asia/Calcutta", "Kolkata time"),
        ("Europe/Dublin", "Dublin time"),
        ("Europe/London", "London time"),
        ("America/Chicago", "Chicago time"),
        ("Asia/Shanghai", "Shanghai time"),
        ("America/Argentina/Buenos_Aires", "UTC−3"),
        ("Asia/Dubai", "UTC+4"),
        ("UTC", "UTC"),
    ],
)
def test_time_on_its_own_is_unmistakable(zone: str, words: str) -> None:
    assert zone_short_name(datetime(2027, 7, 1, 9, tzinfo=UTC), zone) == words


def test_hour_that_happens_twice_keeps_its_two_names_beside_the_place() -> None:
    first = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    second = first.replace(hour=7)
    assert zone_short_name(first, "America/Chicago") == "CDT, Chicago time"
    assert zone_short_name(second, "America/Chicago") == "CST, Chicago time"
