import threading

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homepage.accounts.models import User
from tests.accounts import add_app, code_of, sign_in
from tests.factories import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("profile")]
NOTICE = "設定しないままログアウトすると、次からはログインできません。"


def second_step(client, code):
    return client.post("/accounts/factors/authenticate/", {"code": code})


@pytest.mark.parametrize("role", ["管理者", "編集者"])
def test_whoever_may_publish_has_one_sign_in_to_set_it_up(client, role):
    user = create_person(role)

    assert sign_in(client, user)["Location"] == "/accounts/factors/"
    for path in ("/admin/", "/admin/blog/post/", "/accounts/factors/"):
        assert NOTICE in client.get(path).text
    client.post("/accounts/logout/")
    response = sign_in(client, user)

    assert response.status_code == 403
    assert "ほかの管理者に頼む" in response.text
    assert "rescue_account" in response.text
    assert client.get("/admin/").status_code == 302


def test_whoever_only_drafts_needs_none(client):
    user = create_person("起草者")

    for _ in range(2):
        assert sign_in(client, user)["Location"] == "/admin/"
        assert NOTICE not in client.get("/admin/").text
        client.post("/accounts/logout/")


def test_the_one_sign_in_ends_however_busy_it_is(client, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00")
    sign_in(client, create_person("編集者"))

    time_machine.move_to("2024-08-04T16:59+09:00")
    assert client.get("/admin/").status_code == 200
    time_machine.move_to("2024-08-04T17:01+09:00")
    assert client.get("/admin/").status_code == 302


def test_the_notice_goes_when_an_app_is_set_up(client):
    user = create_person("編集者")
    sign_in(client, user)
    page = client.get("/accounts/factors/totp/activate/")
    assert "data:" not in page.text
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page.text

    client.post("/accounts/factors/totp/activate/", {"code": "000000"})
    assert not user.authenticator_set.exists()
    user.authenticator_set.create(type="totp", data={"secret": page.context["form"].secret})
    code = code_of(user)
    user.authenticator_set.all().delete()
    response = client.post("/accounts/factors/totp/activate/", {"code": code}, follow=True)

    assert response.redirect_chain == [("/accounts/factors/recovery-codes/", 302)]
    assert NOTICE not in response.text
    assert len(response.context["unused_codes"]) == 10


def test_the_second_step_is_asked_for_and_nothing_is_open_before_it(client):
    user = create_person("管理者")
    add_app(user)

    response = sign_in(client, user, next="/admin/blog/post/")

    assert response["Location"] == "/accounts/factors/authenticate/"
    assert "コードを入力する" in client.get("/accounts/factors/authenticate/").text
    assert client.get("/admin/").status_code == 302
    assert second_step(client, code_of(user))["Location"] == "/admin/blog/post/"
    assert client.get("/admin/").status_code == 200


def test_a_code_of_the_app_is_taken_once(client):
    user = create_person("管理者")
    add_app(user)
    code = code_of(user)
    sign_in(client, user)
    second_step(client, code)

    thief = Client()
    sign_in(thief, user)
    response = second_step(thief, code)

    assert "コードが違います。" in response.text
    assert thief.get("/admin/").status_code == 302


def test_a_recovery_code_is_taken_once(client):
    user = create_person("管理者")
    codes = add_app(user)
    sign_in(client, user)
    assert second_step(client, codes[0]).status_code == 302

    again = Client()
    sign_in(again, user)

    assert "コードが違います。" in second_step(again, codes[0]).text
    assert second_step(again, codes[1]).status_code == 302


def test_the_last_factor_of_whoever_may_publish_stays(client):
    user = create_person("編集者")
    add_app(user)
    sign_in(client, user)
    second_step(client, code_of(user))

    response = client.post("/accounts/factors/totp/deactivate/")

    assert "公開できる人には、パスキーか認証アプリが必要です。" in response.text
    assert user.authenticator_set.filter(type="totp").exists()


def test_the_last_passkey_stays_too(client):
    user = create_person("編集者")
    key = user.authenticator_set.create(type="webauthn", data={"name": "電話"})
    client.force_login(user)
    just_signed_in(client, user)

    response = client.post(f"/accounts/factors/webauthn/keys/{key.pk}/remove/", follow=True)

    assert "外す前に、別のものを登録してください。" in response.text
    assert user.authenticator_set.count() == 1


def test_the_passkey_of_somebody_else_is_not_found(client):
    other = create_person("編集者")
    key = other.authenticator_set.create(type="webauthn", data={"name": "電話"})
    user = create_person("起草者")
    sign_in(client, user)

    for path in ("edit", "remove"):
        address = f"/accounts/factors/webauthn/keys/{key.pk}/{path}/"
        assert client.post(address, {"name": "わたしの"}).status_code == 404


def test_whoever_only_drafts_may_remove_the_last_factor(client):
    user = create_person("起草者")
    add_app(user)
    sign_in(client, user)
    second_step(client, code_of(user))

    client.post("/accounts/factors/totp/deactivate/")

    assert not user.authenticator_set.exists()


def just_signed_in(client, user):
    """Note in the session what a sign-in by the form notes."""
    session = client.session
    now = 4_000_000_000
    session["account_authentication_methods"] = [{"method": "password", "at": now}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.mark.django_db(transaction=True)
def test_of_two_factors_removed_at_once_one_stays():
    user = create_person("編集者")
    add_app(user)
    key = user.authenticator_set.create(type="webauthn", data={"name": "電話"})
    addresses = [
        "/accounts/factors/totp/deactivate/",
        f"/accounts/factors/webauthn/keys/{key.pk}/remove/",
    ]
    start = threading.Barrier(2)

    def remove(address):
        client = Client()
        client.force_login(user)
        just_signed_in(client, user)
        start.wait()
        client.post(address)
        connections.close_all()

    threads = [threading.Thread(target=remove, args=[address]) for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    factors = Authenticator.objects.filter(user=user, type__in=["totp", "webauthn"])
    assert factors.count() == 1


def test_a_change_that_matters_asks_for_the_factor_once_more_later(client, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00")
    user = create_person("編集者")
    codes = add_app(user)
    sign_in(client, user)
    second_step(client, code_of(user))
    assert client.get("/accounts/factors/webauthn/add/").status_code == 200

    time_machine.move_to("2024-08-04T09:16+09:00")
    response = client.get("/accounts/factors/webauthn/add/", follow=True)
    assert response.redirect_chain[0][0].startswith("/accounts/factors/reauthenticate/")
    # The password alone would do for whoever has only stolen that.
    response = client.get("/accounts/reauthenticate/")
    assert response["Location"].startswith("/accounts/factors/reauthenticate/")
    again = "/accounts/factors/reauthenticate/?next=/accounts/factors/webauthn/add/"
    client.post(again, {"code": codes[0], "next": "/accounts/factors/webauthn/add/"})

    assert client.get("/accounts/factors/webauthn/add/").status_code == 200


def test_recovery_codes_are_shown_once(client):
    user = create_person("編集者")
    codes = add_app(user)
    sign_in(client, user)
    second_step(client, code_of(user))

    text = client.get("/accounts/factors/recovery-codes/").text
    assert all(code in text for code in codes)

    text = client.get("/accounts/factors/recovery-codes/").text
    assert not any(code in text for code in codes)
    assert client.get("/accounts/factors/recovery-codes/download/").status_code == 403


def test_recovery_codes_come_back_as_a_file(client):
    sign_in(client, create_person("起草者"))

    response = client.post("/accounts/factors/recovery-codes/file/", {"codes": "123 456<script>"})

    assert response.text == "123\n456\n"
    assert response["Content-Type"] == "text/plain"
    assert "attachment" in response["Content-Disposition"]


def test_the_notice_costs_those_nothing_who_need_none(client):
    user = create_person("編集者")
    add_app(user)
    sign_in(client, user)
    second_step(client, code_of(user))
    client.get("/admin/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/")

    assert not [query for query in queries if "mfa_authenticator" in query["sql"]]


def test_the_grace_is_taken_once_by_however_many_at_once():
    user = create_person("編集者")

    assert [User.objects.get(pk=user.pk).take_grace() for _ in range(3)] == [True, False, False]
