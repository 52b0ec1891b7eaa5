"""What strangers send, and the answers in the site's own look."""

import pytest
from django.test import Client

from homepage.models import Profile
from tests.factories import create_administrator, create_post, jst

pytestmark = pytest.mark.usefixtures("profile")


def assert_looks_like_the_site(response):
    assert '<header class="site-header">' in response.text
    assert 'href="mailto:mihon@example.jp"' in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/", "/a/b/c/d/", "/wp-login.php", "/2024/08/index.html", "/%00", "/2024/%00/", "/nul%00l/", "/%ff%fe/", "/..%2f..%2fetc/passwd",
        "/media/%00", "/media/", f"/media/{'a' * 300}", f"/media/{'a/' * 3000}", "/static/%00", "/qr/%00.svg", "/category/%00/", f"/{'a' * 10_000}/",
        f"/2024/08/{'9' * 10_000}/", f"/qr/{'a' * 10_000}.svg",
    ],
    ids=lambda path: path[:40],
)  # fmt: skip
def test_an_unknown_address_is_not_found(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert_looks_like_the_site(response)


def test_a_path_out_of_the_pictures_is_a_bad_request(client):
    response = client.get("/media/../homepage/settings.py")

    assert response.status_code == 400
    assert_looks_like_the_site(response)


def test_a_page_not_found_leads_to_the_back_numbers(client):
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    assert '<a href="/2024/08/"' in client.get("/nowhere/").text


@pytest.mark.parametrize(
    "query",
    ["q=" + "a" * 10_000, "%ff=%fe", "a[]=1&a[]=2", "=", "&&&"],
    ids=lambda query: query[:20],
)
def test_a_strange_query_changes_nothing(client, query):
    assert client.get(f"/?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/?page=%00", "/admin/blog/post/?status__exact=%00"])
def test_a_nul_in_a_query_is_a_bad_request(client, path):
    client.force_login(create_administrator())

    response = client.get(path)

    assert response.status_code == 400
    assert_looks_like_the_site(response)


def test_a_nul_in_a_cookie_is_a_bad_request(client):
    client.cookies["sessionid"] = "\0aaaaaaaaaaaa"

    assert client.get("/admin/").status_code == 400


@pytest.mark.parametrize("host", ["evil.example.com", "mihon.example.jp:abc", "a b", "@", ""])
def test_a_wrong_host_is_a_bad_request(client, host):
    response = client.get("/", headers={"host": host})

    assert response.status_code == 400
    assert_looks_like_the_site(response)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize(
    "path", ["/", "/archive/", "/2024/08/", "/qr/front.svg", "/accent/35634a.css", "/media/a.jpg"]
)
def test_another_method_is_not_allowed(client, method, path):
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    response = getattr(client, method)(path)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert_looks_like_the_site(response)


def test_a_form_sent_to_a_page_is_refused_before_its_method_is_looked_at():
    response = Client(enforce_csrf_checks=True).post("/", {"name": "value"})

    assert response.status_code == 403
    assert_looks_like_the_site(response)


def test_a_form_from_elsewhere_is_refused():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "admin"})

    assert response.status_code == 403
    assert_looks_like_the_site(response)


def test_head_is_answered_like_get(client):
    assert client.head("/").status_code == 200


def test_a_fault_of_the_site_shows_no_trace(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("blog.models.PostQuerySet.published", lambda queryset, at=None: 1 / 0)

    response = client.get("/archive/")

    assert response.status_code == 500
    assert "ただいま表示できません" in response.text
    assert "Traceback" not in response.text


def test_a_slash_that_was_forgotten_is_added(client):
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    assert client.get("/2024/08")["Location"] == "/2024/08/"


def test_an_empty_site_has_its_error_pages_too(client):
    Profile.objects.all().delete()

    assert client.get("/nowhere/").status_code == 404
