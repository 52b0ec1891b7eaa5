"""The content security policy in the browser: every screen works under it, and nothing else does."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from playwright.sync_api import expect

from blog.models import Post
from homepage.accounts.models import Invitation
from homepage.accounts.roles import Role
from homepage.log.models import Action, record
from tests.blog.test_photos import create_photo
from tests.factories import (
    create_administrator,
    create_attachment,
    create_caution_words,
    create_election,
    create_page,
)
from tests.pictures import from_phone


@pytest.fixture
def watched(page, sample_site, client):
    """The browser of somebody who is signed in; what it was refused and whom it asked."""
    client.force_login(create_administrator(username="writer"))
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([session | {"url": sample_site}])
    page.refused, page.elsewhere = [], []
    page.on("console", lambda message: refuse(page, message.text))
    page.on("request", lambda request: note(page, request.url, sample_site))
    return page


def refuse(page, text):
    # Chromium says so of a frame without scripts, too, and of a feature that it does not know.
    if "Content Security Policy" in text or "Permissions-Policy" in text:
        page.refused.append(text)


def note(page, url, site):
    if not url.startswith((f"{site}/", f"blob:{site}/")):
        page.elsewhere.append(url)


def routes(patterns, start=""):
    for pattern in patterns:
        route = start + str(pattern.pattern)
        yield from (
            routes(pattern.url_patterns, route) if hasattr(pattern, "url_patterns") else [route]
        )


def screens():
    """The address of every screen of the admin, filled with the first thing of its kind."""
    for route in routes(admin.site.get_urls()):
        if route.startswith("^"):
            yield from (f"{app}/" for app in ("accounts", "blog", "homepage"))
        elif not route.startswith(("r/", "(")):  # Onto the public site, and into nothing.
            yield filled(route)
    yield from ("nowhere/", "trash/")


def filled(route):
    if "<" not in route:
        return route
    thing = apps.get_model(*route.split("/")[:2]).objects.first()
    if "history/<" in route:
        route = re.sub("history/<int:number>", f"history/{thing.revisions.first().pk}", route)
    return re.sub("<[^>]*>", str(thing.pk), route)


def test_every_screen_of_the_admin_works_under_the_policy(watched, sample_site):
    create_page()
    create_photo()
    create_election()
    create_caution_words()
    create_attachment(post=Post.objects.first())
    Invitation.objects.create(email="jiro@example.jp", role=Role.DRAFTER)
    record(Action.PUBLISHED, "夏の報告")
    statuses = []

    for screen in screens():
        statuses.append(watched.goto(f"{sample_site}/admin/{screen}").status)
        assert watched.refused == [], screen

    assert watched.elsewhere == []
    # The others are for forms to be sent to, and say so.
    assert statuses.count(200) > 40
    assert max(statuses) < 500


@pytest.mark.parametrize(
    "path",
    ["", "webauthn/add/", "totp/activate/", "recovery-codes/", "../sessions/", "../password/"],
)
def test_the_pages_of_signing_in_work_under_the_policy(watched, sample_site, path):
    watched.goto(f"{sample_site}/accounts/factors/{path}", wait_until="networkidle")

    assert (watched.refused, watched.elsewhere) == ([], [])


def test_a_report_is_written_under_the_policy(watched, sample_site):
    watched.goto(f"{sample_site}/admin/blog/post/add/")
    watched.get_by_label("本文").fill("夏まつりの報告です。")
    held = []
    watched.route("**/photo/upload/", lambda route: held.append(route))
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": from_phone()}
    with watched.expect_request("**/photo/upload/"):
        watched.get_by_label("写真を選ぶ・撮る").set_input_files([photo])
    shown = watched.get_by_role("group", name="写真").locator("li img").first
    # Until the photo is sent, its picture is the browser's own.
    shown.evaluate("image => image.decode()")
    assert shown.get_attribute("src").startswith("blob:")
    held[0].continue_()
    expect(shown).to_have_attribute("src", re.compile("/media/"))
    shown.evaluate("image => image.decode()")
    watched.get_by_text("仕上がりを見る").first.click()
    expect(watched.locator(".markdownx-preview").first).to_contain_text("夏まつりの報告です。")

    with watched.expect_popup() as popup:
        watched.get_by_role("link", name="ページの見え方").click()
    frame = popup.value.frame_locator("iframe").first
    expect(frame.get_by_text("夏まつりの報告です。").first).to_be_visible()

    assert (watched.refused, watched.elsewhere) == ([], [])


@pytest.mark.parametrize("path", ["/", "/admin/blog/post/add/"])
def test_what_got_into_a_page_does_nothing(watched, sample_site, path):
    watched.goto(sample_site + path)

    with (
        refused_by(watched, "img-src"),
        refused_by(watched, "frame-src"),
        refused_by(watched, "script-src"),
        refused_by(watched, "style-src"),
    ):
        watched.evaluate(
            """() => {
                document.body.insertAdjacentHTML("beforeend", `
                    <img src="https://elsewhere.example.com/a.png" onerror="window.ran = 1">
                    <iframe src="https://elsewhere.example.com/"></iframe>
                    <form action="https://elsewhere.example.com/"><button>送る</button></form>
                    <p style="position: fixed">`);
                const script = document.createElement("script");
                script.text = "window.ran = 1";
                document.body.append(script);
                // By then the picture has failed, and whatever waits for that has had its turn.
                const image = document.querySelector("body > img");
                return new Promise((failed) => image.addEventListener("error", failed));
            }"""
        )

    assert watched.evaluate("window.ran") is None
    assert (
        watched.locator("body > p").last.evaluate("p => getComputedStyle(p).position") == "static"
    )
    # Last: the browser's driver goes on waiting for where this does not lead.
    with refused_by(watched, "form-action"):
        watched.locator("body > form button").dispatch_event("click")
    assert watched.url == sample_site + path


def refused_by(page, rule):
    """Wait, after what is done meanwhile, until the browser has said that the rule refuses it."""
    return page.expect_console_message(
        lambda message: "Content Security Policy" in message.text and rule in message.text
    )
