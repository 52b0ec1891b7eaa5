"""What a reader sees of the change from one version to the next."""

import random
import time
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from blog.history import comparison
from blog.history.comparison import Piece, compare, only_changes

MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
REPORT = """# 防災訓練の報告

8月25日(日)、市の防災訓練に参加しました。避難所の受付を住民だけで開く、はじめての試みです。

- 間仕切り 240張り
- 蓄電池 6台

図書館の夜間開館については、来年3月末までに結論を出すとの答弁がありました。

通学路の危ない場所は87か所あり、対策の済んだ場所は31か所です。

ご意見をお寄せください。"""


def shown(line):
    return "…" if line is None else "".join(MARKS[kind].format(text) for kind, text in line)


def shown_lines(before, after):
    return [shown(line) for line in compare(before, after)]


def texts(lines):
    """Return the lines before and the lines after, put together from the pieces."""
    return [
        [
            "".join(piece.text for piece in line if piece.kind != other)
            for line in lines
            if {piece.kind for piece in line} != {other}
        ]
        for other in ("added", "removed")
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # A word is what stands in one script.
        ("百二名が参加", "百十二名が参加", "[-百二名-]{+百十二名+}が参加"),
        ("一ヶ月の準備", "二ヶ月の準備", "[-一ヶ月-]{+二ヶ月+}の準備"),
        ("佐々木議員", "佐木議員", "[-佐々木議員-]{+佐木議員+}"),
        ("〇〇市の予算", "見本市の予算", "[-〇〇市-]{+見本市+}の予算"),
        ("葛󠄀城市の例", "葛󠄀飾区の例", "[-葛󠄀城市-]{+葛󠄀飾区+}の例"),
        ("ホームの掃除", "ホールの掃除", "[-ホーム-]{+ホール+}の掃除"),
        ("フ\u309aールの話", "フ\u309aランの話", "[-フ\u309aール-]{+フ\u309aラン+}の話"),
        ("は\u3099らの花", "は\u3099けつの花", "[-は\u3099らの-]{+は\u3099けつの+}花"),
        ("ﾊﾞｽの増便", "バスの増便", "[-ﾊﾞｽ-]{+バス+}の増便"),
        ("賛成しました。", "賛成します。", "賛成[-しました-]{+します+}。"),
        ("らーめんの日", "らーめんも日", "[-らーめんの-]{+らーめんも+}日"),
        ("参加者は１２０人です", "参加者は１０２人です", "参加者は[-１２０-]{+１０２+}人です"),
        ("予算は1,200万円", "予算は1,250万円", "予算は[-1,200-]{+1,250+}万円"),
        ("開会は10:30です", "開会は10:45です", "開会は[-10:30-]{+10:45+}です"),
        ("AI研修に出席", "DX研修に出席", "[-AI-]{+DX+}研修に出席"),
        ("ジョン・スミス氏", "ジョン・ミルズ氏", "ジョン・[-スミス-]{+ミルズ+}氏"),
        ("楽しい一日❤️でした", "楽しい一日☀️でした", "楽しい一日[-❤️-]{+☀️+}でした"),
        # What is only added, and what is only removed.
        ("市長に質問しました", "市長と教育長に質問しました", "市長{+と教育長+}に質問しました"),
        ("議案に強く反対した", "議案に反対した", "議案に[-強く-]反対した"),
        ("傍聴できます", "傍聴できます。", "傍聴できます{+。+}"),
        ("本会議を開きます", "　本会議を開きます", "{+　+}本会議を開きます"),
        ("重要な点です", "**重要**な点です", "{+**+}重要{+**+}な点です"),
        ("「夜間開館」の条件", "夜間開館の条件", "[-「-]夜間開館[-」-]の条件"),
        ("駅の話", "「駅」の話", "{+「+}駅{+」+}の話"),
        (
            "昨日、市は公園を直しました。",
            "昨日、市は道路を直しました。市は公園を直しました。",
            "昨日、{+市は道路を直しました。+}市は公園を直しました。",
        ),
        # A sentence that was added or removed is marked from its beginning to its end.
        (
            "市は橋を直しました。県は何もしていません。",
            "市は橋を直しました。国は道を直しました。県は何もしていません。",
            "市は橋を直しました。{+国は道を直しました。+}県は何もしていません。",
        ),
        (
            "国は道を直しました。市は橋を直しました。県は別です。",
            "国は道を直しました。県は別です。",
            "国は道を直しました。[-市は橋を直しました。-]県は別です。",
        ),
        (
            "間仕切り、簡易トイレ、大型の蓄電池",
            "間仕切り、毛布、簡易トイレ、大型の蓄電池",
            "間仕切り、{+毛布、+}簡易トイレ、大型の蓄電池",
        ),
        (
            "とても長い前の文がここにあります。市は橋を直した。",
            "とても長い前の文がここにあります。市は道を直した。市は橋を直した。",
            "とても長い前の文がここにあります。{+市は道を直した。+}市は橋を直した。",
        ),
        ("駅前。", "駅前。公園。", "駅前。{+公園。+}"),
        ("駅の", "。駅の、駅の", "{+。駅の、+}駅の"),
        ("はい。はい。はい。", "はい。はい。", "はい。はい。[-はい。-]"),
        # A scrap between two changes belongs to them.
        ("8月25日(日)に訓練", "8月26日(月)に訓練", "8月[-25日(日-]{+26日(月+})に訓練"),
        ("学校と公園を見ました", "病院と道路を見ました", "[-学校と公園-]{+病院と道路+}を見ました"),
        ("橋から駅まで歩く道", "川から海まで歩く道", "[-橋から駅-]{+川から海+}まで歩く道"),
        ("新しい橋の工事", "橋の補修工事", "[-新しい橋の工事-]{+橋の補修工事+}"),
        (
            "大雨警報により避難所を開きました",
            "暴風警報のため避難所を閉じました",
            "[-大雨警報により-]{+暴風警報のため+}避難所を[-開きました-]{+閉じました+}",
        ),
        (
            "市民から寄せられた意見をもとに、来年度の予算に反映するよう求めました。",
            "地域から届いた声をもとに、再来年度の計画に盛り込むよう要望しました。",
            "[-市民から寄せられた意見-]{+地域から届いた声+}をもとに、"
            "[-来年度の予算に反映するよう求めました-]{+再来年度の計画に盛り込むよう要望しました+}。",
        ),
        # Markdown is compared as it was written.
        ("## 三月議会", "## 六月議会", "## [-三月議会-]{+六月議会+}"),
        ("| 4月 | 231人 |", "| 4月 | 213人 |", "| 4月 | [-231-]{+213+}人 |"),
        ("[会議録](/2024/08/)", "[会議録](/2024/09/)", "[会議録](/2024/[-08-]{+09+}/)"),
        ("三月議会", "六月議会", "[-三月議会-]{+六月議会+}"),
    ],
)
def test_a_line_shows_the_words_that_changed(before, after, expected):
    assert shown_lines(before, after) == [expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["同じ文。"], ["同じ文。"], ["同じ文。"]),
        (["前の行。"], ["前の行。", "次の行。"], ["前の行。", "{+次の行。+}"]),
        (["前の行。", "次の行。"], ["次の行。"], ["[-前の行。-]", "次の行。"]),
        ([""], ["はじめての文。"], ["[--]", "{+はじめての文。+}"]),
        (["段落一。", "段落二。"], ["段落一。", "", "段落二。"], ["段落一。", "{++}", "段落二。"]),
        # Little in common: one line after the other.
        (
            ["駅前で朝のあいさつをしました。"],
            ["委員会で予算を審査する。"],
            ["[-駅前で朝のあいさつをしました。-]", "{+委員会で予算を審査する。+}"],
        ),
        # A paragraph that is new before one that changed.
        (
            ["はじめに。", "図書館の夜間開館について聞いた。", "道路を直す順番を聞いた。"],
            [
                "はじめに。",
                "給食の材料が値上がりしている。",
                "図書館の夜間開館について尋ねた。",
                "道路を直す時期を聞いた。",
            ],
            [
                "はじめに。",
                "{+給食の材料が値上がりしている。+}",
                "図書館の夜間開館について[-聞いた-]{+尋ねた+}。",
                "道路を直す[-順番-]{+時期+}を聞いた。",
            ],
        ),
        # And the same with the empty lines of Markdown, which say nothing about what belongs together.
        (
            ["図書館の夜間開館について聞いた。", "", "道路を直す順番を聞いた。"],
            [
                "給食の材料が値上がりしている。",
                "",
                "図書館の夜間開館について尋ねた。",
                "",
                "道路を直す時期を聞いた。",
            ],
            [
                "{+給食の材料が値上がりしている。+}",
                "{++}",
                "図書館の夜間開館について[-聞いた-]{+尋ねた+}。",
                "",
                "道路を直す[-順番-]{+時期+}を聞いた。",
            ],
        ),
        # Rows of a table resemble one another; the one most alike is the one that changed.
        (
            ["| 3月 | 20日 | 190人 |", "| 4月 | 21日 | 231人 |"],
            ["| 3月 | 28日 | 10人 |", "| 3月 | 20日 | 195人 |", "| 4月 | 21日 | 231人 |"],
            [
                "{+| 3月 | 28日 | 10人 |+}",
                "| 3月 | 20日 | [-190-]{+195+}人 |",
                "| 4月 | 21日 | 231人 |",
            ],
        ),
        # Two lines that changed places: one of them stays, since rows cannot cross.
        (
            ["図書館の夜間開館の話。", "道路を直す順番の話。"],
            ["道路を直す順番の話。", "図書館の夜間開館の話。"],
            [
                "{+道路を直す順番の話。+}",
                "図書館の夜間開館の話。",
                "[-道路を直す順番の話。-]",
            ],
        ),
    ],
)
def test_lines_are_shown_with_what_became_of_them(before, after, expected):
    assert shown_lines("\n".join(before), "\n".join(after)) == expected


def test_a_paragraph_that_was_divided_keeps_its_longer_half():
    before = "午後は委員会に出席しました。駅前に立ちました。"

    assert shown_lines(before, before.replace("。駅", "。\n\n駅")) == [
        "午後は委員会に出席しました。[-駅前に立ちました。-]",
        "{++}",
        "{+駅前に立ちました。+}",
    ]


def test_the_line_ends_of_a_browser_are_no_change():
    assert compare("一行目\r\n二行目", "一行目\n二行目") == [
        [Piece("same", "一行目")],
        [Piece("same", "二行目")],
    ]


def test_only_a_line_end_divides_lines():
    assert len(compare("一\u2028二\x0c三", "一\u2028二\x0c三")) == 1


def test_the_lines_that_changed_are_shown_with_those_around_them():
    after = REPORT.replace("25日(日)", "24日(土)").replace("31か所", "32か所")

    assert [shown(line) for line in only_changes(compare(REPORT, after))] == [
        "# 防災訓練の報告",
        "8月[-25日(日-]{+24日(土+})、市の防災訓練に参加しました。"
        "避難所の受付を住民だけで開く、はじめての試みです。",
        "- 間仕切り 240張り",
        "…",
        "図書館の夜間開館については、来年3月末までに結論を出すとの答弁がありました。",
        "通学路の危ない場所は87か所あり、対策の済んだ場所は[-31-]{+32+}か所です。",
        "ご意見をお寄せください。",
    ]


def test_the_lines_that_changed_can_stand_alone():
    after = REPORT.replace("6台", "8台")

    assert [shown(line) for line in only_changes(compare(REPORT, after), around=0)] == [
        "…",
        "- 蓄電池 [-6-]{+8+}台",
        "…",
    ]


def test_nothing_is_shown_where_nothing_changed():
    assert only_changes(compare(REPORT, REPORT)) == []


def test_empty_lines_alone_are_no_change_to_show():
    assert only_changes(compare(REPORT, REPORT.replace("\n", "\n\n") + "\n")) == []


SCRAPS = [
    "市長", "が", "しました。", "。", "\n", "\r\n", "\n\n", "１２", "👪", "葛󠄀", "か\u3099", " ", "　", "バス", "|", "𠮷",
]  # fmt: skip


def edited(text, source):
    """Return the text after a few accidents: words typed, deleted, moved, doubled, lines divided."""
    for _ in range(source.randrange(1, 12)):
        start, end = sorted(source.choices(range(len(text) + 1), k=2))
        end = min(end, start + 40)
        middle = source.choice([source.choice(SCRAPS), "", text[start:end] * 2, text[:20]])
        text = text[:start] + middle + text[end:]
    return text


@pytest.mark.parametrize("effort", [comparison.EFFORT, 20_000, 500, 0])
def test_the_pieces_are_both_texts_whatever_was_edited(monkeypatch, effort):
    monkeypatch.setattr(comparison, "EFFORT", effort)
    source = random.Random(20240825)

    for _ in range(150):
        before = edited(REPORT, source)
        after = edited(source.choice([before, REPORT, ""]), source)
        lines = compare(before, after)

        assert texts(lines) == [text.replace("\r\n", "\n").split("\n") for text in (before, after)]
        assert all(piece.text for line in lines if len(line) > 1 for piece in line)
        assert not any(one.kind == two.kind for line in lines for one, two in pairwise(line))


KANJI, OTHER_KANJI = ("".join(map(chr, range(start, start + 3_000))) for start in (0x4E00, 0x6000))


def sentence(source, kanji=KANJI, words=10):
    """Return a made-up sentence, each word of two kanji and a kana."""
    names = source.choices(kanji, k=2 * words)
    return (
        "".join(names[n] + names[n + 1] + "のをにはが"[n % 5] for n in range(0, 2 * words, 2))
        + "。"
    )


def compared_soon(before, after):
    """Return the lines of a comparison that takes minutes without its limits."""
    start = time.process_time()
    lines = compare(before, after)

    assert time.process_time() - start < 10
    assert texts(lines) == [before.split("\n"), after.split("\n")]
    return lines


@pytest.mark.parametrize(("lines", "words"), [(1, 100_000), (300, 333), (30_000, 3)])
def test_long_texts_that_share_nothing_stand_one_after_the_other(lines, words):
    source = random.Random(1)
    before = "\n".join(sentence(source, KANJI, words) for _ in range(lines))
    after = "\n".join(sentence(source, OTHER_KANJI, words) for _ in range(lines))

    rows = compared_soon(before, after)

    assert {kind for row in rows for kind, _ in row} == {"removed", "added"}


@pytest.mark.parametrize("number", [9_700, 100])
def test_small_changes_to_a_line_of_any_length_are_found(number):
    source = random.Random(2)
    # A hundred sentences again and again, too, where no word stands once.
    stock = [sentence(source) for _ in range(number)]
    line = source.choices(stock, k=9_700)
    after = [
        *line[:40],
        "新しい文です。",
        *line[40:5_000],
        *line[5_001:-9],
        "直した文です。",
        *line[-8:],
    ]

    (pieces,) = compared_soon("".join(line), "".join(after))

    changes = "".join(shown([piece]) for piece in pieces if piece.kind != "same")
    assert changes == f"{{+新しい文です。+}}[-{line[5_000]}-][-{line[-9][:-1]}-]{{+直した文です+}}"


def test_twenty_thousand_lines_in_another_order_are_compared_soon():
    source = random.Random(3)
    lines = [sentence(source, words=4) for _ in range(20_000)]

    compared_soon("\n".join(lines), "\n".join(source.sample(lines, k=len(lines))))


def test_a_few_changes_among_twenty_thousand_lines_are_found():
    source = random.Random(4)
    lines = [sentence(source, words=4) for _ in range(20_000)]
    after = [*lines[:10], "新しい行", *lines[10:8_000], *lines[8_001:-1], lines[-1] + "続き。"]

    changes = only_changes(compared_soon("\n".join(lines), "\n".join(after)), around=0)

    assert [shown(line) for line in changes] == [
        "…", "{+新しい行+}", "…", f"[-{lines[8_000]}-]", "…", f"{lines[-1]}{{+続き。+}}",
    ]  # fmt: skip


def test_one_word_replaced_in_every_line_of_a_long_text_is_found():
    source = random.Random(5)
    lines = [sentence(source, words=30) + "子供へ" for _ in range(3_000)]
    after = ["はじめの行", *(line.replace("子供", "児童") for line in lines)]

    rows = compared_soon("\n".join(lines), "\n".join(after))

    assert shown(rows[0]) == "{+はじめの行+}"
    assert all(shown(row).endswith("。[-子供-]{+児童+}へ") for row in rows[1:])


def test_one_change_to_a_text_that_repeats_itself_is_found():
    text = "本日は防災訓練。" * 30_000

    (pieces,) = compared_soon(text, text[:80_000] + "明日は選挙。" + text[80_000:])

    assert [len(text) for _, text in pieces] == [80_000, 6, 160_000]


def test_a_block_that_moved_does_not_part_the_rest(monkeypatch):
    monkeypatch.setattr(comparison, "EFFORT", 0)
    source = random.Random(6)
    lines, new = ([sentence(source, kanji) for _ in range(100)] for kanji in (KANJI, OTHER_KANJI))
    # Now with new lines before all, and the block as far from the top as it was.
    after = [*new[:40], *lines[40:57], *new[40:], *lines[:40], *lines[57:]]

    rows = compare("\n".join(lines), "\n".join(after))

    assert [row[0].text for row in rows if row[0].kind == "removed"] == lines[40:57]


def test_what_stands_once_decides_in_a_long_text(monkeypatch):
    monkeypatch.setattr(comparison, "EFFORT", 0)

    assert shown_lines("前\n***\n本文\n***\n後", "先\n***\n***\n本文\n末") == [
        "[-前-]", "{+先+}", "{+***+}", "***", "本文", "[-***-]", "[-後-]", "{+末+}",
    ]  # fmt: skip


def test_lines_without_a_word_are_compared_soon():
    compared_soon("字\n" * 20_000, "\n" * 20_000)


def test_words_that_come_again_and_again_are_words_too():
    text = "はい、市長。" * 60

    assert shown_lines(text, "まず、" + text) == ["{+まず、+}" + text]


@pytest.mark.parametrize(
    ("length", "end"),
    [(2_000, ""), (320, "\n"), (320, "{}番")],
    ids=["line", "lines", "between words"],
)
def test_a_few_marks_repeated_are_compared_soon(length, end):
    # Nothing takes difflib longer: most of a minute for 2,000 marks.
    before, after = (
        "".join(marks * (length // len(marks)) + end.format(number) for number in range(150))
        for marks in ("、。", "、、。。")
    )

    compared_soon(before, after)
    compared_soon(before[:length], after[:length])


def test_a_template_marks_the_pieces_for_the_eye_and_the_ear():
    lines = [
        [Piece("same", "一行目")],
        [Piece("same", "")],
        None,
        [Piece("removed", "百二名"), Piece("added", "百十二名"), Piece("same", "が<b>")],
        [Piece("added", "新しい行")],
        [Piece("removed", "")],
    ]

    html = render_to_string("blog/_comparison.html", {"lines": lines})

    assert [line for line in html.splitlines() if line] == [
        '<div class="comparison">',
        "<p>一行目</p>",
        '<p class="comparison-gap">(中略)</p>',
        '<p><del><span class="visually-hidden">削除:</span>百二名</del>'
        '<ins><span class="visually-hidden">追加:</span>百十二名</ins>'
        '<span class="visually-hidden">(ここまで)</span>が&lt;b&gt;</p>',
        '<p><ins><span class="visually-hidden">追加:</span>新しい行</ins></p>',
        "</div>",
    ]
