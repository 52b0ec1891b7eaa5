"""What a citizen's browser does on the site, and what it is spared."""

import pytest

from blog.models import Post
from tests.browser.keyboard import press_until_focused
from tests.factories import create_attachment, create_post, jst

pytestmark = pytest.mark.usefixtures("sample_site")


@pytest.fixture
def kinds(sample_site):
    """The address of one page of each kind."""
    post = Post.objects.published().exclude(title="").first()
    untitled = Post.objects.published().filter(title="").first()
    paths = [
        "/",
        "/archive/",
        "/2024/",
        "/2024/08/",
        "/category/disaster/",
        "/search/?q=献血",
        "/profile/",
        "/nowhere/",
    ]
    return [
        sample_site + path
        for path in [*paths, post.get_absolute_url(), untitled.get_absolute_url()]
    ]


def test_no_page_sets_a_cookie_or_asks_another_host(page, kinds, sample_site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    for address in kinds:
        page.goto(address, wait_until="networkidle")

    assert asked
    assert [url for url in asked if not url.startswith(f"{sample_site}/")] == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_no_page_reports_an_error_in_the_console(page, kinds):
    errors = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))

    for address in kinds:
        if "nowhere" not in address:
            page.goto(address, wait_until="networkidle")

    assert errors == []


def test_everything_can_be_read_without_scripts(new_context, sample_site):
    page = new_context(java_script_enabled=False).new_page()

    page.goto(sample_site)
    page.get_by_role("link", name="バックナンバー").first.click()
    page.get_by_role("link", name="8月 6件").click()
    page.wait_for_url("**/2024/08/")

    assert page.get_by_role("article").count() == 6
    for post in page.get_by_role("article").all():
        assert post.locator(".post-body").is_visible()
    # A button that needs a script is not shown without one.
    assert page.get_by_role("button").count() == 0


def test_the_menu_works_by_keyboard_alone(page, sample_site):
    page.goto(sample_site)

    press_until_focused(page, "本文へ移動")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")

    page.goto(sample_site)
    press_until_focused(page, "バックナンバー")
    page.keyboard.press("Enter")
    page.wait_for_url("**/archive/")


def test_the_navigator_works_by_keyboard_alone(page, sample_site):
    page.goto(f"{sample_site}/archive/")

    press_until_focused(page, "5月 1件", within=".back-numbers-year:last-child")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "4px"
    page.keyboard.press("Enter")

    page.wait_for_url("**/2019/05/")


def test_the_menu_works_by_touch(new_context, sample_site):
    page = new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    page.goto(sample_site)

    page.get_by_role("navigation", name="サイト内").get_by_role("link", name="プロフィール").tap()

    page.wait_for_url("**/profile/")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_scrolls_sideways(page, kinds, width):
    page.set_viewport_size({"width": width, "height": 700})

    for address in kinds:
        page.goto(address)
        wider = page.evaluate(
            "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider == 0, address


def test_name_and_contact_are_near_the_top_of_the_front_page(new_context, sample_site):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()

    page.goto(sample_site)

    contact = page.get_by_role("link", name="mihon@example.jp").first
    assert contact.bounding_box()["y"] < 844


def test_a_phone_gets_buttons_to_share_in_place_of_the_code(new_context, sample_site):
    context = new_context(viewport={"width": 390, "height": 844})
    context.add_init_script("navigator.share = async (data) => console.log(data.url)")
    page = context.new_page()

    page.goto(f"{sample_site}/2024/08/")
    with page.expect_console_message() as shared:
        page.get_by_role("button", name="共有する").click()

    assert shared.value.text == f"{sample_site}/2024/08/"
    assert not page.locator(".qr").is_visible()


def test_the_address_is_copied(new_context, sample_site):
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()

    page.goto(f"{sample_site}/2024/08/")
    page.get_by_role("button", name="アドレスをコピー").click()

    page.get_by_text("アドレスをコピーしました。").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{sample_site}/2024/08/"


def test_print_shows_the_code_and_no_navigation(page, sample_site):
    page.goto(f"{sample_site}/2024/08/")

    page.emulate_media(media="print", color_scheme="dark")

    assert page.locator(".qr img").is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.get_by_text("mihon@example.jp").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("path", ["/", "/2024/", "/2024/08/", "/category/disaster/", "/profile/"])
def test_in_print_the_code_lies_over_nothing(page, sample_site, path):
    page.set_viewport_size({"width": 660, "height": 900})
    page.goto(sample_site + path)
    page.emulate_media(media="print")

    code = page.locator(".qr").bounding_box()

    for text in page.locator("main :is(h1, h2, h3, p, img):not(.qr *)").all():
        if text.is_visible():
            assert not overlap(code, text.bounding_box()), text.inner_text()


def overlap(one, other):
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def test_of_a_busy_month_the_code_stays_in_sight(page, sample_site):
    for day in range(1, 31):
        create_post(title=f"{day}日の長い題名の報告です", published_at=jst(2024, 8, day, 12, 0))
    page.set_viewport_size({"width": 1280, "height": 800})

    page.goto(f"{sample_site}/2024/08/")
    page.evaluate("window.scrollTo({ top: 2000, behavior: 'instant' })")
    assert page.evaluate("window.scrollY") == 2000

    code = page.locator(".qr img").bounding_box()
    assert 0 < code["y"] < code["y"] + code["height"] < 800


def test_an_attachment_is_kept_under_its_title(page, sample_site, monkeypatch):
    # The server of the tests would answer for media itself, with other headers.
    handler = "django.test.testcases._MediaFilesHandler._should_handle"
    monkeypatch.setattr(handler, lambda *arguments: False)
    attachment = create_attachment(title="議会だより 第12号")
    page.goto(sample_site + attachment.post.get_absolute_url())

    with page.expect_download() as download:
        page.get_by_role("link", name="議会だより 第12号（PDF、").click()

    assert download.value.suggested_filename == "議会だより 第12号.pdf"
