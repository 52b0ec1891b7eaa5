import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

from blog.sample import load_sample
from homepage.accounts.roles import SECOND_FACTOR, Role
from homepage.models import Profile


class Command(BaseCommand):
    help = "Loads the invented sample site and makes its administrator, where no site is yet."

    @transaction.atomic
    def handle(self, **options):
        users = get_user_model().objects
        if Profile.objects.current() or users.exists():
            if options["verbosity"]:
                self.stdout.write("サイトはすでにあります。見本は読み込みませんでした。")
            return
        address = f"http://{settings.HOST}:{settings.PORT}"
        load_sample(address)
        password = secrets.token_urlsafe(12)
        users.create_user("admin", "mihon@example.jp", password).give_role(Role.ADMINISTRATOR)
        self.stdout.write(
            "見本のサイトを用意しました。\n"
            f"管理画面: {address}/admin/\n"
            "ユーザー名: admin\n"
            f"パスワード: {password} (表示はこの一度だけです)\n"
            f"{SECOND_FACTOR}"
        )
