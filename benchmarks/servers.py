"""The servers that are compared: the site as `make run` serves it, and nginx."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from benchmarks.load import Connection
from benchmarks.table import NotInstalled

NGINX = """
{user}
worker_processes {workers};
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
{server}
}}
"""
FILE = """
    server {{
        listen 127.0.0.1:{port};
        root {folder}/nginx;
        types {{ }}
        default_type "text/html; charset=utf-8";
        add_header Content-Encoding gzip;
    }}
"""
PROXY = """
    {upstream}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://homepage;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }}
    }}
"""


@contextmanager
def serving(folder, database_url):
    """Run `manage.py serve` on a free port; lend its process and port."""
    port = free_port()
    # As a service starts it: Granian copies every variable into every request.
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": os.environ["DATA_DIR"]}
    environment |= {"PORT": str(port), "DATABASE_URL": database_url}
    command = [sys.executable, "manage.py", "serve"]
    with running(folder, command, port, env=environment, cwd=settings.BASE_DIR) as process:
        yield process, port


@contextmanager
def nginx(folder, file):
    """Run nginx, which serves these compressed bytes as /month.html; lend its port."""
    root = Path(folder) / "nginx"
    root.mkdir(exist_ok=True)
    (root / "month.html").write_bytes(file)
    port = free_port()
    with running_nginx(folder, port, FILE.format(folder=folder, port=port)):
        yield port


@contextmanager
def nginx_before(folder, site_port):
    """Run nginx in front of the site, which it asks as deploy/nginx.conf does; lend its port.

    It keeps no page: every request reaches the site.
    """
    deployed = (settings.BASE_DIR / "deploy/nginx.conf").read_text()
    upstream = re.search(r"^upstream .*?^}", deployed, re.MULTILINE | re.DOTALL)[0]
    upstream = upstream.replace("127.0.0.1:8000", f"127.0.0.1:{site_port}")
    port = free_port()
    with running_nginx(folder, port, PROXY.format(upstream=upstream, port=port)):
        yield port


@contextmanager
def running_nginx(folder, port, server):
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        raise NotInstalled("nginx is not installed")
    config = Path(folder) / "nginx.conf"
    config.write_text(
        NGINX.format(
            # As root its workers would become somebody who cannot read the folder.
            user="user root;" if os.geteuid() == 0 else "",
            workers=min(4, os.cpu_count() or 1),
            folder=folder,
            server=server,
        )
    )
    with running(folder, [program, "-e", "stderr", "-c", str(config)], port):
        yield


@contextmanager
def running(folder, command, port, **options):
    """Run a server in a process group of its own, from its first answer to the end of the group."""
    with (Path(folder) / "servers.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, **options
        )
    try:
        wait_for_answer(process, port)
        yield process
    finally:
        stop(process)


def stop(process):
    process.terminate()
    try:
        process.wait(15)
    finally:
        # Whatever of the group is left, also where waiting was interrupted.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for_answer(process, port):
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            Connection(port).get("/")
        except OSError:
            time.sleep(0.05)
        else:
            # The first worker answers; the others start at the same time.
            time.sleep(1)
            return
    raise RuntimeError(f"{process.args} does not answer")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
