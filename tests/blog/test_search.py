"""Searching: what is found, how it is shown, and what of any input is answered."""

import pytest

from blog.folding import spaced
from blog.models import Post, SearchText, Tag
from homepage import edition
from homepage.page_cache import EDITION
from tests.blog.search_pairs import PAIRS, REPORTS
from tests.factories import create_category, create_post, jst

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("profile")]


def ask(client, **parameters):
    return client.get("/search/", parameters)


def found(response):
    return [post.pk for post in response.context["posts"]] if "posts" in response.context else []


def marks(parts):
    return [words for words, is_marked in parts if is_marked]


def test_every_query_of_the_table_finds_its_reports_and_no_others(client):
    names = {}
    for name, (title, body, day) in REPORTS.items():
        names[create_post(title=title, body=body, published_at=jst(*day, 10, 0)).pk] = name

    results = {query: {names[pk] for pk in found(ask(client, q=query))} for query, _ in PAIRS}

    assert results == {query: set(reports.split()) for query, reports in PAIRS}
    assert len(results) == len(PAIRS) >= 60


def test_only_what_citizens_may_read_is_found(client):
    create_post(body="献血の下書き", status=Post.Status.DRAFT)
    create_post(body="献血の予約", published_at=jst(2999, 1, 1))
    create_post(body="献血の取り下げ").trash()
    shown = create_post(body="献血の報告")

    response = ask(client, q="献血")

    assert found(response) == [shown.pk]
    assert "「献血」を含む報告 1件" in response.text


def test_what_is_written_anew_is_found_anew(client):
    post = create_post(title="献血", body="本文", published_at=jst(2024, 8, 4))

    post.body = "給食"
    post.save(update_fields=["body"])
    assert found(ask(client, q="献血 給食 2024年8月")) == [post.pk]

    post.title, post.published_at = "題名", jst(2023, 7, 1)
    post.save()
    assert found(ask(client, q="献血")) == found(ask(client, q="2024年8月")) == []
    assert found(ask(client, q="題名 令和5年7月1日")) == [post.pk]


def test_reports_from_before_there_was_a_search_are_found(client):
    from importlib import import_module

    from django.apps import apps

    post = create_post(body="献血")
    SearchText.objects.all().delete()

    import_module("blog.migrations.0011_first_search_texts").keep_present_texts(apps, None)

    assert found(ask(client, q="献血")) == [post.pk]


def test_a_year_and_a_field_of_work_are_chosen_with_their_counts(client):
    disaster = create_category(name="防災", slug="disaster")
    school = create_category(name="学校", slug="school")
    one = create_post(body="毛布", category=disaster, published_at=jst(2024, 1, 1))
    create_post(body="毛布", category=school, published_at=jst(2024, 2, 1))
    create_post(body="毛布", category=disaster, published_at=jst(2023, 1, 1))
    create_post(body="水", category=disaster, published_at=jst(2022, 1, 1))

    response = ask(client, q="毛布", year="2024", category="disaster")

    assert found(response) == [one.pk]
    assert [(year.number, count) for year, count in response.context["years"]] == [
        (2024, 1),
        (2023, 1),
    ]
    assert [(str(each), count) for each, count in response.context["categories"]] == [
        ("防災", 1),
        ("学校", 1),
    ]
    assert '<option value="2024" selected>2024年(令和6年) 1件' in response.text
    assert '<option value="disaster" selected>防災 1件' in response.text


@pytest.mark.parametrize(
    ("field", "value", "query"),
    [
        ("title", "献血", "献血"),
        ("body", "献血", "献血"),
        ("tag_names", "献血", "献血"),
        ("published_at", jst(2023, 7, 1, 10, 0), "2023年7月"),
    ],
)
def test_a_field_that_is_saved_alone_is_found(client, field, value, query):
    post = create_post(body="給食", published_at=jst(2024, 8, 4))
    setattr(post, field, value)

    post.save(update_fields=[field])

    assert found(ask(client, q=query)) == [post.pk]


def test_a_quotation_mark_may_stand_within_a_phrase(client):
    post = create_post(body='献"血の報告')
    create_post(body="献血の報告")

    assert found(ask(client, q='「献"血」')) == [post.pk]


def test_the_index_follows_whoever_writes_and_deletes(client):
    one, other = create_post(body="献血"), create_post(body="給食")

    SearchText.objects.filter(post=one).update(characters=spaced("毛布"))
    assert found(ask(client, q="献血")) == []
    assert found(ask(client, q="毛布")) == [one.pk]

    SearchText.objects.keep(one, other)
    assert found(ask(client, q="毛布")) == []
    assert found(ask(client, q="献血")) == [one.pk]

    SearchText.objects.filter(post=other).delete()
    assert found(ask(client, q="給食")) == []


def test_words_at_the_end_of_a_very_long_report_are_found(client):
    post = create_post(body="市の予算。" * 20_000 + "水道の料金です。")
    create_post(body="水を配る道、料理、金曜日。")

    assert found(ask(client, q="水道の料金")) == [post.pk]


@pytest.mark.parametrize("word", ["C++", "？！", "🙇‍♀️", "🫠", "𠮷", "à", "a'b", "x*", "^x", "-"])
def test_a_word_of_any_characters_is_found_and_nothing_else(client, word):
    post = create_post(body=f"前{word}後")
    create_post(body="前後。前 後。前\n\n後")

    assert found(ask(client, q=f"前{word}後")) == [post.pk]


def test_words_do_not_reach_over_the_end_of_a_line(client):
    create_post(title="献", body="血液\n\nバ\n\nス", tag_names="毛、布")

    assert found(ask(client, q="献血")) == found(ask(client, q="バス")) == []
    assert found(ask(client, q="毛布")) == []


def test_a_report_is_found_by_its_tags(client):
    post = create_post(body="毛布を配りました。", tag_names="防災訓練、若者")
    create_post(body="毛布", tag_names="若者")

    assert found(ask(client, q="ボウサイ")) == []
    [shown] = ask(client, q="防災 毛布").context["posts"]
    assert shown.pk == post.pk
    assert marks(shown.tag_parts) == ["防災"]


def test_a_report_is_found_by_what_its_tag_is_called_today(client):
    post = create_post(body="毛布", tag_names="防災訓練")
    other = create_post(body="毛布", tag_names="避難")

    Tag.objects.get(name="防災訓練").rename("訓練の日")
    assert found(ask(client, q="防災")) == []
    assert found(ask(client, q="訓練の日")) == [post.pk]

    Tag.objects.get(name="避難").merge_into(Tag.objects.get(name="訓練の日"))
    assert found(ask(client, q="訓練の日")) == [other.pk, post.pk]

    Tag.objects.get(name="訓練の日").delete()
    assert found(ask(client, q="訓練の日")) == []


def test_without_words_a_year_and_a_field_of_work_are_enough(client):
    category = create_category(slug="disaster")
    post = create_post(category=category, published_at=jst(2024, 1, 1))
    create_post(category=category, published_at=jst(2023, 1, 1))

    assert found(ask(client, year="2024", category="disaster")) == [post.pk]


def test_the_newest_come_first_or_those_that_fit_best(client):
    early = create_post(body="毛布を配りました。", published_at=jst(2022, 1, 1))
    title = create_post(title="冬の毛布", published_at=jst(2021, 1, 1))
    newest = create_post(body="おわりに、毛布", published_at=jst(2024, 1, 1))

    assert found(ask(client, q="毛布")) == [newest.pk, early.pk, title.pk]
    assert found(ask(client, q="毛布", order="best")) == [title.pk, early.pk, newest.pk]


def test_many_results_are_turned_over_by_ten(client):
    posts = [create_post(body="毛布", published_at=jst(2024, 1, day)) for day in range(1, 13)]

    first, second = ask(client, q="毛布"), ask(client, q="毛布", page="2")

    assert found(first) + found(second) == [post.pk for post in reversed(posts)]
    assert 'rel="next" href="?q=%E6%AF%9B%E5%B8%83&amp;page=2"' in first.text
    assert "2 / 2ページ" in second.text


def test_the_words_are_marked_in_the_title_and_in_the_sentence_that_has_them(client):
    create_post(
        title="献血のお願い",
        body="はじめの文です。市役所前に{献血|けんけつ}ﾊﾞｽが来ます。おわりの文です。\n\n別の段落。",
    )

    response = ask(client, q="ケンケツ バス 献血")

    [post] = response.context["posts"]
    assert "".join(words for words, _ in post.passage_parts) == (
        "…市役所前に献血ﾊﾞｽが来ます。おわりの文です。"
    )
    assert marks(post.passage_parts) == ["献血ﾊﾞｽ"]
    assert "<mark>献血</mark>のお願い" in response.text


def test_the_sentence_with_the_most_words_is_shown(client):
    create_post(body="毛布がありました。\n\n水もありました。毛布と水を配りました。")

    [post] = ask(client, q="毛布 水").context["posts"]

    assert marks(post.passage_parts) == ["毛布", "水"]


def test_of_a_long_sentence_the_part_with_the_words_is_shown(client):
    create_post(body=f"{'あ' * 300}毛布{'い' * 300}。")

    [post] = ask(client, q="毛布").context["posts"]

    text = "".join(words for words, _ in post.passage_parts)
    assert marks(post.passage_parts) == ["毛布"]
    assert text.startswith("…ああ")
    assert text.endswith("い…")
    assert len(text) <= 125


def test_a_report_found_by_its_day_alone_shows_its_opening(client):
    create_post(body="はじめの文です。", published_at=jst(2024, 8, 4))

    [post] = ask(client, q="2024年8月4日").context["posts"]

    assert post.passage_parts == [("はじめの文です。", False)]


def test_what_is_typed_is_never_markup(client):
    create_post(title="<b>毛布</b>", body="本文")

    response = ask(client, q='<b>"><script>')

    assert "<script>" not in response.text
    assert "&lt;b&gt;<mark>毛布</mark>&lt;/b&gt;" in ask(client, q="毛布").text


def test_where_nothing_is_found_there_are_words_spelt_alike_months_and_fields_of_work(client):
    create_post(title="献血のお願い 2024", category=create_category(name="健康", slug="health"))

    response = ask(client, q="献決 献結 2025")

    assert response.context["alike"] == ["献血"]
    assert "「献決」「献結」「2025」を含む報告はありません" in response.text
    assert 'href="?q=%E7%8C%AE%E8%A1%80"' in response.text
    assert 'href="/category/health/"' in response.text
    assert 'href="/2024/08/"' in response.text


def test_where_all_the_words_find_nothing_each_is_asked_for_by_itself(client):
    create_post(body="毛布", published_at=jst(2023, 1, 1))
    create_post(body="水", published_at=jst(2024, 1, 1))

    together, other_year = ask(client, q="毛布 宇宙港"), ask(client, q="毛布", year="2024")

    assert '<a class="button" href="?q=%E6%AF%9B%E5%B8%83">毛布</a>' in together.text
    assert '<a class="button" href="?q=%E6%AF%9B%E5%B8%83">毛布</a>' in other_year.text
    assert "すべての年と分野から探す" in other_year.text


LEFT_OUT = "そのページはないので、1ページ目を表示しています。"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "間をあけて並べると、すべてのことばを含む報告を探します。"),
        ({"q": "毛" * 10_000}, "長いので、はじめの100文字で探しました。"),
        ({"q": "ぬ い り え ひ こ さ し す せ"}, "ことばが多いので、はじめの5つで探しました。"),
        ({"q": "  　\t\n"}, "探せる文字がありません。"),
        ({"q": "\0\x01\u202e"}, "探せる文字がありません。"),
        ({"q": "\0毛布\0"}, "「毛布」を含む報告 1件"),
        ({"q": '"「」"'}, "を含む報告はありません"),
        ({"q": '"毛布'}, "「毛布」を含む報告 1件"),
        ({"q": '毛布"'}, "「毛布」を含む報告 1件"),
        ({"q": "%"}, "「%」を含む報告はありません"),
        ({"q": "毛_布"}, "「毛_布」を含む報告はありません"),
        ({"q": "*\\?["}, "を含む報告はありません"),
        ({"q": "🍙"}, "「🍙」を含む報告はありません"),
        ({"q": "毛布", "page": "-1"}, LEFT_OUT),
        ({"q": "毛布", "page": "1000000000"}, LEFT_OUT),
        ({"q": "毛布", "page": "9" * 5000}, LEFT_OUT),
        ({"q": "毛布", "page": "あ"}, LEFT_OUT),
        ({"q": "毛布", "year": "1871"}, "その年の報告はないので、すべての年から探しました。"),
        ({"q": "毛布", "year": "' OR 1"}, "その年の報告はないので、すべての年から探しました。"),
        ({"q": "毛布", "category": "%"}, "その分野はないので、すべての分野から探しました。"),
        ({"q": "毛布", "order": "%"}, "「毛布」を含む報告 1件"),
    ],
)
def test_whatever_is_sent_is_answered_with_what_was_done(client, parameters, sentence):
    create_post(body="毛布")

    response = ask(client, **parameters)

    assert response.status_code == 200
    assert sentence in response.text


def test_a_search_asks_as_little_as_another_page(client, django_assert_num_queries):
    for _ in range(3):
        create_post(body="毛布", category=create_category())
    number = {EDITION: edition.current()}
    client.get("/search/", {"q": "毛布"}, **number)

    # The words, the reports found, and who answers for the site, its pages and links.
    with django_assert_num_queries(5):
        client.get("/search/", {"q": "毛布"}, **number)


def test_a_search_is_for_people_not_for_search_engines(client):
    assert 'name="robots"' not in ask(client).text
    assert 'rel="canonical" href="https://mihon.example.jp/search/"' in ask(client).text
    for parameters in ({"q": "毛布"}, {"q": " "}, {"year": "9999"}):
        assert '<meta name="robots" content="noindex">' in ask(client, **parameters).text


def test_every_page_leads_to_the_search(client):
    assert '<a class="tap plain" href="/search/">検索</a>' in client.get("/").text
    assert 'href="/search/" aria-current="page"' in ask(client).text
