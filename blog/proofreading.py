"""What is worth a second look before a report is published: slips that Japanese reports often have.

Plain Python: each rule takes the text and returns sentences for the writer. None of them forbids
anything.
"""

import datetime
import re
import unicodedata

from homepage.eras import ERAS

WEEKDAYS = "月火水木金土日"
ERA_NAMES = "|".join(name for _, name in ERAS)
DATE = re.compile(
    rf"(?:(?P<year>[0-9]{{4}})年|(?P<era>{ERA_NAMES})(?P<era_year>[0-9]{{1,2}}|元)年)?"
    r"(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日\s?\((?P<weekday>[月火水木金土日])(?:曜日?)?[・、)]"
)
YEAR = re.compile(
    rf"(?P<year>[0-9]{{4}})年?\s?\((?P<era>{ERA_NAMES})(?P<era_year>[0-9]{{1,2}}|元)年?\)"
    rf"|(?P<era2>{ERA_NAMES})(?P<era_year2>[0-9]{{1,2}}|元)年?\s?\((?P<year2>[0-9]{{4}})年?\)"
)
FROM_TODAY = re.compile("一昨日|昨日|昨夜|今朝|今日|本日|今夜|明日|明後日|先週|来週")
LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\(\s*<?([^)\s>]*)[^)\n]*\)")
EMPTY_WORDS = {"こちら", "こちらから", "ここ", "リンク", "詳細", "詳しくはこちら"}
HALF_WIDTH_KANA = re.compile("[ｦ-ﾟ]+")
# 生成A I, and a space left between two kana. Names keep theirs: 見本 花子, ジョン スミス.
STRAY_SPACE = re.compile(r"(?<![A-Za-z] )(?<![A-Za-z])[A-Z] [A-Z](?![A-Za-z])|[ぁ-ん] [ぁ-ん]")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
TELEPHONE = re.compile(r"(?<![0-9-])0[0-9]{1,4}[-(][0-9]{1,4}[-)][0-9]{3,4}(?![0-9-])")
LONG_PARAGRAPH = 400


def proofread(body, published_at, is_scheduled, contacts):
    """Return a sentence for each thing worth a look in a Markdown text, in the order of the rules.

    `published_at` tells the year of dates without one; `contacts` are the site's own e-mail address
    and telephone number.
    """
    # As the eye reads it: full-width figures and brackets are figures and brackets.
    text = unicodedata.normalize("NFKC", body)
    remarks = [
        *wrong_weekdays(text, published_at.date()),
        *wrong_era_years(text),
        *(words_from_today(text) if is_scheduled else []),
        *empty_links(text),
        *half_width_kana(body),
        *stray_spaces(text),
        *other_contacts(text, contacts),
        *long_paragraphs(text),
    ]
    return list(dict.fromkeys(remarks))


def wrong_weekdays(text, published_on):
    for match in DATE.finditer(text):
        day = _day(match, published_on)
        words = f"{text[match.start() : match.end('weekday')]})"
        if day is None:
            yield f"「{words}」という日はありません。"
        elif WEEKDAYS[day.weekday()] != match["weekday"]:
            right = WEEKDAYS[day.weekday()]
            yield f"「{words}」は、{day.year}年では{right}曜日です。"


def _day(match, published_on):
    """Return the day that is meant, or None where there is none; without a year, the nearest one."""
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        years = [int(match["year"])]
    elif match["era"]:
        years = [_western(match["era"], match["era_year"])]
    else:
        years = [published_on.year + step for step in (-1, 0, 1)]
    days = []
    for year in years:
        try:
            days.append(datetime.date(year, month, day))
        except ValueError:
            # 31 April, or 29 February of another year.
            continue
    return min(days, key=lambda each: abs(each - published_on), default=None)


def _western(era, era_year):
    first_day = next(first_day for first_day, name in ERAS if name == era)
    return first_day.year + (1 if era_year == "元" else int(era_year)) - 1


def wrong_era_years(text):
    for match in YEAR.finditer(text):
        year = int(match["year"] or match["year2"])
        era, era_year = match["era"] or match["era2"], match["era_year"] or match["era_year2"]
        if _western(era, era_year) != year:
            yield f"「{match[0]}」の西暦と和暦が合いません。"


def words_from_today(text):
    words = dict.fromkeys(FROM_TODAY.findall(text))
    if words:
        yield f"予約した報告に「{'」「'.join(words)}」があります。読まれる日から見て正しいか、ご確認ください。"


def empty_links(text):
    for words, address in LINK.findall(text):
        if not words.strip() or not address:
            yield f"「[{words}]({address})」は、言葉かアドレスのないリンクです。"
        elif words.strip() in EMPTY_WORDS:
            yield f"リンク「{words}」は、行き先の分かる言葉にすると親切です。"


def half_width_kana(text):
    for kana in HALF_WIDTH_KANA.findall(text):
        yield f"半角カナ「{kana}」は、「{unicodedata.normalize('NFKC', kana)}」にすると読みやすくなります。"


def stray_spaces(text):
    for words in STRAY_SPACE.findall(text):
        yield f"「{words}」の間に空白があります。"


def other_contacts(text, contacts):
    for found in [*EMAIL.findall(text), *TELEPHONE.findall(text)]:
        if _plain(found) not in {_plain(each) for each in contacts}:
            yield f"「{found}」は、このサイトの連絡先ではありません。載せてよいか、ご確認ください。"


def _plain(contact):
    return re.sub(r"[-()\s]", "", contact).lower()


def long_paragraphs(text):
    for paragraph in re.split(r"\n\s*\n", text):
        if len(paragraph) > LONG_PARAGRAPH and not paragraph.startswith(("|", "-", "*", "1.", ">")):
            yield f"「{paragraph[:15]}…」の段落は{len(paragraph)}字あります。分けると読みやすくなります。"
