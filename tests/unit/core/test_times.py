"""Instants as text that sorts like time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sst_repo.core.times import UTC_WIDTH, from_utc_text, utc_text

instants = st.datetimes(
    min_value=datetime(1, 1, 3),
    max_value=datetime(9999, 12, 29),
    timezones=st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(instants)
def test_an_instant_comes_back_in_utc(instant: datetime) -> None:
    back = from_utc_text(utc_text(instant))

    assert back == instant
    assert back.tzinfo is UTC


@given(instants, instants)
def test_text_sorts_like_time(one: datetime, other: datetime) -> None:
    assert (utc_text(one) < utc_text(other)) == (one < other)
    assert len(utc_text(one)) == UTC_WIDTH


def test_the_form_is_iso_8601_with_microseconds() -> None:
    assert utc_text(datetime(2026, 1, 31, 14, 30, tzinfo=timezone(timedelta(hours=2)))) == "2026-01-31T12:30:00.000000Z"


@pytest.mark.parametrize(
    "instant",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-1))),
    ],
)
def test_what_has_no_year_in_utc_is_refused(instant: datetime) -> None:
    with pytest.raises(OverflowError):
        utc_text(instant)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T12:00:00.000000",
        "2026-01-31T12:00:00.0000000",
        "2026-01-31T12:00:00.00000Z",
        "2026-13-31T12:00:00.000000Z",
        "2026-02-30T12:00:00.000000Z",
        "2026-01-31T12:00:60.000000Z",
        "2026-01-31 12:00:00.000000Z",
        "2026-01-31T12:00:00,000000Z",
        "2026-01-31T12:00:00.000+01Z",
        "2026-01-31T12:00:00+010000Z",
        "yesterday, or the day before",
    ],
)
def test_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any message will do
        from_utc_text(text)


@given(st.from_regex(r"\A[0-9W:+T ,.Z-]{26}Z\Z") | st.text(max_size=30))
def test_only_our_own_form_is_read(text: str) -> None:
    try:
        instant = from_utc_text(text)
    except ValueError:
        return
    assert utc_text(instant) == text
