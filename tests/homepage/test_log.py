"""The log: who did what, when and from where, and nobody rewrites it unseen."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, RequestFactory

from homepage.log.checking import check
from homepage.log.models import (
    Action,
    CannotBeChanged,
    FullAddress,
    LogEntry,
    LogHead,
    record,
)
from tests.factories import create_administrator, create_profile, jst

pytestmark = pytest.mark.django_db
LOG = "/admin/homepage/logentry/"


@pytest.fixture
def admin(client):
    create_profile()
    client.force_login(create_administrator(last_name="見本", first_name="花子"))
    return client


def request_from(address, device="", user=None):
    request = RequestFactory().get("/", REMOTE_ADDR=address, HTTP_USER_AGENT=device)
    if user:
        request.user = user
    return request


def write(count):
    for number in range(1, count + 1):
        record(Action.PUBLISHED, f"報告{number}")


def run(sql, *values):
    """Change the database behind the application's back."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


# What an entry says


def test_it_says_who_did_what_when_and_from_where(time_machine):
    time_machine.move_to(jst(2026, 11, 27, 10, 0), tick=False)
    user = create_administrator(username="hanako", last_name="見本", first_name="花子")

    entry = record(Action.PUBLISHED, "夏の報告", request_from("203.0.113.9", "Safari", user))

    entry = LogEntry.objects.get(pk=entry.pk)
    assert (entry.number, entry.at) == (1, jst(2026, 11, 27, 10, 0))
    assert (entry.user, entry.subject, entry.device) == ("見本 花子(hanako)", "夏の報告", "Safari")
    assert (entry.network, entry.full_address.address) == ("203.0.113.0/24", "203.0.113.9")


def test_what_was_done_on_the_server_says_so():
    entry = record(Action.EXPORTED, "バックアップ")

    assert (entry.user, entry.network) == ("サーバー", "")


def test_a_stranger_has_no_name():
    assert record(Action.REFUSED, "admin", request_from("203.0.113.9")).user == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.9, 198.51.100.1", ""),
    ],
)
def test_of_an_address_the_network_stays(address, network):
    assert record(Action.SIGNED_IN, "", request_from(address)).network == network


def test_strange_words_become_one_line_that_fits():
    entry = record(Action.REFUSED, "a\nb\0" + "長" * 500, request_from("203.0.113.9", "x" * 5000))

    assert entry.subject.startswith("a b長")
    assert (len(entry.subject), len(entry.device)) == (200, 200)
    assert check() == []


def test_whole_addresses_go_after_thirty_days_and_the_log_stays_proved(time_machine):
    time_machine.move_to(jst(2026, 10, 1, 10, 0))
    record(Action.SIGNED_IN, "", request_from("203.0.113.9"))
    time_machine.move_to(jst(2026, 10, 31, 9, 59))
    record(Action.SIGNED_IN, "", request_from("203.0.113.77"))
    assert FullAddress.objects.count() == 2

    time_machine.shift(120)
    record(Action.EXPORTED, "バックアップ")

    assert [each.address for each in FullAddress.objects.all()] == ["203.0.113.77"]
    assert [each.network for each in LogEntry.objects.all()] == ["", *["203.0.113.0/24"] * 2]
    assert check() == []


def test_what_is_rolled_back_leaves_no_entry():
    record(Action.PUBLISHED, "前")
    with transaction.atomic():
        record(Action.PUBLISHED, "取り消し")
        transaction.set_rollback(True)

    record(Action.PUBLISHED, "後")

    assert [each.subject for each in LogEntry.objects.all()] == ["後", "前"]
    assert check() == []


# Nobody rewrites it


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: LogEntry.objects.filter(pk=1).update(user="別の人"),
        lambda entry: LogEntry.objects.filter(pk=1).delete(),
        lambda entry: LogEntry.objects.bulk_create([entry]),
        lambda entry: LogEntry.objects.bulk_update([entry], ["user"]),
    ],
)
def test_no_code_of_the_site_changes_an_entry(change):
    write(1)

    with pytest.raises(CannotBeChanged):
        change(LogEntry.objects.get())

    assert check() == []


def test_a_log_as_it_was_written_is_proved(capsys):
    write(3)

    call_command("check_log")

    assert "3件の記録は、書き換えられていません。" in capsys.readouterr().out


def test_an_empty_log_is_proved(capsys):
    call_command("check_log")

    assert capsys.readouterr().out.startswith("0件の記録")


@pytest.mark.parametrize("field", ["action", "user", "subject", "network", "device", "seal"])
def test_a_changed_entry_is_named(field):
    write(3)

    run(f"UPDATE homepage_logentry SET \"{field}\" = 'x' WHERE number = 2")

    assert check()[0] == "2番の記録が書き換えられています。"


def test_another_time_is_named():
    write(3)

    run("UPDATE homepage_logentry SET at = '2020-01-01 00:00:00+00:00' WHERE number = 2")

    assert check() == ["2番の記録が書き換えられています。"]


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (1, "1番から1番までの記録がありません。"),
        (2, "2番から2番までの記録がありません。"),
        (3, "3番までの記録が、2番で終わっています。"),
    ],
)
def test_a_removed_entry_is_named(number, fault):
    write(3)

    run("DELETE FROM homepage_logentry WHERE number = %s", number)

    assert check() == [fault]


def test_a_cut_end_is_found_out_though_the_head_was_cut_too():
    write(2)
    second = LogHead.objects.get()
    write(1)

    run("DELETE FROM homepage_logentry WHERE number = 3")
    run("UPDATE homepage_loghead SET number = 2, seal = %s", second.seal)

    assert check() == ["記録の終わりの印が書き換えられています。"]


def test_an_emptied_log_is_found_out():
    write(2)

    run("DELETE FROM homepage_logentry")

    assert check() == ["2番までの記録が、0番で終わっています。"]


def test_a_log_put_back_as_a_whole_is_found_out_by_the_seal_that_was_noted():
    write(1)
    old = LogHead.objects.values("number", "seal", "seal_of_head").get()
    write(1)
    noted = str(LogHead.objects.get())
    assert check(noted) == []

    run("DELETE FROM homepage_logentry WHERE number = 2")
    LogHead.objects.update(**old)

    assert check() == []
    assert check(noted) == ["控えてあった2番の印が、記録の中にありません。"]


def test_an_entry_that_the_site_sealed_once_does_not_fit_into_another_log():
    write(1)
    old = LogHead.objects.values("number", "seal", "seal_of_head").get()
    of_before = record(Action.PUBLISHED, "前の続き")
    run("DELETE FROM homepage_logentry WHERE number = 2")
    LogHead.objects.update(**old)
    for subject in ("後の続き", "その次"):
        record(Action.PUBLISHED, subject)
    assert check() == []

    run("DELETE FROM homepage_logentry WHERE number = 2")
    of_before._state.adding = True
    of_before.save()

    assert check() == ["3番の記録が書き換えられています。"]


def test_the_command_says_what_is_wrong():
    write(2)
    run("UPDATE homepage_logentry SET subject = '別の報告' WHERE number = 1")

    with pytest.raises(CommandError, match="1番の記録が書き換えられています。"):
        call_command("check_log")


def test_a_seal_is_made_by_this_site_alone(settings):
    write(1)

    settings.SECRET_KEY = "another site's key"

    assert check()


# In the admin


def test_it_is_read_and_searched(admin):
    record(Action.PUBLISHED, "夏の報告", request_from("203.0.113.9"))
    record(Action.PUBLISHED, "冬の報告")

    page = admin.get(f"{LOG}?q=夏").text

    assert "夏の報告" in page
    assert "203.0.113.9" in page
    assert "冬の報告" not in page


@pytest.mark.parametrize("rest", ["add/", "1/delete/"])
def test_nothing_is_added_or_removed_there(admin, rest):
    write(1)

    assert admin.post(LOG + rest).status_code == 403
    assert LogEntry.objects.count() == 1


def test_an_entry_is_only_read_there(admin):
    write(1)

    response = admin.post(f"{LOG}1/change/", {"subject": "別の報告"})

    assert response.status_code == 403
    assert LogEntry.objects.get().subject == "報告1"


def test_it_asks_no_question_for_each_entry(admin, django_assert_max_num_queries):
    write(30)

    with django_assert_max_num_queries(10):
        admin.get(LOG)


def test_it_is_exported_as_excel_reads_it_and_that_is_in_it_too(admin):
    record(Action.REFUSED, '=HYPERLINK("http://evil.example.jp")', request_from("203.0.113.9"))

    response = admin.post(f"{LOG}export/")
    content = b"".join(response.streaming_content).decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0][:5] == ["番号", "日時", "したこと", "した人", "対象"]
    assert rows[1][4:6] == ['\'=HYPERLINK("http://evil.example.jp")', "203.0.113.9"]
    assert rows[2][2:5] == ["書き出し", "見本 花子(admin)", "記録(CSV)"]
    assert response["Content-Disposition"] == 'attachment; filename="log-2.csv"'


def test_it_is_exported_by_a_button_only(admin):
    assert admin.get(f"{LOG}export/").status_code == 405


def test_strangers_read_nothing():
    for ask in (Client().get, Client().post):
        assert "/admin/login/" in ask(f"{LOG}export/")["Location"]


def test_changed_settings_are_told_by_their_names(admin):
    profile = {
        "family_name": "見本", "given_name": "花子", "family_name_reading": "みほん", "given_name_reading": "はなこ",
        "office": "見本県議会議員", "email": "atarashii@example.jp", "address": "https://mihon.example.jp", "accent": "#35634a",
        "links-TOTAL_FORMS": 1, "links-INITIAL_FORMS": 0, "links-0-label": "動画", "links-0-url": "https://video.example.jp", "links-0-order": 0,
    }  # fmt: skip
    admin.post("/admin/homepage/profile/1/change/", profile)

    entry = LogEntry.objects.get()
    assert entry.subject == "サイト管理者: 役職・党派・連絡先メールアドレス・リンク(SNSなど)"
    assert entry.action == Action.SETTINGS
