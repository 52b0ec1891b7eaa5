"""Requests one after the other, over connections that are kept or new each time."""

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

GZIP = {"Accept-Encoding": "gzip"}


class Connection:
    """A kept connection to a server on this machine."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def get(self, path, **headers):
        """Return the answer and its body; an answer that is cut off is an OSError like the others."""
        try:
            self.http.request("GET", path, headers=headers)
            answer = self.http.getresponse()
            return answer, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error

    def close(self):
        self.http.close()


def get(port, path, **headers):
    """Return answer and body over a connection of their own."""
    connection = Connection(port)
    try:
        return connection.get(path, **headers)
    finally:
        connection.close()


def seconds(port, paths, **headers):
    """Return how long each page takes, one after the other over one kept connection."""
    connection = Connection(port)
    connection.get(paths[0], **headers)
    taken = []
    for path in paths:
        start = time.perf_counter()
        answer, _ = connection.get(path, **headers)
        taken.append(time.perf_counter() - start)
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
    connection.close()
    return taken


def visit(port, paths):
    """Read pages over a new connection each, eight at once, compressed as browsers ask for them."""
    pool = ThreadPoolExecutor(8)
    try:
        answers = pool.map(lambda path: get(port, path, **GZIP), paths)
        for path, (answer, _) in zip(paths, answers, strict=True):
            if answer.status != 200:
                raise RuntimeError(f"{path} answers {answer.status}")
    finally:
        # Ctrl-C ends what has not begun.
        pool.shutdown(cancel_futures=True)


def p50(times):
    return statistics.median(times)


def p95(times):
    return statistics.quantiles(times, n=20)[-1]
