"""A report before citizens see it: as its page will look, at the desk and for whoever has a link."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from blog.models import Post, PreviewLink, WorkingCopy
from homepage.models import Profile
from tests.factories import (
    create_administrator,
    create_attachment,
    create_category,
    create_page,
    create_post,
    jst,
)

UNKNOWN = f"/preview/{'a' * 43}/"


@pytest.fixture
def admin(profile):
    client = Client()
    client.force_login(create_administrator())
    return client


def write(post, **fields):
    """Write at the desk of a post, as autosave does, without a button."""
    defaults = {
        "title": post.title,
        "body": post.body,
        "category": post.category,
        "published_at": post.published_at,
    }
    return WorkingCopy.objects.create(post=post, **defaults | fields)


def link_to(post):
    return PreviewLink.objects.create(post=post).get_absolute_url()


def look(post, rest=""):
    return f"/admin/blog/post/{post.pk}/look/{rest}"


# As its page will look


def test_it_shows_what_stands_at_the_desk_and_saves_nothing(client, profile):
    post = create_post(title="公開した題名", body="公開した本文です。")
    write(
        post,
        title="直している題名",
        body="**「直している本文」**です。",
        category=create_category(name="防災"),
        published_at=jst(2024, 9, 1, 10, 0),
    )

    html = client.get(link_to(post)).text

    assert '<h1 id="title">直している題名</h1>' in html
    assert "<strong>「直している本文」</strong>です。" in html
    assert "防災</a>" in html
    assert '<time datetime="2024-09-01">' in html
    assert "公開した" not in html
    assert Post.objects.get().body == "公開した本文です。"


def test_it_shows_the_report_itself_where_nothing_was_changed(client, profile):
    post = create_post(title="夏まつり", body="ようこその声。")

    html = client.get(link_to(post)).text

    assert "ようこその声。" in html
    assert "公開中の見え方です" in html


def test_it_looks_as_the_page_itself_less_what_gives_its_address_away(client, profile):
    create_page(slug="policies")
    create_post(published_at=jst(2024, 8, 3, 10, 0))
    post = create_post(title="夏まつり", category=create_category())
    create_attachment(post=post)
    create_post(published_at=jst(2024, 8, 5, 10, 0))

    page = client.get(post.get_absolute_url()).text
    preview = client.get(link_to(post)).text

    lines = [line.strip() for line in page.splitlines() if line.strip()]
    missing = "\n".join(line for line in lines if line not in preview)
    assert "この報告を知らせる" in missing
    assert "この報告を読めます" in missing
    for kept in [
        "議会だより 第12号",
        "前の報告",
        "次の報告",
        "2024年8月の報告",
        'aria-current="true"',
    ]:
        assert kept in preview
        assert kept not in missing
    for given_away in ["share.js", "data-copy", "line.me", "/qr/", "/preview/"]:
        assert given_away not in preview


@pytest.mark.parametrize(
    ("fields", "is_changed", "state"),
    [
        ({"status": "draft"}, False, "<b>公開前の見え方です</b> <span>下書き</span>"),
        ({"status": "draft"}, True, "<b>公開前の見え方です</b> <span>下書き</span>"),
        (
            {"published_at": jst(2099, 8, 4, 7, 0)},
            False,
            "<b>公開前の見え方です</b> <span>予約 2099年8月4日(火) 07:00</span>",
        ),
        ({}, True, "<b>公開前の見え方です</b> <span>公開中の報告の変更</span>"),
        ({}, False, "<b>公開中の見え方です</b> <span>変更はありません</span>"),
    ],
)
def test_it_says_what_citizens_read_meanwhile(client, profile, fields, is_changed, state):
    post = create_post(**fields)
    if is_changed:
        write(post, body="変更")

    assert state in client.get(link_to(post)).text


def test_a_draft_without_a_date_looks_as_if_published_now(client, profile, time_machine):
    time_machine.move_to(jst(2024, 8, 20, 10, 0))
    earlier = create_post(published_at=jst(2024, 7, 4, 10, 0))
    draft = create_post(status="draft", published_at=None)

    response = client.get(link_to(draft))

    assert '<time datetime="2024-08-20">' in response.text
    assert response.context["previous"] == earlier
    assert response.context["next"] is None
    assert response.context["posts"] == [draft]


def test_a_scheduled_report_stands_among_those_of_its_month(client, profile):
    before = create_post(published_at=jst(2099, 8, 1, 10, 0))
    post = create_post(published_at=jst(2099, 8, 4, 10, 0))
    create_post(published_at=jst(2099, 8, 5, 10, 0))
    create_post(status="draft", published_at=jst(2099, 8, 2, 10, 0))

    response = client.get(link_to(post))

    assert response.context["posts"] == [post, before]
    assert response.context["previous"] == before


@pytest.mark.parametrize("day", [2, 6])
def test_a_report_that_gets_another_day_is_no_neighbour_of_itself(client, profile, day):
    first = create_post(published_at=jst(2024, 8, 1, 10, 0))
    post = create_post(title="移る報告", published_at=jst(2024, 8, 4, 10, 0))
    last = create_post(published_at=jst(2024, 8, 7, 10, 0))
    write(post, published_at=jst(2024, 8, day, 10, 0))

    response = client.get(link_to(post))

    assert (response.context["previous"], response.context["next"]) == (first, last)
    assert response.context["posts"] == [last, post, first]
    assert f'href="/2024/08/{post.pk}/" aria-current="page"><time datetime="2024-08-0{day}">' in (
        response.text
    )


def test_an_empty_text_is_shown_as_it_is(client, profile):
    post = create_post(status="draft", published_at=None)
    write(post, body="")

    assert "の報告</h1>" in client.get(link_to(post)).text


def test_the_questions_it_asks_do_not_grow(client, profile, django_assert_num_queries):
    for day in range(1, 20):
        post = create_post(published_at=jst(2024, 8, day, 10, 0), category=create_category())
    write(post)
    address = link_to(post)

    with django_assert_num_queries(10):  # as the page itself
        client.get(address)


# The screen at the desk


def test_the_desk_leads_to_it_and_it_shows_the_page_twice(admin):
    post = create_post(title="夏まつり")

    desk = admin.get(f"/admin/blog/post/{post.pk}/change/").text
    screen = admin.get(look(post)).text

    assert f'target="_blank" href="{look(post)}">ページの見え方' in desk
    assert screen.count(f'<iframe src="{look(post, "page/")}"') == 2
    assert 'target="_blank" hidden>ページの見え方' in admin.get("/admin/blog/post/add/").text


def test_the_page_at_the_desk_opens_its_links_outside_the_frame(admin, client):
    post = create_post()
    write(post, body="書きかけの本文です。")

    response = admin.get(look(post, "page/"))

    assert "書きかけの本文です。" in response.text
    assert '<base target="_blank">' in response.text
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "<base" not in client.get(link_to(post)).text


def test_no_other_page_is_shown_in_a_frame(admin, client):
    post = create_post()

    assert admin.get(look(post))["X-Frame-Options"] == "DENY"
    assert client.get(link_to(post))["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("rest", ["", "page/"])
def test_it_is_for_those_who_may_change_the_report(client, profile, rest):
    post = create_post(body="書きかけの秘密")
    assert client.get(look(post, rest))["Location"].startswith("/admin/login/")

    reader = get_user_model().objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_post"))
    client.force_login(reader)

    assert client.get(look(post, rest)).status_code == 403


@pytest.mark.parametrize("rest", ["", "page/", "link/", "link/1/revoke/"])
def test_of_a_report_that_is_gone_there_is_nothing_to_see(admin, rest):
    post = create_post()
    post.trash()
    ask_for = admin.get if rest in ("", "page/") else admin.post

    assert ask_for(look(post, rest)).status_code == 404
    assert ask_for(f"/admin/blog/post/{10**30}/look/{rest}").status_code == 404


# Links for those without an account


def test_a_link_is_made_and_shown_with_its_whole_address(admin, client, time_machine):
    time_machine.move_to(jst(2024, 11, 25, 14, 32))
    post = create_post(status="draft", body="書きかけの本文です。")

    screen = admin.post(look(post, "link/"), follow=True)

    link = post.preview_links.get()
    assert len(link.token) == 43
    assert f'value="https://mihon.example.jp/preview/{link.token}/" readonly' in screen.text
    assert "12月2日(月) 14:32まで<small>adminが作成</small>" in screen.text
    assert "書きかけの本文です。" in client.get(link.get_absolute_url()).text
    assert "12月2日(月) 14:32まで使えます" in client.get(link.get_absolute_url()).text


def test_before_the_site_is_set_up_a_link_has_the_address_one_is_at(admin):
    Profile.objects.all().delete()
    post = create_post()

    path = link_to(post)

    assert f'value="http://testserver{path}"' in admin.get(look(post)).text


def test_a_link_shows_each_change_at_once(client, profile):
    post = create_post(status="draft")
    address = link_to(post)
    client.get(address)

    write(post, body="あとから書いた本文です。")

    assert "あとから書いた本文です。" in client.get(address).text


def test_a_revoked_link_shows_nothing_and_revoking_it_again_is_no_fault(admin, client):
    post = create_post(body="書きかけの秘密")
    address = link_to(post)
    link = post.preview_links.get()

    for _ in range(2):
        screen = admin.post(look(post, f"link/{link.pk}/revoke/"), follow=True)
        assert "リンクを取り消しました。もう使えません。" in screen.text

    assert link.token not in screen.text
    assert client.get(address).status_code == 404
    assert "書きかけの秘密" not in client.get(address).text


def test_a_link_is_revoked_at_its_own_report_only(admin):
    post, other = create_post(), create_post()
    link_to(post)

    admin.post(look(other, f"link/{post.preview_links.get().pk}/revoke/"))

    assert post.preview_links.exists()


def test_a_link_lasts_seven_days(admin, client, time_machine):
    time_machine.move_to(jst(2024, 11, 25, 14, 32), tick=False)
    post = create_post()
    address = link_to(post)

    time_machine.shift(datetime.timedelta(days=7, seconds=-1))
    assert client.get(address).status_code == 200
    assert address in admin.get(look(post)).text

    time_machine.shift(datetime.timedelta(seconds=1))
    assert client.get(address).status_code == 404
    assert address not in admin.get(look(post)).text


def test_links_that_are_over_go_when_a_new_one_is_made(admin):
    post, other = create_post(), create_post()
    PreviewLink.objects.create(post=other, expires_at=timezone.now())
    valid = PreviewLink.objects.create(post=other)

    admin.post(look(post, "link/"))

    assert list(other.preview_links.all()) == [valid]
    assert post.preview_links.count() == 1


def test_whether_a_link_has_ever_been_is_told_to_nobody(client, profile, time_machine):
    trashed, expired = create_post(), create_post()
    addresses = [link_to(trashed), link_to(expired), UNKNOWN]
    trashed.trash()
    PreviewLink.objects.filter(post=expired).update(expires_at=timezone.now())

    answers = [client.get(address) for address in addresses]

    assert {answer.status_code for answer in answers} == {404}
    assert len({tuple(answer.items()) for answer in answers}) == 1
    [text] = {answer.text for answer in answers}
    assert "<h1>このリンクは使えません</h1>" in text
    assert "期限が切れたか、取り消されています。送った人にご確認ください。" in text


@pytest.mark.parametrize("token", ["a", "a" * 42, "a" * 44, "a" * 42 + "é", "a" * 42 + "%00", ""])
def test_an_address_cut_short_is_no_page(client, profile, token):
    response = client.get(f"/preview/{token}/")

    assert response.status_code == 404
    assert "途中で切れているのかもしれません" in response.text


@pytest.mark.parametrize("method", ["get", "head"])
def test_nobody_keeps_it_and_no_search_engine_lists_it(admin, client, method):
    post = create_post()
    address = link_to(post)

    answers = [
        getattr(client, method)(address),
        getattr(client, method)(UNKNOWN),
        getattr(admin, method)(look(post, "page/")),
    ]

    for answer in answers:
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
        if method == "get":
            assert '<meta name="robots" content="noindex, nofollow">' in answer.text
    assert "no-store" in admin.get(look(post))["Cache-Control"]


@pytest.mark.parametrize("rest", ["link/", "link/1/revoke/"])
def test_links_are_made_and_revoked_by_a_button_only(admin, client, rest):
    post = create_post()
    link = PreviewLink.objects.create(post=post, pk=1)

    assert admin.get(look(post, rest)).status_code == 405
    assert client.post(look(post, rest))["Location"].startswith("/admin/login/")
    reader = get_user_model().objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_post"))
    client.force_login(reader)
    assert client.post(look(post, rest)).status_code == 403

    assert list(PreviewLink.objects.all()) == [link]


def test_a_preview_is_only_read(client, profile):
    assert client.post(link_to(create_post())).status_code == 405


def test_no_page_takes_its_address(admin):
    form = {"title": "見え方", "slug": "preview", "body": "本文です。"}

    response = admin.post("/admin/homepage/page/add/", form)

    assert "「preview」はサイトの別のページが使います。" in response.text
