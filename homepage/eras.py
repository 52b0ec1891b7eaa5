"""Japanese-era (wareki) years and moments in Tokyo, as pages print them."""

import datetime
from zoneinfo import ZoneInfo

# First day of each era, newest first (the table of java.time.chrono.JapaneseEra).
# A new era is one more line here.
ERAS = [
    (datetime.date(2019, 5, 1), "令和"),
    (datetime.date(1989, 1, 8), "平成"),
    (datetime.date(1926, 12, 25), "昭和"),
]
FIRST_DAY = ERAS[-1][0]
TOKYO = ZoneInfo("Asia/Tokyo")


def era_year(day: datetime.date) -> str:
    """Return the era year of a date: 令和6年, and 元年 for an era's first year.

    Raises ValueError for a day before the eras this site knows.
    """
    for first_day, name in ERAS:
        if day >= first_day:
            year = day.year - first_day.year + 1
            return f"{name}{'元' if year == 1 else year}年"
    raise ValueError(f"{day} is earlier than the eras this site knows")


def era_years(first: datetime.date, last: datetime.date) -> str:
    """Return the era years from one day to another of the same year: 平成31年・令和元年."""
    changes = [day for day, _ in reversed(ERAS) if first < day <= last]
    return "・".join(era_year(day) for day in [first, *changes])


def moment_in_words(moment):
    """Return a moment as people in Tokyo write it: 2024年8月4日(日) 10:00."""
    local = moment.astimezone(TOKYO)
    return f"{day_in_words(local)} {local:%H:%M}"


def day_in_words(day):
    """Return a day as people write it: 2024年8月4日(日)."""
    weekday = "月火水木金土日"[day.weekday()]
    return f"{day.year}年{day.month}月{day.day}日({weekday})"
