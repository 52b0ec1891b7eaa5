"""Renaming, merging and deleting tags."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from blog.models import Post, Tag, WorkingCopy
from blog.tags.admin import MergeForm, TagForm
from blog.tags.models import TagChanged
from homepage import edition
from homepage.log.models import LogEntry
from tests.factories import create_person, create_post

pytestmark = pytest.mark.django_db
with_locks = pytest.mark.skipif(
    not connection.features.has_select_for_update, reason="SQLite locks the whole database."
)


@pytest.fixture
def editor(client, profile):
    client.force_login(create_person("編集者", username="hanako"))
    return client


def tag(name):
    return Tag.objects.get(name=name)


def rename(client, tag, name):
    former = {"former-TOTAL_FORMS": 0, "former-INITIAL_FORMS": 0}
    return client.post(f"/admin/blog/tag/{tag.pk}/change/", {"name": name} | former)


def merge(client, tag, into):
    fields = {"into": into.pk, "post": "yes"}
    return client.post(f"/admin/blog/tag/{tag.pk}/merge/", fields)


def free(client, former):
    """Delete a former name at its tag of today."""
    today = former.merged_into
    row = {"former-0-id": former.pk, "former-0-merged_into": today.pk, "former-0-DELETE": "on"}
    forms = {"former-TOTAL_FORMS": 1, "former-INITIAL_FORMS": 1}
    client.post(f"/admin/blog/tag/{today.pk}/change/", {"name": today.name} | forms | row)


def rows():
    """Return each name with the name of today, or none where it is that."""
    return dict(Tag.objects.values_list("name", "merged_into__name"))


def lines(*texts):
    for text in texts:
        text.refresh_from_db()
    return [text.tag_names for text in texts]


def test_a_tag_that_is_renamed_keeps_its_address_and_its_reports(editor, client):
    post, draft = create_post(tag_names="議会、献結"), create_post(tag_names="献結", status="draft")
    copy = WorkingCopy.objects.write(post, None, body="書きかけ", tag_names="献結、若者")
    before = tag("献結")

    rename(editor, before, "献血")

    assert lines(post, draft, copy) == ["議会、献血", "献血", "献血、若者"]
    assert "「献血」の報告" in client.get(before.get_absolute_url()).text
    assert tag("献血") == before
    assert create_post(tag_names="献結").tag_names == "献血"


def test_renaming_makes_one_edition_and_one_entry_in_the_log(editor):
    for _ in range(3):
        create_post(tag_names="献結")
    number = edition.current()

    rename(editor, tag("献結"), "献血")

    assert edition.current() == number + 1
    pk = tag("献血").pk
    assert [str(each.subject) for each in LogEntry.objects.all()] == [
        f"「献結」(タグ{pk})を「献血」に"
    ]


def test_a_tag_that_only_drafts_have_makes_no_edition(editor):
    create_post(tag_names="献結", status="draft")
    number = edition.current()

    rename(editor, tag("献結"), "献血")

    assert edition.current() == number


def test_a_tag_can_be_given_its_former_name_again(editor):
    post = create_post(tag_names="一")

    for name in ("二", "一", "二", "一"):
        rename(editor, Tag.objects.in_use().get(), name)

    assert rows() == {"一": None, "二": "一"}
    assert lines(post) == ["一"]


def test_the_same_name_in_another_width_leaves_no_former_name(editor):
    post = create_post(tag_names="ＰＴＡ")

    rename(editor, tag("ＰＴＡ"), "PTA")

    assert (rows(), lines(post)) == ({"PTA": None}, ["PTA"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ｐta", "「PTA」というタグは、もうあります。"),
        ("古い名前", "「古い名前」は、タグ「PTA」の以前の名前です。"),
        ("一、二", "名前を一つだけ書いてください。"),
        ("、", "名前を一つだけ書いてください。"),
        ("㍿" * 20, "タグは40字までです。"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(editor, name, sentence):
    create_post(tag_names="献血、古い名前")
    tag("古い名前").rename("PTA")
    before = rows()

    html = rename(editor, tag("献血"), name).text

    assert sentence in html
    assert rows() == before


def test_merging_asks_first_and_says_how_many_reports_it_touches(editor):
    create_post(tag_names="献結")
    create_post(tag_names="献結", status="draft")
    create_post(tag_names="献血")

    html = editor.get(f"/admin/blog/tag/{tag('献結').pk}/merge/").text

    assert "2件の報告のタグが、まとめる先のタグに替わります" in html
    assert rows() == {"献結": None, "献血": None}


def test_merging_gives_the_reports_of_one_tag_to_the_other(editor):
    both, one = create_post(tag_names="献結、議会、献血"), create_post(tag_names="献結")
    copy = WorkingCopy.objects.write(one, None, body="書きかけ", tag_names="若者、献結")
    number = edition.current()

    merge(editor, tag("献結"), tag("献血"))

    assert lines(both, one, copy) == ["献血、議会", "献血", "若者、献血"]
    assert set(tag("献血").posts.all()) == {both, one}
    assert not tag("献結").posts.exists()
    assert edition.current() == number + 1


def test_the_log_names_both_tags_of_a_merger(editor):
    create_post(tag_names="献結、献血")
    one, other = tag("献結"), tag("献血")

    merge(editor, one, other)

    entry = LogEntry.objects.get()
    assert entry.subject == f"「献結」(タグ{one.pk})を「献血」(タグ{other.pk})に"


def test_what_was_merged_before_goes_along(editor):
    create_post(tag_names="一、二、三")

    merge(editor, tag("一"), tag("二"))
    merge(editor, tag("二"), tag("三"))

    assert rows() == {"一": "三", "二": "三", "三": None}


def test_nothing_is_merged_into_itself_or_into_a_former_name(editor):
    create_post(tag_names="一、二")
    merge(editor, tag("一"), tag("二"))

    for into in (tag("一"), tag("二")):
        assert merge(editor, tag("二"), into).status_code == 200
        with pytest.raises((TagChanged, ValueError)):
            tag("二").merge_into(into)

    assert rows() == {"一": "二", "二": None}


CHANGED = "このタグは、ほかの画面で変更されました。もう一度お試しください。"


def after(monkeypatch, form, meanwhile):
    """Let somebody change the tags when a form has just been found valid."""
    is_valid = form.is_valid
    monkeypatch.setattr(form, "is_valid", lambda self: is_valid(self) and [meanwhile()])


@pytest.mark.parametrize(
    ("meanwhile", "expected"),
    [
        (lambda: tag("一").merge_into(tag("二")), {"一": "二", "二": None, "三": None}),
        (lambda: tag("三").merge_into(tag("二")), {"一": None, "二": None, "三": "二"}),
        (lambda: tag("一").rename("四"), {"一": "四", "二": None, "三": None, "四": None}),
        (lambda: tag("一").delete(), {"二": None, "三": None}),
    ],
    ids=["merged", "other-merged", "renamed", "deleted"],
)
def test_a_tag_that_is_changed_meanwhile_is_not_merged(editor, monkeypatch, meanwhile, expected):
    create_post(tag_names="一、二、三")
    after(monkeypatch, MergeForm, meanwhile)

    response = merge(editor, tag("一"), tag("三"))

    assert CHANGED in editor.get(response["Location"]).text
    assert rows() == expected
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda: create_post(tag_names="新"),
        lambda: tag("一").merge_into(tag("二")),
        lambda: tag("一").delete(),
    ],
    ids=["taken", "merged", "deleted"],
)
def test_a_tag_that_is_changed_meanwhile_is_not_renamed(editor, monkeypatch, meanwhile):
    post = create_post(tag_names="一、二")
    after(monkeypatch, TagForm, meanwhile)

    response = rename(editor, tag("一"), "新")

    assert CHANGED in editor.get(response["Location"]).text
    # What the other did, too, was in the transaction that was taken back.
    assert (rows(), lines(post)) == ({"一": None, "二": None}, ["一、二"])
    assert not LogEntry.objects.exists()


def test_deleting_says_first_what_it_does(editor):
    create_post(tag_names="献血")

    html = editor.get(f"/admin/blog/tag/{tag('献血').pk}/delete/").text

    assert "1件の報告から、このタグが外れます" in html
    assert "「このページは見つかりません」" in html


def test_a_tag_that_is_deleted_is_gone_from_its_reports_with_its_former_names(editor, client):
    post = create_post(tag_names="献結、若者")
    copy = WorkingCopy.objects.write(post, None, body="書きかけ", tag_names="献結")
    tag("献結").rename("献血")
    path, number = tag("献血").get_absolute_url(), edition.current()

    editor.post(f"/admin/blog/tag/{tag('献血').pk}/delete/", {"post": "yes"})

    assert lines(post, copy) == ["若者", ""]
    assert rows() == {"若者": None}
    assert client.get(path).status_code == 404
    assert edition.current() > number
    assert LogEntry.objects.get().get_action_display() == "完全に削除"


def test_many_tags_are_deleted_like_one(profile):
    post = create_post(tag_names="献血、若者、議会")

    Tag.objects.exclude(name="議会").delete()

    assert lines(post) == ["議会"]


def test_the_list_has_each_tag_once_with_its_reports_and_former_names(editor):
    create_post(tag_names="献結、若者")
    create_post(tag_names="献結", status="draft")
    create_post(tag_names="献結").trash()
    tag("献結").rename("献血")

    html = editor.get("/admin/blog/tag/").text

    assert html.count('<td class="field-reports">') == 2
    assert html.index(">献血</a>") < html.index(">若者</a>")
    assert '<td class="field-reports">2件</td><td class="field-former_names">献結</td>' in html


def test_a_former_name_can_be_given_free(editor):
    create_post(tag_names="献結")
    tag("献結").rename("献血")
    number = edition.current()

    free(editor, tag("献結"))

    assert rows() == {"献血": None}
    assert "の以前の名前「献結」" in LogEntry.objects.get().subject
    # Its address led to the tag, and leads nowhere now.
    assert edition.current() == number + 1


def test_merging_a_tag_of_drafts_into_one_that_citizens_read_makes_an_edition(editor):
    create_post(tag_names="献結", status="draft")
    create_post(tag_names="献血")
    number = edition.current()

    merge(editor, tag("献結"), tag("献血"))

    assert edition.current() == number + 1


@with_locks
@pytest.mark.parametrize(
    "change",
    [
        lambda: tag("献結").rename("若者"),
        lambda: tag("献結").merge_into(tag("献血")),
        lambda: tag("献結").delete(),
    ],
    ids=["rename", "merge", "delete"],
)
def test_tags_are_locked_after_the_reports_that_have_them(change):
    create_post(tag_names="献結、献血")

    with CaptureQueriesContext(connection) as queries:
        change()

    locks = [each["sql"] for each in queries if "FOR UPDATE" in each["sql"]]
    tables = [re.search(r'FROM "(\w+)"', sql)[1] for sql in locks]
    assert tables == ["blog_post", "blog_tag", "homepage_edition"]


def test_a_name_is_taken_before_the_edition_that_a_save_with_this_name_asks_for():
    create_post(tag_names="献結")

    with CaptureQueriesContext(connection) as queries:
        tag("献結").rename("献血")

    sql = " ".join(each["sql"] for each in queries)
    assert sql.index('UPDATE "blog_tag"') < sql.index('"homepage_edition"')


def not_locked(things):
    """Return what another transaction could lock now."""

    def ask():
        with transaction.atomic():
            free = list(things.order_by("pk").select_for_update(skip_locked=True))
        connection.close()
        return free

    with ThreadPoolExecutor() as pool:
        return pool.submit(ask).result()


@with_locks
@pytest.mark.django_db(transaction=True)
def test_renaming_waits_for_who_is_writing_a_tag_at_the_desk():
    other, draft = create_post(tag_names="若者"), create_post(status="draft")
    create_post(tag_names="献結")
    WorkingCopy.objects.write(draft, None, body="書きかけ", tag_names="献結")

    with transaction.atomic():
        tag("献結").rename("献血")

        assert not_locked(Post.objects.all()) == [other]


@with_locks
@pytest.mark.django_db(transaction=True)
def test_renaming_locks_the_former_names_too():
    create_post(tag_names="一、若者")
    tag("一").rename("二")

    with transaction.atomic():
        tag("二").rename("三")

        assert not_locked(Tag.objects.all()) == [tag("若者")]


@with_locks
@pytest.mark.django_db(transaction=True)
def test_who_writes_a_former_name_locks_the_tag_of_today_too():
    create_post(tag_names="献結、若者")
    tag("献結").rename("献血")

    with transaction.atomic():
        create_post(tag_names="献結")

        assert not_locked(Tag.objects.all()) == [tag("若者")]


def test_new_tags_are_made_in_one_order_whatever_the_line():
    create_post(tag_names="c、a、b")

    assert [each.name for each in Tag.objects.order_by("pk")] == ["a", "b", "c"]
