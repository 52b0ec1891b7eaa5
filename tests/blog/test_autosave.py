"""What the desk saves by itself while somebody is writing."""

import gzip
import json
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from blog.desk.content import base_of, content_of
from blog.models import Post, PreviewLink, WorkingCopy
from homepage import edition
from homepage.revisions import KEPT
from tests.factories import create_administrator, create_category, create_post, jst, pdf_file

AUTOSAVE = "/admin/blog/post/autosave/"


@pytest.fixture
def admin(client, profile):
    client.force_login(create_administrator())
    return client


def text_of(**fields):
    """Return what a desk sends that begins a report, unless the test says otherwise."""
    defaults = {"title": "", "body": "今朝の報告です。", "category": "", "published_at": ""}
    known = {"post": "", "desk": str(uuid.uuid4()), "token": "save-1", "seen": base_of(Post())}
    return defaults | known | fields


def of(post, **fields):
    """Return what a desk sends that has the post open as it is now."""
    text = getattr(post, "working_copy", post)
    known = {"post": str(post.pk), "desk": "", "seen": base_of(text)}
    return text_of(**content_of(text) | known | fields)


def autosave(client, text, **headers):
    return client.post(AUTOSAVE, json.dumps(text), content_type="application/json", **headers)


def copies():
    return list(WorkingCopy.objects.values_list("body", flat=True))


def kept(post):
    """Return the texts in the history of a post that no button has saved."""
    revisions = post.revisions.filter(history_type=KEPT).reverse()
    return list(revisions.values_list("body", flat=True))


def test_a_report_that_is_begun_becomes_a_draft(admin):
    answer = autosave(admin, text_of(body="今朝の報告です。")).json()

    post = Post.objects.get(pk=answer["post"])
    assert (post.status, copies()) == ("draft", ["今朝の報告です。"])
    assert answer["url"] == f"/admin/blog/post/{post.pk}/change/"
    assert "今朝の報告です。" in admin.get(answer["url"]).text


def test_what_is_written_next_goes_to_the_same_draft(admin):
    first = text_of(body="今朝の")
    base = autosave(admin, first).json()["base"]

    autosave(admin, first | {"body": "今朝の報告です。", "token": "save-2", "seen": base})

    assert Post.objects.count() == 1
    assert copies() == ["今朝の報告です。"]


def test_a_save_whose_receipt_was_lost_is_no_second_report_and_no_conflict(admin):
    first = text_of(body="今朝の")
    autosave(admin, first)

    seen = f"{first['seen']} {first['token']}"
    answer = autosave(admin, first | {"body": "今朝の報告", "token": "save-2", "seen": seen})

    assert answer.status_code == 200
    assert copies() == ["今朝の報告"]


def test_no_page_changes_by_a_byte_until_a_button_is_pressed(admin):
    category = create_category(slug="disaster")
    post = create_post(title="公開した題名", body="公開した報告です。", category=category)
    public, number = public_pages(post), edition.current()
    desk = f"/admin/blog/post/{post.pk}/"

    # Written and written again, given another title, field of work and a day to come,
    base = autosave(admin, of(post, body="書きかえた報告です。")).json()["base"]
    text = {"title": "書きかえた題名", "category": "", "published_at": "2099-01-01T10:00"}
    scheduled = of(post, body="あとで出す報告です。", token="save-2", seen=base, **text)
    assert autosave(admin, scheduled).status_code == 200
    assert copies() == ["あとで出す報告です。"]
    assert public_pages(post) == public
    # refused to another desk,
    assert autosave(admin, of(post, body="別の画面の文章", seen="other")).status_code == 409
    # looked at, at the desk and by link,
    admin.post(f"{desk}look/link/")
    previews = [f"{desk}look/page/", PreviewLink.objects.get().get_absolute_url()]
    assert all("あとで出す報告です。" in admin.get(each).text for each in previews)
    assert public_pages(post) == public
    # given up, and brought back from the history.
    admin.post(f"{desk}discard/")
    admin.post(f"{desk}history/{post.revisions.first().pk}/restore/")
    assert copies() == ["あとで出す報告です。"]
    assert public_pages(post) == public

    assert edition.current() == number


def public_pages(post):
    """Return the bytes of every page that names the post."""
    paths = ["/", "/archive/", "/2024/", "/2024/08/", "/category/disaster/"]
    return [Client().get(path).content for path in [*paths, post.get_absolute_url()]]


def test_the_desk_opens_what_was_saved_last(admin):
    post, category = create_post(title="前"), create_category()
    text = {"title": "後", "category": str(category.pk), "published_at": "2024-09-01T07:30"}
    autosave(admin, of(post, **text))

    form = admin.get(f"/admin/blog/post/{post.pk}/change/").context["adminform"].form

    assert form["title"].value() == "後"
    assert form["category"].value() == category.pk
    assert form["published_at"].value() == jst(2024, 9, 1, 7, 30).replace(tzinfo=None)


def test_the_button_takes_over_the_text_and_ends_the_copy(admin):
    post = create_post(body="前")
    answer = autosave(admin, of(post, body="後")).json()

    admin.post(f"/admin/blog/post/{post.pk}/change/", form_of(post, body="後", base=answer["base"]))

    post.refresh_from_db()
    assert (post.body, copies()) == ("後", [])


def form_of(post, **fields):
    """Return the desk's form as a browser sends it."""
    return {
        "title": post.title,
        "body": post.body,
        "category": "",
        "published_at": "2024-08-04T10:00",
        "status": post.status,
        "change": "typo",
        "attachments-TOTAL_FORMS": 0,
        "attachments-INITIAL_FORMS": 0,
    } | fields


def test_typed_back_to_what_is_saved_there_is_no_copy(admin):
    post = create_post(body="一行目\r\n二行目")
    base = autosave(admin, of(post, body="一行目")).json()["base"]

    answer = autosave(admin, of(post, body="一行目\n二行目", seen=base)).json()

    post = Post.objects.get()
    assert copies() == []
    assert answer["base"] == base_of(post)


def test_two_desks_lose_neither_text(admin):
    post = create_post(body="公開した報告です。")
    first, second = of(post, body="一台目", token="a-1"), of(post, body="二台目", token="b-1")
    autosave(admin, first)

    answer = autosave(admin, second)

    assert answer.status_code == 409
    assert "に、別の画面で書き換えられています(admin)。" in answer.json()["message"]
    assert answer.json()["theirs"]["body"] == "一台目"
    assert copies() == ["一台目"]
    assert kept(post) == ["一台目", "二台目"]


def test_whoever_has_seen_the_other_text_may_go_on_with_his_own(admin):
    post = create_post()
    second = of(post, body="二台目", token="b-1")
    autosave(admin, of(post, body="一台目", token="a-1"))
    base = autosave(admin, second).json()["base"]

    autosave(admin, second | {"token": "b-2", "seen": base})

    assert copies() == ["二台目"]


def test_a_desk_that_tries_again_is_kept_once(admin):
    post = create_post()
    second = of(post, body="二台目", token="b-1")
    autosave(admin, of(post, body="一台目", token="a-1"))

    for _ in range(3):
        autosave(admin, second)

    assert kept(post) == ["一台目", "二台目"]


def test_the_same_text_on_two_desks_is_no_conflict(admin):
    post = create_post()
    first, second = of(post, body="同じ文章", token="a-1"), of(post, body="同じ文章", token="b-1")
    autosave(admin, first)

    answer = autosave(admin, second)

    assert (answer.status_code, answer.json()["base"]) == (200, "a-1")


def test_what_a_button_saved_meanwhile_is_not_overwritten(admin):
    post = create_post(body="前")
    text = of(post, body="書きかけ")
    admin.post(f"/admin/blog/post/{post.pk}/change/", form_of(post, body="後"))

    answer = autosave(admin, text)

    assert (answer.status_code, answer.json()["theirs"]["body"]) == (409, "後")
    assert kept(post)[-1] == "書きかけ"


def test_a_button_does_not_overwrite_what_its_desk_has_not_seen(admin):
    post = create_post(body="前")
    base = base_of(post)
    autosave(admin, of(post, body="一台目", token="a-1"))
    change = f"/admin/blog/post/{post.pk}/change/"

    form = admin.post(change, form_of(post, body="二台目", base=base)).context["adminform"].form

    assert "別の画面で書き換えられていた" in form.errors["body"][0]
    assert form["body"].value() == "二台目"
    assert (Post.objects.get().body, copies()) == ("前", ["一台目"])
    assert kept(post) == ["一台目", "二台目"]

    admin.post(change, form_of(post, body="二台目", base=form["base"].value()))

    assert (Post.objects.get().body, copies()) == ("二台目", [])


def test_a_report_that_autosave_has_begun_is_published_once(admin):
    text = text_of(body="今朝の報告です。")
    autosave(admin, text)
    form = form_of(Post(status="published"), body=text["body"], desk=text["desk"])

    # Twice, as of an impatient finger, from the page that does not know of the draft.
    for _ in range(2):
        admin.post("/admin/blog/post/add/", form)

    assert [post.body for post in Post.objects.published()] == ["今朝の報告です。"]
    assert Post.objects.count() == 1
    assert copies() == []


def test_the_history_begins_with_what_a_button_saves(admin):
    text = text_of(body="今朝の報告です。")
    autosave(admin, text)

    admin.post(
        "/admin/blog/post/add/", form_of(Post(status="draft"), body=text["body"], desk=text["desk"])
    )

    assert [each.body for each in Post.revisions.all()] == ["今朝の報告です。"]


def test_a_copy_that_is_given_up_goes_into_the_history(admin):
    post = create_post(body="公開した報告です。")
    autosave(admin, of(post, body="書きかけ"))

    response = admin.post(f"/admin/blog/post/{post.pk}/discard/", follow=True)

    assert response.context["adminform"].form["body"].value() == "公開した報告です。"
    assert (copies(), kept(post)) == ([], ["書きかけ"])


def test_a_draft_is_found_in_the_list_by_what_is_written(admin):
    autosave(admin, text_of(body="# 献血の報告\n\n駅前で。"))

    assert "献血の報告" in admin.get("/admin/blog/post/?q=献血").text


def test_the_list_says_that_a_published_report_is_being_changed(admin):
    post = create_post()
    assert "書きかけの変更あり" not in admin.get("/admin/blog/post/").text

    autosave(admin, of(post, body="書きかけ"))

    assert "書きかけの変更あり" in admin.get("/admin/blog/post/").text


def test_a_packed_text_is_taken(admin):
    packed = gzip.compress(json.dumps(text_of(body="今朝の報告です。")).encode())

    admin.post(AUTOSAVE, packed, content_type="application/gzip")

    assert copies() == ["今朝の報告です。"]


def test_half_an_emoji_does_no_harm(admin):
    autosave(admin, text_of(body="報告\ud83d"))

    assert copies() == ["報告\ufffd"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"body": 1}', "application/json"),
        (b"\xff\xff", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"no gzip", "application/gzip"),
        (gzip.compress(b"{}" * 10)[:12], "application/gzip"),
    ],
    ids=range(7),
)
def test_what_is_no_text_of_a_desk_is_refused(admin, content, content_type):
    response = admin.post(AUTOSAVE, content, content_type=content_type)

    assert response.status_code == 400
    assert response.json()["message"] == "文章を正しく受け取れませんでした。"


@pytest.mark.parametrize("content_type", ["application/json", "application/gzip"])
def test_more_than_a_report_can_hold_is_refused(admin, content_type):
    content = json.dumps(text_of(body="a" * 2_000_000)).encode()
    packed = gzip.compress(content) if content_type == "application/gzip" else content

    response = admin.post(AUTOSAVE, packed, content_type=content_type)

    assert (response.status_code, response.json()["message"]) == (413, "文章が長すぎます。")
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "長" * 310_000},
        {"body": "NUL \0"},
        {"title": "長" * 121},
        {"category": "999"},
        {"category": "防災"},
        {"published_at": "昨日"},
        {"published_at": "0001-01-01T00:00"},
        {"post": "abc"},
        {"desk": "abc"},
        {"desk": ""},
        {"token": ""},
        {"token": "a" * 41},
    ],
    ids=lambda fields: f"{next(iter(fields))}-{len(next(iter(fields.values())))}",
)
def test_a_text_that_cannot_be_saved_is_refused_in_words(admin, fields):
    response = autosave(admin, text_of(**fields))

    assert response.status_code == 422
    assert response.json()["message"]
    assert not Post.objects.exists()


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_a_report_that_is_gone_is_said_to_be_gone(admin, number):
    response = autosave(admin, text_of(post=number))

    assert (response.status_code, response.json()["message"]) == (
        410,
        "この報告は、削除されたか、ごみ箱に入っています。",
    )


def test_a_report_in_the_trash_takes_no_text(admin):
    text = text_of()
    post = Post.objects.get(pk=autosave(admin, text).json()["post"])
    post.trash()

    for sent in (text, of(post, body="続き")):
        assert autosave(admin, sent).status_code == 410
    assert copies() == [text["body"]]


def test_strangers_are_asked_to_sign_in(client, profile):
    response = autosave(client, text_of())

    assert (response.status_code, response.json()["message"]) == (403, "ログインが切れています。")
    assert not Post.objects.exists()


def test_a_report_is_written_by_those_who_may(client, profile):
    user = create_administrator()
    user.is_superuser = False
    user.save()
    client.force_login(user)
    post = create_post()

    assert autosave(client, of(post)).status_code == 403
    assert autosave(client, text_of()).status_code == 403
    assert client.post(f"/admin/blog/post/{post.pk}/discard/").status_code == 403

    user.user_permissions.add(Permission.objects.get(codename="change_post"))
    assert autosave(client, of(post)).status_code == 200
    assert autosave(client, text_of()).status_code == 403


@pytest.mark.parametrize("token", [None, "a" * 32])
def test_without_the_token_of_a_form_nothing_is_saved(profile, token):
    client = Client(enforce_csrf_checks=True)
    client.force_login(create_administrator())

    headers = {"headers": {"X-CSRFToken": token}} if token else {}
    response = autosave(client, text_of(), **headers)

    assert response.status_code == 403
    assert not Post.objects.exists()


def test_after_signing_in_again_there_is_a_token(profile):
    client = Client(enforce_csrf_checks=True)
    assert client.get("/admin/blog/post/token/").status_code == 403

    client.force_login(create_administrator())
    token = client.get("/admin/blog/post/token/").json()["token"]

    assert autosave(client, text_of(), headers={"X-CSRFToken": token}).status_code == 200


def test_only_a_post_saves(admin):
    assert admin.get(AUTOSAVE).status_code == 405
    post = create_post()
    assert admin.get(f"/admin/blog/post/{post.pk}/discard/").status_code == 405
    assert admin.post("/admin/blog/post/999/discard/").status_code == 404


def test_the_answer_is_kept_by_nobody(admin):
    assert "no-store" in autosave(admin, text_of())["Cache-Control"]
    assert "no-store" in admin.get("/admin/blog/post/token/")["Cache-Control"]


def test_a_save_asks_little_of_the_database(admin, django_assert_max_num_queries):
    post = create_post()

    with django_assert_max_num_queries(10):
        autosave(admin, of(post, body="書きかけ"))


def test_fifty_saves_in_a_row_have_a_clear_answer_each_and_lose_nothing(admin):
    post = create_post()
    base = of(post)

    answers = [
        autosave(admin, base | {"body": f"文章{number}", "token": f"save-{number}"})
        for number in range(50)
    ]

    assert [answer.status_code for answer in answers] == [200] + [409] * 49
    assert set(kept(post)) == {f"文章{number}" for number in range(50)}


def test_a_desk_that_has_not_seen_an_older_version_come_back_does_not_overwrite_it(admin):
    post = create_post(body="はじめ")
    post.body = "いま"
    post.save()
    open_elsewhere = of(post, body="書きかけ", token="a-1")
    base = autosave(admin, open_elsewhere).json()["base"]
    first = post.revisions.last()

    admin.post(f"/admin/blog/post/{post.pk}/history/{first.pk}/restore/")
    answer = autosave(
        admin, open_elsewhere | {"body": "書きかけの続き", "token": "a-2", "seen": base}
    )

    assert (answer.status_code, copies()) == (409, ["はじめ"])


# The form of a report that was put into the trash meanwhile


def save_after_trashing(admin, post, **fields):
    """Press the button of a desk that was opened before the report went into the trash."""
    form = content_of(post) | {"base": base_of(post), "status": "published"}
    post.trash()
    return admin.post(f"/admin/blog/post/{post.pk}/change/", form | fields, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_a_text_for_a_report_in_the_trash_waits_there_and_comes_back_with_it(admin, client):
    post = create_post(title="夏まつり", body="はじめ", category=create_category())

    response = save_after_trashing(admin, post, body="つぎの\r\n文章")

    assert messages(response) == [
        "この報告は、ごみ箱に入っています。文章は残してあります。もとに戻すと、続きから編集できます。"
    ]
    assert response.redirect_chain[-1][0] == "/admin/trash/"
    assert Post.objects.trashed().get().body == "はじめ"
    admin.post(f"/admin/blog/post/{post.pk}/restore/")
    form = admin.get(f"/admin/blog/post/{post.pk}/change/").context["adminform"].form
    assert form["body"].value() == "つぎの\n文章"
    assert form["category"].value() == post.category_id
    assert "はじめ" in Client().get(post.get_absolute_url()).text


def test_a_text_for_a_report_in_the_trash_overwrites_nothing_that_it_has_not_seen(admin):
    post = create_post(body="はじめ")
    WorkingCopy.objects.write(Post.objects.get(), None, body="別の画面の文章")

    response = save_after_trashing(admin, post, body="この画面の文章")

    assert "履歴に残してあります" in messages(response)[0]
    assert copies() == ["別の画面の文章"]
    assert set(kept(post)) == {"別の画面の文章", "この画面の文章"}


@pytest.mark.parametrize("body", ["長" * 300_001, "NUL \x00"])
def test_a_text_that_cannot_be_kept_in_the_trash_is_said_to_be_lost(admin, body):
    response = save_after_trashing(admin, create_post(body="はじめ"), body=body)

    assert "文章は残せませんでした。前の画面に戻ると、写し取れます。" in messages(response)[0]
    assert not copies()


def test_a_file_for_a_report_in_the_trash_is_asked_for_again(admin):
    response = save_after_trashing(admin, create_post(), **{"attachments-0-file": pdf_file()})

    assert messages(response)[0].endswith("ファイルは、もう一度お選びください。")


def test_a_text_for_a_report_in_the_trash_is_taken_from_who_may_change_it(admin):
    type(create_administrator(username="other")).objects.update(is_superuser=False)

    assert save_after_trashing(admin, create_post(), body="つぎ").status_code == 403
    assert not copies()
