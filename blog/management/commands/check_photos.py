from django.core.management.base import BaseCommand, CommandError

from blog.photos.checking import faults
from blog.photos.models import Photo


class Command(BaseCommand):
    help = (
        "Checks that every photo is complete, readable and without traces; a line for each fault."
    )

    def handle(self, **options):
        count = 0
        for fault in faults():
            self.stdout.write(fault)
            count += 1
        if count:
            raise CommandError(f"{count}件の問題が見つかりました。")
        self.stdout.write(f"写真{Photo.objects.count()}枚に問題はありません。")
