"""Pages from memory, around an application that is no Django: what is kept, for whom, how long."""

import gzip
import io
import threading

import brotli
import pytest

from homepage import page_cache
from homepage.page_cache import Page, PageCache, Shelf

HTML = [("Content-Type", "text/html"), ("X-Frame-Options", "DENY")]
BODY = "活動報告です。".encode() * 100


class Application:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, status="200 OK", headers=HTML, body=BODY):
        self.status, self.headers, self.body = status, headers, body
        self.asked = []

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        start_response(self.status, list(self.headers))
        return [self.body]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.names = [name.lower() for name, _ in headers]
        self.headers = {name.lower(): value for name, value in headers}


class Site:
    """An application behind a page cache, whose edition the test sets."""

    def __init__(self, **answer):
        self.application = Application(**answer)
        self.edition = 1
        self.cache = PageCache(self.application, lambda: self.edition)

    def get(self, path="/", **environ):
        started = []
        chunks = self.cache(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": path,
                "QUERY_STRING": "",
                "HTTP_HOST": "localhost",
                "wsgi.url_scheme": "http",
            }
            | environ,
            lambda *start: started.extend(start),
        )
        return Answer(*started, b"".join(chunks))

    @property
    def renderings(self):
        return len(self.application.asked)


@pytest.fixture(autouse=True)
def _ask_for_the_edition_each_time(monkeypatch):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 0)


def test_a_page_is_rendered_once():
    site = Site()

    first, second = site.get(), site.get()

    assert first.body == second.body == BODY
    assert site.renderings == 1


def test_a_new_edition_is_rendered_anew():
    site = Site()
    site.get()

    site.edition, site.application.body = 2, b"new"

    assert site.get().body == b"new"


def test_the_edition_is_asked_for_once_in_a_while(monkeypatch):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 3600)
    site = Site()
    site.get()

    site.edition, site.application.body = 2, b"new"

    assert site.get().body == BODY


def test_the_last_edition_is_served_while_the_database_is_away():
    site = Site()
    site.get()

    site.edition = None

    assert site.get().body == BODY
    assert site.renderings == 1


def test_a_database_that_hangs_does_not_keep_everybody_waiting(monkeypatch):
    now = [0]
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(page_cache, "EDITION_AGE", 1)
    monkeypatch.setattr(page_cache, "PATIENCE", 0.01)
    site = Site()
    site.get()
    now[0] += 2
    hangs, go_on = threading.Event(), threading.Event()

    def ask():
        hangs.set()
        go_on.wait(timeout=60)
        return 1

    site.cache.edition.ask = ask
    first = threading.Thread(target=site.get)
    first.start()
    hangs.wait(timeout=30)

    assert site.get().body == BODY
    assert first.is_alive()

    # Nor does it keep them waiting again at each page.
    monkeypatch.setattr(page_cache, "PATIENCE", 60)
    second = threading.Thread(target=site.get)
    second.start()
    second.join(timeout=30)
    assert not second.is_alive()

    go_on.set()
    first.join(timeout=30)


def test_whoever_waited_for_the_edition_does_not_ask_again(monkeypatch):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 1)
    monkeypatch.setattr(page_cache, "PATIENCE", 60)
    site = Site()
    asked, hangs, second_comes = [], threading.Event(), threading.Event()

    def ask():
        asked.append(1)
        hangs.set()
        second_comes.wait(timeout=30)
        return 1

    def monotonic():
        if threading.current_thread() is second:
            second_comes.set()
        return 0

    first, second = (threading.Thread(target=site.get, daemon=True) for _ in range(2))
    monkeypatch.setattr(page_cache.time, "monotonic", monotonic)
    site.cache.edition.ask = ask
    first.start()
    hangs.wait(timeout=30)
    second.start()
    for reader in (first, second):
        reader.join(timeout=30)

    assert len(asked) == 1


def test_an_edition_is_as_old_as_the_question(monkeypatch):
    now = [0]
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(page_cache, "EDITION_AGE", 1)
    site = Site()

    def answer_late():
        now[0] += 0.9
        return 1

    site.cache.edition.ask = answer_late
    site.get()
    site.cache.edition.ask, site.application.body = lambda: 2, b"new"
    now[0] += 0.1

    assert site.get().body == b"new"


def test_nothing_is_kept_before_an_edition_is_known():
    site = Site()
    site.edition = None

    site.get()
    site.get()

    assert site.renderings == 2


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip;q=1.0, br;q=0", "gzip", gzip.decompress),
        ("GZIP", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_each_reader_gets_the_encoding_it_takes(accepted, encoding, unpack):
    site = Site()

    for _ in range(2):
        answer = site.get(HTTP_ACCEPT_ENCODING=accepted)

        assert answer.headers.get("content-encoding") == encoding
        assert unpack(answer.body) == BODY
        assert answer.headers["content-length"] == str(len(answer.body))
        assert answer.headers["vary"] == "Accept-Encoding"


def test_what_compression_does_not_make_smaller_is_left_alone():
    site = Site(body=b"x", headers=[("Content-Type", "image/png")])

    assert "content-encoding" not in site.get(HTTP_ACCEPT_ENCODING="br").headers


def test_a_reader_who_has_the_page_gets_304():
    site = Site()
    etag = site.get(HTTP_ACCEPT_ENCODING="br").headers["etag"]

    for header in (etag, f'"other", W/{etag}', "*"):
        answer = site.get(HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=header)

        assert (answer.status, answer.body) == ("304 Not Modified", b"")
        assert answer.headers["etag"] == etag
        assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=1"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "content-length" not in answer.headers


def test_an_address_that_is_not_there_is_so_each_time():
    site = Site(status="404 Not Found")
    etag = site.get().headers["etag"]

    assert site.get(HTTP_IF_NONE_MATCH=etag).status == "404 Not Found"


def test_an_etag_is_strong_and_names_one_encoding_of_one_text():
    site = Site()

    tags = [site.get(HTTP_ACCEPT_ENCODING=each).headers["etag"] for each in ("br", "gzip", "")]
    site.edition, site.application.body = 2, BODY + b"."
    tags.append(site.get(HTTP_ACCEPT_ENCODING="br").headers["etag"])

    assert len(set(tags)) == 4
    assert all(tag.startswith('"') for tag in tags)


def test_a_page_that_a_new_edition_leaves_alone_keeps_its_etag():
    site = Site()
    etag = site.get().headers["etag"]

    site.edition = 2

    assert site.get(HTTP_IF_NONE_MATCH=etag).status == "304 Not Modified"


def test_browsers_ask_each_time_and_proxies_each_second():
    headers = Site().get().headers

    assert headers["cache-control"] == "public, max-age=0, s-maxage=1"
    assert "stale-if-error" in headers["cdn-cache-control"]
    assert headers["x-frame-options"] == "DENY"


def test_no_header_is_sent_twice():
    site = Site(headers=[*HTML, ("Vary", "Accept-Encoding"), ("Content-Length", str(len(BODY)))])

    names = site.get(HTTP_ACCEPT_ENCODING="br").names

    assert sorted(names) == sorted(set(names))


def test_head_gets_the_headers_of_get():
    site = Site()

    head, get = site.get(REQUEST_METHOD="HEAD"), site.get()

    assert head.body == b""
    assert head.headers == get.headers
    assert site.renderings == 1


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_COOKIE": "sessionid=a"},
        {"HTTP_COOKIE": ""},
        {"HTTP_AUTHORIZATION": "Basic YTpi"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"PATH_INFO": "/admin/"},
        {"PATH_INFO": "/static/a.css"},
        {"PATH_INFO": "/media/a.jpg"},
        {"PATH_INFO": "/healthz"},
        {"HTTP_HOST": "elsewhere.example.com"},
        {"HTTP_HOST": ""},
        {"HTTP_HOST": "localhost:a"},
    ],
)
def test_what_is_not_for_everybody_passes_by(environ):
    site = Site()

    for _ in range(2):
        answer = site.get(**environ)

    assert site.renderings == 2
    assert "etag" not in answer.headers
    site.get()
    assert site.renderings == 3


@pytest.mark.parametrize(
    "header",
    [
        ("Set-Cookie", "csrftoken=a"),
        ("Cache-Control", "private"),
        ("Cache-Control", "max-age=0, no-store"),
        ("Vary", "Accept-Language, Cookie"),
    ],
)
def test_an_answer_that_is_somebodys_is_not_kept(header):
    site = Site(headers=[*HTML, header])

    for _ in range(2):
        answer = site.get()

    assert site.renderings == 2
    assert answer.headers[header[0].lower()] == header[1]


@pytest.mark.parametrize(
    ("status", "is_kept"),
    [("200 OK", True), ("301 Moved", True), ("404 Not Found", True), ("410 Gone", True)]
    + [(status, False) for status in ("302 Found", "400 Bad", "403 No", "500 Fault", "503 Away")],
)
def test_only_lasting_answers_are_kept(status, is_kept):
    site = Site(status=status)

    assert site.get().status == site.get().status == status
    assert site.renderings == (1 if is_kept else 2)


def test_query_strings_neither_fill_the_memory_nor_miss_it():
    site = Site()

    for number in range(50):
        site.get(QUERY_STRING=f"junk={number}")

    assert site.renderings == 1
    assert site.application.asked[0]["QUERY_STRING"] == ""


def test_nothing_of_who_asks_reaches_the_application():
    site = Site()

    site.get(
        HTTP_ACCEPT_LANGUAGE="en", HTTP_X_FORWARDED_HOST="evil.example.com", HTTP_RANGE="bytes=0-1"
    )

    (asked,) = site.application.asked
    assert [key for key in asked if key.startswith("HTTP_")] == ["HTTP_HOST"]


def test_whatever_is_sent_the_application_is_asked_for_the_page():
    site = Site()

    site.get(
        REQUEST_METHOD="HEAD", CONTENT_LENGTH="5", CONTENT_TYPE="text/plain",
        **{"wsgi.input": io.BytesIO(b"hello")},
    )  # fmt: skip

    (asked,) = site.application.asked
    assert asked["REQUEST_METHOD"] == "GET"
    assert asked["CONTENT_LENGTH"] == asked["CONTENT_TYPE"] == ""
    assert asked["wsgi.input"].read() == b""


def test_the_application_is_told_the_edition_whoever_asks():
    site = Site()

    site.get()
    site.get(HTTP_COOKIE="sessionid=a")

    assert [asked[page_cache.EDITION] for asked in site.application.asked] == [1, 1]


def test_an_answer_is_closed_when_it_is_kept():
    site = Site()
    closed = []

    class Chunks(list):
        def close(self):
            closed.append(b"".join(self))

    answer = site.application.__call__
    site.cache.application = lambda *asked: Chunks(answer(*asked))
    site.get()

    assert closed == [BODY]


def tell_who_waits(monkeypatch, tell):
    """Call `tell` for every reader who comes while the page is rendered, and waits for it."""

    class Rendering(page_cache.Rendering):
        def __init__(self):
            super().__init__()
            wait = self.done.wait
            self.done.wait = lambda: tell() or wait()

    monkeypatch.setattr(page_cache, "Rendering", Rendering)


def test_however_many_wait_a_page_is_rendered_once(monkeypatch):
    # They ask for the edition one after the other.
    monkeypatch.setattr(page_cache, "PATIENCE", 60)
    site = Site()
    waiting, go_on = threading.Semaphore(0), threading.Event()
    tell_who_waits(monkeypatch, waiting.release)
    answer = site.application.__call__

    def slow(environ, start_response):
        go_on.wait(timeout=30)
        return answer(environ, start_response)

    site.cache.application = slow
    bodies = []

    def read():
        bodies.append(site.get().body)

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for _ in range(7):
        assert waiting.acquire(timeout=30)
    go_on.set()
    for reader in readers:
        reader.join(timeout=30)

    assert bodies == [BODY] * 8
    assert site.renderings == 1


def test_nobody_waits_for_a_page_of_the_edition_before():
    site = Site()
    begun, go_on = threading.Event(), threading.Event()
    answer = site.application.__call__

    def slow(environ, start_response):
        begun.set()
        go_on.wait(timeout=30)
        return answer(environ, start_response)

    site.cache.application = slow
    reader = threading.Thread(target=site.get)
    reader.start()
    begun.wait(timeout=30)
    site.edition, site.cache.application = 2, Application(body=b"new")

    assert site.get().body == b"new"

    go_on.set()
    reader.join(timeout=30)
    assert site.get().body == b"new"


class SecondReader:
    """Another reader of the page, who comes while it is rendered and waits for it."""

    def __init__(self, site, monkeypatch):
        self.answer = None
        self.application, site.cache.application = site.cache.application, self
        self.waits, self.is_there = threading.Event(), False
        self.thread = threading.Thread(target=self.read, args=[site], daemon=True)
        tell_who_waits(monkeypatch, self.waits.set)

    def __call__(self, environ, start_response):
        if not self.is_there:
            self.is_there = True
            self.thread.start()
            assert self.waits.wait(timeout=30)
        return self.application(environ, start_response)

    def read(self, site):
        self.answer = site.get()

    def join(self):
        self.thread.join(timeout=30)
        assert not self.thread.is_alive()


def test_whoever_waits_gets_the_page_that_was_rendered(monkeypatch):
    site = Site()
    second = SecondReader(site, monkeypatch)

    site.get()
    second.join()

    assert second.answer.body == BODY
    assert site.renderings == 1


def test_nobody_gets_the_answer_that_was_somebody_elses_by_waiting(monkeypatch):
    site = Site(headers=[*HTML, ("Set-Cookie", "csrftoken=a")])
    second = SecondReader(site, monkeypatch)

    site.get()
    second.join()

    assert second.answer.body == BODY
    assert site.renderings == 2


def test_a_rendering_that_fails_keeps_nobody_waiting(monkeypatch):
    site = Site()
    whole, failures = site.application, [ZeroDivisionError()]

    def broken_once(environ, start_response):
        if failures:
            raise failures.pop()
        return whole(environ, start_response)

    site.cache.application = broken_once
    second = SecondReader(site, monkeypatch)

    with pytest.raises(ZeroDivisionError):
        site.get()
    second.join()

    assert second.answer.body == BODY


def test_a_rendering_that_fails_leaves_nobody_waiting():
    site = Site()

    def broken(environ, start_response):
        raise ZeroDivisionError

    site.cache.application, whole = broken, site.cache.application
    with pytest.raises(ZeroDivisionError):
        site.get()

    site.cache.application = whole
    assert site.get().body == BODY


def page_of(size):
    page = Page(1, "200 OK", [], b"")
    page.size = size
    return page


def test_the_page_read_least_recently_goes_first():
    shelf = Shelf(300)
    for path in ("/a", "/b"):
        shelf.put(path, page_of(120))
    shelf.get("/a")

    shelf.put("/c", page_of(120))

    assert [path for path in ("/a", "/b", "/c") if shelf.get(path)] == ["/a", "/c"]


def test_a_page_that_is_replaced_takes_no_more_room():
    shelf = Shelf(1000)
    for _ in range(10):
        shelf.put("/a", page_of(400))

    assert shelf.used == 402


def test_what_finds_no_room_is_rendered_each_time(monkeypatch):
    monkeypatch.setattr(page_cache, "PAGES_SIZE", 0)
    site = Site()

    assert site.get().body == site.get().body == BODY
    assert site.renderings == 2


def test_addresses_that_are_not_there_push_no_page_out(monkeypatch):
    monkeypatch.setattr(page_cache, "PAGES_SIZE", 10_000)
    monkeypatch.setattr(page_cache, "MISSING_SIZE", 10_000)
    site = Site()
    site.get("/2024/08/")
    site.application.status = "404 Not Found"
    for number in range(100):
        site.get(f"/nowhere/{number}/")
    renderings = site.renderings

    site.get("/2024/08/")

    assert site.renderings == renderings
    assert site.cache.missing.used <= page_cache.MISSING_SIZE
