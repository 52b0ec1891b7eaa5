"""The trash: what is deleted in the admin waits there, comes back whole, or goes for good."""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from blog.models import Category, Correction, Post, WorkingCopy
from blog.photos.models import Photo
from homepage import edition, trash
from homepage.models import Page
from tests.factories import (
    create_administrator,
    create_attachment,
    create_category,
    create_page,
    create_post,
    jst,
)

CONFIRMED = {"post": "yes", "left": "nothing"}


@pytest.fixture
def admin(client, profile):
    client.force_login(create_administrator(last_name="見本", first_name="次郎"))
    return client


def create_photo(**fields):
    return Photo.objects.create(sha256=str(Photo.objects.count()), **fields)


every_kind = pytest.mark.parametrize("create", [create_post, create_page, create_photo])


def address(thing, name):
    return f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/{name}/"


def delete(admin, thing, **fields):
    return admin.post(address(thing, "delete"), CONFIRMED | fields, follow=True)


def restore(admin, thing):
    return admin.post(address(thing, "restore"), follow=True)


def rows(admin, **query):
    return admin.get("/admin/trash/", query).context["rows"]


def messages(response):
    return [str(message) for message in response.context["messages"]]


# Going there


@every_kind
def test_what_is_deleted_waits_in_the_trash(admin, create):
    thing = create()

    response = delete(admin, thing)

    [row] = rows(admin)
    assert (row["thing"], row["kind"], row["who"]) == (thing, thing._meta.verbose_name, "見本 次郎")
    assert f"「{thing}」をごみ箱に入れました。" in messages(response)[0]
    assert response.context["cl"].result_count == 0


@every_kind
def test_before_something_is_deleted_the_writer_is_told_what_becomes_of_it(admin, create):
    thing = create()

    html = admin.get(address(thing, "delete")).text

    assert str(thing) in html
    assert "ごみ箱で30日間待ち、そのあいだは、もとに戻せます。" in html
    assert not rows(admin)


def test_several_are_deleted_together(admin):
    pages = [create_page(), create_page()]
    chosen = {"action": "delete_selected", "_selected_action": [each.pk for each in pages]}

    asked = admin.post("/admin/homepage/page/", chosen).text
    response = admin.post("/admin/homepage/page/", chosen | CONFIRMED, follow=True)

    assert re.findall(r'name="_selected_action" value="(\d+)"', asked) == [
        str(each.pk) for each in pages
    ]
    assert messages(response)[0].startswith("2件をごみ箱に入れました。")
    assert {row["thing"] for row in rows(admin)} == set(pages)


def test_nothing_is_half_deleted_where_one_of_several_fails(admin, monkeypatch):
    pages = [create_page(), create_page()]
    put = Page.trash
    monkeypatch.setattr(Page, "trash", lambda page: put(page) if page == pages[0] else 1 / 0)
    chosen = {"action": "delete_selected", "_selected_action": [each.pk for each in pages]}

    with pytest.raises(ZeroDivisionError):
        admin.post("/admin/homepage/page/", chosen | CONFIRMED)

    assert Page.objects.kept().count() == 2


@every_kind
@pytest.mark.parametrize("name", ["change", "delete", "history"])
def test_what_lies_in_the_trash_is_said_to_be_there(admin, create, name):
    thing = create()
    thing.trash()

    response = admin.get(address(thing, name), follow=True)

    assert response.redirect_chain[-1][0] == "/admin/trash/"
    assert messages(response)[0].startswith(f"「{thing}」は、ごみ箱に入っています。")


def test_deleting_twice_is_no_fault(admin):
    page = create_page()
    delete(admin, page)

    assert "ごみ箱に入っています" in messages(delete(admin, page))[0]


def test_the_history_says_who_put_it_there_and_who_took_it_back(admin):
    page = create_page()

    delete(admin, page)
    restore(admin, page)

    reasons = page.revisions.values_list("history_change_reason", "history_user__last_name")
    assert list(reasons[:2]) == [("ごみ箱から戻しました", "見本"), ("ごみ箱に入れました", "見本")]


# Lying there


def test_an_empty_trash_says_so_and_can_be_found(admin):
    assert "ごみ箱は空です。" in admin.get("/admin/trash/").text
    for path in ("", "blog/post/", "blog/photo/", "homepage/page/"):
        assert 'href="/admin/trash/"' in admin.get(f"/admin/{path}").text


def test_the_list_says_until_when_each_thing_waits_the_newest_first(admin):
    with time_machine.travel(jst(2024, 8, 4, 10, 0), tick=False):
        create_page(title="古いページ").trash()
    with time_machine.travel(jst(2024, 8, 14, 10, 0), tick=False):
        create_post(title="新しい報告").trash()

    with time_machine.travel(jst(2024, 9, 3, 10, 0), tick=False):
        admin.force_login(create_administrator(username="other"))
        html = admin.get("/admin/trash/").text

    assert "2024年8月14日(水) 10:00に削除。9月13日(金)まで戻せます。" in html
    assert "2024年8月4日(日) 10:00に削除。30日を過ぎました。" in html
    assert html.index("新しい報告") < html.index("古いページ")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "draft"}, "下書きに戻ります。"),
        ({"published_at": jst(2024, 8, 4, 10, 0)}, "戻すと、すぐに公開されます。"),
        (
            {"published_at": jst(2099, 8, 4, 10, 0)},
            "予約に戻り、2099年8月4日(火) 10:00に公開されます。",
        ),
    ],
)
def test_the_list_says_what_restoring_a_report_leads_to(admin, fields, sentence):
    create_post(**fields).trash()

    assert f">{sentence}</p>" in admin.get("/admin/trash/").text


def test_a_scheduled_report_whose_moment_passed_in_the_trash_is_public_at_once(admin, client):
    moment = timezone.now() + datetime.timedelta(minutes=5)
    post = create_post(published_at=moment)
    post.trash()

    with time_machine.travel(moment + datetime.timedelta(minutes=1)):
        [row] = rows(admin)
        restore(admin, post)

        assert row["when_restored"] == "戻すと、すぐに公開されます。"
        assert client.get(post.get_absolute_url()).status_code == 200


def test_the_list_asks_no_question_for_each_thing(admin, django_assert_num_queries):
    for _ in range(5):
        delete(admin, create_page())
        delete(admin, create_post())
        delete(admin, create_photo())
    rows(admin)

    # Session and user, twice the profile; three times their numbers and the things; who deleted them.
    with django_assert_num_queries(11):
        assert len(rows(admin)) == 15


def test_a_full_trash_is_read_page_by_page(admin):
    now = timezone.now()
    Photo.objects.bulk_create(Photo(sha256=str(each), trashed_at=now) for each in range(51))

    assert [len(rows(admin, p=page)) for page in ("1", "2", "x", "99")] == [50, 1, 50, 1]


def test_the_list_shows_and_offers_what_somebody_may(client, profile):
    user = create_administrator()
    type(user).objects.update(is_superuser=False)
    client.force_login(user)
    page, post = create_page(), create_post()
    for thing in (page, post):
        thing.trash()
    assert not rows(client)
    assert restore(client, page).status_code == 403
    assert client.post(address(page, "delete-for-good")).status_code == 403

    user.user_permissions.add(Permission.objects.get(codename="view_page"))
    [row] = rows(client)
    assert (row["thing"], row["restore_url"], row["delete_url"]) == (page, False, False)

    user.user_permissions.add(Permission.objects.get(codename="delete_page"))
    [row] = rows(client)
    assert row["delete_url"] == address(page, "delete-for-good")
    assert row["restore_url"] == address(page, "restore")
    restore(client, page)
    assert Page.objects.kept().exists()


def test_the_name_of_what_lies_in_the_trash_is_told_to_nobody_who_may_not_see_it(client, profile):
    user = create_administrator()
    type(user).objects.update(is_superuser=False)
    client.force_login(user)
    post = create_post(title="非公開の題名")
    post.trash()

    assert "非公開の題名" not in client.get(address(post, "history"), follow=True).text


def test_strangers_are_asked_to_sign_in(client, profile):
    page = create_page()
    page.trash()

    for name in ("restore", "delete-for-good"):
        assert "/admin/login/" in client.post(address(page, name))["Location"]
    assert "/admin/login/" in client.get("/admin/trash/")["Location"]
    assert Page.objects.trashed().exists()


# Coming back


@every_kind
def test_what_is_restored_is_as_it_was(admin, create):
    thing = create()
    before = type(thing).objects.values().get()
    thing.trash()

    response = restore(admin, thing)

    assert type(thing).objects.values().get() == before
    assert "をもとに戻しました。" in messages(response)[0]
    assert admin.get(address(thing, "change")).status_code == 200


def test_a_report_comes_back_with_everything_that_is_its(admin, client):
    post = create_post(
        title="夏まつり", category=create_category(), published_at=jst(2024, 8, 4, 10, 0)
    )
    attachment = create_attachment(post=post, title="議会だより")
    Correction.objects.create(post=post, sentence="人数を直しました。")
    WorkingCopy.objects.write(post, None, body="書きかけ")
    before, page = edition.current(), client.get("/2024/08/").content
    file = f"/media/{attachment.file.name}"

    delete(admin, post)
    away = edition.current()
    assert client.get("/2024/08/").status_code == 404
    assert client.get(file).status_code == 404
    restore(admin, post)

    assert before < away < edition.current()
    assert client.get("/2024/08/").content == page
    assert client.get(file).status_code == 200
    post.refresh_from_db()
    assert post.working_copy.body == "書きかけ"
    assert post.corrections.exists()
    assert post.revisions.filter(history_type="+").exists()


def test_a_page_comes_back_into_the_menu_at_its_address(admin, client):
    page = create_page(title="政策", slug="policies", body="政策の文章")

    delete(admin, page)
    assert client.get("/policies/").status_code == 404
    assert 'href="/policies/"' not in client.get("/").text
    restore(admin, page)

    assert "政策の文章" in client.get("/policies/").text
    assert 'href="/policies/"' in client.get("/").text


@pytest.mark.parametrize("name", ["restore", "delete-for-good"])
@pytest.mark.parametrize("number", ["kept", "0", "9" * 30])
def test_what_is_not_in_the_trash_is_said_not_to_be_there(admin, name, number):
    page = create_page()
    number = page.pk if number == "kept" else number

    response = admin.post(f"/admin/homepage/page/{number}/{name}/", follow=True)

    assert messages(response) == ["ごみ箱にありません。もう戻されたか、完全に削除されています。"]
    assert Page.objects.kept().exists()


def test_an_address_that_restores_is_only_for_the_button(admin):
    page = create_page()
    page.trash()

    assert admin.get(address(page, "restore")).status_code == 405
    assert Page.objects.trashed().exists()


def test_an_address_that_a_page_in_the_trash_has_is_refused_with_its_name(admin):
    create_page(title="古い政策", slug="policies").trash()
    fields = {"title": "新しい政策", "slug": "policies", "body": "文章", "order": 0}

    response = admin.post("/admin/homepage/page/add/", fields)

    [error] = response.context["adminform"].form.errors["slug"]
    assert error.startswith("ごみ箱にある「古い政策」のアドレスです。")


def test_an_address_that_another_page_has_is_refused_as_ever(admin):
    create_page(slug="policies")
    fields = {"title": "新しい政策", "slug": "policies", "body": "文章", "order": 0}

    response = admin.post("/admin/homepage/page/add/", fields)

    [error] = response.context["adminform"].form.errors["slug"]
    assert "ごみ箱" not in error


def test_a_field_of_work_of_reports_in_the_trash_is_not_deleted_and_the_writer_is_told_why(admin):
    category = create_category()
    post = create_post(category=category)
    sentence = "ごみ箱にある報告も、この分野です。"
    assert sentence not in admin.get(address(category, "delete")).text
    post.trash()

    response = admin.post(address(category, "delete"), CONFIRMED)

    assert sentence in response.text
    assert Category.objects.exists()

    post.delete()
    assert sentence not in admin.get(address(category, "delete")).text


# Going for good


@every_kind
def test_what_lies_in_the_trash_is_deleted_for_good_after_a_question(admin, create):
    thing = create()
    thing.trash()

    asked = admin.get(address(thing, "delete-for-good")).text
    assert "もう戻せません。" in asked
    assert type(thing).objects.exists()
    response = admin.post(address(thing, "delete-for-good"), follow=True)

    assert not type(thing).objects.exists()
    assert messages(response)[0].endswith("を完全に削除しました。")


@every_kind
def test_after_thirty_days_it_is_deleted_for_good_and_not_before(db, create, capsys):
    thing = create()
    kept = create()
    thing.trash()
    end = thing.trashed_at + datetime.timedelta(days=30)

    assert trash.empty(end - datetime.timedelta(seconds=1)) == (0, 0)
    with time_machine.travel(end + datetime.timedelta(seconds=1)):
        call_command("empty_trash")
        call_command("empty_trash")

    assert list(type(thing).objects.all()) == [kept]
    assert capsys.readouterr().out == (
        "ごみ箱から1件を完全に削除しました。\nごみ箱から0件を完全に削除しました。\n"
    )


def test_one_that_cannot_be_deleted_keeps_no_other_in_the_trash(db, monkeypatch):
    stuck, other = create_post(), create_post()
    attachment = create_attachment(post=stuck)
    for each in (stuck, other):
        each.trash()
    Post.objects.update(trashed_at=jst(2024, 8, 4, 10, 0))
    remove = Post.delete

    def fail_at_the_end(post):
        remove(post)
        assert post.title != "stuck"

    Post.objects.filter(pk=stuck.pk).update(title="stuck")
    monkeypatch.setattr(Post, "delete", fail_at_the_end)
    with pytest.raises(CommandError, match="1件を完全に削除しましたが、1件は"):
        call_command("empty_trash")

    assert Post.objects.get() == stuck
    assert stuck.attachments.get() == attachment


def test_what_is_restored_while_the_trash_is_emptied_stays(db, monkeypatch):
    older, newer = create_page(), create_page()
    for page in (older, newer):
        page.trash()
    remove = Page.delete

    def meanwhile(page):
        older.restore()
        return remove(page)

    monkeypatch.setattr(Page, "delete", meanwhile)

    assert trash.empty(newer.kept_until) == (1, 0)
    assert Page.objects.kept().get() == older


@every_kind
def test_emptying_the_trash_changes_nothing_that_citizens_read(db, create):
    thing = create()
    thing.trash()
    before = edition.current()

    assert trash.empty(thing.kept_until) == (1, 0)

    assert edition.current() == before
