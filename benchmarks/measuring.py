"""All measurements, in the order of the table."""

from django.core.management import call_command

from benchmarks import (
    databases,
    desk,
    failures,
    filling,
    freshness,
    lighthouse,
    memory,
    photos,
    search,
    speed,
)
from benchmarks.table import Table


def measure_all(folder, posts):
    """Print the table; return 1 where a figure could not be measured, else 0."""
    call_command("collectstatic", interactive=False, verbosity=0)
    site = databases.sqlite(folder, "site")
    filling.fill(posts)
    table = Table()
    table.add("month page from memory, 304", speed.from_memory, folder, site)
    table.add("rendered anew", speed.rendered_anew, folder, site, posts)
    table.add("publish seen by all, PostgreSQL", freshness.on_postgresql, folder)
    table.add("memory, junk query strings", memory.all_read, folder, site)
    table.add("database away", failures.database_away, folder)
    table.add("worker killed, reload", failures.worker_lost, folder, site)
    # Last, because they change reports.
    table.add("publish seen by all, SQLite", freshness.on_sqlite, folder, site)
    table.add("writing desk", desk.writing, folder, site)
    table.add("photos", photos.from_phone, folder, site)
    table.add("Lighthouse", lighthouse.of_public_pages, folder)
    table.add("search, SQLite", search.on_sqlite, folder)
    table.add("search, PostgreSQL", search.on_postgresql, folder)
    return int(table.has_failed)
