"""A site served by its own processes, for tests that a test client cannot make."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psycopg
from django.conf import settings
from psycopg import sql

# How a connection ends that is closed without an answer; RemoteDisconnected is of the first kind.
CLOSED = (ConnectionResetError, BrokenPipeError)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class ServedSite:
    """`manage.py serve` on a database of its own, of the kind that the tests run on."""

    def __init__(self, data_dir, **environment):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        own = {"DATA_DIR": str(data_dir), "PORT": str(self.port)}
        self.environment = os.environ | own | environment
        self.database = None
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
            self._create_postgresql_database()
        self.manage("migrate", "--verbosity=0")
        self.manage("load_sample", "--verbosity=0")
        self.manage("collectstatic", "--no-input", "--verbosity=0")

    def manage(self, *arguments):
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def shell(self, code):
        """Run code in a process of its own, as another machine would; return what it printed."""
        return self.manage("shell", "--verbosity=0", "--command", code)

    def start(self, folder=settings.BASE_DIR):
        self.process = subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", "serve"],
            cwd=folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait()

    def wait(self):
        """Wait until a worker answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                return self.get("/healthz")
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the site does not start")

    def get(self, path, **headers):
        return urllib.request.urlopen(
            urllib.request.Request(self.address + path, headers=headers), timeout=60
        )

    def read(self, path):
        """Return the page. A connection closed without an answer is tried again, as by the proxies
        in deploy/: a worker that stops may close one that it has just taken and not yet read."""
        try:
            with self.get(path) as response:
                return response.read().decode()
        except OSError as error:
            # While the request is sent it is the reason of another error.
            if not isinstance(getattr(error, "reason", error), CLOSED):
                raise
            with self.get(path) as response:
                return response.read().decode()

    def workers(self):
        """Return the process numbers of the workers."""
        found = subprocess.run(
            ["pgrep", "--parent", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(number) for number in found.stdout.split()]

    def lose_connections(self):
        """Close what is open to the database, as its restart does; a file has nothing to close."""
        if self.database:
            self._on_postgresql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {name}"
            )

    def stop(self):
        if hasattr(self, "process"):
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=60)
        if self.database:
            self._on_postgresql("DROP DATABASE {} WITH (FORCE)")

    def _create_postgresql_database(self):
        self.database = f"served_{self.port}"
        self._on_postgresql("CREATE DATABASE {}")
        server = settings.DATABASES["default"]
        self.environment["DATABASE_URL"] = (
            f"postgres://{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT'] or 5432}/{self.database}"
        )

    def _on_postgresql(self, statement):
        server = settings.DATABASES["default"]
        with psycopg.connect(
            host=server["HOST"], port=server["PORT"] or 5432, user=server["USER"],
            password=server["PASSWORD"], dbname="postgres", autocommit=True,
        ) as connection:  # fmt: skip
            connection.execute(
                sql.SQL(statement).format(
                    sql.Identifier(self.database), name=sql.Literal(self.database)
                )
            )
