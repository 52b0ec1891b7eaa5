"""The one spelling that words are compared in."""

import pytest

from blog.folding import fold, pieces, searchable
from blog.models import SearchText
from tests.blog.search_pairs import REPORTS
from tests.factories import jst


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("ｶﾞｲﾄﾞ", "がいど"),
        ("ガイド", "が\u3099いど".replace("が", "か", 1)),
        ("髙﨑", "高崎"),
        ("齋藤 斎藤 齊藤", "斉藤斉藤斉藤"),
        ("辻󠄀", "辻"),
        ("㍿", "株式会社"),
        ("ヶ月", "か月"),
        ("令和元年", "2019年"),
        ("平成三十一年四月", "2019年4月"),
        ("昭和六十四年一月七日", "1989年1月7日"),
        ("2024年(令和6年)8月", "令和六年八月"),
        ("令和6(2024)年度", "2024年度"),
        ("2024(令和6)年", "2024年"),
        ("２０２４/０８/０４", "2024年8月4日"),
        ("八月四日", "08月04日"),
        ("1,234,567円", "1234567円"),
        ("二〇二四年八月", "2024年8月"),
        ("市〜町", "市～町"),
    ],
)
def test_two_ways_of_writing_are_one(written, other):
    assert fold(written) == fold(other)


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("1月", "11月"),
        ("AI", "MAIL"),
        ("2023年(令和6年)", "2023年"),
        ("はは", "ばば"),
        ("昭和一丁目", "1926年丁目"),
    ],
)
def test_what_means_something_else_stays_apart(written, other):
    assert fold(written) not in fold(other)


def test_lines_stay_lines():
    assert fold("一つ目\n 二つ目 ") == "一つ目\n二つ目"


def test_what_search_compares_with_has_tags_readings_dates_and_the_day_at_its_end():
    kept = searchable("題", "献血（けんけつ）は令和6年", jst(2024, 8, 4), "防災、ＰＴＡ")

    lines = SearchText(**kept).lines
    assert lines[:2] == ["題", fold("献血は2024年")]
    assert set(lines[2:]) == {
        *("防災", fold("PTA")),
        *(fold("(けんけつ)"), fold("2024年8月4日"), "令和№6年"),
    }


def test_a_report_of_midnight_is_of_its_day_in_tokyo():
    kept = searchable("", "", jst(2024, 8, 1, 0, 5))
    assert fold("2024年8月1日") in SearchText(**kept).lines


@pytest.mark.parametrize("text", [body for _, body, _ in REPORTS.values()])
def test_the_pieces_together_are_the_folded_text(text):
    assert "".join(piece.folded for piece in pieces(text)) == fold(text)


def test_each_piece_knows_its_place():
    assert pieces("ﾊﾞｽ令和6年\u3000AI") == [
        ("ば", 0, 2),
        ("す", 2, 3),
        ("№2024年", 3, 7),
        ("", 7, 8),
        ("№ai", 8, 10),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "9" * 5000,
        "令和" + "9" * 5000 + "年",
        "十" * 5000 + "月",
        "2024(" * 5000,
        "（あ" * 5000,
        "\ud800",
    ],
)
def test_hostile_text_is_folded_all_the_same(text):
    assert searchable("", text, None)["characters"]
