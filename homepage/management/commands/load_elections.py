import tomllib
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from homepage.elections import models
from homepage.log.models import Action, record, subject_of

EXAMPLE = Path(models.__file__).with_name("unified_2027.toml")


class Command(BaseCommand):
    help = "Puts the elections of a file into the calendar, each to be confirmed; without one, the next unified local elections."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=EXAMPLE)

    def handle(self, file, **options):
        try:
            listed = tomllib.loads(file.read_text(encoding="utf-8"))["elections"]
            with transaction.atomic():
                loaded = [self.load(**each) for each in listed if self.is_new(**each)]
        except OSError as error:
            raise CommandError(f"{file} を読めません: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(
                f"{file} は選挙のファイルではありません。{EXAMPLE.name} と同じ形にしてください。"
            ) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(
            f"{len(loaded)}件の選挙を入れました。日程は、選挙管理委員会にご確認ください。"
        )

    def is_new(self, name, polling_on, **_):
        return not models.Election.objects.filter(name=name, polling_on=polling_on).exists()

    def load(self, name, announced_on, polling_on):
        election = models.Election(name=name, announced_on=announced_on, polling_on=polling_on)
        election.full_clean()
        election.save()
        record(Action.SETTINGS, subject_of(election))
        return election
