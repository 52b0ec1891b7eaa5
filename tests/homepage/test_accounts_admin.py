import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homepage.accounts.models import User
from tests.accounts import add_app, sign_in
from tests.factories import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("profile")]
LAST = "管理者が一人もいなくなるため、この変更はできません。"


def change(client, user, **fields):
    form = {
        "last_name": user.last_name,
        "first_name": user.first_name,
        "email": user.email,
        "role": user.role,
        "is_active": "on" if user.is_active else "",
    }
    return client.post(f"/admin/accounts/user/{user.pk}/change/", form | fields, follow=True)


@pytest.fixture
def administrator(client):
    user = create_person("管理者")
    client.force_login(user)
    return user


def test_nobody_adds_deletes_or_sets_passwords_of_others(client, administrator):
    other = create_person("編集者")
    page = f"/admin/accounts/user/{other.pk}"

    assert client.get("/admin/accounts/user/add/").status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{page}/password/").status_code in (302, 404)
    text = client.get(f"{page}/change/").text
    assert "password" not in text.replace("/accounts/password", "")


def test_the_username_and_the_flags_are_not_for_changing(client, administrator):
    other = create_person("編集者", username="hanako")

    change(client, other, username="x", is_superuser="on", is_staff="", password="x", groups="1")

    other = User.objects.get(pk=other.pk)
    assert (other.username, other.is_superuser, other.is_staff) == ("hanako", False, True)
    assert other.check_password("himitsu-no-kotoba")


def test_switching_somebody_off_ends_the_sessions_at_once(client, administrator):
    other, elsewhere = create_person("起草者"), Client()
    sign_in(elsewhere, other)
    assert elsewhere.get("/admin/").status_code == 200

    change(client, other, is_active="")
    assert elsewhere.get("/admin/").status_code == 302
    change(client, User.objects.get(pk=other.pk), is_active="on")

    assert elsewhere.get("/admin/").status_code == 302


def test_a_raised_role_begins_with_a_fresh_sign_in_and_its_grace(client, administrator):
    other, elsewhere = create_person("起草者"), Client()
    User.objects.filter(pk=other.pk).update(grace_taken_at="2024-08-04T00:00Z")
    sign_in(elsewhere, other)

    change(client, other, role="編集者")

    assert User.objects.get(pk=other.pk).role == "編集者"
    assert elsewhere.get("/admin/").status_code == 302
    assert sign_in(elsewhere, other)["Location"] == "/accounts/factors/"
    assert sign_in(Client(), other).status_code == 403


def test_the_last_administrator_stays_one(client, administrator):
    create_person("管理者", is_active=False)
    create_person("編集者")

    for fields in ({"role": "編集者"}, {"is_active": ""}):
        assert LAST in change(client, administrator, **fields).text

    administrator = User.objects.get(pk=administrator.pk)
    assert (administrator.role, administrator.is_active) == ("管理者", True)


def test_one_of_two_administrators_may_go(client, administrator):
    other = create_person("管理者")

    change(client, other, role="起草者")

    assert User.objects.get(pk=other.pk).role == "起草者"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_switch_each_other_off_leave_one(profile):
    people = [create_person("管理者"), create_person("管理者")]
    start = threading.Barrier(2)

    def switch_off(me, other):
        client = Client()
        client.force_login(me)
        start.wait()
        change(client, other, is_active="")
        connections.close_all()

    threads = [threading.Thread(target=switch_off, args=pair) for pair in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.filter(is_active=True).count() == 1


def test_somebody_without_a_role_is_given_none_unasked(client, administrator):
    other = User.objects.create_user("alone", "alone@example.jp", "himitsu-no-kotoba")

    response = change(client, other, role="")

    assert "選んでください" in response.text
    assert User.objects.get(pk=other.pk).role is None


def test_an_address_belongs_to_one_account(client, administrator):
    other = create_person("編集者")

    response = change(client, other, email=administrator.email.upper())

    assert "すでに登録しています。" in response.text


def test_the_old_address_opens_nothing_after_a_change(client, administrator, mailoutbox):
    other = create_person("編集者", email="old@example.jp")
    client.post("/accounts/password/reset/", {"email": "old@example.jp"})
    assert EmailAddress.objects.filter(email="old@example.jp").exists()

    change(client, other, email="new@example.jp")

    assert not EmailAddress.objects.filter(email="old@example.jp").exists()


def test_an_administrator_allows_one_more_sign_in(client, administrator):
    other = create_person("編集者")
    sign_in(Client(), other)
    assert sign_in(Client(), other).status_code == 403

    response = client.post(
        "/admin/accounts/user/",
        {"action": "allow_grace", "_selected_action": [other.pk]},
        follow=True,
    )

    assert "次の一回だけ、二段階の確認なしでログインできます。" in response.text
    assert sign_in(Client(), other)["Location"] == "/accounts/factors/"
    assert sign_in(Client(), other).status_code == 403


def test_nobody_else_allows_it(client):
    editor, other = create_person("編集者"), create_person("編集者")
    User.objects.update(grace_taken_at="2024-08-04T00:00Z")
    client.force_login(editor)

    response = client.post(
        "/admin/accounts/user/", {"action": "allow_grace", "_selected_action": [other.pk]}
    )

    assert response.status_code == 403
    assert User.objects.get(pk=other.pk).grace_taken_at


def test_the_list_says_who_has_a_second_factor_in_as_many_queries(client, administrator):
    def look(count):
        for _ in range(count):
            add_app(create_person("編集者"))
        with CaptureQueriesContext(connection) as queries:
            text = client.get("/admin/accounts/user/").text
        return len(queries), text.count("設定済み")

    look(1)

    few, many = look(0), look(5)

    assert few[1] == 1
    assert many == (few[0], 6)
