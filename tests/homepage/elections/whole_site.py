"""A site with one of everything that citizens read, and an election."""

import datetime

from PIL import Image

from blog.photos import library
from homepage.log.models import Action, LogEntry
from tests.factories import (
    create_attachment,
    create_category,
    create_correction,
    create_election,
    create_page,
    create_person,
    create_post,
    create_profile,
    jst,
)
from tests.pictures import encode, upload

# In the past, so that the database's own clock never says that it is polling day.
POLLING_DAY = datetime.date(2023, 4, 23)
# A report that the desk publishes.
REPORT = {
    "title": "",
    "body": "献血の報告です。",
    "category": "",
    "published_at": "",
    "status": "published",
    "attachments-TOTAL_FORMS": 0,
    "attachments-INITIAL_FORMS": 0,
}
REASON = "大雨の避難所のお知らせのため"


def create_polling_day(**fields):
    announced_on = POLLING_DAY - datetime.timedelta(days=7)
    return create_election(**{"announced_on": announced_on, "polling_on": POLLING_DAY} | fields)


def logged(action):
    return [entry.subject for entry in LogEntry.objects.filter(action=action)]


def overrides():
    """Return the reasons in the log, without the things that they were written for."""
    return [subject.split(": ")[0] for subject in logged(Action.OVERRIDDEN)]


def picture(colour):
    return encode(Image.new("RGB", (600, 450), colour), "PNG")


class Site:
    """A site with one of everything that citizens read, and its administrator."""

    def __init__(self, client):
        self.client, self.reason = client, {}
        self.profile = create_profile(email="hanako@mihonshi.jp")
        self.photo = library.add(upload(picture("red"))).photo
        self.category = create_category(slug="health")
        self.empty_category = create_category(slug="empty")
        self.post = create_post(
            title="春の報告",
            body=f"献血の報告です。\n\n{self.photo.image_code}",
            category=self.category,
            tag_names="献血、若者",
            published_at=jst(2023, 4, 1, 10, 0),
        )
        self.correction = create_correction(post=self.post)
        self.attachment = create_attachment(post=self.post)
        self.draft = create_post(status="draft", published_at=None, title="書きかけ")
        self.withdrawn = create_post(title="取り下げた報告", published_at=jst(2023, 3, 1, 10, 0))
        self.withdrawn.withdraw("会場に誤りがあったため。")
        self.page = create_page(slug="policies")
        self.page.body = "本文を直しました。"
        self.page.save()
        self.trashed_page = create_page(slug="old")
        self.trashed_page.trash()
        self.trashed_photo = library.add(upload(picture("blue"))).photo
        # Shown by the report, too, if it came back.
        self.post.body += f"\n\n{self.trashed_photo.image_code}"
        self.post.save()
        self.trashed_photo.trash()
        self.election = create_polling_day()
        self.administrator = create_person("管理者", username="hanako")

    def sign_in(self):
        self.client.force_login(self.administrator)

    def send(self, path, **fields):
        return self.client.post(f"/admin/{path}", fields | self.reason)

    def save(self, thing, page="change", **fields):
        kind = f"{thing._meta.app_label}/{thing._meta.model_name}"
        return self.send(f"{kind}/{thing.pk}/{page}/", **fields)
