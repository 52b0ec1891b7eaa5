import getpass
import sys

from allauth.account.adapter import get_adapter
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from homepage.accounts.models import ThrottleEntry, User
from homepage.log.models import Action, record


class Command(BaseCommand):
    help = (
        "Lets somebody in again who has lost phone and recovery codes: removes the second factors, "
        "ends every session, forgets failed attempts, and sets a new password."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--password", help="新しいパスワード。書かなければ尋ねます。")

    def handle(self, username, **options):
        user = User.objects.filter(username=username).first()
        if user is None:
            names = "、".join(User.objects.order_by("pk").values_list("username", flat=True))
            raise CommandError(
                f"{username} というユーザーはいません。いるのは次のユーザーです: {names or 'なし'}"
            )
        password = options["password"] or self._ask_password()
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            user.authenticator_set.all().delete()
            user.end_sessions()
            ThrottleEntry.objects.attempts().delete()
            user.set_password(password)
            user.grace_taken_at = None
            user.is_active = True
            user.save()
            record(Action.ROLE, f"{user.name}を rescue_account で入れるようにしました")
            if user.email:
                get_adapter().send_mail("account/email/rescued", user.email, {"user": user})
        self.stdout.write(
            f"{user.name}さんは、新しいパスワードで一度だけログインできます。"
            "そのときに、パスキーか認証アプリを登録してください。"
        )

    def _ask_password(self):
        if not sys.stdin.isatty():
            raise CommandError("--password がありません。")
        return getpass.getpass("新しいパスワード: ")
