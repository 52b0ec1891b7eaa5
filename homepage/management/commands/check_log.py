from django.core.management.base import BaseCommand, CommandError

from homepage.log.checking import check
from homepage.log.models import LogHead


class Command(BaseCommand):
    help = (
        "Proves that no entry of the log was changed or removed, and prints its head to note down."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--noted", help="前に控えた印(番号:印)。そのときの記録が残っているかも調べます。"
        )

    def handle(self, noted, **options):
        if faults := check(noted):
            raise CommandError("\n".join(faults))
        head = LogHead.objects.first() or LogHead()
        self.stdout.write(f"{head.number}件の記録は、書き換えられていません。印: {head}")
