"""How long it takes until every process shows what was published."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks import databases, filling
from benchmarks.load import get
from benchmarks.servers import serving
from benchmarks.table import Line
from blog.models import Post

TIMES = 5
# So many new answers on end, over new connections, can hardly all come from one worker.
ON_END = 20


def on_postgresql(folder):
    with databases.postgresql() as address:
        filling.fill(filling.USUAL_POSTS)
        yield seen(folder, address, "PostgreSQL, 2 servers", servers=2)


def on_sqlite(folder, database_url):
    databases.use(database_url)
    yield seen(folder, database_url, "SQLite, 1 server", servers=1)


def seen(folder, database_url, where, servers):
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(folder, database_url))[1] for _ in range(servers)]
        worst = max(publish(ports, f"速報{number}") for number in range(TIMES))
    return Line(
        f"publish seen by all, {where}",
        f"{worst:.2f} s, the worst of {TIMES}",
        must="<= 1.2 s",
        is_reached=worst <= 1.2,
    )


def publish(ports, title):
    """Return the seconds from the end of publishing until all workers show it on the front page."""
    with ThreadPoolExecutor(len(ports)) as pool:
        # Readers ask before it too, so that the workers have just looked for the edition, or not.
        readers = [pool.submit(moment_seen, port, title.encode()) for port in ports]
        time.sleep(0.1 + random.random())
        Post.objects.create(title=title, body=filling.BODY, status=Post.Status.PUBLISHED)
        published = time.monotonic()
        return max(reader.result() for reader in readers) - published


def moment_seen(port, title):
    """Return the moment from which on every answer had the title."""
    deadline = time.monotonic() + 5
    first, count = None, 0
    while time.monotonic() < deadline:
        if title not in get(port, "/")[1]:
            first, count = None, 0
            continue
        first = first or time.monotonic()
        count += 1
        if count == ON_END:
            return first
    raise RuntimeError(f"port {port} still shows the older edition")
