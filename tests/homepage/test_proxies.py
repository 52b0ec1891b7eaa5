"""Who asks and how: what the named proxies tell is believed, and nothing that anybody else tells."""

import ipaddress

import pytest

from homepage.proxies import TrustedProxies

PROXIES = ["127.0.0.1", "::1", "192.0.2.0/24"]


def told(remote, **headers):
    """Return what the site is told about a request from an address."""
    seen = {}
    application = TrustedProxies(
        lambda environ, start_response: seen.update(environ),
        [ipaddress.ip_network(each) for each in PROXIES],
    )
    names = {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}
    application({"REMOTE_ADDR": remote, "wsgi.url_scheme": "http"} | names, None)
    return seen


@pytest.mark.parametrize("proxy", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.11"])
def test_a_named_proxy_tells_who_asks_and_how(proxy):
    assert told(proxy, **{"for": "198.51.100.7", "proto": "https"}) == {
        "REMOTE_ADDR": "198.51.100.7",
        "wsgi.url_scheme": "https",
    }


@pytest.mark.parametrize("stranger", ["198.51.100.8", "192.0.3.11", "::2", "::ffff:198.51.100.8"])
def test_nobody_else_is_believed(stranger):
    assert told(stranger, **{"for": "198.51.100.7", "proto": "https"}) == {
        "REMOTE_ADDR": stranger.removeprefix("::ffff:"),
        "wsgi.url_scheme": "http",
    }


@pytest.mark.parametrize("remote", ["127.0.0.1", "198.51.100.8"])
@pytest.mark.parametrize(
    "name",
    ["FORWARDED", "X_REAL_IP"]
    + [f"X_FORWARDED_{name}" for name in ("HOST", "PORT", "PREFIX", "SERVER", "SSL")],
)
def test_what_no_proxy_is_asked_for_reaches_nobody(remote, name):
    seen = {}
    application = TrustedProxies(lambda environ, start_response: seen.update(environ), [])

    application(
        {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http", f"HTTP_{name}": "evil.example.com"}, None
    )

    assert f"HTTP_{name}" not in seen


@pytest.mark.parametrize(
    ("chain", "visitor"),
    [
        ("198.51.100.7, 192.0.2.12", "198.51.100.7"),
        ("203.0.113.9,198.51.100.7", "198.51.100.7"),
        ("192.0.2.13, 192.0.2.12", "192.0.2.13"),
        ("2001:DB8::0:7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_visitor_is_the_last_address_that_is_no_proxys(chain, visitor):
    assert told("127.0.0.1", **{"for": chain})["REMOTE_ADDR"] == visitor


@pytest.mark.parametrize(
    "garbage",
    [
        "", ",", "unknown", "198.51.100.7:4711", "999.1.1.1", "198.51.100.7;", "localhost", "fe80::1%<b>",
        "\0", "١٢٧.0.0.1", "198.51.100.7, unknown", "for=198.51.100.7", "," * 10_000, "1" * 100_000,
    ],
    ids=lambda garbage: ascii(garbage[:20]),
)  # fmt: skip
def test_garbage_is_the_word_of_the_proxy_alone(garbage):
    seen = told("127.0.0.1", **{"for": garbage, "proto": garbage})

    assert seen == {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http"}


def test_a_long_chain_of_proxies_is_followed():
    assert told("127.0.0.1", **{"for": "127.0.0.1," * 1000})["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.parametrize("scheme", ["http", "HTTPS", "https,http", "ftp"])
def test_only_https_is_https(scheme):
    assert told("127.0.0.1", proto=scheme)["wsgi.url_scheme"] == "http"
