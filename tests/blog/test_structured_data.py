"""What pages tell programs: each word of it stands on the page, too."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from blog.models import PreviewLink
from homepage.models import Link
from tests.factories import (
    create_category,
    create_correction,
    create_page,
    create_post,
    create_profile,
    jst,
)

SITE = "https://mihon.example.jp"
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def paths(profile):
    """The address of one page of each kind."""
    post = create_post(
        title="夏まつり",
        category=create_category(name="行事", slug="community"),
        published_at=jst(2024, 8, 4, 10, 0),
    )
    create_page(title="政策", slug="policies", body="鍵を開ける人まで決めます。")
    pages = ["/", "/archive/", "/2024/", "/2024/08/", "/category/community/", "/policies/"]
    return [*pages, post.get_absolute_url()]


def things(html):
    """Return all that a page says of itself, by type."""
    documents = [json.loads(text) for text in SCRIPT.findall(html)]
    assert {each["@context"] for each in documents} <= {"https://schema.org"}
    return {thing["@type"]: thing for each in documents for thing in each["@graph"]}


def metas(html):
    """Return the content of each <meta>, by its name or property."""
    tags = re.findall(
        r'<meta (?:name="[^"]*" )?(?:name|property)="([^"]*)" content="([^"]*)"', html
    )
    return {name: unescape(content) for name, content in tags}


def test_the_breadcrumbs_are_those_that_readers_see(client, paths):
    for path in paths[1:]:
        html = client.get(path).text
        [seen] = re.findall(r'<nav class="breadcrumbs".*?</nav>', html)

        told = things(html)["BreadcrumbList"]["itemListElement"]

        assert [each["name"] for each in told] == re.findall(r">([^<>]+)</(?:a|span)>", seen)
        assert told[0]["name"] == "ホーム"
        assert [each["position"] for each in told] == [*range(1, len(told) + 1)]
        links = [f"{SITE}{address}" for address in re.findall(r'href="([^"]*)"', seen)]
        assert [each["item"] for each in told] == [*links, SITE + path]
        assert {client.get(each["item"].removeprefix(SITE)).status_code for each in told} == {200}


def test_the_front_page_says_whose_site_it_is(client, db):
    profile = create_profile(office="見本市議会議員", party="見本の会")
    Link.objects.create(profile=profile, label="会議録", url="https://gikai.example.jp/?a=1&b=2")

    html = client.get("/").text
    person, website = things(html)["Person"], things(html)["WebSite"]

    assert (person["name"], person["jobTitle"]) == ("見本 花子", "見本市議会議員")
    assert person["sameAs"] == ["https://gikai.example.jp/?a=1&b=2"]
    assert person["affiliation"] == {"@type": "Organization", "name": "見本の会"}
    assert website["url"] == person["url"] == f"{SITE}/"
    assert website["publisher"]["@id"] == person["@id"]
    assert "image" not in person


def test_who_has_no_party_and_no_links_is_told_without(client, profile):
    person = things(client.get("/").text)["Person"]

    assert not {"affiliation", "sameAs"} & set(person)


def test_a_report_is_told_as_it_stands_on_its_page(client, profile):
    post = create_post(
        title="夏まつり",
        body="雨が上がりました。" * 20,
        category=create_category(name="行事"),
        published_at=jst(2024, 8, 4, 0, 30),
    )

    html = client.get(post.get_absolute_url()).text
    told = things(html)["BlogPosting"]

    assert f'<h1 id="title">{told["headline"]}</h1>' in html
    assert f'<time datetime="{told["datePublished"][:10]}">' in html
    assert told["datePublished"] == told["dateModified"] == "2024-08-04T00:30:00+09:00"
    assert told["author"]["name"] in html
    assert told["articleSection"] == "行事"
    assert told["url"] == told["mainEntityOfPage"] == SITE + post.get_absolute_url()
    assert told["description"] == metas(html)["og:description"] == "雨が上がりました。" * 13
    assert told["image"] == metas(html)["og:image"]


def test_a_report_without_words_is_told_by_its_name(client, profile):
    post = create_post(title="", body="![](photo-1)")

    html = client.get(post.get_absolute_url()).text

    assert metas(html)["og:description"] == "2024年8月4日の報告"


def test_a_correction_makes_a_report_newer_and_a_slip_does_not(client, profile):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))
    post.body = "誤字を直しました。"
    post.save()
    before = things(client.get(post.get_absolute_url()).text)["BlogPosting"]["dateModified"]

    create_correction(post=post, corrected_at=jst(2024, 8, 27, 9, 30))

    html = client.get(post.get_absolute_url()).text
    after = things(html)["BlogPosting"]["dateModified"]
    assert (before[:10], after) == ("2024-08-04", "2024-08-27T09:30:00+09:00")
    assert f'<time datetime="{after[:10]}">' in html


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "<!--<script>", '"&amp;\\']
)
def test_no_title_ends_the_data(client, profile, title):
    post = create_post(title=title)

    html = client.get(post.get_absolute_url()).text

    assert things(html)["BlogPosting"]["headline"] == title
    assert things(html)["BreadcrumbList"]
    assert metas(html)["og:title"] == title


def test_every_page_says_its_address_and_how_a_link_to_it_looks(client, paths):
    for path in paths:
        html = client.get(path, headers={"host": "localhost"}, query_params={"a": "b"}).text
        told = metas(html)

        assert html.count(f'<link rel="canonical" href="{SITE}{path}">') == 1
        assert told["og:url"] == SITE + path
        assert f"<title>{told['og:title']}" in html
        assert told["og:site_name"] == "見本市議会議員 見本 花子"
        assert told["og:description"]
        assert told["twitter:card"] == "summary_large_image"
        assert client.get(told["og:image"].removeprefix(SITE))["Content-Type"] == "image/jpeg"


def test_what_is_no_page_of_its_own_says_nothing(client, profile):
    withdrawn = create_post()
    withdrawn.withdraw("会場の名前に誤りがあったため。")
    preview = PreviewLink.objects.create(post=create_post()).get_absolute_url()

    for path in ("/nowhere/", withdrawn.get_absolute_url(), preview, "/accounts/login/"):
        html = client.get(path).text

        assert 'rel="canonical"' not in html
        assert 'property="og:' not in html
        assert not SCRIPT.search(html)


def test_a_site_that_is_not_set_up_says_nothing(client, db):
    post = create_post(category=create_category(slug="community"))

    for path in ("/", "/archive/", "/2024/08/", post.get_absolute_url(), "/category/community/"):
        response = client.get(path)

        assert response.status_code == 200
        assert 'rel="canonical"' not in response.text
        assert not SCRIPT.search(response.text)


def test_line_and_mail_get_the_title_and_the_address(client, profile):
    post = create_post(title="献血 100% & 夏まつり")
    address = SITE + post.get_absolute_url()

    html = client.get(post.get_absolute_url()).text

    line, mail = (
        urlsplit(unescape(re.search(f'href="({start}[^"]*)"', html)[1]))
        for start in ("https://line.me/R/share", r"mailto:\?")
    )
    assert parse_qs(line.query) == {"text": [f"献血 100% & 夏まつり\n{address}"]}
    assert parse_qs(mail.query) == {
        "subject": ["献血 100% & 夏まつり"],
        "body": [f"献血 100% & 夏まつり\r\n{address}\r\n"],
    }


def test_the_front_page_asks_no_more_for_it(client, profile, django_assert_num_queries):
    Link.objects.create(profile=profile, label="会議録", url="https://gikai.example.jp/")

    with django_assert_num_queries(7):
        client.get("/")
