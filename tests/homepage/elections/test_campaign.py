"""A campaign: a contact on every page, nothing on paper, and an office that is not over."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from blog.models import Post
from homepage import views
from homepage.elections import calendar
from homepage.models import Election, Profile
from tests.factories import create_page, create_person, create_post, create_profile, jst

from .whole_site import create_polling_day

pytestmark = pytest.mark.django_db

FILED = jst(2023, 4, 16, 9, 0)
EMAIL = "hanako@mihonshi.jp"
PAGES = ["/", "/2023/04/", "/2023/", "/archive/", "/search/?q=a", "/policies/", "/nowhere/"]
NO_PAPER = '<body class="is-off-paper">'


@pytest.fixture
def campaign(time_machine):
    time_machine.move_to(jst(2023, 4, 18, 12, 0), tick=False)
    create_profile(email=EMAIL)
    create_page(slug="policies")
    create_post(published_at=jst(2023, 4, 1, 10, 0))
    return create_polling_day(accepted_at=FILED)


# The contact.


@pytest.mark.parametrize("path", PAGES)
def test_name_and_contact_stand_on_every_page_and_on_what_is_printed(client, campaign, path):
    html = client.get(path).text

    assert f'href="mailto:{EMAIL}"' in html
    printed = html[html.index('<section class="off-paper">') :]
    assert f"<p>見本市議会議員 見本 花子 {EMAIL}</p>" in printed


def test_they_stand_on_the_answers_to_wrong_requests(client, campaign):
    client.raise_request_exception = False
    for response in (
        client.get("/media/../settings.py"),
        client.post("/2023/04/"),
        Client(enforce_csrf_checks=True).post("/accounts/login/"),
        client.get("/accounts/login/"),
    ):
        assert response.status_code in (200, 400, 403, 405)
        assert EMAIL in response.text, response.status_code


def test_a_fault_of_the_server_tells_whom_to_write_to(client, campaign, monkeypatch):
    client.raise_request_exception = False

    def broken(request):
        raise ZeroDivisionError

    monkeypatch.setattr(views.counts, "back_numbers", broken)
    response = client.get("/")

    assert response.status_code == 500
    assert f'見本市議会議員 見本 花子 <a href="mailto:{EMAIL}">' in response.text


def test_a_fault_is_told_while_the_database_is_away_too(rf, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(Profile.objects, "current", away)

    response = views.server_error(rf.get("/"))

    assert response.status_code == 500
    assert "ただいま表示できません" in response.text


@pytest.mark.parametrize("email", [None, "mihon@example.jp"])
def test_the_site_does_not_enter_a_campaign_without_a_contact(time_machine, email):
    time_machine.move_to(jst(2023, 4, 18, 12, 0), tick=False)
    if email:
        create_profile(email=email)
    election = create_polling_day()

    election.accepted_at = FILED
    with pytest.raises(ValidationError, match="先に「サイト管理者」で"):
        election.save()

    assert Election.objects.get().accepted_at is None


def test_a_contact_is_not_taken_away_in_a_campaign(client, campaign):
    client.force_login(create_person("管理者"))
    form = {
        "family_name": "見本",
        "given_name": "花子",
        "family_name_reading": "みほん",
        "given_name_reading": "はなこ",
        "office": "見本市議会議員",
        "accent": "#35634a",
        "address": "https://mihon.example.jp",
        "links-TOTAL_FORMS": 0,
        "links-INITIAL_FORMS": 0,
    }

    response = client.post("/admin/homepage/profile/1/change/", form | {"email": "a@example.jp"})

    assert "選挙運動期間です。連絡先を出すことは法律の定めなので" in response.text
    assert Profile.objects.get().email == EMAIL


def test_a_contact_that_is_lost_all_the_same_fails_the_check_and_is_red(client, campaign):
    Profile.objects.update(email="mihon@example.jp")
    client.force_login(create_person("管理者"))

    html = client.get("/admin/").text

    assert re.search(r'<li class="is-serious"><b>連絡先メールアドレス mihon@example.jp', html)
    with pytest.raises(SystemCheckError, match="E002"):
        call_command("check")


# Paper.


@pytest.mark.parametrize(
    ("moment", "is_kept_off"),
    [
        (jst(2023, 4, 16, 8, 59, 59), False),
        (jst(2023, 4, 16, 9, 0), True),
        # Nothing changes on polling day.
        (jst(2023, 4, 23, 12, 0), True),
        (jst(2023, 4, 23, 23, 59, 59), True),
        (jst(2023, 4, 24, 0, 0), False),
    ],
)
def test_no_page_is_printed_from_the_filing_to_the_end_of_polling_day(
    client, campaign, time_machine, moment, is_kept_off
):
    time_machine.move_to(moment, tick=False)

    for path in PAGES:
        html = client.get(path).text
        assert (NO_PAPER in html) is is_kept_off, path
        assert ("選挙運動の期間中は、このページを紙に印刷できません。" in html) is is_kept_off


def test_without_a_filing_no_page_is_kept_off_paper_at_any_time(client, campaign, time_machine):
    Election.objects.update(accepted_at=None)
    for moment in (jst(2023, 4, 22, 12, 0), jst(2023, 4, 23, 12, 0)):
        time_machine.move_to(moment, tick=False)
        assert NO_PAPER not in client.get("/").text


@pytest.mark.parametrize("tag", ["挨拶", "お礼", "ごあいさつ", "御礼"])
def test_a_greeting_is_kept_off_paper_at_any_time(client, tag):
    create_profile()
    post = create_post(title="新年", tag_names=f"市政、{tag}", published_at=jst(2024, 1, 1))
    other = create_post(title="報告", tag_names="市政", published_at=jst(2024, 1, 2))

    page = client.get(post.get_absolute_url()).text
    month = client.get("/2024/01/").text

    assert NO_PAPER in page
    assert "このあいさつは、紙に印刷できません。" in page
    assert NO_PAPER not in month
    assert f'<article class="post is-off-paper" id="post-{post.pk}"' in month
    assert f'<article class="post" id="post-{other.pk}"' in month
    assert month.count("このあいさつは、紙に印刷できません。") == 1
    assert NO_PAPER not in client.get(other.get_absolute_url()).text


def test_the_elections_are_read_once_for_an_edition(rf, campaign, django_assert_num_queries):
    request = rf.get("/", **{"homepage.edition": 7})

    with django_assert_num_queries(1):
        assert [calendar.is_campaign(request) for _ in range(3)] == [True] * 3


# The office.


@pytest.mark.parametrize(("ends_on", "is_named"), [("2023-04-29", True), ("2023-04-30", False)])
def test_an_office_whose_term_is_over_is_named_before_publishing(
    client, time_machine, ends_on, is_named
):
    time_machine.move_to(jst(2023, 4, 30, 12, 0), tick=False)
    create_profile(term_ends_on=ends_on)
    client.force_login(create_person("編集者"))
    report = {
        "title": "報告",
        "body": "献血の報告です。",
        "status": "published",
        "attachments-TOTAL_FORMS": 0,
        "attachments-INITIAL_FORMS": 0,
    }

    response = client.post(reverse("admin:blog_post_add"), report)

    said = "役職「見本市議会議員」の任期は、2023年4月29日(土)に終わっています。"
    if is_named:
        assert said in response.text
    assert Post.objects.published().exists() is not is_named
