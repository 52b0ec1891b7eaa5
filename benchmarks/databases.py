"""Databases made for one run."""

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from benchmarks.table import NotInstalled
from homepage import settings

POSTGRESQL = "postgres://postgres@127.0.0.1/postgres"


def sqlite(folder, name):
    """Return the address of a new database with the site's tables."""
    return prepared(f"sqlite:///{Path(folder) / name}.sqlite3")


@contextmanager
def postgresql():
    """Lend the address of a new database with the site's tables, and drop it in the end."""
    address = os.environ.get("BENCH_DATABASE_URL") or POSTGRESQL
    name = f"bench_{secrets.token_hex(8)}"
    try:
        server = psycopg.connect(address, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise NotInstalled("no PostgreSQL answers") from error
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield prepared(urlsplit(address)._replace(path=f"/{name}").geturl())
        finally:
            connection.close()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def prepared(address):
    use(address)
    call_command("migrate", verbosity=0)
    return address


def use(address):
    """Turn the models of this process to another database, as the server's environment would."""
    connection.close()
    os.environ["DATABASE_URL"] = address
    config = settings.database("DATABASE_URL", default=None)
    connections.settings = connections.configure_settings({"default": config})
    del connections["default"]
