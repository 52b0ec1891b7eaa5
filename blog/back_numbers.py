"""Back numbers (バックナンバー): all years and months with their counts, and how to walk them."""

import dataclasses
import datetime
from itertools import groupby

from django.urls import reverse

from homepage.eras import era_years


@dataclasses.dataclass(frozen=True)
class Month:
    """One month of one year, with the number of its reports (0 for an empty one)."""

    year: int
    number: int
    count: int

    @property
    def address(self):
        return reverse("blog:archive-month", args=[self.year, self.number])

    @property
    def name(self):
        """The month with its year of both calendars: 2024年(令和6年)8月."""
        return f"{self.year}年({era_years(self.first_day, self.last_day)}){self.number}月"

    @property
    def first_day(self):
        return datetime.date(self.year, self.number, 1)

    @property
    def last_day(self):
        following = self.first_day + datetime.timedelta(days=31)
        return following.replace(day=1) - datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Year:
    """A year with its twelve months, January first."""

    number: int
    months: tuple[Month, ...]

    @property
    def address(self):
        return reverse("blog:archive-year", args=[self.number])

    @property
    def name(self):
        """The year of both calendars: 2024年(令和6年)."""
        return f"{self.number}年({era_years(self.first_day, self.last_day)})"

    @property
    def count(self):
        return sum(month.count for month in self.months)

    @property
    def first_day(self):
        return datetime.date(self.number, 1, 1)

    @property
    def last_day(self):
        return datetime.date(self.number, 12, 31)


class BackNumbers:
    """The years from the newest to the oldest, from pairs such as (202408, 6), newest first."""

    def __init__(self, counts):
        self.months = [Month(*divmod(month, 100), count) for month, count in counts]
        self.years = [
            Year(number, self._whole_year(number, list(months)))
            for number, months in groupby(self.months, key=lambda month: month.year)
        ]

    @property
    def count(self):
        return sum(year.count for year in self.years)

    @property
    def newest(self):
        return self.months[0] if self.months else None

    @property
    def oldest(self):
        return self.months[-1] if self.months else None

    def around(self, first_day):
        """Return the months with reports before and after the one of this day, each or None."""
        earlier = (month for month in self.months if month.first_day < first_day)
        later = (month for month in reversed(self.months) if month.first_day > first_day)
        return next(earlier, None), next(later, None)

    def years_around(self, number):
        """Return the years with reports before and after this one, each or None."""
        earlier = (year for year in self.years if year.number < number)
        later = (year for year in reversed(self.years) if year.number > number)
        return next(earlier, None), next(later, None)

    @staticmethod
    def _whole_year(year, months):
        counts = {month.number: month.count for month in months}
        return tuple(Month(year, number, counts.get(number, 0)) for number in range(1, 13))
