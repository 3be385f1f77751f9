"""Reading single fields and headers of answers that no one vouches for."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.answers import UnusableAnswerError, json_object, optional_instant, required_link, retry_after

NOW = datetime(2031, 3, 4, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("30", NOW + timedelta(seconds=30), id="seconds"),
        pytest.param(" 0 ", NOW, id="at once"),
        pytest.param("2.128", NOW + timedelta(seconds=2.128), id="Microsoft's fractions"),
        pytest.param("2031-03-04T15:31:00Z", NOW + timedelta(minutes=1), id="Zoom's form"),
        pytest.param("Tue, 04 Mar 2031 15:32:00 GMT", NOW + timedelta(minutes=2), id="date of HTTP"),
        pytest.param("86400", NOW + timedelta(hours=1), id="a day is cut to an hour"),
        pytest.param("999999999", NOW + timedelta(hours=1), id="an age is cut to an hour"),
        pytest.param("2099-01-01T00:00:00Z", NOW + timedelta(hours=1), id="a far date is cut to an hour"),
        pytest.param("2031-03-04T15:00:00Z", None, id="past"),
        pytest.param("Tue, 04 Mar 1931 15:32:00 GMT", None, id="long past"),
        pytest.param(None, None, id="absent"),
        pytest.param("", None, id="empty"),
        pytest.param("soon", None, id="garbage"),
        pytest.param("-5", None, id="negative"),
        pytest.param("1e3", None, id="not a whole number"),
        pytest.param("9" * 5000, None, id="endless number"),
        pytest.param("Tue, 99 Foo 2031", None, id="broken date"),
    ],
)
def test_retry_after_is_believed_within_reason(value: str | None, expected: datetime | None) -> None:
    assert retry_after(value, NOW) == expected


@given(st.text())
def test_no_retry_after_header_can_break_it(value: str) -> None:
    moment = retry_after(value, NOW)
    assert moment is None or NOW <= moment <= NOW + timedelta(hours=1)


@given(st.binary())
def test_no_body_can_break_the_reading_of_json(body: bytes) -> None:
    with contextlib.suppress(UnusableAnswerError):
        assert isinstance(json_object(body), dict)


@given(st.text())
def test_no_text_can_break_the_reading_of_an_instant(value: str) -> None:
    moment = optional_instant({"at": value}, "at")
    assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.text())
def test_a_link_is_http_on_one_line_or_refused(value: str) -> None:
    try:
        link = required_link({"join_url": value}, "join_url")
    except UnusableAnswerError:
        return
    assert link.lower().startswith(("http://", "https://"))
    assert not any(character.isspace() for character in link)
