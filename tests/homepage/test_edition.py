"""The number of what citizens can read: what raises it, and that nothing is lost."""

import datetime

import pytest
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from blog.models import Post
from homepage import edition
from homepage.models import Link, Page, Profile
from tests.factories import (
    create_administrator,
    create_category,
    create_election,
    create_page,
    create_post,
    create_profile,
    jst,
)

pytestmark = pytest.mark.django_db


class Raised:
    """How many editions a block of code has made."""

    def __enter__(self):
        self.before = edition.current()
        return self

    def __exit__(self, *exception):
        self.count = edition.current() - self.before


@pytest.fixture
def raised():
    return Raised()


def test_publishing_makes_an_edition(raised):
    with raised:
        create_post(status="published")

    assert raised.count == 1


def test_writing_and_deleting_a_draft_makes_none(raised):
    with raised:
        draft = create_post(status="draft")
        draft.title = "書きかけ"
        draft.save()
        draft.delete()

    assert raised.count == 0


@pytest.mark.parametrize(
    "change",
    [{"title": "直した題名"}, {"status": "draft"}, {"published_at": jst(2099, 1, 1, 0, 0)}],
)
def test_changing_a_published_report_makes_an_edition(raised, change):
    post = create_post(status="published")

    with raised:
        for field, value in change.items():
            setattr(post, field, value)
        post.save()

    assert raised.count == 1


def test_deleting_a_published_report_makes_an_edition(raised):
    post = create_post(status="published")

    with raised:
        post.delete()

    assert raised.count == 1


def test_deleting_many_in_the_admin_makes_editions(raised, client):
    posts = [create_post(status="published") for _ in range(3)]
    client.force_login(create_administrator())
    form = {
        "action": "delete_selected",
        "_selected_action": [post.pk for post in posts],
        "post": "yes",
        "left": "nothing",
    }

    with raised:
        client.post("/admin/blog/post/", form)

    assert not Post.objects.kept().exists()
    assert raised.count > 0


def test_every_other_thing_that_citizens_read_makes_an_edition(raised):
    for write in (
        create_profile,
        lambda: Link.objects.create(
            profile=Profile.objects.current(), label="a", url="https://a.example.jp"
        ),
        create_page,
        lambda: Page.objects.get().delete(),
        create_category,
        create_election,
    ):
        with raised:
            write()

        assert raised.count == 1, write


def test_signing_in_makes_none(raised, client):
    with raised:
        create_administrator(username="a", password="himitsu-no-kotoba")
        client.post("/accounts/login/", {"login": "a", "password": "himitsu-no-kotoba"})

    assert raised.count == 0


def test_a_change_that_is_rolled_back_makes_none(raised):
    with raised, transaction.atomic():
        create_post()
        transaction.set_rollback(True)

    assert raised.count == 0
    assert not Post.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_the_database_refuses_makes_none(raised):
    create_category(slug="disaster")

    with raised, pytest.raises(IntegrityError):
        create_category(slug="disaster")

    assert raised.count == 0


@pytest.mark.parametrize(
    "write",
    [
        lambda: Post.objects.update(title="まとめて"),
        lambda: Post.objects.bulk_create([Post(body="まとめて")]),
        lambda: Post.objects.all().delete(),
    ],
)
def test_bulk_work_makes_an_edition_by_itself(raised, write):
    create_post()

    with raised:
        write()

    assert raised.count == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_loaded_makes_one_edition(raised, tmp_path):
    categories = [create_category() for _ in range(3)]
    file = tmp_path / "data.json"
    file.write_text(serialize("json", categories))

    with raised:
        call_command("loaddata", file, verbosity=0)

    assert raised.count == 1


def test_a_scheduled_report_coming_due_makes_an_edition_by_itself():
    due = timezone.now() + datetime.timedelta(hours=1)
    create_post(published_at=due)
    before = edition.current(at=due - datetime.timedelta(seconds=1))

    assert edition.current(at=due) == before + 1
    assert edition.current(at=due + datetime.timedelta(days=9)) == before + 1


def test_a_polling_day_makes_editions_as_it_begins_and_as_it_ends(time_machine):
    time_machine.move_to(jst(2023, 4, 1, 0, 0), tick=False)
    filed = jst(2023, 4, 16, 9, 0)
    create_election(
        announced_on=datetime.date(2023, 4, 16),
        polling_on=datetime.date(2023, 4, 23),
        accepted_at=filed,
    )
    second = datetime.timedelta(seconds=1)

    for moment in [filed, jst(2023, 4, 22), jst(2023, 4, 23), jst(2023, 4, 24)]:
        before = edition.current(at=moment - second)
        assert edition.current(at=moment) == before + 1, moment
        assert edition.current(at=moment + second) == before + 1


def test_a_draft_whose_date_comes_makes_none():
    date = timezone.now() + datetime.timedelta(hours=1)
    create_post(status="draft", published_at=date)

    assert edition.current(at=date) == edition.current()


def test_no_number_comes_twice_when_a_due_report_is_put_off(time_machine):
    time_machine.move_to(jst(2024, 8, 1, 0, 0))
    post = create_post(published_at=jst(2024, 8, 2, 0, 0))
    time_machine.move_to(jst(2024, 8, 3, 0, 0))
    seen = [edition.current()]

    post.published_at = jst(2024, 8, 5, 0, 0)
    post.save()
    seen.append(edition.current())
    time_machine.move_to(jst(2024, 8, 6, 0, 0))
    seen.append(edition.current())

    assert seen == sorted(set(seen))


def test_asking_for_the_edition_is_three_questions(django_assert_num_queries):
    create_post()

    with django_assert_num_queries(3):
        edition.current()


def test_without_an_edition_what_is_counted_is_counted_each_time(client):
    create_post(published_at=jst(2024, 8, 4, 10, 0))
    client.get("/archive/")

    create_post(published_at=jst(2024, 9, 1, 10, 0))

    assert 'href="/2024/09/"' in client.get("/archive/").text


def test_healthz_names_the_edition(client):
    create_post()

    response = client.get("/healthz")

    assert (response.status_code, response.text) == (200, f"ok, edition {edition.current()}\n")
    assert "no-store" in response["Cache-Control"]


def test_healthz_says_when_the_database_is_away(client, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(edition, "current", away)

    response = client.get("/healthz")

    assert (response.status_code, response.text) == (503, "the database does not answer\n")
