"""Readers who go on asking while something happens to the server, and every request that failed."""

import asyncio
import itertools
from collections import Counter

KEPT, NEW = 8, 8
# Between the requests of one reader; they are many, and the machine is shared with the server.
PAUSE = 0.01
FAILURES = (OSError, asyncio.IncompleteReadError, TimeoutError)


class Traffic:
    """Eight readers with a connection that they keep, and eight with a new one for each request."""

    connections = KEPT + NEW

    def __init__(self, port, paths):
        self.port = port
        self.paths = itertools.cycle(paths)
        self.requests, self.asked_again, self.failures = 0, 0, Counter()

    def during(self, event, seconds, afterwards=lambda: None):
        """Let them read from two seconds before an event until so many after it, and after its end."""
        asyncio.run(self._during(event, seconds, afterwards))

    async def _during(self, event, seconds, afterwards):
        self.is_over = False
        readers = [
            asyncio.create_task(self.read(is_kept)) for is_kept in [True] * KEPT + [False] * NEW
        ]
        try:
            await asyncio.sleep(2)
            await asyncio.to_thread(event)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(afterwards)
            await asyncio.sleep(2)
        finally:
            self.is_over = True
        await asyncio.gather(*readers)

    async def read(self, is_kept):
        streams = None
        while not self.is_over:
            self.requests += 1
            try:
                async with asyncio.timeout(10):
                    streams = await self.ask(streams)
            except FAILURES:
                self.failures["kept" if is_kept else "new"] += 1
                streams = None
            if streams and not is_kept:
                streams[1].close()
                streams = None
            await asyncio.sleep(PAUSE)

    async def ask(self, streams):
        """Read a page to its end, as a browser would; return the connection if it stays open."""
        path = next(self.paths)
        if streams and not streams[0].at_eof():
            try:
                return await self.answered(*streams, path)
            except Unanswered:
                # It was closed as the request left. Every client asks anew (RFC 9112, 9.3.1).
                self.asked_again += 1
        return await self.answered(*await asyncio.open_connection("127.0.0.1", self.port), path)

    async def answered(self, reader, writer, path):
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise
            raise Unanswered from error
        except ConnectionError as error:
            raise Unanswered from error
        status, *lines = head.decode("latin-1").lower().strip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        await reader.readexactly(int(headers["content-length"]))
        if status.split()[1] != "200":
            self.failures[f"with {status.split()[1]}"] += 1
        if headers.get("connection") == "close":
            writer.close()
            return None
        return reader, writer

    def __str__(self):
        causes = ", ".join(f"{count} {name}" for name, count in self.failures.items())
        failed = f"{self.failures.total()} of {self.requests:,} failed"
        again = f", {self.asked_again} asked again" if self.asked_again else ""
        return failed + (f" ({causes})" if causes else "") + again


class Unanswered(ConnectionError):
    """A connection that ended before the first byte of an answer."""
