"""Deleting and restoring on a phone, and what citizens see meanwhile."""

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


@pytest.fixture
def citizen(new_context):
    page = new_context().new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def fits(page):
    return page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_a_report_is_withdrawn_with_a_reason_and_comes_back(phone, citizen, live_server):
    post = create_post(title="夏まつり", body="会場は西公園でした。")
    address = live_server.url + post.get_absolute_url()

    phone.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    phone.get_by_role("link", name="削除").click()
    phone.get_by_role("button", name="ごみ箱に入れる").click()
    expect(phone.get_by_text("お知らせに出す理由を、一文で書いてください。")).to_be_visible()
    phone.get_by_label("取り下げの理由").fill("会場の名前に誤りがあったため。")
    phone.get_by_role("button", name="ごみ箱に入れる").click()
    expect(phone.get_by_text("「夏まつり」をごみ箱に入れました。")).to_be_visible()

    citizen.goto(address)
    expect(citizen.get_by_role("heading", level=1)).to_have_text("この報告は取り下げました")
    expect(citizen.get_by_text("会場の名前に誤りがあったため。")).to_be_visible()
    assert fits(citizen)

    phone.locator(".messagelist").get_by_role("link", name="ごみ箱").click()
    expect(phone.get_by_text("戻すと、すぐに公開されます。")).to_be_visible()
    phone.get_by_role("button", name="もとに戻す").click()
    expect(phone.get_by_text("をもとに戻しました。")).to_be_visible()

    citizen.goto(address)
    expect(citizen.get_by_text("会場は西公園でした。")).to_be_visible()


def test_a_reason_is_asked_only_for_a_notice(phone, live_server):
    post = create_post()

    phone.goto(f"{live_server.url}/admin/blog/post/{post.pk}/delete/")
    phone.get_by_label("何も残さない").check()
    expect(phone.get_by_label("取り下げの理由")).to_be_hidden()
    phone.get_by_role("button", name="ごみ箱に入れる").click()

    expect(phone.get_by_text("ごみ箱に入れました。")).to_be_visible()
    assert Post.objects.trashed().exists()


def test_long_words_make_no_screen_of_the_trash_scroll_sideways(phone, live_server):
    create_post(title="a" * 120).trash()
    post = create_post(title="題" * 120)

    for path in ("trash/", f"blog/post/{post.pk}/delete/"):
        phone.goto(f"{live_server.url}/admin/{path}")
        assert fits(phone)
        for button in phone.locator(".trash-button").all():
            assert button.bounding_box()["height"] >= 44
