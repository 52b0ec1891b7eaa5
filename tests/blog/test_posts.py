import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from blog.models import Post
from tests.factories import create_category, create_post, jst

pytestmark = pytest.mark.django_db


def test_a_draft_is_not_public():
    create_post(status="draft")

    assert not Post.objects.published().exists()


def test_a_scheduled_report_becomes_public_at_its_moment():
    create_post(published_at=jst(2024, 8, 4, 7, 0))

    assert not Post.objects.published(at=jst(2024, 8, 4, 6, 59)).exists()
    assert Post.objects.published(at=jst(2024, 8, 4, 7, 0)).exists()


def test_publishing_without_a_date_dates_it_now_to_the_minute():
    before = timezone.now()

    post = create_post(published_at=None)

    assert before - datetime.timedelta(minutes=1) < post.published_at <= timezone.now()
    assert post.published_at.second == 0
    assert post.is_public


def test_publishing_by_a_part_of_the_fields_dates_it_too():
    post = create_post(status="draft", published_at=None)

    post.status = Post.Status.PUBLISHED
    post.save(update_fields=["status"])

    assert Post.objects.published().get() == post


def test_the_database_refuses_a_published_report_without_a_date():
    post = create_post()

    with (
        pytest.raises(IntegrityError, match="published_post_has_a_date"),
        transaction.atomic(),
    ):
        Post.objects.filter(pk=post.pk).update(published_at=None)


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (jst(2024, 4, 30, 23, 59, 59), 202404),
        (jst(2024, 5, 1, 0, 0), 202405),
        (jst(2023, 12, 31, 23, 59, 59), 202312),
        (jst(2024, 1, 1, 0, 0), 202401),
    ],
)
def test_its_month_is_that_of_tokyo(moment, month):
    create_post(published_at=moment)

    assert Post.objects.get().published_month == month


def test_a_year_is_that_of_tokyo():
    create_post(published_at=jst(2023, 12, 31, 23, 59, 59))
    first = create_post(published_at=jst(2024, 1, 1, 0, 0))
    last = create_post(published_at=jst(2024, 12, 31, 23, 59, 59))
    create_post(published_at=jst(2025, 1, 1, 0, 0))

    assert list(Post.objects.in_year(2024)) == [last, first]


def test_the_month_is_right_however_the_row_was_written():
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))

    Post.objects.update(published_at=jst(2024, 9, 1, 0, 0))

    post.refresh_from_db()
    assert post.published_month == 202409


def test_a_title_is_the_name():
    assert create_post(title="夏まつりの報告").name == "夏まつりの報告"


def test_a_report_without_a_title_is_named_by_its_date_and_first_words():
    post = create_post(
        published_at=jst(2024, 8, 4, 10, 0),
        body="献血活動を行いました。\n\n暑い日でした。",
    )

    assert post.name == "2024年8月4日の報告 献血活動を行いました。暑い日でした。"
    assert post.short_name == "献血活動を行いました。暑い日でした。"


def test_long_first_words_are_cut_with_an_ellipsis():
    post = create_post(
        body="西公園の夏まつりへ行き、雨の予報が外れて夕方には涼しい風が吹くなか踊りました。"
    )

    assert post.short_name == "西公園の夏まつりへ行き、雨の予報が外れて夕方には涼しい…"
    assert len(post.short_name) == 28


def test_a_draft_without_title_and_date_has_a_name():
    assert (
        create_post(status="draft", published_at=None, body="あとで書く").name
        == "日付未定の報告 あとで書く"
    )


def test_a_report_of_which_nothing_remains_has_a_name():
    post = create_post(body="![](https://elsewhere.example.jp/a.jpg)")

    assert post.name == "2024年8月4日の報告"
    assert post.short_name == "題名のない報告"


def test_the_excerpt_is_the_first_paragraph_and_no_table():
    post = create_post(
        body="初日は市長から議案の説明がありました。表にまとめています。四十字を超える段落です。\n\n|届くもの|数|\n|---|---|\n|間仕切り|2|"
    )

    assert (
        post.excerpt
        == "初日は市長から議案の説明がありました。表にまとめています。四十字を超える段落です。"
    )


def test_a_changed_body_is_rendered_when_it_is_saved():
    post = create_post(body="**前**")

    post.body = "**後**"
    post.save(update_fields=["body"])

    post.refresh_from_db()
    assert (post.body_html, post.body_text, post.excerpt) == (
        "<p><strong>後</strong></p>",
        "後",
        "後",
    )


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+09:00",
        "1926-12-31T23:59:59+09:00",
        "1927-01-01T00:00:00+14:00",
        "9998-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_a_date_that_no_page_could_print_is_refused(moment):
    post = create_post(status="draft", published_at=None)
    post.published_at = datetime.datetime.fromisoformat(moment)

    with pytest.raises(ValidationError, match="1927年から9998年まで"):
        post.full_clean()


def test_a_title_keeps_only_what_can_be_seen():
    post = create_post(title="夏\u202eまつり\u200b\x01 ")

    post.full_clean()

    assert post.title == "夏まつり"


def test_a_field_of_work_counts_only_what_is_public():
    category = create_category()
    create_post(category=category)
    create_post(category=category, status="draft")
    create_post(category=category, published_at=timezone.now() + datetime.timedelta(days=1))

    assert type(category).objects.with_counts().get().count == 1
