"""A whole polling day: citizens are served the same, drafts are written, and what waited is let go by hand."""

import datetime
import gzip
import hashlib
import io
import re

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import transaction
from django.http import UnreadablePostError
from django.test import Client
from django.utils import timezone

from blog.management.commands.prove_hold import public_paths
from blog.models import PreviewLink, PublishRequest, Tag, WorkingCopy
from blog.photos.models import Photo
from homepage import edition, page_cache
from homepage.checks import state_of_site
from homepage.elections import hold, models
from homepage.elections.rules import Held, Phase
from homepage.log.models import Action, LogEntry
from homepage.models import CautionWord, Election, Page
from homepage.page_cache import PageCache
from homepage.wsgi import utf8_application
from tests.factories import create_election, create_person, create_post, create_profile, jst
from tests.pictures import upload

from .whole_site import REASON, REPORT, create_polling_day, logged, overrides, picture

DESK = "6f1c2a8e-0000-4000-8000-000000000001"


def is_refused():
    """Whether a hold refuses what citizens would read at once."""
    try:
        create_profile()
    except Held:
        return True
    return False


# What citizens are served.


def ask(application, path):
    """Return status, ETag and digest of an answer."""
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_HOST": "mihon.example.jp",
        "SCRIPT_NAME": "", "SERVER_NAME": "mihon.example.jp", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "HTTP_ACCEPT_ENCODING": "gzip",
    }  # fmt: skip
    started = []
    chunks = application(environ, lambda *start: started.extend(start[:2]))
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    headers = {name.lower(): value for name, value in started[1]}
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return int(started[0][:3]), headers.get("etag"), hashlib.sha256(body).hexdigest()


# Django closes connections between requests, so a test's transaction would not survive them.
@pytest.mark.django_db(transaction=True)
def test_every_public_address_is_the_same_through_the_whole_day(site, time_machine, monkeypatch):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 0)
    site.election.accepted_at = jst(2023, 4, 16, 9, 0)
    site.election.save()
    # Scheduled before its election was known; and the election is the last of its month.
    due = create_post(title="予約した報告", published_at=jst(2023, 4, 23, 10, 0))
    site.election.save()
    application = PageCache(utf8_application, edition.current_if_known)
    withdrawn = f"/2023/03/{site.withdrawn.pk}/"
    picture_address = site.photo.renditions.first().get_absolute_url()
    others = [withdrawn, "/nowhere/", "/media/attachments/none.pdf", picture_address]

    def served():
        return {path: ask(application, path) for path in [*public_paths(), *others]}

    time_machine.move_to(jst(2023, 4, 22, 23, 59, 59), tick=False)
    before = served()
    assert {status for status, _, _ in before.values()} == {200, 404, 410}
    assert len(before) > 40
    for moment in [(0, 0, 0), (12, 0, 0), (23, 59, 59)]:
        time_machine.move_to(jst(2023, 4, 23, *moment), tick=False)
        assert served() == before, moment
        assert ask(application, f"/2023/04/{due.pk}/")[0] == 404
        # Nor when the process is new, with nothing in its memory.
        assert {
            path: ask(PageCache(utf8_application, edition.current_if_known), path)
            for path in ["/", "/2023/04/", "/feed.atom", "/sitemap.xml"]
        } == {path: before[path] for path in ["/", "/2023/04/", "/feed.atom", "/sitemap.xml"]}

    # What waited does not appear by itself, that day or later.
    for day in (24, 25):
        time_machine.move_to(jst(2023, 4, day, 0, 0), tick=False)
        assert ask(application, f"/2023/04/{due.pk}/")[0] == 404


@pytest.mark.parametrize(
    ("moment", "ends_at", "is_held"),
    [
        (jst(2023, 4, 22, 23, 59, 59, 999_999), 24, False),
        (jst(2023, 4, 23, 0, 0), 24, True),
        (jst(2023, 4, 23, 23, 59, 59, 999_999), 24, True),
        (jst(2023, 4, 24, 0, 0), 24, False),
        (jst(2023, 4, 23, 19, 59, 59, 999_999), 20, True),
        (jst(2023, 4, 23, 20, 0), 20, False),
    ],
)
@pytest.mark.django_db
def test_the_hold_lasts_from_midnight_in_tokyo_to_its_end(time_machine, moment, ends_at, is_held):
    time_machine.move_to(jst(2023, 4, 1, 0, 0), tick=False)
    create_polling_day(ends_at=ends_at)
    time_machine.move_to(moment, tick=False)

    assert is_refused() is is_held


@pytest.mark.django_db
def test_an_election_of_somebody_else_holds_as_well(time_machine):
    time_machine.move_to(jst(2023, 4, 23, 12, 0), tick=False)
    create_polling_day(whose="supported", name="見本市長選挙")

    with pytest.raises(Held, match="今日は「見本市長選挙」の投票日です。"):
        create_profile()


@pytest.mark.django_db
def test_of_two_elections_on_one_day_the_later_end_counts(time_machine):
    time_machine.move_to(jst(2023, 4, 1, 0, 0), tick=False)
    create_polling_day(ends_at=20)
    create_polling_day(name="見本市長選挙")
    time_machine.move_to(jst(2023, 4, 23, 21, 0), tick=False)

    with pytest.raises(Held, match="今日は「見本市長選挙」の投票日です。"):
        create_profile()


@pytest.mark.django_db
def test_where_one_of_two_ends_early_no_page_changes_before_the_other(client, time_machine):
    time_machine.move_to(jst(2023, 4, 18, 0, 0), tick=False)
    create_profile(email="hanako@mihonshi.jp")
    create_polling_day(ends_at=20, accepted_at=jst(2023, 4, 16, 9, 0))
    create_polling_day(name="見本市長選挙")

    seen = {}
    for moment in (jst(2023, 4, 23, 19, 0), jst(2023, 4, 23, 21, 0), jst(2023, 4, 24, 0, 0)):
        time_machine.move_to(moment, tick=False)
        seen[moment.hour] = client.get("/").content

    assert seen[19] == seen[21] != seen[0]


@pytest.mark.parametrize(
    ("own", "of_database", "is_held"),
    [
        # An hour late, and an hour early, on either side.
        (jst(2023, 4, 22, 23, 30), jst(2023, 4, 23, 0, 30), True),
        (jst(2023, 4, 23, 0, 30), jst(2023, 4, 22, 23, 30), True),
        (jst(2023, 4, 24, 0, 30), jst(2023, 4, 23, 23, 30), True),
        (jst(2023, 4, 22, 22, 0), jst(2023, 4, 22, 23, 0), False),
    ],
)
@pytest.mark.django_db
def test_a_clock_that_is_wrong_opens_no_hold(monkeypatch, time_machine, own, of_database, is_held):
    time_machine.move_to(jst(2023, 4, 1, 0, 0), tick=False)
    create_polling_day()
    time_machine.move_to(own, tick=False)
    monkeypatch.setattr(models, "time_of_database", lambda: of_database)

    assert is_refused() is is_held


@pytest.mark.django_db
def test_a_clock_that_is_wrong_is_told(time_machine):
    create_profile()
    assert not [each for each in state_of_site() if each.id == "homepage.E003"]

    time_machine.move_to(timezone.now().timestamp() + 3600)

    [found] = [each for each in state_of_site() if each.id == "homepage.E003"]
    assert re.search("データベースの時計より36[0-9][0-9]秒進んでいます。", found.msg)


# What may be done: nobody but those who write sees it.


def test_a_draft_is_written_as_on_any_day(on_polling_day):
    site = on_polling_day

    site.send("blog/post/add/", **REPORT | {"status": "draft", "tag_names": "新しいタグ"})
    site.save(site.draft, **REPORT | {"status": "draft", "title": "続き"})
    answer = site.client.post(
        "/admin/blog/post/autosave/",
        {"post": str(site.post.pk), "token": "t", "title": "", "body": "書き足し", "category": "",
         "tag_names": "", "published_at": "", "seen": ""},
        content_type="application/json",
    )  # fmt: skip

    site.draft.refresh_from_db()
    assert site.draft.title == "続き"
    assert answer.status_code in (200, 409)
    assert type(site.post).objects.filter(tag_names="新しいタグ").exists()
    assert logged(Action.HELD) == []


def test_a_report_is_scheduled_for_the_day_after(on_polling_day):
    site = on_polling_day

    site.save(site.draft, **REPORT | {"published_at": "2023-04-24T08:00"})

    site.draft.refresh_from_db()
    assert site.draft.is_scheduled
    assert logged(Action.HELD) == []


def test_a_photo_is_taken_in_and_described_for_a_draft(on_polling_day):
    site = on_polling_day

    answer = site.client.post("/admin/blog/photo/upload/", {"image": upload(picture("green"))})
    photo = Photo.objects.get(pk=answer.json()["number"])
    site.draft.body = photo.image_code
    site.draft.save()
    site.client.post(f"/admin/blog/photo/{photo.pk}/describe/", {"alt": "投票所の前"})

    photo.refresh_from_db()
    assert photo.alt == "投票所の前"


def test_what_only_a_report_of_tomorrow_shows_is_changed(on_polling_day):
    site = on_polling_day
    answer = site.client.post("/admin/blog/photo/upload/", {"image": upload(picture("green"))})
    photo = Photo.objects.get(pk=answer.json()["number"])
    create_post(body=photo.image_code, tag_names="消防団", published_at=jst(2023, 4, 24, 8, 0))

    site.client.post(f"/admin/blog/photo/{photo.pk}/describe/", {"alt": "投票所の前"})
    Tag.objects.get(name="消防団").rename("消防")

    photo.refresh_from_db()
    assert photo.alt == "投票所の前"
    assert Tag.objects.filter(name="消防").exists()


def test_a_second_election_of_the_day_that_was_forgotten_is_put_in(on_polling_day):
    create_polling_day(name="見本市長選挙")

    assert len(Election.objects.in_phase(Phase.POLLING_DAY, timezone.now())) == 2


def test_what_only_those_who_write_see_is_changed(on_polling_day):
    site = on_polling_day

    site.save(site.draft, "delete", post="yes")
    site.save(site.draft, "restore")
    site.save(site.draft, "look/link")
    site.save(site.withdrawn, "delete-for-good", post="yes")
    site.send("homepage/cautionword/add/", word="お菓子", kind="gift")
    site.send("homepage/page/add/", title="準備中", slug="later", body="本文", order=0)
    PublishRequest.objects.hand_in(site.draft, site.administrator)
    call_command("load_elections", verbosity=0)
    call_command("empty_trash", verbosity=0)

    assert PreviewLink.objects.filter(post=site.draft).exists()
    assert CautionWord.objects.filter(word="お菓子").exists()
    assert Page.objects.filter(slug="later").exists()
    assert not type(site.post).objects.filter(pk=site.withdrawn.pk).exists()
    assert Election.objects.filter(polling_on__year=2027).exists()
    assert logged(Action.HELD) == []


# What is refused, and done all the same.


def test_the_text_of_a_new_report_is_kept_as_a_draft(on_polling_day):
    site = on_polling_day

    response = site.send("blog/post/add/", **REPORT | {"desk": DESK, "title": "速報"})

    copy = WorkingCopy.objects.get()
    assert (copy.title, copy.body) == ("速報", "献血の報告です。")
    assert copy.post.status == "draft"
    address = f"/admin/blog/post/{copy.post_id}/change/"
    assert f'文章は残してあります。<a href="{address}">残した文章を開く</a>' in response.text
    assert logged(Action.HELD) == ["「速報」(活動報告)"]
    assert LogEntry.objects.first().user == "hanako"


def test_the_text_of_a_public_report_is_kept_beside_it(on_polling_day):
    site = on_polling_day
    changed = {"change": "typo", "published_at": "2023-04-01T10:00"}

    site.save(site.post, **REPORT | changed)

    assert WorkingCopy.objects.get(post=site.post).body == "献血の報告です。"
    assert logged(Action.HELD) == [
        f"「2023年4月1日の報告 献血の報告です。」(活動報告{site.post.pk})"
    ]


def test_a_text_whose_desk_began_what_lies_in_the_trash_is_a_new_draft(on_polling_day):
    site = on_polling_day
    site.send("blog/post/add/", **REPORT | {"status": "draft", "desk": DESK, "title": "前"})
    trashed = type(site.post).objects.get(title="前")
    trashed.trash()

    site.send("blog/post/add/", **REPORT | {"desk": DESK, "title": "速報"})

    copy = WorkingCopy.objects.get(title="速報")
    assert copy.post_id != trashed.pk
    assert copy.post.trashed_at is None


def test_from_what_can_only_be_sent_the_way_back_is_the_first_page(on_polling_day):
    site = on_polling_day

    response = site.save(site.trashed_page, "restore")

    assert '<a class="trash-button" href="/admin/">やめる</a>' in response.text


def test_what_breaks_off_on_its_way_is_no_fault_of_the_server(on_polling_day, monkeypatch):
    def broken(request):
        raise UnreadablePostError

    monkeypatch.setattr(WSGIRequest, "_load_post_and_files", broken)
    site = on_polling_day
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(site.administrator)

    assert strict.post("/admin/blog/post/add/", REPORT).status_code == 403


def test_the_text_of_a_page_is_kept_in_its_history(on_polling_day):
    site = on_polling_day
    form = {"title": "政策", "slug": "policies", "body": "直した本文です。", "order": 0}

    response = site.save(site.page, **form, is_published="on")

    history = f"/admin/homepage/page/{site.page.pk}/history/"
    assert f'<a href="{history}">残した文章を開く</a>' in response.text
    kept = site.page.revisions.first()
    assert (kept.title, kept.body, kept.history_user) == (
        "政策",
        "直した本文です。",
        site.administrator,
    )
    assert "保存していない" in site.client.get(history).text
    assert site.page.revisions.first().previous().body == "本文を直しました。"


def test_any_other_text_can_be_copied(on_polling_day):
    site = on_polling_day
    form = {"title": "約束", "slug": "promise", "body": "一行目\n二行目", "order": 0}

    response = site.send("homepage/page/add/", **form, is_published="on")

    assert "readonly>一行目\n二行目</textarea>" in response.text


def test_what_was_sent_is_sent_once_more_with_a_reason(on_polling_day):
    site = on_polling_day
    sent = REPORT | {"desk": DESK, "title": "避難所", "body": "一行目\n\n二行目"}
    response = site.send("blog/post/add/", **sent)

    fields = dict(
        re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', response.text)
    )
    without = site.send("blog/post/add/", **fields, override_reason=" ")
    site.send("blog/post/add/", **fields, override_reason=REASON)

    assert {name: fields[name] for name in ("title", "body", "status", "desk")} == {
        name: sent[name] for name in ("title", "body", "status", "desk")
    }
    assert "理由を書いてください。" in without.text
    [post] = type(site.post).objects.published().filter(title="避難所")
    assert post.published_at == jst(2023, 4, 23, 12, 0)
    assert site.client.get(post.get_absolute_url()).status_code == 200
    said = [f"{each.action} {each.subject}" for each in LogEntry.objects.all()[:3]]
    assert said == [
        f"published 「避難所」(活動報告{post.pk})",
        f"overridden {REASON}: 「避難所」(活動報告{post.pk})",
        f"held 「避難所」(活動報告{post.pk})",
    ]


def test_a_file_has_to_be_chosen_again(on_polling_day):
    site = on_polling_day

    response = site.save(site.photo, alt="", image=upload(picture("green"), "駅前.png"))

    assert 'enctype="multipart/form-data"' in response.text
    assert "「駅前.png」は、もう一度お選びください" in response.text
    assert 'type="file" id="file-1" name="image" required' in response.text


def test_an_override_ends_with_what_it_was_opened_for(on_polling_day):
    site = on_polling_day

    with hold.override(REASON):
        site.post.save()
        site.post.save()

    assert overrides() == [REASON]
    with pytest.raises(Held):
        site.post.save()


def test_an_override_needs_a_reason():
    with pytest.raises(ValueError, match="reason"), hold.override(" "):
        pass


def test_the_entry_of_an_override_is_written_anew_where_it_was_rolled_back(on_polling_day):
    site = on_polling_day

    with hold.override(REASON):
        with transaction.atomic():
            site.post.save()
            transaction.set_rollback(True)
        assert overrides() == []
        site.post.save()

    assert overrides() == [REASON]


def test_on_other_days_a_reason_is_nothing(site):
    site.sign_in()
    site.reason = {"override_reason": REASON}

    site.save(site.draft, **REPORT)

    assert overrides() == []


def test_who_may_not_publish_overrides_nothing(on_polling_day):
    site = on_polling_day
    site.client.force_login(create_person("起草者"))
    site.reason = {"override_reason": REASON}

    site.save(site.draft, **REPORT)
    response = site.save(site.page, title="政策")

    assert response.status_code == 403
    site.draft.refresh_from_db()
    assert site.draft.status == "draft"
    assert overrides() == []


@pytest.mark.django_db(transaction=True)
def test_what_code_is_refused_stands_in_the_log_too(site, time_machine):
    time_machine.move_to(jst(2023, 4, 23, 12, 0), tick=False)
    title = site.post.title

    with pytest.raises(Held):
        site.post.save()
    with pytest.raises(Held):
        type(site.post).objects.filter(pk=site.post.pk).update(title="別の題名")
    with pytest.raises(Held):
        site.page.delete()

    site.client.force_login(site.administrator)
    accept = {"Accept": "application/json"}
    describe = f"/admin/blog/photo/{site.photo.pk}/describe/"
    assert site.client.post(describe, {"alt": "駅前"}, headers=accept).status_code == 409

    site.post.refresh_from_db()
    assert site.post.title == title
    by_hanako, *entries = logged(Action.HELD)
    assert by_hanako == f"「駅前」(写真{site.photo.pk})"
    assert entries[::-1] == [
        f"「{title}」(活動報告{site.post.pk})",
        "活動報告(まとめて)",
        f"「{site.page}」(固定ページ{site.page.pk})",
    ]
    users = [each.user for each in LogEntry.objects.filter(action=Action.HELD)]
    assert users == ["hanako", "サーバー", "サーバー", "サーバー"]


# What would have become public by itself.


def test_a_report_that_was_scheduled_before_its_election_is_named_and_waits(
    client, db, time_machine
):
    time_machine.move_to(jst(2023, 4, 1, 10, 0), tick=False)
    create_profile(email="hanako@mihonshi.jp")
    posts = {
        day: create_post(title=f"{day}", published_at=moment)
        for day, moment in {
            "前の日": jst(2023, 4, 22, 23, 59, 59),
            "0時": jst(2023, 4, 23, 0, 0),
            "23時": jst(2023, 4, 23, 23, 59, 59),
            "次の日": jst(2023, 4, 24, 0, 0),
        }.items()
    }
    client.force_login(create_person("管理者"))

    election = {
        "name": "見本市議会議員選挙",
        "whose": "own",
        "announced_on": "2023-04-16",
        "polling_on": "2023-04-23",
        "ends_at": "24",
    }
    response = client.post("/admin/homepage/election/add/", election, follow=True)

    for day, post in posts.items():
        post.refresh_from_db()
        assert post.status == ("waiting" if "時" in day else "published"), day
        named = f"「{day}」は、投票日の"
        assert (named in response.text) is ("時" in day)
    assert posts["0時"].revisions.first().history_change_reason == "投票日のため待機にしました"
    assert logged(Action.HELD) == [
        f"「0時」(活動報告{posts['0時'].pk})の予約 2023年4月23日(日) 00:00",
        f"「23時」(活動報告{posts['23時'].pk})の予約 2023年4月23日(日) 23:59",
    ]


def test_what_waited_is_listed_and_let_go_as_of_then(site, time_machine):
    post = create_post(title="予約した報告", published_at=jst(2023, 4, 23, 9, 0))
    assert post.status == "waiting"
    time_machine.move_to(jst(2023, 4, 24, 7, 30), tick=False)
    site.sign_in()

    first_page = site.client.get("/admin/")
    form = site.client.get(f"/admin/blog/post/{post.pk}/change/")
    fields = {"title": "予約した報告", "published_at": "2023-04-23T09:00"}
    site.save(post, **REPORT | fields)

    assert f'<a href="/admin/blog/post/{post.pk}/change/">予約した報告</a>' in first_page.text
    assert "4月23日(日) 09:00の予約でした" in first_page.text
    assert 'value="waiting"' in form.text
    post.refresh_from_db()
    assert (post.status, post.published_at) == ("published", jst(2023, 4, 24, 7, 30))
    assert "待機している報告" not in site.client.get("/admin/").text


def test_what_waits_may_wait_on_or_become_a_draft(site):
    post = create_post(published_at=jst(2023, 4, 23, 9, 0))
    site.sign_in()
    fields = REPORT | {"published_at": "2023-04-23T09:00"}

    response = site.save(post, **fields | {"status": "waiting", "title": "直した"})
    post.refresh_from_db()
    assert (post.status, post.title) == ("waiting", "直した")
    assert response.status_code == 302

    # Before the day it cannot be scheduled into it once more.
    refused = site.save(post, **fields)
    assert "この日時は「見本市議会議員選挙」の投票日です。" in refused.text

    site.save(post, **fields | {"status": "draft"})
    post.refresh_from_db()
    assert post.status == "draft"


def test_nobody_chooses_to_wait(site):
    site.sign_in()

    assert 'value="waiting"' not in site.client.get("/admin/blog/post/add/").text
    site.save(site.draft, **REPORT | {"status": "waiting"})

    site.draft.refresh_from_db()
    assert site.draft.status == "draft"


@pytest.mark.parametrize(
    "schedule",
    [
        lambda post, at: type(post).objects.filter(pk=post.pk).update(published_at=at),
        lambda post, at: type(post).objects.bulk_create(
            [type(post)(title="新しい", status="published", published_at=at)]
        ),
        lambda post, at: (
            setattr(post, "published_at", at),
            post.save(update_fields=["published_at"]),
        ),
    ],
    ids=["update", "bulk_create", "save"],
)
def test_whatever_schedules_into_a_polling_day_makes_it_wait(site, schedule):
    post = create_post(published_at=jst(2023, 5, 1, 10, 0))
    before = type(post).objects.filter(status="waiting").count()

    schedule(post, jst(2023, 4, 23, 9, 0))

    assert type(post).objects.filter(status="waiting").count() == before + 1


def test_an_election_that_is_moved_in_bulk_makes_reports_wait(site):
    post = create_post(published_at=jst(2023, 4, 30, 9, 0))

    Election.objects.update(polling_on="2023-04-30")

    post.refresh_from_db()
    assert post.status == "waiting"


def test_what_is_restored_into_a_polling_day_waits(site):
    post = create_post(published_at=jst(2023, 5, 1, 9, 0))
    post.trash()
    Election.objects.update(polling_on="2023-05-01")

    post.restore()

    post.refresh_from_db()
    assert post.status == "waiting"
    assert post.revisions.first().status == "waiting"


@pytest.mark.django_db(transaction=True)
def test_an_election_that_is_loaded_makes_reports_wait(db, time_machine, tmp_path):
    time_machine.move_to(jst(2023, 4, 1, 10, 0), tick=False)
    create_profile()
    post = create_post(published_at=jst(2023, 4, 23, 9, 0))
    election = create_polling_day(name="写した選挙")
    file = tmp_path / "elections.json"
    file.write_text(serialize("json", [election]))
    election.delete()
    type(post).objects.filter(pk=post.pk).update(status="published")
    before = edition.current()

    call_command("loaddata", file, verbosity=0)

    post.refresh_from_db()
    assert post.status == "waiting"
    assert edition.current() > before


def test_who_may_not_publish_changes_only_the_copy_of_what_waits(site):
    post = create_post(body="公開を待つ文章", published_at=jst(2023, 4, 23, 9, 0))
    site.client.force_login(create_person("起草者"))
    fields = REPORT | {"published_at": "2023-04-23T09:00"}

    response = site.save(post, **fields, follow=True)
    page = site.save(post, **fields | {"published_at": ""}).text

    post.refresh_from_db()
    assert post.body == "公開を待つ文章"
    assert post.working_copy.body == "献血の報告です。"
    assert response.status_code == 302
    assert "待機している報告の公開日時は、空欄にできません。" in page


def test_an_election_that_is_remembered_on_its_day_holds_from_then_on(site, time_machine):
    site.election.delete()
    early = create_post(title="朝の報告", published_at=jst(2023, 4, 23, 8, 0))
    late = create_post(title="夕方の報告", published_at=jst(2023, 4, 23, 18, 0))
    time_machine.move_to(jst(2023, 4, 23, 12, 0), tick=False)

    create_polling_day()

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == ("published", "waiting")
    assert site.client.get(early.get_absolute_url()).status_code == 200
    with pytest.raises(Held):
        site.post.save()


def test_another_election_is_put_in_on_a_polling_day_and_its_campaign_is_not_begun(on_polling_day):
    other = create_election(
        name="見本市長選挙",
        announced_on=datetime.date(2023, 4, 23),
        polling_on=datetime.date(2023, 4, 30),
    )

    other.accepted_at = timezone.now()
    with pytest.raises(Held), transaction.atomic():
        other.save()
    with hold.override(REASON):
        other.save()

    assert overrides() == [REASON]


def test_polling_days_to_come_stand_beside_the_picker(site):
    site.sign_in()
    create_election(
        name="前の選挙",
        announced_on=datetime.date(2023, 4, 1),
        polling_on=datetime.date(2023, 4, 2),
    )

    page = site.client.get("/admin/blog/post/add/").text

    assert (
        "次の投票日には予約できません。2023年4月23日(日) 見本市議会議員選挙(24時まで)</div>" in page
    )
    assert 'data-holds="2023-04-23T00:00/2023-04-24T00:00"' in page
    assert "前の選挙" not in page
