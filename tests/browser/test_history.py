"""The history of a report on a phone."""

import pytest
from playwright.sync_api import expect

from blog.models import Post
from tests.factories import create_administrator, create_post


@pytest.fixture
def phone(page, live_server, client, profile):
    client.force_login(create_administrator())
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_a_writer_finds_what_a_report_said_before_and_brings_it_back(phone, live_server):
    post = create_post(title="防災訓練", body="参加は百二名でした。")
    post.body = "参加は百三名でした。"
    post.save()

    phone.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    link = phone.get_by_role("link", name="履歴")
    assert link.bounding_box()["height"] >= 44
    link.click()
    # The last row is there when all are.
    phone.wait_for_url("**/history/")
    phone.locator(".revisions a").last.click()
    phone.get_by_role("link", name="いまの文章との違い").click()
    expect(phone.locator("del")).to_contain_text("百二名")
    expect(phone.locator("ins")).to_contain_text("百三名")
    phone.get_by_role("button", name="この版に戻す").click()

    phone.get_by_text("編集画面に戻しました。").wait_for()
    expect(phone).to_have_url(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    assert Post.objects.get().working_copy.body == "参加は百二名でした。"


def test_the_whole_row_of_a_version_is_its_link(phone, live_server):
    post = create_post()

    phone.goto(f"{live_server.url}/admin/blog/post/{post.pk}/history/")
    phone.locator(".revisions li").click(position={"x": 300, "y": 60})

    expect(phone.get_by_role("button", name="この版に戻す")).to_be_visible()


def test_long_words_make_no_screen_scroll_sideways(phone, live_server):
    post = create_post(title="題" * 120, body="https://gikai.example.jp/" + "a" * 500)
    post.title, post._change_reason = "名" * 120, "w" * 100
    post.body += "b"
    post.save()

    for path in ["", f"{post.revisions.first().pk}/"]:
        phone.goto(f"{live_server.url}/admin/blog/post/{post.pk}/history/{path}")
        assert phone.evaluate("document.scrollingElement.scrollWidth") <= 390
