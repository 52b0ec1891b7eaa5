import datetime

import pytest

from homepage.eras import era_year, era_years, moment_in_words


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-08-04", "令和6年"),
        ("2019-05-01", "令和元年"),
        ("2019-04-30", "平成31年"),
        ("1989-01-08", "平成元年"),
        ("1989-01-07", "昭和64年"),
        ("1926-12-25", "昭和元年"),
    ],
)
def test_a_day_belongs_to_a_year_of_its_era(day, expected):
    assert era_year(datetime.date.fromisoformat(day)) == expected


def test_a_day_before_the_known_eras_is_refused():
    with pytest.raises(ValueError, match="1926-12-24"):
        era_year(datetime.date(1926, 12, 24))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-01-01", "2024-12-31", "令和6年"),
        ("2019-01-01", "2019-12-31", "平成31年・令和元年"),
        ("2019-05-01", "2019-05-31", "令和元年"),
        ("1989-01-01", "1989-01-31", "昭和64年・平成元年"),
    ],
)
def test_a_period_names_every_era_it_touches(first, last, expected):
    period = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)

    assert era_years(*period) == expected


def test_a_moment_is_told_in_tokyo_with_its_weekday():
    evening = datetime.datetime(2024, 8, 3, 15, 5, tzinfo=datetime.UTC)

    assert moment_in_words(evening) == "2024年8月4日(日) 00:05"
