"""Searching a grown site."""

import datetime
import random
import tomllib
from urllib.parse import quote

from benchmarks import databases
from benchmarks.load import p50, p95, seconds
from benchmarks.servers import serving
from benchmarks.speed import milliseconds
from benchmarks.table import Line
from blog import sample
from blog.folding import searchable
from blog.models import Post, SearchText
from homepage.eras import TOKYO
from homepage.models import Profile

LENGTH, DIFFERENT = 2_000, 200
# Common, rare and missing words, of two characters and of more, and a month.
USUAL = [
    "市民",
    "献血",
    "宇宙",
    "避難所 毛布",
    "図書館の開館時間",
    "令和6年8月",
    '"一般質問"',
    "バス",
]
# What reads the most: words that all have, in the order that compares all of them, and none.
DEAREST = ["市 の を に は&order=best", "市 の を に 宇宙", "宇宙 銀河 彗星 流星 月食"]
TIMES = 10


def on_sqlite(folder):
    """Search 3,000 and 30,000 reports of 2,000 characters."""
    for posts, most in ((3_000, 0.05), (30_000, 0.4)):
        database_url = databases.sqlite(folder, f"search-{posts}")
        yield from searching(folder, database_url, posts, most, "SQLite")


def on_postgresql(folder):
    with databases.postgresql() as database_url:
        yield from searching(folder, database_url, 30_000, 0.4, "PostgreSQL")


def searching(folder, database_url, posts, most, database):
    fill(posts)
    with serving(folder, database_url) as (_, port):
        # Who has a cookie passes by the memory.
        page = p50(seconds(port, ["/archive/"] * TIMES, Cookie="bench=1"))
        usual = p95(seconds(port, paths(USUAL) * TIMES))
        dearest = max(seconds(port, paths(DEAREST)))
    for what, measured, must in (
        ("search of {} reports, {}, p95", usual, most),
        ("the dearest query of {}, {}", dearest, 1),
    ):
        yield Line(
            what.format(f"{posts:,}", database),
            milliseconds(measured),
            f"the archive {milliseconds(page)}",
            measured / page,
            f"<= {must * 1000:.0f} ms",
            measured <= must,
        )


def paths(queries):
    return [f"/search/?q={quote(query, safe='&=')}" for query in queries]


def fill(posts):
    """Fill the current database with so many reports, of which every two hundredth is the same."""
    Profile.objects.create(email="mihon@example.jp", address="https://mihon.example.jp")
    days = [
        datetime.datetime(2000, 1, 1, 10, tzinfo=TOKYO) + datetime.timedelta(hours=7 * number)
        for number in range(posts)
    ]
    texts = [(text, searchable("報告", text, days[0])) for text in different_texts()]
    Post.objects.bulk_create(
        (
            Post(
                title=f"{number}番めの報告",
                body_text=texts[number % DIFFERENT][0],
                excerpt=texts[number % DIFFERENT][0][:100],
                status=Post.Status.PUBLISHED,
                published_at=day,
            )
            for number, day in enumerate(days)
        ),
        batch_size=500,
    )
    SearchText.objects.bulk_create(
        (
            SearchText(post_id=pk, **texts[number % DIFFERENT][1])
            for number, pk in enumerate(Post.objects.order_by("pk").values_list("pk", flat=True))
        ),
        batch_size=500,
    )


def different_texts():
    site = tomllib.loads((sample.FOLDER / "site.toml").read_text(encoding="utf-8"))
    sentences = "".join(post["body"] for post in site["posts"]).replace("\n", "").split("。")
    chance = random.Random(1)
    for _ in range(DIFFERENT):
        chance.shuffle(sentences)
        yield "。".join(sentences)[:LENGTH]
