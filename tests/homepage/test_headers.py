"""What every answer tells the browser."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError

from homepage import edition, page_cache, wsgi
from homepage.page_cache import PageCache
from homepage.proxies import TrustedProxies
from tests.factories import create_administrator, create_post, create_profile, jst
from tests.homepage.test_page_cache_with_django import ask

# Django closes connections between requests, so a test's transaction would not survive them.
pytestmark = pytest.mark.django_db(transaction=True)

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
        (200, "/admin/login/", {}),
        (403, "/admin/login/", {"method": "POST"}),
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
    assert ("blob:" in sources) == path.startswith("/admin/"), path


def test_every_answer_carries_the_headers(site, monkeypatch):
    for path, expected, status, headers in everything(site, monkeypatch):
        assert status == expected, path
        assert_carries_the_headers(path, headers)


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
