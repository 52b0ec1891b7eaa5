"""The proof for the commission: what was served around polling day, and that nothing is missing from it."""

from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from homepage import edition, page_cache
from homepage.elections import hold, proof
from homepage.elections.rules import Held
from homepage.log.models import Action, LogEntry
from homepage.models import Profile
from homepage.page_cache import PageCache
from homepage.wsgi import utf8_application
from tests.factories import create_person, create_post, create_profile, jst

from ..test_page_cache_with_django import ask as ask_of_host
from .whole_site import REASON, create_polling_day, logged

# Django closes connections between requests, so a test's transaction would not survive them.
pytestmark = pytest.mark.django_db(transaction=True)

ask = partial(ask_of_host, host="mihon.example.jp")
EVE, DAY, AFTER = jst(2023, 4, 22, 20, 0), jst(2023, 4, 23, 12, 0), jst(2023, 4, 24, 8, 0)


@pytest.fixture
def election(time_machine, settings, monkeypatch):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 0)
    monkeypatch.setattr(proof, "_noted", set())
    settings.ALLOWED_HOSTS = ["mihon.example.jp"]
    time_machine.move_to(jst(2023, 4, 20, 10, 0), tick=False)
    create_profile(email="hanako@mihonshi.jp")
    create_post(title="春の報告", published_at=jst(2023, 4, 1, 10, 0))
    return create_polling_day()


@pytest.fixture
def application():
    return PageCache(utf8_application, edition.current_if_known)


def served():
    return [subject.split(" ")[1] for subject in logged(Action.SERVED)][::-1]


def prove(election, folder, **options):
    call_command("prove_hold", election.pk, folder=folder, **options)
    [file] = folder.glob("hold-*.txt")
    return file


@pytest.fixture
def whole_day(election, time_machine):
    """The site on three days, asked for everything on each."""
    for moment in (EVE, DAY, AFTER):
        time_machine.move_to(moment, tick=False)
        call_command("prove_hold", verbosity=0)
    return election


def test_what_is_served_is_noted_once_before_during_and_after(election, application, time_machine):
    for moment in (jst(2023, 4, 21, 23, 59), EVE, EVE, DAY, DAY, AFTER, jst(2023, 4, 25, 0, 0)):
        time_machine.move_to(moment, tick=False)
        ask(application)
        # Rendered once more, as after a page was pushed out of memory.
        ask(PageCache(utf8_application, edition.current_if_known))

    entries = LogEntry.objects.filter(action=Action.SERVED).order_by("number")
    assert [entry.at for entry in entries] == [EVE, DAY, AFTER]
    assert len({entry.subject for entry in entries}) == 1


def test_what_is_no_page_for_everybody_is_not_noted(election, application, time_machine):
    time_machine.move_to(DAY, tick=False)

    ask(application, "/nowhere/")
    ask(application, "/admin/")
    ask(application, "/accent/123456.css")
    ask(application, "/search/", QUERY_STRING="q=a")
    ask(application, "/", HTTP_COOKIE="sessionid=1")

    assert served() == []


def test_a_log_that_cannot_be_written_keeps_nobody_from_reading(
    election, application, time_machine, monkeypatch
):
    time_machine.move_to(DAY, tick=False)

    def full(*args):
        raise DatabaseError

    monkeypatch.setattr(proof, "record", full)
    assert ask(application)[0] == 200


def test_around_polling_day_the_command_asks_for_every_public_address(
    election, time_machine, capsys
):
    call_command("prove_hold")
    assert served() == []

    time_machine.move_to(DAY, tick=False)
    call_command("prove_hold")

    paths = served()
    assert {"/", "/2023/04/", "/feed.atom", "/sitemap.xml", "/qr/2023/04.svg"} <= set(paths)
    assert capsys.readouterr().out.splitlines() == [
        "投票日の前日から翌日までではないので、何もしません。",
        f"{len(paths)}のアドレスを確かめました。",
    ]


def test_an_address_that_cannot_be_read_is_told(election, time_machine, settings):
    time_machine.move_to(DAY, tick=False)
    settings.ALLOWED_HOSTS = ["elsewhere.example.jp"]

    with pytest.raises(CommandError, match="開けないアドレスがあります: /、"):
        call_command("prove_hold")


def test_the_proof_has_what_was_served_refused_and_overridden(whole_day, time_machine, tmp_path):
    time_machine.move_to(DAY, tick=False)
    with pytest.raises(Held):
        create_post(published_at=jst(2023, 4, 1))
    with hold.override(REASON):
        post = create_post(title="避難所", published_at=jst(2023, 4, 23, 11, 0))
    call_command("prove_hold", verbosity=0)
    time_machine.move_to(AFTER, tick=False)

    file = prove(whole_day, tmp_path)

    assert file.name == f"hold-2023-04-23-{whole_day.pk}.txt"
    lines = file.read_text().splitlines()
    assert lines[1] == ("選挙\t見本市議会議員選挙(告示 2023年4月16日(日)、投票 2023年4月23日(日))")
    assert lines[3] == "更新を止めた時間\t2023年4月23日(日) 00:00から2023年4月24日(月) 00:00まで"
    month = [line.split("\t") for line in lines if line.endswith("\t/2023/04/")]
    assert [part for part, *_ in month] == ["前日", "投票日", "投票日", "終了後"]
    assert month[1][2] == month[0][2] != month[2][2]
    assert f"2023-04-23T12:00:00+09:00\tサーバー\t{REASON}: 「避難所」(活動報告)" in lines
    assert (
        "2023-04-23T12:00:00+09:00\tサーバー\t「2023年4月1日の報告 駅前で市民の皆さんの声を聞きました。」(活動報告)"
        in lines
    )
    assert post.get_absolute_url() in file.read_text()


def test_its_signature_shows_any_change(whole_day, tmp_path, capsys):
    file = prove(whole_day, tmp_path)
    call_command("prove_hold", check=file)
    assert "このサイトが署名したままです。" in capsys.readouterr().out

    file.write_text(file.read_text().replace("終了後\t", "前日\t", 1))

    with pytest.raises(CommandError, match="署名したままではありません"):
        call_command("prove_hold", check=file)
    file.write_bytes(b"\xff")
    with pytest.raises(CommandError, match="署名したままではありません"):
        call_command("prove_hold", check=file)
    with pytest.raises(CommandError, match="を読めません"):
        call_command("prove_hold", check=tmp_path / "none.txt")


def fails(election, folder):
    with pytest.raises(CommandError) as error:
        prove(election, folder)
    assert not list(folder.iterdir())
    return str(error.value)


def test_a_gap_in_the_log_is_no_proof(whole_day, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM homepage_fulladdress")
        cursor.execute("DELETE FROM homepage_logentry WHERE number = 3")

    assert fails(whole_day, tmp_path) == "3番から3番までの記録がありません。"


def test_a_day_of_which_nothing_is_known_is_no_proof(election, time_machine, tmp_path):
    for moment in (EVE, DAY):
        time_machine.move_to(moment, tick=False)
        call_command("prove_hold", verbosity=0)
    assert fails(election, tmp_path) == "「見本市議会議員選挙」の投票日は、まだ終わっていません。"

    time_machine.move_to(AFTER, tick=False)

    assert fails(election, tmp_path) == "「終了後」に載せていたものの記録がありません。"


def test_what_went_around_the_hold_is_found_out(election, time_machine, tmp_path, monkeypatch):
    time_machine.move_to(EVE, tick=False)
    call_command("prove_hold", verbosity=0)
    time_machine.move_to(DAY, tick=False)
    call_command("prove_hold", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE homepage_profile SET office = '見本市議会議長'")
    # As after a restart: what is kept in memory is not served any more.
    monkeypatch.setattr(proof, "_noted", set())
    call_command("prove_hold", verbosity=0)
    time_machine.move_to(AFTER, tick=False)
    call_command("prove_hold", verbosity=0)

    assert "/2023/04/ が、投票日に変わっています。" in fails(election, tmp_path)


def test_an_election_that_there_is_not_is_told_with_those_that_there_are(election, tmp_path):
    with pytest.raises(CommandError, match=f"次の選挙です: {election.pk} 見本市議会議員選挙"):
        call_command("prove_hold", election.pk + 1)


def test_a_proof_is_not_written_over(whole_day, tmp_path):
    file = prove(whole_day, tmp_path)
    before = file.read_text()

    with pytest.raises(CommandError, match="もうあります"):
        call_command("prove_hold", whole_day.pk, folder=tmp_path)
    with pytest.raises(CommandError, match="に書けません"):
        call_command("prove_hold", whole_day.pk, folder=tmp_path / "none")

    assert file.read_text() == before


def test_the_list_of_the_log_leaves_out_what_was_served_until_it_is_asked_for(
    whole_day, client, settings
):
    settings.ALLOWED_HOSTS = ["testserver"]
    client.force_login(create_person("管理者"))

    assert "配信 " not in client.get("/admin/homepage/logentry/").text
    assert "配信 " in client.get("/admin/homepage/logentry/?action__exact=served").text
    assert "/2023/04/" in client.post("/admin/homepage/logentry/export/").getvalue().decode()


def test_a_site_that_is_not_set_up_has_nothing_to_prove(time_machine, capsys):
    time_machine.move_to(DAY, tick=False)
    create_polling_day()
    assert Profile.objects.current() is None

    call_command("prove_hold")

    assert "何もしません" in capsys.readouterr().out
