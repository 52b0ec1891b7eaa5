import sqlite3
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from blog.exchange.backup import BackupError, back_up
from homepage.log.models import Action, record


class Command(BaseCommand):
    help = "Writes database, pictures and secret key into one new file in a folder; keeps the newest 14."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="置く場所のフォルダー")

    def handle(self, **options):
        try:
            path = back_up(options["folder"])
        except (BackupError, DatabaseError, sqlite3.Error, OSError) as error:
            raise CommandError(f"バックアップできませんでした: {error}") from error
        record(Action.EXPORTED, f"バックアップ {path.name}")
        self.stdout.write(f"{path} に保存しました。")
