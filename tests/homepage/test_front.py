import pytest

from homepage.models import Profile
from tests.factories import (
    create_category,
    create_page,
    create_post,
    create_profile,
    jst,
)


def test_it_says_who_answers_for_the_site_and_how_to_write_to_them(client, db):
    create_profile(
        family_name="見本",
        given_name="花子",
        email="mihon@example.jp",
        catchphrase="一行目\n二行目",
    )

    html = client.get("/").text

    assert "<rt>みほん</rt>" in html
    assert html.count('href="mailto:mihon@example.jp"') == 2
    assert "<span>一行目</span><span>二行目</span>" in html


def test_it_shows_the_newest_reports(client, profile):
    for day in range(1, 8):
        create_post(title=f"{day}日の報告", published_at=jst(2024, 8, day, 10, 0))

    response = client.get("/")

    assert [post.title for post in response.context["posts"]] == [
        f"{day}日の報告" for day in (7, 6, 5, 4, 3)
    ]
    assert 'href="/2024/08/">2024年8月の報告をすべて読む' in response.text


def test_it_shows_the_fields_of_work_that_have_something_to_say(client, profile):
    create_post(category=create_category(name="防災", slug="disaster", description="備えます。"))
    create_category(name="行事", description="")

    html = client.get("/").text

    assert "<h3>防災</h3><p>備えます。</p>" in html
    assert 'href="/category/disaster/">防災の報告 1件' in html
    assert "行事" not in html


def test_the_biography_is_rendered_by_the_sites_own_rules(client, db):
    create_profile(biography="{献血|けんけつ}<script>alert(1)</script>")

    html = client.get("/").text

    assert "<ruby>献血" in html
    assert "alert(1)" not in html


def test_a_site_that_is_not_set_up_says_so(client, db):
    response = client.get("/")

    assert response.status_code == 200
    assert "このホームページは準備中です" in response.text
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/archive/",
        "/2024/",
        "/2024/08/",
        "/category/disaster/",
        "/policies/",
        "/nowhere/",
    ],
)
def test_name_and_contact_stand_on_every_page(client, profile, path):
    create_post(category=create_category(slug="disaster"), published_at=jst(2024, 8, 4, 10, 0))
    create_page(slug="policies")

    html = client.get(path).text

    footer = html[html.index("<footer") :]
    assert "サイト管理者" in footer
    assert "見本 花子" in footer
    assert (
        '<a class="contact-mail tap" href="mailto:mihon@example.jp">mihon@example.jp</a>' in footer
    )


@pytest.mark.parametrize(
    "path",
    ["/", "/archive/", "/2024/", "/2024/08/", "/category/disaster/", "/policies/"],
)
def test_every_page_carries_the_code_and_the_text_of_its_own_address(client, profile, path):
    create_post(category=create_category(slug="disaster"), published_at=jst(2024, 8, 4, 10, 0))
    create_page(slug="policies")
    name = path.strip("/") or "front"

    html = client.get(path).text

    assert f'<img src="/qr/{name}.svg"' in html
    assert f"<code>https://mihon.example.jp{path}</code>" in html
    assert f'data-share="https://mihon.example.jp{path}"' in html
    assert client.get(f"/qr/{name}.svg").status_code == 200


def test_the_chosen_colour_is_served_as_a_style_sheet(client, db):
    create_profile(accent="#1F4E8C")

    assert 'href="/accent/1f4e8c.css"' in client.get("/").text
    sheet = client.get("/accent/1f4e8c.css")
    assert sheet["Content-Type"] == "text/css"
    assert "--accent-ink:#1f4e8c" in sheet.text


@pytest.mark.parametrize("colour", ["1F4E8C", "red", "1f4e8", "1f4e8c0"])
def test_what_is_no_colour_has_no_style_sheet(client, profile, colour):
    assert client.get(f"/accent/{colour}.css").status_code == 404
