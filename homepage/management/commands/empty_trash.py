from django.core.management.base import BaseCommand, CommandError

from homepage import trash


class Command(BaseCommand):
    help = "Deletes for good what has been in the trash for 30 days."

    def handle(self, **options):
        gone, failed = trash.empty()
        if failed:
            raise CommandError(
                f"ごみ箱から{gone}件を完全に削除しましたが、{failed}件は削除できませんでした。"
            )
        self.stdout.write(f"ごみ箱から{gone}件を完全に削除しました。")
