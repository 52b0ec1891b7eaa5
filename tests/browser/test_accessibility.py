"""The rules of axe-core, WCAG 2.2 A and AA and its best practices, in the browser."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from blog.models import Post, PostRevision, Tag
from homepage.models import Profile
from tests.factories import (
    create_administrator,
    create_attachment,
    create_category,
    create_correction,
    create_election,
    create_post,
    jst,
)

WIDTHS = [390, 1280]
SCHEMES = ["light", "dark"]


def assert_no_violations(page, address):
    page.goto(address)
    assert_page_breaks_no_rule(page)


def assert_page_breaks_no_rule(page):
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages_break_no_rule(page, sample_site, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    post = create_post(
        title="表と引用のある報告",
        body="## 見出し\n\n|費目|額|\n|---|--:|\n|間仕切り|120,000円|\n\n> 引用\n\n1. 一つ\n\n- 点\n\n`符号` [会議録](https://gikai.example.jp/)",
        published_at=jst(2024, 8, 7, 10, 0),
        category=create_category(slug="empty-of-words"),
    )
    create_attachment(post=post)
    create_correction(post=post)
    create_correction(post=create_post(published_at=jst(2024, 8, 6, 10, 0)))
    create_category(name="報告のない分野", slug="nothing-yet")
    withdrawn, gone = create_post(), create_post()
    withdrawn.withdraw("会場の名前に誤りがあったため。")
    gone.withdraw()
    posts = [
        withdrawn,
        gone,
        Post.objects.get(title="表と引用のある報告"),
        Post.objects.get(title="公民館の古本市"),
        Tag.objects.get(name="図書館"),
        Post.objects.published().filter(title="").first(),
    ]

    for path in [
        "/", "/archive/", "/2024/", "/2024/08/", "/category/disaster/", "/category/nothing-yet/",
        "/search/", "/search/?q=献血", "/search/?q=議会&order=best", "/search/?q=献決",
        "/profile/", "/privacy/", "/nowhere/", *(post.get_absolute_url() for post in posts),
    ]:  # fmt: skip
        assert_no_violations(page, sample_site + path)
        # What changed is a part of the page, once it is asked for.
        if page.locator("summary").count():
            page.locator("summary").first.click()
            assert_page_breaks_no_rule(page)


@pytest.mark.parametrize("accent", ["#ffe000", "#000000", "#ffffff", "#ff00ff"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_any_colour_the_owner_chooses_breaks_no_rule(page, sample_site, scheme, accent):
    Profile.objects.update(accent=accent)
    page.emulate_media(color_scheme=scheme)

    assert_no_violations(page, f"{sample_site}/2024/08/")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_site_that_is_not_set_up_breaks_no_rule(page, live_server, scheme):
    page.emulate_media(color_scheme=scheme)

    assert_no_violations(page, live_server.url)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_writing_desk_breaks_no_rule(page, sample_site, client, width, scheme):
    client.force_login(create_administrator(username="writer"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": sample_site}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{sample_site}/admin/blog/post/add/")

    # Django's own frame around it (breadcrumbs, theme button) is Django's affair.
    results = Axe().run(page, context="#content form :is(.markdownx, .tag-desk, .submit-row)")

    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_history_breaks_no_rule(page, sample_site, client, width, scheme):
    client.force_login(create_administrator(username="writer"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": sample_site}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    post = create_post(title="はじめの題名", body="参加は百二名でした。![](photo-999)")
    post.title, post.body = "つぎの題名", "参加は百三名でした。![](photo-999)"
    post.save()
    # More than one page of versions.
    post.revisions.bulk_create(
        PostRevision(id=post.pk, body="版", history_date=jst(2024, 8, 1, 9, 0), history_type="~")
        for _ in range(60)
    )
    newest = post.revisions.first()

    for path in ["", f"{newest.pk}/", f"{newest.pk}/?with=now"]:
        page.goto(f"{sample_site}/admin/blog/post/{post.pk}/history/{path}")
        # As at the writing desk: what is around it is Django's affair.
        results = Axe().run(page, context="#content")
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_trash_breaks_no_rule(page, sample_site, client, width, scheme):
    client.force_login(create_administrator(username="writer"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": sample_site}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    post, trashed = create_post(), create_post()
    trashed.trash()

    for path in [
        "trash/",
        f"blog/post/{post.pk}/delete/",
        f"blog/post/{trashed.pk}/delete-for-good/",
    ]:
        page.goto(f"{sample_site}/admin/{path}")
        # As at the writing desk: what is around it is Django's affair.
        results = Axe().run(page, context="#content")
        assert results.violations_count == 0, results.generate_report()

    page.goto(f"{sample_site}/admin/blog/post/{post.pk}/delete/")
    page.get_by_role("button", name="ごみ箱に入れる").click()
    expect(page.get_by_text("お知らせに出す理由を、一文で書いてください。")).to_be_visible()
    results = Axe().run(page, context="#content")
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_calendar_of_elections_breaks_no_rule(page, sample_site, client, width, scheme):
    client.force_login(create_administrator(username="writer"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": sample_site}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    today = timezone.localdate()
    election = create_election(announced_on=today, polling_on=today + datetime.timedelta(days=7))

    for path in ["", "homepage/election/", f"homepage/election/{election.pk}/change/"]:
        page.goto(f"{sample_site}/admin/{path}")
        expect(page.get_by_text("見本市議会議員選挙").first).to_be_visible()
        results = Axe().run(page, context="#content")
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
