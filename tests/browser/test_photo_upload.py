"""Photos put into a report, from the phone to the page."""

import base64
import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from PIL import Image
from playwright.sync_api import expect

from blog.models import Post
from blog.photos.models import Photo
from tests.factories import create_administrator, create_post
from tests.pictures import from_phone

UPLOAD = "**/photo/upload/"
DESCRIBE = "**/describe/"
PHONE = {"width": 390, "height": 844}


def sign_in(page, live_server, client, user):
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


@pytest.fixture
def desk(page, live_server, client, profile):
    """The form of a new report, at the width of a phone."""
    sign_in(page, live_server, client, create_administrator())
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/admin/blog/post/add/")
    return page


@pytest.fixture
def held(desk):
    """The uploads that have not been answered yet."""
    routes = []
    desk.route(UPLOAD, lambda route: routes.append(route))
    yield routes
    desk.unroute_all(behavior="ignoreErrors")


def file(name="station.jpg", **options):
    return {"name": name, "mimeType": "image/jpeg", "buffer": from_phone(**options)}


def choose(desk, *files):
    desk.get_by_label("写真を選ぶ・撮る").set_input_files(files or [file()])


def text(desk):
    return desk.get_by_label("本文")


def items(desk):
    return desk.get_by_role("group", name="写真").get_by_role("listitem")


def describe(item, words):
    item.get_by_label("写真の説明").fill(words)
    item.get_by_label("写真の説明").blur()


def size(count):
    return f"{-(-count // 1000)}KB"


def test_three_photos_are_published_in_the_chosen_order_though_the_first_fails_once(desk):
    desk.route(UPLOAD, lambda route: route.abort(), times=1)
    first = file("station.jpg", orientation=6, size=(4032, 3024))
    text(desk).fill("朝の駅に立ちました。")

    choose(desk, first, file("hall.jpg", orientation=6), file("road.jpg", size=(1000, 750)))

    expect(items(desk).get_by_role("alert").first).to_have_text(
        "通信できませんでした。本文はそのままです。"
    )
    describe(items(desk).nth(1), "市民会館の入口")
    describe(items(desk).nth(2), "通学路の横断歩道")
    items(desk).nth(0).get_by_role("button", name="もう一度").click()
    # Twelve megapixels in all sizes take a busy machine its time.
    expect(desk.get_by_text("写真を本文に入れました")).to_be_visible(timeout=60_000)
    describe(items(desk).nth(0), "駅の東口、朝の自転車置き場")
    expect(items(desk).get_by_text("保存しました")).to_have_count(3)
    hall, road, station = Photo.objects.order_by("pk")
    expect(text(desk)).to_have_value(
        "朝の駅に立ちました。\n\n"
        f"{station.image_code}\n\n{hall.image_code}\n\n{road.image_code}\n\n"
    )
    largest = station.renditions.filter(format="jpeg").latest("width").size
    expect(items(desk).nth(0)).to_contain_text(
        f"位置情報を消しました・向きを直しました・{size(len(first['buffer']))} → {size(largest)}"
    )

    desk.locator("#id_status").get_by_text("公開").click()
    desk.get_by_role("button", name="公開する").click()
    desk.get_by_role("link", name="ページを見る").click()

    pictures = desk.get_by_role("article").get_by_role("img")
    expect(pictures).to_have_count(3)
    assert [picture.get_attribute("alt") for picture in pictures.all()] == [
        "駅の東口、朝の自転車置き場",
        "市民会館の入口",
        "通学路の横断歩道",
    ]
    assert [red_corner(desk, picture) for picture in pictures.all()] == [
        "top right",
        "top right",
        "top left",
    ]


def red_corner(page, picture):
    """Return where the corner that the camera had at the top left is shown."""
    address = picture.evaluate("image => image.decode().then(() => image.currentSrc)")
    shown = Image.open(io.BytesIO(page.request.get(address).body())).convert("RGB")
    for side, across in (("left", 0.25), ("right", 0.75)):
        for end, down in (("top", 0.25), ("bottom", 0.75)):
            red, green, blue = shown.getpixel((shown.width * across, shown.height * down))
            if red > 150 and green < 80 and blue < 80:
                return f"{end} {side}"
    return None


def test_a_photo_without_a_description_is_marked(desk):
    choose(desk)

    expect(items(desk)).to_contain_text("位置情報を消しました")
    expect(desk.get_by_text("説明がまだありません")).to_be_visible()
    describe(items(desk), "駅の東口")
    expect(desk.get_by_text("説明がまだありません")).to_be_hidden()


def test_enter_in_a_description_saves_it_and_not_the_report(desk):
    choose(desk)
    expect(items(desk)).to_contain_text("位置情報を消しました")

    items(desk).get_by_label("写真の説明").fill("駅の東口")
    items(desk).get_by_label("写真の説明").press("Enter")

    expect(items(desk).get_by_text("保存しました")).to_be_visible()
    assert Photo.objects.get().alt == "駅の東口"
    # A button's save would be the history's first.
    assert not Post.revisions.exists()


def test_a_description_that_cannot_be_saved_stays_and_the_report_asks_once(desk):
    desk.route(DESCRIBE, lambda route: route.abort())
    choose(desk)
    expect(items(desk)).to_contain_text("位置情報を消しました")

    describe(items(desk), "駅の東口")

    expect(items(desk).get_by_role("status")).to_contain_text("保存できませんでした")
    expect(items(desk).get_by_label("写真の説明")).to_have_value("駅の東口")
    desk.get_by_role("button", name="下書きを保存").click()
    expect(items(desk).get_by_role("alert")).to_contain_text("もう一度保存してください")
    desk.get_by_role("button", name="下書きを保存").click()
    desk.get_by_text("下書きとして保存しました。").wait_for()


def test_the_photos_of_a_report_can_be_described_later(desk, live_server):
    choose(desk)
    expect(desk.get_by_text("写真を本文に入れました")).to_be_visible()
    desk.get_by_role("button", name="下書きを保存").click()
    desk.get_by_text("下書きとして保存しました。").wait_for()

    desk.goto(f"{live_server.url}/admin/blog/post/{Post.objects.get().pk}/change/")
    describe(items(desk), "駅の東口")

    expect(items(desk).get_by_text("保存しました")).to_be_visible()
    assert Photo.objects.get().alt == "駅の東口"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            {"status": 413, "body": "<h1>413 Request Entity Too Large</h1>"},
            "写真が大きすぎて、送れませんでした。",
        ),
        ({"status": 403, "body": "<h1>CSRF</h1>"}, "ログインの状態をご確認ください。"),
        ({"status": 200, "body": "<form>ログイン</form>"}, "ログインの状態をご確認ください。"),
        ({"status": 507, "json": {"message": "空きがありません。"}}, "空きがありません。"),
    ],
    ids=["proxy", "forbidden", "login", "full"],
)
def test_a_refusal_is_told_beside_the_photo_and_leaves_the_text(desk, answer, reason):
    desk.route(UPLOAD, lambda route: route.fulfill(**answer), times=1)
    text(desk).fill("書きかけの報告")

    choose(desk)

    expect(items(desk).get_by_role("alert")).to_contain_text(reason)
    expect(text(desk)).to_have_value("書きかけの報告")
    items(desk).get_by_role("button", name="もう一度").click()
    expect(text(desk)).to_have_value(re.compile(r"^書きかけの報告\n\n!\[\]\(photo-\d+\)\n\n$"))


def test_what_is_no_picture_is_refused_in_the_words_of_the_server(desk):
    choose(desk, {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})

    expect(items(desk).get_by_role("alert")).to_contain_text("写真を読み込めませんでした。")


def test_a_photo_can_be_given_up_while_it_is_sent_or_waits(desk, held):
    choose(desk, file("station.jpg"), file("hall.jpg"))
    expect(items(desk)).to_have_count(2)

    items(desk).last.get_by_role("button", name="やめる").click()
    items(desk).first.get_by_role("button", name="やめる").click()

    expect(items(desk)).to_have_count(0)
    expect(text(desk)).to_have_value("")
    expect(desk.get_by_label("写真を選ぶ・撮る")).to_be_focused()


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_a_photo_can_be_pasted_and_dropped_into_the_text(desk, event):
    text(desk).evaluate(
        """(text, [name, content]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "image.jpg", { type: "image/jpeg" }));
            const options = { bubbles: true, cancelable: true };
            text.dispatchEvent(
                name === "paste"
                    ? new ClipboardEvent(name, { ...options, clipboardData: data })
                    : new DragEvent(name, { ...options, dataTransfer: data })
            );
        }""",
        [event, base64.b64encode(from_phone()).decode()],
    )

    expect(text(desk)).to_have_value(re.compile(r"^!\[\]\(photo-\d+\)\n\n$"))


def test_pasted_words_stay_words_though_a_picture_of_them_comes_along(desk):
    is_left_to_the_browser = text(desk).evaluate(
        """(text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "表");
            clipboardData.items.add(new File(["表"], "image.png", { type: "image/png" }));
            const options = { bubbles: true, cancelable: true, clipboardData };
            return text.dispatchEvent(new ClipboardEvent("paste", options));
        }"""
    )

    assert is_left_to_the_browser
    expect(items(desk)).to_have_count(0)


def test_a_photo_goes_below_the_line_of_the_caret(desk):
    text(desk).fill("一つ目の段落。\n\n二つ目の段落。")
    text(desk).evaluate("text => text.setSelectionRange(3, 3)")

    choose(desk)

    expect(text(desk)).to_have_value(
        re.compile(r"^一つ目の段落。\n\n!\[\]\(photo-\d+\)\n\n二つ目の段落。$")
    )


def test_a_photo_waits_until_a_word_has_been_converted(desk):
    keyboard = desk.context.new_cdp_session(desk)
    text(desk).focus()
    keyboard.send(
        "Input.imeSetComposition", {"text": "えき", "selectionStart": 2, "selectionEnd": 2}
    )

    with desk.expect_response(UPLOAD):
        choose(desk)
    expect(text(desk)).to_have_value("えき")
    keyboard.send("Input.insertText", {"text": "駅"})

    expect(text(desk)).to_have_value(re.compile(r"^駅\n\n!\[\]\(photo-\d+\)\n\n$"))
    desk.keyboard.insert_text("前")
    expect(text(desk)).to_have_value(re.compile(r"^駅前\n\n!\[\]\(photo-\d+\)\n\n$"))


def test_undo_takes_the_photo_out_of_the_text(desk):
    text(desk).press_sequentially("報告")
    choose(desk)
    expect(text(desk)).to_have_value(re.compile("photo-"))

    text(desk).press("ControlOrMeta+z")

    expect(text(desk)).to_have_value("報告")


def test_a_photo_comes_into_the_text_while_the_preview_is_looked_at(desk):
    desk.get_by_text("仕上がりを見る").click()

    choose(desk)

    expect(desk.locator(".markdownx-preview").get_by_role("presentation")).to_be_visible()


def test_saving_waits_for_the_photos(desk, held):
    text(desk).fill("朝の駅に立ちました。")
    with desk.expect_request(UPLOAD):
        choose(desk)

    desk.get_by_role("button", name="下書きを保存").click()
    expect(desk.get_by_role("button", name="写真を送っています…")).to_be_visible()
    held[0].continue_()

    desk.get_by_text("下書きとして保存しました。").wait_for()
    assert Photo.objects.get().image_code in Post.objects.get().body


def test_leaving_asks_while_a_photo_is_sent(desk, held):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    text(desk).press_sequentially("報告")
    choose(desk)
    expect(items(desk).get_by_role("progressbar")).to_be_visible()

    with desk.expect_event("dialog"):
        desk.get_by_role("link", name="ホーム").click(no_wait_after=True)

    assert asked == ["beforeunload"]
    expect(text(desk)).to_have_value("報告")


def test_who_may_not_add_photos_sees_no_button(page, live_server, client, profile):
    helper = get_user_model().objects.create_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="change_post"))
    sign_in(page, live_server, client, helper)

    page.goto(f"{live_server.url}/admin/blog/post/{create_post().pk}/change/")

    expect(text(page)).to_be_visible()
    expect(page.get_by_text("写真を選ぶ・撮る")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_photos_beside_the_text_break_no_rule_and_fit_the_phone(desk, scheme):
    desk.emulate_media(color_scheme=scheme)
    answers = iter(["continue_", "abort"])
    waiting = []

    def answer(route):
        name = next(answers, None)
        getattr(route, name)() if name else waiting.append(route)

    desk.route(UPLOAD, answer)
    choose(desk, file("done.jpg"), file("failed.jpg"), file("sent.jpg"), file("waiting.jpg"))
    expect(items(desk).nth(1).get_by_role("alert")).not_to_be_empty()
    expect(items(desk).nth(2).get_by_role("progressbar")).to_be_visible()

    results = Axe().run(desk, context=".markdownx")

    assert results.violations_count == 0, results.generate_report()
    assert desk.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    for button in desk.get_by_role("group", name="写真").get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44
    desk.unroute_all(behavior="ignoreErrors")
