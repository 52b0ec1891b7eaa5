import re
import smtplib

import pytest
from django.core import mail
from django.test import Client

from homepage.accounts import delivery, devices
from homepage.accounts.models import User
from tests.accounts import add_app, code_of, sign_in
from tests.factories import create_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("profile")]
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"


def sent():
    """Return the mails that have left by now, and forget them."""
    delivery.worker.submit(int).result()
    mails, mail.outbox = mail.outbox, []
    return mails


def subjects():
    return [each.subject.removeprefix("【見本 花子のサイト】") for each in sent()]


def confirm(client, user, code=None):
    return client.post("/accounts/factors/authenticate/", {"code": code or code_of(user)})


def signed_in(user):
    client = Client()
    sign_in(client, user)
    if user.authenticator_set.exists():
        confirm(client, user)
    sent()
    return client


def test_a_new_device_is_told_once():
    user = create_person("起草者", last_name="見本", first_name="次郎")
    client = Client(headers={"user-agent": IPHONE})

    sign_in(client, user)
    [message] = sent()
    assert message.subject == "【見本 花子のサイト】新しい端末からのログイン"
    assert message.to == [user.email]
    assert "見本 次郎さん" in message.body
    assert "iPhone(Safari)" in message.body
    assert "127.0.0.1" in message.body

    client.post("/accounts/logout/")
    sign_in(client, user)
    assert sent() == []
    sign_in(Client(), user)
    assert subjects() == ["新しい端末からのログイン"]


def test_a_device_of_one_is_new_to_another():
    one, other, client = create_person("起草者"), create_person("起草者"), Client()
    for user in (one, other):
        sign_in(client, user)
        client.post("/accounts/logout/")

    assert [each.to for each in sent()] == [[one.email], [other.email]]
    sign_in(client, one)
    assert sent() == []


def test_the_cookie_of_a_device_is_signed_and_for_signing_in_alone(settings):
    user, client = create_person("起草者"), Client()
    sign_in(client, user)
    cookie = client.cookies["device"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/", True, "Lax")
    sent()

    forged = Client()
    forged.cookies["device"] = f"[{user.pk}]"
    sign_in(forged, user)
    assert subjects() == ["新しい端末からのログイン"]

    settings.SESSION_COOKIE_SECURE = True
    secure = Client()
    response = secure.post(
        "/accounts/login/", {"login": user.username, "password": "himitsu-no-kotoba"}, secure=True
    )
    assert response.cookies["__Secure-device"]["secure"]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (IPHONE, "iPhone(Safari)"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36", "Android(Chrome)"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Windows(Edge)"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0", "Mac(Firefox)"),
        ("curl/8.0", "名前のわからない端末"),
        ("", "名前のわからない端末"),
    ],
)  # fmt: skip
def test_a_device_is_called_what_people_call_it(user_agent, name):
    assert devices.device_name(user_agent) == name


def test_a_changed_password_is_told():
    user = create_person("起草者")
    client = signed_in(user)
    new = "nagai-himitsu-2024"

    client.post(
        "/accounts/password/",
        {"oldpassword": "himitsu-no-kotoba", "password1": new, "password2": new},
    )

    assert subjects() == ["パスワードの変更"]


def test_a_forgotten_password_is_set_by_the_link_of_a_mail_used_once():
    user, client = create_person("起草者", email="jiro@example.jp"), Client()
    client.post("/accounts/password/reset/", {"email": "Jiro@example.jp"})
    [message] = sent()
    assert message.to == ["jiro@example.jp"]
    [link] = [line for line in message.body.splitlines() if line.startswith("http://testserver/")]
    new = {"password1": "nagai-himitsu-2024", "password2": "nagai-himitsu-2024"}

    page = client.get(link, follow=True)
    response = client.post(page.redirect_chain[-1][0], new)

    assert response["Location"] == "/accounts/password/reset/done/"
    assert User.objects.get(pk=user.pk).check_password("nagai-himitsu-2024")
    assert subjects() == ["パスワードの変更"]
    assert client.get("/admin/").status_code == 302
    assert "このリンクは使えません" in Client().get(link, follow=True).text


@pytest.mark.parametrize("email", ["nobody@example.jp", "gone@example.jp"])
def test_nobody_else_gets_mail_about_a_forgotten_password(email):
    create_person("起草者", email="gone@example.jp", is_active=False)

    Client().post("/accounts/password/reset/", {"email": email})

    assert sent() == []


def test_changed_factors_are_told():
    user = create_person("起草者")
    client = signed_in(user)
    page = client.get("/accounts/factors/totp/activate/")
    user.authenticator_set.create(type="totp", data={"secret": page.context["form"].secret})
    code = code_of(user)
    user.authenticator_set.all().delete()

    client.post("/accounts/factors/totp/activate/", {"code": code})
    client.post("/accounts/factors/recovery-codes/generate/")
    client.post("/accounts/factors/totp/deactivate/")

    assert subjects() == ["認証アプリの設定", "復旧コードの作り直し", "認証アプリの削除"]


def test_each_recovery_code_is_told_and_the_last_one_by_name():
    user = create_person("編集者")
    codes = add_app(user)

    for left, code in zip(range(9, -1, -1), codes, strict=True):
        client = Client()
        sign_in(client, user)
        confirm(client, user, code)
        used = next(each for each in sent() if each.subject.endswith("復旧コードの使用"))
        assert (f"残りは{left}個です。" if left else "全部使い切りました") in used.body


def test_a_recovery_code_that_proves_it_once_more_is_told_too(time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00")
    user = create_person("編集者")
    codes = add_app(user)
    client = signed_in(user)

    time_machine.move_to("2024-08-04T09:30+09:00")
    client.post("/accounts/factors/reauthenticate/", {"code": codes[0]})

    assert subjects() == ["復旧コードの使用"]


def test_an_invitation_goes_by_mail():
    client = signed_in(create_person("起草者"))
    client.force_login(create_person("管理者", last_name="見本", first_name="太郎"))

    client.post("/admin/accounts/invitation/add/", {"email": "a@example.jp", "role": "編集者"})

    [message] = sent()
    assert message.to == ["a@example.jp"]
    assert "見本 太郎さんが" in message.body
    assert "http://testserver/accounts/invitation/" in message.body


def test_the_old_address_is_told_of_the_new_one():
    user, client = create_person("起草者", email="old@example.jp"), Client()
    client.force_login(create_person("管理者"))
    form = {"last_name": "", "first_name": "", "role": "起草者", "is_active": "on"}

    client.post(f"/admin/accounts/user/{user.pk}/change/", form | {"email": "new@example.jp"})

    [message] = sent()
    assert (message.to, "変えました" in message.body) == (["old@example.jp"], True)


@pytest.mark.parametrize(
    "fault", [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPException(), RuntimeError()]
)
def test_a_mail_server_that_is_away_fails_no_sign_in(monkeypatch, caplog, fault):
    def fail(message):
        raise fault

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    user, client = create_person("起草者"), Client()

    assert sign_in(client, user)["Location"] == "/admin/"

    sent()
    assert "A mail could not be sent" in caplog.text


def test_no_mail_speaks_english():
    user, client = create_person("起草者"), Client(headers={"user-agent": IPHONE})
    sign_in(client, user)
    client.post("/accounts/password/reset/", {"email": user.email})

    for message in sent():
        for known in (r"https?://\S+", user.username, "iPhone", "Safari", "IP"):
            message.body = re.sub(known, "", message.body)
        assert not re.search("[A-Za-z]{2,}", message.subject + message.body)
