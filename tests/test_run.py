"""The README's first command, as a visitor of the repository runs it."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings

from tests.serving import free_port


class Site:
    """`make run` in a folder of its own, on a free port."""

    def __init__(self, data_dir):
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        environment = os.environ | {"DATA_DIR": str(data_dir), "PORT": str(port)}
        # Its own database, whichever `make test` was told to use: MAKEFLAGS would hand that on.
        # And what it prints comes as it would anywhere else.
        for name in ("DATABASE_URL", "MAKEFLAGS", "MAKEOVERRIDES", "PYTHONUNBUFFERED"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            ["make", "--silent", "run"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.printed = ""
        for line in self.process.stdout:
            self.printed += line
            if "で開けます" in line:
                break

    def get(self, path, **headers):
        request = urllib.request.Request(self.address + path, headers=headers)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                return urllib.request.urlopen(request)
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError):
                    raise
                time.sleep(0.05)
        raise AssertionError(f"{self.address} does not answer")

    def interrupt(self):
        """Press Ctrl-C; return what was printed after it."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=60)[0]


@pytest.fixture
def start(tmp_path):
    sites = []

    def start():
        sites.append(Site(tmp_path / "var"))
        return sites[-1]

    yield start
    for site in sites:
        if site.process.poll() is None:
            os.killpg(site.process.pid, signal.SIGKILL)


def test_the_first_start_brings_the_sample_and_the_second_keeps_it(start, tmp_path):
    site = start()

    assert f"管理画面: {site.address}/admin/" in site.printed
    assert re.search(r"パスワード: \S{16} \(表示はこの一度だけです\)", site.printed)
    html = site.get("/").read().decode()
    assert "見本 花子" in html
    assert_static_files_last(site, html)
    assert_for_the_owner_alone(tmp_path / "var")
    assert "Traceback" not in site.interrupt()

    again = start()
    assert "パスワード" not in again.printed
    assert "見本 花子" in again.get("/2024/08/").read().decode()
    again.interrupt()


def assert_static_files_last(site, html):
    sheets = re.findall(r'<link rel="stylesheet" href="(/static/[^"]+)"', html)
    assert len(sheets) > 5
    for sheet in sheets:
        response = site.get(sheet, **{"Accept-Encoding": "br"})
        assert response.headers["Content-Encoding"] == "br"
        assert "immutable" in response.headers["Cache-Control"]


def assert_for_the_owner_alone(folder):
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_a_port_that_is_taken_stops_the_start_with_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATA_DIR": str(tmp_path), "PORT": str(other.getsockname()[1])},
            capture_output=True,
            text=True,
            check=False,
        )

    assert result.returncode == 1
    assert "では始められません" in result.stderr
    assert "Traceback" not in result.stderr
