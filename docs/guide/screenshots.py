"""Takes the pictures of the README and the guide from a sample site of its own: make guide."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
IMAGES = Path(__file__).parent / "images"
PORT = "8087"
SITE = f"http://127.0.0.1:{PORT}"
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
    page.get_by_role("button", name="ログイン").click()
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
    take("6-published")
    page.goto(SITE)
    page.get_by_role("link", name="今朝は中央駅の東口で").click()
    take("7-on-the-site")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    main()
