"""The promises of the edition, kept by real processes: nothing stale, nothing lost, nobody dropped."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.serving import ServedSite

PUBLISH = """
from blog.models import Post
from django.utils import timezone
Post.objects.create(title={title!r}, body="本文", status="published", published_at=timezone.now())
import time
print(time.time())
"""


@pytest.fixture
def site(tmp_path):
    site = ServedSite(tmp_path / "var")
    yield site
    site.stop()


class Readers:
    """Threads that read the front page without pause, each time over a new connection."""

    def __init__(self, site, count=4):
        self.site, self.is_over = site, False
        self.answers, self.failures = [], []
        self.threads = [threading.Thread(target=self.read) for _ in range(count)]

    def read(self):
        while not self.is_over:
            asked_at = time.time()
            try:
                self.answers.append((asked_at, self.site.read("/")))
            except OSError as error:
                self.failures.append(error)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        self.is_over = True
        for thread in self.threads:
            thread.join(timeout=120)

    def wait_for(self, is_enough):
        deadline = time.monotonic() + 120
        seen = 0
        while time.monotonic() < deadline:
            answers = self.answers[seen:]
            seen += len(answers)
            if any(is_enough(asked_at, html) for asked_at, html in answers):
                return
            # The readers, and the site, need the processors.
            time.sleep(0.02)
        raise AssertionError("the readers never got what they waited for")


def test_nobody_reads_an_older_edition_a_second_after_a_publish(site):
    site.start()

    published = {}
    with Readers(site) as readers:
        for number in range(3):
            title = f"{number}番目の新しい報告"
            acknowledged_at = float(site.shell(PUBLISH.format(title=title)))
            published[title] = acknowledged_at
            readers.wait_for(lambda asked_at, html, since=acknowledged_at: asked_at > since + 1.5)

    assert readers.failures == []
    for title, acknowledged_at in published.items():
        late = [html for asked_at, html in readers.answers if asked_at > acknowledged_at + 1]
        assert late
        assert all(title in html for html in late)


def test_nobody_notices_that_the_database_was_restarted(site):
    site.start()
    for _ in range(40):
        site.get("/healthz")

    site.lose_connections()

    assert {site.get("/healthz").status for _ in range(40)} == {200}


def test_it_can_be_started_from_any_folder(site, tmp_path):
    site.shell("from homepage.models import Profile; Profile.objects.update(given_name='遠子')")
    site.environment["DATA_DIR"] = "var"

    site.start(folder=tmp_path)

    assert "遠子" in site.read("/")


def test_a_page_is_answered_from_memory(site):
    site.start()

    first = site.get("/2024/08/", **{"Accept-Encoding": "br"})

    assert first.headers["Content-Encoding"] == "br"
    assert first.headers["ETag"].endswith('-br"')


def test_processes_that_publish_at_once_lose_no_edition(site):
    ask = "from homepage import edition; print(edition.current())"
    before = int(site.shell(ask))
    many = "from blog.models import Post\nprint(flush=True)\ninput()\nfor _ in range(20):\n    Post.objects.create(body='本文', status='published')"

    writers = [
        subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", many],
            cwd=settings.BASE_DIR,
            env=site.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for writer in writers:
        writer.stdout.readline()
    for writer in writers:
        writer.stdin.write(b"\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]

    assert int(site.shell(ask)) == before + 60


def test_a_reload_drops_no_request_and_brings_new_workers(site):
    site.start()
    old = site.workers()

    with Readers(site) as readers:
        readers.wait_for(lambda asked_at, html: True)
        os.kill(site.process.pid, signal.SIGHUP)
        deadline = time.monotonic() + 60
        while set(old) & set(site.workers()):
            assert time.monotonic() < deadline, "the old workers never went"
            time.sleep(0.05)
        reloaded_at = time.time()
        readers.wait_for(lambda asked_at, html: asked_at > reloaded_at)

    assert readers.failures == []
    assert len(site.workers()) == len(old)


def test_an_interrupt_that_reaches_a_worker_is_its_parents_affair(site):
    site.start()

    for worker in site.workers():
        status = Path(f"/proc/{worker}/status").read_text()
        (blocked,) = re.findall(r"^SigBlk:\s*(\w+)$", status, re.MULTILINE)
        assert int(blocked, 16) & 1 << signal.SIGINT - 1


def test_a_worker_that_is_killed_comes_back(site):
    site.start()
    old = site.workers()

    os.kill(old[0], signal.SIGKILL)

    deadline = time.monotonic() + 60
    while old[0] in site.workers() or len(site.workers()) < len(old):
        assert time.monotonic() < deadline, "no worker came in its place"
        time.sleep(0.05)
    # The other one may not have been listening either.
    site.wait()
    assert "見本 花子" in site.read("/")
