"""A report goes from who writes it to who publishes it, on two phones."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from blog.models import Post, PublishRequest, WorkingCopy
from tests.accounts import add_app
from tests.factories import create_person, create_post

NOTE = "参加者の数を、もう一度お確かめください。"
PUBLIC = "公開 2024年8月4日(日) 10:00"
CHANGED = "参加は百十二名でした。"


@pytest.fixture
def people(profile):
    drafter = create_person("起草者", last_name="見本", first_name="次郎")
    editor = create_person("編集者", last_name="見本", first_name="花子")
    add_app(editor)
    return {"起草者": drafter, "編集者": editor}


@pytest.fixture
def phone_of(new_context, live_server, people):
    def phone(role):
        client = Client()
        client.force_login(people[role])
        context = new_context(viewport={"width": 390, "height": 844})
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        context.add_cookies([cookie | {"url": live_server.url}])
        return context.new_page()

    return phone


def press(page, name):
    page.get_by_role("button", name=name).click()


def lists(page, words):
    """Expect the list, to which every button leads, to say this of the report."""
    expect(page.locator("#result_list .field-state")).to_have_text(words)


def test_a_report_is_handed_in_returned_handed_in_again_and_published(
    phone_of, live_server, new_context
):
    drafter, editor = phone_of("起草者"), phone_of("編集者")
    post = create_post(title="防災訓練", body="参加は百二名でした。")
    desk = f"{live_server.url}/admin/blog/post/{post.pk}/change/"

    drafter.goto(desk)
    drafter.get_by_label("本文").fill("参加は千百二名でした。")
    press(drafter, "公開を依頼する")
    lists(drafter, f"{PUBLIC}・書きかけの変更あり・公開の依頼あり")

    editor.goto(f"{live_server.url}/admin/")
    editor.get_by_role("region", name="公開の依頼").get_by_role("link", name="防災訓練").click()
    expect(editor.locator("ins")).to_contain_text("千百二名")
    editor.get_by_label("直してほしいこと").fill(NOTE)
    press(editor, "差し戻す")
    lists(editor, f"{PUBLIC}・書きかけの変更あり・差し戻し({NOTE})")

    drafter.goto(desk)
    expect(drafter.get_by_role("region", name="差し戻されています")).to_contain_text(NOTE)
    drafter.get_by_label("本文").fill(CHANGED)
    press(drafter, "公開を依頼する")
    lists(drafter, f"{PUBLIC}・書きかけの変更あり・公開の依頼あり")

    editor.goto(desk)
    expect(editor.locator("ins")).to_contain_text("百十二名")
    press(editor, "更新する")
    editor.locator("#id_change").get_by_text("誤字の修正").click()
    press(editor, "更新する")
    lists(editor, PUBLIC)

    citizen = new_context(java_script_enabled=False).new_page()
    citizen.goto(live_server.url + post.get_absolute_url())
    expect(citizen.get_by_text(CHANGED)).to_be_visible()
    assert not PublishRequest.objects.exists()


def test_a_new_report_is_written_and_handed_in(phone_of, live_server):
    drafter = phone_of("起草者")
    faults = []
    drafter.on("pageerror", lambda error: faults.append(error))

    drafter.goto(f"{live_server.url}/admin/blog/post/add/")
    drafter.get_by_label("本文").fill(CHANGED)
    press(drafter, "公開を依頼する")

    lists(drafter, "下書き・公開の依頼あり")
    assert Post.objects.get().publish_request.is_open
    assert not faults


def test_the_buttons_of_a_drafter_fit_a_thumb(phone_of, live_server):
    drafter = phone_of("起草者")

    drafter.goto(f"{live_server.url}/admin/blog/post/add/")

    for name in ("下書きを保存する", "公開を依頼する"):
        assert drafter.get_by_role("button", name=name).bounding_box()["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("role", ["起草者", "編集者"])
def test_a_request_breaks_no_rule_of_accessibility(
    phone_of, live_server, people, role, width, scheme
):
    page = phone_of(role)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    post = create_post(title="防災訓練", body="参加は百二名でした。")
    WorkingCopy.objects.write(post, None, title="防災訓練", body=CHANGED)
    PublishRequest.objects.hand_in(post, people["起草者"])

    for path in (f"blog/post/{post.pk}/change/", "blog/post/", ""):
        page.goto(f"{live_server.url}/admin/{path}")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width

    PublishRequest.objects.update(returned_at=post.published_at, note=NOTE)
    page.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
