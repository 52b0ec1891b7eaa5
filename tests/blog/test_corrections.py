"""What is asked when a report that citizens can read is changed, and what they are told of it."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from blog.admin import PostAdmin
from blog.desk.content import base_of
from blog.history import corrections
from blog.models import Correction, Post, WorkingCopy
from homepage import edition
from tests.factories import (
    create_administrator,
    create_category,
    create_correction,
    create_post,
    jst,
    pdf_file,
)

SENTENCE = "参加者の数を「百二名」から「百十二名」に改めました。"


@pytest.fixture
def admin(client, profile):
    client.force_login(create_administrator())
    return client


@pytest.fixture
def post(profile):
    return create_post(title="防災訓練", body="参加は百二名でした。", category=create_category())


def update(admin, post, **fields):
    """Send the form of a post as it opens, but for the fields named."""
    return admin.post(
        f"/admin/blog/post/{post.pk}/change/",
        {
            "title": post.title,
            "body": post.body,
            "category": post.category_id or "",
            "published_at": "2024-08-04T10:00",
            "status": post.status,
            "attachments-TOTAL_FORMS": 0,
            "attachments-INITIAL_FORMS": 0,
        }
        | fields,
        follow=True,
    )


def correct(admin, post, **fields):
    answer = {"change": "correction", "correction_sentence": SENTENCE}
    return update(admin, post, **{"body": "参加は百十二名でした。"} | answer | fields)


def form_of(response):
    return response.context["adminform"].form


def was_saved(post):
    """Return whether a button has saved it since the test began."""
    return post.revisions.count() == 2


# What is asked


@pytest.mark.parametrize("change", [{"title": "避難訓練"}, {"body": "参加は百十二名でした。"}])
def test_other_words_are_not_saved_before_the_writer_says_what_kind_of_change_it_is(
    admin, post, change
):
    response = update(admin, post, **change)

    assert list(form_of(response).errors) == ["change"]
    assert "どのような直しですか" in response.text
    assert [form_of(response)[name].value() for name in change] == list(change.values())
    assert not was_saved(post)


def test_a_chosen_pdf_is_asked_for_again_because_the_browser_forgets_it(admin, post):
    chosen = {"attachments-TOTAL_FORMS": 1, "attachments-0-file": pdf_file()}

    response = update(admin, post, body="参加は百十二名でした。", **chosen)

    assert "添付するPDFは、もう一度お選びください。" in response.text


def test_a_slip_is_put_right_without_a_word(admin, client, post):
    update(admin, post, body="参加は百二名でした", change="typo", correction_sentence="読点")

    assert was_saved(post)
    assert not Correction.objects.exists()
    assert "訂正・追記" not in client.get(post.get_absolute_url()).text


def test_a_correction_without_a_sentence_is_told_at_the_sentence(admin, post):
    response = correct(admin, post, correction_sentence=" \u200b")

    assert form_of(response).errors == {"correction_sentence": [corrections.NO_SENTENCE]}
    assert form_of(response)["body"].value() == "参加は百十二名でした。"
    assert not was_saved(post)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("change", "nonsense"),
        ("change", "\x00"),
        ("correction_sentence", "長" * 201),
        ("correction_sentence", "NUL \x00"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field_and_the_text_stays(admin, post, field, value):
    response = correct(admin, post, **{field: value})

    assert list(form_of(response).errors) == [field]
    assert form_of(response).errors[field][0] in response.text
    assert form_of(response)["body"].value() == "参加は百十二名でした。"
    assert not was_saved(post)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"published_at": "2024-08-03T10:00"},
        {"category": ""},
        {"body": "参加は**百二名**でした。"},
        {"body": "参加は[百二名](https://gikai.example.jp/)でした。"},
        {"body": "参加は百二名でした。\n\n![会場の様子](photo-999)"},
        {"body": "参加は百二名でした。\r\n\r\n"},
        {"title": "防災訓練\u200b "},
        {"attachments-TOTAL_FORMS": 1, "attachments-0-file": pdf_file()},
    ],
    ids=["nothing", "date", "field", "bold", "link", "photo", "lines", "unseen", "PDF"],
)
def test_a_change_of_no_word_is_saved_without_a_question(admin, post, change):
    update(admin, post, **change, change="correction", correction_sentence=SENTENCE)

    assert was_saved(post)
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft", "published_at": None},
        {"status": "draft"},
        {"published_at": jst(2099, 1, 1, 10, 0)},
    ],
    ids=["new draft", "draft with a date", "scheduled"],
)
def test_a_report_that_nobody_could_read_yet_is_published_without_a_question(
    admin, profile, fields
):
    post = create_post(**fields)

    update(admin, post, status="published", body="書き直しました。")

    post.refresh_from_db()
    assert (post.is_public, post.body) == (True, "書き直しました。")


def test_a_report_that_has_come_due_while_it_was_open_is_asked_about(admin, profile, time_machine):
    time_machine.move_to(jst(2024, 8, 4, 9, 59))
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))
    time_machine.move_to(jst(2024, 8, 4, 10, 0))

    assert list(form_of(update(admin, post, body="書き直しました。")).errors) == ["change"]


def test_a_report_that_is_taken_back_to_a_draft_is_not_asked_about(admin, post):
    update(admin, post, status="draft", body="書き直しています。")

    post.refresh_from_db()
    assert (post.status, post.body) == ("draft", "書き直しています。")


def test_who_puts_off_a_report_that_citizens_read_is_told_what_that_means(admin, post):
    later = f"{timezone.localtime() + datetime.timedelta(days=1):%Y-%m-%dT%H:%M}"

    form = form_of(update(admin, post, published_at=later))
    update(admin, post, published_at=later, seen_remarks=form["seen_remarks"].value())

    assert list(form.errors["body"])[1:] == [
        "公開日時が先になっています。そのときまで、読む人はこの報告を読めません。"
    ]
    post.refresh_from_db()
    assert post.is_scheduled


def test_what_is_worth_a_look_is_told_together_with_the_question(admin, post):
    body = "令和6年8月25日(月)に訓練。"
    response = update(admin, post, body=body)
    form = form_of(response)
    assert set(form.errors) == {"body", "change"}
    # They stand above, and want to be read first.
    assert "autofocus" not in response.text

    correct(admin, post, body=body, seen_remarks=form["seen_remarks"].value())

    assert was_saved(post)


def test_an_answer_stays_beside_another_fault(admin, post):
    response = correct(admin, post, title="長" * 121)

    assert list(form_of(response).errors) == ["title"]
    assert SENTENCE in response.text


def test_what_another_screen_wrote_comes_before_the_question(admin, post):
    base = base_of(post)
    WorkingCopy.objects.write(post, None, title="別の画面", body="別の文章")

    form = form_of(correct(admin, post, base=base))

    assert list(form.errors) == ["body"]
    assert not Correction.objects.exists()


# What is saved


def test_a_correction_keeps_what_citizens_read_before_and_after(admin, post):
    correct(admin, post, title="避難訓練", body="参加は**百十二名**でした。")

    correction = post.corrections.get()
    assert correction.sentence == SENTENCE
    assert correction.before == "防災訓練\n参加は百二名でした。"
    assert correction.after == "避難訓練\n参加は百十二名でした。"
    assert timezone.now() - correction.corrected_at < datetime.timedelta(minutes=1)


def test_a_correction_makes_one_edition(admin, post):
    number = edition.current()

    correct(admin, post)

    assert edition.current() == number + 1


def test_neither_the_text_nor_its_correction_is_saved_without_the_other(admin, post, monkeypatch):
    def fail(self):
        raise RuntimeError

    monkeypatch.setattr(corrections.CorrectionForm, "save_correction", fail)
    with pytest.raises(RuntimeError):
        correct(admin, post)

    post.refresh_from_db()
    assert post.body == "参加は百二名でした。"


def test_a_button_pressed_twice_makes_one_correction(admin, post):
    for _ in range(2):
        assert correct(admin, post).redirect_chain

    assert Correction.objects.count() == 1


def test_a_form_that_waited_for_the_same_one_makes_no_second_correction(admin, post, monkeypatch):
    as_read_before = Post.objects.get()
    correct(admin, post)

    monkeypatch.setattr(PostAdmin, "get_object", lambda *args: as_read_before)
    correct(admin, post)

    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"change": "typo"}, "誤字の修正"),
        ({"correction_sentence": SENTENCE}, f"訂正・追記: {SENTENCE}"),
        ({"correction_sentence": "長" * 200}, f"訂正・追記: {'長' * 92}…"),
    ],
    ids=["slip", "correction", "long sentence"],
)
def test_the_history_tells_what_kind_of_change_it_was(admin, post, answer, reason):
    correct(admin, post, **answer)

    assert post.revisions.first().history_change_reason == reason
    assert reason in admin.get(f"/admin/blog/post/{post.pk}/history/").text


def test_corrections_go_with_their_report_into_the_trash_and_come_back_with_it(client, post):
    create_correction(post=post)

    post.trash()
    assert SENTENCE not in client.get("/2024/08/").text
    post.restore()
    assert SENTENCE in client.get("/2024/08/").text
    Post.objects.filter(pk=post.pk).delete()

    assert not Correction.objects.exists()


# What citizens read


@pytest.mark.parametrize("page", ["report", "month"])
def test_citizens_read_the_sentence_the_day_in_tokyo_and_what_changed(client, post, page):
    create_correction(post=post, corrected_at=jst(2024, 8, 27, 0, 30))

    html = client.get(post.get_absolute_url() if page == "report" else "/2024/08/").text

    assert f'<time datetime="2024-08-27">2024年8月27日</time> {SENTENCE}' in html
    assert '<del><span class="visually-hidden">削除:</span>百二名</del>' in html
    assert '<ins><span class="visually-hidden">追加:</span>百十二名</ins>' in html


def test_the_newest_correction_comes_last(client, post):
    create_correction(post=post, sentence="二つ目です。", corrected_at=jst(2024, 8, 28, 9, 0))
    create_correction(post=post, sentence="一つ目です。", corrected_at=jst(2024, 8, 27, 9, 0))

    html = client.get(post.get_absolute_url()).text

    assert html.index("一つ目です。") < html.index("二つ目です。")


def test_a_preview_shows_what_citizens_were_told_so_far(admin, post):
    create_correction(post=post)

    assert SENTENCE in admin.get(f"/admin/blog/post/{post.pk}/look/page/").text


def test_what_is_written_in_a_correction_is_only_text(client, post):
    create_correction(post=post, sentence="<b>直した</b>", before="前<script>", after="後<script>")

    html = client.get(post.get_absolute_url()).text

    assert "&lt;b&gt;直した&lt;/b&gt;" in html
    assert "<script>" not in html.split('class="corrections"')[1]


def test_where_no_word_differs_that_is_said_in_words(admin, client, post):
    # The title becomes the first line of the text.
    correct(admin, post, title="", body="防災訓練\n\n参加は百二名でした。")

    html = client.get(post.get_absolute_url()).text

    assert SENTENCE in html
    assert "言葉は変わっていません。" in html


@pytest.mark.parametrize("path", ["/2024/08/", "/2024/08/{}/"])
def test_a_page_without_a_correction_loads_nothing_for_one(client, post, path):
    path = path.format(post.pk)
    assert "comparison.css" not in client.get(path).text

    create_correction(post=post)

    assert client.get(path).text.count("comparison.css") == 1


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_asks_one_question_however_many_corrections_there_are(
    client, post, django_assert_num_queries, count
):
    other = create_post(published_at=jst(2024, 8, 5, 10, 0))
    for each in (post, other):
        for _ in range(count):
            create_correction(post=each)

    with django_assert_num_queries(8):
        client.get("/2024/08/")
    with django_assert_num_queries(10):
        client.get(post.get_absolute_url())


# Since when a report says what it says


def updated_at(post):
    return Post.objects.with_updated_at().get(pk=post.pk).updated_at


def test_a_report_is_as_new_as_its_last_correction(post):
    assert updated_at(post) == jst(2024, 8, 4, 10, 0)

    create_correction(post=post, corrected_at=jst(2024, 8, 28, 9, 0, 30))
    create_correction(post=post, corrected_at=jst(2024, 8, 27, 9, 0))

    assert updated_at(post) == jst(2024, 8, 28, 9, 0, 30)


def test_a_slip_that_was_put_right_makes_no_report_newer(admin, post):
    update(admin, post, body="参加は百二名でした", change="typo")

    assert updated_at(post) == jst(2024, 8, 4, 10, 0)


def test_a_correction_makes_its_report_newer_and_no_other(admin, post):
    other = create_post(published_at=jst(2024, 8, 5, 10, 0))

    correct(admin, post)

    assert updated_at(post) == post.corrections.get().corrected_at
    assert updated_at(other) == jst(2024, 8, 5, 10, 0)


def test_a_report_whose_date_was_moved_past_its_correction_is_as_new_as_its_date(post):
    create_correction(post=post, corrected_at=jst(2024, 8, 27, 9, 30))
    Post.objects.update(published_at=jst(2024, 9, 1, 10, 0))

    assert updated_at(post) == jst(2024, 9, 1, 10, 0)


def test_a_draft_without_a_date_is_as_new_as_nothing(profile):
    assert updated_at(create_post(status="draft", published_at=None)) is None


# The list of corrections in the admin


def test_a_slip_in_a_sentence_is_put_right_and_the_rest_stays(admin, client, post):
    correction = create_correction(post=post, sentence="数を改めましあ。")
    number = edition.current()

    admin.post(
        f"/admin/blog/correction/{correction.pk}/change/",
        {"sentence": "数を改めました。", "after": "書きかえ", "corrected_at": "2020-01-01"},
    )

    saved = Correction.objects.get()
    assert (saved.after, saved.corrected_at) == (correction.after, correction.corrected_at)
    assert "数を改めました。" in client.get(post.get_absolute_url()).text
    assert edition.current() == number + 1


def test_what_was_no_correction_is_taken_back(admin, client, post):
    correction = create_correction(post=post)

    admin.post(f"/admin/blog/correction/{correction.pk}/delete/", {"post": "yes"})

    assert SENTENCE not in client.get(post.get_absolute_url()).text


def test_a_correction_comes_only_with_a_change(admin, profile):
    assert admin.get("/admin/blog/correction/add/").status_code == 403


def test_the_list_of_corrections_loads_no_text_and_leaves_out_the_trash(
    admin, post, django_assert_max_num_queries
):
    create_correction(post=create_post(trashed_at=timezone.now()))
    for _ in range(20):
        create_correction(post=post)

    with django_assert_max_num_queries(7):
        response = admin.get("/admin/blog/correction/")

    shown = response.context["cl"].result_list
    assert len(shown) == 20
    assert {"before", "after"} <= shown[0].get_deferred_fields()
    assert "body" in shown[0].post.get_deferred_fields()


def test_corrections_are_for_those_who_may_change_them(client, post):
    user = create_administrator()
    user.is_superuser = False
    user.save()
    needed = Permission.objects.filter(codename__in=["change_post", "publish_post"])
    user.user_permissions.set(needed)
    client.force_login(user)

    assert client.get("/admin/blog/correction/").status_code == 403
    correct(client, post)

    assert Correction.objects.count() == 1
