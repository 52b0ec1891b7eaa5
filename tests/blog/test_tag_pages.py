"""What citizens see of tags: their pages, where they lead from, and the reports that share them."""

import datetime
import re

import pytest
from django.utils import timezone

from blog.models import PreviewLink, Tag, WorkingCopy
from tests.factories import create_post, jst

pytestmark = pytest.mark.usefixtures("profile")


def tag(name):
    return Tag.objects.get(name=name)


def address(name):
    return tag(name).get_absolute_url()


def related(client, post):
    return [each.title for each in client.get(post.get_absolute_url()).context["related"]]


def test_a_tag_lists_its_reports_by_year(client):
    create_post(title="訓練", tag_names="防災", published_at=jst(2024, 8, 4, 10, 0))
    create_post(title="倉庫", tag_names="防災", published_at=jst(2023, 8, 4, 10, 0))
    create_post(title="ほかの報告", tag_names="議会")

    html = client.get(address("防災")).text

    assert "<h1>「防災」の報告</h1>" in html
    assert html.index("2024年</h2>") < html.index("訓練") < html.index("2023年</h2>")
    assert html.index("2023年</h2>") < html.index("倉庫")
    assert "ほかの報告" not in html


def test_a_tag_has_its_own_qr_code_and_address_to_share(client):
    create_post(tag_names="防災")
    path = address("防災")

    html = client.get(path).text

    assert f'<p class="share-address">https://mihon.example.jp{path}</p>' in html
    assert client.get(f"/qr{path.removesuffix('/')}.svg").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"published_at": timezone.now() + datetime.timedelta(days=1)},
        {"trashed_at": timezone.now()},
    ],
)
def test_a_tag_without_a_public_report_is_nowhere(client, fields):
    create_post(title="公開中", tag_names="議会")
    create_post(tag_names="秘密", **fields)

    assert client.get(address("秘密")).status_code == 404
    assert "秘密" not in client.get("/archive/").text


def test_a_tag_that_was_merged_leads_to_the_tag_of_today(client):
    create_post(tag_names="献結")
    create_post(tag_names="献血")
    old = address("献結")

    tag("献結").merge_into(tag("献血"))
    response = client.get(old)

    assert (response.status_code, response["Location"]) == (301, address("献血"))


def test_a_tag_that_was_merged_into_one_without_public_reports_leads_nowhere(client):
    create_post(tag_names="献結、献血", status="draft")
    old = address("献結")

    tag("献結").merge_into(tag("献血"))

    assert client.get(old).status_code == 404


def test_a_number_with_zeros_in_front_leads_to_the_right_address(client):
    create_post(tag_names="献血")

    response = client.get(f"/tag/00{tag('献血').pk}/")

    assert (response.status_code, response["Location"]) == (301, address("献血"))


@pytest.mark.parametrize("path", ["/tag/", "/tag/0/", "/tag/999999999999999999/", "/tag/-1/"])
def test_what_is_no_tag_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_archive_leads_to_the_tags_the_most_used_first(client):
    create_post(tag_names="若者、献血")
    create_post(tag_names="献血")
    create_post(tag_names="献血", status="draft")

    html = client.get("/archive/").text

    links = re.findall(r'<a class="button" href="(/tag/\d+/)">(.*?)</a>', html)
    assert links == [(address("献血"), "献血 2件"), (address("若者"), "若者 1件")]


@pytest.mark.parametrize("is_month", [True, False])
def test_a_report_leads_to_its_tags_in_the_order_of_its_line(client, is_month):
    post = create_post(tag_names="若者、献血")

    html = client.get("/2024/08/" if is_month else post.get_absolute_url()).text

    links = re.findall(r'<a class="tap" href="(/tag/\d+/)">(.*?)</a>', html)
    assert links == [(address("若者"), "若者"), (address("献血"), "献血")]


def test_a_preview_shows_the_tags_at_the_desk(client):
    post = create_post(tag_names="献血")
    WorkingCopy.objects.write(post, None, body="書きかけ", tag_names="献血、まだないタグ")
    link = PreviewLink.objects.create(post=post)

    html = client.get(link.get_absolute_url()).text

    assert f'<a class="tap" href="{address("献血")}">献血</a> まだないタグ</span>' in html
    assert "まだないタグ" not in client.get(post.get_absolute_url()).text


def test_the_reports_that_share_most_tags_come_first_and_then_the_nearest(client):
    post = create_post(tag_names="献血、若者", published_at=jst(2024, 8, 4, 10, 0))
    create_post(title="三年前", tag_names="献血、若者", published_at=jst(2021, 8, 4, 10, 0))
    create_post(title="翌月", tag_names="献血", published_at=jst(2024, 9, 4, 10, 0))
    create_post(title="前日", tag_names="若者、防災", published_at=jst(2024, 8, 3, 10, 0))
    create_post(title="無関係", tag_names="防災", published_at=jst(2024, 8, 4, 11, 0))
    create_post(title="下書き", tag_names="献血", status="draft")

    assert related(client, post) == ["三年前", "前日", "翌月"]


def test_five_related_reports_are_shown_at_most(client):
    posts = [create_post(tag_names="献血") for _ in range(7)]

    assert len(related(client, posts[0])) == 5


def test_nothing_is_said_where_no_report_is_related(client):
    post = create_post(tag_names="献血")

    assert "関連する報告" not in client.get(post.get_absolute_url()).text


def test_tags_cost_a_month_one_question_however_many_there_are(client, django_assert_num_queries):
    for day in range(1, 6):
        create_post(published_at=jst(2024, 8, day, 10, 0), tag_names=f"献血、その{day}")

    with django_assert_num_queries(8):
        client.get("/2024/08/")


def test_tags_and_related_reports_cost_a_report_a_question_each(client, django_assert_num_queries):
    for day in range(1, 20):
        post = create_post(published_at=jst(2024, 8, day, 10, 0), tag_names="献血、若者")

    with django_assert_num_queries(12):
        client.get(post.get_absolute_url())


def test_the_page_of_a_tag_asks_no_question_for_each_report(client, django_assert_num_queries):
    for _ in range(20):
        create_post(tag_names="献血")
    path = address("献血")

    with django_assert_num_queries(6):
        client.get(path)
