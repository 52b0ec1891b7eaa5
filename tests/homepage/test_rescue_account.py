import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from homepage.accounts.models import User
from tests.accounts import add_app, code_of, sign_in
from tests.factories import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("profile")]
NEW = "nagai-himitsu-2024"


def test_whoever_lost_phone_and_codes_signs_in_once_more(client, capsys):
    user = create_person("管理者", username="hanako")
    add_app(user)
    elsewhere = Client()
    sign_in(elsewhere, user)
    elsewhere.post("/accounts/factors/authenticate/", {"code": code_of(user)})
    assert elsewhere.get("/admin/").status_code == 200
    for _ in range(6):
        sign_in(client, user, password="wasureta")

    call_command("rescue_account", "hanako", password=NEW)

    assert "新しいパスワードで一度だけログインできます。" in capsys.readouterr().out
    assert elsewhere.get("/admin/").status_code == 302
    assert sign_in(client, user, password=NEW)["Location"] == "/accounts/factors/"
    assert sign_in(Client(), user, password=NEW).status_code == 403


def test_somebody_who_was_switched_off_comes_back(client):
    user = create_person("管理者", username="hanako", is_active=False)

    call_command("rescue_account", "hanako", password=NEW)

    assert sign_in(client, user, password=NEW)["Location"] == "/accounts/factors/"


def test_the_password_is_asked_for(monkeypatch):
    user = create_person("管理者", username="hanako")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda question: NEW)

    call_command("rescue_account", "hanako")

    assert User.objects.get(pk=user.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("nobody", NEW, "nobody というユーザーはいません。いるのは次のユーザーです: hanako"),
        ("hanako", "12345678", "数字しか使われていません"),
        ("hanako", None, "--password がありません。"),
    ],
)
def test_what_does_not_work_is_named_and_nothing_is_changed(
    monkeypatch, username, password, sentence
):
    user = create_person("管理者", username="hanako")
    add_app(user)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    with pytest.raises(CommandError, match=sentence.replace("--", "")):
        call_command("rescue_account", username, password=password)

    assert user.authenticator_set.count() == 2
    assert User.objects.get(pk=user.pk).check_password("himitsu-no-kotoba")
