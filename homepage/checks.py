"""What is missing or unsafe on this site, each with what to do: told by `check` and in the admin."""

import datetime
import importlib.metadata
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError
from django.http.request import validate_host
from django.utils import timezone

from .accounts.models import without_second_factor
from .elections.models import time_of_database
from .elections.rules import Phase
from .log.models import Action, LogEntry
from .models import Election, Profile

# Seconds.
CLOCKS_MAY_DIFFER = 60
BACKUP_AGE = datetime.timedelta(days=2)
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)
# Four findings of the framework for one reason.
WITHOUT_TLS = {"security.W004", "security.W008", "security.W012", "security.W016"}
SECURITY = {
    "security.W018": (
        "DEBUG が有効です。誤りの詳細が、読む人に見えてしまいます。",
        "環境変数 DEBUG を消して、再起動してください。",
    ),
} | dict.fromkeys(
    WITHOUT_TLS,
    (
        "このサイトは、暗号化(https)なしで動いています。この機械の中で試すときだけの形です。",
        "公開するときは、環境変数 ALLOWED_HOSTS にサイトの名前を書いてください(docs/server.md)。",
    ),
)


def state_of_site():
    """Return what is to be done, the most urgent first, as messages of the framework's kind."""
    found = checks.run_checks(
        tags=[checks.Tags.security, "site"],
        include_deployment_checks=True,
        databases=["default"],
    )
    told = {each.msg: each for each in map(in_japanese, found) if not each.is_silenced()}
    return sorted(told.values(), key=lambda each: -each.level)


def in_japanese(found):
    """Return the message in words that the administrator reads; one that we do not know as it is."""
    msg, hint = SECURITY.get(found.id, (found.msg, found.hint or found.id))
    return checks.CheckMessage(found.level, msg, hint, found.obj, found.id)


def of_database(check):
    """Register a check that asks the database, and is left out where that is not wanted or ready."""

    @checks.register("site", checks.Tags.database)
    def registered(app_configs, databases=None, **kwargs):
        try:
            return list(check()) if databases else []
        except DatabaseError:
            # Before the first migration there is nothing to ask.
            return []

    return check


@of_database
def contact():
    """Who answers for the site stands on every page."""
    profile = Profile.objects.current()
    if profile is None:
        yield checks.Error(
            "サイト管理者の名前と連絡先がまだありません。",
            "「サイト管理者」に、氏名と連絡先メールアドレスを入力してください。",
            id="homepage.E001",
        )
    elif not profile.has_real_email:
        what_to_do = "「サイト管理者」で、本当のアドレスに直してください。"
        if campaigns := Election.objects.in_phase(Phase.CAMPAIGN, timezone.now()):
            yield checks.Error(
                f"連絡先メールアドレス {profile.email} は見本のものです。"
                f"{campaigns[0]}の選挙運動期間です。",
                f"{what_to_do}連絡先を出すことは、法律の定めです(公職選挙法142条の3)。",
                id="homepage.E002",
            )
        else:
            yield checks.Warning(
                f"連絡先メールアドレス {profile.email} は見本のものです。",
                what_to_do,
                id="homepage.W002",
            )


@of_database
def clock():
    """All machines of the site know what time it is: polling day begins for all at once."""
    ahead = (timezone.now() - time_of_database()).total_seconds()
    if abs(ahead) > CLOCKS_MAY_DIFFER:
        yield checks.Error(
            f"このサーバーの時計は、データベースの時計より{abs(ahead):.0f}秒"
            f"{'進んで' if ahead > 0 else '遅れて'}います。",
            "時計を合わせてください(timedatectl)。投票日は、どちらかの時計で投票日なら更新を止めます。",
            id="homepage.E003",
        )


@of_database
def address():
    """QR codes in print hold the site's address."""
    profile = Profile.objects.current()
    if profile is None:
        return
    parts = urlsplit(profile.address)
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        yield checks.Warning(
            f"サイトのアドレス {profile.address} では、このサイトは開きません。",
            "「サイト管理者」のアドレスか、環境変数 ALLOWED_HOSTS を直してください。",
            id="homepage.W003",
        )


@of_database
def second_factor():
    """Whoever may publish has a second factor."""
    if lacking := without_second_factor().order_by("pk"):
        names = "、".join(user.name for user in lacking)
        yield checks.Warning(
            f"二段階の確認を設定していない人がいます: {names}。",
            "本人が「ログインの設定」で、パスキーか認証アプリを登録してください。",
            id="homepage.W004",
        )


@of_database
def backup():
    """A backup of the last two days."""
    last = LogEntry.objects.filter(
        action=Action.EXPORTED, subject__startswith="バックアップ"
    ).first()
    if last is None or last.at < timezone.now() - BACKUP_AGE:
        when = (
            f"{timezone.localtime(last.at):%-m月%-d日}が最後です"
            if last
            else "まだ一度もありません"
        )
        yield checks.Warning(
            f"新しいバックアップがありません({when})。",
            "サーバーで manage.py backup を毎日動かしてください(docs/server.md)。",
            id="homepage.W005",
        )


@checks.register("site")
def installed(app_configs, **kwargs):
    """What is installed is what the locked requirements name."""
    behind = []
    for name, version in PIN.findall((settings.BASE_DIR / "requirements/base.txt").read_text()):
        try:
            present = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            # One for another system, or an extra.
            continue
        if present != version:
            behind.append(f"{name} {present}→{version}")
    if behind:
        return [
            checks.Warning(
                f"更新が残っています: {'、'.join(behind)}。",
                "サーバーで make .venv/base.installed を実行し、再起動してください。",
                id="homepage.W006",
            )
        ]
    return []
