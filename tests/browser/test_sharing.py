"""Sharing a page: by keyboard alone, with what the browser has, and without anything moving."""

import gzip

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.keyboard import press_until_focused
from tests.factories import create_page, create_post

SHEET = "navigator.share = async (data) => { window.shared = data; }"
NO_SHEET = "delete Navigator.prototype.share"
SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((each) => each.value)))
        .observe({ type: "layout-shift", buffered: true });
"""
PAINTED = """
    new Promise((painted) => new PerformanceObserver(painted).observe({ type: "paint", buffered: true }))
        .then(() => null)
"""
# A shift is told after the frame in which it happened.
PAINTED_AGAIN = (
    "new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"
)


@pytest.fixture
def post(sample_site):
    return create_post(title="夏まつり & 献血")


def reader(new_context, *scripts, **options):
    """Return the page of a reader whose browser can do what the scripts say."""
    context = new_context(**options)
    for script in scripts:
        context.add_init_script(script)
    return context.new_page()


def test_a_report_is_shared_by_keyboard_alone(new_context, sample_site, post):
    permissions = ["clipboard-read", "clipboard-write"]
    page = reader(new_context, SHEET, permissions=permissions)
    address = sample_site + post.get_absolute_url()
    page.goto(address)
    reached = []

    for name in ("LINEで送る", "メールで送る", "アドレスをコピー"):
        press_until_focused(page, name, within=".share")
        reached.append(page.evaluate("document.activeElement.href || ''").split("?")[0])
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("アドレスをコピーしました。")
    press_until_focused(page, "共有する", within=".share")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("")

    assert reached == ["https://line.me/R/share", "mailto:", ""]
    assert page.evaluate("navigator.clipboard.readText()") == address
    shared = {"title": "夏まつり & 献血", "text": "夏まつり & 献血", "url": address}
    assert page.evaluate("window.shared") == shared


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("AbortError", ""),
        (
            "NotAllowedError",
            "共有できませんでした。上のアドレスを選んでコピーしてください。",
        ),
    ],
)
def test_a_sheet_that_is_closed_is_no_fault(new_context, sample_site, post, fault, said):
    refuse = f"navigator.share = async () => {{ console.log('asked'); throw new DOMException('', '{fault}'); }}"
    page = reader(new_context, refuse)
    page.goto(sample_site + post.get_absolute_url())

    with page.expect_console_message(lambda message: message.text == "asked"):
        page.get_by_role("button", name="共有する").click()

    expect(page.get_by_role("status")).to_have_text(said)


def test_what_the_browser_cannot_do_is_not_offered(new_context, sample_site, post):
    page = reader(new_context, NO_SHEET, "delete Navigator.prototype.clipboard")

    page.goto(sample_site + post.get_absolute_url(), wait_until="networkidle")

    assert page.locator(".share").get_by_role("button").count() == 0
    assert page.locator(".share").get_by_role("link").count() == 2


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_the_buttons_show(new_context, sample_site, width):
    create_page(slug="short", body="短いページです。")
    viewport = {"width": width, "height": 844}
    page = reader(new_context, SHEET, SHIFTS, viewport=viewport)
    held = []
    page.route("**/share*.js", lambda route: held.append(route))

    # As on a slow line: the page is there before its script.
    with page.expect_request("**/share*.js"):
        page.goto(f"{sample_site}/short/", wait_until="commit")
    page.evaluate(PAINTED)
    held[0].continue_()

    expect(page.get_by_role("button", name="共有する")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.evaluate(PAINTED_AGAIN)
    assert page.evaluate("window.shifts") == []


def test_no_script_of_a_public_page_is_larger_than_5_kb(page, sample_site, post):
    scripts = set()
    page.on("response", lambda answer: scripts.add(answer.url.rpartition("/static/")[2]))

    for path in ("/", "/archive/", "/2024/", "/2024/08/", "/profile/", post.get_absolute_url()):
        page.goto(sample_site + path, wait_until="networkidle")

    scripts = {each for each in scripts if each.endswith(".js")}
    assert scripts == {"js/share.js"}
    for each in scripts:
        assert len(gzip.compress((settings.BASE_DIR / "static" / each).read_bytes())) < 5000
