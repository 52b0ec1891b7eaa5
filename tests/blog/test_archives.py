"""The pages of many reports: months, years, fields of work, and all of them."""

import datetime
import re

import pytest
from django.utils import timezone

from tests.factories import create_attachment, create_category, create_post, create_posts, jst

pytestmark = pytest.mark.usefixtures("profile")


def headings(html):
    found = re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", heading).split()) for heading in found]


def test_a_month_shows_its_reports_in_full_newest_first(client):
    create_post(title="七月の報告", published_at=jst(2024, 7, 31, 23, 59))
    create_post(
        title="夏まつり",
        body="一段落。\n\n二段落。",
        published_at=jst(2024, 8, 1, 0, 0),
    )
    create_post(title="通学路", published_at=jst(2024, 8, 31, 23, 59))
    create_post(title="九月の報告", published_at=jst(2024, 9, 1, 0, 0))

    response = client.get("/2024/08/")

    assert [post.title for post in response.context["posts"]] == ["通学路", "夏まつり"]
    assert "<p>一段落。</p>\n<p>二段落。</p>" in response.text


def test_a_month_is_headed_by_both_calendars(client):
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    html = client.get("/2024/08/").text

    assert headings(html)[0] == "2024年(令和6年)8月 バックナンバー"
    assert "<title>2024年(令和6年)8月 バックナンバー - 見本市議会議員 見本 花子</title>" in html


@pytest.mark.parametrize(
    ("moment", "path", "era"),
    [
        (jst(2019, 4, 30, 12, 0), "/2019/04/", "平成31年"),
        (jst(2019, 5, 1, 12, 0), "/2019/05/", "令和元年"),
        (jst(1989, 1, 20, 12, 0), "/1989/01/", "昭和64年・平成元年"),
        (jst(2019, 5, 1, 12, 0), "/2019/", "平成31年・令和元年"),
    ],
)
def test_a_change_of_era_is_named(client, moment, path, era):
    create_post(published_at=moment)

    assert f"年({era})" in headings(client.get(path).text)[0]


def test_each_report_shows_its_date_the_computed_weekday_and_its_own_address(client):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))

    html = client.get("/2024/08/").text

    assert (
        '<time datetime="2024-08-04">8月<span class="post-date-day">4<small>日</small></span>(日曜日)</time>'
        in html
    )
    assert f'href="/2024/08/{post.pk}/"' in html


def test_headings_in_a_report_stand_below_its_title(client):
    create_post(title="題名", body="# 大見出し\n\n## 小見出し")

    html = client.get("/2024/08/").text

    assert "<h3>大見出し</h3>" in html
    assert "<h4>小見出し</h4>" in html


def test_every_heading_of_a_month_is_distinct(client):
    for day in (5, 4, 4, 3):
        create_post(
            title="議会報告",
            body="## まとめ\n\n本文\n\n## まとめ",
            published_at=jst(2024, 8, day, 10, 0),
        )
    for hour in (10, 9):
        create_post(body="同じ書き出し", published_at=jst(2024, 8, 2, hour, 0))

    found = headings(client.get("/2024/08/").text)

    assert len(found) == len(set(found)) > 18
    assert "議会報告(2024年8月4日)" in found
    assert "議会報告(2)" in found


@pytest.mark.parametrize("path", ["/", "/2024/"])
def test_every_heading_of_a_list_is_distinct(client, path):
    for day in (4, 4, 3):
        create_post(title="駅頭活動", published_at=jst(2024, 8, day, 10, 0))

    found = headings(client.get(path).text)

    assert len(found) == len(set(found))
    assert {"駅頭活動", "駅頭活動(2024年8月4日)", "駅頭活動(2024年8月3日)"} <= set(found)


def test_a_month_leads_to_the_months_with_reports_around_it(client):
    create_post(published_at=jst(2023, 12, 4, 10, 0))
    create_post(published_at=jst(2024, 3, 4, 10, 0))
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    html = client.get("/2024/03/").text

    assert (
        '<a class="plain" href="/2023/12/" rel="prev"><span>前の月</span> <b>2023年12月</b> 報告1件</a>'
        in html
    )
    assert (
        '<a class="plain" href="/2024/08/" rel="next"><span>次の月</span> <b>2024年8月</b> 報告1件</a>'
        in html
    )


@pytest.mark.parametrize("path", ["/2024/08/", "/archive/"])
def test_the_navigator_has_all_years_and_months_with_counts(client, path):
    create_post(published_at=jst(2004, 5, 4, 10, 0))
    create_post(published_at=jst(2024, 8, 4, 10, 0))
    create_post(published_at=jst(2024, 8, 5, 10, 0))

    html = client.get(path).text

    assert re.search(r'<a href="/2004/05/"><b>5月</b> <small>1件</small></a>', html)
    assert re.search(r'<a href="/2024/08/"[^>]*><b>8月</b> <small>2件</small></a>', html)
    assert "<li><span>7月</span></li>" in html


def test_neither_drafts_nor_scheduled_reports_show_or_count(client):
    create_post(title="公開", published_at=jst(2024, 8, 4, 10, 0))
    create_post(title="下書き中", status="draft", published_at=jst(2024, 8, 4, 10, 0))
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    create_post(title="予約中", published_at=tomorrow)

    for path in ("/", "/2024/08/", "/2024/", "/archive/"):
        html = client.get(path).text
        assert "下書き中" not in html
        assert "予約中" not in html
        assert "2件" not in html
    assert client.get(f"/{timezone.localtime(tomorrow):%Y/%m}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/2024/09/", "/2023/", "/2024/13/", "/2024/00/", "/2024/0/", "/0000/", "/0000/01/", "/9999/12/",
        "/２０２４/08/", "/2024/０８/", "/٢٠٢٤/08/", "/2024/008/", "/24/08/", "/02024/08/", "/2024/08/0/",
        "/2024/08/999999999999999999999999/", "/2024/08/-1/", "/2024/08/1e3/", "/2024/8月/", "/2024/08/feed/",
    ],
)  # fmt: skip
def test_what_is_no_month_with_reports_is_not_found(client, path):
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    assert client.get(path).status_code == 404


def test_a_month_written_with_one_digit_leads_to_the_right_address(client):
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    response = client.get("/2024/8/")

    assert (response.status_code, response["Location"]) == (301, "/2024/08/")


def test_a_year_lists_its_reports_by_month(client):
    create_post(title="春の報告", published_at=jst(2024, 4, 4, 10, 0))
    create_post(title="夏の報告", published_at=jst(2024, 8, 4, 10, 0))
    create_post(title="昨年の報告", published_at=jst(2023, 8, 4, 10, 0))

    response = client.get("/2024/")

    assert [month.number for month, _ in response.context["months"]] == [8, 4]
    assert response.text.index("夏の報告") < response.text.index("春の報告")
    assert "昨年の報告" not in response.text
    assert 'href="/2023/" rel="prev"' in response.text


def test_the_archive_says_from_when_to_when(client):
    create_post(published_at=jst(2019, 5, 4, 10, 0))
    create_post(published_at=jst(2024, 9, 4, 10, 0))

    html = client.get("/archive/").text

    assert "2019年(令和元年)5月から2024年(令和6年)9月まで、2件。" in html


def test_the_archive_leads_to_the_fields_of_work_that_have_reports(client):
    create_post(category=create_category(name="防災", slug="disaster"))
    create_category(name="まだない分野")

    html = client.get("/archive/").text

    assert '<a class="button" href="/category/disaster/">防災 1件</a>' in html
    assert "まだない分野" not in html


def test_an_archive_without_reports_says_so(client):
    assert "まだ報告はありません。" in client.get("/archive/").text


def test_a_field_of_work_lists_its_reports_by_year(client):
    category = create_category(
        name="防災", slug="disaster", description="備えを住民とともに進めます。"
    )
    create_post(title="訓練", category=category, published_at=jst(2024, 8, 4, 10, 0))
    create_post(title="倉庫", category=category, published_at=jst(2023, 8, 4, 10, 0))
    create_post(title="ほかの報告")

    html = client.get("/category/disaster/").text

    assert headings(html)[0] == "防災の報告"
    assert "備えを住民とともに進めます。" in html
    assert html.index("2024年") < html.index("訓練") < html.index("2023年") < html.index("倉庫")
    assert "ほかの報告" not in html


def test_a_field_of_work_without_reports_says_so(client):
    create_category(slug="disaster")

    assert "まだ報告はありません。" in client.get("/category/disaster/").text


def test_an_unknown_field_of_work_is_not_found(client):
    assert client.get("/category/unknown/").status_code == 404


@pytest.mark.parametrize("count", [12, 12_000])
def test_a_month_page_asks_seven_questions_however_many_reports_there_are(
    client, django_assert_num_queries, count
):
    create_posts(count)
    for day in range(1, 6):
        post = create_post(published_at=jst(2024, 8, day, 10, 0), category=create_category())
        create_attachment(post=post)

    with django_assert_num_queries(7):
        client.get("/2024/08/")


@pytest.mark.parametrize("path", ["/", "/2024/", "/archive/", "/category/disaster/"])
def test_the_other_lists_ask_no_question_for_each_report(
    client, django_assert_max_num_queries, path
):
    category = create_category(slug="disaster", description="備えます。")
    for day in range(1, 20):
        create_post(published_at=jst(2024, 8, day, 10, 0), category=category)

    with django_assert_max_num_queries(8):
        client.get(path)
