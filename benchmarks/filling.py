"""An invented site: reports of about 800 characters over 240 months."""

import datetime

from django.db import transaction

from blog.models import Category, Post, opening
from blog.rendering import render
from homepage import edition
from homepage.eras import TOKYO
from homepage.models import Profile

MONTHS = [(2005 + number // 12, number % 12 + 1) for number in range(240)]
PARAGRAPH = (
    "駅前で市民の皆さんの声を聞きました。通学路の**安全**、保育園の空き、避難所の備えについて、"
    "多くのご意見をいただきました。市の担当課に確かめ、次の議会で質問します。"
    "古い水道管の取り替えは五年の計画で進み、今年は三つの地区で工事があります。"
    "工事の日程は市の広報と[予定の一覧](https://www.example.jp/)でお知らせします。"
)
BODY = "\n\n".join(
    [
        PARAGRAPH,
        "## 質問したこと",
        PARAGRAPH,
        "- 通学路の見守り\n- 避難所の毛布と水\n- 保育園の定員",
        PARAGRAPH,
        "## これから",
        PARAGRAPH,
        PARAGRAPH,
    ]
)


def even(posts):
    """Return how many reports each month gets where they are spread evenly."""
    each, rest = divmod(posts, len(MONTHS))
    return [each + (number < rest) for number in range(len(MONTHS))]


def crowded(posts, usual, times):
    """Return sizes that leave the months as they were, but for November and December.

    November has so many times the usual, and December all the rest: the site grew, the months that
    are compared did not.
    """
    decembers = posts - 20 * usual * (10 + times)
    each, rest = divmod(decembers, 20)
    by_month = {11: usual * times, 12: each}
    sizes = [by_month.get(month, usual) for _, month in MONTHS]
    sizes[-1] += rest
    return sizes


def fill(sizes):
    """Fill the current database with as many reports for each month."""
    Profile.objects.create(
        family_name="見本",
        given_name="花子",
        family_name_reading="みほん",
        given_name_reading="はなこ",
        office="見本市議会議員",
        email="mihon@example.jp",
        address="https://mihon.example.jp",
    )
    categories = [
        Category.objects.create(name=name, slug=slug)
        for name, slug in (("子育て", "children"), ("防災", "disaster"), ("交通", "traffic"))
    ]
    html, text = render(BODY)
    rendered = {"body": BODY, "body_html": html, "body_text": text, "excerpt": opening(text)}
    with transaction.atomic():
        Post.objects.bulk_create(
            (
                Post(
                    title=f"{year}年{month}月の報告 その{number + 1}",
                    category=categories[number % len(categories)],
                    status=Post.Status.PUBLISHED,
                    published_at=datetime.datetime(
                        year, month, number % 28 + 1, 10, 0, tzinfo=TOKYO
                    ),
                    **rendered,
                )
                for (year, month), size in zip(MONTHS, sizes, strict=True)
                for number in range(size)
            ),
            batch_size=2000,
        )
        edition.bump()


def month_address(year, month):
    return f"/{year}/{month:02}/"
