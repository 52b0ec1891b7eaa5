import os
import re
import subprocess

import pytest
from django.core.management import get_commands

from tests.deploy.programs import DEPLOY, find

UNITS = ["homepage.service", "homepage-backup.service", "homepage-backup.timer"]


@pytest.fixture
def units(tmp_path):
    """The units with their program where the test can put it."""
    python = tmp_path / "opt/homepage/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.touch(mode=0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text().replace("/opt/", f"{tmp_path}/opt/")
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_unit(units, name):
    analyze = find("systemd-analyze", "systemd")

    result = subprocess.run(
        [analyze, "verify", "--man=no", units / name], capture_output=True, text=True, check=False
    )

    messages = [line for line in result.stderr.splitlines() if "homepage" in line]
    assert not messages
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", UNITS[:2])
def test_manage_py_knows_what_the_unit_runs(name):
    commands = re.findall(r"manage\.py (\w+)", (DEPLOY / name).read_text())

    assert commands
    assert set(commands) <= set(get_commands())


@pytest.mark.parametrize("name", UNITS[:2])
def test_the_unit_may_write_in_the_folders_that_it_names(name):
    unit = (DEPLOY / name).read_text()
    environment = (DEPLOY / "homepage.env").read_text()
    (writable,) = re.findall(r"^StateDirectory=(.*)$", unit, re.MULTILINE)

    named = re.findall(r"^[^#\n]*/var/lib/([a-z-]+)", environment + unit, re.MULTILINE)

    assert "homepage" in named
    assert set(named) <= set(writable.split())


@pytest.mark.parametrize("name", UNITS[:2])
def test_the_unit_may_do_little_on_the_machine(units, name):
    analyze = find("systemd-analyze", "systemd")

    result = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=17", "--no-pager", units / name],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout


def test_a_backup_is_made_once_a_night():
    analyze = find("systemd-analyze", "systemd")
    timer = (DEPLOY / "homepage-backup.timer").read_text()
    (calendar,) = [line for line in timer.splitlines() if line.startswith("OnCalendar=")]

    result = subprocess.run(
        [
            analyze,
            "calendar",
            "--base-time=2024-08-04 12:00:00 UTC",
            "--iterations=2",
            calendar.removeprefix("OnCalendar="),
        ],
        env={"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "2024-08-05 03:00:00 JST" in result.stdout
    assert "2024-08-06 03:00:00 JST" in result.stdout


def test_manage_runs_as_the_service_does(tmp_path):
    """Its user and its environment, whatever folder root stands in."""
    for name, text in {
        "homepage.env": "# a comment\nSECRET_KEY='a $b'\n",
        "manage": (DEPLOY / "manage")
        .read_text()
        .replace("/etc/", f"{tmp_path}/")
        .replace("/opt/homepage", str(tmp_path)),
        "runuser": '#!/bin/sh\necho "$@"; echo "$PWD"; exec printenv SECRET_KEY\n',
    }.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o700)

    result = subprocess.run(
        [tmp_path / "manage", "shell", "--command", "a b"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    command = "-u homepage -- .venv/bin/python manage.py shell --command a b"
    assert result.stdout.splitlines() == [command, str(tmp_path), "a $b"]
