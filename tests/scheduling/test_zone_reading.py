"""Which zones a text means: understood where everyone would agree, and otherwise asked about."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timezones import is_zone, places_of, zone_country, zones_meant
from zone_reading import as_written, likely, same_clock, unclear_words

_WINTER = datetime(2026, 12, 1, 9, tzinfo=UTC)
_SUMMER = datetime(2027, 7, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Africa/Johannesburg", "South Africa; SAST; Cape Town; South African Standard Time"),
        ("Africa/Nairobi", "Kenya; Nairobi, Kenya; EAT (Kenya)"),
        (
            "America/Chicago",
            "Central Time; US/Central; CST (Chicago); Austin, TX; illinois; Dallas TX; Texas, CST",
        ),
        ("America/Guatemala", "(UTC-06:00) Central America; Central America Standard Time"),
        ("America/Halifax", "Atlantic Time (Canada); (UTC-04:00) Atlantic Time (Canada); Nova Scotia"),
        ("America/Indiana/Indianapolis", "(UTC-05:00) Indiana (East); Indianapolis, IN; Indianapolis"),
        (
            "America/New_York",
            "EDT; New York, USA; new_york; New York, NY; NYC; US Eastern; Eastern time zone;"
            " Atlanta, Georgia;"
            " Eastern Daylight Time; EST (New York); New Jersey; New York EST; Miami, FL; Washington, DC",
        ),
        ("America/Los_Angeles", "Pacific Time; PDT; San Jose, CA; California; Portland, OR; Seattle, WA, US"),
        ("America/Phoenix", "Arizona; MST - Phoenix; US Mountain Standard Time"),
        ("America/Argentina/Buenos_Aires", "Argentina; ART; Argentina Standard Time"),
        ("America/Costa_Rica", "Costa Rica; San José, Costa Rica"),
        ("America/Sao_Paulo", "BRT; São Paulo, Brazil; Rio de Janeiro"),
        ("Asia/Colombo", "(UTC+05:30) Sri Jayawardenepura; Sri Lanka; UTC+5:30 (Sri Lanka)"),
        ("Asia/Dubai", "UAE; United Arab Emirates; Dubai; Abu Dhabi; GST (Dubai)"),
        ("Asia/Jerusalem", "Israel; IDT; IST (Israel)"),
        (
            "Asia/Kolkata",
            "India; INDIA; Mumbai; India Standard Time; Indian Standard Time; IST (India); IST +5:30 India;"
            " Bangalore, India; India/IST; Asia/Calcutta; GMT+5:30 (Mumbai); Hyderabad, India; indian time",
        ),
        ("Asia/Kathmandu", "Nepal; UTC+05:45; +0545; NPT"),
        ("Asia/Seoul", "Korea; South Korea; Korea (South); KST; Seoul, South Korea"),
        ("Asia/Shanghai", "China Standard Time; PRC; Beijing; CST (China Standard Time); Shanghai, China"),
        ("Asia/Singapore", "Singapore; SGT; Singapore time; Singapore Standard Time"),
        ("Asia/Tbilisi", "Tbilisi, Georgia; Georgian Standard Time; Georgia, +4"),
        ("Asia/Tokyo", "Japan; JST; Japan Standard Time; Osaka; Japan (JST); UTC+9 Tokyo"),
        ("Atlantic/Reykjavik", "Iceland; Reykjavík; GMT, Iceland"),
        ("Australia/Perth", "Perth, WA; Perth WA; AWST; Western Australia, AWST"),
        ("Australia/Sydney", "AEDT; Sydney NSW; Sydney, Australia; Sydney (AEST); AUS Eastern Standard Time"),
        (
            "Europe/Berlin",
            "Germany; Deutschland; Central European Time (Berlin); CET, Germany; Berlin (GMT+2); CET Berlin;"
            " Berlin - CET; Germany (UTC+1); UTC+1 Berlin; W. Europe Standard Time; MEZ (München)",
        ),
        ("Europe/Dublin", "Ireland; IST, Dublin; Irish time; Dublin, Ireland"),
        ("Europe/Istanbul", "Turkey; Türkiye; TRT; Turkey Standard Time"),
        ("Europe/Kyiv", "Ukraine; Kiev; FLE Standard Time"),
        (
            "Europe/London",
            "London; Europe/London (GMT); London, GMT; GMT/BST; UK;"
            " U.K.; United Kingdom; England; Great Britain; London, England; British Summer Time;"
            " GMT Standard Time; BST (London); Birmingham, UK; Cambridge, England; London time",
        ),
        ("Europe/Madrid", "Barcelona; Córdoba, Spain; Valencia, Spain; Madrid (CET)"),
        ("Europe/Moscow", "MSK; Moscow time; Moscow Standard Time; Moscow (GMT+3); MSK Moscow"),
        ("Europe/Paris", "France; Paris, France; Romance Standard Time; Lyon"),
        ("Europe/Prague", "Czechia; Czech Republic; Brno; Prague, CZ"),
        ("Europe/Zurich", "Switzerland; Schweiz; Zürich, Switzerland; CET (Zurich); Bern (CET/CEST)"),
        ("Pacific/Auckland", "NZDT; NZST; Auckland, New Zealand; New Zealand Standard Time"),
        ("UTC", "GMT; UTC; Z; Coordinated Universal Time; (UTC) Coordinated Universal Time"),
    ],
)
def test_what_everyone_reads_alike_is_understood(name: str, texts: str) -> None:
    for text in map(str.strip, texts.split(";")):
        assert as_written(text, _WINTER) == name, text
        assert likely(text, _WINTER, ("Africa/Cairo",)) == (name,), text


@pytest.mark.parametrize(
    ("text", "first", "also"),
    [
        ("IST", "Asia/Kolkata", "Europe/Dublin Asia/Jerusalem"),
        ("CST", "America/Chicago", "Asia/Shanghai America/Mexico_City America/Havana"),
        ("EST", "America/New_York", "America/Toronto America/Panama America/Jamaica Australia/Sydney"),
        ("PST", "America/Los_Angeles", "Asia/Manila America/Vancouver"),
        ("MST", "America/Denver", "America/Phoenix"),
        ("BST", "Europe/London", "Asia/Dhaka"),
        ("AST", "Asia/Riyadh", "America/Halifax America/Puerto_Rico"),
        ("AEST", "Australia/Sydney", "Australia/Brisbane"),
        ("GST", "Asia/Dubai", "Asia/Muscat"),
        ("CET", "Europe/Berlin", "Europe/Paris Africa/Algiers"),
        ("cest", "Europe/Berlin", "Europe/Paris"),
        ("MEZ", "Europe/Berlin", "Europe/Paris"),
        ("CET/CEST", "Europe/Berlin", "Europe/Paris"),
        ("Central European Time", "Europe/Berlin", "Europe/Paris"),
        ("Central European Summer Time", "Europe/Berlin", "Europe/Paris"),
        ("Eastern European Time (EET)", "Europe/Athens", "Europe/Kyiv Africa/Cairo"),
        ("East Africa Time", "Africa/Nairobi", "Africa/Addis_Ababa"),
        ("Eastern", "America/New_York", "Australia/Sydney Australia/Brisbane"),
        ("central", "America/Chicago", "Europe/Berlin"),
        ("Mountain", "America/Denver", "America/Phoenix"),
        ("PT", "America/Los_Angeles", "America/Vancouver"),
        ("USA", "America/New_York", "America/Chicago America/Denver America/Los_Angeles Pacific/Honolulu"),
        ("United States", "America/New_York", "America/Los_Angeles"),
        ("Canada", "America/Toronto", "America/Vancouver America/Halifax"),
        ("Australia", "Australia/Sydney", "Australia/Perth Australia/Brisbane"),
        ("Brazil", "America/Sao_Paulo", "America/Manaus"),
        ("Mexico", "America/Mexico_City", "America/Tijuana"),
        ("Russia", "Europe/Moscow", "Asia/Vladivostok"),
        ("Spain", "Europe/Madrid", "Atlantic/Canary"),
        ("Portugal", "Europe/Lisbon", "Atlantic/Azores"),
        ("Samoa", "Pacific/Apia", "Pacific/Pago_Pago"),
        ("Atlantic Time", "America/Halifax", "America/Puerto_Rico"),
        ("West Coast", "America/Los_Angeles", "America/Vancouver"),
        ("Norfolk", "America/New_York", "Europe/London Pacific/Norfolk"),
        ("China", "Asia/Shanghai", "Asia/Urumqi"),
        ("Indonesia", "Asia/Jakarta", "Asia/Makassar"),
        ("Congo", "Africa/Kinshasa", "Africa/Brazzaville"),
        ("Georgia", "Asia/Tbilisi", "America/New_York"),
        ("Texas", "America/Chicago", "America/Denver"),
        ("San Jose", "America/Los_Angeles", "America/Costa_Rica"),
        ("San Juan", "America/Puerto_Rico", "America/Argentina/San_Juan"),
        ("Birmingham", "Europe/London", "America/Chicago"),
        ("GMT+2", "Europe/Athens", "Africa/Cairo Africa/Johannesburg Asia/Jerusalem"),
        ("UTC+05:30", "Asia/Kolkata", "Asia/Colombo"),
        ("UTC +5.5", "Asia/Kolkata", "Asia/Colombo"),
        ("+01:00", "Europe/Berlin", "Africa/Lagos"),
        ("(UTC+01:00)", "Europe/Berlin", "Africa/Lagos"),
        ("UTC−8", "America/Los_Angeles", "America/Tijuana"),
        ("-0500", "America/New_York", "America/Bogota America/Lima"),
        ("Etc/GMT+5", "America/New_York", "America/Bogota America/Lima"),
        # Darwin has it all year, and Adelaide half of the year.
        ("UTC+9:30", "Australia/Adelaide", "Australia/Darwin"),
        ("UTC+10:30", "Australia/Adelaide", "Australia/Lord_Howe"),
        ("UTC+0", "Europe/London", "Europe/Lisbon Africa/Accra"),
    ],
)
def test_what_two_people_would_read_as_two_is_asked(text: str, first: str, also: str) -> None:
    assert as_written(text, _WINTER) is None
    found = likely(text, _WINTER)
    assert found[0] == first
    assert set(also.split()) <= set(found)
    assert 1 < len(found) <= 7
    assert all(is_zone(name) for name in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Mars/Olympus",
        "Europe",
        "East",
        "North",
        "General",
        "Europe/Bern",
        "XYZ",
        "IN",
        "CA",
        "5",
        "+49",
        "+15:00",
        "UTC+99",
        "GMT+2:75",
        "+41 44 668 18 00",
        "2026-12-01",
        "09:00",
        "time",
        "standard time",
        "Standard Time (India)x",
        "London, Ontario",
        "London, ON",
        "Paris, Texas",
        "(UTC+09:00) Berlin",
        "Berlin (GMT+9)",
        "CET, India",
        "IST (Tokyo)",
        "Tokyo (IST)",
        "CET - Tokyo",
        "Central America",
        "South America",
        "CET Tokyo",
        "Berlin, Paris",
        "EST/CET",
        "India and Japan",
        "flexible",
        "anywhere",
        "no preference (CET)",
        "../../etc/passwd",
        "Antarctica",
        "CET " * 1000,
        "(" * 50,
        "/",
        ",;|",
    ],
)
def test_what_is_not_a_zone_gives_none(text: str) -> None:
    assert as_written(text, _WINTER) is None
    assert likely(text, _WINTER, ("Europe/Zurich",)) == ()


# fmt: off
_WORDS = st.sampled_from([
    "IST", "CET", "EST", "utc", "GMT+2", "+05:30", "-0800", "India", "Germany", "USA", "London", "Eastern",
    "Time", "Standard", "Central", "European", "(CET)", "Europe/Berlin", "New", "York", ",", "/", "(", ")",
    "-", ";", "TX", "CA", "Georgia",
])
# fmt: on
_TEXTS = st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=5).map(" ".join))


@given(
    text=_TEXTS, near=st.lists(st.sampled_from(["Europe/Zurich", "Asia/Kolkata", "Nowhere", ""]), max_size=3)
)
def test_any_text_is_none_one_or_a_few(text: str, near: list[str]) -> None:
    one, few = as_written(text, _WINTER), likely(text, _WINTER, tuple(near))
    assert all(is_zone(name) for name in few)
    assert len(set(few)) == len(few) <= 7
    assert few == (one,) if one is not None else len(few) != 1


def test_offset_is_read_as_of_now() -> None:
    assert likely("UTC-4", _WINTER)[0] != "America/New_York" == likely("UTC-4", _SUMMER)[0]
    assert likely("GMT+1", _SUMMER)[0] == "Europe/London"
    assert "Europe/London" not in likely("GMT+1", _WINTER)
    # No one has it in winter.
    assert as_written("UTC-2:30", _WINTER) == as_written("UTC-2:30", _SUMMER) == "America/St_Johns"


@pytest.mark.parametrize(
    ("text", "near", "firsts"),
    [
        ("CET", ("Europe/Prague", "Asia/Tokyo"), ["Europe/Prague", "Europe/Berlin"]),
        ("GMT+2", ("Africa/Windhoek", "Europe/Sofia"), ["Africa/Windhoek", "Europe/Sofia", "Europe/Athens"]),
        # Written in Zurich in summer, and imported in winter.
        ("GMT+2", ("Europe/Zurich",), ["Europe/Zurich", "Europe/Athens"]),
        ("IST", ("Asia/Jerusalem",), ["Asia/Jerusalem", "Asia/Kolkata", "Europe/Dublin"]),
        ("USA", ("Europe/Berlin", "America/Denver"), ["America/Denver", "America/New_York"]),
        ("IST", ("Europe/Kiev", "no zone at all", ""), ["Asia/Kolkata"]),
        ("EET", ("Europe/Kiev",), ["Europe/Kyiv", "Europe/Athens"]),
        ("EET", ("Europe/Kiev", "Europe/Kyiv", "Europe/Sofia"), ["Europe/Kyiv", "Europe/Sofia"]),
    ],
)
def test_zones_of_people_around_come_first(text: str, near: tuple[str, ...], firsts: list[str]) -> None:
    assert list(likely(text, _WINTER, near))[: len(firsts)] == firsts


def test_every_word_that_is_unclear_offers_different_clocks_or_countries() -> None:
    words = unclear_words(_WINTER)
    assert {"ist", "cst", "usa", "eastern", "central european time"} <= set(words)
    assert not {"india", "jst", "eastern time", "germany"} & set(words)
    for word, found in words.items():
        apart = {(same_clock(name), zone_country(name)) for name in found}
        assert len(apart) == len(found) > 1, word


def test_zones_are_named_as_a_sentence_offers_them() -> None:
    assert places_of(zones_meant("IST")) == "Kolkata, Dublin, or Jerusalem"
    assert places_of(zones_meant("BST")) == "London or Dhaka"
    assert places_of(["UTC"]) == "UTC"
    assert [zone_country(name) for name in ("Asia/Kolkata", "Europe/Kiev", "UTC")] == ["India", "Ukraine", ""]
