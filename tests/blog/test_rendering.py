import random
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.utils.safestring import SafeString

from blog.rendering import at_heading_level, render

RUBY = "<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>"


def paragraph(html):
    return f"<p>{html}</p>"


def link(address, text=None):
    return f'<a href="{address}">{text or address}</a>'


@pytest.mark.parametrize("source", ["", " ", "\n\n", "　\n　", "\ufeff"])
def test_nothing_renders_to_nothing(source):
    assert render(source) == ("", "")


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_breaks_are_kept_and_an_empty_line_begins_a_paragraph(line_break):
    source = line_break.join(["春の", "報告", "", "夏の報告"])

    html = render(source).html

    assert html == "<p>春の<br>\n報告</p>\n<p>夏の報告</p>"


def test_a_line_with_only_a_full_width_space_is_an_empty_line():
    assert render("春\n　\n夏").html == "<p>春</p>\n<p>夏</p>"


@pytest.mark.parametrize("source", ["　春です。", "<p>　春です。</p>"])
def test_the_typed_indent_of_a_paragraph_is_removed(source):
    assert render(source).html == "<p>春です。</p>"


def test_an_indent_after_a_line_break_is_kept_as_the_style_sheet_adds_none_there():
    assert render("　春。\n　夏。").html == "<p>春。<br>\n　夏。</p>"


@pytest.mark.parametrize(("marker", "tag"), [("-", "ul"), ("*", "ul"), ("1.", "ol"), ("1)", "ol")])
def test_a_list_may_follow_a_line_directly(marker, tag):
    html = render(f"質問しました。\n{marker} 防災").html

    assert html == f"<p>質問しました。</p>\n<{tag}>\n<li>防災</li>\n</{tag}>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("2024. 4月", "<p>2024. 4月</p>"),
        ("春\n2024. 4月", "<p>春<br>\n2024. 4月</p>"),
        ("2024. 4月\n---", "<h2>2024. 4月</h2>"),
        ("1. 春\n\n2024. 4月", "<ol>\n<li>春</li>\n</ol>\n<p>2024. 4月</p>"),
        ("100. 春", '<ol start="100">\n<li>春</li>\n</ol>'),
    ],
    ids=["alone", "in a paragraph", "as a heading", "after a list", "not a year"],
)
def test_a_year_does_not_begin_a_list(source, expected):
    assert render(source).html == expected


def test_lines_with_japanese_bullets_are_lines():
    assert render("・防災\n・福祉").html == "<p>・防災<br>\n・福祉</p>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**「強調」**の", "<strong>「強調」</strong>の"),
        ("これは**「強調」**です", "これは<strong>「強調」</strong>です"),
        ("**強調。**続き", "<strong>強調。</strong>続き"),
        ("PTA**「強調」**の", "PTA<strong>「強調」</strong>の"),
        ("*強調*の", "<em>強調</em>の"),
        ("*（注）*を", "<em>（注）</em>を"),
        ("~~「削除」~~の", "<s>「削除」</s>の"),
        ("税は**10％**です", "税は<strong>10％</strong>です"),
        ("第**5**回", "第<strong>5</strong>回"),
        ("なぜ**今！？**なのか", "なぜ<strong>今！？</strong>なのか"),
        ("予算**(案)**を", "予算<strong>(案)</strong>を"),
        ("祝**🎉**です", "祝<strong>🎉</strong>です"),
        ("葛\U000e0100**(市)**の", "葛\U000e0100<strong>(市)</strong>の"),
        ("**{漢字|かんじ}**の", f"<strong>{RUBY}</strong>の"),
    ],
)
def test_emphasis_works_in_japanese_sentences(source, expected):
    assert render(source).html == paragraph(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a **b** c", "a <strong>b</strong> c"),
        ("a*b*c", "a<em>b</em>c"),
        ("a**(b)**c", "a**(b)**c"),
        ("a * b * c", "a * b * c"),
        ("春** 夏 **秋", "春** 夏 **秋"),
        ("snake_case_name", "snake_case_name"),
        ("_a_ (_b_)", "<em>a</em> (<em>b</em>)"),
        ("_a_b_", "<em>a_b</em>"),
        ("a_b_", "a_b_"),
        ("-_(b)_", "-<em>(b)</em>"),
    ],
)
def test_emphasis_is_otherwise_that_of_commonmark(source, expected):
    assert render(source).html == paragraph(expected)


@pytest.mark.parametrize("product", ["5*3*2", "５*３*２", "5**3**2"])
def test_a_product_is_not_emphasis(product):
    assert render(product).html == paragraph(product)


@pytest.mark.parametrize("source", ["{漢字|かんじ}", "{漢字｜かんじ}"])
def test_furigana_is_ruby(source):
    assert render(source) == (paragraph(RUBY), "漢字（かんじ）")


@pytest.mark.parametrize(
    "source",
    ["{|かんじ}", "{漢字|}", "{ |かんじ}", "{漢字| }", "{漢字}", "{漢字｜かん｜じ}"],
)
def test_furigana_of_other_than_two_parts_is_text(source):
    assert render(source).html == paragraph(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{漢字\n|かんじ}", "{漢字<br>\n|かんじ}"),
        (r"\{漢字|かんじ}", "{漢字|かんじ}"),
        ("`{漢字|かんじ}`", "<code>{漢字|かんじ}</code>"),
        ("{春{漢字|かんじ}|はる}", "{春" + RUBY + "|はる}"),
    ],
    ids=["across lines", "escaped", "code", "nested"],
)
def test_furigana_stays_in_its_place(source, expected):
    assert render(source).html == paragraph(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://example.jp/です。", link("https://example.jp/") + "です。"),
        ("詳細はhttps://example.jp/。", f"詳細は{link('https://example.jp/')}。"),
        ("(http://example.jp/)", f"({link('http://example.jp/')})"),
        ("https://a.jp/x_(y)).", link("https://a.jp/x_(y)") + ")."),
        ("https://a.jp/?!.,;:'", link("https://a.jp/") + "?!.,;:'"),
        ('"https://a.jp/"', f'"{link("https://a.jp/")}"'),
        ("**https://a.jp/**へ", f"<strong>{link('https://a.jp/')}</strong>へ"),
        (
            "https://a.jp/a_b_c?x=1&y=2#z",
            link("https://a.jp/a_b_c?x=1&amp;y=2#z"),
        ),
        ("Https://a.jp", link("Https://a.jp")),
        ("xhttps://a.jp https://。", "xhttps://a.jp https://。"),
        (
            "宛先はa_b@example.jp。",
            f"宛先は{link('mailto:a_b@example.jp', 'a_b@example.jp')}。",
        ),
        ("a@b@example.jp 山田@example", "a@b@example.jp 山田@example"),
    ],
)
def test_bare_addresses_become_links_without_the_sentence_around_them(source, expected):
    assert render(source).html == paragraph(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<https://a.jp>", link("https://a.jp")),
        ("[春](https://a.jp 'はる')", '<a href="https://a.jp" title="はる">春</a>'),
        ("[https://a.jp](/b)", link("/b", "https://a.jp")),
        ('<a href="/b">https://a.jp</a>', link("/b", "https://a.jp")),
        ("`https://a.jp`", "<code>https://a.jp</code>"),
        ("[電話](tel:0312345678)", link("tel:0312345678", "電話")),
    ],
)
def test_links_and_code_keep_the_addresses_in_them(source, expected):
    assert render(source).html == paragraph(expected)


def test_a_table_scrolls_sideways_and_is_aligned_by_classes():
    source = "|費目|額|備考|率|\n|:-|-:|:-:|-|\n|{漢字｜かんじ}|1|2|3|"

    html, text = render(source)

    assert html.startswith(
        '<div class="table" role="group" aria-label="表" tabindex="0"><table>\n<thead>'
    )
    assert html.endswith("</tbody>\n</table></div>")
    assert f'<td class="align-left">{RUBY}</td>' in html
    assert '<th class="align-right">額</th>' in html
    assert '<td class="align-center">2</td>' in html
    assert "<td>3</td>" in html
    assert text == "費目 額 備考 率\n漢字（かんじ） 1 2 3"


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# 一\n## 二", "23"),
        ("## 一\n### 二", "23"),
        ("### 一\n# 二\n### 三", "424"),
        ("#### 一", "2"),
        ("# 一\n###### 六", "26"),
        ("<h1>一</h1>\n\n## 二", "23"),
    ],
)
def test_the_highest_heading_becomes_h2_and_the_others_keep_their_distance(source, levels):
    assert "".join(re.findall(r"<h(\d)>", render(source).html)) == levels


def test_headings_move_below_the_title_of_a_report_in_a_list():
    html = render("# 一\n## 二\n###### 六").html

    moved = at_heading_level(html, 3)

    assert moved == "<h3>一</h3>\n<h4>二</h4>\n<h6>六</h6>"
    assert isinstance(moved, SafeString)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("春<script>alert(1)</SCRIPT>夏", paragraph("春夏")),
        ("春<STYLE>p {}</STYLE >夏", paragraph("春夏")),
        ("春<!-- 夏 -->秋", paragraph("春秋")),
        ('<p id="a" class="b" style="c" onclick="d" title="e">春</p>', paragraph("春")),
        ("<form><input>春<button>夏</button></form>", "春夏"),
        ('<iframe src="/"></iframe>春', "春"),
        ('<svg onload="a"><math><object data="b">春', paragraph("春")),
        ('<video src="a">春</video>', paragraph("春")),
        ("春![写真](/a.jpg)夏<img src=b onerror=c>", paragraph("春夏")),
        ("![写真](/a.jpg)\n\n![写真](/b.jpg)\n春", paragraph("春")),
        ("```html\n<script>\n```", "<pre><code>&lt;script&gt;\n</code></pre>"),
    ],
)
def test_what_is_not_allowed_is_removed(source, expected):
    assert render(source).html == expected


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "&#x6A;avascript&colon;alert(1)",
        "data:text/html,a",
        "vbscript:a",
        "foo:a",
    ],
)
@pytest.mark.parametrize("form", ["[春]({})", '<a href="{}">春</a>'])
def test_a_link_that_is_not_allowed_leaves_its_text(form, address):
    assert render(form.format(address)).html == paragraph("<a>春</a>")


@pytest.mark.parametrize("reference", ["&#1;", "&#10;", "&Tab;", "&#x202e;"])
def test_an_invisible_character_does_not_smuggle_a_script_into_a_link(reference):
    source = f'<a href="java{reference}script:alert(1)">春</a>'

    assert render(source).html == paragraph("<a>春</a>")


@pytest.mark.parametrize(
    "opener",
    [
        *("div", "b", "textarea", "title", "plaintext", "select", "template", "iframe"),
        *("xmp", "noscript", "svg", "script", "style"),
    ],
)
def test_an_unclosed_opener_hides_nothing_of_the_report(opener):
    html = render(f"春<{opener}>\n\n# 夏\n\n**秋**").html

    assert html == "<p>春</p>\n<h2>夏</h2>\n<p><strong>秋</strong></p>"


@pytest.mark.parametrize("opener", ["<script>", "<style>", "<!--", "<textarea>"])
def test_alone_on_its_line_an_unclosed_opener_only_costs_the_markdown_below(opener):
    assert render(f"春\n\n{opener}\n\n**秋**").text == "春\n**秋**"


def test_an_unclosed_quotation_mark_in_a_tag_hides_the_text_up_to_the_next_one():
    source = '春\n\n<div class="夏>\n\n秋\n\n<p title="">冬</p>'

    assert render(source).text == "春\n冬"


@pytest.mark.parametrize("source", ["<b>春", "</div></p>春", '<table><tr><td title="春'])
def test_no_tag_stays_open(source):
    assert_well_formed(render(source).html)


@pytest.mark.parametrize(
    "invisible",
    ["\0", "\x1b", "\x7f", "\u202e", "\u2066", "\ufeff", "&#x202e;"],
    ids=ascii,
)
def test_characters_that_cannot_be_stored_or_deceive_are_removed(invisible):
    assert render(f"春{invisible}夏") == (paragraph("春夏"), "春夏")


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_joined():
    assert render("\ud800 \ud83d\ude00").text == "\ufffd 😀"


def test_plain_text_has_one_line_per_block_without_markup():
    source = (
        "# **春**の報告\n\n一行目\n二行目　[県](https://a.jp) &amp; `<b>`\n\n"
        "- 防災\n  - 避難所\n\n> 引用\n\n<ruby>漢字<rt>かんじ</rt></ruby> 1 < 2\n\n"
        "<p>三<br>四</p><table><tr><td>五</td><td>六</td></tr></table>"
    )

    lines = render(source).text.split("\n")

    assert lines == [
        "春の報告",
        "一行目 二行目 県 & <b>",
        "防災",
        "避難所",
        "引用",
        "漢字（かんじ） 1 < 2",
        "三 四",
        "五 六",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        *("*", "_", "[", "![", "{", "<", "`", ">", "> ", "- ", "|", "~~", "{a|", "*a_"),
        *(
            "|a\n|-\n",
            "[a](",
            "http://",
            "http://a(",
            "a@",
            "a.",
            "<!--",
            "<a ",
            "&#1;",
        ),
        *("<div>", "<ul><li>", "<sub></sup>", "<rp>", "<script>", "<textarea>\n"),
    ],
)
def test_long_nonsense_renders_to_well_formed_html(piece):
    assert_well_formed(render(piece * 5_000).html)


def test_deep_lists_and_quotations_keep_their_first_levels():
    items = "\n".join("  " * depth + "- 春" for depth in range(200))

    text = render(items + "\n\n" + "> " * 200 + "夏").text

    assert text.startswith("春\n春\n春")


def test_thousands_of_nested_tags_become_a_hundred():
    source = "春" + "</sub>" * 50 + "<sub>" * 5_000

    assert render(source).html.count("<sub>") == 100


@pytest.mark.parametrize("piece", ["<sub>2</sub>", "<p>春"])
def test_tags_that_are_not_nested_may_be_many(piece):
    assert render(piece * 500).html.count(piece) == 500


FRAGMENTS = [
    *("<p>", "</p>", "<table>", "<td>", "<a href=", "</a>", "<ruby>", "<rt>", "<h1>"),
    *("<li>", "<pre>", "<b onclick=x>", "<p style=x>", "<img src=x onerror=y>"),
    *(
        "<script>",
        "</script>",
        "<style>",
        "<svg>",
        "<math>",
        "<!--",
        "-->",
        "<![CDATA[",
    ),
    *("javascript:x", "&#1;", "&lt;script", "<scr", "ipt>", '"', "'", "`", "**", "~~"),
    *(
        "{春|はる}",
        "https://a.jp/(",
        "a@a.jp",
        "[春](",
        "![春](",
        ")",
        "]",
        "|a\n|-:\n",
    ),
    *("\n", "\n\n", "- ", "> ", "# ", "1. ", "\0", "\ud800", "\u202e", "。", "　"),
]


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_typed_gives_safe_and_well_formed_html(seed):
    chance = random.Random(seed)
    for _ in range(50):
        source = "".join(chance.choices(FRAGMENTS, k=chance.randint(1, 25)))

        html = render(source).html

        assert "<script" not in html, ascii(source)
        assert_well_formed(html, ascii(source))


ALLOWED_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"class"},
    "td": {"class"},
    "div": {"class", "role", "aria-label", "tabindex"},
}


def assert_well_formed(html, message=None):
    """Assert that tags and attributes are ours, nested well and closed."""
    checker = Checker(html)
    assert checker.problems == [], message
    assert checker.open_tags == [], message


class Checker(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.open_tags, self.problems = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        if not re.fullmatch(
            "p|br|hr|h[2-6]|strong|em|s|del|su[bp]|ul|ol|li|blockquote|pre|code|a"
            "|table|thead|tbody|tr|t[hd]|ruby|r[tp]|div",
            tag,
        ):
            self.problems.append(tag)
        for name, value in attributes:
            if name not in ALLOWED_ATTRIBUTES.get(tag, ()) or "script:" in value:
                self.problems.append(f"{tag} {name}={value}")
        if tag not in ("br", "hr"):
            self.open_tags.append(tag)

    def handle_endtag(self, tag):
        if not self.open_tags or self.open_tags.pop() != tag:
            self.problems.append(f"/{tag}")


def test_only_reports_and_structured_data_are_trusted_as_html():
    files = [
        path
        for folder in ("blog", "homepage", "templates")
        for path in (settings.BASE_DIR / folder).rglob("*")
        # Mails are plain text.
        if path.is_file() and "email" not in path.parts
    ]
    trust = re.compile(rb"mark_safe\(|SafeString\(|\|safe\b|autoescape off")

    trusting = {path.name for path in files if trust.search(path.read_bytes())}

    assert trusting == {"rendering.py", "sharing.py"}
