"""Choosing tags at the desk with one thumb, and merging them."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from blog.models import Tag, WorkingCopy
from tests.browser import clock
from tests.factories import create_administrator, create_post


@pytest.fixture
def phone(page, live_server, client, profile):
    client.force_login(create_administrator())
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([session | {"url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def open_desk(page, live_server, post):
    page.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    return page.get_by_label("タグ:")


def test_a_tap_writes_a_tag_and_another_takes_it_out(phone, live_server):
    create_post(tag_names="献血、若者")
    line = open_desk(phone, live_server, create_post(tag_names="防災"))
    button = phone.get_by_role("button", name="献血", exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")

    button.click()
    expect(line).to_have_value("防災、献血")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert button.bounding_box()["height"] >= 44
    button.click()
    expect(line).to_have_value("防災")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_tag_that_is_tapped_is_saved_like_what_is_typed(phone, live_server):
    create_post(tag_names="献血")
    clock.stop(phone.context)
    line = open_desk(phone, live_server, create_post())
    line.fill("ｐｔａ\n")

    phone.get_by_role("button", name="献血", exact=True).click()
    phone.clock.run_for(clock.REST)
    expect(phone.locator(".desk-saved")).to_have_text(re.compile("^保存しました"))

    assert WorkingCopy.objects.get().tag_names == "ｐｔａ、献血"


def test_what_is_typed_in_another_width_presses_the_button(phone, live_server):
    create_post(tag_names="PTA")
    line = open_desk(phone, live_server, create_post())

    line.press_sequentially("ｐｔａ")

    button = phone.get_by_role("button", name="PTA", exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")


def test_without_a_script_the_line_is_all_there_is(browser, live_server, client, profile):
    client.force_login(create_administrator())
    context = browser.new_context(java_script_enabled=False)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([session | {"url": live_server.url}])
    page = context.new_page()
    post = create_post(tag_names="献血")

    open_desk(page, live_server, post).fill("献血，若者")
    assert not page.locator(".tag-choices").is_visible()
    page.get_by_role("button", name="更新する").click()
    page.get_by_text("公開しています。").wait_for()
    context.close()

    assert set(post.tags.values_list("name", flat=True)) == {"献血", "若者"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tag_is_merged_on_pages_that_break_no_rule(phone, live_server, scheme):
    phone.emulate_media(color_scheme=scheme)
    create_post(tag_names="献結、献血")
    tag = Tag.objects.get(name="献結")
    phone.goto(f"{live_server.url}/admin/blog/tag/{tag.pk}/delete/")
    assert Axe().run(phone, context="#content").violations_count == 0

    phone.goto(f"{live_server.url}/admin/blog/tag/{tag.pk}/change/")
    phone.get_by_role("link", name="ほかのタグにまとめる").click()
    phone.wait_for_url("**/merge/")
    results = Axe().run(phone, context="#content")
    assert results.violations_count == 0, results.generate_report()
    phone.get_by_label("まとめる先のタグ").select_option("献血")
    phone.get_by_role("button", name="まとめる").click()

    expect(phone.get_by_text("「献結」を「献血」にまとめました。")).to_be_visible()
    assert Tag.objects.in_use().get().name == "献血"
