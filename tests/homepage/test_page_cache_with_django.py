"""The page cache around the site itself: whatever is asked, strangers get what strangers may read."""

import gzip
import io
import random

import brotli
import pytest
from django.db import OperationalError, connection
from django.test import Client

from blog.models import PreviewLink, WorkingCopy
from homepage import edition, page_cache
from homepage.page_cache import PageCache
from homepage.wsgi import application, utf8_application
from tests.factories import create_administrator, create_page, create_post, create_profile, jst

# Django closes connections between requests, so a test's transaction would not survive them.
pytestmark = pytest.mark.django_db(transaction=True)

SECRETS = ["書きかけの秘密", "予約した秘密", "ログアウト", "csrfmiddlewaretoken"]


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 0)
    create_profile()
    create_page(slug="policies")
    return PageCache(utf8_application, edition.current_if_known)


def ask(site, path="/", method="GET", query="", host="testserver", **headers):
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": host,
        "SCRIPT_NAME": "", "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
    }  # fmt: skip
    started = []
    chunks = site(environ | headers, lambda *start: started.extend(start[:2]))
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    answer = {name.lower(): value for name, value in started[1]}
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(answer.get("content-encoding"))
    text = (unpack(body) if unpack and body else body).decode()
    return int(started[0][:3]), answer, text


def test_a_page_is_read_without_a_question_to_the_database(site, django_assert_num_queries):
    create_post(title="夏まつり", published_at=jst(2024, 8, 4, 10, 0))
    status, _, body = ask(site, "/2024/08/")

    with django_assert_num_queries(3):  # the edition's number
        assert ask(site, "/2024/08/")[2] == body

    assert (status, "夏まつり" in body) == (200, True)


def test_each_search_is_answered_anew_and_packed(site):
    create_post(title="夏まつり")
    create_post(title="献血")

    _, answer, body = ask(
        site, "/search/", query="q=%E7%8C%AE%E8%A1%80", HTTP_ACCEPT_ENCODING="gzip"
    )
    _, _, other = ask(site, "/search/", query="q=%E5%A4%8F")
    _, form_answer, form = ask(site, "/search/")

    assert ("<mark>献血</mark>" in body, "夏まつり" in body) == (True, False)
    assert "<mark>夏</mark>まつり" in other
    assert answer["content-encoding"] == "gzip"
    assert "etag" not in answer
    assert "etag" in form_answer
    assert "夏まつり" not in form
    assert ask(site, "/search", query="q=a")[1]["location"] == "/search/?q=a"


def test_a_change_is_read_at_once_in_the_next_edition(site):
    post = create_post(title="前の題名")
    ask(site, post.get_absolute_url())

    post.title = "後の題名"
    post.save()

    assert "後の題名" in ask(site, post.get_absolute_url())[2]
    assert "後の題名" in ask(site, "/")[2]


def test_what_is_counted_is_counted_anew_in_the_next_edition(site):
    create_post(published_at=jst(2024, 8, 4, 10, 0))
    ask(site, "/archive/")

    create_post(published_at=jst(2024, 9, 1, 10, 0))

    assert 'href="/2024/09/"' in ask(site, "/archive/")[2]


def test_what_is_taken_back_is_gone_in_the_next_edition(site):
    post = create_post(title="取り下げる報告")
    address = post.get_absolute_url()
    ask(site, address)

    post.delete()

    assert ask(site, address)[0] == 404
    assert "取り下げる報告" not in ask(site, "/")[2]


def test_the_notice_of_a_withdrawn_report_is_kept_until_the_report_comes_back(
    site, django_assert_num_queries
):
    post = create_post(title="夏まつり")
    address = post.get_absolute_url()
    post.withdraw("会場の名前に誤りがあったため。")
    notice = ask(site, address)

    with django_assert_num_queries(3):  # the edition's number
        assert ask(site, address) == notice
    post.restore()

    assert (notice[0], notice[1]["cache-control"]) == (410, "public, max-age=0, s-maxage=1")
    assert ask(site, address)[0] == 200


def test_a_missing_address_of_a_withdrawn_report_crowds_out_no_page(site):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))
    post.withdraw()

    for month in range(1, 13):
        ask(site, f"/2023/{month:02}/{post.pk}/")

    assert not site.pages.pages


@pytest.mark.usefixtures("site")
def test_a_page_read_before_is_read_while_the_database_is_away(monkeypatch):
    page = ask(application, "/")

    def away():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)

    assert page[0] == 200
    assert ask(application, "/") == page


def test_a_scheduled_report_appears_by_itself(site, time_machine):
    time_machine.move_to(jst(2024, 8, 1, 0, 0))
    post = create_post(title="予約した報告", published_at=jst(2024, 8, 4, 7, 0))
    assert ask(site, post.get_absolute_url())[0] == 404

    time_machine.move_to(jst(2024, 8, 4, 7, 0))

    assert ask(site, post.get_absolute_url())[0] == 200
    assert "予約した報告" in ask(site, "/")[2]


def test_codes_are_kept_like_pages(site):
    _, headers, body = ask(site, "/qr/front.svg")

    assert headers["content-type"] == "image/svg+xml"
    assert "etag" in headers
    assert body.startswith("<svg")


def test_nothing_of_a_preview_is_kept(site):
    link = PreviewLink.objects.create(post=create_post(status="draft", body="書きかけの秘密"))
    address, unknown = link.get_absolute_url(), f"/preview/{'a' * 43}/"

    shown, gone = ask(site, address), ask(site, unknown)
    ask(site, "/preview/cut-short/")
    link.delete()

    assert (shown[0], gone[0], ask(site, address)[0]) == (200, 404, 404)
    assert "書きかけの秘密" in shown[2]
    assert shown[1]["cache-control"] == gone[1]["cache-control"] == "no-store, private"
    assert not {*site.pages.pages, *site.missing.pages}


def test_citizens_read_the_same_while_a_report_is_rewritten_and_previewed(site, client):
    post = create_post(title="公開した題名")
    address, desk = post.get_absolute_url(), f"/admin/blog/post/{post.pk}/look/"
    number, page, anew = edition.current(), ask(site, address), client.get(address).content
    client.force_login(create_administrator())

    WorkingCopy.objects.create(post=post, title="直している題名", body="直している本文")
    client.post(f"{desk}link/")
    link = post.preview_links.get()
    for seen in (desk, f"{desk}page/", link.get_absolute_url()):
        assert client.get(seen).status_code == 200
    client.post(f"{desk}link/{link.pk}/revoke/")

    assert edition.current() == number
    assert ask(site, address) == page  # its ETag, too
    assert Client().get(address).content == anew


def test_no_stranger_gets_what_is_not_public_whatever_is_asked(site):
    dice = random.Random(20240804)
    draft = create_post(title="書きかけの秘密", status="draft", published_at=jst(2024, 8, 5, 0, 0))
    scheduled = create_post(title="予約した秘密", published_at=jst(2099, 8, 5, 0, 0))
    public = create_post(title="公開した報告", published_at=jst(2024, 8, 4, 0, 0))
    administrator = Client()
    administrator.force_login(create_administrator())
    session = f"sessionid={administrator.cookies['sessionid'].value}"
    paths = [
        "/", "/archive/", "/2024/", "/2024/08/", "/2024/8/", "/2099/08/", "/policies/", "/nowhere/", "/healthz",
        "/admin/", "/admin/login/", "/admin/blog/post/", f"/admin/blog/post/{draft.pk}/change/",
        f"/2024/08/{draft.pk}/", f"/2099/08/{scheduled.pk}/", public.get_absolute_url(), "/qr/front.svg",
        f"/qr/2024/08/{draft.pk}.svg", "//admin/", "/admin", "/2024/08", "/%61dmin/", "/ADMIN/",
    ]  # fmt: skip

    def choose(name, values):
        return {name: dice.choice(values)} if dice.random() < 0.4 else {}

    for _ in range(600):
        is_signed_in = dice.random() < 0.3
        headers = (
            choose("HTTP_ACCEPT_ENCODING", ["br", "gzip", "", "*", "br;q=0"])
            | choose("HTTP_IF_NONE_MATCH", ['"x"', "*", "W/"])
            | choose("HTTP_RANGE", ["bytes=0-9"])
            | choose("HTTP_X_FORWARDED_HOST", ["evil.example.com"])
            | choose("HTTP_X_ORIGINAL_URL", ["/admin/"])
            | choose("HTTP_X_HTTP_METHOD_OVERRIDE", ["POST"])
            | choose("HTTP_ACCEPT_LANGUAGE", ["en"])
            | choose("HTTP_AUTHORIZATION", ["Basic YWRtaW46YQ=="])
            | choose("CONTENT_TYPE", ["application/json", "text/html; charset=hex"])
            | (
                {"HTTP_COOKIE": session}
                if is_signed_in
                else choose("HTTP_COOKIE", ["a=b", "sessionid=x"])
            )
        )
        status, answer, body = ask(
            site,
            dice.choice(paths),
            method=dice.choice(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "FOO"]),
            query=dice.choice(["", "", "page=2", "preview=1", "a=%00", "x" * 300]),
            host=dice.choice(["testserver", "testserver", "testserver:80", "localhost", "evil.example.com"]),
            **headers,
        )  # fmt: skip
        if not is_signed_in:
            assert status < 500
            is_form = "set-cookie" in answer
            assert not any(secret in body for secret in SECRETS[: 3 if is_form else 4])

    for path in paths:
        assert not any(secret in ask(site, path)[2] for secret in SECRETS[:3])
    kept = [*site.pages.pages.values(), *site.missing.pages.values()]
    assert kept
    for page in kept:
        names = {name.lower() for name, _ in page.headers}
        assert not names & {"set-cookie", "authorization"}
