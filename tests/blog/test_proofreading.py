"""What the desk asks the writer to look at again."""

import pytest

from blog.proofreading import proofread
from tests.factories import jst

CONTACTS = ["mihon@example.jp", "0000-12-3456"]


def remarks(body, published_at=None, is_scheduled=False):
    return proofread(body, published_at or jst(2024, 9, 1, 10, 0), is_scheduled, CONTACTS)


@pytest.mark.parametrize(
    ("body", "remark"),
    [
        ("8月25日(月)に訓練。", "「8月25日(月)」は、2024年では日曜日です。"),
        ("８月２５日（月）に訓練。", "「8月25日(月)」は、2024年では日曜日です。"),
        ("8月25日(月・祝)に訓練。", "「8月25日(月)」は、2024年では日曜日です。"),
        ("2023年8月25日(日曜日)", "「2023年8月25日(日)」は、2023年では金曜日です。"),
        ("令和6年8月25日(土)", "「令和6年8月25日(土)」は、2024年では日曜日です。"),
        ("令和元年5月1日(木)", "「令和元年5月1日(木)」は、2019年では水曜日です。"),
        ("2月30日(月)", "「2月30日(月)」という日はありません。"),
        ("2024年(令和5年)", "「2024年(令和5年)」の西暦と和暦が合いません。"),
        ("平成30年(2019年)", "「平成30年(2019年)」の西暦と和暦が合いません。"),
        ("[こちら](/2024/08/)", "リンク「こちら」は、行き先の分かる言葉にすると親切です。"),
        ("[](/2024/08/)", "「[](/2024/08/)」は、言葉かアドレスのないリンクです。"),
        ("[会議録]()", "「[会議録]()」は、言葉かアドレスのないリンクです。"),
        ("ﾊﾞｽの話", "半角カナ「ﾊﾞｽ」は、「バス」にすると読みやすくなります。"),
        ("生成A Iの研修", "「A I」の間に空白があります。"),
        ("聞きま した。", "「ま し」の間に空白があります。"),
        (
            "abc@example.jpへ",
            "「abc@example.jp」は、このサイトの連絡先ではありません。載せてよいか、ご確認ください。",
        ),
        (
            "0000-65-4321へ",
            "「0000-65-4321」は、このサイトの連絡先ではありません。載せてよいか、ご確認ください。",
        ),
        (
            "あ" * 401,
            "「あああああああああああああああ…」の段落は401字あります。分けると読みやすくなります。",
        ),
    ],
)
def test_a_slip_is_named(body, remark):
    assert remarks(body) == [remark]


@pytest.mark.parametrize(
    "body",
    [
        "8月25日(日)、8月25日（日曜日）、令和6年8月25日(日)の訓練。",
        "2024年(令和6年)、令和6(2024)年、平成31年(2019年)、令和元年(2019年)",
        "昨日、駅前に立ちました。",
        "[8月の報告](/2024/08/)と![](photo-1)",
        "見本 花子、ジョン スミス、AI、A社 B社",
        "MIHON@example.jp、電話 (0000)12-3456、0000-12-3456",
        "あ" * 400,
        "|" + "あ" * 500,
        "",
    ],
)
def test_what_is_right_is_left_alone(body):
    assert remarks(body) == []


def test_a_date_without_a_year_is_the_nearest_one():
    assert remarks("1月5日(日)の新年会", published_at=jst(2024, 12, 20, 10, 0)) == []
    assert remarks("12月28日(木)の報告", published_at=jst(2024, 1, 5, 10, 0)) == []


def test_words_that_depend_on_today_are_named_in_a_scheduled_report():
    assert remarks("昨日と明日のこと", is_scheduled=True) == [
        "予約した報告に「昨日」「明日」があります。読まれる日から見て正しいか、ご確認ください。"
    ]


def test_the_same_slip_twice_is_named_once():
    assert len(remarks("ﾊﾞｽとﾊﾞｽ")) == 1


def test_a_text_of_any_size_is_read_at_once():
    assert remarks("(1月1日" * 20_000 + "[" * 20_000)
