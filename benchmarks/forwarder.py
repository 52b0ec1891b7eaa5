"""A door in front of PostgreSQL that can be shut, or held, so that the machine's own goes on for others."""

import asyncio
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from benchmarks.servers import free_port


@contextmanager
def forwarding(address):
    """Lend a door to the database at this address."""
    door = Door(address)
    door.open()
    try:
        yield door
    finally:
        door.shut()
        door.end()


class Door:
    def __init__(self, address):
        url = urlsplit(address)
        self.host, self.database_port = url.hostname, url.port or 5432
        self.port = free_port()
        user = url.netloc.rpartition("@")[0]
        self.address = url._replace(netloc=f"{user}@127.0.0.1:{self.port}").geturl()
        self.writers = set()
        self.passes = asyncio.Event()
        self.passes.set()
        # A loop of its own: the site needs its database while this process waits for the site.
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def open(self):
        self.run(self._open())

    def shut(self):
        """Cut every connection, and refuse new ones."""
        self.run(self._shut())

    def hold(self):
        """Let nothing pass, and leave whoever waits without an answer."""
        self.loop.call_soon_threadsafe(self.passes.clear)

    def let_pass(self):
        self.loop.call_soon_threadsafe(self.passes.set)

    def end(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    async def _open(self):
        self.server = await asyncio.start_server(self.forward, "127.0.0.1", self.port)

    async def _shut(self):
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        # The coroutines that were forwarding see it now.
        await asyncio.sleep(0.1)

    async def forward(self, reader, writer):
        database_reader, database_writer = await asyncio.open_connection(
            self.host, self.database_port
        )
        both = {writer, database_writer}
        self.writers |= both
        await asyncio.gather(self.copy(reader, database_writer), self.copy(database_reader, writer))
        self.writers -= both

    async def copy(self, reader, writer):
        with suppress(OSError):
            while chunk := await reader.read(65536):
                await self.passes.wait()
                writer.write(chunk)
                await writer.drain()
        writer.close()
