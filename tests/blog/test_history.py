"""The history of reports and pages in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from blog.models import Post, WorkingCopy
from blog.photos.models import Photo
from tests.factories import (
    create_administrator,
    create_category,
    create_page,
    create_post,
    jst,
)


@pytest.fixture
def writer(profile):
    return create_administrator(username="writer", last_name="見本", first_name="花子")


@pytest.fixture
def admin(client, writer):
    client.force_login(writer)
    return client


def history_of(subject):
    return f"/admin/{subject._meta.app_label}/{subject._meta.model_name}/{subject.pk}/history/"


def save(post, moment=None, **fields):
    """Save the post once more, and return the revision."""
    for name, value in fields.items():
        setattr(post, name, value)
    if moment:
        post._history_date = moment
    post.save()
    return post.revisions.first()


def bring_back(client, revision, follow=True):
    return client.post(f"{history_of(revision.instance)}{revision.pk}/restore/", follow=follow)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def rows(response):
    return list(response.context["page"])


# The list


def test_the_newest_version_comes_first_with_its_moment_in_tokyo(admin):
    post = create_post()
    save(post, jst(2025, 1, 1, 0, 30))
    save(post, jst(2025, 2, 2, 23, 59))

    html = admin.get(history_of(post)).text

    assert html.index("2025年2月2日(日) 23:59") < html.index("2025年1月1日(水) 00:30")


def test_a_version_names_who_saved_it_family_name_first(admin):
    page = create_page(title="方針")
    fields = {"title": "方針", "slug": page.slug, "body": "新しい方針", "order": 0}
    admin.post(f"/admin/homepage/page/{page.pk}/change/", fields)

    newest, oldest = rows(admin.get(history_of(page)))

    assert (newest.author, oldest.author) == ("見本 花子", "")
    assert "記録なし" in admin.get(history_of(page)).text


def test_a_user_without_a_name_is_called_as_he_signs_in(admin, writer):
    post = create_post()
    type(writer).objects.update(last_name="", first_name="")
    post.revisions.update(history_user=writer)

    assert rows(admin.get(history_of(post)))[0].author == "writer"


def test_a_version_says_what_citizens_could_read_when_it_was_saved(admin):
    post = create_post(status="draft", published_at=None)
    save(post, jst(2024, 8, 1, 9, 0), status="published", published_at=jst(2024, 8, 4, 10, 0))
    save(post, jst(2024, 8, 5, 9, 0))
    post.revisions.filter(history_type="+").update(history_date=jst(2024, 7, 1, 9, 0))

    assert [each.state for each in rows(admin.get(history_of(post)))] == ["公開", "予約", "下書き"]


def test_a_version_says_how_long_it_was_and_why_it_was_kept(admin, writer):
    post = create_post(body="一二三")
    post.keep_revision(WorkingCopy(body="一二三四"), writer, "保存が重なった文章")

    response = admin.get(history_of(post))

    assert [(each.state, each.length) for each in rows(response)] == [("編集中", 4), ("公開", 3)]
    assert "保存が重なった文章" in response.text
    assert response.text.count("最初の版") == 1


def test_a_history_of_many_versions_is_read_page_by_page(admin):
    post = create_post()
    for _ in range(50):
        save(post)

    first, second = (admin.get(f"{history_of(post)}?p={page}") for page in (1, 2))

    assert (len(rows(first)), len(rows(second))) == (50, 1)
    assert ("最初の版" in first.text, "最初の版" in second.text) == (False, True)
    assert 'href="?p=2"' in first.text


@pytest.mark.parametrize("page", ["-1", "99", "abc", "9" * 5000, "²", ""])
def test_a_page_of_the_history_that_is_not_there_has_an_answer(admin, page):
    post = create_post()

    assert len(rows(admin.get(history_of(post), {"p": page}))) == 1


def test_the_list_asks_no_question_for_each_version_and_loads_no_text(
    admin, writer, django_assert_num_queries
):
    post = create_post()
    for _ in range(20):
        save(post)
    post.revisions.update(history_user=writer)

    # Session and user, twice the profile; the post, its count of versions, the versions.
    with django_assert_num_queries(7):
        response = admin.get(history_of(post))

    assert rows(response)[0].get_deferred_fields() == {"body"}


def test_a_report_that_no_button_has_saved_says_so(admin):
    post = create_post()
    post.revisions.all().delete()

    assert "保存した版は、まだありません。" in admin.get(history_of(post)).text


# One version


def test_a_version_shows_what_it_changed(admin):
    post = create_post(body="参加は百二名でした。")
    revision = save(post, body="参加は百三名でした。")

    response = admin.get(f"{history_of(post)}{revision.pk}/")

    [line] = response.context["lines"]
    assert [tuple(piece) for piece in line if piece.kind != "same"] == [
        ("removed", "百二名"),
        ("added", "百三名"),
    ]


def test_what_changed_beside_the_text_is_said_in_words(admin):
    post = create_post(title="", status="draft", published_at=None)
    revision = save(
        post,
        title="夏まつり",
        category=create_category(name="防災"),
        status="published",
        published_at=jst(2024, 8, 4, 10, 0),
    )

    response = admin.get(f"{history_of(post)}{revision.pk}/")

    assert response.context["changes"] == [
        "題名: なしから「夏まつり」へ",
        "分野: なしから「防災」へ",
        "公開のしかた: 「下書き」から「公開」へ",
        "公開日時: なしから2024年8月4日(日) 10:00へ",
    ]
    assert "本文の言葉に違いはありません。" in response.text


def test_a_field_of_work_that_is_gone_is_said_to_be_gone(admin):
    category = create_category()
    post = create_post(category=category)
    revision = save(post, category=None)
    category.delete()

    response = admin.get(f"{history_of(post)}{revision.pk}/")

    assert response.context["changes"] == ["分野: なくなった分野からなしへ"]


def test_what_changed_on_a_page_is_said_in_words(admin):
    page = create_page(slug="policies")
    revision = save(page, slug="policy", is_published=False)

    assert admin.get(f"{history_of(page)}{revision.pk}/").context["changes"] == [
        "アドレスの名前: 「policies」から「policy」へ",
        "公開する: はいからいいえへ",
    ]


def test_the_first_version_has_nothing_to_be_compared_with(admin):
    post = create_post()

    html = admin.get(f"{history_of(post)}{post.revisions.get().pk}/").text

    assert "これより前に保存した版はありません。" in html


def test_a_version_is_compared_with_what_was_saved_before_it_and_not_with_what_was_only_kept(
    admin, writer
):
    post = create_post(body="はじめ")
    post.keep_revision(WorkingCopy(body="保存しなかった文章"), writer, "編集中だった文章")
    revision = save(post, body="つぎ")

    lines = admin.get(f"{history_of(post)}{revision.pk}/").context["lines"]

    assert "保存しなかった" not in str(lines)
    assert "はじめ" in str(lines)


def test_versions_of_the_same_moment_keep_their_order(admin):
    post = create_post(body="はじめ")
    save(post, body="つぎ")
    save(post, body="おわり")
    post.revisions.update(history_date=timezone.now())
    newest, middle, oldest = post.revisions.all()

    assert [newest.previous(), middle.previous(), oldest.previous()] == [middle, oldest, None]


def test_a_version_is_compared_with_what_stands_at_the_desk_now(admin):
    post = create_post(title="前", body="保存した文章")
    revision = post.revisions.get()
    WorkingCopy.objects.create(post=post, title="後", body="編集中の文章")

    response = admin.get(f"{history_of(post)}{revision.pk}/?with=now")

    assert "編集中" in str(response.context["lines"])
    assert "題名: 「前」から「後」へ" in response.context["changes"]


def test_without_a_working_copy_it_is_compared_with_the_saved_text(admin):
    post = create_post(body="はじめ")
    revision = post.revisions.get()
    save(post, body="おわり")

    lines = admin.get(f"{history_of(post)}{revision.pk}/?with=now").context["lines"]

    assert "おわり" in str(lines)


def test_the_whole_text_can_be_read_and_copied_as_it_was(admin):
    post = create_post(body="\n<b>はじめ</b>\n\n</textarea>おわり")
    revision = post.revisions.get()

    html = admin.get(f"{history_of(post)}{revision.pk}/").text

    assert (
        '<textarea readonly rows="16" aria-label="この版の本文">\n'
        "\n&lt;b&gt;はじめ&lt;/b&gt;\n\n&lt;/textarea&gt;おわり</textarea>"
    ) in html


@pytest.mark.parametrize("number", ["0", "9" * 9, "9" * 40, "abc"])
def test_a_version_that_is_not_there_is_said_to_be_missing(admin, number):
    post = create_post()

    response = admin.get(f"{history_of(post)}{number}/", follow=True)

    assert "見つかりませんでした" in messages(response)[0]


def test_a_version_of_another_report_is_said_to_be_missing(admin):
    post, other = create_post(), create_post()
    number = other.revisions.get().pk

    shown = admin.get(f"{history_of(post)}{number}/", follow=True)
    restored = admin.post(f"{history_of(post)}{number}/restore/", follow=True)

    assert "見つかりませんでした" in messages(shown)[0]
    assert "見つかりませんでした" in messages(restored)[0]
    assert not WorkingCopy.objects.exists()


def test_the_history_of_a_report_in_the_trash_is_out_of_sight(admin):
    post = create_post()
    revision = post.revisions.get()
    post.trash()

    for address in ("", f"{revision.pk}/"):
        response = admin.get(history_of(post) + address, follow=True)
        assert "ごみ箱に入っています" in messages(response)[0]
    bring_back(admin, revision)
    assert not WorkingCopy.objects.exists()


# Bringing a version back


def test_a_version_comes_back_to_the_desk_and_citizens_read_on_what_they_read(admin, client):
    post = create_post(title="はじめ", body="はじめの文章", published_at=jst(2024, 8, 4, 10, 0))
    first = post.revisions.get()
    save(post, title="つぎ", body="つぎの文章", published_at=jst(2024, 8, 5, 10, 0))

    response = bring_back(admin, first)

    copy = WorkingCopy.objects.get(post=post)
    assert (copy.title, copy.body) == ("はじめ", "はじめの文章")
    assert copy.published_at == jst(2024, 8, 4, 10, 0)
    assert "つぎの文章" in client.get(post.get_absolute_url()).text
    assert response.redirect_chain[-1][0] == f"/admin/blog/post/{post.pk}/change/"
    assert messages(response)[0].startswith(f"{first.moment}の版の文章を、編集画面に戻しました。")


def test_bringing_back_is_a_new_version_itself(admin, writer):
    post = create_post(body="はじめ")
    first = post.revisions.get()
    save(post, body="つぎ")

    bring_back(admin, first)

    newest = post.revisions.first()
    assert post.revisions.count() == 3
    assert (newest.body, newest.history_user) == ("はじめ", writer)
    assert newest.history_change_reason == f"{first.moment}の版に戻しました"
    assert not newest.was_saved


def test_what_was_at_the_desk_is_kept_under_the_name_of_who_wrote_it(admin):
    post = create_post(body="はじめ")
    first = post.revisions.get()
    other = create_administrator(username="other")
    WorkingCopy.objects.create(post=post, body="書きかけ", saved_by=other)

    bring_back(admin, first)

    kept = post.revisions.get(history_change_reason="編集中だった文章")
    assert (kept.body, kept.history_user) == ("書きかけ", other)
    assert WorkingCopy.objects.get().body == "はじめ"


@pytest.mark.parametrize("body", ["はじめ", "つぎ"])
def test_what_is_in_the_history_already_is_not_kept_twice(admin, body):
    post = create_post(body="はじめ")
    first = post.revisions.get()
    save(post, body="つぎ")
    WorkingCopy.objects.create(post=post, body=body, published_at=post.published_at)

    bring_back(admin, first)

    assert not post.revisions.filter(history_change_reason="編集中だった文章").exists()


def test_a_version_from_before_the_date_leaves_the_report_its_date(admin):
    post = create_post(status="draft", published_at=None)
    draft = post.revisions.get()
    save(post, status="published", published_at=jst(2024, 8, 4, 10, 0))

    bring_back(admin, draft)

    assert WorkingCopy.objects.get().published_at == jst(2024, 8, 4, 10, 0)


def test_the_field_of_work_comes_back_where_it_is_still_there(admin):
    kept, gone = create_category(), create_category()
    post = create_post(category=kept)
    of_kept = post.revisions.first()
    of_gone = save(post, category=gone)
    save(post, category=None)
    gone.delete()

    assert len(messages(bring_back(admin, of_kept))) == 1
    assert WorkingCopy.objects.get().category == kept
    response = bring_back(admin, of_gone)

    assert WorkingCopy.objects.get().category is None
    assert messages(response)[1] == "この版の分野は、いまはないため戻りません。"


def test_photos_that_are_gone_are_named(admin):
    there = Photo.objects.create(sha256="1", alt="ある写真")
    trashed = Photo.objects.create(sha256="2", alt="駅前の様子", trashed_at=timezone.now())
    body = f"![](photo-{there.pk}) ![](photo-{trashed.pk}) ![](photo-999) ![](photo-999)"
    revision = create_post(body=body).revisions.get()
    sentence = (
        "この版には、いまはない写真があります: "
        f"写真{trashed.pk}「駅前の様子」(ごみ箱にあります)、写真999。"
    )

    assert sentence in admin.get(f"{history_of(revision.instance)}{revision.pk}/").text
    assert messages(bring_back(admin, revision))[1] == sentence


def test_a_page_is_saved_with_its_old_text_and_keeps_its_place(admin, client, writer):
    page = create_page(title="前", body="前の文章", slug="old", order=1)
    first = page.revisions.get()
    save(page, title="後", body="後の文章", slug="new", order=2, is_published=True)

    response = bring_back(admin, first)

    html = client.get("/new/").text
    assert "前の文章" in html
    assert client.get("/old/").status_code == 404
    newest = page.revisions.first()
    assert (newest.title, newest.order, newest.history_user) == ("前", 2, writer)
    assert newest.history_change_reason == f"{first.moment}の版に戻しました"
    assert messages(response)[0] == f"題名と本文を、{first.moment}の版に戻しました。"


def test_nothing_is_half_done_where_bringing_back_fails(admin, monkeypatch):
    post = create_post(body="はじめ")
    first = post.revisions.get()
    WorkingCopy.objects.create(post=post, body="書きかけ")

    def fail(self, text, user, reason):
        raise RuntimeError(reason)

    monkeypatch.setattr(Post, "keep_revision", fail)
    with pytest.raises(RuntimeError):
        bring_back(admin, first)

    assert WorkingCopy.objects.get().body == "書きかけ"


def test_an_address_that_changes_something_is_only_for_the_button(admin):
    revision = create_post().revisions.get()

    assert admin.get(f"{history_of(revision.instance)}{revision.pk}/restore/").status_code == 405
    assert not WorkingCopy.objects.exists()


def test_the_history_is_kept_by_nobody(admin):
    revision = create_post().revisions.get()

    for address in ("", f"{revision.pk}/"):
        response = admin.get(history_of(revision.instance) + address)
        assert "no-store" in response["Cache-Control"]


def test_who_may_only_look_brings_nothing_back(client, writer):
    revision = create_post().revisions.get()
    history = history_of(revision.instance)
    type(writer).objects.update(is_superuser=False)
    client.force_login(writer)
    assert client.get(history).status_code == 403
    assert client.get(f"{history}{revision.pk}/").status_code == 403

    writer.user_permissions.add(Permission.objects.get(codename="view_post"))

    assert client.get(history).status_code == 200
    assert "この版に戻す" not in client.get(f"{history}{revision.pk}/").text
    assert bring_back(client, revision).status_code == 403
    assert not WorkingCopy.objects.exists()

    writer.user_permissions.add(Permission.objects.get(codename="change_post"))

    assert "この版に戻す" in client.get(f"{history}{revision.pk}/").text
    assert bring_back(client, revision).status_code == 200
    assert WorkingCopy.objects.exists()


def test_strangers_are_asked_to_sign_in(client, profile):
    revision = create_post().revisions.get()

    assert "/admin/login/" in bring_back(client, revision, follow=False)["Location"]
    assert not WorkingCopy.objects.exists()
