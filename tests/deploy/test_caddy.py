import http.client
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.deploy.programs import DEPLOY, eventually, find, free_port
from tests.deploy.test_nginx import Site


@pytest.fixture
def site():
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def ask(tmp_path, site):
    """Caddy in front of the site, without its certificate: asks it and returns the answer."""
    port = free_port()
    text = (DEPLOY / "Caddyfile").read_text()
    for ours, here in {
        "\nmihon.example.jp {": f"\n{{\n\tadmin off\n}}\nhttp://127.0.0.1:{port} {{",
        "reverse_proxy 127.0.0.1:8000": f"reverse_proxy 127.0.0.1:{site.server_port}",
    }.items():
        assert ours in text
        text = text.replace(ours, here)
    (tmp_path / "Caddyfile").write_text(text)
    process = subprocess.Popen(
        [find("caddy", "caddy"), "run", "--adapter=caddyfile", f"--config={tmp_path}/Caddyfile"],
        env={"HOME": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )

    def ask(method="GET", body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(method, "/", body, dict(headers))
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        return response

    def listens():
        try:
            return ask()
        except ConnectionRefusedError:
            return None

    eventually(listens)
    yield ask
    process.terminate()
    process.wait(60)


def test_caddy_accepts_the_file(tmp_path):
    caddy = find("caddy", "caddy")

    result = subprocess.run(
        [caddy, "validate", "--adapter=caddyfile", f"--config={DEPLOY / 'Caddyfile'}"],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert "Valid configuration" in result.stdout + result.stderr


def test_the_file_is_formatted_as_caddy_does_it():
    caddy = find("caddy", "caddy")

    result = subprocess.run([caddy, "fmt", DEPLOY / "Caddyfile"], capture_output=True, check=True)

    assert result.stdout == (DEPLOY / "Caddyfile").read_bytes()


@pytest.mark.parametrize("mark", ["-", "_"])
@pytest.mark.parametrize("write", [str, str.lower, str.upper])
def test_the_site_is_told_who_asks_and_how_and_never_by_themselves(ask, site, mark, write):
    claims = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}

    ask(headers={write(name.replace("-", mark)): value for name, value in claims.items()})

    headers = site.asked[-1]
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["http"]
    assert not [name for name in headers if "_" in name]


def test_a_photo_may_have_60_megabytes(ask):
    photo = bytes(60_000_000)

    assert ask(method="POST", body=photo).status == 200


def test_readers_wait_while_the_site_starts_anew(ask, site):
    site.stop()
    with ThreadPoolExecutor() as pool:
        reader = pool.submit(ask)
        with pytest.raises(TimeoutError):
            reader.result(timeout=0.5)
        again = Site(site.server_port)

        assert reader.result().status == 200
    again.stop()
