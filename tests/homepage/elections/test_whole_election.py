"""A whole election as its administrator lives it, from two months before to the day after."""

import pytest
from django.core.management import CommandError, call_command

from blog.models import Post
from homepage import edition, page_cache
from homepage.elections import proof
from homepage.log.models import Action
from homepage.models import Election
from homepage.page_cache import PageCache
from homepage.wsgi import utf8_application
from tests.factories import create_caution_words, create_person, create_post, create_profile, jst

from .test_proof import ask
from .whole_site import REASON, REPORT, logged, overrides

ELECTION = {
    "name": "見本市議会議員選挙",
    "whose": "own",
    "announced_on": "2023-04-16",
    "polling_on": "2023-04-23",
    "accepted_at": "",
    "ends_at": "24",
    "is_confirmed": "on",
}


# Django closes connections between requests, so a test's transaction would not survive them.
@pytest.mark.django_db(transaction=True)
def test_a_whole_election(client, time_machine, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(page_cache, "EDITION_AGE", 0)
    monkeypatch.setattr(proof, "_noted", set())
    settings.ALLOWED_HOSTS = ["mihon.example.jp", "testserver"]
    site = PageCache(utf8_application, edition.current_if_known)
    time_machine.move_to(jst(2023, 2, 1, 9, 0), tick=False)
    create_profile(email="hanako@mihonshi.jp")
    post = create_post(title="冬の報告", published_at=jst(2023, 2, 1, 8, 0))
    create_caution_words()
    administrator = create_person("管理者", username="hanako")

    def at(*moment):
        """Go on to a moment, at which somebody signs in and reads the front page."""
        time_machine.move_to(jst(2023, *moment), tick=False)
        client.force_login(administrator)
        ask(site)
        return client.get("/admin/").text

    def publish(title, **fields):
        return client.post("/admin/blog/post/add/", REPORT | {"title": title} | fields)

    # Two months before.
    assert "見本市議会議員選挙" not in at(2, 1, 9, 0)
    client.post("/admin/homepage/election/add/", ELECTION)
    election = Election.objects.get()
    address = f"/admin/homepage/election/{election.pk}/change/"
    assert "告示まで" not in at(2, 21, 23, 59)
    assert "告示まで、あと53日です。" in at(2, 22, 0, 0)
    assert "「一票」とあります。" in publish("清き一票を").text

    # The filing is accepted; the campaign.
    assert "告示日です。" in at(4, 16, 9, 12)
    client.post(address, ELECTION | {"_accept": ""})
    assert "選挙運動期間です。投票日まで、あと7日です。" in client.get("/admin/").text
    publish("清き一票を")
    assert (
        "この日時は「見本市議会議員選挙」の投票日です。"
        in publish("投票日", published_at="2023-04-23T10:00").text
    )
    assert 'class="is-off-paper"' in client.get("/").text

    # The eve and polling day.
    at(4, 22, 23, 59, 59)
    before = client.get("/").content
    assert "今日は見本市議会議員選挙の投票日です。" in at(4, 23, 0, 0)
    assert publish("お願い").status_code == 409
    assert publish("避難所", override_reason=REASON).status_code == 302
    published = set(Post.objects.published().values_list("title", flat=True))
    assert published == {"冬の報告", "清き一票を", "避難所"}
    at(4, 23, 23, 59, 59)
    assert client.get(post.get_absolute_url()).status_code == 200
    assert client.get("/").content != before
    with pytest.raises(CommandError, match="まだ終わっていません"):
        call_command("prove_hold", election.pk, folder=tmp_path)

    # The day after.
    assert "投票が終わりました。" in at(4, 24, 8, 0)
    draft = Post.objects.get(title="")
    client.post(
        f"/admin/blog/post/{draft.pk}/change/", REPORT | {"title": "御礼", "tag_names": "御礼"}
    )
    draft.refresh_from_db()
    assert draft.is_public
    assert 'class="is-off-paper"' not in client.get("/").text
    assert 'class="is-off-paper"' in client.get(draft.get_absolute_url()).text
    assert logged(Action.HELD) == ["「お願い」(活動報告)"]
    assert overrides() == [REASON]
    call_command("prove_hold", election.pk, folder=tmp_path)
    [file] = tmp_path.iterdir()
    assert f"{REASON}: 「避難所」(活動報告)" in file.read_text()
