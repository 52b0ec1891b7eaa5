"""What readers notice of it when something fails: the database, a worker, a reload."""

import os
import signal

from benchmarks import databases, filling
from benchmarks.forwarder import forwarding
from benchmarks.load import get, visit
from benchmarks.memory import TIMES_READ
from benchmarks.processes import workers
from benchmarks.servers import nginx_before, serving
from benchmarks.table import Line
from benchmarks.traffic import Traffic

PATHS = [filling.month_address(*each) for each in filling.STEADY]
STOPPED_SECONDS, HANGING_SECONDS = 30, 10
# Granian waits 3.5 s for each new worker before it ends the old one.
RELOAD_SECONDS = 4.5
RESPAWN_SECONDS = 4


def database_away(folder):
    """Stop the database under load, then let it hang, and read on what was read before."""
    with databases.postgresql() as address:
        filling.fill(filling.USUAL_POSTS)
        with forwarding(address) as door, serving(folder, door.address) as (_, port):
            visit(port, PATHS * TIMES_READ)
            stopped, hanging = Traffic(port, PATHS), Traffic(port, PATHS)
            stopped.during(lambda: shut(door, port), STOPPED_SECONDS, door.open)
            yield no_failure(f"database stopped for {STOPPED_SECONDS} s", stopped)
            hanging.during(door.hold, HANGING_SECONDS, door.let_pass)
            yield no_failure(f"database hanging for {HANGING_SECONDS} s", hanging)


def no_failure(what, traffic, reference="-"):
    is_reached = not traffic.failures
    return Line(what, str(traffic), reference, must="0 failed", is_reached=is_reached)


def shut(door, port):
    door.shut()
    if get(port, PATHS[0], Cookie="bench=1")[0].status < 500:
        raise RuntimeError("the site still reaches its database")


def worker_lost(folder, database_url):
    """Kill a worker, then let all be replaced, directly and behind nginx, each time under load."""
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
        directly = reloaded(process, port)
        with nginx_before(folder, port) as nginx_port:
            behind = reloaded(process, nginx_port)
        yield no_failure(
            "reload (SIGHUP), behind nginx as deployed", behind, f"directly {directly}"
        )


def reloaded(process, port):
    before = workers(process.pid)
    traffic = Traffic(port, PATHS)
    traffic.during(lambda: process.send_signal(signal.SIGHUP), RELOAD_SECONDS * len(before))
    if set(before) & set(workers(process.pid)):
        raise RuntimeError("a worker was not replaced")
    return traffic
