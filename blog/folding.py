"""One spelling for all the ways of writing a word, so that search finds each by any other.

What is folded is for comparing alone: nobody reads it.
"""

import functools
import re
import unicodedata
from typing import NamedTuple

from homepage import eras
from homepage.invisible import INVISIBLE

from .tags.names import names_in

# Forms of one character as names and old papers have them, the usual one first: from the old forms
# in the list of characters for common use (常用漢字表, 2010), and from family names.
VARIANTS = """
亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 稲稻 飲飮 隠隱 栄榮 営營 衛衞 駅驛 円圓
塩鹽 縁緣 艶艷 応應 欧歐 殴毆 桜櫻 奥奧 横橫 温溫 穏穩 仮假 価價 画畫 会會
壊壞 懐懷 絵繪 概槪 拡擴 殻殼 覚覺 学學 岳嶽 楽樂 渇渴 巻卷 陥陷 勧勸 寛寬
関關 歓歡 観觀 顔顏 気氣 帰歸 偽僞 戯戲 犠犧 旧舊 拠據 挙擧 虚虛 峡峽 挟挾
狭狹 郷鄕 暁曉 区區 駆驅 勲勳 薫薰 径徑 茎莖 恵惠 掲揭 渓溪 経經 蛍螢 軽輕
継繼 鶏鷄 芸藝 撃擊 欠缺 研硏 県縣 倹儉 剣劍劔劒 険險 圏圈 検檢 献獻 権權 顕顯
験驗 厳嚴 広廣 効效 恒恆 黄黃 鉱鑛 号號 国國 黒黑 砕碎 済濟 斎斉齋齊斊 剤劑
歳歲 雑雜 参參 桟棧 蚕蠶 惨慘 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 写寫
釈釋 寿壽 収收 従從 渋澁 獣獸 縦縱 粛肅 処處 緒緖 叙敍 将將 称稱 渉涉 焼燒
証證 奨奬獎 条條 状狀 乗乘 浄淨 剰剩 畳疊 縄繩 壌壤 嬢孃 譲讓 醸釀 触觸 嘱囑
真眞 寝寢 慎愼 尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 静靜
窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛 繊纖 禅禪 双雙 壮壯 争爭 荘莊 捜搜
挿插 巣巢 曽曾 痩瘦 装裝 総總 騒騷 増增 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對
体體 帯帶 滞滯 台臺 滝瀧 択擇 沢澤 担擔 単單 胆膽 団團 断斷 弾彈 遅遲 痴癡
虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞 鉄鐵 点點 転轉 伝傳 灯燈 当當
党黨 盗盜 闘鬭 徳德 独獨 読讀 届屆 弐貳 悩惱 脳腦 覇霸 拝拜 廃廢 売賣 麦麥
発發 髪髮 抜拔 晩晚 蛮蠻 秘祕 浜濱濵 瓶甁 払拂 仏佛 併倂 並竝 餅餠 辺邊邉 変變
弁辨瓣辯 歩步 宝寶 豊豐 褒襃 翻飜 毎每 万萬 満滿 麺麵 黙默 訳譯 薬藥 与與 予豫
余餘 誉譽 揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 涙淚 塁壘
礼禮 励勵 戻戾 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 郎郞 楼樓 録錄 湾灣
高髙 崎﨑嵜碕 吉𠮷 島嶋嶌 富冨 峰峯 淵渕渊 藪薮 桧檜 桑桒 館舘 籠篭 槙槇 遥遙
凛凜 尭堯 昂昻 晋晉 礒磯 侠俠 頬頰 剥剝 填塡 叱𠮟 芦蘆 苅刈 萌萠 曹曺 柳栁桺
柏栢 松枩 栖棲 橘𣘺 角⻆ 清淸 青靑 間閒 鴎鷗 賎賤
"""

KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヵ"))} | {
    # The 3ヶ月 of one paper is the 3か月 of another.
    **dict.fromkeys(map(ord, "ヵヶ"), "か"),
    ord("ヽ"): "ゝ",
    ord("ヾ"): "ゞ",
}
# What chooses among the glyphs of one character is no spelling (Unicode, 23.4).
SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
SPACES = dict.fromkeys(map(ord, " \t"))
# One keyboard has ～ where another has 〜, and each its own hyphens and minus signs.
DASHES = {ord("〜"): "~", **dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")}
OLD_FORMS = {ord(other): usual for usual, *others in VARIANTS.split() for other in others}
CHARACTERS = KATAKANA | SELECTORS | SPACES | DASHES | OLD_FORMS

# Stands before each number and Latin word, for 1月 is not in 11月, nor AI in MAIL. No text has it
# after the normalisation, which makes it "no".
BEFORE_WORD = "№"
WORD = "[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9a-z]+"

FIRST_YEARS = {name: first_day.year for first_day, name in eras.ERAS}
KANJI_DIGITS = "〇一二三四五六七八九"
KANJI = "(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[〇一二三四五六七八九]{1,4})"
ERA_YEAR = f"(?:{'|'.join(FIRST_YEARS)}) ?(?:元|[0-9]{{1,2}}(?![0-9])|{KANJI})"
YEAR = "(?<![0-9])[0-9]{4}"
DATE = re.compile(
    # 2024年(令和6年) and 令和6(2024)年 say one year twice.
    rf"(?P<twice>(?:{ERA_YEAR} ?年?\({YEAR}|{YEAR} ?年?\({ERA_YEAR}) ?年?\) ?年?)"
    rf"|(?P<era>{ERA_YEAR} ?年)"
    rf"|(?P<kanji>[一二][{KANJI_DIGITS}]{{3}} ?年)"
    # Only whole dates: 一 is also in 統一日程, and 四日 in 四日市.
    rf"|(?P<day>(?<=年){KANJI}月(?:{KANJI}日)?|{KANJI}月{KANJI}日)"
    r"|(?<![0-9/])(?P<slashes>(?:19|20)[0-9]{2}/[0-9]{1,2}(?:/[0-9]{1,2})?)(?![0-9/])"
    r"|(?<![0-9])0+(?P<zeros>[0-9]+)(?=[月日])"
)
TOKEN = re.compile(f"{DATE.pattern}|(?P<word>{WORD})")
YEAR_PARTS = re.compile(f"({'|'.join(FIRST_YEARS)}) ?(元|[0-9]+|{KANJI})|[0-9]{{4}}")

# A character and what may be joined with it: ﾊ and ﾟ, e and an accent.
CLUSTER = re.compile("(?s).[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*")
# 献血(けんけつ)バス is found as 献血バス too.
READING = re.compile("(?<=[々\u3400-\u9fff])[（(][ぁ-ゖァ-ヶー・ ]+[）)]")


class Piece(NamedTuple):
    """A piece of folded text, and from where to where it stands in the text itself."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return the text in the one spelling: widths, cases, kana, old forms and dates made alike.

    Unicode's NFKC and case folding, and what Japanese needs besides. Lines stay lines.
    """
    return TOKEN.sub(_fold_token, _normalised(text)).translate(CHARACTERS)


def spaced(folded: str) -> str:
    """Return a folded text, which has no spaces, with one between every two characters.

    So each character is a word to the index of a database, and each word a phrase.
    """
    return " ".join(folded)


def searchable(title: str, text: str, published_at, tag_names: str = "") -> dict[str, str]:
    """Return what search compares with: the `title`, and the `characters` of all, spaced.

    After the lines of title and text stand its tags, its day in Tokyo, its readings, which the
    plain text has in parentheses, and its dates as they are written: 令和 finds 令和6年, which is
    the year 2024 everywhere else.
    """
    everything = f"{title}\n{text}"
    ends = [*names_in(tag_names), *(reading[0] for reading in READING.finditer(everything))]
    if published_at:
        day = published_at.astimezone(eras.TOKYO)
        ends.append(f"{day.year}年{day.month}月{day.day}日")
    lines = [fold("\n".join([without_readings(everything), *ends]))]
    for date in DATE.finditer(_normalised(everything)):
        as_written = re.sub(WORD, _mark, date[0]).translate(CHARACTERS)
        if as_written not in lines:
            lines.append(as_written)
    return {"title": fold(without_readings(title)), "characters": spaced("\n".join(lines))}


def without_readings(text: str) -> str:
    return READING.sub("", text)


def pieces(text: str) -> list[Piece]:
    """Return what `fold` makes of a text, piece by piece, with the place of each in the text."""
    clusters = [(match.span(), _cluster(match[0])) for match in CLUSTER.finditer(text)]
    places = [place for place, characters in clusters for _ in characters]
    normalised = "".join(characters for _, characters in clusters)
    found, position = [], 0
    for token in [*TOKEN.finditer(normalised), None]:
        gap_end = token.start() if token else len(normalised)
        for index in range(position, gap_end):
            found.append(Piece(normalised[index].translate(CHARACTERS), *places[index]))
        if token:
            position = token.end()
            start, end = places[token.start()][0], places[position - 1][1]
            found.append(Piece(_fold_token(token).translate(CHARACTERS), start, end))
    return found


def _normalised(text):
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return INVISIBLE.sub("", folded)


_cluster = functools.lru_cache(maxsize=4096)(_normalised)


def _fold_token(token):
    return _mark(token) if token["word"] else re.sub(WORD, _mark, _western(token))


def _mark(word):
    return BEFORE_WORD + word[0].replace(",", "")


def _western(date):
    """Return the date of a match in the one spelling of dates: 2024年8月4日."""
    if date["era"]:
        return f"{_year(YEAR_PARTS.search(date[0]))}年"
    if date["twice"]:
        first, second = map(_year, YEAR_PARTS.finditer(date[0]))
        return f"{first}年" if first == second else f"{first}年({second}年)"
    if date["slashes"]:
        parts = date[0].split("/")
        return "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))
    if date["zeros"]:
        return date["zeros"]
    return re.sub(KANJI, lambda number: str(_number(number[0])), date[0])


def _year(parts):
    if not parts[1]:
        return int(parts[0])
    return FIRST_YEARS[parts[1]] + (1 if parts[2] == "元" else _number(parts[2])) - 1


def _number(digits):
    """Return the number of 24, 二十四 or 二四."""
    if "十" in digits:
        tens, _, ones = digits.partition("十")
        return (_number(tens) if tens else 1) * 10 + (_number(ones) if ones else 0)
    return int(
        "".join(str(KANJI_DIGITS.find(each)) if each in KANJI_DIGITS else each for each in digits)
    )
