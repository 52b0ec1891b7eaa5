import datetime

from blog.back_numbers import BackNumbers

COUNTS = [(202409, 2), (202401, 1), (201905, 4)]


def test_years_come_newest_first_with_their_counts():
    back_numbers = BackNumbers(COUNTS)

    assert [(year.number, year.count) for year in back_numbers.years] == [
        (2024, 3),
        (2019, 4),
    ]
    assert back_numbers.count == 7


def test_a_year_has_twelve_months_with_the_empty_ones():
    (year,) = BackNumbers([(202409, 2)]).years

    assert [month.number for month in year.months] == list(range(1, 13))
    assert [month.count for month in year.months] == [0] * 8 + [2] + [0] * 3


def test_the_months_around_one_are_those_with_reports():
    back_numbers = BackNumbers(COUNTS)

    before, after = back_numbers.around(datetime.date(2024, 1, 1))

    assert (before.year, before.number) == (2019, 5)
    assert (after.year, after.number) == (2024, 9)


def test_nothing_comes_before_the_first_and_after_the_last():
    back_numbers = BackNumbers(COUNTS)

    assert back_numbers.around(datetime.date(2019, 5, 1))[0] is None
    assert back_numbers.around(datetime.date(2024, 9, 1))[1] is None
    assert back_numbers.years_around(2019)[0] is None
    assert back_numbers.years_around(2024)[1] is None


def test_the_years_around_one_are_those_with_reports():
    before, after = BackNumbers([(202405, 1), (202205, 1), (201905, 1)]).years_around(2022)

    assert (before.number, after.number) == (2019, 2024)


def test_a_month_knows_its_days():
    december = BackNumbers([(202312, 1)]).newest
    february = BackNumbers([(202402, 1)]).newest

    assert (december.first_day, december.last_day) == (
        datetime.date(2023, 12, 1),
        datetime.date(2023, 12, 31),
    )
    assert february.last_day == datetime.date(2024, 2, 29)


def test_without_reports_there_is_nothing():
    back_numbers = BackNumbers([])

    assert (back_numbers.newest, back_numbers.oldest, back_numbers.count) == (
        None,
        None,
        0,
    )
