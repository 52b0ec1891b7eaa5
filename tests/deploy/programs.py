"""The programs that read the files of deploy/, and what running them takes."""

import os
import shutil
import socket
import time

import pytest
from django.conf import settings

DEPLOY = settings.BASE_DIR / "deploy"
# Where tests/install.sh unpacks servers that are not installed.
UNPACKED = settings.BASE_DIR / ".venv/debian"
PLACES = [os.environ["PATH"], "/usr/sbin", f"{UNPACKED}/usr/sbin", f"{UNPACKED}/usr/bin"]


def find(program, package):
    """Return the path of a program; without it the test fails, or is skipped where there is no apt."""
    if path := shutil.which(program, path=os.pathsep.join(PLACES)):
        return path
    if shutil.which("apt-get"):
        pytest.fail(f"{program} is missing: sudo apt-get install {package}", pytrace=False)
    pytest.skip(f"{program} is missing, and there is no apt-get to bring {package}")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def eventually(condition):
    """Return what the condition returns as soon as that is true, within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError(f"{condition.__name__} did not come true")
