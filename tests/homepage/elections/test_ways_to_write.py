"""Every way in which something public is written: on polling day it is refused, or stands in the log."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import transaction

from blog.exchange.backup import _pictures
from blog.models import Attachment, Category, Post, Tag
from blog.photos import library
from blog.photos.models import Photo, Rendition
from homepage.edition import PublicModel, PublicQuerySet
from homepage.elections.hold import override
from homepage.elections.rules import Held
from homepage.log.models import Action
from homepage.models import Election, Link, Page
from tests.factories import (
    create_correction,
    create_post,
    jst,
    pdf_file,
)
from tests.pictures import upload

from .whole_site import REASON, REPORT, logged, overrides, picture

PAGE = {"title": "政策", "slug": "policies", "body": "本文です。", "order": 0, "is_published": "on"}
CATEGORY = {"name": "防災", "slug": "disaster", "order": 0}


def everything():
    """Return all that citizens read, now or later, as the database and the storage have it."""
    kept = {
        Post: Post.objects.exclude(status="draft"),
        Tag: Tag.objects.exclude(posts__status="draft"),
    }
    models = [each for each in apps.get_models() if issubclass(each, PublicModel)]
    rows = [
        serialize("json", kept.get(each, each._base_manager).order_by("pk"))
        for each in [*models, Rendition]
    ]
    tags = Post.tags.through.objects.exclude(post__status="draft").values_list("post", "tag")
    return rows, sorted(tags), sorted(_pictures())


# The table of ways in which something public is written.

WAYS = []


def way(function):
    WAYS.append(pytest.param(function, id=function.__name__))
    return function


@way
def form_publishes_a_new_report(site):
    desk = {"desk": "6f1c2a8e-0000-4000-8000-000000000001"}
    return site.send("blog/post/add/", **REPORT | desk)


@way
def form_publishes_a_draft(site):
    return site.save(site.draft, **REPORT)


@way
def form_changes_a_public_report(site):
    changed = {"title": "春の報告", "change": "typo", "published_at": "2023-04-01T10:00"}
    return site.save(site.post, **REPORT | changed)


@way
def form_makes_a_public_report_a_draft(site):
    return site.save(site.post, **REPORT | {"status": "draft", "published_at": "2023-04-01T10:00"})


@way
def form_puts_a_public_report_off(site):
    later = {"published_at": "2023-05-01T10:00", "body": site.post.body}
    response = site.save(site.post, **REPORT | later)
    seen = response.context["adminform"].form["seen_remarks"].value()
    return site.save(site.post, **REPORT | later | {"seen_remarks": seen})


@way
def form_adds_a_file_to_a_public_report(site):
    fields = {
        "title": "春の報告",
        "body": site.post.body,
        "published_at": "2023-04-01T10:00",
        "attachments-TOTAL_FORMS": 1,
        "attachments-0-title": "議会だより",
        "attachments-0-file": pdf_file(),
    }
    return site.save(site.post, **REPORT | fields)


@way
def form_withdraws_a_report(site):
    return site.save(site.post, "delete", post="yes", left="notice", reason="誤り。")


@way
def action_withdraws_reports(site):
    chosen = {"action": "delete_selected", "_selected_action": [site.post.pk]}
    return site.send("blog/post/", **chosen, post="yes", left="nothing")


@way
def trash_gives_a_report_back(site):
    return site.save(site.withdrawn, "restore")


@way
def form_words_a_correction_anew(site):
    return site.save(site.correction, sentence="場所を改めました。")


@way
def form_deletes_a_correction(site):
    return site.save(site.correction, "delete", post="yes")


@way
def form_adds_a_field_of_work(site):
    return site.send("blog/category/add/", **CATEGORY)


@way
def form_changes_a_field_of_work(site):
    return site.save(site.category, **CATEGORY)


@way
def form_deletes_a_field_of_work(site):
    return site.save(site.empty_category, "delete", post="yes")


@way
def action_deletes_fields_of_work(site):
    chosen = {"action": "delete_selected", "_selected_action": [site.empty_category.pk]}
    return site.send("blog/category/", **chosen, post="yes")


@way
def list_orders_fields_of_work(site):
    form = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": ""}
    for number, category in enumerate(Category.objects.order_by("order", "pk")):
        form |= {f"form-{number}-id": category.pk, f"form-{number}-order": 9 - number}
    return site.send("blog/category/", **form)


@way
def form_renames_a_tag(site):
    tag = Tag.objects.get(name="若者")
    inline = {"former-TOTAL_FORMS": 0, "former-INITIAL_FORMS": 0}
    return site.save(tag, name="若い人", **inline)


@way
def form_merges_two_tags(site):
    tag, other = Tag.objects.order_by("pk")
    return site.save(tag, "merge", post="yes", into=other.pk)


@way
def form_deletes_a_tag(site):
    return site.save(Tag.objects.first(), "delete", post="yes")


@way
def form_adds_a_page(site):
    return site.send("homepage/page/add/", **PAGE | {"slug": "profile"})


@way
def form_changes_a_page(site):
    return site.save(site.page, **PAGE)


@way
def form_hides_a_page(site):
    return site.save(site.page, **PAGE | {"is_published": ""})


@way
def form_deletes_a_page(site):
    return site.save(site.page, "delete", post="yes")


@way
def trash_gives_a_page_back(site):
    return site.save(site.trashed_page, "restore")


@way
def history_gives_a_page_back(site):
    return site.save(site.page, f"history/{site.page.revisions.last().pk}/restore")


@way
def form_changes_the_profile(site):
    form = {
        "family_name": "見本",
        "given_name": "花子",
        "family_name_reading": "みほん",
        "given_name_reading": "はなこ",
        "office": "見本市議会議長",
        "email": "hanako@mihonshi.jp",
        "accent": "#35634a",
        "address": "https://mihon.example.jp",
    }
    links = {"links-TOTAL_FORMS": 1, "links-INITIAL_FORMS": 0, "links-0-order": 0}
    link = {"links-0-label": "ブログ", "links-0-url": "https://blog.example.jp/"}
    return site.save(site.profile, **form | links | link)


@way
def form_changes_the_words_of_a_photo(site):
    return site.save(site.photo, alt="駅前")


@way
def form_exchanges_a_photo(site):
    return site.save(site.photo, alt="", image=upload(picture("green")))


@way
def form_deletes_a_photo(site):
    return site.save(site.photo, "delete", post="yes")


@way
def trash_gives_a_photo_back(site):
    return site.save(site.trashed_photo, "restore")


@way
def desk_describes_a_photo(site):
    return site.client.post(
        f"/admin/blog/photo/{site.photo.pk}/describe/",
        {"alt": "駅前"} | site.reason,
        headers={"Accept": "application/json"},
    )


@way
def desk_sends_a_photo_that_lies_in_the_trash(site):
    return site.client.post(
        "/admin/blog/photo/upload/",
        {"image": upload(picture("blue"))} | site.reason,
        headers={"Accept": "application/json"},
    )


def election_form(election, **fields):
    return {
        "name": election.name,
        "whose": "own",
        "announced_on": election.announced_on,
        "polling_on": election.polling_on,
        "accepted_at": "",
        "ends_at": 24,
    } | fields


@way
def form_moves_the_election(site):
    return site.save(site.election, **election_form(site.election, polling_on="2023-04-30"))


@way
def form_deletes_the_election(site):
    return site.save(site.election, "delete", post="yes")


@way
def form_ends_the_hold_early(site):
    return site.save(site.election, **election_form(site.election, ends_at=20))


@way
def code_saves(site):
    site.post.title = "別の題名"
    site.post.save()


@way
def code_saves_one_field(site):
    site.post.title = "別の題名"
    site.post.save(update_fields=["title"])


@way
def code_creates(site):
    create_post(title="新しい報告", published_at=jst(2023, 4, 2, 10, 0))


@way
def code_creates_or_updates(site):
    Page.objects.update_or_create(slug="policies", defaults={"title": "別の題名"})


@way
def code_deletes(site):
    site.post.delete()


@way
def code_saves_the_profile(site):
    site.profile.office = "見本市議会議長"
    site.profile.save()


@way
def code_adds_a_link(site):
    Link.objects.create(profile=site.profile, label="ブログ", url="https://blog.example.jp/")


@way
def code_adds_a_correction(site):
    create_correction(post=site.post)


@way
def code_deletes_the_election(site):
    site.election.delete()


@way
def code_exchanges_a_photo(site):
    library.replace(site.photo, upload(picture("green")))


@way
def code_renames_a_tag(site):
    Tag.objects.get(name="若者").rename("若い人")


@way
def queryset_updates(site):
    Post.objects.filter(pk=site.post.pk).update(title="別の題名")


@way
def queryset_updates_the_election(site):
    Election.objects.update(polling_on="2023-04-30")


@way
def queryset_updates_in_bulk(site):
    site.post.title = "別の題名"
    Post.objects.bulk_update([site.post], ["title"])


@way
def queryset_creates_in_bulk(site):
    Post.objects.bulk_create([Post(title="a", status="published", published_at=jst(2023, 4, 2))])


@way
def queryset_deletes(site):
    Post.objects.filter(pk=site.post.pk).delete()


@way
def queryset_deletes_attachments(site):
    Attachment.objects.all().delete()


@way
def queryset_deletes_photos(site):
    Photo.objects.all().delete()


@way
def queryset_deletes_tags(site):
    Tag.objects.all().delete()


@way
def related_manager_adds_a_tag(site):
    site.draft.tag_names = "消防団"
    site.draft.save()
    site.post.tags.add(Tag.objects.get(name="消防団"))


@way
def related_manager_clears_the_tags(site):
    site.post.tags.clear()


@way
def related_manager_adds_a_report_to_a_tag(site):
    site.draft.tag_names = "消防団"
    site.draft.save()
    Tag.objects.get(name="消防団").posts.add(site.post)


@way
def code_moves_a_file_to_a_draft(site):
    site.attachment.post = site.draft
    site.attachment.save()


@way
def code_moves_a_correction_to_a_draft(site):
    site.correction.post = site.draft
    site.correction.save()


@way
def command_loads_data(site):
    site.file.write_text(serialize("json", [Category(pk=99, name="防災", slug="disaster")]))
    call_command("loaddata", site.file, verbosity=0)


@pytest.mark.parametrize("write", WAYS)
def test_on_polling_day_it_is_refused_with_the_reason(on_polling_day, tmp_path, write):
    site = on_polling_day
    site.file = tmp_path / "data.json"
    before, response, reason = everything(), None, ""

    try:
        with transaction.atomic():
            response = write(site)
    except Held as held:
        reason = str(held)

    if response is not None:
        assert response.status_code == 409
        is_json = response["Content-Type"] == "application/json"
        reason = response.json()["message"] if is_json else response.text
    assert "今日は「見本市議会議員選挙」の投票日です。" in reason
    assert "(公職選挙法129条、142条の3)、24時まで、読む人のページを変えられません。" in reason
    assert everything() == before
    # Inside a transaction of the tests' own, code leaves no entry: see below.
    assert response is None or len(logged(Action.HELD)) == 1


@pytest.mark.parametrize("write", WAYS)
def test_with_a_written_reason_it_is_done_and_stands_in_the_log(on_polling_day, tmp_path, write):
    site = on_polling_day
    site.file = tmp_path / "data.json"
    before = everything()
    site.reason = {"override_reason": REASON}

    with override(REASON):
        response = write(site)

    assert everything() != before
    assert overrides() == [REASON]
    assert response is None or response.status_code in (200, 302)
    assert logged(Action.HELD) == []


def test_the_table_knows_every_kind_of_thing_that_citizens_read():
    for model in apps.get_models():
        if issubclass(model, PublicModel):
            assert isinstance(model._default_manager.all(), PublicQuerySet), model
