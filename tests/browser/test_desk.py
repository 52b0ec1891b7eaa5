"""Nothing written on a phone is lost."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from blog.models import Post, WorkingCopy
from homepage.revisions import KEPT
from tests.accounts import add_app
from tests.browser import clock
from tests.browser.clock import AGAIN, PAUSE, REST
from tests.factories import create_administrator, create_post

SAVED = re.compile(r"^保存しました \d\d:\d\d$")


@pytest.fixture
def phone(context, live_server, client, profile):
    """A browser of somebody who is signed in, at the width of a phone."""
    user = create_administrator()
    add_app(user)
    client.force_login(user)
    sign_in(context, live_server, client)
    clock.stop(context)
    return context


def sign_in(context, live_server, client):
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([session | {"url": live_server.url}])


def open_desk(phone, live_server, post=None):
    page = phone.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/admin/blog/post/{f'{post.pk}/change' if post else 'add'}/")
    return page


def body(page):
    return page.get_by_label("本文")


def write(page, text):
    body(page).press_sequentially(text)


def rest(page):
    page.clock.run_for(REST)


def says(page, words):
    expect(page.locator(".desk")).to_contain_text(words)


def wait_until_saved(page):
    rest(page)
    expect(page.locator(".desk-saved")).to_have_text(SAVED)


def kill(page):
    """Close the tab without a last word, which the browser may send although it is offline."""
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.close()


def texts():
    return list(WorkingCopy.objects.values_list("body", flat=True))


def test_a_report_is_saved_when_the_writer_rests(phone, live_server):
    page = open_desk(phone, live_server)

    write(page, "今朝の報告です。")
    page.clock.run_for(PAUSE)
    says(page, "この端末に保存しました")
    wait_until_saved(page)

    assert texts() == ["今朝の報告です。"]
    page.reload()
    expect(body(page)).to_have_value("今朝の報告です。")
    assert Post.objects.get().status == "draft"


def test_without_a_connection_the_text_stays_here_and_is_sent_later(phone, live_server):
    page = open_desk(phone, live_server)
    phone.set_offline(True)

    write(page, "電車の中で。")
    rest(page)
    says(page, "通信できません。この端末に保存しました。")
    phone.set_offline(False)
    page.clock.run_for(AGAIN)

    expect(page.locator(".desk-saved")).to_have_text(SAVED)
    assert texts() == ["電車の中で。"]


def test_a_lost_connection_a_killed_tab_and_a_lost_session_leave_the_text_once(
    phone, live_server, client
):
    page = open_desk(phone, live_server)
    write(page, "駅前で、")
    wait_until_saved(page)
    post = Post.objects.get()

    phone.set_offline(True)
    write(page, "市民の皆さんに、")
    page.clock.run_for(PAUSE)
    says(page, "この端末に保存しました")
    kill(page)

    phone.set_offline(False)
    page = open_desk(phone, live_server, post)
    expect(body(page)).to_have_value("駅前で、市民の皆さんに、")
    expect(page.locator(".desk-saved")).to_have_text(SAVED)
    Session.objects.all().delete()
    write(page, "お話を聞きました。")
    rest(page)
    says(page, "ログインが切れています。この端末に保存しました。")
    sign_in_beside(page)

    page.clock.run_for(AGAIN)
    expect(page.locator(".desk-saved")).to_have_text(SAVED)
    expect(body(page)).to_have_value("駅前で、市民の皆さんに、お話を聞きました。")
    page.get_by_role("button", name="下書きを保存").click()
    page.get_by_text("下書きとして保存しました。").wait_for()
    assert [each.body for each in Post.objects.all()] == [
        "駅前で、市民の皆さんに、お話を聞きました。"
    ]
    assert texts() == []


def sign_in_beside(page):
    """Sign in again in the window that the desk opens, the second step included."""
    with page.expect_popup() as popup:
        page.get_by_role("link", name="ログインする").click()
    beside = popup.value
    beside.get_by_label("ユーザー名").fill("admin")
    beside.get_by_label("パスワード").fill("himitsu-no-kotoba")
    beside.get_by_role("button", name="ログイン", exact=True).click()
    [code, *_] = unused_recovery_codes()
    beside.get_by_label("コード").fill(code)
    with beside.expect_event("close"):
        beside.get_by_role("button", name="ログイン", exact=True).click()


def unused_recovery_codes():
    return Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()


def test_a_new_report_that_never_reached_the_server_is_offered_again(phone, live_server):
    page = open_desk(phone, live_server)
    phone.set_offline(True)
    write(page, "圏外で書きました。")
    page.clock.run_for(PAUSE)
    says(page, "この端末に保存しました")
    kill(page)
    phone.set_offline(False)

    page = open_desk(phone, live_server)
    expect(body(page)).to_have_value("")
    expect(page.get_by_text("圏外で書きました。")).to_be_visible()
    page.get_by_role("button", name="続きを書く").click()

    expect(page.locator(".desk-saved")).to_have_text(SAVED)
    expect(body(page)).to_have_value("圏外で書きました。")
    assert texts() == ["圏外で書きました。"]
    page = open_desk(phone, live_server)
    expect(page.get_by_text("書きかけの報告があります")).to_be_hidden()


def test_a_text_that_is_no_longer_wanted_is_forgotten(phone, live_server):
    page = open_desk(phone, live_server)
    phone.set_offline(True)
    write(page, "書きまちがい")
    page.clock.run_for(PAUSE)
    says(page, "この端末に保存しました")
    kill(page)
    phone.set_offline(False)

    page = open_desk(phone, live_server)
    page.get_by_role("button", name="消す").click()
    expect(page.get_by_text("書きかけの報告があります")).to_be_hidden()
    page = open_desk(phone, live_server)

    expect(page.get_by_text("書きかけの報告があります")).to_be_hidden()


def test_a_receipt_that_never_came_makes_no_second_report(phone, live_server):
    page = open_desk(phone, live_server)
    page.route("**/autosave/", lambda route: (route.fetch(), route.abort()))
    write(page, "今朝の報告")
    rest(page)
    says(page, "通信できません。")
    assert texts() == ["今朝の報告"]

    page.unroute("**/autosave/")
    write(page, "です。")
    wait_until_saved(page)

    assert texts() == ["今朝の報告です。"]
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        ("この画面の文章で続ける", "元の文章。二台目"),
        ("もう一方の文章に替える", "元の文章。一台目"),
    ],
)
def test_two_tabs_lose_neither_text(phone, live_server, choice, shown):
    post = create_post(body="元の文章。")
    first, second = open_desk(phone, live_server, post), open_desk(phone, live_server, post)
    for page, words in [(first, "一台目"), (second, "二台目")]:
        page.bring_to_front()
        body(page).press("End")
        write(page, words)
        if page is first:
            wait_until_saved(page)
    rest(second)

    says(second, "別の画面で書き換えられています")
    expect(second.get_by_label("もう一方の文章")).to_have_value("元の文章。一台目")
    expect(body(second)).to_have_value("元の文章。二台目")
    second.get_by_role("button", name=choice).click()

    expect(body(second)).to_have_value(shown)
    expect(second.get_by_text("二つの文章があります")).to_be_hidden()
    second.get_by_role("button", name="更新する").wait_for()
    expect(second.locator(".desk-trouble")).to_be_empty()
    revisions = post.revisions.filter(history_type=KEPT)
    assert {each.body for each in revisions} == {"元の文章。一台目", "元の文章。二台目"}
    assert texts() == [shown]


def test_a_button_waits_until_the_text_is_safe(phone, live_server):
    page = open_desk(phone, live_server)
    phone.set_offline(True)
    write(page, "電車の中で。")

    page.get_by_role("button", name="下書きを保存").click()

    says(page, "通信できません。この端末に保存しました。")
    expect(body(page)).to_have_value("電車の中で。")
    phone.set_offline(False)
    page.get_by_role("button", name="下書きを保存").click()
    page.get_by_text("下書きとして保存しました。").wait_for()
    assert [post.body for post in Post.objects.all()] == ["電車の中で。"]


def test_a_sign_in_that_has_expired_is_found_out_before_the_page_is_left(
    phone, live_server, client
):
    page = open_desk(phone, live_server)
    write(page, "公開する報告です。")
    page.locator("#id_status").get_by_text("公開").click()
    Session.objects.all().delete()

    page.get_by_role("button", name="公開する").click()
    says(page, "ログインが切れています。この端末に保存しました。")
    sign_in_beside(page)
    page.get_by_role("button", name="公開する").click()

    page.get_by_text("公開しています。").wait_for()
    assert [post.body for post in Post.objects.published()] == ["公開する報告です。"]


def test_a_published_report_is_changed_by_the_button_alone(phone, live_server):
    post = create_post(body="元の文章。")
    page = open_desk(phone, live_server, post)
    body(page).press("End")
    write(page, "続き。")
    wait_until_saved(page)

    assert "続き。" not in Client().get(post.get_absolute_url()).text
    page.get_by_role("button", name="編集を取り消す").click()

    expect(body(page)).to_have_value("元の文章。")
    assert texts() == []


def test_the_page_that_is_looked_at_shows_what_was_just_written(phone, live_server):
    page = open_desk(phone, live_server)
    expect(page.get_by_role("link", name="ページの見え方")).to_be_hidden()
    write(page, "今朝の報告")
    wait_until_saved(page)

    write(page, "です。")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="ページの見え方").click()

    shown = popup.value.frame_locator("iframe").first
    expect(shown.get_by_text("今朝の報告です。").first).to_be_visible()


def test_what_was_taken_back_does_not_come_up_again(phone, live_server):
    post = create_post(body="元の文章。")
    page = open_desk(phone, live_server, post)
    body(page).fill("元の文章。続き")
    page.clock.run_for(PAUSE)
    body(page).fill("元の文章。")
    page.clock.run_for(PAUSE)
    page.close()

    page = open_desk(phone, live_server, post)

    expect(body(page)).to_have_value("元の文章。")


def test_what_is_given_up_is_in_the_history_to_its_last_word(phone, live_server):
    post = create_post(body="元の文章。")
    page = open_desk(phone, live_server, post)
    body(page).fill("元の文章。続き")
    wait_until_saved(page)
    body(page).fill("元の文章。続きの続き")

    page.get_by_role("button", name="編集を取り消す").click()

    expect(body(page)).to_have_value("元の文章。")
    assert [each.body for each in post.revisions.filter(history_type=KEPT)] == [
        "元の文章。続きの続き"
    ]


def test_what_the_server_refuses_is_told_by_the_form(phone, live_server):
    page = open_desk(phone, live_server)
    page.locator("#id_title").evaluate("field => field.removeAttribute('maxlength')")
    page.locator("#id_title").fill("長" * 121)
    body(page).fill("本文です。")

    page.get_by_role("button", name="下書きを保存").click()

    expect(page.locator(".field-title .errorlist")).to_be_visible()
    expect(body(page)).to_have_value("本文です。")


def test_a_storage_that_is_full_is_no_secret(phone, live_server):
    phone.add_init_script("Storage.prototype.setItem = () => { throw new DOMException(); };")
    page = open_desk(phone, live_server)
    phone.set_offline(True)

    write(page, "電車の中で。")
    rest(page)

    says(page, "通信できません。この端末にも保存できません。この画面を閉じないでください。")


def test_japanese_input_is_left_alone(phone, live_server):
    page = open_desk(phone, live_server)
    body(page).focus()
    session = phone.new_cdp_session(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    session.send(
        "Input.imeSetComposition", {"text": "けんけつ", "selectionStart": 4, "selectionEnd": 4}
    )
    page.clock.run_for(REST)
    prevented = body(page).evaluate(
        """field => ["Tab", "Enter"].filter(key => !field.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true, isComposing: true})))"""
    )
    assert prevented == []
    expect(body(page)).to_have_value("けんけつ")
    session.send("Input.insertText", {"text": "献血"})
    wait_until_saved(page)
    # Words that are not chosen yet are sent nowhere.
    assert len([url for url in asked if url.endswith("/autosave/")]) == 1

    expect(body(page)).to_have_value("献血")
    body(page).press("Enter")
    body(page).press("Tab")
    expect(body(page)).to_have_value("献血\n")
    expect(body(page)).not_to_be_focused()
    assert texts() == ["献血"]
