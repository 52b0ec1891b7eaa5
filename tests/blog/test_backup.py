"""`manage.py backup` as the timer runs it, on the database that the tests use, and the way back."""

import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import closing
from datetime import datetime
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from tests.deploy.programs import find
from tests.factories import create_roles

pytestmark = pytest.mark.django_db(transaction=True)
PHOTO = "media/photos/駅前.jpg"


class Site:
    """A site in a folder of its own; on PostgreSQL, in the database of the tests."""

    def __init__(self, data_dir, database=None):
        self.data_dir = data_dir
        self.database = database or connection.settings_dict["NAME"]
        self.environment = os.environ | {"DATA_DIR": str(data_dir)}
        self.environment.pop("DATABASE_URL", None)
        if connection.vendor == "postgresql":
            parts = connection.settings_dict
            user, password, host = (
                quote(parts[part], safe="") for part in ("USER", "PASSWORD", "HOST")
            )
            self.environment["DATABASE_URL"] = (
                f"postgres://{user}:{password}@{host}:{parts['PORT'] or 5432}/{self.database}"
            )

    def manage(self, *arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=django_settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def connect(self):
        if connection.vendor == "postgresql":
            import psycopg

            return psycopg.connect(self.environment["DATABASE_URL"])
        return sqlite3.connect(self.data_dir / "site.sqlite3", timeout=20)

    def content(self):
        """Return all that the database holds, as text, less the log, which tells of the backup after it."""
        log = ["--exclude=homepage.logentry", "--exclude=homepage.loghead"]
        result = self.manage("dumpdata", "--natural-foreign", "--natural-primary", *log)
        assert result.returncode == 0, result.stderr
        return result.stdout


@pytest.fixture
def site(tmp_path):
    if connection.vendor == "postgresql":
        find("pg_dump", "postgresql-client")
    site = Site(tmp_path / "var")
    site.manage("migrate", "--verbosity=0")
    # On PostgreSQL it is the database of the tests, which another one may have emptied.
    create_roles()
    result = site.manage("load_sample")
    assert "見本のサイトを用意しました" in result.stdout, result.stderr
    photo = site.data_dir / PHOTO
    photo.parent.mkdir(parents=True, exist_ok=True)
    photo.write_bytes(b"a photo of the station")
    return site


@pytest.fixture
def empty_database(site):
    """A database beside that of the tests, for a restored site."""
    if connection.vendor != "postgresql":
        yield None
        return
    name = f"{site.database}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def back_up(site, folder):
    """Return the new backup in the folder."""
    result = site.manage("backup", folder)
    assert result.returncode == 0, result.stderr
    return max(folder.glob("site-2*.gz"))


def restore(backup, folder, database):
    """Do what docs/server.md says; return the restored site."""
    folder.mkdir()
    subprocess.run(["tar", "-xzf", backup, "-C", folder], check=True)
    site = Site(folder, database)
    if connection.vendor == "postgresql":
        address = f"--dbname={site.environment['DATABASE_URL']}"
        dump = folder / "site.pgdump"
        subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", address, dump], check=True)
    return site


def test_a_backup_is_one_file_for_its_owner_named_by_the_time_in_tokyo(site, tmp_path):
    before = int(time.time())

    result = site.manage("backup", tmp_path / "backups")

    (backup,) = (tmp_path / "backups").iterdir()
    written_at = datetime.strptime(f"{backup.name} +0900", "site-%Y%m%d-%H%M%S.tar.gz %z")
    assert before <= written_at.timestamp() <= time.time()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert result.stdout == f"{backup} に保存しました。\n"
    with tarfile.open(backup) as archive:
        names = archive.getnames()
        assert {entry.mode for entry in archive} == {0o600}
    database = "site.pgdump" if connection.vendor == "postgresql" else "site.sqlite3"
    assert names[:2] == [database, "secret_key"]
    assert PHOTO in names
    assert all(name.startswith("media/") for name in names[2:])


def test_a_restored_site_is_the_same_site(site, tmp_path, empty_database):
    backup = back_up(site, tmp_path / "backups")

    restored = restore(backup, tmp_path / "restored", empty_database)

    assert restored.manage("migrate", "--check").returncode == 0
    assert restored.content() == site.content()
    assert "見本" in restored.content()
    for name in ("secret_key", PHOTO):
        assert (restored.data_dir / name).read_bytes() == (site.data_dir / name).read_bytes()


def test_what_was_written_just_now_is_in_the_backup(site, tmp_path, empty_database):
    with closing(site.connect()) as writer:
        writer.execute("UPDATE blog_post SET title = 'いま書いた題名'")
        writer.commit()
        backup = back_up(site, tmp_path / "backups")

    restored = restore(backup, tmp_path / "restored", empty_database)

    assert "いま書いた題名" in restored.content()


def test_a_backup_is_of_one_moment_while_others_write(site, tmp_path, empty_database):
    with closing(site.connect()) as writer:
        writer.execute("CREATE TABLE one (n integer)")
        writer.execute("CREATE TABLE two (n integer, text text)")
        writer.commit()
    begun, done = threading.Event(), threading.Event()

    def write():
        """Write to both tables in one transaction, again and again."""
        with closing(site.connect()) as writer:
            for number in range(1_000_000):
                writer.execute(f"INSERT INTO one VALUES ({number})")
                writer.execute(f"INSERT INTO two VALUES ({number}, '{'a' * 2000}')")
                writer.commit()
                if number > 10:
                    begun.set()
                if done.is_set():
                    return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert begun.wait(timeout=60)
        backups = tmp_path / "backups"
        for _ in range(3):
            backup = back_up(site, backups)
    finally:
        done.set()
        thread.join()

    restored = restore(backup, tmp_path / "restored", empty_database)
    with closing(restored.connect()) as reader:
        count = "SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM two)"
        one, two = reader.execute(count).fetchone()
    assert one == two > 10
    with closing(site.connect()) as writer:
        assert writer.execute(count).fetchone()[0] > one
        writer.execute("DROP TABLE one")
        writer.execute("DROP TABLE two")
        writer.commit()


def test_the_newest_fourteen_are_kept_and_other_files_are_left_alone(site, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    old = [f"site-202401{day:02}-030000.tar.gz" for day in range(1, 21)]
    others = ["notes.txt", "site-before-election.tar.gz", "site-20240101-030000.tar.gz.asc"]
    for name in [*old, *others]:
        (folder / name).touch()

    back_up(site, folder)

    left = {path.name for path in folder.iterdir()}
    assert left >= {*old[-13:], *others}
    assert len(left) == 14 + len(others)


def test_a_site_without_pictures_has_a_backup_too(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    call_command("backup", tmp_path / "backups")

    (backup,) = (tmp_path / "backups").iterdir()
    with tarfile.open(backup) as archive:
        assert len(archive.getnames()) == 1  # the database


def test_a_picture_that_is_deleted_meanwhile_does_not_matter(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    for name in ("secret_key", "media/left.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    # There when the folder is listed, gone when it is read.
    (tmp_path / "media/gone.jpg").symlink_to("nowhere")
    monkeypatch.setattr("pathlib.Path.is_file", lambda path: True)

    call_command("backup", tmp_path / "backups")

    with tarfile.open(max((tmp_path / "backups").iterdir())) as archive:
        assert archive.getnames()[2:] == ["media/left.jpg"]


def test_a_failure_says_so_and_leaves_nothing(site, tmp_path):
    if connection.vendor == "postgresql":
        # It fails with half of the work done.
        program = tmp_path / "bin/pg_dump"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\n{find("pg_dump", "postgresql-client")} "$@"\necho broken off >&2\nexit 1\n'
        )
        program.chmod(0o700)
        site.environment["PATH"] = f"{program.parent}:{os.environ['PATH']}"
    else:
        database = site.data_dir / "site.sqlite3"
        content = database.read_bytes()
        # From its second page on, whatever lies there.
        database.write_bytes(content[:16384] + b"damaged" * 7000 + content[65384:])
    folder = tmp_path / "backups"

    result = site.manage("backup", folder)

    assert result.returncode == 1
    assert "バックアップできませんでした: " in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(folder.iterdir())


def test_a_full_disk_leaves_the_backups_that_are_there(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").touch()
    before = tmp_path / "backups/site-20240101-030000.tar.gz"
    before.parent.mkdir()
    before.touch()

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(CommandError, match="バックアップできませんでした"):
        call_command("backup", before.parent)

    assert list(before.parent.iterdir()) == [before]
