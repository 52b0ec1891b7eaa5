"""Whatever changes what citizens read stands in the log, once, with what was done to which thing."""

import pytest
from django.core.management import call_command
from PIL import Image

from blog.models import Category, Post
from blog.photos import library
from homepage.log.models import LogEntry
from homepage.models import Page
from tests.factories import (
    create_category,
    create_correction,
    create_page,
    create_person,
    create_post,
    jst,
)
from tests.pictures import encode, upload

REPORT = {
    "title": "夏の報告",
    "body": "駅前で市民の皆さんの声を聞きました。",
    "category": "",
    "published_at": "2024-08-04T10:00",
    "attachments-TOTAL_FORMS": 0,
    "attachments-INITIAL_FORMS": 0,
}
PAGE = {"title": "政策", "slug": "policies", "body": "本文です。", "order": 0}


@pytest.fixture
def editor(client, profile):
    client.force_login(create_person("編集者", username="hanako"))
    return client


@pytest.fixture
def administrator(client, profile):
    client.force_login(create_person("管理者"))
    return client


def address(thing, name):
    return f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/{name}/"


def logged():
    return [f"{each.get_action_display()} {each.subject}" for each in LogEntry.objects.all()]


def picture(colour):
    return encode(Image.new("RGB", (600, 450), colour), "PNG")


def save(client, post, **fields):
    client.post(address(post, "change"), REPORT | fields)


# Reports


def test_a_report_that_is_published(editor):
    editor.post("/admin/blog/post/add/", REPORT | {"status": "published"})

    assert logged() == [f"公開 「夏の報告」(活動報告{Post.objects.get().pk})"]
    assert LogEntry.objects.get().user == "hanako"


def test_a_report_that_is_scheduled(editor):
    fields = {"status": "published", "published_at": "2036-08-04T10:00"}

    editor.post("/admin/blog/post/add/", REPORT | fields)

    number = Post.objects.get().pk
    assert logged() == [f"公開 「夏の報告」(活動報告{number})の予約 2036年8月4日(月) 10:00"]


def test_a_report_that_is_changed_with_a_correction(editor):
    post = create_post(title="夏の報告")

    fields = {"change": "correction", "correction_sentence": "場所を改めました。"}
    save(editor, post, body="別の文章。", status="published", **fields)

    assert logged() == [f"公開 「夏の報告」(活動報告{post.pk})の更新"]


def test_a_report_that_becomes_a_draft_again(editor):
    post = create_post(title="夏の報告")

    save(editor, post, status="draft")

    assert logged() == [f"取り下げ 「夏の報告」(活動報告{post.pk})を下書きに"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "published", "body": ""},
        {"status": "published", "body": "別の文章。"},
        {"status": "published", "body": "別の文章。", "base": "another", "change": "typo"},
    ],
    ids=["nothing written", "no answer", "written elsewhere"],
)
def test_a_form_that_is_refused_leaves_no_entry(editor, fields):
    save(editor, create_post(title="夏の報告"), **fields)

    assert logged() == []


def test_a_draft_is_no_public_change(editor):
    save(editor, create_post(status="draft"), status="draft")

    assert logged() == []


def test_an_entry_goes_where_saving_fails(editor, monkeypatch):
    post = create_post(title="夏の報告")

    def fail(*args):
        raise OSError("the disk is full")

    monkeypatch.setattr("blog.admin.what_happened", fail)
    with pytest.raises(OSError, match="disk"):
        save(editor, post, status="draft")

    assert logged() == []
    assert Post.objects.published().exists()


def test_a_report_that_is_handed_in_and_returned(editor, client):
    client.force_login(create_person("起草者", username="jiro"))
    client.post("/admin/blog/post/add/", REPORT | {"_request": ""})
    post = Post.objects.get()
    client.force_login(create_person("編集者"))
    client.post(address(post, "return"), {"note": ""})
    client.post(address(post, "return"), {"note": "写真を。"})

    name = f"「夏の報告」(活動報告{post.pk})"
    assert logged() == [f"差し戻し {name}", f"公開の依頼 {name}"]
    assert [each.user for each in LogEntry.objects.all()][1] == "jiro"


# The trash


@pytest.mark.parametrize(
    ("fields", "sent", "action"),
    [
        ({}, {"left": "notice", "reason": "誤りのため。"}, "取り下げ"),
        ({}, {"left": "nothing"}, "取り下げ"),
        ({"status": "draft"}, {}, "ごみ箱へ"),
    ],
)
def test_a_report_that_is_deleted(editor, fields, sent, action):
    post = create_post(title="夏の報告", **fields)

    editor.post(address(post, "delete"), sent | {"post": "yes"})

    assert logged() == [f"{action} 「夏の報告」(活動報告{post.pk})"]


def test_a_question_alone_leaves_no_entry(editor):
    post = create_post()

    editor.post(address(post, "delete"))
    editor.post(address(post, "delete"), {"post": "yes", "left": "notice", "reason": ""})

    assert logged() == []


def test_each_of_several_that_are_deleted(editor):
    numbers = [create_page(title=title).pk for title in ("一", "二")]

    fields = {"action": "delete_selected", "_selected_action": numbers, "post": "yes"}
    editor.post("/admin/homepage/page/", fields)

    assert sorted(logged()) == [
        f"ごみ箱へ 「一」(固定ページ{numbers[0]})", f"ごみ箱へ 「二」(固定ページ{numbers[1]})",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "action"), [("restore", "もとに戻す"), ("delete-for-good", "完全に削除")]
)
def test_what_leaves_the_trash(editor, name, action):
    page = create_page(title="政策")
    page.trash()

    for _ in range(2):
        editor.post(address(page, name))

    assert logged() == [f"{action} 「政策」(固定ページ{page.pk})"]


def test_what_the_server_deletes_after_thirty_days(db):
    page = create_page(title="政策", trashed_at=jst(2024, 8, 4, 10, 0))

    call_command("empty_trash")

    assert logged() == [f"完全に削除 「政策」(固定ページ{page.pk})"]
    assert LogEntry.objects.get().user == "サーバー"


# Pages, photos, and what is public as soon as it is saved


def test_a_page_that_is_published_changed_and_hidden(editor):
    editor.post("/admin/homepage/page/add/", PAGE | {"is_published": "on"})
    page = Page.objects.get()
    for is_published in ("on", "", ""):
        editor.post(address(page, "change"), PAGE | {"is_published": is_published})

    name = f"「政策」(固定ページ{page.pk})"
    assert logged() == [f"取り下げ {name}を非公開に", f"公開 {name}の更新", f"公開 {name}"]


def test_a_page_whose_older_version_comes_back(editor):
    page = create_page(title="政策")

    editor.post(address(page, f"history/{page.revisions.get().pk}/restore"))

    assert logged() == [f"公開 「政策」(固定ページ{page.pk})の更新"]


def test_the_order_of_pages_in_the_list(editor):
    page = create_page(title="政策")
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": page.pk, "form-0-order": 9}

    editor.post("/admin/homepage/page/", form | {"_save": ""})

    assert logged() == [f"公開 「政策」(固定ページ{page.pk})の更新"]


def test_a_photo_that_is_exchanged_and_one_that_only_gets_other_words(editor):
    photo = library.add(upload(picture("red")), alt="駅前").photo

    editor.post(address(photo, "change"), {"alt": "駅前"})
    editor.post(address(photo, "change"), {"alt": "駅前", "image": upload(picture("blue"))})

    assert logged() == [f"公開 「駅前」(写真{photo.pk})の差し替え"]


def test_a_photo_that_comes_back_as_the_same_file_is_sent(editor):
    photo = library.add(upload(picture("red")), alt="駅前").photo
    photo.trash()

    editor.post("/admin/blog/photo/upload/", {"image": upload(picture("red"))})

    assert logged() == [f"もとに戻す 「駅前」(写真{photo.pk})"]


def test_a_field_of_work(editor):
    fields = {"name": "防災", "slug": "disaster", "order": 0}
    editor.post("/admin/blog/category/add/", fields)
    category = Category.objects.get()
    editor.post(address(category, "change"), fields | {"name": ""})
    editor.post(address(category, "change"), fields | {"description": "備えます。"})
    editor.post(address(category, "delete"), {"post": "yes"})

    name = f"「防災」(分野{category.pk})"
    assert logged() == [f"完全に削除 {name}", f"公開 {name}の更新", f"公開 {name}"]


def test_fields_of_work_that_are_deleted_together(editor):
    category = create_category(name="防災")

    fields = {"action": "delete_selected", "_selected_action": [category.pk], "post": "yes"}
    editor.post("/admin/blog/category/", fields)

    assert logged() == [f"完全に削除 「防災」(分野{category.pk})"]


def test_a_correction_that_is_worded_anew(administrator):
    correction = create_correction(post=create_post(published_at=jst(2024, 8, 4, 10, 0)))

    administrator.post(address(correction, "change"), {"sentence": "場所を改めました。"})

    assert logged() == [f"公開 「場所を改めました。」(訂正・追記{correction.pk})の更新"]
