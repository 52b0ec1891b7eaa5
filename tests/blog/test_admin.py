"""The writing desk."""

import datetime
import re

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from blog.models import Category, Post, WorkingCopy
from tests.factories import create_administrator, create_category, create_post, jst, pdf_file

REPORT = {
    "body": "駅前で市民の皆さんの声を聞きました。",
    "title": "",
    "category": "",
    "published_at": "",
    "status": "draft",
    "attachments-TOTAL_FORMS": 0,
    "attachments-INITIAL_FORMS": 0,
}


@pytest.fixture
def admin(client, profile):
    client.force_login(create_administrator())
    return client


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_a_report_is_published_with_one_form(admin, client):
    response = admin.post("/admin/blog/post/add/", REPORT | {"status": "published"}, follow=True)

    post = Post.objects.published().get()
    assert "駅前で市民の皆さんの声を聞きました。" in client.get(post.get_absolute_url()).text
    assert f'公開しています。<a href="{post.get_absolute_url()}">' in messages(response)[0]


def test_a_draft_is_kept_out_of_sight(admin, client):
    response = admin.post("/admin/blog/post/add/", REPORT, follow=True)

    assert Post.objects.get().status == "draft"
    assert messages(response)[0] == "下書きとして保存しました。いまは誰にも見えません。"
    assert "駅前" not in client.get("/").text


def test_a_date_is_read_as_tokyo_time(admin):
    admin.post(
        "/admin/blog/post/add/",
        REPORT | {"status": "published", "published_at": "2024-08-04T23:59"},
    )

    assert Post.objects.get().published_at == jst(2024, 8, 4, 23, 59)


def test_a_date_to_come_schedules_the_report_and_says_for_when(admin, client):
    moment = timezone.localtime() + datetime.timedelta(days=2)

    response = admin.post(
        "/admin/blog/post/add/",
        REPORT | {"status": "published", "published_at": f"{moment:%Y-%m-%dT%H:%M}"},
        follow=True,
    )

    assert re.fullmatch(
        r"予約しました。\d+年\d+月\d+日\([日月火水木金土]\) \d\d:\d\dに公開されます。",
        messages(response)[0],
    )
    assert not Post.objects.published().exists()


def test_saving_again_changes_no_date(admin):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0, 27))
    form = admin.get(f"/admin/blog/post/{post.pk}/change/").context["adminform"].form
    shown = form["published_at"].value()

    widget = form.fields["published_at"].widget
    admin.post(
        f"/admin/blog/post/{post.pk}/change/",
        REPORT | {"status": "published", "published_at": widget.format_value(shown)},
    )

    post.refresh_from_db()
    assert post.published_at == jst(2024, 8, 4, 10, 0, 27)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", ""),
        ("body", "NUL \x00"),
        ("body", "長" * 300_001),
        ("title", "長" * 121),
        ("title", "NUL \x00"),
        ("status", "public"),
        ("category", "999"),
        ("published_at", "昨日"),
        ("published_at", "2024-02-30T10:00"),
        ("published_at", "0001-01-01T00:00"),
        ("published_at", "9999-12-31T23:59"),
        ("published_at", "1900-01-01T00:00"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field_and_the_text_stays(admin, field, value):
    response = admin.post("/admin/blog/post/add/", REPORT | {"title": "題名", field: value})

    assert response.status_code == 200
    form = response.context["adminform"].form
    assert list(form.errors) == [field]
    assert form["body"].value() == (REPORT | {field: value})["body"]
    assert not Post.objects.exists()


def test_a_body_of_two_hundred_thousand_characters_is_saved_previewed_and_shown(admin, client):
    body = "市民の皆さんから**「ご意見」**をいただきました。\n\n" * 7_700

    admin.post(
        "/admin/blog/post/add/",
        REPORT | {"body": body, "status": "published", "published_at": "2024-08-04T10:00"},
    )
    preview = admin.post("/admin/blog/post/preview/", {"content": body})

    assert len(body) > 200_000
    assert client.get("/2024/08/").text.count("<strong>「ご意見」</strong>") == 7_700
    assert preview.text.count("<strong>「ご意見」</strong>") == 7_700


def test_the_preview_is_what_the_page_shows(admin, client):
    body = "# 見出し\n\n{献血|けんけつ}の**「報告」**です。\n改行\n\n|日|人|\n|---|--:|\n|4|112|\n\n<script>alert(1)</script>"
    post = create_post(body=body)

    preview = admin.post("/admin/blog/post/preview/", {"content": body}).text

    assert preview in client.get(post.get_absolute_url()).text
    assert "<ruby>献血" in preview


def test_the_preview_is_kept_by_nobody(admin):
    assert "no-store" in admin.post("/admin/blog/post/preview/", {"content": "a"})["Cache-Control"]


def test_the_preview_of_nothing_asked_is_a_bad_request(admin):
    assert admin.post("/admin/blog/post/preview/").status_code == 400
    assert admin.get("/admin/blog/post/preview/").status_code == 405


def test_the_preview_of_more_than_can_be_saved_is_refused(admin):
    response = admin.post("/admin/blog/post/preview/", {"content": "長" * 300_001})

    assert (response.status_code, response.text) == (413, "本文が長すぎます。")


def test_the_preview_is_for_those_who_may_write(client, profile):
    assert client.post("/admin/blog/post/preview/", {"content": "a"}).status_code == 302

    user = create_administrator()
    user.is_superuser = False
    user.save()
    client.force_login(user)
    assert client.post("/admin/blog/post/preview/", {"content": "a"}).status_code == 403

    user.user_permissions.add(Permission.objects.get(codename="add_post"))
    assert client.post("/admin/blog/post/preview/", {"content": "a"}).text == "<p>a</p>"

    user.is_staff = False
    user.save()
    assert client.post("/admin/blog/post/preview/", {"content": "a"}).status_code == 302


@pytest.mark.parametrize(
    "path",
    ["/markdownx/markdownify/", "/markdownx/upload/", "/admin/markdownx/upload/"],
)
def test_the_addresses_of_markdownx_are_not_there(admin, path):
    assert admin.post(path, {"content": "a"}).status_code == 404


def test_the_field_keeps_the_contract_of_markdownx_without_its_script(admin):
    html = admin.get("/admin/blog/post/add/").text

    assert 'data-markdownx-urls-path="/admin/blog/post/preview/"' in html
    assert "markdownx-editor" in html
    assert "markdownx/js" not in html


def test_the_list_names_each_report_and_its_state(admin):
    create_post(title="夏まつり", published_at=jst(2024, 8, 4, 10, 0))
    create_post(body="題名のない報告です。", status="draft", published_at=None)

    html = admin.get("/admin/blog/post/").text

    assert "公開 2024年8月4日(日) 10:00" in html
    assert html.index("題名のない報告です。") < html.index("夏まつり")


def test_the_list_asks_no_question_for_each_report(admin, django_assert_max_num_queries):
    for day in range(1, 20):
        post = create_post(published_at=jst(2024, 8, day, 10, 0), category=create_category())
        WorkingCopy.objects.write(post, None, body="書きかけ", category=create_category())

    with django_assert_max_num_queries(10):
        admin.get("/admin/blog/post/")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "a" * 10_000,
        "q=夏",
        "status__exact=%00",
        "category__id__exact=abc",
        "p=-1",
        "o=99",
        "nonsense=1",
    ],
    ids=lambda query: query[:24],
)
def test_strange_questions_to_the_list_have_an_answer(admin, query):
    create_post(title="夏まつり")

    assert admin.get(f"/admin/blog/post/?{query}", follow=True).status_code in (
        200,
        400,
    )


@pytest.mark.parametrize(
    "path",
    [
        "%00/change/",
        "abc/change/",
        "9" * 40 + "/change/",
        "999/delete/",
        "999/history/",
    ],
)
def test_a_report_that_is_not_there_is_said_to_be_missing(admin, path):
    response = admin.get(f"/admin/blog/post/{path}", follow=True)

    assert "見つかりませんでした" in messages(response)[0]


def test_a_public_report_can_be_seen_on_the_site_and_a_draft_cannot(admin):
    public, draft = create_post(), create_post(status="draft")

    assert (
        f'href="{public.get_absolute_url()}"'
        in admin.get(f"/admin/blog/post/{public.pk}/change/").text
    )
    assert draft.get_absolute_url() not in admin.get(f"/admin/blog/post/{draft.pk}/change/").text


def test_a_field_of_work_has_an_address_in_small_letters(admin):
    fields = {"name": "防災", "slug": "Bousai_2", "order": 0}

    response = admin.post("/admin/blog/category/add/", fields)

    assert list(response.context["adminform"].form.errors) == ["slug"]


def test_a_field_of_work_with_reports_is_not_deleted(admin):
    category = create_category()
    create_post(category=category)

    admin.post(f"/admin/blog/category/{category.pk}/delete/", {"post": "yes"})

    assert Category.objects.get() == category


def publish(admin, body, **fields):
    return admin.post(
        "/admin/blog/post/add/", REPORT | {"status": "published", "body": body} | fields
    )


def test_before_publishing_the_writer_is_shown_what_is_worth_a_look_and_nothing_is_lost(admin):
    form = publish(admin, "令和6年8月25日(月)に訓練。", title="訓練").context["adminform"].form

    assert list(form.errors["body"])[1:] == [
        "「令和6年8月25日(月)」は、2024年では日曜日です。日付か曜日をお直しください。"
    ]
    assert form["body"].value() == "令和6年8月25日(月)に訓練。"
    assert form["title"].value() == "訓練"
    assert not Post.objects.exists()


def test_the_second_press_publishes(admin):
    body = "令和6年8月25日(月)に訓練。"
    form = publish(admin, body).context["adminform"].form

    publish(admin, body, seen_remarks=form["seen_remarks"].value())

    assert Post.objects.published().get().body == body


def test_a_scheduled_report_is_asked_about_its_tomorrow(admin):
    tomorrow = timezone.localtime() + datetime.timedelta(days=1)

    response = publish(
        admin, "明日、会場でお待ちします。", published_at=f"{tomorrow:%Y-%m-%dT%H:%M}"
    )

    assert "「明日」" in response.context["adminform"].form.errors["body"][1]
    assert not Post.objects.exists()


def test_a_chosen_pdf_is_asked_for_again_because_the_browser_forgets_it(admin):
    chosen = {"attachments-TOTAL_FORMS": 1, "attachments-0-file": pdf_file()}

    form = publish(admin, "令和6年8月25日(月)に訓練。", **chosen).context["adminform"].form

    assert form.errors["body"][-1] == "添付するPDFは、もう一度お選びください。"


def test_what_was_not_seen_yet_is_shown_before_the_second_press_counts(admin):
    form = publish(admin, "令和6年8月25日(月)に訓練。").context["adminform"].form

    publish(admin, "令和6年8月26日(火)に訓練。", seen_remarks=form["seen_remarks"].value())

    assert not Post.objects.exists()


def test_a_published_report_is_asked_about_only_for_what_is_new(admin):
    post = create_post(body="令和6年8月25日(月)に訓練。")
    change = REPORT | {"status": "published", "published_at": "2024-08-04T10:00"}

    admin.post(
        f"/admin/blog/post/{post.pk}/change/",
        change | {"body": post.body + "追記。", "change": "typo"},
    )

    post.refresh_from_db()
    assert post.body.endswith("追記。")


def test_a_draft_is_saved_without_questions(admin):
    publish(admin, "令和6年8月25日(月)に訓練。", status="draft")

    assert Post.objects.exists()
