"""The web server's processes: python -m homepage.server HOST PORT. Started by `manage.py serve`.

Nothing of the site is imported here. A worker imports it when it starts, so a reload (SIGHUP), which
lets the old workers finish what they began, brings new code.
"""

import os
import signal
import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces

# More than a few need more memory than they save time: most answers come from memory.
WORKERS = min(4, os.cpu_count() or 1)


def serve(host, port):
    """Serve the site until interrupted."""
    os.register_at_fork(after_in_child=leave_signals_to_the_parent)
    Granian(
        "homepage.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        # Where it had to find out the version first, a reload would drop whoever has just come in.
        http=HTTPModes.http1,
        workers=WORKERS,
        # As many pages at once as a small machine renders well; the others wait.
        blocking_threads=4,
        backpressure=64,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level="warning",
    ).serve()


def leave_signals_to_the_parent():
    """Let a worker stop when its parent says so, and only then."""
    # Ctrl-C reaches the workers too, and stopped twice at once they may never end.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    # Until a worker listens by itself, it would take the parent's word for the parent's affair.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
