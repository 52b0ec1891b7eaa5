from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from blog import sitemaps
from blog.feeds import TYPES
from blog.models import Category, Post
from homepage import edition
from homepage.elections.proof import NoProof, is_ours, proof_of
from homepage.models import Election, Profile
from homepage.page_cache import EDITION


class Command(BaseCommand):
    help = (
        "Writes the proof of an election's hold into a new file. Without an election, asks for every "
        "public address once, so that the log has what the site serves around a polling day."
    )

    def add_arguments(self, parser):
        parser.add_argument("election", nargs="?", type=int, help="選挙の番号")
        parser.add_argument("--folder", type=Path, default=Path(), help="置く場所のフォルダー")
        parser.add_argument("--check", type=Path, help="前に作ったファイルの署名を確かめる")

    def handle(self, election, folder, check, **options):
        if check:
            self.check_file(check)
        elif election is None:
            self.ask_for_everything()
        else:
            self.prove(election, folder)

    def prove(self, number, folder):
        election = Election.objects.filter(pk=number).first()
        if election is None:
            those = "、".join(f"{each.pk} {each}" for each in Election.objects.all())
            raise CommandError(
                f"{number}番の選挙はありません。あるのは次の選挙です: {those or 'なし'}"
            )
        profile = Profile.objects.current()
        path = folder / f"hold-{election.polling_on}-{election.pk}.txt"
        try:
            text = proof_of(election, profile.address if profile else "")
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except NoProof as fault:
            raise CommandError(str(fault)) from fault
        except FileExistsError as error:
            raise CommandError(f"{path} は、もうあります。") from error
        except OSError as error:
            raise CommandError(f"{path} に書けません: {error.strerror}") from error
        self.stdout.write(f"{path} に書きました。")

    def check_file(self, path):
        try:
            is_right = is_ours(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{path} を読めません: {error.strerror}") from error
        except ValueError:
            is_right = False
        if not is_right:
            raise CommandError(f"{path} は、このサイトが署名したままではありません。")
        self.stdout.write(f"{path} は、このサイトが署名したままです。")

    def ask_for_everything(self):
        profile = Profile.objects.current()
        if profile is None or not Election.objects.witnessed():
            self.stdout.write("投票日の前日から翌日までではないので、何もしません。")
            return
        paths = public_paths()
        missing = [path for path in paths if not is_served(profile.address, path)]
        if missing:
            raise CommandError(f"開けないアドレスがあります: {'、'.join(missing)}")
        self.stdout.write(f"{len(paths)}のアドレスを確かめました。")


def public_paths():
    """Return every address that citizens are told of: pages, their codes, and what programs read."""
    posts = Post.objects.published()
    pages = [path for path, _ in [*sitemaps.lists(posts), *sitemaps.reports(posts)]]
    names = [page.strip("/") or "front" for page in pages]
    feeds = [reverse("blog:feed", args=[suffix]) for suffix in TYPES]
    feeds += [
        reverse("blog:category-feed", args=[category.slug, suffix])
        for category in Category.objects.all()
        for suffix in TYPES
    ]
    codes = [
        reverse("qr-picture", args=[name, suffix]) for name in names for suffix in ("svg", "png")
    ]
    others = [reverse("blog:search"), reverse("blog:sitemap"), "/robots.txt"]
    return [*pages, *codes, *feeds, *others]


def is_served(site, path):
    """Return whether the site answers a path as it does to anybody, and notes it."""
    parts = urlsplit(site)
    environ = {
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": parts.netloc,
        "wsgi.url_scheme": parts.scheme,
        EDITION: edition.current(),
    }
    setup_testing_defaults(environ)
    answer = WSGIHandler()(environ, lambda *start: None)
    answer.close()
    return answer.status_code == 200
