"""The memory of the server: with every page in it, and after strangers invented addresses."""

import itertools

from benchmarks import databases, filling
from benchmarks.load import GZIP, p50, seconds, visit
from benchmarks.processes import megabytes, workers
from benchmarks.servers import serving
from benchmarks.table import Line
from blog.models import Post

# Over new connections, so that every worker has every page.
TIMES_READ = 5
MOST_MEGABYTES_OF_TWO = 220
JUNK = 10_000
LISTS = [
    *(filling.month_address(*each) for each in filling.STEADY),
    *(f"/{year}/" for year in sorted({year for year, _ in filling.MONTHS})),
]


def all_read(folder, database_url):
    databases.use(database_url)
    posts = Post.objects.published().for_lists()
    # Of a larger site, the part that did not grow.
    months = filling.MONTHS if len(posts) <= filling.USUAL_POSTS else filling.STEADY
    paths = LISTS + [filling.month_address(*each) for each in months if each not in filling.STEADY]
    paths += [
        post.get_absolute_url() for post in posts if divmod(post.published_month, 100) in months
    ]
    with serving(folder, database_url) as (process, port):
        visit(port, paths * TIMES_READ)
        pss, rss = megabytes(process.pid)
        count = len(workers(process.pid))
        most = MOST_MEGABYTES_OF_TWO / 2 * count
        yield Line(
            f"memory, {count} workers, {len(paths):,} pages read",
            f"{pss:.0f} MB (PSS; RSS {rss:.0f} MB)",
            must=f"<= {most:.0f} MB",
            is_reached=pss <= most,
        )
        yield from junk(process, port, pss)


def junk(process, port, before):
    quick = p50(seconds(port, LISTS, **GZIP, Cookie="bench=1")) / 2
    rate, usual = hit_rate(port, quick)
    paths = itertools.cycle(LISTS)
    visit(port, [f"{next(paths)}?junk={number}" for number in range(JUNK)])
    after, _ = megabytes(process.pid)
    yield Line(
        f"after {JUNK:,} junk query strings",
        f"{after - before:+.1f} MB (PSS)",
        f"before {before:.0f} MB",
        after / before,
        "<= 5 MB more",
        after - before <= 5,
    )
    rate_after, time_after = hit_rate(port, quick)
    yield Line(
        "hit rate of real pages after it",
        f"{rate_after:.1%}, p50 {time_after * 1000:.2f} ms",
        f"before {rate:.1%}, p50 {usual * 1000:.2f} ms",
        rate_after / rate,
        "unchanged (1 %)",
        rate_after >= rate - 0.01,
    )


def hit_rate(port, quick):
    """Return the share of pages that came quicker than rendering allows, and their p50."""
    times = [each for _ in range(4) for each in seconds(port, LISTS, **GZIP)]
    return sum(each < quick for each in times) / len(times), p50(times)
