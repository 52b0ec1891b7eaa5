"""How quick a page is: from memory beside nginx, and rendered anew."""

import statistics

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import databases, filling, wrk
from benchmarks.load import GZIP, get, p50, seconds
from benchmarks.servers import nginx, serving
from benchmarks.table import Line

ROUNDS = 3
GROWN = 24_000
# Somebody with a cookie passes by what is kept in memory.
COOKIE = {"Cookie": "bench=1"}
STEADY = [filling.month_address(*each) for each in filling.STEADY]
GROWING = [filling.month_address(*each) for each in filling.GROWING]
MONTH = STEADY[-1]


def from_memory(folder, database_url):
    """Compare a month's page with nginx serving the same bytes, whole and as 304."""
    with serving(folder, database_url) as (_, port):
        answer, body = get(port, MONTH, **GZIP)
        if answer.headers["Content-Encoding"] != "gzip":
            raise RuntimeError("the month's page does not come compressed")
        with nginx(folder, body) as nginx_port:
            yield compare("month page from memory", port, nginx_port, GZIP, GZIP)
            etag = get(nginx_port, "/month.html", **GZIP)[0].headers["ETag"]
            yield compare(
                "304",
                port,
                nginx_port,
                GZIP | {"If-None-Match": answer.headers["ETag"]},
                GZIP | {"If-None-Match": etag},
            )


def compare(what, port, nginx_port, headers, nginx_headers):
    """Let both answer in turns, so that a slow moment of the machine meets both."""
    expected = 304 if "If-None-Match" in headers else 200
    for each in (get(port, MONTH, **headers), get(nginx_port, "/month.html", **nginx_headers)):
        if each[0].status != expected:
            raise RuntimeError(f"{each[0].status} instead of {expected}")
    pairs = [
        (
            wrk.requests_per_second(port, MONTH, **headers),
            wrk.requests_per_second(nginx_port, "/month.html", **nginx_headers),
        )
        for _ in range(ROUNDS)
    ]
    ours, theirs = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(mine / reference for mine, reference in pairs)
    return Line(
        what,
        f"{ours:,.0f} requests/s",
        f"nginx {theirs:,.0f} requests/s",
        ratio,
        ">= 0.6 x nginx",
        ratio >= 0.6,
    )


def rendered_anew(folder, database_url, posts):
    """Time months' pages past the memory, then on a site that has grown."""
    with serving(folder, database_url) as (_, port):
        anew = p50_anew(port, STEADY)
        # The first time fills the memory of the worker that has this connection.
        kept = p50(seconds(port, STEADY * 2, **GZIP)[len(STEADY) :])
    yield Line(
        f"rendered anew, p50 of {len(STEADY)} month pages",
        milliseconds(anew),
        f"from memory {milliseconds(kept)}",
        anew / kept,
        "<= 8 ms",
        anew <= 0.008,
    )
    databases.use(database_url)
    most = max(queries(path) for path in STEADY[::10])
    yield Line("queries for it", f"{most}", must="<= 6", is_reached=most <= 6)
    if posts < GROWN:
        yield from grown(folder, anew, posts)


def grown(folder, anew, posts):
    """Time months of the same size on a site with 24,000 reports, and months that grew with it."""
    usual, large = (filling.sizes(each)[filling.GROWING[0]] for each in (posts, GROWN))
    address = databases.sqlite(folder, "grown")
    filling.fill(GROWN)
    with serving(folder, address) as (_, port):
        with_more, longer = p50_anew(port, STEADY), p50_anew(port, GROWING)
    yield Line(
        f"with {GROWN:,} posts, months of {usual} as before",
        milliseconds(with_more),
        f"with {posts:,} {milliseconds(anew)}",
        with_more / anew,
        "<= 1.25 x that",
        with_more / anew <= 1.25,
    )
    yield Line(
        f"months of {large} there, in full",
        milliseconds(longer),
        f"months of {usual} {milliseconds(with_more)}",
        longer / with_more,
        f"<= {large // usual} x, as the page",
        longer / with_more <= large / usual,
    )


def p50_anew(port, addresses):
    # A worker's first pages load the templates.
    return p50(seconds(port, addresses[:20] + addresses, **GZIP, **COOKIE)[20:])


def queries(path):
    with CaptureQueriesContext(connection) as context:
        answer = Client(SERVER_NAME="127.0.0.1").get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    return len(context)


def milliseconds(time):
    return f"{time * 1000:.2f} ms"
