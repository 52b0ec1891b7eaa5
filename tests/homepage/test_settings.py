"""The environment: what it may say, and the one sentence that answers nonsense."""

import os
import socket
import stat
import subprocess
import sys

import pytest
from django.conf import settings

MANAGE = settings.BASE_DIR / "manage.py"


def manage(*arguments, data_dir, **environment):
    return subprocess.run(
        [sys.executable, MANAGE, *arguments],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "８０００"),
        ("HOST", "bad host"),
        ("HOST", "999.1.1.1"),
        ("DEBUG", "maybe"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://user:himitsu@localhost/site"),
        ("DATABASE_URL", "mongodb://user:himitsu@localhost/site"),
        ("ALLOWED_HOSTS", "https://mihon.example.jp"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "mihon.example.jp:443"),
        ("ALLOWED_HOSTS", "a.example.jp,,b.example.jp"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgres://127.0.0.1/%00"),
        ("DATA_DIR", "/dev/null/site"),
        ("DATA_DIR", "/sys"),
        ("TRUSTED_PROXIES", "proxy.example.jp"),
        ("TRUSTED_PROXIES", "192.0.2.11/24"),
        ("TRUSTED_PROXIES", "192.0.2.11,"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "127.0.0.1,::/0"),
        ("EMAIL_URL", "smtp.example.jp"),
        ("EMAIL_URL", "http://user:himitsu@smtp.example.jp"),
        ("EMAIL_URL", "smtp://user:himitsu@:587"),
        ("EMAIL_URL", "smtp://user:himitsu@smtp.example.jp:x"),
        ("EMAIL_URL", "smtp://user:himitsu@smtp.example.jp/folder"),
        ("EMAIL_URL", "smtp://user:himitsu@[smtp.example.jp"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_one_sentence_that_names_it(tmp_path, name, value):
    result = manage("migrate", **{"data_dir": tmp_path, name: value})

    assert result.returncode == 1
    assert result.stderr.startswith(f"{name} must ")
    assert result.stderr.count("\n") == 1
    assert "himitsu" not in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_are_let_in_only_where_the_site_has_a_name(tmp_path, host):
    refused = manage("check", data_dir=tmp_path, HOST=host)
    taken = manage("check", data_dir=tmp_path, HOST=host, ALLOWED_HOSTS="mihon.example.jp")

    assert refused.stderr.startswith("ALLOWED_HOSTS must name the site")
    assert refused.stderr.count("\n") == 1
    assert taken.returncode == 0


@pytest.mark.parametrize(
    ("environment", "redirects"),
    [
        ({}, "None"),
        ({"ALLOWED_HOSTS": "LocalHost,127.0.0.1,127.8.9.1,[::1]"}, "None"),
        ({"ALLOWED_HOSTS": "127.0.0.1,mihon.example.jp"}, "mihon.example.jp"),
        ({"ALLOWED_HOSTS": ".example.jp,www.example.jp"}, "example.jp"),
        ({"ALLOWED_HOSTS": "localhost.example.jp"}, "localhost.example.jp"),
        ({"HOST": "192.0.2.11"}, "192.0.2.11"),
    ],
    ids=str,
)
def test_a_site_that_others_can_ask_for_is_one_of_tls(tmp_path, environment, redirects):
    statement = (
        "from django.conf import settings as s; print(s.SECURE_SSL_REDIRECT, s.SECURE_SSL_HOST)"
    )

    result = manage(
        "shell", "--verbosity=0", "--command", statement, data_dir=tmp_path, **environment
    )

    assert result.stdout == f"{redirects != 'None'} {redirects}\n"


def test_what_deploy_recommends_leaves_django_nothing_to_say(tmp_path):
    lines = (settings.BASE_DIR / "deploy/homepage.env").read_text().splitlines()
    recommended = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    recommended.pop("DATA_DIR")

    result = manage("check", "--deploy", data_dir=tmp_path, **recommended)

    assert result.stderr == ""
    assert result.stdout == "System check identified no issues (2 silenced).\n"


@pytest.mark.parametrize("sender", ["", "homepage", "Homepage <homepage@example.jp>", "a@b@c"])
def test_mail_needs_an_address_to_come_from(tmp_path, sender):
    result = manage(
        "migrate", data_dir=tmp_path, EMAIL_URL="smtp://smtp.example.jp", EMAIL_FROM=sender
    )

    assert result.stderr.startswith("EMAIL_FROM must ")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://user%40example.jp:p%2Fw@smtp.example.jp", "smtp.example.jp 587 user@example.jp p/w True False"),
        ("smtps://user:himitsu@smtp.example.jp", "smtp.example.jp 465 user himitsu False True"),
        ("smtp://localhost:25", "localhost 25   False False"),
    ],
)  # fmt: skip
def test_one_address_names_the_mail_server(tmp_path, url, expected):
    statement = (
        "from django.conf import settings as s; "
        "print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL)"
    )

    result = manage(
        "shell", "--verbosity=0", "--command", statement,
        data_dir=tmp_path, EMAIL_URL=url, EMAIL_FROM="homepage@example.jp",
    )  # fmt: skip

    assert result.stdout == expected + "\n"


def test_an_address_of_a_storage_that_is_none_is_named(tmp_path):
    result = manage(
        "migrate", data_dir=tmp_path, S3_BUCKET="homepage", S3_ENDPOINT_URL="s3.example.jp"
    )

    assert result.stderr.startswith("S3_ENDPOINT_URL must ")


@pytest.mark.parametrize(
    "url", ["postgres://nobody:himitsu@127.0.0.1:1/site", "sqlite:////nonexistent/site.sqlite3"]
)
def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path, url):
    result = manage("migrate", data_dir=tmp_path, DATABASE_URL=url)

    assert result.returncode == 1
    assert result.stderr.startswith("The database that DATABASE_URL names does not answer")
    assert "himitsu" not in result.stderr


def test_a_database_that_accepts_and_says_nothing_is_given_up(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://nobody@127.0.0.1:{silent.getsockname()[1]}/site"

        result = manage("migrate", data_dir=tmp_path, DATABASE_URL=url)

    assert result.stderr.startswith("The database that DATABASE_URL names does not answer")


def test_any_name_of_a_folder_will_do_for_the_data(tmp_path):
    data_dir = tmp_path / "a#b %20 c"

    assert manage("migrate", "--verbosity=0", data_dir=data_dir).returncode == 0

    assert (data_dir / "site.sqlite3").exists()


def test_data_and_key_are_for_their_owner_alone(tmp_path):
    data_dir = tmp_path / "data"

    assert manage("migrate", "--verbosity=0", data_dir=data_dir).returncode == 0

    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in [data_dir, *data_dir.iterdir()]
    }
    assert modes == {"data": 0o700, "secret_key": 0o600, "site.sqlite3": 0o600}


def test_each_site_has_a_key_of_its_own_that_stays(tmp_path):
    for name in ("a", "a", "b"):
        assert manage("check", data_dir=tmp_path / name).returncode == 0, name
        key = (tmp_path / name / "secret_key").read_text()
        assert len(key) == 50
        (tmp_path / f"{name}-keys").open("a").write(key + "\n")

    first, again = (tmp_path / "a-keys").read_text().split()
    assert first == again != (tmp_path / "b-keys").read_text().strip()


def test_the_models_and_the_migrations_agree(tmp_path):
    result = manage("makemigrations", "--check", "--dry-run", data_dir=tmp_path)

    assert result.returncode == 0, result.stdout


def test_sqlite_lets_readers_go_on_while_one_writes(tmp_path):
    manage("migrate", "--verbosity=0", data_dir=tmp_path)

    statement = "from django.db import connection as c; print(c.cursor().execute('PRAGMA journal_mode').fetchone()[0])"
    assert (
        manage("shell", "--verbosity=0", "--command", statement, data_dir=tmp_path).stdout
        == "wal\n"
    )
