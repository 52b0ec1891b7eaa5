"""What readers notice of it when something fails: the database, a worker, a reload."""

import os
import signal

from benchmarks import databases, filling
from benchmarks.forwarder import forwarding
from benchmarks.load import get, visit
from benchmarks.processes import workers
from benchmarks.servers import serving
from benchmarks.table import Line
from benchmarks.traffic import Traffic

PATHS = [filling.month_address(*each) for each in filling.MONTHS]
STOPPED_SECONDS = 30
# Granian waits 3.5 s for each new worker before it ends the old one.
RELOAD_SECONDS = 4.5
RESPAWN_SECONDS = 4
# Over new connections, so that every worker has every page.
TIMES_READ = 6


def database_stopped(folder, posts):
    with databases.postgresql() as address:
        filling.fill(filling.even(posts))
        with forwarding(address) as door, serving(folder, door.address) as (_, port):
            visit(port, PATHS * TIMES_READ)
            traffic = Traffic(port, PATHS)
            traffic.during(lambda: shut(door, port), STOPPED_SECONDS, door.open)
    yield Line(
        f"database stopped for {STOPPED_SECONDS} s",
        str(traffic),
        must="0 failed reads",
        is_reached=not traffic.failures,
    )


def shut(door, port):
    door.shut()
    if get(port, PATHS[0], Cookie="bench=1")[0].status < 500:
        raise RuntimeError("the site still reaches its database")


def worker_lost(folder, database_url):
    """Kill a worker, then let all be replaced, each time under load."""
    with serving(folder, database_url) as (process, port):
        visit(port, PATHS * 2)
        killed = Traffic(port, PATHS)
        worker = workers(process.pid)[0]
        killed.during(lambda: os.kill(worker, signal.SIGKILL), RESPAWN_SECONDS)
        yield Line(
            f"worker killed, {killed.connections} connections",
            str(killed),
            must=f"<= {killed.connections}, in flight",
            is_reached=killed.failures.total() + killed.asked_again <= killed.connections,
        )
        before = workers(process.pid)
        reloaded = Traffic(port, PATHS)
        reloaded.during(lambda: process.send_signal(signal.SIGHUP), RELOAD_SECONDS * len(before))
        if set(before) & set(workers(process.pid)):
            raise RuntimeError("a worker was not replaced")
        yield Line(
            "reload (SIGHUP)",
            str(reloaded),
            must="0 failed requests",
            is_reached=not reloaded.failures,
        )
