"""A published report is corrected on a phone, and its readers are told."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from blog.models import Correction
from tests.factories import create_administrator, create_correction, create_post

SENTENCE = "参加者の数を「百二名」から「百十二名」に改めました。"


@pytest.fixture
def phone(page, live_server, client, profile):
    client.force_login(create_administrator())
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 390, "height": 844})
    return page


@pytest.fixture
def post(profile):
    return create_post(title="防災訓練", body="参加は百二名でした。\n\n" + "続きです。\n\n" * 20)


@pytest.fixture
def citizen(new_context):
    return new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()


def change(phone, live_server, post):
    """Write other words and press the button, so that the question is asked."""
    phone.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    phone.get_by_label("本文").fill(post.body.replace("百二名", "百十二名"))
    press(phone)
    expect(question(phone)).to_be_focused()
    phone.wait_for_load_state()
    return phone


def question(phone):
    return phone.get_by_role("group", name="どのような直しですか")


def choose(desk, name):
    desk.locator("#id_change").get_by_text(name).click()


def told(page):
    return page.locator(".corrections").get_by_role("paragraph").filter(has_text=SENTENCE)


def press(phone):
    phone.get_by_role("button", name="更新する").click()


def test_a_writer_corrects_a_report_and_citizens_read_what_changed(
    phone, live_server, post, citizen
):
    desk = change(phone, live_server, post)
    choose(desk, "訂正・追記")
    desk.get_by_label("読む人に伝える一文(訂正・追記のとき)").fill(SENTENCE)
    press(desk)
    desk.get_by_text("公開しています。").wait_for()

    citizen.goto(live_server.url + post.get_absolute_url())
    expect(told(citizen)).to_be_visible()
    expect(citizen.locator("del")).to_be_hidden()
    citizen.get_by_text("変わったところを見る").click()

    expect(citizen.locator("del")).to_contain_text("百二名")
    expect(citizen.locator("ins")).to_contain_text("百十二名")
    assert citizen.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_a_slip_is_put_right_with_one_choice(phone, live_server, post):
    desk = change(phone, live_server, post)

    choose(desk, "誤字の修正")
    expect(desk.get_by_label("読む人に伝える一文(訂正・追記のとき)")).to_be_hidden()
    press(desk)

    desk.get_by_text("公開しています。").wait_for()
    post.refresh_from_db()
    assert "百十二名" in post.body
    assert not Correction.objects.exists()


def test_the_choices_and_the_sentence_are_in_sight_where_the_question_is_asked(
    phone, live_server, post
):
    desk = change(phone, live_server, post)
    choose(desk, "訂正・追記")

    assert_in_sight(desk)


def test_they_stay_in_sight_though_the_scripts_come_late(phone, live_server, post):
    phone.goto(f"{live_server.url}/admin/blog/post/{post.pk}/change/")
    phone.get_by_label("本文").fill("参加は百十二名でした。")
    held = []
    phone.route("**/js/photos*.js", lambda route: held.append(route))
    with phone.expect_request("**/js/photos*.js"):
        press(phone)
    expect(question(phone)).to_be_focused()
    held[0].continue_()
    phone.wait_for_load_state()

    choose(phone, "訂正・追記")

    assert_in_sight(phone)


def assert_in_sight(desk):
    bar = desk.locator(".submit-row").bounding_box()["y"]
    for part in desk.locator("#id_change label, #id_correction_sentence").all():
        box = part.bounding_box()
        assert box["height"] >= 44
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= bar


def test_the_question_goes_away_where_the_report_becomes_a_draft(phone, live_server, post):
    desk = change(phone, live_server, post)

    desk.locator("#id_status").get_by_text("下書き").click()

    expect(desk.get_by_text("どのような直しですか")).to_be_hidden()


def test_a_correction_is_printed_without_what_nobody_opened(page, live_server, post):
    create_correction(post=post)
    page.goto(live_server.url + post.get_absolute_url())

    page.emulate_media(media="print")

    expect(told(page)).to_be_visible()
    expect(page.get_by_text("変わったところを見る")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_question_breaks_no_rule_of_accessibility(phone, live_server, post, width, scheme):
    phone.set_viewport_size({"width": width, "height": 900})
    phone.emulate_media(color_scheme=scheme)
    desk = change(phone, live_server, post)
    choose(desk, "訂正・追記")
    press(desk)
    expect(desk.get_by_text("一文で書いてください。")).to_be_visible()

    results = Axe().run(desk, context=".desk-change")

    assert results.violations_count == 0, results.generate_report()
    assert desk.evaluate("document.scrollingElement.scrollWidth") <= width
