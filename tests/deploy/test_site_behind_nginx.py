"""The site itself behind nginx: whoever comes by TLS is at home, and nobody comes in otherwise."""

import http.client
import re
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from tests.deploy.test_nginx import NAME, Nginx
from tests.serving import ServedSite


@pytest.fixture
def site(tmp_path):
    site = ServedSite(tmp_path / "var", ALLOWED_HOSTS=f"{NAME},127.0.0.1")
    site.start()
    yield site
    site.stop()


@pytest.fixture
def nginx(tmp_path, site):
    nginx = Nginx(tmp_path, SimpleNamespace(server_port=site.port))
    nginx.start()
    yield nginx
    nginx.stop()


def cookies(*answers):
    """Return the Cookie header of a browser that got the answers."""
    given = [each for answer in answers for each in answer.headers.get_all("Set-Cookie", [])]
    return "; ".join(each.partition(";")[0] for each in given)


def test_the_site_is_read_and_signed_in_to_by_tls(nginx, site):
    site.shell(
        "from django.contrib.auth import get_user_model as user; "
        "user().objects.create_superuser('writer', password='himitsu-no-kotoba')"
    )
    page = nginx.get("/2024/08/")
    assert page.status == 200
    assert page.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]

    form = nginx.get("/accounts/login/")
    token = re.search('csrfmiddlewaretoken" value="([^"]+)', form.text)[1]
    answer = nginx.ask(
        "/accounts/login/",
        "POST",
        urlencode(
            {"login": "writer", "password": "himitsu-no-kotoba", "csrfmiddlewaretoken": token}
        ),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies(form),
            "Origin": f"https://{NAME}",
        },
    )

    assert answer.status == 302
    assert "__Host-sessionid=" in cookies(answer)
    assert nginx.get("/admin/", Cookie=cookies(form, answer)).status == 200


def test_past_nginx_there_is_nothing_but_the_way_to_tls(nginx, site):
    nginx.get("/2024/08/")

    assert site.get("/healthz").status == 200
    for path in ("/2024/08/", "/accounts/login/"):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}{path}")
