"""Pages of the current edition, kept in memory in front of Django.

A WSGI application around another one. What strangers may read is rendered once for each edition and
process, and answered from memory, already compressed, until there is a new edition. Everything else
passes by: other methods, anybody with a cookie, whatever the answer itself asks not to keep.
"""

import contextlib
import functools
import gzip
import hashlib
import io
import threading
import time
from collections import OrderedDict

import brotli
from django.conf import settings
from django.http.request import split_domain_port, validate_host

# Under this name a request carries the number of the edition to Django.
EDITION = "homepage.edition"
# An edition is asked for at most once in so many seconds, so that all processes agree after it.
EDITION_AGE = 1.0
# A database that hangs keeps one reader waiting; the others wait so many seconds for the answer.
PATIENCE = 0.5
# Bytes a process keeps. Strangers can invent addresses without end: those have a share of their own.
PAGES_SIZE, MISSING_SIZE = 24_000_000, 1_000_000
KEPT = {"200", "301", "404", "410"}
NEVER_KEPT = (
    *("/admin/", "/accounts/", "/static/", "/media/", "/healthz", "/preview/"),
    "/share-picture/",
)
# The one page that a query string belongs to.
SEARCH = "/search/"
# Browsers ask each time, and mostly get 304. A proxy may answer for a second by itself, and with
# what it has while it asks or when nobody answers (RFC 9111, RFC 9213, RFC 5861).
CACHE_HEADERS = [
    ("Cache-Control", "public, max-age=0, s-maxage=1"),
    ("CDN-Cache-Control", "max-age=1, stale-while-revalidate=60, stale-if-error=86400"),
    ("Vary", "Accept-Encoding"),
]
OWN_HEADERS = {"cache-control", "content-length", "vary"}


class PageCache:
    def __init__(self, application, ask_edition):
        self.application = application
        self.edition = CurrentEdition(ask_edition)
        self.pages, self.missing = Shelf(PAGES_SIZE), Shelf(MISSING_SIZE)
        self.renderings = {}
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        # Asked for before rendering: what is written meanwhile can only be newer than its number.
        edition = self.edition.number()
        if edition and is_for_everybody(environ):
            path = environ["PATH_INFO"]
            page = self.pages.get(path) or self.missing.get(path)
            if page is None or page.edition != edition:
                page = self.render_once(environ, path, edition)
            if page:
                return page.answer(environ, start_response)
        environ[EDITION] = edition
        return self.application(environ, start_response)

    def render_once(self, environ, path, edition):
        """Return the page rendered anew; whoever asks for it meanwhile waits for the same one."""
        key = path, edition
        with self.lock:
            rendering = self.renderings.get(key)
            is_first = rendering is None
            if is_first:
                rendering = self.renderings[key] = Rendering()
        if not is_first:
            rendering.done.wait()
            return rendering.page
        try:
            page = Page(edition, *self.render(environ, edition))
            if page.is_kept:
                rendering.page = page
                shelf = self.missing if page.status.startswith("404") else self.pages
                shelf.put(path, page)
            return page
        finally:
            with self.lock:
                del self.renderings[key]
            rendering.done.set()

    def render(self, environ, edition):
        """Return status, headers and body of the page as everybody gets it.

        Nothing of who asks reaches Django, so nothing of it can be kept. No query string belongs
        to a page that is kept.
        """
        everybodys = {key: value for key, value in environ.items() if not key.startswith("HTTP_")}
        everybodys |= {
            "HTTP_HOST": environ["HTTP_HOST"],
            EDITION: edition,
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": "",
            "CONTENT_LENGTH": "",
            "CONTENT_TYPE": "",
            "wsgi.input": io.BytesIO(),
        }
        answer = []
        chunks = self.application(everybodys, lambda *start: answer.extend(start[:2]))
        try:
            return *answer, b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()


def is_for_everybody(environ):
    """Return whether whoever asks for this gets the same."""
    return (
        "HTTP_COOKIE" not in environ
        and "HTTP_AUTHORIZATION" not in environ
        and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        # Whoever is to be led to https is led there by Django.
        and (environ["wsgi.url_scheme"] == "https" or not settings.SECURE_SSL_REDIRECT)
        and not environ["PATH_INFO"].startswith(NEVER_KEPT)
        # Without its last stroke too, since Django leads to the page with it.
        and not (environ["PATH_INFO"] in (SEARCH, SEARCH[:-1]) and environ.get("QUERY_STRING"))
        and is_own_host(environ.get("HTTP_HOST", ""))
    )


def may_be_kept(status, headers):
    """Return whether an answer is the same for every stranger, and says nothing against keeping it."""
    names = {name.lower(): value for name, value in headers}
    return (
        status[:3] in KEPT
        and "set-cookie" not in names
        and "cache-control" not in names
        and "cookie" not in names.get("vary", "").lower()
    )


class Rendering:
    """A page on its way, and those who wait for it."""

    def __init__(self):
        self.done = threading.Event()
        self.page = None


class Page:
    """An answer in each encoding, of one edition."""

    def __init__(self, edition, status, headers, body):
        self.edition, self.status = edition, status
        self.is_kept = may_be_kept(status, headers)
        self.headers = headers
        self.bodies = {"identity": body}
        if self.is_kept:
            self.headers = [pair for pair in headers if pair[0].lower() not in OWN_HEADERS]
            self.headers += CACHE_HEADERS
            # A browser takes them from a 304 too: a page that it has gets the policy of today.
            self.lasting = [pair for pair in self.headers if pair[0].lower() != "content-type"]
            self.digest = hashlib.blake2b(body, digest_size=12).hexdigest()
            self.compress(body)
        self.answers = {encoding: self.prepared(encoding) for encoding in self.bodies}
        self.size = sum(len(body) for body in self.bodies.values()) + 1000

    def compress(self, body):
        small = {"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body, 6, mtime=0)}
        if len(small["gzip"]) < len(body):
            # The rare reader without compression gets it unpacked again.
            self.bodies = small

    def prepared(self, encoding, body=None):
        """Return the answer in an encoding: its ETag, headers and body."""
        body = self.bodies[encoding] if body is None else body
        if not self.is_kept:
            return None, self.headers, body
        etag = f'"{self.digest}-{encoding}"'
        headers = [*self.headers, ("ETag", etag), ("Content-Length", str(len(body)))]
        if encoding != "identity":
            headers.append(("Content-Encoding", encoding))
        return etag, headers, body

    def answer(self, environ, start_response):
        prepared = self.answers.get(accepted_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        if prepared is None:
            prepared = self.answers.get("identity") or self.prepared(
                "identity", gzip.decompress(self.bodies["gzip"])
            )
        etag, headers, body = prepared
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and etag and self.status[:3] == "200" and is_known(etag, known):
            start_response("304 Not Modified", [*self.lasting, ("ETag", etag)])
            return []
        start_response(self.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class Shelf:
    """Pages by address, as many as fit; the one least recently read goes first."""

    def __init__(self, size):
        self.size, self.used = size, 0
        self.pages = OrderedDict()
        self.lock = threading.Lock()

    def get(self, path):
        page = self.pages.get(path)
        if page:
            # Each step is whole by itself, so readers need no lock; the page may just have gone.
            with contextlib.suppress(KeyError):
                self.pages.move_to_end(path)
        return page

    def put(self, path, page):
        with self.lock:
            self._take(path)
            self.pages[path] = page
            self.used += page.size + len(path)
            while self.used > self.size:
                self._take(next(iter(self.pages)))

    def _take(self, path):
        if page := self.pages.pop(path, None):
            self.used -= page.size + len(path)


class CurrentEdition:
    """The number of the edition, asked for now and then; the last one while the answer is None."""

    def __init__(self, ask):
        self.ask, self.known = ask, None
        self.asked_at = -EDITION_AGE
        self.lock = threading.Lock()

    def number(self):
        if time.monotonic() - self.asked_at < EDITION_AGE:
            return self.known
        if self.lock.acquire(timeout=PATIENCE):
            try:
                # Somebody else may have asked while this one waited.
                if time.monotonic() - self.asked_at >= EDITION_AGE:
                    self._ask()
            finally:
                self.lock.release()
        else:
            # Whoever comes next need not wait as long.
            self.asked_at = time.monotonic()
        return self.known

    def _ask(self):
        # The age counts from before the question: the answer may be as old as that.
        asked_at = time.monotonic()
        number = self.ask()
        if number is not None:
            self.known = number
        self.asked_at = asked_at


# Browsers send a handful of different headers, again and again.
@functools.lru_cache(maxsize=256)
def accepted_encoding(header):
    """Return the best encoding that an Accept-Encoding header takes (RFC 9110, 12.5.3)."""
    offers = [offer.partition(";") for offer in header.lower().replace(" ", "").split(",")]
    refused = {
        name for name, _, weight in offers if weight in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    }
    taken = {name for name, _, _ in offers} - refused
    return next((encoding for encoding in ("br", "gzip") if encoding in taken), "identity")


def is_known(etag, header):
    """Return whether an If-None-Match header names this ETag (weak comparison, RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return etag in tags or tags == ["*"]


@functools.lru_cache(maxsize=256)
def is_own_host(host):
    """Return whether Django would take this Host header; it answers the others itself."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
