import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from homepage import wsgi
from homepage.accounts.models import User
from tests.accounts import add_app, code_of, sign_in
from tests.factories import create_administrator, create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("profile")]


def test_the_page_leads_with_the_passkey_and_speaks_japanese(client):
    text = client.get("/accounts/login/").text

    assert text.index("パスキーでログイン") < text.index("ユーザー名")
    main = text[text.index("<main") : text.index("</main>")]
    visible = re.sub(r"<script.*?</script>|<[^>]*>", " ", main, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{3,}", visible.replace("JavaScript", ""))


def test_the_admin_leads_to_it_and_back(client):
    user = create_person("編集者")
    add_app(user)

    assert client.get("/admin/blog/post/", follow=True).redirect_chain[-1][0] == (
        "/accounts/login/?next=%2Fadmin%2Fblog%2Fpost%2F"
    )
    sign_in(client, user, next="/admin/blog/post/")
    response = client.post("/accounts/factors/authenticate/", {"code": code_of(user)})

    assert response["Location"] == "/admin/blog/post/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example.com", "https:evil.example.com", "https://evil.example.com/", "/\\evil.example.com", "\\\\evil.example.com",
        "javascript:alert(1)", "///evil.example.com", "https:///evil.example.com", "http://127.0.0.1/", " //evil.example.com", "/\t/evil.example.com",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere(client, elsewhere):
    user = create_person("起草者")

    response = sign_in(client, user, next=elsewhere)

    assert response["Location"] == "/admin/"
    response = client.post("/accounts/logout/", {"next": elsewhere})
    assert response["Location"] == "/accounts/login/"


@pytest.mark.parametrize(
    "data", [{}, {"login": "a"}, {"login": "a" * 9000, "password": "b" * 9000}]
)
def test_a_form_that_is_not_whole_is_asked_for_again(client, data):
    assert client.post("/accounts/login/", data).status_code == 200


def test_whoever_has_no_account_gets_the_answer_of_a_wrong_password(client):
    create_person("編集者", username="hanako")
    create_person("編集者", username="gone", is_active=False)

    answers = {}
    for name in ("hanako", "gone", "nobody"):
        response = client.post("/accounts/login/", {"login": name, "password": "chigau"})
        answers[name] = (
            response.status_code,
            re.sub(rf"{name}|csrfmiddlewaretoken\" value=\"\w+", "", response.text),
        )

    assert answers["hanako"] == answers["gone"] == answers["nobody"]
    assert "ユーザー名かパスワードが違います。" in answers["nobody"][1]


def test_a_password_is_hashed_for_whoever_has_no_account_too(client, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda user, password: hashed.append(password))

    client.post("/accounts/login/", {"login": "nobody", "password": "chigau"})

    assert hashed == ["chigau"]


def test_an_account_that_is_switched_off_is_told_so_after_its_password_alone(client):
    user = create_person("起草者", is_active=False)

    response = sign_in(client, user)

    assert response["Location"] == "/accounts/inactive/"
    assert "サイトの管理者にお問い合わせください" in client.get("/accounts/inactive/").text
    assert client.get("/admin/").status_code == 302


def test_the_answer_to_a_forgotten_password_tells_nothing(client):
    create_person("編集者", email="hanako@example.jp")

    known, unknown = (
        client.post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in ("hanako@example.jp", "nobody@example.jp")
    )

    tokens = re.compile(r'value="\w{64}"')
    assert known.redirect_chain == unknown.redirect_chain
    assert tokens.sub("", known.text) == tokens.sub("", unknown.text)


def test_nobody_can_sign_up(client):
    assert client.get("/accounts/signup/")["Location"] == "/accounts/login/"
    client.post(
        "/accounts/signup/",
        {"username": "new", "email": "new@example.jp", "password1": "nagai-himitsu-2024"},
    )

    assert not User.objects.exists()


def test_a_session_ends_when_it_is_idle(client, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00")
    sign_in(client, create_person("起草者"))

    time_machine.move_to("2024-08-04T16:00+09:00")
    assert client.get("/admin/").status_code == 200
    time_machine.move_to("2024-08-04T23:30+09:00")
    assert client.get("/admin/").status_code == 200
    time_machine.move_to("2024-08-05T07:31+09:00")
    assert client.get("/admin/").status_code == 302


def test_a_request_seldom_writes_the_session_which_another_may_be_writing(client):
    sign_in(client, create_person("起草者"))
    client.get("/admin/")

    assert "sessionid" not in client.get("/admin/").cookies


def test_sessions_that_are_over_are_forgotten(client, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00")
    for _ in range(3):
        Client().get("/accounts/factors/webauthn/login/", headers={"accept": "application/json"})
    assert Session.objects.count() == 3

    time_machine.move_to("2024-08-05T09:00+09:00")
    sign_in(client, create_person("起草者"))

    assert Session.objects.count() == 1


def test_one_signs_out_everywhere_else(client):
    user = create_person("起草者")
    elsewhere = Client(headers={"user-agent": "Mozilla/5.0 (iPhone; …) Version/17.5 Safari/604.1"})
    sign_in(elsewhere, user)
    sign_in(client, user)

    assert "iPhone(Safari)" in client.get("/accounts/sessions/").text
    client.post("/accounts/sessions/")

    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_a_changed_password_signs_out_everywhere_else(client):
    user = create_person("起草者")
    elsewhere = Client()
    sign_in(elsewhere, user)
    sign_in(client, user)

    client.post(
        "/accounts/password/",
        {
            "oldpassword": "himitsu-no-kotoba",
            "password1": "nagai-himitsu-2024",
            "password2": "nagai-himitsu-2024",
        },
    )

    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/password/", "/accounts/password/reset/",
        "/accounts/password/reset/1-x/", "/accounts/invitation/x/", "/accounts/sessions/", "/accounts/factors/authenticate/",
        "/accounts/factors/reauthenticate/", "/accounts/factors/webauthn/login/", "/accounts/factors/webauthn/add/",
        "/accounts/factors/webauthn/reauthenticate/", "/accounts/factors/webauthn/keys/1/edit/", "/accounts/factors/webauthn/keys/1/remove/",
        "/accounts/factors/totp/activate/", "/accounts/factors/totp/deactivate/", "/accounts/factors/recovery-codes/generate/",
        "/accounts/factors/recovery-codes/file/", "/admin/accounts/user/", "/admin/accounts/user/1/change/", "/admin/accounts/invitation/add/",
    ],
)  # fmt: skip
def test_a_form_from_elsewhere_is_refused(path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(create_administrator())

    assert client.post(path, {"code": "1"}).status_code == 403


@pytest.mark.parametrize(
    "credential",
    [
        "", "x", "[]", "{}", "null", "1", '"a"', '{"response": {}}', '{"response": null, "id": 1}', '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA","attestationObject":"AA"}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"bnVsbA","authenticatorData":"%s","signature":"AA","userHandle":"enp6enp6enp6enp6enp6enp6"}}' % ("A" * 60),
    ],
)  # fmt: skip
def test_a_passkey_that_is_none_is_refused_in_a_sentence(client, credential):
    client.get("/accounts/factors/webauthn/login/", headers={"accept": "application/json"})

    response = client.post(
        "/accounts/factors/webauthn/login/", {"credential": credential}, follow=True
    )

    assert response.redirect_chain == [("/accounts/login/", 302)]
    assert "確かめ" in response.text


@pytest.mark.parametrize(
    "credential", ["", "[]", "{}", "null", '{"response": {"attestationObject": "AA"}}']
)
def test_a_passkey_that_is_none_is_not_registered(client, credential):
    user = create_person("編集者")
    sign_in(client, user)
    client.get("/accounts/factors/webauthn/add/")

    response = client.post("/accounts/factors/webauthn/add/", {"credential": credential})

    assert response.status_code == 200
    assert not user.authenticator_set.exists()


@pytest.mark.parametrize("path", ["zzzzzzzzzzzzz-x", "0-x", "1-1-1", "1-set-password"])
def test_a_link_for_a_new_password_that_is_none_says_so(client, path):
    assert "このリンクは使えません" in client.get(f"/accounts/password/reset/{path}/").text


def test_the_page_cache_leaves_the_way_back_alone(transactional_db, profile):
    environ = Client()._base_environ(
        PATH_INFO="/accounts/login/",
        QUERY_STRING="next=/admin/blog/post/",
        REQUEST_METHOD="GET",
        HTTP_HOST="localhost",
    )
    del environ["HTTP_COOKIE"]

    page = b"".join(wsgi.application(environ, lambda *answer: None)).decode()

    assert 'name="next" value="/admin/blog/post/"' in page


def test_django_s_own_page_for_passwords_leads_to_this_one(client):
    client.force_login(create_administrator())

    assert client.get("/admin/password_change/")["Location"] == reverse("account_change_password")
