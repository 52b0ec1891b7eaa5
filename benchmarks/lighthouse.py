"""What Lighthouse says of the sample site on a phone over slow 4G, which it imitates by itself."""

import json
import os
import shutil
import subprocess

from benchmarks import databases
from benchmarks.servers import serving
from benchmarks.table import Line, NotInstalled
from blog.models import Post
from blog.sample import load_sample
from homepage.models import Profile

CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]


def of_public_pages(folder):
    """Visit one page of each kind, each with an empty browser."""
    lighthouse, chromium = shutil.which("lighthouse"), shutil.which("chromium")
    if not lighthouse or not chromium:
        raise NotInstalled("npm install -g lighthouse@12, and chromium")
    database_url = databases.sqlite(folder, "sample")
    load_sample("http://localhost")
    with serving(folder, database_url) as (_, port):
        site = f"http://127.0.0.1:{port}"
        Profile.objects.update(address=site)
        post = Post.objects.published().exclude(first_photo=None).first()
        month = f"/{post.published_at:%Y/%m}/"
        for name, path in (
            ("front", "/"),
            ("month", month),
            ("report", post.get_absolute_url()),
            # The results of a search are kept from search engines, for which Lighthouse takes points.
            ("search", "/search/"),
            ("archive", "/archive/"),
        ):
            yield line(name, report(lighthouse, chromium, site + path))


def report(lighthouse, chromium, address):
    command = [
        *(lighthouse, address, "--quiet", "--output=json", "--output-path=stdout"),
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox",
    ]
    environment = os.environ | {"CHROME_PATH": chromium}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def line(name, report):
    scores = [round(report["categories"][each]["score"] * 100) for each in CATEGORIES]
    paint, shift = (
        report["audits"][each]["numericValue"]
        for each in ("largest-contentful-paint", "cumulative-layout-shift")
    )
    return Line(
        f"Lighthouse, {name}",
        "/".join(map(str, scores)),
        f"LCP {paint / 1000:.2f} s, CLS {shift:.3f}",
        None,
        "100s, 1.5 s, 0",
        scores == [100] * 4 and paint <= 1500 and round(shift, 3) == 0,
    )
