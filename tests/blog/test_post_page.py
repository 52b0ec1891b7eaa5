import pytest

from tests.factories import create_category, create_post, jst

pytestmark = pytest.mark.usefixtures("profile")


def test_it_shows_the_report_with_its_full_date(client):
    post = create_post(
        title="夏まつり",
        body="**「ようこそ」**の声。",
        published_at=jst(2024, 8, 4, 10, 0),
    )

    html = client.get(f"/2024/08/{post.pk}/").text

    assert "<strong>「ようこそ」</strong>の声。" in html
    assert "2024年(令和6年)" in html
    assert "(日曜日)</time>" in html
    assert "<title>夏まつり - 見本 花子</title>" in html


def test_headings_in_the_text_come_right_below_the_title(client):
    post = create_post(title="夏まつり", body="### 準備\n\n#### 人手")

    html = client.get(post.get_absolute_url()).text

    assert "<h2>準備</h2>" in html
    assert "<h3>人手</h3>" in html


def test_every_heading_is_distinct(client):
    post = create_post(title="まとめ", body="## まとめ\n\n本文\n\n## まとめ")

    html = client.get(post.get_absolute_url()).text

    assert '<h2>まとめ<span class="visually-hidden">(2)</span></h2>' in html
    assert '<h2>まとめ<span class="visually-hidden">(3)</span></h2>' in html


def test_a_report_without_a_title_is_named_by_date_and_first_words(client):
    post = create_post(title="", body="献血活動を行いました。", published_at=jst(2024, 8, 4, 10, 0))

    html = client.get(post.get_absolute_url()).text

    assert "<title>2024年8月4日の報告 献血活動を行いました。 - 見本 花子</title>" in html
    assert (
        '<h1 class="visually-hidden" id="title">2024年8月4日の報告 献血活動を行いました。</h1>'
        in html
    )


def test_it_leads_to_the_reports_before_and_after(client):
    first = create_post(title="一", published_at=jst(2024, 7, 31, 10, 0))
    second = create_post(title="二", published_at=jst(2024, 8, 4, 10, 0))
    third = create_post(title="三", published_at=jst(2024, 8, 4, 10, 0))
    create_post(title="下書き", status="draft", published_at=jst(2024, 8, 2, 10, 0))

    response = client.get(second.get_absolute_url())

    assert (response.context["previous"], response.context["next"]) == (first, third)


def test_it_leads_to_nothing_that_is_not_public(client):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))
    create_post(status="draft", published_at=jst(2024, 8, 5, 10, 0))
    create_post(published_at=jst(2099, 8, 5, 10, 0))

    assert client.get(post.get_absolute_url()).context["next"] is None


def test_it_lists_the_other_reports_of_its_month(client):
    post = create_post(title="夏まつり", published_at=jst(2024, 8, 4, 10, 0))
    create_post(title="通学路", published_at=jst(2024, 8, 29, 10, 0))
    create_post(title="九月", published_at=jst(2024, 9, 1, 10, 0))

    response = client.get(post.get_absolute_url())

    assert [each.title for each in response.context["posts"]] == ["通学路", "夏まつり"]


def test_it_leads_to_its_field_of_work(client):
    post = create_post(category=create_category(name="防災", slug="disaster"))

    assert (
        '<a class="tap" href="/category/disaster/">防災</a>'
        in client.get(post.get_absolute_url()).text
    )


@pytest.mark.parametrize("month", ["2024/09", "2023/08", "2024/8"])
def test_another_month_in_front_leads_to_the_right_address(client, month):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))

    response = client.get(f"/{month}/{post.pk}/")

    assert (response.status_code, response["Location"]) == (302, f"/2024/08/{post.pk}/")


def test_a_number_with_zeros_in_front_leads_to_the_right_address(client):
    post = create_post(published_at=jst(2024, 8, 4, 10, 0))

    assert client.get(f"/2024/08/00{post.pk}/")["Location"] == f"/2024/08/{post.pk}/"


def test_a_draft_is_not_found(client):
    post = create_post(status="draft")

    assert client.get(post.get_absolute_url()).status_code == 404


def test_a_scheduled_report_is_not_found_before_its_moment(client, time_machine):
    post = create_post(published_at=jst(2024, 8, 4, 7, 0))

    time_machine.move_to(jst(2024, 8, 4, 6, 59, 59))
    assert client.get(post.get_absolute_url()).status_code == 404
    assert client.get("/2024/08/").status_code == 404

    time_machine.move_to(jst(2024, 8, 4, 7, 0, 0))
    assert client.get(post.get_absolute_url()).status_code == 200
    assert client.get("/2024/08/").status_code == 200


def test_the_questions_it_asks_do_not_grow(client, django_assert_num_queries):
    for day in range(1, 20):
        post = create_post(published_at=jst(2024, 8, day, 10, 0))

    with django_assert_num_queries(10):
        client.get(post.get_absolute_url())
