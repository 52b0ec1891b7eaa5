"""An invented site: reports of about 800 characters over 240 months."""

import datetime
import secrets

from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from blog.models import Category, Post, opening
from blog.rendering import render
from homepage.eras import TOKYO
from homepage.models import Profile

USUAL_POSTS = 1200
MONTHS = [(2005 + number // 12, number % 12 + 1) for number in range(240)]
# What a larger site has more lies in November and December: the others stay comparable.
STEADY = [each for each in MONTHS if each[1] < 11]
GROWING = [each for each in MONTHS if each[1] >= 11]
TOKEN = "t" * 32
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


def sizes(posts):
    """Return how many reports each month gets: up to 1,200 spread evenly."""
    usual = min(posts, USUAL_POSTS) // len(MONTHS)
    more, rest = divmod(posts - usual * len(MONTHS), len(GROWING))
    by_month = {month: usual + more * (month in GROWING) for month in MONTHS}
    by_month[MONTHS[-1]] += rest
    return by_month


def fill(posts):
    """Fill the current database with so many reports."""
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
                for (year, month), size in sizes(posts).items()
                for number in range(size)
            ),
            batch_size=2000,
        )


def month_address(year, month):
    return f"/{year}/{month:02}/"


def administrator_cookies():
    """Return the Cookie header of somebody who is signed in and may do everything."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(f"bench-{secrets.token_hex(4)}"))
    return f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"
