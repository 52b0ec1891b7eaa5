"""A thousand guesses, from one address and from many, at passwords and at codes."""

import threading

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.core.cache.backends.db import DatabaseCache
from django.db import connections
from django.test import Client

from homepage.accounts.models import ThrottleEntry
from tests.accounts import add_app, code_of, sign_in
from tests.factories import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("profile")]
REFUSED = "続けて失敗したため、しばらく受け付けません。"


@pytest.fixture
def looked_at(monkeypatch):
    """The names whose password was really looked at."""
    names = []
    authenticate = AuthenticationBackend.authenticate

    def watched(backend, request, **credentials):
        names.append(credentials["username"])
        return authenticate(backend, request, **credentials)

    monkeypatch.setattr(AuthenticationBackend, "authenticate", watched)
    return names


def test_a_thousand_wrong_passwords_from_one_address(client, looked_at, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00", tick=False)
    user = create_person("編集者")

    statuses = {
        sign_in(client, user, password=f"chigau{number}").status_code for number in range(1000)
    }

    assert len(looked_at) == 5
    assert statuses == {200, 429}
    response = sign_in(client, user)
    assert response.status_code == 429
    assert "しばらく受け付けません" in response.text


def test_a_thousand_wrong_passwords_from_many_addresses(client, looked_at, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00", tick=False)
    user = create_person("編集者")

    for number in range(1000):
        stranger = Client(REMOTE_ADDR=f"198.51.{number // 250}.{number % 250}")
        sign_in(stranger, user, password=f"chigau{number}")

    assert len(looked_at) == 5
    response = sign_in(client, user)
    assert REFUSED in response.text
    assert "いまもパスキーでログインできます。" in response.text
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, create_person("起草者")).status_code == 302


def test_the_port_of_the_host_header_does_not_start_the_count_anew(client, looked_at):
    user = create_person("編集者")

    for port in range(8000, 8020):
        stranger = Client(
            REMOTE_ADDR=f"198.51.100.{port - 8000}", headers={"host": f"localhost:{port}"}
        )
        sign_in(stranger, user, password="chigau")

    assert len(looked_at) == 5


def test_capitals_do_not_start_the_count_anew(looked_at):
    create_person("編集者", username="hanako")

    for number, name in enumerate(["hanako", "Hanako", "HANAKO", " hanako"] * 3):
        stranger = Client(REMOTE_ADDR=f"198.51.100.{number}")
        stranger.post("/accounts/login/", {"login": name, "password": "chigau"})

    assert len(looked_at) == 5


def test_whoever_has_no_account_is_refused_in_the_same_words():
    create_person("編集者", username="hanako")

    answers = []
    for name in ("hanako", "nobody"):
        client = Client(REMOTE_ADDR="198.51.100.1" if name == "hanako" else "198.51.100.2")
        texts = [
            client.post("/accounts/login/", {"login": name, "password": "chigau"}).text
            for _ in range(7)
        ]
        answers.append([REFUSED in text for text in texts])

    assert answers[0] == answers[1] == [False] * 5 + [True] * 2


def test_after_a_while_the_right_password_is_taken(client, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00", tick=False)
    user = create_person("起草者")
    for _ in range(6):
        sign_in(client, user, password="chigau")
    assert REFUSED in sign_in(client, user).text

    time_machine.move_to("2024-08-04T09:06+09:00", tick=False)

    assert sign_in(client, user).status_code == 302


def test_in_a_day_no_more_than_fifty_are_looked_at(looked_at, time_machine):
    user = create_person("編集者")

    for number in range(100):
        time_machine.move_to(f"2024-08-04T{number // 6:02}:{number % 6 * 10:02}+09:00", tick=False)
        sign_in(Client(), user, password="chigau")

    assert len(looked_at) == 50


def test_a_restart_forgets_nothing(client, looked_at, monkeypatch):
    user = create_person("編集者")
    for _ in range(5):
        sign_in(client, user, password="chigau")

    anew = DatabaseCache("throttle", {})
    monkeypatch.setattr("allauth.core.internal.ratelimit.cache", anew)

    assert REFUSED in sign_in(client, user).text
    assert len(looked_at) == 5


def test_codes_cannot_be_guessed(client):
    user = create_person("管理者")
    [first, *_] = add_app(user)
    sign_in(client, user)

    for number in range(200):
        response = client.post("/accounts/factors/authenticate/", {"code": f"{number:08}"})
    assert REFUSED in response.text

    for code in (first, code_of(user)):
        response = client.post("/accounts/factors/authenticate/", {"code": code})
        assert REFUSED in response.text
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_counted_like_guesses_in_a_row(looked_at):
    user = create_person("編集者")
    start = threading.Barrier(8)

    def guess(number):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        start.wait()
        for _ in range(3):
            sign_in(client, user, password="chigau")
        connections.close_all()

    threads = [threading.Thread(target=guess, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(looked_at) <= 5


def test_what_is_over_does_not_stay_in_the_table(client, time_machine):
    time_machine.move_to("2024-08-04T09:00+09:00", tick=False)
    for number in range(50):
        stranger = Client(REMOTE_ADDR=f"198.51.100.{number}")
        stranger.post("/accounts/login/", {"login": f"nobody{number}", "password": "chigau"})
    assert ThrottleEntry.objects.count() > 100

    time_machine.move_to("2024-08-06T09:00+09:00", tick=False)
    client.post("/accounts/login/", {"login": "nobody", "password": "chigau"})

    assert ThrottleEntry.objects.count() < 6


def test_requests_for_a_new_password_are_counted_too(client):
    for _ in range(6):
        response = client.post("/accounts/password/reset/", {"email": "hanako@example.jp"})

    assert response.status_code == 429
    assert "数分待ってから" in response.text
