"""The writing desk: what saving by itself costs, and a long history."""

import gzip
import http.client
import json
import re
import time
import tomllib

from benchmarks import databases, filling
from benchmarks.load import GZIP, get, p50, seconds
from benchmarks.servers import serving
from benchmarks.speed import milliseconds
from benchmarks.table import Line
from blog import sample
from blog.desk.content import base_of, content_of
from blog.models import Post

TIMES = 100
VERSIONS = 500


def writing(folder, database_url):
    """Save one report of 5,000 characters over and over, then open a history of 500 versions."""
    databases.use(database_url)
    cookies = filling.administrator_cookies()
    post = Post.objects.create(title="長い報告", body=text_of(5_000))
    with serving(folder, database_url) as (_, port):
        yield from autosave(port, cookies, post)
        yield scripts_and_styles(port, cookies, post)
        yield history(port, cookies)


def autosave(port, cookies, post):
    sizes, times = zip(*(autosaves(port, cookies, post)), strict=True)
    nothing = p50(seconds(port, ["/admin/blog/post/token/"] * TIMES, Cookie=cookies))
    yield Line(
        f"autosave of 5,000 characters, p50 of {TIMES}",
        f"{milliseconds(p50(times))}, worst {milliseconds(max(times))}",
        f"the session alone {milliseconds(nothing)}",
        p50(times) / nothing,
        "<= 30 ms",
        p50(times) <= 0.03,
    )
    whole = len(json.dumps(content_of(post), ensure_ascii=False).encode())
    yield Line(
        "sent for it, one sentence changed",
        f"{max(sizes) / 1000:.1f} kB",
        f"unpacked {whole / 1000:.1f} kB",
        max(sizes) / whole,
        "<= 10 kB",
        max(sizes) <= 10_000,
    )


def autosaves(port, cookies, post):
    """Yield the bytes sent and the seconds until the answer, each time for another sentence."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": cookies,
        "X-CSRFToken": filling.TOKEN,
        "Content-Type": "application/gzip",
    }
    seen = base_of(post)
    for number in range(TIMES):
        body = f"{post.body}\n\n{number}回めに書きなおした文です。"
        token = f"token-{number}"
        fields = content_of(post) | {"post": str(post.pk), "body": body, "token": token}
        # As a browser packs it.
        packed = gzip.compress(json.dumps(fields | {"seen": seen}).encode(), compresslevel=6)
        start = time.perf_counter()
        connection.request("POST", "/admin/blog/post/autosave/", packed, headers)
        answer = connection.getresponse()
        content = answer.read()
        yield len(packed), time.perf_counter() - start
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {content.decode()}")
        seen = token
    connection.close()


def scripts_and_styles(port, cookies, post):
    """Add up what the desk loads beside the framework's own."""
    html = get(port, f"/admin/blog/post/{post.pk}/change/", Cookie=cookies)[1].decode()
    files = set(re.findall(r'"(/static/\S+\.(?:css|js))"', html))
    ours = {path for path in files if not path.startswith("/static/admin/")}
    own, whole = (sum(len(get(port, path, **GZIP)[1]) for path in paths) for paths in (ours, files))
    return Line(
        "the desk's own script and style",
        f"{own / 1000:.1f} kB, {len(ours)} files",
        f"with the framework's {whole / 1000:.1f} kB",
        own / whole,
        "<= 25 kB",
        0 < own <= 25_000,
    )


def history(port, cookies):
    """Compare the histories of a report that was saved 500 times and of one that was saved 5 times."""
    long, short = (
        p50(seconds(port, [history_of(versions)] * 20, Cookie=cookies))
        for versions in (VERSIONS, 5)
    )
    return Line(
        f"history of {VERSIONS} versions, p50 of 20",
        milliseconds(long),
        f"of 5 versions {milliseconds(short)}",
        long / short,
        "<= 300 ms",
        long <= 0.3,
    )


def history_of(versions):
    """Return the address of the history of a new report saved so many times."""
    post = Post.objects.create(body=text_of(5_000))
    for number in range(1, versions):
        post.title = f"{number}回めの題名"
        post.save(update_fields=["title"])
    return f"/admin/blog/post/{post.pk}/history/"


def text_of(length):
    """Return the invented reports one after the other, which repeat themselves less than ours here."""
    site = tomllib.loads((sample.FOLDER / "site.toml").read_text(encoding="utf-8"))
    text = "\n\n".join(post["body"] for post in site["posts"])
    return (text * (1 + length // len(text)))[:length]
