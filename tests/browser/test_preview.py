"""How a page will look, on the screen at the desk and for whoever has its link."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from blog.models import PreviewLink, WorkingCopy
from tests.factories import create_administrator, create_category, create_post

WIDTHS = [390, 1280]


@pytest.fixture
def post(profile):
    post = create_post(title="公開した題名", category=create_category(name="防災", slug="disaster"))
    body = "書き直している文章です。\n\n" * 60
    WorkingCopy.objects.create(
        post=post,
        title="直した題名",
        body=body,
        category=post.category,
        published_at=post.published_at,
    )
    return post


@pytest.fixture
def look(page, live_server, client, post):
    """Return the screen at the desk in a window of the width."""
    client.force_login(create_administrator())
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )

    def at(width):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/admin/blog/post/{post.pk}/look/")
        return page

    return at


def assert_shows(frame, width):
    """Check that the frame shows the text at the width, and that none of it is cut off."""
    expect(frame.content_frame.locator("h1")).to_have_text("直した題名")
    assert frame.content_frame.locator("html").evaluate("() => innerWidth") == width
    inside, around = frame.bounding_box(), frame.locator("..").bounding_box()
    assert abs(inside["width"] + 2 - around["width"]) < 2
    assert abs(inside["height"] + 2 - around["height"]) < 2


@pytest.mark.parametrize("width", [320, 390, 768, 1024])
def test_where_there_is_little_room_the_page_is_shown_at_one_width_at_a_time(look, width):
    screen = look(width)
    phone, desktop = screen.locator(".look-phone iframe"), screen.locator(".look-desktop iframe")

    assert_shows(phone, 390)
    expect(desktop).to_be_hidden()
    screen.get_by_text("パソコン").click()

    assert_shows(desktop, 1280)
    expect(phone).to_be_hidden()
    assert screen.evaluate("document.scrollingElement.scrollWidth") <= width


def test_on_a_wide_screen_the_page_is_shown_at_both_widths(look):
    screen = look(1280)

    assert_shows(screen.locator(".look-phone iframe"), 390)
    assert_shows(screen.locator(".look-desktop iframe"), 1280)
    expect(screen.get_by_label("パソコン", exact=True)).to_be_hidden()
    assert screen.evaluate("document.scrollingElement.scrollWidth") <= 1280


def test_a_link_in_the_frame_opens_a_window_and_the_page_stays(look):
    screen = look(1280)
    page = screen.locator(".look-phone iframe").content_frame

    with screen.expect_popup() as opened:
        page.get_by_role("link", name="防災").press("Enter")

    opened.value.wait_for_url("**/category/disaster/")
    expect(page.locator("h1")).to_have_text("直した題名")
    page.get_by_role("link", name="本文へ移動").press("Enter")
    expect(page.locator("main:target")).to_be_visible()


def test_the_desk_opens_it_beside_itself(look, live_server, post):
    desk = look(390)
    desk.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")

    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="ページの見え方").click()

    assert_shows(opened.value.locator(".look-phone iframe"), 390)


@pytest.mark.parametrize("width", WIDTHS)
def test_somebody_without_an_account_reads_by_the_link_until_it_is_revoked(
    look, browser, live_server, width
):
    screen = look(width)
    screen.get_by_role("button", name="リンクを作る").click()
    path = screen.get_by_label("まで").input_value().removeprefix("https://mihon.example.jp")
    stranger = browser.new_context(viewport={"width": width, "height": 900}).new_page()

    stranger.goto(live_server.url + path)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("直した題名")
    expect(stranger.get_by_text("公開中の報告の変更")).to_be_visible()
    assert stranger.evaluate("document.scrollingElement.scrollWidth") <= width
    assert stranger.context.cookies() == []

    screen.get_by_role("button", name="取り消す").click()
    screen.get_by_text("リンクを取り消しました。").wait_for()
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("このリンクは使えません")
    expect(stranger.get_by_text("書き直している")).to_have_count(0)
    stranger.context.close()


def test_the_address_is_copied(look, post):
    address = f"https://mihon.example.jp{PreviewLink.objects.create(post=post).get_absolute_url()}"
    screen = look(390)
    screen.context.grant_permissions(["clipboard-read", "clipboard-write"])

    screen.get_by_role("button", name="アドレスをコピー").click()

    expect(screen.get_by_text("アドレスをコピーしました。")).to_be_visible()
    assert screen.evaluate("navigator.clipboard.readText()") == address


def test_a_thumb_hits_everything(look, post):
    PreviewLink.objects.create(post=post)
    screen = look(390)

    targets = screen.locator(".look-view label, .look button, .look a, .look [readonly]").all()
    assert len(targets) == 7
    for each in targets:
        assert each.bounding_box()["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_rule_of_accessibility_is_broken(look, live_server, post, width, scheme):
    link = PreviewLink.objects.create(post=post)
    screen = look(width)
    screen.emulate_media(color_scheme=scheme)
    expect(screen.locator(".look-phone iframe").content_frame.locator("h1")).to_be_visible()

    # Django's own frame around it is Django's affair.
    results = [Axe().run(screen, context=".look")]
    for path in [link.get_absolute_url(), f"/preview/{'a' * 43}/"]:
        screen.goto(live_server.url + path)
        results.append(Axe().run(screen))

    assert [each.generate_report() for each in results if each.violations_count] == []
