"""What the desk asks the writer to look at again."""

import datetime
from pathlib import Path

import pytest

from blog.proofreading import proofread
from tests.factories import jst

from .proofreading_faults import FAULTS

CONTACTS = ["mihon@example.jp", "0000-12-3456"]
CLEAN_REPORTS = sorted((Path(__file__).parents[1] / "files" / "clean_reports").glob("*.md"))


def remarks(body, published_at=None, is_scheduled=False, undescribed=()):
    published_at = published_at or jst(2024, 9, 1, 10, 0)
    return proofread(body, published_at, is_scheduled, CONTACTS, undescribed)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, id=f"{kind}-{number}")
        for kind, faults in FAULTS.items()
        for number, fault in enumerate(faults, start=1)
    ],
)
def test_a_planted_fault_is_named_and_nothing_else(fault):
    found = remarks(fault.passage, fault.published_at, fault.is_scheduled, fault.undescribed)

    assert len(found) == 1, found
    assert fault.remark in found[0]


@pytest.mark.parametrize("path", CLEAN_REPORTS, ids=lambda path: path.stem)
def test_a_clean_report_is_left_alone(path):
    """The name of the file says the day it is published, and whether that is to come."""
    day = datetime.date.fromisoformat(path.name[:10])

    found = remarks(
        path.read_text(encoding="utf-8"),
        published_at=jst(day.year, day.month, day.day, 18, 0),
        is_scheduled="scheduled" in path.stem,
    )

    assert found == []


def test_there_are_twenty_clean_reports():
    assert len(CLEAN_REPORTS) == 20


@pytest.mark.parametrize(
    ("body", "published_at"),
    [
        ("1月5日(日)の新年会", jst(2024, 12, 20, 10, 0)),
        ("12月28日(木)の報告", jst(2024, 1, 5, 10, 0)),
        # The nearest is that of 2025, but looking back is usual.
        ("1月9日(火)に始まりました。", jst(2024, 7, 18, 10, 0)),
        ("2月29日(木)の審査", jst(2024, 12, 1, 10, 0)),
    ],
)
def test_a_date_without_a_year_is_of_the_year_it_is_likely_to_be(body, published_at):
    assert remarks(body, published_at) == []


def test_last_years_weekday_is_a_slip_where_the_date_is_near():
    # 5 January was a Friday in 2024, and will be a Sunday.
    assert len(remarks("1月5日(金)の新年会", jst(2024, 12, 20, 10, 0))) == 1


def test_a_date_may_be_of_the_year_that_was_named_last():
    assert remarks("2023年の夏。8月25日(金)、26日(土)の二日間") == []
    assert len(remarks("2023年の夏。8月25日(土)の二日間")) == 1


def test_words_of_today_are_no_slip_in_a_report_that_appears_at_once():
    assert remarks("昨日と明日のこと") == []


def test_the_words_from_today_are_named_in_one_remark():
    assert remarks("昨日と明日、また明日のこと。「今日」", is_scheduled=True) == [
        "予約した報告に「昨日」「明日」があります。読まれる日から見て正しいか、ご確認ください。"
    ]


def test_the_words_of_a_photo_are_those_of_the_text_or_of_the_library():
    assert remarks("![](photo-12)", undescribed={13}) == []
    assert remarks("![駅前の広場](photo-12)", undescribed={12}) == []
    assert remarks("<img src=\"photo-12\" alt='駅前の広場'>", undescribed={12}) == []


def test_a_contact_in_two_spellings_is_named_once_and_as_it_is_written_first():
    assert remarks("[0000-65-4321](tel:0000654321)、(0000)65-4321") == [
        "「0000-65-4321」は、このサイトの連絡先ではありません。載せてよいか、ご確認ください。"
    ]


def test_a_line_of_four_hundred_characters_is_no_long_paragraph():
    assert remarks("あ" * 400 + "\n" + "い" * 400) == []
    assert remarks("{献血|けんけつ}" * 200) == []
    assert len(remarks("あ" * 401)) == 1


def test_the_same_slip_thrice_is_named_once():
    assert len(remarks("ﾊﾞｽとﾊﾞｽと**ﾊﾞｽ**")) == 1


def test_a_long_piece_is_quoted_in_short():
    assert len(remarks("ｱ" * 10_000)[0]) < 100


def test_no_more_is_named_than_can_be_read():
    assert len(remarks("".join(f"{number}0@example.jp " for number in range(100)))) == 30


@pytest.mark.parametrize(
    "piece", ["![](", "[a](<", "8月4日(日・", "令和6年(", "a@a.", "03 ", "A ", "あ ", "<a ", "`"]
)
def test_a_text_of_any_size_is_read_at_once(piece):
    remarks(piece * (300_000 // len(piece)), is_scheduled=True, undescribed={1})
