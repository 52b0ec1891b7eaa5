"""A whole site in one file: its database, pictures and secret key, laid out as in DATA_DIR."""

import os
import re
import sqlite3
import subprocess
import tarfile
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

KEPT = 14
NAME = re.compile(r"site-\d{8}-\d{6}\.tar\.gz")


class BackupError(Exception):
    """Says why there is no backup."""


def back_up(folder):
    """Write a new backup into the folder, remove its oldest ones, and return the new one's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / timezone.localtime().strftime("site-%Y%m%d-%H%M%S.tar.gz")
    with TemporaryDirectory(prefix=".backup-", dir=folder) as workshop:
        draft = Path(workshop, path.name)
        with draft.open("wb") as file:
            _write(file, Path(workshop))
            file.flush()
            os.fsync(file.fileno())
        # Whoever copies backups to another machine never takes half of one.
        draft.rename(path)
    for old in _backups(folder)[:-KEPT]:
        old.unlink()
    return path


def _backups(folder):
    """Return the folder's backups, oldest first: Tokyo has no summer time, so names sort by time."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))


def _write(file, workshop):
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        # The database first: a picture that comes later is one too many, never one too few.
        database = _copy_database(workshop)
        archive.add(database, database.name)
        secret_key = settings.DATA_DIR / "secret_key"
        if secret_key.is_file():
            archive.add(secret_key, secret_key.name)
        for name in _pictures():
            # It may be deleted while the others are copied.
            with suppress(FileNotFoundError), default_storage.open(name) as picture:
                entry = tarfile.TarInfo(f"media/{name}")
                entry.size, entry.mode = picture.size, 0o600
                entry.mtime = default_storage.get_modified_time(name).timestamp()
                archive.addfile(entry, picture)


def _pictures(folder=""):
    """Return the names of all pictures, wherever they are kept."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield os.path.join(folder, name)
    for name in sorted(folders):
        yield from _pictures(os.path.join(folder, name))


def _copy_database(folder):
    """Copy the database, as it is at one moment, into the folder; return the copy's path."""
    if connection.vendor == "postgresql":
        return _dump_postgresql(folder / "site.pgdump")
    return _copy_sqlite(folder / "site.sqlite3")


def _copy_sqlite(path):
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        # Copies of a damaged database would push out the last good one.
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupError("データベースのファイルが壊れています。")
    return path


def _dump_postgresql(path):
    # Django knows how to hand its settings to PostgreSQL's programs; the password is not an argument.
    (_, *arguments), environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    result = subprocess.run(
        ["pg_dump", "--no-password", "--format=custom", f"--file={path}", *arguments],
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise BackupError(" ".join(result.stderr.split()))
    return path
