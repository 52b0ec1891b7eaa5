import getpass
import sys

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction

from homepage.accounts.roles import SECOND_FACTOR, Role
from homepage.models import Profile

QUESTIONS = [
    ("name", "氏名(姓と名の間を空けて)"),
    ("reading", "読み(姓と名の間を空けて)"),
    ("office", "役職(例 見本市議会議員)"),
    ("email", "連絡先メールアドレス"),
    ("address", "サイトのアドレス(例 https://mihon.example.jp)"),
    ("username", "ログインに使うユーザー名"),
]


class Command(BaseCommand):
    help = (
        "Sets up a real, empty site: asks for what every page must say, and for the administrator."
    )

    def add_arguments(self, parser):
        for option, question in QUESTIONS:
            parser.add_argument(f"--{option}", help=question)
        parser.add_argument("--password", help="パスワード。書かなければ尋ねます。")

    def handle(self, **options):
        call_command("migrate", verbosity=0)
        if Profile.objects.current():
            raise CommandError("サイトはすでにあります。変更は管理画面で行ってください。")
        answers = {
            option: options[option] or self._ask(option, question) for option, question in QUESTIONS
        }
        password = options["password"] or self._ask_password()
        user = get_user_model()(
            username=answers["username"],
            email=answers["email"],
        )
        profile = Profile(
            office=answers["office"], email=answers["email"], address=answers["address"]
        )
        profile.family_name, profile.given_name = self._two_parts("name", answers["name"])
        profile.family_name_reading, profile.given_name_reading = self._two_parts(
            "reading", answers["reading"]
        )
        try:
            profile.full_clean()
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(self._sentences(error)) from error
        with transaction.atomic():
            profile.save()
            user.save()
            # Not as a superuser, who would pass by the permissions that everybody else is held to.
            user.give_role(Role.ADMINISTRATOR)
        self.stdout.write(
            f"{profile.name}さんのサイトができました。{profile.address}/admin/ からログインしてください。\n"
            f"{SECOND_FACTOR}"
        )

    def _ask(self, option, question):
        if not sys.stdin.isatty():
            raise CommandError(f"--{option} がありません: {question}")
        answer = ""
        while not answer:
            answer = input(f"{question}: ").strip()
        return answer

    def _ask_password(self):
        if not sys.stdin.isatty():
            raise CommandError("--password がありません: パスワード")
        return getpass.getpass("パスワード: ")

    def _two_parts(self, option, value):
        parts = value.split()
        if len(parts) != 2:
            raise CommandError(f"--{option} は姓と名の間を1か所空けて入力してください: {value}")
        return parts

    def _sentences(self, error):
        if not hasattr(error, "error_dict"):
            return " ".join(error.messages)
        return "\n".join(
            f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()
        )
