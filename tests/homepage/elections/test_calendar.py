"""The calendar of elections: kept in the admin, spoken of in time, and never against the law's order."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from blog.models import Post
from homepage.accounts.models import User
from homepage.checks import state_of_site
from homepage.log.models import LogEntry
from homepage.models import CautionWord, Election
from tests.factories import (
    create_caution_words,
    create_election,
    create_person,
    create_post,
    create_profile,
    jst,
)

pytestmark = pytest.mark.django_db

FORM = {
    "name": "見本市議会議員選挙",
    "whose": "own",
    "announced_on": "2027-04-18",
    "polling_on": "2027-04-25",
    "accepted_at": "",
    "ends_at": "24",
}


@pytest.fixture
def site(db):
    return create_profile(email="hanako@mihonshi.jp")


@pytest.fixture
def administrator(client, site):
    client.force_login(create_person("管理者", username="hanako"))
    return client


@pytest.fixture
def clock(client, monkeypatch):
    """Sets the moment that it is, at which 花子, where there is one, signs in anew."""

    def set_to(*parts):
        monkeypatch.setattr(timezone, "now", lambda: jst(*parts))
        if hanako := User.objects.filter(username="hanako").first():
            client.force_login(hanako)

    return set_to


def add(client, **fields):
    return client.post("/admin/homepage/election/add/", FORM | fields)


def change(client, election, **fields):
    return client.post(f"/admin/homepage/election/{election.pk}/change/", FORM | fields)


def write(client, post, **fields):
    form = {
        "title": "",
        "body": "献血の報告です。",
        "category": "",
        "attachments-TOTAL_FORMS": 0,
        "attachments-INITIAL_FORMS": 0,
    }
    address = f"/admin/blog/post/{post.pk}/change/" if post else "/admin/blog/post/add/"
    return client.post(address, form | fields)


def logged():
    return [f"{each.get_action_display()} {each.subject}" for each in LogEntry.objects.all()]


def test_an_election_is_kept_with_its_days(administrator):
    add(administrator)

    election = Election.objects.get()
    assert election.days == "告示 2027年4月18日(日)、投票 2027年4月25日(日)"
    assert (election.ends_at, election.is_confirmed) == (24, False)
    assert logged()[0] == f"サイトの設定 「見本市議会議員選挙」(選挙{election.pk})"
    assert "告示 2027年4月18日(日)" in administrator.get("/admin/homepage/election/").text


@pytest.mark.parametrize("polling_on", ["2027-04-17", "2027-04-18"])
def test_polling_day_comes_after_the_announcement(administrator, polling_on):
    response = add(administrator, polling_on=polling_on)

    assert "投票日は、告示日より後の日にしてください。" in response.text
    assert not Election.objects.exists()


def test_two_elections_may_have_one_polling_day_but_not_one_name_too(administrator):
    add(administrator)
    add(administrator, name="見本市長選挙", whose="supported")

    response = add(administrator)

    assert "同じ名前と投票日の選挙が、すでにあります。" in response.text
    assert Election.objects.count() == 2


def test_a_button_says_that_the_filing_was_accepted(administrator, clock):
    election = create_election()
    clock(2027, 4, 17, 23, 59)
    page = f"/admin/homepage/election/{election.pk}/change/"
    assert 'name="_accept"' not in administrator.get(page).text

    clock(2027, 4, 18, 9, 12)
    assert 'name="_accept"' in administrator.get(page).text
    change(administrator, election, _accept="")

    election.refresh_from_db()
    assert election.accepted_at == jst(2027, 4, 18, 9, 12)
    assert logged()[0] == f"サイトの設定 「見本市議会議員選挙」(選挙{election.pk})の更新"
    assert 'name="_accept"' not in administrator.get(page).text


def test_a_filing_in_the_future_is_refused_with_what_was_written(administrator, clock):
    election = create_election()
    clock(2027, 4, 18, 9, 0)

    response = change(
        administrator,
        election,
        accepted_at="2027-04-18T09:01",
        name="新しい名前",
    )

    assert "届出が受理された日時が、先になっています。" in response.text
    assert 'value="新しい名前"' in response.text
    assert Election.objects.get().accepted_at is None


def test_no_campaign_begins_without_a_contact(administrator, clock, site):
    site.email = "mihon@example.jp"
    site.save()
    election = create_election()
    clock(2027, 4, 18, 9, 0)

    response = change(administrator, election, _accept="")

    assert "先に「サイト管理者」で、本当の連絡先メールアドレスを入力してください。" in response.text
    assert Election.objects.get().accepted_at is None


@pytest.mark.parametrize(
    ("moment", "level"),
    [
        ((2027, 4, 18, 8, 59), "WARNING"),
        ((2027, 4, 18, 9, 0), "ERROR"),
        ((2027, 4, 24, 23, 59), "ERROR"),
        ((2027, 4, 25, 0, 0), "WARNING"),
    ],
)
def test_a_contact_that_is_lost_in_a_campaign_is_an_error(clock, moment, level):
    create_profile(email="mihon@example.jp")
    create_election(accepted_at=jst(2027, 4, 18, 9, 0))
    clock(*moment)

    [found] = [each for each in state_of_site() if "mihon@example.jp" in each.msg]

    assert found.id == {"ERROR": "homepage.E002", "WARNING": "homepage.W002"}[level]


@pytest.mark.parametrize("role", ["管理者", "編集者", "起草者"])
def test_whoever_writes_is_reminded_from_60_days_before_to_30_days_after(client, site, clock, role):
    create_election()
    create_person(role, username="hanako")
    said = "見本市議会議員選挙の"

    for parts, is_said in [
        ((2027, 2, 23, 23, 59), False),
        ((2027, 2, 24, 0, 0), True),
        ((2027, 4, 25, 12, 0), True),
        ((2027, 5, 25, 23, 59), True),
        ((2027, 5, 26, 0, 0), False),
    ]:
        clock(*parts)
        assert (said in client.get("/admin/").text) is is_said, parts


def test_an_editor_reads_the_calendar_and_changes_nothing(client, site):
    election = create_election()
    client.force_login(create_person("編集者"))

    assert client.get(f"/admin/homepage/election/{election.pk}/change/").status_code == 200
    assert change(client, election, name="別の名前").status_code == 403
    assert add(client).status_code == 403


@pytest.mark.parametrize(
    ("ends_at", "published_at", "is_refused"),
    [
        (24, "2027-04-24T23:59", False),
        (24, "2027-04-25T00:00", True),
        (24, "2027-04-25T23:59", True),
        (24, "2027-04-26T00:00", False),
        (20, "2027-04-25T19:59", True),
        (20, "2027-04-25T20:00", False),
    ],
)
def test_no_report_is_scheduled_into_a_polling_day(
    administrator, ends_at, published_at, is_refused
):
    create_election(ends_at=ends_at)
    post = create_post(status="draft", published_at=None, body="前の文章")

    response = write(administrator, post, status="published", published_at=published_at)

    post.refresh_from_db()
    assert post.is_scheduled is not is_refused
    if is_refused:
        assert "この日時は「見本市議会議員選挙」の投票日です。" in response.text
        assert "献血の報告です。" in response.text


def test_a_draft_for_a_polling_day_is_kept(administrator):
    create_election()
    post = create_post(status="draft", published_at=None, body="前の文章")

    write(administrator, post, status="draft", published_at="2027-04-25T10:00")

    post.refresh_from_db()
    assert post.body == "献血の報告です。"


def test_the_next_unified_local_elections_are_loaded_once_and_to_be_confirmed(capsys):
    call_command("load_elections")
    call_command("load_elections")

    assert [election.polling_on for election in Election.objects.all()] == [
        datetime.date(2027, 4, 25)
    ] * 2
    assert not Election.objects.filter(is_confirmed=True).exists()
    assert capsys.readouterr().out.splitlines() == [
        "2件の選挙を入れました。日程は、選挙管理委員会にご確認ください。",
        "0件の選挙を入れました。日程は、選挙管理委員会にご確認ください。",
    ]
    assert len(logged()) == 2


ONE = '[[elections]]\nname = "選挙"\nannounced_on = 2027-04-18\npolling_on = {}\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "を読めません"),
        ("", "選挙のファイルではありません"),
        ("elections = 3", "選挙のファイルではありません"),
        ("[[elections]]\nname = 1", "選挙のファイルではありません"),
        (ONE.format("2027-04-25") + "ends_at = 20\n", "選挙のファイルではありません"),
        (ONE.format("2027-04-25") + ONE.format("2027-04-18"), "告示日より後の日"),
        (ONE.format('"春"'), "日付"),
    ],
)
def test_a_file_that_cannot_be_loaded_loads_nothing(tmp_path, text, sentence):
    file = tmp_path / "elections.toml"
    if text is not None:
        file.write_text(text)

    with pytest.raises(CommandError, match=sentence):
        call_command("load_elections", file)

    assert not Election.objects.exists()


def remarks(text, *moment):
    return create_caution_words().remarks(text, jst(*moment))


@pytest.mark.parametrize(
    ("moment", "accepted_at", "is_named"),
    [
        # No election is near yet.
        ((2027, 2, 23, 12, 0), None, False),
        ((2027, 2, 24, 12, 0), None, True),
        ((2027, 4, 18, 8, 59), jst(2027, 4, 18, 9, 0), True),
        ((2027, 4, 18, 9, 0), jst(2027, 4, 18, 9, 0), False),
        ((2027, 4, 26, 0, 0), jst(2027, 4, 18, 9, 0), False),
    ],
)
def test_asking_for_votes_is_named_until_the_filing_is_accepted(moment, accepted_at, is_named):
    create_election(accepted_at=accepted_at)

    found = remarks("清き一票をお願いします。", *moment)

    assert (len(found) == 2) is is_named
    assert bool(found) is is_named


def test_one_election_may_be_in_its_campaign_while_another_waits_for_its_filing():
    create_election(accepted_at=jst(2027, 4, 18, 9, 0))
    create_election(name="見本市長選挙")

    [found] = remarks("必勝", 2027, 4, 18, 12, 0)

    assert found == (
        "「必勝」とあります。見本市長選挙の届出が受理されるまで、"
        "投票を呼びかけることはできません(公職選挙法129条)。"
    )


@pytest.mark.parametrize(
    ("moment", "is_named"),
    [
        ((2027, 4, 17, 23, 59), False),
        ((2027, 4, 18, 0, 0), True),
        ((2027, 4, 25, 23, 59), True),
        ((2027, 4, 26, 0, 0), False),
    ],
)
def test_the_official_bulletin_is_named_from_the_announcement_on(moment, is_named):
    create_election()

    assert bool(remarks("[選挙公報](https://example.jp/)", *moment)) is is_named


def test_gifts_are_named_at_any_time_however_they_are_written():
    [found] = remarks("先着でﾌﾟﾚｾﾞﾝﾄします。", 2024, 8, 4)

    assert found.startswith(
        "「プレゼント」とあります。選挙区の人への寄附は、いつも禁じられています"
    )


def test_the_desk_names_such_a_word_once_and_then_publishes(administrator):
    CautionWord.objects.create(word="お菓子", kind="gift")
    published = {
        "title": "お菓子を用意しました",
        "status": "published",
        "published_at": "2024-08-04T10:00",
    }

    response = write(administrator, None, **published)
    assert "「お菓子」とあります。" in response.text
    assert not Post.objects.published().exists()

    seen = response.context["adminform"].form["seen_remarks"].value()
    write(administrator, None, **published, seen_remarks=seen)
    assert Post.objects.published().exists()


def test_the_owner_changes_the_list(administrator):
    administrator.post("/admin/homepage/cautionword/add/", {"word": "お菓子", "kind": "gift"})

    word = CautionWord.objects.get(word="お菓子")
    assert logged()[0] == f"サイトの設定 「お菓子」(選挙で確かめることば{word.pk})"
