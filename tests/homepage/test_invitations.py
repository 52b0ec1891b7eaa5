import threading

import pytest
from django.db import connections
from django.test import Client

from homepage.accounts.models import Invitation, User
from tests.accounts import sign_in
from tests.factories import create_administrator, create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("profile")]
FORM = {
    "last_name": "見本",
    "first_name": "次郎",
    "username": "jiro",
    "password": "nagai-himitsu-2024",
}
CLOSED = "すでに使われたか、期限が過ぎたか、リンクの一部が欠けています。"


def invite(client, email="jiro@example.jp", role="編集者"):
    return client.post(
        "/admin/accounts/invitation/add/", {"email": email, "role": role}, follow=True
    )


@pytest.fixture
def address(profile):
    return Invitation.objects.create(email="jiro@example.jp", role="編集者").get_absolute_url()


def test_an_administrator_invites_and_is_shown_the_link(client):
    administrator = create_person("管理者")
    client.force_login(administrator)

    response = invite(client)

    invited = Invitation.objects.get()
    assert (invited.invited_by, invited.role) == (administrator, "編集者")
    assert f"http://testserver{invited.get_absolute_url()}" in response.text
    page = client.get(f"/admin/accounts/invitation/{invited.pk}/change/").text
    assert f"http://testserver{invited.get_absolute_url()}" in page


@pytest.mark.parametrize("role", ["編集者", "起草者"])
def test_nobody_else_may_invite(client, role):
    client.force_login(create_person(role))

    assert invite(client).status_code == 403
    assert client.get("/admin/accounts/user/").status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["管理者", "編集者", "起草者"])
def test_an_invitation_makes_an_account_with_its_role_and_signs_in(client, role):
    invited = Invitation.objects.create(email="jiro@example.jp", role=role)
    assert "jiro@example.jp" in client.get(invited.get_absolute_url()).text

    response = client.post(invited.get_absolute_url(), FORM)

    user = User.objects.get(username="jiro")
    assert (user.role, user.email, user.name) == (role, "jiro@example.jp", "見本 次郎")
    assert user.is_staff
    assert not user.is_superuser
    needs_factor = role != "起草者"
    assert response["Location"] == ("/accounts/factors/" if needs_factor else "/admin/")
    assert client.get("/admin/").status_code == 200


def test_an_invitation_is_used_once(client, address):
    client.post(address, FORM)

    for response in (
        Client().get(address),
        Client().post(address, FORM | {"username": "saburo"}),
    ):
        assert response.status_code == 410
        assert CLOSED in response.text
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_used_once_however_quickly():
    create_person("管理者")
    invited = Invitation.objects.create(email="jiro@example.jp", role="編集者")
    start, statuses = threading.Barrier(3), []

    def accept(number):
        start.wait()
        form = FORM | {"username": f"jiro{number}"}
        statuses.append(Client().post(invited.get_absolute_url(), form).status_code)
        connections.close_all()

    threads = [threading.Thread(target=accept, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, 410, 410]
    assert User.objects.filter(email="jiro@example.jp").count() == 1


def test_an_invitation_is_over_after_a_week(client, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00", tick=False)
    invited = Invitation.objects.create(email="jiro@example.jp", role="編集者")

    time_machine.move_to("2024-08-11T08:59+09:00")
    assert client.get(invited.get_absolute_url()).status_code == 200
    time_machine.move_to("2024-08-11T09:00+09:00")
    assert client.post(invited.get_absolute_url(), FORM).status_code == 410


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token.replace(":", ""),
        lambda token: "9" + token,
        lambda token: "a" * 5000,
    ],
)
def test_a_link_that_was_changed_is_none(client, address, change):
    token = address.removeprefix("/accounts/invitation/").removesuffix("/")

    response = client.get(f"/accounts/invitation/{change(token)}/")

    assert response.status_code == 410
    assert CLOSED in response.text


def test_whoever_is_invited_anew_has_one_link_that_works(client):
    client.force_login(create_person("管理者"))
    invite(client)
    first = Invitation.objects.get().get_absolute_url()

    invite(client, email="JIRO@example.jp", role="起草者")

    assert Client().get(first).status_code == 410
    assert Client().get(Invitation.objects.get().get_absolute_url()).status_code == 200


def test_whoever_has_an_account_is_not_invited(client):
    client.force_login(create_person("管理者"))
    create_person("起草者", email="jiro@example.jp")

    response = invite(client, email="Jiro@example.jp")

    assert "このメールアドレスの人は、すでに登録しています。" in response.text
    assert not Invitation.objects.exists()


def test_whoever_has_got_an_account_meanwhile_needs_none(client, address):
    create_person("起草者", email="jiro@example.jp")

    assert client.post(address, FORM).status_code == 410


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "hanako", "すでに使われています。"),
        ("username", "HANAKO", "すでに使われています。"),
        ("username", "太 郎", "有効なユーザー名"),
        ("username", "", "必須"),
        ("last_name", "", "必須"),
        ("password", "12345678", "数字しか使われていません"),
        ("password", "jiro", "短すぎます"),
        ("password", "jiro@example.jp", "似すぎています"),
    ],
)
def test_a_wrong_answer_is_named_and_the_invitation_stays_open(
    client, address, field, value, sentence
):
    create_person("起草者", username="hanako")

    response = client.post(address, FORM | {field: value})

    assert response.status_code == 200
    assert sentence in response.text
    assert Invitation.objects.get().is_open


def test_a_link_opened_by_somebody_signed_in_does_nothing(client, address):
    client.force_login(create_administrator())

    response = client.post(address, FORM)

    assert response.status_code == 409
    assert "ログアウトしてから開いてください" in response.text
    assert Invitation.objects.get().is_open


def test_an_invitation_is_taken_back(client, address):
    client.force_login(create_person("管理者"))

    client.post(
        f"/admin/accounts/invitation/{Invitation.objects.get().pk}/delete/", {"post": "yes"}
    )

    assert Client().get(address).status_code == 410


def test_the_list_says_how_each_one_stands(client, time_machine):
    Invitation.objects.create(email="a@example.jp", role="起草者")
    client.post(Invitation.objects.get().get_absolute_url(), FORM)
    client.post("/accounts/logout/")
    Invitation.objects.create(email="b@example.jp", role="起草者")
    client.force_login(create_person("管理者"))

    text = client.get("/admin/accounts/invitation/").text

    assert "登録済み" in text
    assert "返事を待っています" in text


def test_a_new_account_signs_in_by_its_password(client, address):
    client.post(address, FORM)
    client.post("/accounts/logout/")
    user = User.objects.get()
    User.objects.update(grace_taken_at=None)

    assert sign_in(client, user, password=FORM["password"])["Location"] == "/accounts/factors/"
