import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from blog.models import Post
from homepage.models import Profile
from tests.factories import create_profile

ANSWERS = {
    "name": "試験 太郎",
    "reading": "しけん たろう",
    "office": "試験市議会議員",
    "email": "shiken@example.jp",
    "address": "https://shiken.example.jp/",
    "username": "taro",
    "password": "nagai-himitsu-2024",
}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


def test_a_real_empty_site_is_made_from_the_options(capsys):
    call_command("setup_site", **ANSWERS)

    profile = Profile.objects.current()
    assert (profile.name, profile.reading) == ("試験 太郎", "しけん たろう")
    assert (profile.office, profile.email) == ("試験市議会議員", "shiken@example.jp")
    assert profile.address == "https://shiken.example.jp"
    assert not Post.objects.exists()
    user = authenticate(username="taro", password="nagai-himitsu-2024")
    assert (user.role, user.is_superuser) == ("管理者", False)
    said = capsys.readouterr().out
    assert "https://shiken.example.jp/admin/" in said
    assert "二段階の確認(パスキーか認証アプリ)を設定してください。" in said


def test_what_is_not_given_is_asked_for(monkeypatch):
    asked = []
    answers = iter(
        [
            "",
            *(
                ANSWERS[option]
                for option in (
                    "name",
                    "reading",
                    "office",
                    "email",
                    "address",
                    "username",
                )
            ),
        ]
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or next(answers))
    monkeypatch.setattr("getpass.getpass", lambda question: ANSWERS["password"])

    call_command("setup_site")

    assert Profile.objects.current().name == "試験 太郎"
    assert len(asked) == 7


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("name", "試験太郎", "--name は姓と名の間を1か所空けて"),
        ("email", "shiken", "email:"),
        ("address", "shiken.example.jp", "address: https:// から始まる"),
        ("password", "12345678", "パスワード"),
        ("username", "太 郎", "username:"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_made(option, value, sentence):
    with pytest.raises(CommandError) as error:
        call_command("setup_site", **ANSWERS | {option: value})

    assert sentence in str(error.value)
    assert not Profile.objects.exists()
    assert not get_user_model().objects.exists()


def test_without_a_terminal_a_missing_answer_is_named(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    with pytest.raises(CommandError, match="--office がありません"):
        call_command("setup_site", **ANSWERS | {"office": None})


def test_a_site_that_exists_is_not_touched():
    create_profile(given_name="花子")

    with pytest.raises(CommandError, match="サイトはすでにあります"):
        call_command("setup_site", **ANSWERS)

    assert Profile.objects.current().given_name == "花子"
