import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from homepage.models import Link, Page, Profile
from tests.factories import create_page, create_profile


def test_a_page_shows_its_text(client, profile):
    create_page(
        title="政策",
        slug="policies",
        body="# 住民がひらく避難所\n\n鍵を開ける人まで決めます。",
    )

    html = client.get("/policies/").text

    assert "<h1>政策</h1>" in html
    assert "<h2>住民がひらく避難所</h2>" in html


def test_every_heading_of_a_page_is_distinct(client, profile):
    create_page(title="政策", slug="policies", body="## 政策")

    assert '<h2>政策<span class="visually-hidden">(2)</span></h2>' in client.get("/policies/").text


def test_the_menu_has_the_pages_in_their_order(client, profile):
    create_page(title="政策", slug="policies", order=2)
    create_page(title="プロフィール", slug="profile", order=1)

    html = client.get("/policies/").text

    menu = html[html.index("<nav") : html.index("</nav>")]
    assert menu.index("プロフィール") < menu.index("政策")
    assert '<a class="tap plain" href="/policies/" aria-current="page">政策</a>' in menu


def test_a_page_outside_the_menu_is_reached_from_the_foot_of_every_page(client, profile):
    create_page(title="個人情報の取り扱い", slug="privacy", in_menu=False)

    html = client.get("/").text

    assert html.index("個人情報の取り扱い") > html.index("<footer")


def test_a_page_that_is_not_published_is_nowhere(client, profile):
    create_page(title="準備中の政策", slug="policies", is_published=False)

    assert client.get("/policies/").status_code == 404
    assert "準備中の政策" not in client.get("/").text


@pytest.mark.parametrize(
    "slug",
    ["admin", "archive", "search", "feed", "2024", "q", "front", "Policies", "-x", "政策", ""],
)
def test_a_page_cannot_take_an_address_that_is_not_free(db, slug):
    page = Page(title="政策", slug=slug, body="本文")

    with pytest.raises(ValidationError) as error:
        page.full_clean()

    assert "slug" in error.value.message_dict


def test_links_to_other_places_stand_at_the_foot(client, profile):
    Link.objects.create(profile=profile, label="会議録", url="https://gikai.example.jp/")

    assert 'href="https://gikai.example.jp/" rel="me">会議録</a>' in client.get("/archive/").text


def test_there_is_exactly_one_profile(db):
    create_profile()

    with pytest.raises(IntegrityError, match=r"there_is_exactly_one_profile|profile"):
        Profile(id=2, address="https://b.example.jp").save(force_insert=True)


@pytest.mark.parametrize(
    "address",
    [
        "mihon.example.jp", "ftp://mihon.example.jp", "https://", "https://見本.example.jp", "https://mihon.example.jp/blog",
        "https://mihon.example.jp/?a", "https://mihon.example.jp:0", "https://mihon.example.jp:99999", "javascript:alert(1)", "https://mihon example.jp", "https://<b>", "https://a:b@mihon.example.jp",
        "https://mihon.example.jp:", "https://mihon.example.jp/?", "https://mihon.example.jp\n",
    ],
)  # fmt: skip
def test_the_sites_address_is_a_scheme_and_a_host(profile, address):
    profile.address = address

    with pytest.raises(ValidationError, match="サイトの先頭のアドレス"):
        profile.full_clean()
