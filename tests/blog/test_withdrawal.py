"""Withdrawing a report that citizens could read: what stands at its address then."""

import datetime

import pytest
from django.utils import timezone

from blog.models import Post, Withdrawal
from homepage import edition
from tests.factories import create_administrator, create_post, jst

REASON = "会場の名前に誤りがあったため。"


@pytest.fixture
def admin(client, profile):
    client.force_login(create_administrator())
    return client


def withdraw(admin, *posts, **answers):
    confirmed = {"post": "yes", "left": "notice", "reason": REASON} | answers
    if len(posts) == 1:
        return admin.post(f"/admin/blog/post/{posts[0].pk}/delete/", confirmed)
    chosen = {"action": "delete_selected", "_selected_action": [post.pk for post in posts]}
    return admin.post("/admin/blog/post/", chosen | confirmed)


def test_a_notice_with_the_reason_stands_where_the_report_was(admin, client):
    post = create_post(title="夏まつり", published_at=jst(2024, 8, 4, 10, 0))
    create_post(published_at=jst(2024, 8, 5, 10, 0))
    before = edition.current()

    withdraw(admin, post)

    response = client.get(post.get_absolute_url())
    today = timezone.localtime()
    assert response.status_code == 410
    assert f"2024年8月の活動報告(番号{post.pk})" in response.text
    assert f"{today.year}年{today.month}月{today.day}日</time>に取り下げました。" in response.text
    assert REASON in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert 'class="button" href="/2024/08/"' in response.text
    assert 'class="button" href="/archive/"' in response.text
    assert 'class="button" href="mailto:mihon@example.jp"' in response.text
    assert "夏まつり" not in response.text
    assert edition.current() > before


def test_where_nothing_is_left_the_page_is_only_said_to_be_gone(admin, client):
    post = create_post()

    withdraw(admin, post, left="nothing")

    response = client.get(post.get_absolute_url())
    assert response.status_code == 410
    assert "この報告は公開を終えました" in response.text
    assert REASON not in response.text


def test_a_month_without_other_reports_is_not_offered(admin, client):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))

    withdraw(admin, post)

    assert 'href="/2024/08/"' not in client.get(post.get_absolute_url()).text


def test_a_site_that_nobody_answers_for_yet_has_the_notice_too(client, db):
    post = create_post()
    post.withdraw(REASON)

    assert REASON in client.get(post.get_absolute_url()).text


@pytest.mark.parametrize("path", ["/2024/07/{}/", "/2024/8/{}/", "/2023/08/{}/", "/2024/08/0{}/"])
def test_the_notice_stands_at_one_address_only(client, db, path):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))
    post.withdraw(REASON)

    assert client.get(path.format(post.pk)).status_code == 404


def test_the_address_is_in_the_month_of_tokyo(client, db):
    post = create_post(published_at=jst(2024, 9, 1, 0, 0))
    post.withdraw(REASON)

    assert client.get(f"/2024/09/{post.pk}/").status_code == 410


def test_the_notice_has_no_code(client, profile):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))
    post.withdraw(REASON)

    assert client.get(f"/qr/2024/08/{post.pk}.svg").status_code == 404


def test_no_browser_keeps_the_notice(client, db):
    post = create_post()
    post.withdraw(REASON)

    assert client.get(post.get_absolute_url())["Expires"] == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_the_notice_outlasts_the_report(client, db):
    post = create_post()
    address = post.get_absolute_url()
    post.withdraw(REASON)

    post.delete()

    assert REASON in client.get(address).text


def test_the_notice_goes_when_the_report_comes_back(admin, client):
    post = create_post(title="夏まつり")
    withdraw(admin, post)
    before = edition.current()

    admin.post(f"/admin/blog/post/{post.pk}/restore/")

    response = client.get(post.get_absolute_url())
    assert (response.status_code, "夏まつり" in response.text) == (200, True)
    assert not Withdrawal.objects.exists()
    assert edition.current() > before


def test_a_report_can_be_withdrawn_again_for_another_reason(admin, client):
    post = create_post()
    withdraw(admin, post)
    admin.post(f"/admin/blog/post/{post.pk}/restore/")

    withdraw(admin, post, reason="写真の許可がなかったため。")

    assert "写真の許可がなかったため。" in client.get(post.get_absolute_url()).text


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": " \u200b　"}, "reason"),
        ({"reason": "長" * 201}, "reason"),
        ({"reason": "NUL \x00"}, "reason"),
        ({"left": ""}, "left"),
        ({"left": "everything"}, "left"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_question_and_nothing_is_deleted(admin, answers, field):
    post = create_post()

    response = withdraw(admin, post, **answers)

    assert field in response.context["form"].errors
    assert Post.objects.published().exists()
    assert not Withdrawal.objects.exists()


def test_without_an_answer_a_report_that_citizens_read_is_not_deleted(admin):
    post = create_post()

    response = admin.post(f"/admin/blog/post/{post.pk}/delete/", {"post": "yes"})

    assert "left" in response.context["form"].errors
    assert Post.objects.published().exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"published_at": timezone.now() + datetime.timedelta(days=1)},
    ],
    ids=["draft", "scheduled"],
)
def test_of_a_report_that_was_never_public_nothing_is_asked_and_nothing_stands(
    admin, client, fields
):
    post = create_post(**fields)

    asked = admin.get(f"/admin/blog/post/{post.pk}/delete/")
    admin.post(f"/admin/blog/post/{post.pk}/delete/", {"post": "yes"})

    assert not asked.context["form"].fields
    assert Post.objects.trashed().exists()
    assert client.get(post.get_absolute_url()).status_code == 404
    assert not Withdrawal.objects.exists()


def test_of_several_reports_those_that_were_public_get_the_notice(admin, client):
    first, second, draft = create_post(), create_post(), create_post(status="draft")

    withdraw(admin, first, second, draft)

    assert not Post.objects.kept().exists()
    for post in (first, second):
        assert REASON in client.get(post.get_absolute_url()).text
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_report_that_becomes_a_draft_again_is_not_withdrawn(admin, client):
    post = create_post()
    post.status = "draft"
    post.save()

    assert client.get(post.get_absolute_url()).status_code == 404


def test_a_reason_is_text_and_nothing_else(client, db):
    post = create_post()
    post.withdraw("<script>alert(1)</script>")

    assert "<script>alert" not in client.get(post.get_absolute_url()).text


def test_the_notice_is_withdrawn_together_with_the_report_or_not_at_all(admin, monkeypatch):
    post = create_post()
    monkeypatch.setattr(Withdrawal, "save", lambda *arguments, **options: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        withdraw(admin, post)

    assert Post.objects.published().exists()
