"""Takes the pictures of the README and the guide from a sample site of its own: make guide."""

import base64
import datetime
import hmac
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
IMAGES = Path(__file__).parent / "images"
PORT = "8087"
# Not a number: passkeys belong to names, and the page of signing in would say so.
SITE = f"http://localhost:{PORT}"
BODY = """今朝は中央駅の東口で、自転車置き場について通勤の皆さんにお話を聞きました。

一番多かったのは**「屋根のある場所が足りない」**という声です。担当課に場所と数を確かめています。"""


def main():
    with tempfile.TemporaryDirectory() as data_dir, sync_playwright() as playwright:
        server = subprocess.Popen(
            ["make", "--silent", "run"],
            cwd=ROOT,
            env=os.environ | {"DATA_DIR": data_dir, "PORT": PORT},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            password = first_password(server.stdout)
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--lang=ja"],
                env=os.environ | {"LANGUAGE": "ja"},
            )
            take_readers_pictures(browser)
            take_writers_pictures(browser, password)
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait()


def first_password(lines):
    for line in lines:
        if match := re.match(r"パスワード: (\S+)", line):
            password = match[1]
        if "で開けます" in line:
            return password
    raise SystemExit("The sample site did not start.")


def take_readers_pictures(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    open_when_ready(page, f"{SITE}/2024/08/")
    page.screenshot(path=IMAGES / "month.png")


def open_when_ready(page, address):
    for _ in range(100):
        try:
            return page.goto(address, wait_until="networkidle")
        except Exception as error:
            if "ERR_CONNECTION_REFUSED" not in str(error):
                raise
            page.wait_for_timeout(100)
    raise SystemExit(f"{address} does not answer.")


def take_writers_pictures(browser, password):
    context = browser.new_context(
        viewport={"width": 390, "height": 760}, device_scale_factor=2, locale="ja-JP"
    )
    page = context.new_page()

    def take(name):
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}.png")

    page.goto(f"{SITE}/admin/")
    page.get_by_label("ユーザー名").fill("admin")
    page.get_by_label("パスワード").fill(password)
    take("1-sign-in")
    page.get_by_role("button", name="ログイン", exact=True).click()
    set_up_app(page)
    page.goto(f"{SITE}/admin/")
    take("2-start")
    page.get_by_role("link", name="活動報告を書く").click()
    page.get_by_label("本文").fill(BODY)
    take("3-write")
    page.get_by_text("仕上がりを見る").click()
    page.locator(".markdownx-preview strong").wait_for()
    take("4-preview")
    page.locator("#id_status").get_by_text("公開").click()
    page.get_by_role("button", name="公開する").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    take("5-publish")
    page.get_by_role("button", name="公開する").click()
    page.get_by_text("公開しています。").wait_for()
    take("6-published")
    page.goto(SITE)
    page.get_by_role("link", name="今朝は中央駅の東口で").click()
    take("7-on-the-site")
    make_it_polling_day(page)
    page.goto(f"{SITE}/admin/blog/post/add/")
    page.get_by_label("本文").fill(BODY)
    page.locator("#id_status").get_by_text("公開").click()
    page.get_by_role("button", name="公開する").click()
    page.get_by_label("更新する理由").fill("大雨の避難所のお知らせを載せるため")
    take("8-polling-day")


def make_it_polling_day(page):
    """Put an election into the calendar whose polling day is today, in Tokyo."""
    today = datetime.datetime.now(ZoneInfo("Asia/Tokyo")).date()
    page.goto(f"{SITE}/admin/homepage/election/add/")
    page.get_by_label("選挙の名前").fill("見本市議会議員選挙")
    page.get_by_label("告示日", exact=False).first.fill(str(today - datetime.timedelta(days=7)))
    page.get_by_label("投票日:").fill(str(today))
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("見本市議会議員選挙").first.wait_for()


def set_up_app(page):
    """Give the administrator a second factor, so that no picture has the notice that one is missing."""
    page.get_by_role("link", name="認証アプリを設定する").click()
    secret = page.locator(".account-secret").inner_text()
    page.get_by_label("コード", exact=False).last.fill(code_of_app(secret))
    page.get_by_role("button", name="設定する").click()
    page.get_by_role("heading", name="復旧コード").wait_for()


def code_of_app(secret):
    """Return the six digits that an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    main()
