"""wrk, which asks for one page as often as a server can answer."""

import re
import shutil
import subprocess

from benchmarks.table import NotInstalled

SECONDS = 3
# A rush of readers. With few, what counts is how quickly a system wakes its processes.
CONNECTIONS = 128


def requests_per_second(port, path, **headers):
    """Return how many requests a second many connections get answered."""
    if shutil.which("wrk") is None:
        raise NotInstalled("wrk is not installed")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{port}{path}")
    result = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=SECONDS + 15
    )
    if "Non-2xx" in result.stdout or "Socket errors" in result.stdout:
        raise RuntimeError(result.stdout)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", result.stdout).group(1))
