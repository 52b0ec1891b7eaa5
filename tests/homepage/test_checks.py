"""What is missing or unsafe: found, told in Japanese, with what to do."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from homepage import checks
from homepage.checks import state_of_site
from homepage.log.models import Action, record
from tests.accounts import add_app
from tests.factories import create_administrator, create_person, create_profile

pytestmark = pytest.mark.django_db


def found():
    return {each.id: each for each in state_of_site()}


def test_a_site_without_anybody_who_answers_for_it():
    assert "名前と連絡先がまだありません" in found()["homepage.E001"].msg


def test_the_most_urgent_comes_first(settings):
    settings.DEBUG = True

    assert state_of_site()[0].id == "homepage.E001"


@pytest.mark.parametrize(
    ("email", "is_found"),
    [
        ("mihon@example.jp", True),
        ("mihon@mail.example.com", True),
        ("hanako@mihonshi.jp", False),
        ("hanako@counterexample.jp", False),
    ],
)
def test_a_contact_of_the_sample(email, is_found):
    create_profile(email=email)

    assert ("homepage.W002" in found()) is is_found


@pytest.mark.parametrize(
    ("address", "hosts", "is_found"),
    [
        ("https://mihon.example.jp", ["mihon.example.jp"], False),
        ("https://mihon.example.jp", ["127.0.0.1"], True),
        ("https://www.mihon.example.jp", [".mihon.example.jp"], False),
    ],
)
def test_an_address_under_which_the_site_does_not_answer(settings, address, hosts, is_found):
    settings.ALLOWED_HOSTS = hosts
    create_profile(address=address)

    assert ("homepage.W003" in found()) is is_found


@pytest.mark.parametrize(
    ("age", "words"), [(None, "まだ一度もありません"), (3, "が最後です"), (1, None)]
)
def test_a_backup_that_is_old(time_machine, age, words):
    if age is not None:
        time_machine.move_to(timezone.now() - datetime.timedelta(days=age))
        record(Action.EXPORTED, "バックアップ site-20261127-030000.tar.gz")
        time_machine.shift(datetime.timedelta(days=age))

    message = found().get("homepage.W005")

    assert (message is None) if words is None else (words in message.msg)


def test_those_who_may_publish_without_a_second_factor_are_named(django_assert_num_queries):
    create_person("編集者", username="hanako")
    create_person("起草者", username="taro")
    create_person("編集者", username="jiro", is_active=False)
    add_app(create_person("編集者", username="yuki"))

    assert "設定していない人がいます: hanako。" in found()["homepage.W004"].msg

    for _ in range(5):
        create_person("編集者")
    with django_assert_num_queries(5):
        state_of_site()


def test_another_export_is_no_backup():
    record(Action.EXPORTED, "記録(CSV)")

    assert "homepage.W005" in found()


def test_what_is_older_than_the_locked_requirements(monkeypatch, settings, tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/base.txt").write_text(
        "django==999.1 \\\n    --hash=sha256:00\nnot-installed-here==1.0 ; sys_platform == 'win32'\n"
    )
    settings.BASE_DIR = tmp_path

    message = found()["homepage.W006"]

    assert "django 5.2" in message.msg
    assert "→999.1" in message.msg
    assert "not-installed-here" not in message.msg


def test_what_is_installed_here_is_what_is_locked():
    assert "homepage.W006" not in found()


def test_what_the_framework_finds_is_told_in_japanese_and_once(settings):
    settings.DEBUG = True

    told = [each for each in state_of_site() if each.id.startswith("security.")]

    assert told
    assert all(not each.msg.isascii() and not each.hint.isascii() for each in told)
    assert len({each.msg for each in told}) == len(told)


def test_before_the_first_migration_nothing_is_asked(monkeypatch):
    def no_table():
        raise checks.DatabaseError

    monkeypatch.setattr(checks.Profile.objects, "current", no_table)

    assert "homepage.E001" not in found()


def test_the_admin_begins_with_it(client):
    create_profile()
    client.force_login(create_administrator())

    page = client.get("/admin/").text

    assert "サイトの状態" in page
    assert "「サイト管理者」で、本当のアドレスに直してください。" in page


def test_it_is_told_to_those_who_can_do_something_about_it(django_user_model):
    create_profile()
    writer = django_user_model.objects.create_user("writer", is_staff=True)
    writer.user_permissions.add(Permission.objects.get(codename="add_post"))
    client = Client()
    client.force_login(writer)

    assert "サイトの状態" not in client.get("/admin/").text
