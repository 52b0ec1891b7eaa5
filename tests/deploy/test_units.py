import subprocess

import pytest

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

    assert "2024-08-05 03:00:00" in result.stdout
    assert "2024-08-06 03:00:00" in result.stdout
