"""Signing in, as people do it: with a passkey, and without the phone that had it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import signing
from playwright.sync_api import expect

from blog.models import Post
from homepage.accounts.models import Invitation
from tests.factories import create_administrator

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(page):
    """A phone that recognises its owner's face."""
    page.set_viewport_size(PHONE)
    page.authenticator = give_authenticator(page)
    return page


def give_authenticator(page):
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda: devtools.send("WebAuthn.removeVirtualAuthenticator", made)


def sign_in_by_password(page, site, path="/admin/"):
    page.goto(site + path)
    page.get_by_label("ユーザー名").fill("admin")
    page.get_by_label("パスワード").fill("himitsu-no-kotoba")
    page.get_by_role("button", name="ログイン", exact=True).click()


def register_passkey(page):
    page.get_by_role("link", name="パスキーを登録する").click()
    # With its script, without which the button does nothing.
    page.wait_for_url("**/webauthn/add/")
    page.get_by_label("名前").fill("わたしの電話")
    page.get_by_role("button", name="登録する").click()
    codes = page.locator(".account-codes code")
    expect(codes).to_have_count(10)
    return codes.all_inner_texts()


def sign_out(page):
    page.get_by_role("button", name="ログアウト").click()
    page.get_by_role("button", name="パスキーでログイン").wait_for()


def test_a_passkey_is_registered_signs_in_and_publishes_and_a_lost_one_is_replaced(
    phone, live_server, profile
):
    create_administrator()

    sign_in_by_password(phone, live_server.url)
    expect(phone.locator(".grace")).to_be_visible()
    codes = register_passkey(phone)
    expect(phone.locator(".grace")).to_have_count(0)
    sign_out(phone)

    phone.goto(f"{live_server.url}/admin/blog/post/add/")
    phone.get_by_role("button", name="パスキーでログイン").click()
    phone.wait_for_url(f"{live_server.url}/admin/blog/post/add/")
    phone.get_by_label("本文").fill("パスキーで公開しました。")
    phone.locator("#id_status").get_by_text("公開").click()
    phone.get_by_role("button", name="公開する").click()
    phone.get_by_text("公開しています。").wait_for()
    assert [post.body for post in Post.objects.published()] == ["パスキーで公開しました。"]
    sign_out(phone)

    phone.authenticator()
    sign_in_by_password(phone, live_server.url)
    phone.get_by_label("コード").fill(codes[3])
    phone.get_by_role("button", name="ログイン", exact=True).click()
    phone.get_by_role("link", name="ログインの設定").click()
    expect(phone.get_by_text("9個")).to_be_visible()


def test_a_passkey_is_the_second_step_after_a_password(phone, live_server, profile):
    create_administrator()
    sign_in_by_password(phone, live_server.url)
    register_passkey(phone)
    sign_out(phone)

    sign_in_by_password(phone, live_server.url, "/admin/blog/post/")
    phone.wait_for_url("**/factors/authenticate/**")
    phone.get_by_role("button", name="パスキーで確かめる").click()

    phone.wait_for_url(f"{live_server.url}/admin/blog/post/")


def test_a_passkey_signs_in_while_passwords_are_refused(phone, live_server, profile, client):
    create_administrator()
    sign_in_by_password(phone, live_server.url)
    register_passkey(phone)
    sign_out(phone)
    for _ in range(6):
        client.post("/accounts/login/", {"login": "admin", "password": "chigau"})

    sign_in_by_password(phone, live_server.url)
    expect(phone.get_by_text("いまもパスキーでログインできます。")).to_be_visible()
    # And its script.
    phone.wait_for_load_state()
    phone.get_by_role("button", name="パスキーでログイン").click()

    phone.wait_for_url(f"{live_server.url}/admin/")


def test_whoever_gives_no_passkey_is_told_in_words(phone, live_server, profile):
    phone.authenticator()
    phone.goto(f"{live_server.url}/accounts/login/")
    # Nobody touches the sensor.
    phone.evaluate("() => { navigator.credentials.get = () => Promise.reject('cancelled'); }")

    phone.get_by_role("button", name="パスキーでログイン").click()

    expect(phone.get_by_text("パスキーを使えませんでした。")).to_be_visible()


def test_an_address_that_is_a_number_says_where_passkeys_work(phone, live_server, profile):
    phone.goto(live_server.url.replace("localhost", "127.0.0.1") + "/accounts/login/")

    link = phone.get_by_role("link", name="http://localhost:")
    link.click()

    phone.wait_for_url(f"{live_server.url}/accounts/login/")
    expect(phone.get_by_text("では、パスキーを使えません。")).to_have_count(0)


def test_recovery_codes_are_saved_as_a_file(phone, live_server, profile):
    create_administrator()
    sign_in_by_password(phone, live_server.url)
    codes = register_passkey(phone)

    with phone.expect_download() as download:
        phone.get_by_role("button", name="ファイルに保存する").click()

    assert download.value.path().read_text().split() == codes
    phone.reload()
    expect(phone.locator(".account-codes")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_signing_in_break_no_rule(page, live_server, profile, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    give_authenticator(page)
    invited = Invitation.objects.create(email="hanako@example.jp", role="編集者")
    create_administrator()
    token = signing.dumps("nonsense")

    def check(path=None):
        if path:
            page.goto(live_server.url + path)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
        # Nothing is wider than the screen.
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    for path in [
        "/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/sent/", "/accounts/inactive/",
        "/accounts/password/reset/1-x/", "/accounts/password/reset/done/", invited.get_absolute_url(),
        f"/accounts/invitation/{token}/",
    ]:  # fmt: skip
        check(path)
    sign_in_by_password(page, live_server.url)
    page.get_by_role("link", name="パスキーを登録する").wait_for()
    check("/accounts/factors/")
    check("/accounts/factors/totp/activate/")
    check("/accounts/factors/webauthn/add/")
    check("/accounts/factors/")
    register_passkey(page)
    check()
    for path in [
        "/accounts/factors/", "/accounts/factors/recovery-codes/", "/accounts/factors/recovery-codes/generate/",
        "/accounts/factors/webauthn/reauthenticate/", "/accounts/factors/reauthenticate/", "/accounts/sessions/",
        "/accounts/password/", "/accounts/logout/", invited.get_absolute_url(),
    ]:  # fmt: skip
        check(path)
    page.goto(f"{live_server.url}/accounts/factors/")
    page.get_by_role("link", name="名前を変える").click()
    page.wait_for_url("**/webauthn/keys/*/edit/")
    check()
    page.goto(f"{live_server.url}/accounts/factors/")
    page.get_by_role("link", name="外す").click()
    page.wait_for_url("**/webauthn/keys/*/remove/")
    check()
    sign_out(page)
    sign_in_by_password(page, live_server.url)
    page.wait_for_url("**/factors/authenticate/**")
    check()
