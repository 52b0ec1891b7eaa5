"""Polling day on a phone: publishing is refused with the reason, the draft is kept, an override is written down."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from blog.models import Post
from blog.photos import library
from homepage.elections import hold
from homepage.log.models import LogEntry
from tests.accounts import add_app
from tests.factories import create_election, create_person, create_post
from tests.homepage.elections.whole_site import picture
from tests.pictures import upload

REASON = "大雨の避難所のお知らせのため"
TEXT = "大雨の予報です。避難所は市民センターです。"


@pytest.fixture
def phone(new_context, live_server, profile, time_machine):
    # At noon, whenever the test is run: the browser's own clock stays near.
    today = timezone.localdate()
    noon = datetime.datetime.combine(today, datetime.time(12), timezone.get_current_timezone())
    time_machine.move_to(noon)
    create_election(announced_on=today - datetime.timedelta(days=7), polling_on=today)
    administrator = create_person("管理者", last_name="見本", first_name="花子")
    add_app(administrator)
    client = Client()
    client.force_login(administrator)
    context = new_context(viewport={"width": 390, "height": 844})
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    return context.new_page()


def press(page, name):
    page.get_by_role("button", name=name).click()


def test_publishing_is_refused_kept_as_a_draft_overridden_and_found_in_the_log(phone, live_server):
    phone.goto(f"{live_server.url}/admin/")
    expect(phone.get_by_role("region", name="選挙")).to_contain_text(
        "今日は見本市議会議員選挙の投票日です。"
    )
    phone.get_by_role("link", name="活動報告を書く").click()
    phone.get_by_label("本文").fill(TEXT)
    phone.get_by_label("題名").fill("避難所のお知らせ")
    phone.locator("#id_status").get_by_text("公開").click()
    press(phone, "公開する")

    expect(phone.get_by_role("heading", level=1)).to_have_text("投票日のため、更新していません")
    main = phone.locator("#content")
    expect(main).to_contain_text("今日は「見本市議会議員選挙」の投票日です。")
    expect(main).to_contain_text("(公職選挙法129条、142条の3)")
    assert not Post.objects.published().exists()
    assert Axe().run(phone).response["violations"] == []

    phone.get_by_role("link", name="残した文章を開く").click()
    expect(phone.get_by_label("本文")).to_have_value(TEXT)
    expect(phone.get_by_label("題名")).to_have_value("避難所のお知らせ")
    press(phone, "下書きを保存")
    expect(phone.locator("#result_list .field-state")).to_have_text("下書き")

    phone.locator("#result_list").get_by_role("link", name="避難所のお知らせ").click()
    phone.locator("#id_status").get_by_text("公開").click()
    press(phone, "公開する")
    phone.get_by_label("更新する理由").fill(REASON)
    press(phone, "理由を記録して更新する")
    expect(phone.locator("#result_list .field-state")).to_contain_text("公開")

    [post] = Post.objects.published()
    assert TEXT in phone.request.get(live_server.url + post.get_absolute_url()).text()
    phone.goto(f"{live_server.url}/admin/homepage/logentry/")
    log = phone.locator("#result_list")
    expect(log).to_contain_text("投票日のため停止 「避難所のお知らせ」")
    expect(log).to_contain_text(f"投票日の更新 {REASON}: 「避難所のお知らせ」")
    assert LogEntry.objects.filter(action="held").count() == 2


def test_a_photo_is_chosen_once_more(phone, live_server):
    with hold.override(REASON):
        photo = library.add(upload(picture("red"))).photo
        create_post(body=photo.image_code)
    phone.goto(f"{live_server.url}/admin/blog/photo/{photo.pk}/change/")
    file = {"name": "駅前.png", "mimeType": "image/png", "buffer": picture("blue")}
    phone.locator("input[name=image]").set_input_files([file])
    phone.get_by_role("button", name="保存", exact=True).click()

    phone.get_by_label("「駅前.png」は、もう一度お選びください").set_input_files([file])
    phone.get_by_label("更新する理由").fill(REASON)
    press(phone, "理由を記録して更新する")

    expect(phone.locator("#result_list")).to_be_visible()
    assert LogEntry.objects.filter(action="overridden").count() == 2


def test_the_picker_says_which_days_are_polling_days(phone, live_server):
    day = timezone.localdate() + datetime.timedelta(days=30)
    create_election(
        name="見本市長選挙", announced_on=day - datetime.timedelta(days=7), polling_on=day
    )
    phone.goto(f"{live_server.url}/admin/blog/post/add/")
    said = phone.locator(".polling-day")

    phone.get_by_label("公開日時").fill(f"{day}T10:00")
    expect(said).to_have_text("投票日です。この日時には公開できません。")
    phone.get_by_label("公開日時").fill(f"{day + datetime.timedelta(days=1)}T00:00")
    expect(said).to_be_empty()
    expect(phone.get_by_text("次の投票日には予約できません")).to_contain_text("見本市長選挙")
