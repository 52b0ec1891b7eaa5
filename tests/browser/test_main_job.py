"""The main job, on a real month: write in the admin, read by month, scan the code."""

import io

import pytest
import zxingcpp
from django.conf import settings
from PIL import Image

from tests.factories import create_administrator, create_profile

REAL = settings.BASE_DIR.parent / "shared" / "seed" / "backnumber-2024-08.txt"
INVENTED = settings.BASE_DIR / "tests" / "files" / "backnumber-2024-08.txt"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(params=[REAL, INVENTED], ids=["real", "invented"])
def reports(request):
    """The two reports of the month's page: of 4 August in one paragraph, of 1 August in many."""
    if not request.param.exists():
        # Only here is the real page absent; the invented one has the same shape.
        pytest.skip("the real page is not at hand")
    page = request.param.read_text(encoding="utf-8")
    text = page.split("2024年 8月\n", 1)[1].split("ブログバックナンバー", 1)[0].strip()
    fourth, first = text.split("\n\n", 1)
    return fourth, first


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def sign_in(page, site):
    page.goto(f"{site}/admin/")
    page.get_by_label("ユーザー名").fill("admin")
    page.get_by_label("パスワード").fill("himitsu-no-kotoba")
    page.get_by_role("button", name="ログイン", exact=True).click()
    # The first sign-in leads to the second factor, which is no part of this.
    page.get_by_role("link", name="ホーム", exact=True).click()


def publish(page, body, moment, title=""):
    page.get_by_role("link", name="活動報告を書く").click()
    page.get_by_label("本文").fill(body)
    page.get_by_label("題名").fill(title)
    page.get_by_label("公開日時").fill(moment)
    page.locator("#id_status").get_by_text("公開").click()
    page.get_by_role("button", name="公開する").click()
    # The real text has slips, which the desk names once.
    slips, published = (
        page.get_by_text("公開の前に、次の点を"),
        page.get_by_text("公開しています。"),
    )
    slips.or_(published).wait_for()
    if slips.is_visible():
        page.get_by_role("button", name="公開する").click()
    published.wait_for()
    page.get_by_role("link", name="ホーム", exact=True).click()


def test_a_month_is_published_read_and_scanned(page, new_context, live_server, reports):
    fourth, first = reports
    create_profile(address=live_server.url)
    create_administrator()

    page.set_viewport_size(PHONE)
    sign_in(page, live_server.url)
    publish(page, first, "2024-08-01T18:00", title="研修に参加しました")
    publish(page, fourth, "2024-08-04T18:00")

    reader = new_context(viewport=DESK).new_page()
    reader.goto(f"{live_server.url}/2024/08/")
    assert_month_is_complete(reader, fourth, first)
    code = reader.locator(".qr img")
    code.scroll_into_view_if_needed()
    # It is loaded when it comes near.
    code.evaluate("image => image.decode()")
    picture = Image.open(io.BytesIO(code.screenshot()))
    address = zxingcpp.read_barcode(picture).text
    assert address == reader.url

    phone = new_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    phone.goto(address)
    assert_month_is_complete(phone, fourth, first)
    assert not phone.locator(".qr").is_visible()
    assert phone.get_by_role("link", name="LINEで送る").is_visible()


def assert_month_is_complete(page, fourth, first):
    assert page.get_by_role("heading", level=1).inner_text().split() == [
        "2024年(令和6年)",
        "8月",
        "バックナンバー",
    ]
    posts = page.get_by_role("article")
    assert posts.count() == 2
    for post, text, day in [
        (posts.nth(0), fourth, "4日(日曜日)"),
        (posts.nth(1), first, "1日(木曜日)"),
    ]:
        assert day in "".join(post.locator(".post-date").inner_text().split())
        shown = lines_of(post.locator(".post-body").inner_text())
        assert shown == lines_of(text)
    names = [heading.inner_text() for heading in page.locator("article h2").all()]
    assert names[0].startswith("2024年8月4日の報告 8月4日の日曜日に")
    assert names[1] == "研修に参加しました"
