"""Who may not publish writes and hands in; who may publishes, or returns it with a note."""

import json
import uuid

import pytest
from django.test import Client

from blog.models import Post, PublishRequest, WorkingCopy
from homepage import edition
from homepage.log.models import LogEntry
from tests.factories import (
    create_attachment,
    create_category,
    create_person,
    create_post,
    jst,
    pdf_file,
)

TEXT = {
    "body": "駅前で市民の皆さんの声を聞きました。",
    "title": "",
    "category": "",
    "published_at": "2024-08-04T10:00",
    "attachments-TOTAL_FORMS": 0,
    "attachments-INITIAL_FORMS": 0,
}


@pytest.fixture
def drafter(profile):
    return signed_in(create_person("起草者", last_name="見本", first_name="次郎"))


@pytest.fixture
def editor(profile):
    return signed_in(create_person("編集者", last_name="見本", first_name="花子"))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def address(post, rest="change/"):
    return f"/admin/blog/post/{post.pk}/{rest}"


def save(client, post=None, **fields):
    where = address(post) if post else "/admin/blog/post/add/"
    return client.post(where, TEXT | fields, follow=True)


def hand_in(client, post=None, **fields):
    return save(client, post, _request="", **fields)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def read(post):
    return Client().get(post.get_absolute_url()).content


# Writing


def test_a_drafter_begins_a_draft_whatever_the_form_says(drafter):
    response = save(drafter, status="published")

    post = Post.objects.get()
    assert post.status == "draft"
    assert messages(response)[0] == "下書きとして保存しました。いまは誰にも見えません。"
    assert not Post.objects.published().exists()


def test_a_drafter_saves_a_draft_and_its_date_as_a_wish(drafter):
    post = create_post(status="draft", published_at=None)

    save(drafter, post, body="書き直しました。")

    post.refresh_from_db()
    assert (post.status, post.body) == ("draft", "書き直しました。")
    assert post.published_at == jst(2024, 8, 4, 10, 0)


@pytest.mark.parametrize("published_at", [jst(2024, 8, 4, 10, 0), jst(2036, 8, 4, 10, 0)])
def test_what_a_drafter_saves_of_a_published_report_waits_beside_it(drafter, published_at):
    post = create_post(published_at=published_at)
    before, number = read(post), edition.current()
    fields = {"body": "書き直しました。", "status": "draft", "change": "typo", "published_at": ""}

    response = save(drafter, post, **fields)

    post.refresh_from_db()
    assert (post.status, post.published_at) == ("published", published_at)
    assert post.body == "駅前で市民の皆さんの声を聞きました。"
    assert (post.working_copy.body, post.working_copy.published_at) == ("書き直しました。", None)
    assert "公開されるまで、読む人のページは変わりません。" in messages(response)[0]
    assert (read(post), edition.current()) == (before, number)


def test_a_form_of_a_draft_that_was_published_meanwhile_goes_beside_it(drafter):
    post = create_post(status="draft")
    form = drafter.get(address(post)).context["adminform"].form
    Post.objects.filter(pk=post.pk).update(status="published")

    save(drafter, post, body="書き直しました。", base=form["base"].value())

    post.refresh_from_db()
    assert (post.status, post.working_copy.body) == ("published", "書き直しました。")
    assert post.body == "駅前で市民の皆さんの声を聞きました。"


def test_a_new_report_under_the_number_of_a_published_one_goes_beside_it(drafter):
    post = create_post(desk_key=uuid.uuid4())

    save(drafter, desk=str(post.desk_key), body="書き直しました。")

    saved = Post.objects.get()
    assert (saved.body, saved.working_copy.body) == (post.body, "書き直しました。")


def test_autosave_by_a_drafter_publishes_nothing(drafter):
    post = create_post()
    sent = {name: TEXT[name] for name in ("title", "category", "published_at")}
    sent |= {"body": "自動", "status": "draft", "post": str(post.pk), "desk": "", "token": "a"}
    base = drafter.get(address(post)).context["adminform"].form["base"].value()

    response = drafter.post(
        "/admin/blog/post/autosave/", json.dumps(sent | {"seen": base}), "application/json"
    )

    assert response.status_code == 200
    saved = Post.objects.get()
    assert (saved.status, saved.body, saved.working_copy.body) == ("published", post.body, "自動")


def test_two_who_write_the_same_report_lose_nothing(drafter, editor):
    post = create_post()
    base = drafter.get(address(post)).context["adminform"].form["base"].value()
    save(editor, post, body="編集者の文章。", status="published", change="typo")

    response = save(drafter, post, body="起草者の文章。", base=base)

    assert "別の画面で書き換えられていた" in response.text
    assert not WorkingCopy.objects.exists()
    assert post.revisions.filter(body="起草者の文章。").exists()


def test_a_drafter_is_offered_no_status_and_two_buttons_of_their_own(drafter, editor):
    post = create_post(status="draft")
    desk = drafter.get(address(post)).text

    assert 'name="status"' not in desk
    assert ">下書きを保存する</button>" in desk
    assert ">公開を依頼する</button>" in desk
    assert 'class="default if-published"' not in desk
    assert "deletelink" not in desk
    assert "公開を依頼する" not in editor.get(address(post)).text


def test_files_are_added_to_drafts_alone(drafter):
    chosen = {"attachments-TOTAL_FORMS": 1, "attachments-0-file": pdf_file()}
    draft, public = create_post(status="draft"), create_post()

    save(drafter, draft, **chosen)
    chosen["attachments-0-file"] = pdf_file()
    response = save(drafter, public, **chosen)

    assert draft.attachments.count() == 1
    assert not public.attachments.exists()
    assert "PDFは保存していません" in "".join(messages(response))


def test_a_file_of_a_published_report_is_not_removed(drafter):
    attachment = create_attachment()
    fields = {
        "attachments-TOTAL_FORMS": 1,
        "attachments-INITIAL_FORMS": 1,
        "attachments-0-id": attachment.pk,
        "attachments-0-post": attachment.post_id,
        "attachments-0-title": "別の名前",
        "attachments-0-DELETE": "on",
    }

    save(drafter, attachment.post, **fields)

    attachment.refresh_from_db()
    assert attachment.title == "議会だより 第12号"


def test_a_version_comes_back_to_the_desk_alone(drafter):
    post = create_post(body="前の文章。")
    revision = post.revisions.first()
    post.body = "いまの文章。"
    post.save()

    drafter.post(address(post, f"history/{revision.pk}/restore/"))

    post.refresh_from_db()
    assert (post.body, post.working_copy.body) == ("いまの文章。", "前の文章。")


# Handing in


def test_a_report_is_written_and_handed_in_with_one_button(drafter, editor):
    response = hand_in(drafter)

    post = Post.objects.get()
    assert messages(response)[0].startswith("公開を依頼しました。")
    assert post.publish_request.is_open
    assert "公開の依頼あり" in response.text
    assert "見本 次郎、" in editor.get(address(post)).text
    assert not Post.objects.published().exists()


def test_an_editor_sees_who_asks_and_what_changes(drafter, editor):
    post = create_post(title="訓練", body="参加は百二名でした。")
    category = create_category(name="防災")

    hand_in(drafter, post, title="訓練", body="参加は百十二名でした。", category=category.pk)

    desk = editor.get(address(post)).text
    assert "公開の依頼があります" in desk
    assert "削除:</span>百二名</del>" in desk
    assert "追加:</span>百十二名</ins>" in desk
    assert "分野: なしから「防災」へ" in desk
    assert "題名: " not in desk
    assert "差し戻す" not in drafter.get(address(post)).text


def test_what_changes_is_told_of_the_saved_text_where_a_form_has_a_fault(drafter, editor):
    post = create_post(body="参加は百二名でした。")
    hand_in(drafter, post, body="参加は百十二名でした。")

    desk = save(editor, post, body="", title="長" * 121, status="published").text

    assert "削除:</span>百二名</del>" in desk


def test_only_who_may_publish_reads_of_requests_on_the_first_page(drafter, editor):
    hand_in(drafter, title="夏の報告")

    assert "夏の報告</a><br>見本 次郎、" in editor.get("/admin/").text
    assert '<h2 id="publish-requests">' not in drafter.get("/admin/").text


def test_the_first_page_names_five_and_leads_to_the_others(drafter, editor):
    for number in range(6):
        hand_in(drafter, title=f"報告{number}")

    page = editor.get("/admin/").text

    assert page.count("見本 次郎、") == 5
    assert 'href="/admin/blog/post/?request=open">6件すべてを見る' in page


@pytest.mark.parametrize(
    ("value", "names"), [("open", ["二"]), ("returned", ["三"]), ("x", ["三", "二", "一"])]
)
def test_the_list_is_narrowed_to_what_was_handed_in_or_returned(drafter, editor, value, names):
    create_post(title="一", status="draft", published_at=None)
    hand_in(drafter, title="二", published_at="")
    hand_in(drafter, title="三", published_at="")
    editor.post(address(Post.objects.get(title="三"), "return/"), {"note": "写真を。"})

    response = editor.get(f"/admin/blog/post/?request={value}", follow=True)

    assert [post.title for post in response.context["cl"].result_list] == names


def test_a_request_about_nothing_is_not_made(drafter):
    post = create_post()

    response = hand_in(drafter, post)

    assert "公開を依頼していません" in messages(response)[0]
    assert not PublishRequest.objects.exists()


def test_a_refused_form_hands_nothing_in(drafter):
    hand_in(drafter, body="")

    assert not PublishRequest.objects.exists()
    assert not LogEntry.objects.exists()


def test_the_button_of_drafters_is_none_for_an_editor(editor):
    post = create_post(status="draft")

    hand_in(editor, post, status="draft")

    assert not PublishRequest.objects.exists()


def test_a_request_is_taken_back(drafter, editor):
    hand_in(drafter)
    post = Post.objects.get()

    response = drafter.post(address(post, "take-back/"), follow=True)

    assert messages(response) == ["公開の依頼を取り下げました。文章はそのままです。"]
    assert not PublishRequest.objects.exists()
    assert "公開の依頼があります" not in editor.get(address(post)).text


def test_a_request_goes_with_the_text_that_is_given_up(drafter):
    post, draft = create_post(), create_post(status="draft")
    for each in (post, draft):
        hand_in(drafter, each, body="書き直しました。")

    for each in (post, draft):
        drafter.post(address(each, "discard/"))

    assert [request.post for request in PublishRequest.objects.all()] == [draft]


def test_a_request_waits_with_its_report_in_the_trash(drafter, editor):
    hand_in(drafter, title="夏の報告")
    post = Post.objects.get()

    post.trash()

    assert "夏の報告" not in editor.get("/admin/").text
    assert editor.post(address(post, "return/"), {"note": "直す"}).status_code == 404
    post.restore()
    assert "夏の報告</a><br>見本 次郎、" in editor.get("/admin/").text


# The answer


def test_publishing_ends_the_request(drafter, editor):
    hand_in(drafter, title="夏の報告")
    post = Post.objects.get()

    save(editor, post, title="夏の報告", status="published")

    assert "夏の報告" in read(post).decode()
    assert not PublishRequest.objects.exists()


def test_saving_the_draft_keeps_the_request(drafter, editor):
    hand_in(drafter)
    post = Post.objects.get()

    save(editor, post, body="少し直しました。", status="draft")

    assert PublishRequest.objects.get().is_open


def test_an_editor_returns_it_with_a_note_that_the_drafter_reads(drafter, editor):
    hand_in(drafter)
    post = Post.objects.get()

    response = editor.post(
        address(post, "return/"), {"note": "参加者の数を\r\n<b>確かめて</b>"}, follow=True
    )

    assert messages(response)[0].startswith(f"「{post}」を差し戻しました。")
    desk = drafter.get(address(post)).text
    assert "差し戻されています" in desk
    assert "見本 花子" in desk
    assert "参加者の数を<br>&lt;b&gt;確かめて&lt;/b&gt;" in desk
    assert "差し戻し(参加者の数を" in drafter.get("/admin/blog/post/").text
    assert "夏の報告" not in editor.get("/admin/").text


def test_handing_in_again_starts_anew(drafter, editor):
    hand_in(drafter)
    post = Post.objects.get()
    editor.post(address(post, "return/"), {"note": "参加者の数を確かめてください。"})

    hand_in(drafter, post, body="参加は百十二名でした。")

    request = PublishRequest.objects.get()
    assert request.is_open
    assert (request.note, request.returned_by) == ("", None)
    assert "参加者の数を確かめて" not in editor.get(address(post)).text


@pytest.mark.parametrize("note", ["", "  ", "長" * 1001, "NUL\0"])
def test_a_note_that_is_none_returns_nothing_and_is_told(drafter, editor, note):
    hand_in(drafter)
    post = Post.objects.get()

    response = editor.post(address(post, "return/"), {"note": note}, follow=True)

    assert len(messages(response)) == 1
    assert PublishRequest.objects.get().is_open


@pytest.mark.parametrize("rest", ["take-back/", "return/"])
def test_a_request_that_is_over_has_an_answer(drafter, editor, rest):
    post = create_post()

    response = editor.post(address(post, rest), {"note": "直す"}, follow=True)

    assert messages(response) == ["公開の依頼は、もうありません。"]


@pytest.mark.parametrize("rest", ["take-back/", "return/"])
def test_an_answer_is_given_by_a_button_only(editor, rest):
    assert editor.get(address(create_post(), rest)).status_code == 405


def test_a_drafter_returns_nothing(drafter):
    hand_in(drafter)
    post = Post.objects.get()

    assert drafter.post(address(post, "return/"), {"note": "直す"}).status_code == 403
    assert PublishRequest.objects.get().is_open


def test_the_list_asks_no_question_for_each_request(drafter, django_assert_max_num_queries):
    for post in [create_post() for _ in range(10)]:
        PublishRequest.objects.hand_in(post, None)

    with django_assert_max_num_queries(12):
        drafter.get("/admin/blog/post/")
