"""The admin's form on a phone."""

import pytest
from playwright.sync_api import expect

from blog.models import Post
from tests.factories import create_administrator, create_correction, create_post


@pytest.fixture
def desk(page, live_server, client, profile):
    """The form of a new report, at the width of a phone."""
    client.force_login(create_administrator())
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/admin/blog/post/add/")
    return page


def show_preview(desk):
    desk.get_by_text("仕上がりを見る").click()


def test_the_preview_follows_the_text(desk):
    desk.get_by_label("本文").fill("{献血|けんけつ}の**「報告」**です。")
    show_preview(desk)

    expect(desk.locator(".markdownx-preview strong")).to_have_text("「報告」")
    expect(desk.locator(".markdownx-preview rt")).to_have_text("けんけつ")


def test_an_older_preview_never_comes_after_a_newer_one(desk):
    waiting = []
    desk.route(
        "**/preview/",
        lambda route: (
            waiting.append(route) if "old" in route.request.post_data else route.continue_()
        ),
    )

    with desk.expect_request(lambda request: "old" in (request.post_data or "")):
        desk.get_by_label("本文").fill("old")
    desk.get_by_label("本文").fill("new")
    show_preview(desk)
    expect(desk.locator(".markdownx-preview")).to_have_text("new")
    waiting[0].continue_()
    # The answer, or none since nobody waits for it any more.
    waiting[0].request.response()

    expect(desk.locator(".markdownx-preview")).to_have_text("new")


def test_a_preview_that_cannot_be_had_is_told_and_the_text_stays(desk, client):
    client.logout()

    desk.get_by_label("本文").fill("書きかけの報告")
    show_preview(desk)

    expect(desk.get_by_text("仕上がりを表示できません")).to_be_visible()
    desk.get_by_text("書く", exact=True).click()
    expect(desk.get_by_label("本文")).to_have_value("書きかけの報告")
    assert "ログイン" not in desk.locator(".markdownx-preview").inner_text()


def test_tab_and_enter_are_the_browsers(desk):
    text = desk.get_by_label("本文")
    text.press_sequentially("一行目")
    text.press("Enter")
    text.press_sequentially("二行目")
    text.press("Tab")

    expect(text).to_have_value("一行目\n二行目")
    expect(text).not_to_be_focused()


def test_the_one_button_says_what_will_happen(desk):
    expect(desk.get_by_role("button", name="下書きを保存")).to_be_visible()
    expect(desk.get_by_role("button", name="公開する")).to_be_hidden()

    desk.locator("#id_status").get_by_text("公開").click()

    expect(desk.get_by_role("button", name="公開する")).to_be_visible()
    expect(desk.get_by_role("button", name="下書きを保存")).to_be_hidden()


def test_the_button_says_that_a_date_to_come_schedules(desk):
    desk.locator("#id_status").get_by_text("公開").click()

    desk.get_by_label("公開日時").fill("2099-01-01T07:00")
    expect(desk.get_by_role("button", name="予約する")).to_be_visible()

    desk.get_by_label("公開日時").fill("2024-01-01T07:00")
    expect(desk.get_by_role("button", name="公開する")).to_be_visible()


def test_there_is_room_to_write(desk):
    assert desk.get_by_label("本文").bounding_box()["height"] >= 240


def test_the_button_is_in_reach_without_scrolling(desk):
    desk.get_by_label("本文").fill("長い報告です。\n\n" * 100)

    box = desk.get_by_role("button", name="下書きを保存").bounding_box()

    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 844


def test_a_published_report_can_be_taken_back_to_a_draft(desk, live_server):
    post = create_post(title="公開した報告")

    desk.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    expect(desk.get_by_role("button", name="更新する")).to_be_visible()
    desk.locator("#id_status").get_by_text("下書き").click()
    desk.get_by_role("button", name="公開をやめて下書きにする").click()

    desk.get_by_text("下書きとして保存しました。").wait_for()
    assert not Post.objects.published().exists()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "blog/post/",
        "blog/post/add/",
        "blog/category/",
        "blog/correction/",
        "homepage/profile/1/change/",
        "homepage/page/add/",
        "accounts/user/",
    ],
)
def test_no_screen_scrolls_sideways_on_a_phone(desk, live_server, path):
    post = create_post(title="とても長い題名の報告で二段組みの一覧に収まりにくいもの" * 2)
    create_correction(post=post, sentence="改" * 200)

    desk.goto(f"{live_server.url}/admin/{path}")

    assert desk.evaluate("document.scrollingElement.scrollWidth") <= 390
