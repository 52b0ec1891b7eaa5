"""The sitemap and robots.txt, as search engines read them."""

import datetime
import urllib.robotparser
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from blog import sitemaps
from blog.models import Post
from homepage.models import Profile
from tests.factories import (
    create_category,
    create_correction,
    create_page,
    create_post,
    create_posts,
    jst,
)
from tests.relaxng import faults

SITE = "https://mihon.example.jp"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def read(client, path="/sitemap.xml"):
    """Return the moment of each address, or None, in the order of the sitemap or index."""
    response = client.get(path)
    assert response["Content-Type"] == "application/xml"
    found = {}
    for each in ElementTree.fromstring(response.content):
        address, moment = (each.findtext(f"s:{name}", None, NAMES) for name in ("loc", "lastmod"))
        assert address.startswith(f"{SITE}/")
        assert address not in found
        found[address.removeprefix(SITE)] = moment and datetime.datetime.fromisoformat(moment)
    return found


@pytest.fixture
def site(profile):
    """A site with one of each kind of page that search engines may find, and of each they may not."""
    disaster = create_category(slug="disaster")
    create_category(slug="empty")
    posts = [
        create_post(published_at=jst(2023, 12, 31, 23, 59)),
        create_post(published_at=jst(2024, 8, 4, 10, 0), category=disaster),
        create_post(published_at=jst(2024, 8, 5, 10, 0), category=disaster, tag_names="毛布"),
    ]
    create_post(status="draft", published_at=jst(2024, 7, 4, 10, 0), tag_names="下書き")
    create_post(published_at=jst(2099, 1, 1, 0, 0))
    create_post(published_at=jst(2022, 1, 1, 0, 0)).withdraw()
    create_page(slug="policies")
    create_page(slug="hidden", is_published=False)
    create_page(slug="trashed").trash()
    return posts


def test_it_has_every_page_that_citizens_can_read_and_no_other(client, site):
    found = read(client)

    assert list(found) == [
        "/", "/archive/", "/policies/", "/category/disaster/", site[2].tags.get().get_absolute_url(), "/2024/", "/2023/", "/2024/08/", "/2023/12/",
        *(post.get_absolute_url() for post in site),
    ]  # fmt: skip
    assert {client.get(path).status_code for path in found} == {200}


def test_a_report_is_as_new_as_its_last_correction(client, site):
    old, first, second = site
    create_correction(post=first, corrected_at=jst(2024, 8, 27, 9, 30))

    found = read(client)

    assert found[old.get_absolute_url()] == jst(2023, 12, 31, 23, 59)
    assert found[first.get_absolute_url()] == jst(2024, 8, 27, 9, 30)
    assert found[second.get_absolute_url()] == jst(2024, 8, 5, 10, 0)


def test_a_slip_put_right_makes_no_page_newer(client, site):
    before = read(client)
    site[1].body = "別の言葉。"
    site[1].save()

    assert read(client) == before


def test_a_list_has_no_moment_since_reports_leave_it_without_a_trace(client, site):
    reports = {post.get_absolute_url() for post in site}

    with_moment = {path for path, moment in read(client).items() if moment}

    assert with_moment == {"/policies/", *reports}


def test_a_page_is_as_new_as_its_last_version(client, profile, time_machine):
    time_machine.move_to(jst(2024, 8, 1, 10, 0), tick=False)
    page = create_page(slug="policies")
    time_machine.move_to(jst(2024, 8, 2, 10, 0), tick=False)
    page.body = "別の言葉。"
    page.save()
    time_machine.move_to(jst(2024, 8, 3, 10, 0), tick=False)

    assert read(client)["/policies/"] == jst(2024, 8, 2, 10, 0)


def test_a_scheduled_report_comes_at_its_moment(client, profile, time_machine):
    post = create_post(published_at=jst(2024, 8, 4, 7, 0))

    time_machine.move_to(jst(2024, 8, 4, 6, 59, 59), tick=False)
    assert list(read(client)) == ["/", "/archive/"]
    time_machine.move_to(jst(2024, 8, 4, 7, 0), tick=False)
    assert post.get_absolute_url() in read(client)


def test_too_many_addresses_become_an_index_whose_parts_stay_as_they_are(
    client, profile, monkeypatch
):
    Post.objects.bulk_create(
        Post(pk=pk, status="published", published_at=jst(2024, 8, 4, 10, 0)) for pk in range(1, 12)
    )
    addresses = set(read(client))
    monkeypatch.setattr(sitemaps, "MOST_ADDRESSES", len(addresses))
    assert set(read(client)) == addresses
    monkeypatch.setattr(sitemaps, "MOST_ADDRESSES", 5)

    index = read(client)
    parts = {path: set(read(client, path)) for path in index}

    assert list(index) == [f"/sitemap-{part}.xml" for part in range(4)]
    assert set().union(*parts.values()) == addresses
    assert parts["/sitemap-2.xml"] == {f"/2024/08/{number}/" for number in range(6, 11)}

    Post.objects.filter(pk__in=[3, 11]).delete()
    create_post(pk=25)

    assert list(read(client)) == [f"/sitemap-{part}.xml" for part in (0, 1, 2, 5)]
    assert set(read(client, "/sitemap-2.xml")) == parts["/sitemap-2.xml"]


@pytest.mark.parametrize("number", ["3", "999999999", "00", "01", "1000000000", "-1", "x"])
def test_there_is_no_part_without_reports(client, site, number):
    assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_there_is_none_of_a_site_that_nobody_answers_for(client, db):
    create_post()

    assert client.get("/sitemap.xml").status_code == 404


def test_it_keeps_to_the_protocol(client, site, tmp_path, monkeypatch):
    create_correction(post=site[0], corrected_at=timezone.now())
    sitemap, index, broken = (tmp_path / name for name in ("sitemap", "index", "broken"))
    sitemap.write_bytes(client.get("/sitemap.xml").content)
    broken.write_text(sitemap.read_text().replace("+09:00", "").replace(SITE, ""))
    monkeypatch.setattr(sitemaps, "MOST_ADDRESSES", 2)
    index.write_bytes(client.get("/sitemap.xml").content)

    assert faults("sitemap.rnc", sitemap, index) == ""
    assert "error:" in faults("sitemap.rnc", broken)


@pytest.mark.parametrize("count", [12, 3000])
def test_the_questions_it_asks_do_not_grow(client, profile, django_assert_num_queries, count):
    create_posts(count)
    for number in range(1, 10):
        create_page()
        create_post(category=create_category(), published_at=jst(2024, number, 1, 10, 0))

    with django_assert_num_queries(7):
        assert len(read(client)) > count


# robots.txt


def test_programs_are_kept_from_the_desk_and_led_to_the_sitemap(client, profile):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(response.text.splitlines())
    assert robots.site_maps() == [f"{SITE}/sitemap.xml"]
    taken = [
        "/",
        "/2024/08/",
        "/feed.atom",
        "/media/a.jpg",
        "/qr/front.svg",
        "/preview/a/",
        "/static/a.css",
    ]
    assert all(robots.can_fetch("bot", path) for path in taken)
    left = ["/admin/", "/admin/blog/", "/accounts/login/"]
    assert not any(robots.can_fetch("bot", path) for path in left)


def test_a_site_that_nobody_answers_for_yet_names_no_sitemap(client, db):
    response = client.get("/robots.txt")

    assert response.text.startswith("User-agent: *\nDisallow: /admin/\n")
    assert "Sitemap" not in response.text


def test_the_address_is_the_sites_own_whatever_host_is_asked(client, profile):
    Profile.objects.update(address="https://www.example.jp")

    for path in ("/robots.txt", "/sitemap.xml"):
        text = client.get(path, headers={"host": "localhost"}).text
        assert "https://www.example.jp/" in text
        assert "localhost" not in text
