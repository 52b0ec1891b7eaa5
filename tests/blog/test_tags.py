"""The tags of a report: a line that its writer types, and what is made of it."""

import json

import pytest
from django.core.exceptions import ValidationError

from blog.desk.content import base_of, content_of
from blog.models import Post, Tag, WorkingCopy
from blog.tags.names import check_line, line_of, names_in
from homepage import edition
from homepage.revisions import KEPT
from tests.factories import create_person, create_post

pytestmark = pytest.mark.django_db

REPORT = {
    "title": "",
    "body": "駅前で市民の皆さんの声を聞きました。",
    "category": "",
    "published_at": "2024-08-04T10:00",
    "status": "published",
    "attachments-TOTAL_FORMS": 0,
    "attachments-INITIAL_FORMS": 0,
}


@pytest.fixture
def editor(client, profile):
    client.force_login(create_person("編集者"))
    return client


def save(client, post, **fields):
    return client.post(f"/admin/blog/post/{post.pk}/change/", REPORT | fields)


def autosave(client, post, **fields):
    known = {"post": str(post.pk), "desk": "", "token": "save-1", "seen": base_of(post)}
    text = json.dumps(content_of(post) | known | fields)
    return client.post("/admin/blog/post/autosave/", text, content_type="application/json")


def names(post):
    return set(post.tags.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("献血、若者", ["献血", "若者"]),
        ("献血,若者，防災､議会", ["献血", "若者", "防災", "議会"]),
        ("献血\n若者\r\n防災", ["献血", "若者", "防災"]),
        (" 献血 、、\u3000若者\u3000", ["献血", "若者"]),
        ("#献血、＃若者", ["献血", "若者"]),
        ("ＰＴＡ、PTA、pta", ["ＰＴＡ"]),
        ("ﾊﾞｽ、バス", ["ﾊﾞｽ"]),
        ("㎑、khz", ["㎑"]),
        ("見本\u3000花子、見本 花子", ["見本 花子"]),
        ("献\u200b血、\x00、#", ["献血"]),
        ("", []),
    ],
)
def test_a_line_is_read_as_names(line, expected):
    assert names_in(line) == expected
    assert names_in(line_of([line])) == expected


def test_eight_tags_of_forty_characters_are_taken():
    check_line("、".join(f"{number}".rjust(40, "字") for number in range(8)))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("一、二、三、四、五、六、七、八、九", "タグは8個までです。いまは9個あります。"),
        ("字" * 41, f"「{'字' * 20}…」は長すぎます。タグは40字までです。"),
        # Four characters in the form in which names are held against each other.
        ("㍿" * 40, "タグは40字までです。"),
    ],
)
def test_what_is_too_much_is_said(editor, line, sentence):
    post = create_post()

    html = save(editor, post, tag_names=line).text

    assert sentence in html
    assert not Tag.objects.exists()
    with pytest.raises(ValidationError):
        check_line(line)


def test_saving_a_report_makes_its_tags(editor):
    post = create_post()

    save(editor, post, tag_names="献血，若者\n")

    post.refresh_from_db()
    assert post.tag_names == "献血、若者"
    assert names(post) == {"献血", "若者"}


def test_another_way_to_write_a_tag_is_the_same_tag():
    create_post(tag_names="ＰＴＡ")

    post = create_post(tag_names="pta、バス")

    assert (post.tag_names, Tag.objects.count()) == ("ＰＴＡ、バス", 2)


def test_a_tag_of_drafts_is_written_as_the_first_report_that_is_published_writes_it(profile):
    draft = create_post(tag_names="ｐｔａ", status="draft")
    assert create_post(tag_names="Pta", status="draft").tag_names == "ｐｔａ"

    # After the first, citizens know the tag by its name.
    posts = [create_post(tag_names="PTA"), create_post(tag_names="ＰＴＡ")]
    draft.save()

    assert [post.tag_names for post in [*posts, draft]] == ["PTA"] * 3
    assert Tag.objects.get().name == "PTA"


def test_what_is_taken_out_of_the_line_is_no_tag_of_the_report_any_more():
    post = create_post(tag_names="献血、若者")

    post.tag_names = "若者"
    post.save(update_fields=["tag_names"])

    assert names(post) == {"若者"}


def test_saving_something_else_leaves_the_tags():
    post = create_post(tag_names="献血")

    post.title = "夏の報告"
    post.save(update_fields=["title"])

    assert names(post) == {"献血"}


def test_a_published_report_with_new_tags_makes_one_edition(profile):
    number = edition.current()

    create_post(tag_names="献血、若者")

    assert edition.current() == number + 1


def test_a_draft_with_new_tags_makes_no_edition(profile):
    create_post(tag_names="献血")
    number = edition.current()

    create_post(tag_names="献血、若者", status="draft")

    assert edition.current() == number


def test_only_the_tags_change_without_a_question_about_a_correction(editor):
    post = create_post(tag_names="献血")

    assert save(editor, post, tag_names="献血、若者").status_code == 302

    assert not post.corrections.exists()


def test_the_tags_are_saved_while_they_are_written(editor):
    post = create_post(tag_names="献血")

    answer = autosave(editor, post, tag_names="献血、わ")

    assert answer.status_code == 200
    assert WorkingCopy.objects.get().tag_names == "献血、わ"
    assert names(post) == {"献血"}
    assert "献血、わ" in editor.get(f"/admin/blog/post/{post.pk}/change/").text


def test_too_many_tags_keep_no_text_from_being_saved(editor):
    post = create_post()

    answer = autosave(editor, post, body="書きかけ", tag_names="一、二、三、四、五、六、七、八、九")

    assert answer.status_code == 200
    assert WorkingCopy.objects.get().body == "書きかけ"


def test_the_same_tags_with_other_separators_are_no_change(editor):
    post = create_post(tag_names="献血、若者")

    autosave(editor, post, tag_names="献血, 若者")

    assert not WorkingCopy.objects.exists()


def test_what_another_screen_wrote_into_the_tags_is_not_overwritten(editor):
    post = create_post(tag_names="献血")

    answer = autosave(editor, post, tag_names="献血、若者", seen="other")

    assert answer.status_code == 409
    assert answer.json()["theirs"]["tag_names"] == "献血"


def test_two_desks_that_differ_in_the_tags_alone_lose_neither(editor):
    post = create_post(tag_names="献血")
    autosave(editor, post, tag_names="献血、議会")

    # Refused once by autosave, and twice by the button.
    autosave(editor, post, tag_names="若者", seen=base_of(post))
    for _ in range(2):
        save(editor, post, tag_names="若者", base=base_of(post))

    kept = post.revisions.filter(history_type=KEPT).reverse()
    assert [each.tag_names for each in kept] == ["献血、議会", "若者"]


def test_a_version_brings_its_tags_back_to_the_desk(editor):
    post = create_post(tag_names="献血")
    post.tag_names = "若者"
    post.save()
    newest, oldest = post.revisions.all()

    html = editor.get(f"/admin/blog/post/{post.pk}/history/{newest.pk}/").text
    editor.post(f"/admin/blog/post/{post.pk}/history/{oldest.pk}/restore/")

    assert "タグ: 「献血」から「若者」へ" in html
    assert WorkingCopy.objects.get().tag_names == "献血"


def test_a_text_that_is_given_up_keeps_its_tags_in_the_history(editor):
    post = create_post(tag_names="献血")
    autosave(editor, post, tag_names="若者")

    editor.post(f"/admin/blog/post/{post.pk}/discard/")

    assert post.revisions.first().tag_names == "若者"


def test_who_publishes_sees_which_tags_a_drafter_has_changed(client, profile):
    post = create_post(tag_names="献血")
    client.force_login(create_person("起草者"))
    save(client, post, tag_names="献血、若者", _request="")
    assert names(post) == {"献血"}

    client.force_login(create_person("編集者"))
    html = client.get(f"/admin/blog/post/{post.pk}/change/").text

    assert "タグ: 「献血」から「献血、若者」へ" in html


def test_what_is_sent_for_a_report_in_the_trash_keeps_its_tags(editor):
    post = create_post()
    post.trash()

    save(editor, post, tag_names="献血", base=base_of(post))

    assert WorkingCopy.objects.get().tag_names == "献血"


def test_the_desk_offers_the_tags_of_reports_the_most_used_first(editor):
    create_post(tag_names="若者")
    create_post(tag_names="献血、若者")
    post = create_post(tag_names="使わない")
    post.tag_names = ""
    post.save()

    html = editor.get("/admin/blog/post/add/").text

    assert html.index(">若者</button>") < html.index(">献血</button>")
    assert ">使わない</button>" not in html


def test_a_tag_that_was_merged_is_written_as_the_tag_of_today():
    create_post(tag_names="献結、献血")
    Tag.objects.get(name="献結").merge_into(Tag.objects.get(name="献血"))

    post = create_post(tag_names="献結、献血")

    assert (post.tag_names, names(post)) == ("献血", {"献血"})
    assert Post.objects.filter(tags__name="献結").count() == 0
