"""What is worth a second look before a report is published: slips that Japanese reports often have.

Plain Python, rule by rule: each takes the text and yields sentences for the writer. None of them
forbids anything, and where a rule cannot be sure it is silent. No pattern may look further ahead
than to the next character of its own kind, or than it counts: no text makes one slow.
"""

import datetime
import re
import string
import unicodedata

from homepage.eras import ERAS, FIRST_DAY, era_year

from .markdown_rules import RUBY

# More than that nobody reads at once; the others are named when the first are mended.
MOST_REMARKS = 30
LONGEST_QUOTE = 30

# An unclosed fence lasts to the end, as in Markdown.
CODE = re.compile(r"^(```|~~~).*?(?:^\1|\Z)|`[^`\n]+`", re.DOTALL | re.MULTILINE)
TARGET = r"\(\s*<?(?P<address>(?:[^()\s<>]|\([^()\s<>]*\))*)>?[^()\n]*\)"
LINK_TARGET = re.compile(rf"(?<=\]){TARGET}")
URL = re.compile(r"[Hh]ttps?://[^\s<>()\u0100-\uffff]*")
# Not those with an @: mail is found in <mihon@example.jp> and in href="mailto:…".
HTML_TAG = re.compile(r"</?[A-Za-z][^<>@]*>")
# Stands where something was, so that the words around it do not meet.
HOLE = "\ufffc"


def proofread(body, published_at, is_scheduled, contacts, undescribed=()):
    """Return a sentence for each thing worth a look in a Markdown text, in the order of the rules.

    `published_at` tells the year of dates without one; `contacts` are the site's own e-mail address
    and telephone number; `undescribed` are the numbers of the photos that the library has no words
    for.
    """
    source = CODE.sub(HOLE, body)
    words = words_of(source)
    # As the eye reads it: full-width figures and brackets are figures and brackets.
    text = unicodedata.normalize("NFKC", words)
    remarks = [
        *wrong_weekdays(text, published_at.date()),
        *years_that_disagree(text),
        *eras_that_had_ended(text),
        *(words_from_today(text) if is_scheduled else []),
        *missing_descriptions(source, undescribed),
        *poor_links(source),
        *half_width_kana(words),
        *stray_spaces(text),
        *other_contacts(text, contacts),
        *long_paragraphs(words),
    ]
    return list(dict.fromkeys(remarks))[:MOST_REMARKS]


def words_of(source):
    """Return the text as it is read, line by line: without addresses, tags, readings and bold."""
    text = LINK_TARGET.sub(_without_address, source)
    text = HTML_TAG.sub(HOLE, URL.sub(HOLE, text))
    text = RUBY.sub(r"\1", text)
    return text.replace("**", "").replace("~~", "")


def _without_address(target):
    # What a reader's telephone or mail will use is read as if it were written.
    is_contact = target["address"].startswith(("mailto:", "tel:"))
    return HOLE + target["address"] + HOLE if is_contact else HOLE


def short(words):
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE]}…"


# Weekdays

WEEKDAYS = "月火水木金土日"
ERA_NAMES = {name: first_day for first_day, name in ERAS}
LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}
ERA = rf"(?:{'|'.join(ERA_NAMES)}|(?<![A-Za-z0-9])[{''.join(LETTERS)}])"
ERA_YEAR = r"(?:[0-9]{1,2}(?![0-9])|元)"
WESTERN_YEAR = r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
FROM_THIS_YEAR = {
    **{"一昨年": -2, "昨年": -1, "去年": -1, "今年": 0, "本年": 0},
    **{"再来年": 2, "来年": 1},
}
# A year, or a day with its weekday.
YEAR_OR_DAY = re.compile(
    rf"""
    (?: (?P<year>{WESTERN_YEAR}) | (?P<era>{ERA})(?P<era_year>{ERA_YEAR}) )
    (?: [ ]?年(?P<is_fiscal>度)?\)?の?[ ]? | [/.-](?=[0-9]) )
    |
    (?P<from_this_year>{"|".join(FROM_THIS_YEAR)})(?!度)の?
    |
    (?: (?<![0-9])(?P<month>[0-9]{{1,2}})[ ]?[月/.-][ ]? )?
    (?<![0-9])(?P<day>[0-9]{{1,2}})[ ]?日?[ ]?
    (?:
        # Not (土・日), which is said of two days, nor (日中).
        [(\[〔【](?P<in_brackets>[{WEEKDAYS}])(?:曜日?)?(?![・、,/~〜-]?[{WEEKDAYS}])
        (?:[・、,/祝振休][^()\[\]〔〕【】\n]{{0,12}})?[)\]〕】]
        |
        (?:(?<=日)[のは]?|(?<=日[ ]))(?P<in_words>[{WEEKDAYS}])曜日?
    )
    """,
    re.VERBOSE,
)
SURELY_NEAR = datetime.timedelta(days=90)
# 8月24日(土)・25日(日): the second is a day of the same month.
BETWEEN_DAYS = re.compile("[ ・、,と~〜/-]{1,3}|から|及び|および")


def wrong_weekdays(text, published_on):
    """Yield the days that do not fall on their weekday.

    A day without a year is one of the nearest year, or of the year that was named last.
    """
    year = month = day = None
    day_end = 0
    for match in YEAR_OR_DAY.finditer(text):
        if not match["day"]:
            year = match
            continue
        if match["month"]:
            month = int(match["month"])
            has_year = year is not None and year.end() == match.start()
            start = year.start() if has_year else match.start()
        else:
            follows = month and BETWEEN_DAYS.fullmatch(text, day_end, match.start())
            if not follows or int(match["day"]) <= day:
                continue
            start = match.start()
        day, day_end = int(match["day"]), match.end()

        days = [] if has_year else _days_near(published_on, month, day)
        if year and (of_year := _day(_western_year(year, month, published_on), month, day)):
            days.append(of_year)
        weekday = WEEKDAYS.index(match["in_brackets"] or match["in_words"])
        if not days:
            yield f"「{text[start:day_end]}」という日はありません。日付をお確かめください。"
        elif weekday not in {each.weekday() for each in days}:
            right = WEEKDAYS[days[0].weekday()]
            yield (
                f"「{text[start:day_end]}」は、{days[0].year}年では{right}曜日です。"
                "日付か曜日をお直しください。"
            )


def _western_year(match, month, published_on):
    if match["from_this_year"]:
        return published_on.year + FROM_THIS_YEAR[match["from_this_year"]]
    year = int(match["year"] or 0) or _western(match["era"], match["era_year"])
    # 令和6年度 ends in March of the year after.
    return year + 1 if match["is_fiscal"] and month <= 3 else year


def _western(era, year):
    first_day = ERA_NAMES[LETTERS.get(era, era)]
    return first_day.year + (1 if year == "元" else int(year)) - 1


def _day(year, month, day):
    """Return the day, or None where there is none: 31 April, or 29 February of most years."""
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _days_near(published_on, month, day):
    """Return which days may be meant, the nearest first.

    In July, 1月9日 may be the one of the same year, though the next one is nearer.
    """
    years = (published_on.year + step for step in (-1, 0, 1))
    days = [each for year in years if (each := _day(year, month, day))]
    days.sort(key=lambda each: abs(each - published_on))
    if days and abs(days[0] - published_on) <= SURELY_NEAR:
        return days[:1]
    return days[:1] + [each for each in days[1:] if each.year == published_on.year]


# 令和 and 西暦

REST_OF_DATE = r"(?:年度|年?(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?)"
TWO_YEARS = re.compile(
    rf"(?P<year>{WESTERN_YEAR}){REST_OF_DATE} ?[(/](?P<era>{ERA})(?P<era_year>{ERA_YEAR})"
    r"(?:年?度?\)(?:年度?)?|年度?(?=[^0-9)]|\Z))"
    rf"|(?P<era2>{ERA})(?P<era_year2>{ERA_YEAR}){REST_OF_DATE} ?[(/](?:西暦)?(?P<year2>{WESTERN_YEAR})"
    r"(?:年?度?\)(?:年度?)?|年度?(?=[^0-9)]|\Z))"
)
# How far it is told: a year, a month, a day. Plans keep their names: 平成35年度.
ERA_DATE = re.compile(
    rf"(?P<era>{'|'.join(ERA_NAMES)})(?P<year>{ERA_YEAR})"
    r"(?:年(?!度)|[./](?=[0-9]))(?:(?P<month>[0-9]{1,2})[月./](?:(?P<day>[0-9]{1,2})日?)?)?"
)


def years_that_disagree(text):
    for match in TWO_YEARS.finditer(text):
        year = int(match["year"] or match["year2"])
        era, number = match["era"] or match["era2"], match["era_year"] or match["era_year2"]
        if _western(era, number) != year:
            yield f"「{match[0]}」の西暦と和暦が合いません。どちらかをお直しください。"


def eras_that_had_ended(text):
    # Each is judged once, however often it is written.
    for match in {each[0]: each for each in ERA_DATE.finditer(text)}.values():
        year = _western(match["era"], match["year"])
        first = _day(year, int(match["month"] or 1), int(match["day"] or 1))
        last = _day(year, int(match["month"] or 12), int(match["day"] or 28))
        if not first or not last:
            continue
        right = [era_year(max(each, FIRST_DAY)) for each in (first, last)]
        number = "元" if match["year"] == "元" or int(match["year"]) == 1 else int(match["year"])
        if f"{match['era']}{number}年" not in right:
            yield f"「{match[0]}」は、{right[0]}です。元号をお確かめください。"


# 昨日 and 明日

# 「明日の見本市を考える会」 is a name, and 「明日も来ます」 was said on another day.
QUOTED = re.compile(r"「[^「」\n]{0,60}」|『[^『』\n]{0,60}』")
FROM_TODAY = re.compile(
    "一昨日|昨日|昨夜|昨晩|今朝|今日(?!的)|本日|今夜|今晩|明日(?![香葉])|明朝|明晩|明後日|(?<!優)先日"
    "|先々週|(?<!優)先週|今週|再来週|来週|(?<![ぁ-ん])(?:おととい|きのう|けさ|きょう|あす|あした|あさって)"
    "(?=[はものにへ、。\n一-龯]|から|まで)"
)


def words_from_today(text):
    words = dict.fromkeys(FROM_TODAY.findall(QUOTED.sub(HOLE, text)))
    if words:
        yield (
            f"予約した報告に「{'」「'.join(words)}」があります。"
            "読まれる日から見て正しいか、ご確認ください。"
        )


# Photos

IMAGE = re.compile(r"!\[(?P<alt>[^\[\]\n]*)\]\(\s*<?photo-(?P<number>[1-9][0-9]{0,8})\b")
HTML_IMAGE = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
HTML_SOURCE = re.compile(r"\bsrc\s?=\s?[\"']?photo-([1-9][0-9]{0,8})\b", re.IGNORECASE)
HTML_ALT = re.compile(r"\balt\s?=\s?(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
# What a camera calls a picture, or a hand in a hurry.
NO_DESCRIPTION = re.compile(
    r"(?:写真|画像|photo|picture|image|img|dscn?)[\W\d_]{0,20}(?:jpe?g|png|heic)?", re.IGNORECASE
)


def missing_descriptions(source, undescribed):
    """Yield the photos that say nothing to who cannot see them.

    Words in the text stand before those of the library, also on the page.
    """
    for number, alt in _photos(source):
        if not alt:
            if number in undescribed:
                yield (
                    f"「photo-{number}」は、説明のない写真です。"
                    "本文の下の「写真の説明」にお書きください。"
                )
        elif NO_DESCRIPTION.fullmatch(unicodedata.normalize("NFKC", alt)):
            yield (
                f"「photo-{number}」の説明「{short(alt)}」からは、写っているものが分かりません。"
                "見えない人に伝わる言葉にしてください。"
            )


def _photos(source):
    """Yield the number and the words of each photo that the text shows."""
    for match in IMAGE.finditer(source):
        yield int(match["number"]), match["alt"].strip()
    for match in HTML_IMAGE.finditer(source):
        if shown := HTML_SOURCE.search(match[1]):
            alt = HTML_ALT.search(match[1])
            yield int(shown[1]), (alt[1] or alt[2] or "").strip() if alt else ""


# Links

LINK = re.compile(rf"(?<!!)\[(?P<words>[^\[\]\n]*)\]{TARGET}")
HTML_LINK = re.compile(r"<a\b(?P<attributes>[^<>]*)>(?P<words>[^<>]*)</a>", re.IGNORECASE)
HREF = re.compile(r"\bhref\s?=\s?[\"']?([^\"'\s]*)", re.IGNORECASE)
# "#" leads to where the reader is, and the beginning of an address nowhere.
NOWHERE = {"", "#", "http://", "https://", "mailto:", "tel:"}
# Without brackets, arrows and spaces, which are taken off before.
SAYS_NOTHING = re.compile(
    "(?:(?:もっと)?(?:詳しく|くわしく|詳細|続き|リンク)は)?(?:こちら|コチラ|ここ|ココ)"
    "(?:から|へ|まで|です|のページ|のリンク)?"
    "(?:を(?:ご覧ください|クリック|タップ|クリックしてください|タップしてください))?"
    "|(?:もっと)?(?:詳しく|くわしく|詳細|続き)(?:は|を読む|を見る|ページ)?|もっと見る"
    "|これ|このページ|リンク先?|クリック|タップ|(?:click)?here|link|url|(?:read)?more|"
)


def poor_links(source):
    for written, words, address in _links(source):
        if not words.strip():
            yield (
                f"「{short(written)}」は、言葉のないリンクです。"
                "行き先の分かる言葉を入れるか、リンクを消してください。"
            )
        elif address in NOWHERE:
            yield (
                f"「{short(written)}」は、行き先のないリンクです。"
                "アドレスを入れるか、リンクを消してください。"
            )
        elif SAYS_NOTHING.fullmatch(_letters(words)):
            yield f"リンク「{short(words)}」は、行き先の分かる言葉にすると親切です。"


def _links(source):
    for match in LINK.finditer(source):
        yield match[0], match["words"], match["address"]
    for match in HTML_LINK.finditer(source):
        href = HREF.search(match["attributes"])
        yield match[0], match["words"], href[1] if href else ""


def _letters(words):
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", words)).lower()


# Half-width kana

HALF_WIDTH_KANA = re.compile("[ｦ-ﾝ][｡-ﾟ]*")


def half_width_kana(words):
    for kana in HALF_WIDTH_KANA.findall(words):
        full = unicodedata.normalize("NFKC", kana)
        yield f"半角カナ「{short(kana)}」は、「{short(full)}」にすると読みやすくなります。"


# Stray spaces

# 生成A I, but not A社 B社, Plan A B or the A in front of AB.
LETTERS_APART = (
    r"(?<![A-Za-z0-9])(?<![A-Za-z0-9,.'&-] )[A-Z](?: {1,2}[A-Z]){1,9}(?![A-Za-z0-9]| [A-Za-z])"
)
# No word begins with these: small kana, the long vowel, ん, the particle を, ました.
NO_BEGINNING = (
    "[ぁ-んァ-ヶ一-龯]{1,3} {1,2}"
    "(?:ました|ません|[ぁぃぅぇぉっゃゅょんァィゥェォッャュョンーを][ぁ-んァ-ヶー]?)"
)
# Whether a space is a slip, only the word itself can tell: 見本 花子 and 春 夏 秋 冬 keep theirs.
# So these are words of reports, and those that notices stretch (日　時), which are then read aloud
# as two (WCAG failure F32).
SPACELESS = """
    お知らせ 報告 日時 場所 会場 主催 定員 対象 内容 費用 住所 電話 日程 議題 持ち物 申し込み 問い合わせ
    活動報告 一般質問 代表質問 定例会 臨時会 本会議 委員会 議員 議会 議案 条例 予算 決算 市長 市民 市政
    自治会 自治体 町内会 行政 防災 避難所 献血 福祉 介護 教育 子育て 子ども 通学路 学校 図書館 公民館
    視察 研修 勉強会 取り組み 取組 皆さん 皆様 まちづくり デジタル
    ありがとう ございます ございました お願い よろしく いただき おります しました ください
"""
ENDINGS = "ました ません ましょう でした です ます"


def _with_spaces(words):
    """Return a pattern of the words, the longest first, with spaces anywhere within them."""
    return "|".join(" {0,3}".join(word) for word in sorted(words.split(), key=len, reverse=True))


# Not cut out of others: 見本市 長寿会.
WORDS_APART = (
    rf"(?:{_with_spaces(SPACELESS)})(?![一-龯])"
    rf"|(?<=[ぁ-ん一-龯])(?:{_with_spaces(ENDINGS)})(?=[。、!?\n]|\Z)"
)
# In one pattern, so that one space is named once.
APART = re.compile(f"{LETTERS_APART}|{NO_BEGINNING}|{WORDS_APART}")


def stray_spaces(text):
    for words in APART.findall(text):
        # A B C is a list.
        is_list = string.ascii_uppercase.startswith(words.replace(" ", ""))
        if " " in words and not is_list:
            yield f"「{words}」の間に空白があります。一つの言葉なら、空白を消してください。"


# Telephone numbers and e-mail addresses

EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}(?:@| ?[(\[]at[)\]] ?)"
    r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}"
)
# Japanese keyboards have many dashes, the long vowel among them.
SEPARATOR = "[-ー−‐–—― ()]{1,3}"
TELEPHONE = re.compile(
    r"(?<![0-9〒.,-])"
    rf"(?:(?:\+81[- ]?(?:\(0\))?[- ]?[0-9]{{1,4}}|\(?0[0-9]{{1,4}})(?:{SEPARATOR}[0-9]{{1,4}}){{2}}"
    r"|(?:\+81|0)[0-9]{9,10})(?![0-9-])"
)


def other_contacts(text, contacts):
    own = _contacts("\n".join(contacts))
    for contact, written in _contacts(text).items():
        if contact not in own:
            yield f"「{short(written)}」は、このサイトの連絡先ではありません。載せてよいか、ご確認ください。"


def _contacts(text):
    """Return {contact: as it was first written}."""
    found = {}
    text = unicodedata.normalize("NFKC", text)
    for written in EMAIL.findall(text):
        found.setdefault(re.sub(r" ?\Wat\W ?", "@", written).lower(), written)
    for written in TELEPHONE.findall(text):
        number = re.sub(r"[^0-9]", "", written.replace("(0)", ""))
        number = re.sub("^81", "0", number)
        # Dates and numbers of files have fewer.
        if len(number) in (10, 11):
            found.setdefault(number, written)
    return found


# Long paragraphs

LONG_PARAGRAPH = 400
BEFORE_WORDS = re.compile(r"(?:[ \t>#*+-]|[0-9]{1,3}[.)] ){0,20}")


def long_paragraphs(words):
    """Yield the paragraphs that are hard to read; to the eye each line is one, as on the page."""
    for line in words.splitlines():
        line = line[BEFORE_WORDS.match(line).end() :].replace(HOLE, "")
        if len(line) > LONG_PARAGRAPH and not line.startswith("|"):
            yield f"「{line[:15]}…」の段落は{len(line)}字あります。分けると読みやすくなります。"
