"""What every answer tells the browser, and how a site that others can ask for keeps to TLS."""

import runpy

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError
from django.test import Client

from blog.models import PreviewLink
from homepage import edition, page_cache, wsgi
from homepage.page_cache import PageCache
from homepage.proxies import TrustedProxies
from tests.factories import (
    create_administrator,
    create_person,
    create_post,
    create_profile,
    jst,
)
from tests.homepage.test_page_cache_with_django import ask

# Django closes connections between requests, so a test's transaction would not survive them.
pytestmark = pytest.mark.django_db(transaction=True)

NAME = "mihon.example.jp"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture
def site(settings, monkeypatch, tmp_path):
    """The whole of what the server runs, as the settings are when a test asks for the first time."""
    monkeypatch.setattr(page_cache, "EDITION_AGE", 0)
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "icon.svg").write_text("<svg/>")
    create_profile()
    create_post(published_at=jst(2024, 8, 4, 10, 0))
    default_storage.save("attachments/a.pdf", ContentFile(b"%PDF"))

    def site(environ, start_response):
        if not hasattr(site, "application"):
            monkeypatch.setattr(wsgi, "django", get_wsgi_application())
            cache = PageCache(wsgi.utf8_application, edition.current_if_known)
            site.application = TrustedProxies(cache, settings.TRUSTED_PROXIES)
        return site.application(environ, start_response)

    return site


@pytest.fixture
def real(settings, monkeypatch):
    """The settings of a site that others can ask for; its page asked for as its proxy does."""
    monkeypatch.setenv("ALLOWED_HOSTS", f"{NAME},127.0.0.1")
    page_cache.is_own_host.cache_clear()
    for name, value in runpy.run_path(settings.BASE_DIR / "homepage/settings.py").items():
        if name.startswith(("ALLOWED_HOSTS", "SECURE_", "SESSION_", "CSRF_", "CONTENT_")):
            setattr(settings, name, value)
    yield {"host": NAME, "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}
    page_cache.is_own_host.cache_clear()


def everything(site, monkeypatch, **asked):
    """Ask for an answer of each kind; yield what was asked, the status and the headers."""
    etag = ask(site, "/", **asked)[1]["etag"]
    modified = ask(site, "/static/icon.svg", **asked)[1]["last-modified"]
    for status, path, more in [
        (200, "/", {}),
        (200, "/2024/08/", {"method": "HEAD"}),
        (304, "/", {"HTTP_IF_NONE_MATCH": etag}),
        (200, "/", {"HTTP_COOKIE": "a=b"}),
        (301, "/2024/8/", {}),
        (404, "/nowhere/", {}),
        (400, "/media/../a", {}),
        (400, "/", {"HTTP_COOKIE": "a=\0"}),
        (400, "/", {"host": "evil.example.com"}),
        (403, "/", {"method": "POST"}),
        (405, "/", {"method": "OPTIONS"}),
        (200, "/healthz", {}),
        (200, "/media/attachments/a.pdf", {}),
        (404, "/media/attachments/b.pdf", {}),
        (200, "/qr/2024/08.svg", {}),
        (200, "/accent/35634a.css", {}),
        (200, "/static/icon.svg", {}),
        (304, "/static/icon.svg", {"HTTP_IF_MODIFIED_SINCE": modified}),
        (404, "/static/none.css", {}),
        (302, "/admin/", {}),
        (200, "/accounts/login/", {}),
        (403, "/accounts/login/", {"method": "POST"}),
        (404, f"/preview/{'a' * 43}/", {}),
    ]:
        yield path, status, *ask(site, path, **asked | more)[:2]

    monkeypatch.setattr("homepage.views.counts.back_numbers", lambda request: 1 / 0)
    yield "a fault", 500, *ask(site, "/archive/", HTTP_COOKIE="a=b", **asked)[:2]

    def away():
        raise OperationalError

    monkeypatch.setattr("homepage.views.edition.current", away)
    yield "no database", 503, *ask(site, "/healthz", **asked)[:2]


def policy(headers):
    """Return the content security policy: what each directive takes."""
    directives = [each.split() for each in headers["content-security-policy"].split("; ")]
    return {name: sources for name, *sources in directives}


def assert_carries_the_headers(path, headers):
    expected = HEADERS | ({"referrer-policy": "no-referrer"} if "preview" in path else {})
    assert {name: headers.get(name) for name in expected} == expected, path
    assert "camera=()" in headers["permissions-policy"], path
    rules = policy(headers)
    assert rules["default-src"] == rules["frame-ancestors"] == ["'none'"], path
    sources = {source for taken in rules.values() for source in taken}
    assert sources <= {"'none'", "'self'", "blob:"}, path
    assert ("blob:" in sources) == path.startswith(("/admin/", "/accounts/")), path


def test_every_answer_carries_the_headers(site, monkeypatch):
    for path, expected, status, headers in everything(site, monkeypatch):
        assert status == expected, path
        assert_carries_the_headers(path, headers)
        assert "strict-transport-security" not in headers
        assert "upgrade-insecure-requests" not in headers["content-security-policy"]


def test_every_answer_of_a_real_site_keeps_to_https_as_well(site, real, monkeypatch):
    for path, expected, status, headers in everything(site, monkeypatch, **real):
        assert status == expected, path
        assert_carries_the_headers(path, headers)
        assert headers["strict-transport-security"] == "max-age=31536000", path
        assert ("upgrade-insecure-requests" in policy(headers)) != ("/a.pdf" in path), path


def test_a_browser_that_has_the_page_takes_the_policy_of_today(site):
    page = ask(site, "/")[1]

    answer = ask(site, "/", HTTP_IF_NONE_MATCH=page["etag"])[1]

    assert answer["content-security-policy"] == page["content-security-policy"]
    assert not {"content-type", "content-length"} & set(answer)


def test_a_page_at_the_desk_is_framed_by_the_desk_alone(client, profile):
    post = create_post()
    client.force_login(create_administrator())
    address = f"/admin/blog/post/{post.pk}/look/"

    screen, framed = (client.get(address + path) for path in ("", "page/"))

    assert policy(screen)["frame-ancestors"] == ["'none'"]
    assert policy(screen)["frame-src"] == ["'self'"]
    assert policy(framed)["frame-ancestors"] == ["'self'"]
    assert "frame-src" not in policy(framed)


@pytest.mark.parametrize("host", [NAME, f"{NAME}:8000", "evil.example.com", "127.0.0.1"])
@pytest.mark.parametrize("path", ["/2024/08/", "/accounts/login/", "/static/icon.svg", "/nowhere/"])
def test_plain_http_leads_to_https_at_the_sites_own_name(site, real, host, path):
    # Kept by then, if it is a page.
    ask(site, path, **real)

    status, headers, body = ask(site, path, query="a=b", host=host)

    assert (status, headers["location"]) == (301, f"https://{NAME}{path}?a=b")
    assert (body, headers["x-content-type-options"]) == ("", "nosniff")
    assert ask(site, path, **real)[0] in (200, 404)


def test_whoever_is_no_proxy_speaks_plain_http_whatever_is_claimed(site, real):
    assert ask(site, "/", REMOTE_ADDR="198.51.100.7", **real)[0] == 301


def test_the_keeper_of_the_machine_asks_without_tls(site, real):
    status, _, body = ask(site, "/healthz", host="127.0.0.1")

    assert status == 200
    assert body.startswith("ok")
    assert ask(site, "/healthz/", host="127.0.0.1")[0] == 301


class TLSClient(Client):
    """A browser that asks the real site by https."""

    def __init__(self, *, origin=f"https://{NAME}", **options):
        super().__init__(headers={"host": NAME, "origin": origin}, **options)

    def generic(self, *arguments, **options):
        return super().generic(*arguments, **options | {"secure": True})

    def sign_in(self):
        self.get("/accounts/login/")
        form = {
            "login": "taro",
            "password": "himitsu-no-kotoba",
            "csrfmiddlewaretoken": self.cookies["__Host-csrftoken"].value,
        }
        return self.post("/accounts/login/", form)


@pytest.fixture
def over_tls(real):
    """Somebody who has signed in to a real site."""
    create_person("起草者", username="taro")
    client = TLSClient()
    client.sign_in()
    return client


def test_the_cookies_of_a_real_site_belong_to_it_and_to_tls(over_tls):
    post = create_post()
    # Says that it was done.
    over_tls.post(f"/admin/blog/post/{post.pk}/look/link/")

    assert PreviewLink.objects.exists()
    # The last one is sent to the pages of signing in alone, which __Host- does not allow.
    paths = {"__Host-sessionid": "/", "__Host-csrftoken": "/", "__Secure-device": "/accounts/"}
    assert {name: cookie["path"] for name, cookie in over_tls.cookies.items()} == paths
    for cookie in over_tls.cookies.values():
        assert cookie["secure"] is cookie["httponly"] is True
        assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")


def test_on_this_machine_plain_http_will_do_for_the_cookies(client):
    create_person("起草者", username="taro")
    client.get("/accounts/login/")

    client.post("/accounts/login/", {"login": "taro", "password": "himitsu-no-kotoba"})

    assert set(client.cookies) == {"sessionid", "csrftoken", "device"}
    for cookie in client.cookies.values():
        assert not cookie["secure"]
        assert cookie["httponly"] is True
    assert client.get("/admin/").status_code == 200


def test_a_session_without_the_prefix_is_nobodys(over_tls):
    key = over_tls.cookies["__Host-sessionid"].value
    stranger = TLSClient()

    for name, status in [
        ("sessionid", 302),
        ("__Secure-sessionid", 302),
        ("__Host-sessionid", 200),
    ]:
        stranger.cookies.clear()
        stranger.cookies[name] = key
        assert stranger.get("/admin/").status_code == status


def test_a_session_is_worth_nothing_at_another_host(over_tls):
    for host in ("evil.example.com", f"evil.{NAME}", "localhost"):
        response = over_tls.get("/admin/", headers={"host": host})

        assert response.status_code == 400
        assert "ログアウト" not in response.text


def test_a_form_that_came_to_the_proxy_by_https_is_taken_and_no_other(real):
    create_person("起草者", username="taro")

    for origin, status in [(f"https://{NAME}", 302), (f"http://{NAME}", 403), ("null", 403)]:
        client = TLSClient(origin=origin, enforce_csrf_checks=True)
        assert client.sign_in().status_code == status
