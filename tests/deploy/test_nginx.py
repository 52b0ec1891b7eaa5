"""nginx itself, with the file of deploy/, in front of a site that counts what it is asked."""

import http.client
import itertools
import os
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deploy.programs import DEPLOY, eventually, find, free_port

NAME = "mihon.example.jp"
PAGE = "public, max-age=0, s-maxage=1"
# What is kept for so long that no pause of a busy machine matters.
LASTING = "public, max-age=0, s-maxage=600"

MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    # As Debian's own file says.
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/homepage.conf;
}}
"""


class Site(ThreadingHTTPServer):
    """A site whose page can change and fail."""

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Answer)
        self.asked = []
        self.status, self.drops = 200, 0
        self.text = "old"
        self.headers = {"Cache-Control": PAGE, "Vary": "Accept-Encoding"}
        threading.Thread(target=self.serve_forever, args=[0.01]).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self):
        self.server.asked.append(self.headers)
        if self.server.drops:
            self.server.drops -= 1
            return
        encoding = self.headers.get("Accept-Encoding", "")
        body = f"{self.server.text} {encoding}".strip().encode()
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("ETag", f'"{self.server.text}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Nginx:
    def __init__(self, folder, site):
        self.program = find("nginx", "nginx")
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self._make_certificate()
        changes = {
            "server 127.0.0.1:8000": f"server 127.0.0.1:{site.server_port}",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen [::]": "# listen [::]",
            f"/etc/letsencrypt/live/{NAME}": str(folder),
            "/var/lib/nginx": str(folder),
            "/var/www": str(folder),
        }
        text = (DEPLOY / "nginx.conf").read_text()
        for ours, here in changes.items():
            assert ours in text
            text = text.replace(ours, here)
        (folder / "homepage.conf").write_text(text)
        # Only root can, and must, say who the workers are: others could not enter the test's folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))

    def _make_certificate(self):
        options = (
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1"
            f" -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
            " -keyout privkey.pem -out fullchain.pem"
        )
        openssl = [find("openssl", "openssl"), *options.split()]
        subprocess.run(openssl, cwd=self.folder, capture_output=True, check=True)

    def run(self, *arguments):
        command = [self.program, "-p", self.folder, "-e", self.folder / "error.log"]
        return [*command, "-c", self.folder / "nginx.conf", *arguments]

    def start(self):
        self.process = subprocess.Popen(self.run())
        eventually(self.listens)

    def listens(self):
        assert self.process.poll() is None, (self.folder / "error.log").read_text()
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def connect(self, *protocols):
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        if protocols:
            context.set_alpn_protocols(protocols)
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return context.wrap_socket(connection, server_hostname=NAME)

    def get(self, path="/", method="GET", body=None, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(path, method, body, sent)

    def ask(self, path="/", method="GET", body=None, headers=()):
        """Return the answer to a reader, its text in `text`."""
        connection = http.client.HTTPConnection(NAME)
        connection.sock = self.connect()
        connection.request(method, path, body, headers={"Accept-Encoding": ""} | dict(headers))
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        return response


@pytest.fixture
def site():
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def nginx(tmp_path, site):
    nginx = Nginx(tmp_path, site)
    nginx.start()
    yield nginx
    nginx.stop()


def get_until_asked(nginx, site, times):
    """Read the page until the site is asked for it again; return the answer of that time."""

    def answer_of_the_site():
        response = nginx.get()
        return len(site.asked) >= times and response

    return eventually(answer_of_the_site)


def test_nginx_accepts_the_file(tmp_path, site):
    result = subprocess.run(
        Nginx(tmp_path, site).run("-t"), capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr
    assert "test is successful" in result.stderr


def test_a_page_is_kept_for_one_second(nginx, site):
    paths = (f"/{number}/" for number in itertools.count())

    def two_readers_ask_once():
        # The next page, where a busy machine lets a second go by in between.
        path, before = next(paths), len(site.asked)
        assert nginx.get(path).text == nginx.get(path).text == "old"
        return len(site.asked) == before + 1

    eventually(two_readers_ask_once)
    get_until_asked(nginx, site, len(site.asked) + 2)


def test_after_that_the_site_is_asked_whether_it_has_changed(nginx, site):
    nginx.get()

    get_until_asked(nginx, site, 2)

    assert site.asked[1]["If-None-Match"] == '"old"'


def test_the_first_reader_after_a_publish_gets_the_new_page(nginx, site):
    nginx.get()
    site.text = "new"

    # However long ago the old page was fetched.
    assert get_until_asked(nginx, site, 2).text == "new"


@pytest.mark.parametrize(
    "known",
    [{"Cookie": "sessionid=himitsu"}, {"Cookie": "0"}, {"Authorization": "Basic himitsu"}],
    ids=str,
)
def test_whoever_is_known_to_the_site_is_answered_by_the_site(nginx, site, known):
    nginx.get()
    site.text = "for one person"

    assert nginx.get(**known).text == "for one person"
    assert nginx.get(**known).text == "for one person"
    assert len(site.asked) == 3
    assert nginx.get("/another/", **known).text == "for one person"
    site.text = "for everybody"
    assert nginx.get("/another/").text == "for everybody"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Cache-Control": "no-store"}, {"Cache-Control": PAGE, "Set-Cookie": "csrftoken=1"}],
    ids=str,
)
def test_what_the_site_does_not_call_public_is_not_kept(nginx, site, headers):
    site.headers = headers

    nginx.get()
    nginx.get()

    assert len(site.asked) == 2


def test_pages_are_kept_apart_by_query_and_by_encoding(nginx, site):
    assert nginx.get("/search/?q=a").text == "old"
    assert nginx.get("/search/?q=b").text == "old"
    assert len(site.asked) == 2

    assert nginx.get("/search/?q=a", Accept_Encoding="br").text == "old br"
    assert nginx.get("/search/?q=a", Accept_Encoding="gzip").text == "old gzip"
    assert nginx.get("/search/?q=a", Accept_Encoding="br").text == "old br"


def test_readers_keep_their_page_while_the_site_is_away(nginx, site):
    nginx.get()
    site.status, site.text = 503, "away"

    response = get_until_asked(nginx, site, 2)
    assert (response.status, response.text) == (200, "old")

    site.stop()
    response = nginx.get()
    assert (response.status, response.text) == (200, "old")
    assert nginx.get("/never-read/").status == 502


def test_a_file_that_one_server_does_not_have_is_asked_of_the_next(nginx, site):
    site.status = 404

    assert nginx.get("/static/css/new.css").status == 404
    assert len(site.asked) == 2
    assert nginx.get("/new/").status == 404
    assert len(site.asked) == 3


def test_nobody_notices_that_the_site_closed_a_connection(nginx, site):
    for number in range(3):
        site.drops = 1

        assert nginx.get(f"/{number}/").status == 200


def test_what_the_site_does_not_compress_stays_as_it_is(nginx, site):
    site.text = "old" * 100
    site.headers["Content-Type"] = "text/html"

    headers = nginx.get(Accept_Encoding="gzip").headers

    assert "Content-Encoding" not in headers
    assert headers["ETag"] == f'"{site.text}"'


def test_a_browser_that_has_the_page_is_told_so(nginx, site):
    site.headers["Cache-Control"] = LASTING
    etag = nginx.get().headers["ETag"]

    assert etag == '"old"'
    assert nginx.get(If_None_Match=etag).status == 304
    assert len(site.asked) == 1


@pytest.mark.parametrize("mark", ["-", "_"])
def test_the_site_is_told_who_asks_and_how_and_never_by_themselves(nginx, site, mark):
    claims = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http"}

    nginx.ask(headers={name.replace("-", mark): value for name, value in claims.items()})

    (headers,) = site.asked
    assert headers["Host"] == NAME
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["https"]
    assert not [name for name in headers if "_" in name]


def test_the_connection_to_the_site_stays_open(nginx, site):
    nginx.get()

    (headers,) = site.asked
    assert "Connection" not in headers


def test_a_photo_may_have_60_megabytes(nginx, site):
    photo = bytes(60 * 1024 * 1024)

    assert nginx.get(method="POST", body=photo).status == 200
    assert nginx.get(method="POST", Content_Length=str(len(photo) + 1)).status == 413


def test_browsers_speak_http_2(nginx):
    with nginx.connect("h2", "http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_http_leads_to_https_except_for_the_certificate(nginx):
    challenge = nginx.folder / "html/.well-known/acme-challenge/token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("proof")
    plain = http.client.HTTPConnection("127.0.0.1", nginx.plain_port)

    plain.request("GET", "/2024/08/?print", headers={"Host": NAME})
    response = plain.getresponse()
    response.read()
    assert response.status == 301
    assert response.headers["Location"] == f"https://{NAME}/2024/08/?print"

    plain.request("GET", "/.well-known/acme-challenge/token", headers={"Host": NAME})
    assert plain.getresponse().read() == b"proof"
