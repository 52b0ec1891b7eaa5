"""The feeds, as the programs that take them read them: by other authors, and against the schemas."""

import datetime
import email.utils
import json
import re
from types import SimpleNamespace

import feedparser
import jsonfeed
import pytest
from PIL import Image

from blog import feeds
from blog.photos import library
from homepage import edition, page_cache
from homepage.models import Profile
from homepage.page_cache import PageCache
from homepage.wsgi import utf8_application
from tests.factories import (
    create_attachment,
    create_category,
    create_correction,
    create_page,
    create_post,
    create_profile,
    jst,
)
from tests.homepage.test_page_cache_with_django import ask
from tests.pictures import encode, upload
from tests.relaxng import faults
from tests.test_html import EVERYTHING

FORMATS = ["atom", "rss", "json"]
in_every_format = pytest.mark.parametrize("suffix", FORMATS)
SITE = "https://mihon.example.jp"


def moment(text):
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return email.utils.parsedate_to_datetime(text)


def read(client, suffix, path="/"):
    """Return a feed as a program reads it that is not ours."""
    response = client.get(f"{path}feed.{suffix}")
    assert response.status_code == 200
    if suffix == "json":
        feed = jsonfeed.Feed.parse_string(response.text)
        entries = [
            SimpleNamespace(
                id=each.id, title=each.title, link=each.url, content=each.content_html, summary=each.summary,
                published=moment(each.date_published), updated=moment(each.date_modified), tags=each.tags,
                # Of the size the parser makes a tuple.
                enclosures=[(pdf.url, pdf.mime_type, *pdf.size_in_bytes) for pdf in each.attachments],
            )
            for each in feed.items
        ]  # fmt: skip
        return SimpleNamespace(
            title=feed.title, home=feed.home_page_url, address=feed.feed_url,
            author=feed.authors[0].name, entries=entries,
        )  # fmt: skip
    parsed = feedparser.parse(
        response.content,
        response_headers={"content-type": response["Content-Type"]},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == {"atom": "atom10", "rss": "rss20"}[suffix]
    entries = [
        SimpleNamespace(
            id=each.id, title=each.title, link=each.link, content=each.content[0].value, summary=each.summary,
            published=moment(each.published), updated=moment(each.updated),
            tags=[tag.label or tag.term for tag in each.get("tags", [])],
            enclosures=[(pdf.href, pdf.type, int(pdf.length)) for pdf in each.enclosures],
        )
        for each in parsed.entries
    ]  # fmt: skip
    feed = parsed.feed
    [address] = [link.href for link in feed.links if link.rel == "self"]
    return SimpleNamespace(
        title=feed.title, home=feed.link, address=address, updated=moment(feed.updated),
        author=feed.author, entries=entries,
    )  # fmt: skip


def titles(client, suffix, path="/"):
    return [entry.title for entry in read(client, suffix, path).entries]


# What a feed says


@pytest.fixture
def post(profile):
    return create_post(
        title="夏まつり & <縁日>",
        body="**「ようこそ」**の声。{献血|けんけつ}も。",
        published_at=jst(2024, 8, 4, 10, 0),
        category=create_category(name="防災", slug="disaster"),
        tag_names="屋台、若者",
    )


@in_every_format
def test_it_has_the_report_in_full(client, post, suffix):
    [entry] = read(client, suffix).entries

    assert entry.title == "夏まつり & <縁日>"
    assert entry.link == f"{SITE}/2024/08/{post.pk}/"
    assert "<p><strong>「ようこそ」</strong>の声。<ruby>献血<rp>" in entry.content
    assert entry.summary == "「ようこそ」の声。献血（けんけつ）も。"
    assert entry.tags == ["防災", "屋台", "若者"]
    assert entry.published == entry.updated == jst(2024, 8, 4, 10, 0)


@in_every_format
def test_it_says_whose_it_is_and_where(client, post, suffix):
    feed = read(client, suffix)

    assert feed.title == "見本市議会議員 見本 花子 活動報告"
    assert (feed.home, feed.address) == (f"{SITE}/", f"{SITE}/feed.{suffix}")
    assert "見本 花子" in feed.author
    assert ("mihon@example.jp" in feed.author) == (suffix != "json")


@in_every_format
def test_a_field_of_work_has_a_feed_of_its_own(client, post, suffix):
    create_post(title="ほかの報告")

    feed = read(client, suffix, "/category/disaster/")

    assert feed.title == "見本市議会議員 見本 花子 防災の報告"
    assert feed.home == f"{SITE}/category/disaster/"
    assert feed.address == f"{SITE}/category/disaster/feed.{suffix}"
    assert [entry.title for entry in feed.entries] == [post.title]


@in_every_format
def test_a_report_without_a_title_is_named_by_date_and_first_words(client, profile, suffix):
    create_post(body="{献血|けんけつ}を行いました。", published_at=jst(2024, 8, 4, 10, 0))

    assert titles(client, suffix) == ["2024年8月4日の報告 献血（けんけつ）を行いました。"]


def test_the_summary_of_rss_is_html_too(client, profile):
    create_post(body="1 < 2 &amp; 3")

    assert read(client, "atom").entries[0].summary == "1 < 2 & 3"
    assert read(client, "rss").entries[0].summary == "1 &lt; 2 &amp; 3"


@in_every_format
def test_every_address_in_it_is_whole(client, profile, suffix):
    file = upload(encode(Image.new("RGB", (1000, 750), "red"), "PNG"))
    photo = library.add(file, alt="駅前").photo
    post = create_post(
        body=f"![](photo-{photo.pk})\n\n[月](/2024/08/) [前](../12/?a=1&b=2) [下](#a) [便り](mailto:a@example.jp)"
        ' [外](https://gikai.example.jp/a) <a href="//[">壊</a> `<a href="/x">` と href="/y" ![](photo-999)'
    )
    largest = photo.renditions.filter(format="jpeg").last()

    [entry] = read(client, suffix).entries

    assert f'<img src="{SITE}{largest.get_absolute_url()}"' in entry.content
    sizes = entry.content.split('srcset="')[1].split('"')[0].split(", ")
    assert len(sizes) > 1
    assert all(size.startswith(f"{SITE}/media/photos/") for size in sizes)
    assert f'href="{SITE}/2024/08/"' in entry.content
    assert f'href="{SITE}/2024/08/12/?a=1&amp;b=2"' in entry.content
    assert f'href="{SITE}/2024/08/{post.pk}/#a"' in entry.content
    assert 'href="mailto:a@example.jp"' in entry.content
    assert 'href="https://gikai.example.jp/a"' in entry.content
    assert '<a href="//[">' in entry.content
    assert '<code>&lt;a href="/x"&gt;</code> と href="/y"' in entry.content


@in_every_format
def test_a_pdf_is_under_the_text_and_can_be_fetched_by_itself(client, post, suffix):
    first, second = create_attachment(post=post), create_attachment(post=post, title="資料")

    [entry] = read(client, suffix).entries

    addresses = [f"{SITE}/media/{each.file.name}" for each in (first, second)]
    assert f'<a href="{addresses[0]}">議会だより 第12号（PDF、' in entry.content
    assert f'<a href="{addresses[1]}">資料（PDF、' in entry.content
    enclosures = [(address, "application/pdf", first.size) for address in addresses]
    assert entry.enclosures == enclosures[: 1 if suffix == "rss" else 2]


# What changes in it, and what never does


@in_every_format
def test_a_correction_is_told_and_moves_only_when_it_was_updated(client, post, suffix):
    create_correction(post=post, sentence="数を改めました。", corrected_at=jst(2024, 8, 27, 9, 30))
    create_post(published_at=jst(2024, 8, 5, 10, 0))

    feed = read(client, suffix)

    corrected = feed.entries[1]
    assert "<li>2024年8月27日 数を改めました。</li>" in corrected.content
    assert corrected.published == jst(2024, 8, 4, 10, 0)
    assert corrected.updated == jst(2024, 8, 27, 9, 30)
    if suffix != "json":
        assert feed.updated == jst(2024, 8, 27, 9, 30)


@in_every_format
def test_a_slip_put_right_makes_nothing_newer(client, post, suffix):
    post.body = "別の言葉。"
    post.save()

    [entry] = read(client, suffix).entries

    assert "別の言葉。" in entry.content
    assert entry.updated == jst(2024, 8, 4, 10, 0)


def ids(client, category):
    """Return the ids of the feeds and of their reports, by path and format."""
    found = {}
    for path in ("/", category.get_absolute_url()):
        found[path == "/"] = re.search("<id>(.*?)</id>", client.get(f"{path}feed.atom").text)[1]
        for suffix in FORMATS:
            entries = read(client, suffix, path).entries
            found[path == "/", suffix] = sorted(entry.id for entry in entries)
    return found


def test_an_id_is_the_same_in_every_format_and_whatever_changes(client, post):
    create_post()
    before = ids(client, post.category)

    post.title, post.published_at = "別の題名", jst(2024, 9, 20, 10, 0)
    post.save()
    post.category.name, post.category.slug = "備え", "bosai"
    post.category.save()
    Profile.objects.update(address="https://www.example.jp", family_name="別", email="b@example.jp")

    assert ids(client, post.category) == before
    assert before[True, "atom"] == before[True, "rss"] == before[True, "json"]
    assert len({before[True], before[False], *before[True, "atom"]}) == 4


def test_the_ids_of_another_site_are_others(client, post):
    before = read(client, "atom").entries[0].id
    Profile.objects.all().delete()
    create_profile()

    assert read(client, "atom").entries[0].id != before


# Which reports are in it


@in_every_format
def test_it_has_the_newest_first_and_no_more_than_twenty(client, profile, suffix):
    for day in range(1, 26):
        create_post(title=f"{day}日", published_at=jst(2024, 8, day, 10, 0))

    assert titles(client, suffix) == [f"{day}日" for day in range(25, 5, -1)]


def test_long_reports_make_it_shorter_but_stay_whole(client, profile, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_CHARACTERS", 1000)
    for day, length in [(1, 10), (2, 700), (3, 700), (4, 10)]:
        create_post(title=f"{day}日", body="長" * length, published_at=jst(2024, 8, day, 10, 0))

    entries = read(client, "atom").entries

    assert [entry.title for entry in entries] == ["4日", "3日", "2日"]
    assert "長" * 700 in entries[2].content


@in_every_format
def test_it_has_nothing_that_is_not_public(client, post, suffix):
    create_post(title="下書き", status="draft")
    create_post(title="予約", published_at=jst(2099, 8, 4, 10, 0))
    post.withdraw("会場の名前に誤りがあったため。")

    assert titles(client, suffix) == titles(client, suffix, "/category/disaster/") == []


@in_every_format
def test_without_reports_it_is_empty_and_always_the_same(client, profile, time_machine, suffix):
    time_machine.move_to(jst(2024, 8, 4, 10, 0))
    first = client.get(f"/feed.{suffix}").content
    time_machine.move_to(jst(2024, 8, 5, 10, 0))

    assert read(client, suffix).entries == []
    assert client.get(f"/feed.{suffix}").content == first


def test_there_is_none_of_a_site_that_nobody_answers_for_or_of_an_unknown_field_of_work(client, db):
    create_category(slug="disaster")
    for path in ("/feed.atom", "/category/disaster/feed.rss"):
        assert client.get(path).status_code == 404
    create_profile()

    assert client.get("/category/unknown/feed.atom").status_code == 404
    assert client.get("/feed.xml").status_code == 404


# Whether programs can read it


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_it_keeps_to_its_schema_whatever_is_in_it(client, profile, tmp_path, suffix):
    category = create_category(name='<防災>\x0b & "備え"', slug="disaster", description="\x01備え")
    Profile.objects.update(given_name="花子\x02 <b>")
    create_category(slug="empty")
    unclean = create_post(title="題名\x0b\x1f\ufffe\ud7ff]]> &amp; <b>", category=category)
    create_post(
        body="<div>&#x1;&nbsp;\x0b\ufffe]]></div>\n\n" + EVERYTHING,
        published_at=jst(2024, 9, 1, 10, 0),
    )
    create_attachment(post=unclean, title='"資料\x0b" <1>')
    create_correction(post=unclean, sentence="\x0c<b>直した</b>")
    for number, path in enumerate(["/", "/category/disaster/", "/category/empty/"]):
        read(client, suffix, path)
        (tmp_path / f"{number}.xml").write_bytes(client.get(f"{path}feed.{suffix}").content)

    assert faults(f"{suffix}.rnc", *sorted(tmp_path.glob("*.xml"))) == ""
    entry = read(client, suffix).entries[1]
    assert entry.title == "題名\ud7ff]]> &amp; <b>"
    assert "&lt;b&gt;直した&lt;/b&gt;" in entry.content


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_the_schema_finds_a_fault(client, post, tmp_path, suffix):
    broken = tmp_path / "broken"
    broken.write_text(
        client.get(f"/feed.{suffix}").text.replace("+0900", "JST").replace("+09:00", "")
    )

    assert "error:" in faults(f"{suffix}.rnc", broken)


def test_the_json_feed_has_what_version_1_1_asks_for_and_nothing_else(client, post):
    create_attachment(post=post)

    feed = json.loads(client.get("/feed.json").text)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == "ja"
    assert feed["authors"] == [{"name": "見本 花子", "url": f"{SITE}/"}]
    parsed = jsonfeed.Feed.parse(feed)._to_ordered_dict()
    parsed["items"] = [item._to_ordered_dict() for item in jsonfeed.Feed.parse(feed).items]
    assert feed.keys() - parsed.keys() == {"language"}  # which the parser does not write
    assert [feed["items"][0].keys()] == [item.keys() for item in parsed["items"]]
    assert feed["items"][0]["attachments"][0]["title"] == "議会だより 第12号"


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [
        ("atom", "application/atom+xml; charset=utf-8"),
        ("rss", "application/rss+xml; charset=utf-8"),
        ("json", "application/feed+json"),
    ],
)
def test_it_says_what_it_is(client, post, suffix, content_type):
    response = client.get(f"/feed.{suffix}", headers={"host": "localhost"})

    assert response["Content-Type"] == content_type
    assert "localhost" not in response.text
    # It would not move when a slip is put right; the page cache's ETag does.
    assert "Last-Modified" not in response


@in_every_format
def test_the_questions_it_asks_do_not_grow(client, post, django_assert_num_queries, suffix):
    for day in range(1, 20):
        other = create_post(category=create_category(), published_at=jst(2024, 8, day, 10, 0))
        create_attachment(post=other)
        create_correction(post=other)

    with django_assert_num_queries(4):
        client.get(f"/feed.{suffix}")


# Kept


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_for_its_edition_and_a_scheduled_report_comes_by_itself(
    monkeypatch, time_machine, django_assert_num_queries
):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 0)
    time_machine.move_to(jst(2024, 8, 4, 6, 0), tick=False)
    create_profile()
    create_post(title="夏まつり", published_at=jst(2024, 8, 1, 10, 0))
    create_post(title="予約した報告", published_at=jst(2024, 8, 4, 7, 0))
    site = PageCache(utf8_application, edition.current_if_known)
    for suffix in FORMATS:
        path = f"/feed.{suffix}"
        answer = ask(site, path, HTTP_ACCEPT_ENCODING="br")
        etag = answer[1]["etag"]

        time_machine.move_to(jst(2024, 8, 4, 6, 59, 59), tick=False)
        with django_assert_num_queries(3):  # the edition's number
            assert ask(site, path, HTTP_ACCEPT_ENCODING="br") == answer
        assert (
            ask(
                PageCache(utf8_application, edition.current_if_known),
                path,
                HTTP_ACCEPT_ENCODING="br",
            )
            == answer
        )
        assert ask(site, path, HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=etag)[0] == 304
        time_machine.move_to(jst(2024, 8, 4, 7, 0), tick=False)

        assert (answer[0], answer[1]["content-encoding"]) == (200, "br")
        assert "予約した報告" not in answer[2]
        assert "予約した報告" in ask(site, path, HTTP_IF_NONE_MATCH=etag)[2]
        time_machine.move_to(jst(2024, 8, 4, 6, 0), tick=False)


# Found


def alternates(client, path):
    html = client.get(path).text
    links = [line for line in html.splitlines() if '<link rel="alternate"' in line]
    return [link.split('href="')[1].split('"')[0] for link in links]


def test_every_page_leads_to_the_feeds_and_a_field_of_work_to_its_own_first(client, post):
    create_page(slug="policies")
    site = [f"/feed.{suffix}" for suffix in FORMATS]

    for path in [
        "/",
        "/archive/",
        "/2024/",
        "/2024/08/",
        post.get_absolute_url(),
        "/policies/",
        "/nowhere/",
    ]:
        assert alternates(client, path) == site, path
        assert '<a class="tap plain" href="/feed.rss">更新情報(RSS)</a>' in client.get(path).text
    own = [f"/category/disaster{path}" for path in site]
    assert alternates(client, "/category/disaster/") == own + site
    assert {client.get(path).status_code for path in own + site} == {200}


def test_a_site_that_nobody_answers_for_yet_leads_to_no_feed(client, db):
    assert "feed." not in client.get("/").text
