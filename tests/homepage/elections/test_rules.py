"""What an election asks of the site at a moment."""

import datetime
from dataclasses import dataclass

import pytest

from homepage.elections import rules
from homepage.elections.rules import Phase
from tests.factories import jst

FILED = jst(2027, 4, 18, 9, 12)


@dataclass
class Election:
    announced_on: datetime.date = datetime.date(2027, 4, 18)
    polling_on: datetime.date = datetime.date(2027, 4, 25)
    accepted_at: datetime.datetime | None = FILED
    ends_at: int = rules.MIDNIGHT
    is_confirmed: bool = True

    def __str__(self):
        return "見本市議会議員選挙"


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (jst(2027, 4, 18, 0, 0), Phase.ORDINARY),
        (jst(2027, 4, 18, 9, 11, 59), Phase.ORDINARY),
        (FILED, Phase.CAMPAIGN),
        (jst(2027, 4, 24, 23, 59, 59, 999_999), Phase.CAMPAIGN),
        (jst(2027, 4, 25, 0, 0), Phase.POLLING_DAY),
        (jst(2027, 4, 25, 20, 0), Phase.POLLING_DAY),
        (jst(2027, 4, 25, 23, 59, 59, 999_999), Phase.POLLING_DAY),
        (jst(2027, 4, 26, 0, 0), Phase.AFTERWARDS),
    ],
)
def test_a_phase_begins_at_its_moment(moment, phase):
    assert rules.phase(Election(), moment) is phase


def test_the_moments_are_those_of_tokyo_wherever_the_server_stands():
    assert rules.phase(Election(), jst(2027, 4, 25).astimezone(datetime.UTC)) is Phase.POLLING_DAY
    just_before = datetime.datetime(2027, 4, 24, 14, 59, 59, tzinfo=datetime.UTC)
    assert rules.phase(Election(), just_before) is Phase.CAMPAIGN


def test_without_an_accepted_filing_there_is_no_campaign():
    election = Election(accepted_at=None)

    assert rules.phase(election, jst(2027, 4, 24, 23, 59)) is Phase.ORDINARY
    assert rules.phase(election, jst(2027, 4, 25)) is Phase.POLLING_DAY


def test_polling_day_may_end_when_the_polls_close():
    election = Election(ends_at=rules.POLLS_CLOSE)

    assert rules.phase(election, jst(2027, 4, 25, 19, 59, 59)) is Phase.POLLING_DAY
    assert rules.phase(election, jst(2027, 4, 25, 20, 0)) is Phase.AFTERWARDS


@pytest.mark.parametrize(
    ("accepted_at", "fault"),
    [
        (jst(2027, 4, 17, 23, 59, 59), "告示日から投票日の前日まで"),
        (jst(2027, 4, 18), ""),
        (jst(2027, 4, 24, 23, 59, 59), ""),
        (jst(2027, 4, 25), "告示日から投票日の前日まで"),
        (jst(2027, 4, 26, 12, 0, 1), "先になっています"),
    ],
)
def test_a_filing_is_accepted_between_the_announcement_and_polling_day(accepted_at, fault):
    found = rules.fault_of_filing(Election(accepted_at=accepted_at), jst(2027, 4, 26, 12, 0))

    assert fault in found
    assert bool(fault) is bool(found)


@pytest.mark.parametrize(
    ("moment", "accepted_at", "said"),
    [
        (jst(2027, 4, 1, 23, 59), None, "告示まで、あと17日です"),
        (jst(2027, 4, 17, 23, 59), None, "告示まで、あと1日です"),
        (jst(2027, 4, 18, 8, 0), None, "告示日です"),
        (jst(2027, 4, 19, 8, 0), None, "告示日を過ぎています"),
        (jst(2027, 4, 19, 8, 0), FILED, "投票日まで、あと6日です"),
        (jst(2027, 4, 25, 8, 0), FILED, "今日は見本市議会議員選挙の投票日です"),
        (jst(2027, 4, 26, 8, 0), FILED, "投票が終わりました"),
    ],
)
def test_each_phase_says_what_it_asks_for(moment, accepted_at, said):
    reminder = rules.reminder(Election(accepted_at=accepted_at), moment)

    assert said in reminder.what
    assert reminder.what_to_do


def test_days_that_nobody_confirmed_are_to_be_confirmed():
    election = Election(is_confirmed=False)
    asks = "日程は、選挙管理委員会にご確認ください。"

    assert rules.reminder(election, jst(2027, 4, 1)).what_to_do.endswith(asks)
    assert asks not in rules.reminder(election, jst(2027, 4, 26)).what_to_do
    assert asks not in rules.reminder(Election(), jst(2027, 4, 1)).what_to_do
