"""What the log says of signing in, of accounts and of roles."""

import pytest
from django.core.management import call_command
from django.test import Client

from homepage.accounts.models import Invitation
from homepage.log.checking import check
from homepage.log.models import Action, LogEntry
from tests.accounts import add_app, code_of, sign_in
from tests.factories import create_administrator, create_person, create_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    create_profile()
    client.force_login(create_administrator())
    return client


def told():
    """Return what the log says, the oldest first, less from where."""
    assert check() == []
    return [(each.action, each.user, each.subject) for each in LogEntry.objects.reverse()]


def test_a_sign_in_says_by_what(client):
    drafter = create_person("起草者", username="taro")

    sign_in(client, drafter)

    assert told() == [(Action.SIGNED_IN, "taro", "パスワード")]
    assert LogEntry.objects.get().full_address.address == "127.0.0.1"


def test_a_second_step_is_part_of_the_sign_in(client):
    editor = create_person("編集者", username="hanako")
    add_app(editor)

    sign_in(client, editor)
    client.post("/accounts/factors/authenticate/", {"code": code_of(editor)})

    assert told() == [(Action.SIGNED_IN, "hanako", "パスワード・認証アプリ")]


def test_a_wrong_password_says_for_whom_and_of_nobody_else(client):
    create_person("起草者", username="taro")

    for username in ("taro", "nobody"):
        client.post("/accounts/login/", {"login": username, "password": "chigau-kotoba"})

    assert told() == [
        (Action.REFUSED, "", "パスワードが違います: taro"),
        (Action.REFUSED, "", "パスワードが違います: nobody"),
    ]


def test_a_wrong_code_is_a_refusal(client):
    editor = create_person("編集者", username="hanako")
    add_app(editor)
    sign_in(client, editor)

    client.post("/accounts/factors/authenticate/", {"code": "000000"})

    assert told() == [(Action.REFUSED, "hanako", "コードが違います")]


def test_a_used_recovery_code_is_told(client):
    editor = create_person("編集者", username="hanako")
    code = add_app(editor)[0]
    sign_in(client, editor)

    client.post("/accounts/factors/authenticate/", {"code": code})

    assert (Action.ACCOUNT, "hanako", "復旧コードを使いました") in told()
    assert (Action.SIGNED_IN, "hanako", "パスワード・復旧コード") in told()


def test_a_sign_in_without_the_second_factor_is_refused_the_second_time():
    editor = create_person("編集者", username="hanako")

    for _ in range(2):
        sign_in(Client(), editor)

    assert [each[0] for each in told()] == [Action.SIGNED_IN, Action.REFUSED]


def test_a_changed_password_is_told(client):
    drafter = create_person("起草者", username="taro")
    sign_in(client, drafter)

    passwords = {"password1": "atarashii-kotoba", "password2": "atarashii-kotoba"}
    client.post("/accounts/password/", {"oldpassword": "himitsu-no-kotoba"} | passwords)

    assert told()[-1] == (Action.ACCOUNT, "taro", "パスワードを変えました")


def test_a_change_of_role_and_switching_off_are_told(admin):
    drafter = create_person("起草者", username="taro")
    form = {"last_name": "", "first_name": "", "email": "taro@example.jp"}

    admin.post(
        f"/admin/accounts/user/{drafter.pk}/change/", form | {"role": "編集者", "is_active": "on"}
    )
    admin.post(f"/admin/accounts/user/{drafter.pk}/change/", form | {"role": "編集者"})

    assert told() == [
        (Action.ROLE, "admin", "taro: 起草者から編集者へ"),
        (Action.ROLE, "admin", "taro: ログインできないようにしました"),
    ]


def test_a_permitted_sign_in_without_a_second_factor_is_told(admin):
    editor = create_person("編集者", username="hanako")

    action = {"action": "allow_grace", "_selected_action": [editor.pk]}
    admin.post("/admin/accounts/user/", action)

    assert told() == [(Action.ROLE, "admin", "hanako: 二段階の確認なしの一回を認めました")]


def test_an_invitation_is_told_when_it_is_made_and_when_it_is_taken(admin, client):
    admin.post("/admin/accounts/invitation/add/", {"email": "jiro@example.jp", "role": "起草者"})

    Client().post(
        Invitation.objects.get().get_absolute_url(),
        {
            "last_name": "見本", "first_name": "次郎",
            "username": "jiro", "password": "himitsu-no-kotoba",
        },
    )  # fmt: skip

    assert told()[:2] == [
        (Action.ROLE, "admin", "jiro@example.jpを起草者として招待しました"),
        (Action.ROLE, "見本 次郎(jiro)", "招待を受けて登録しました: 起草者"),
    ]


def test_a_rescue_on_the_server_is_told():
    create_person("編集者", username="hanako")

    call_command("rescue_account", "hanako", password="atarashii-kotoba", verbosity=0)

    assert told() == [(Action.ROLE, "サーバー", "hanakoを rescue_account で入れるようにしました")]
