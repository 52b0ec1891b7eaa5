"""Photos: how long the writer waits, what memory it takes, and what a phone then loads."""

import http.client
import io
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from benchmarks import databases, filling
from benchmarks.load import GZIP, get
from benchmarks.processes import peak_megabytes, workers
from benchmarks.servers import serving
from benchmarks.table import Line
from blog.models import Post
from blog.photos.models import Photo


def from_phone(folder, database_url):
    """Send photos of 12 megapixels as the desk does, one alone and then five at once."""
    databases.use(database_url)
    cookies = filling.administrator_cookies()
    photos = [like_a_photo(seed) for seed in range(6)]
    with serving(folder, database_url) as (process, port):
        waited = send(port, cookies, photos[0])
        yield Line(
            f"photo, {len(photos[0]) / 1e6:.1f} MB, all sizes stored",
            f"{waited:.2f} s",
            f"decoding alone {decoding(photos[0]):.2f} s",
            waited / decoding(photos[0]),
            "<= 2 s",
            waited <= 2,
        )
        before = [peak_megabytes(each) for each in workers(process.pid)]
        with ThreadPoolExecutor(5) as pool:
            slowest = max(pool.map(lambda photo: send(port, cookies, photo), photos[1:]))
        after = [peak_megabytes(each) for each in workers(process.pid)]
        more = max(now - then for now, then in zip(after, before, strict=True))
        yield Line(
            "five at once, peak memory of a worker",
            f"{more:+.0f} MB, {slowest:.2f} s",
            f"before {max(before):.0f} MB",
            max(after) / max(before),
            "<= 300 MB more",
            more <= 300,
        )
        yield month_with_photos(port)


def month_with_photos(port):
    """Add up what a phone of 390 px at twice the density loads of a month with five photos."""
    photos = Photo.objects.all()[:5]
    year, month = filling.MONTHS[0]
    posts = Post.objects.in_month(year, month)
    for photo, post in zip(photos, posts, strict=False):
        post.body = f"{photo.image_code}\n\n{filling.BODY}"
        post.save()
    time.sleep(1.1)
    address = filling.month_address(year, month)
    html = get(port, address, Cookie="bench=1")[1].decode()
    shown = re.findall(r"(/media/photos/\S+\.avif) 960w", html)
    if len(shown) != 5:
        raise RuntimeError(f"{len(shown)} photos instead of 5")
    files = [address, *re.findall(r'"(/static/\S+\.(?:css|js))"', html)]
    text, photos = (
        sum(len(get(port, path, **GZIP)[1]) for path in paths) for paths in (files, shown)
    )
    return Line(
        "month with five photos, 390 px, density 2",
        f"{(text + photos) / 1000:.0f} kB",
        f"without them {text / 1000:.0f} kB",
        (text + photos) / text,
        "<= 250 kB",
        text + photos <= 250_000,
    )


def send(port, cookies, photo):
    """Upload a photo; return the seconds until the answer."""
    border = "border-of-the-form"
    head = f'--{border}\r\nContent-Disposition: form-data; name="image"; filename="x.jpg"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{border}--\r\n".encode()
    headers = {
        "Cookie": cookies,
        "X-CSRFToken": filling.TOKEN,
        "Content-Type": f"multipart/form-data; boundary={border}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    connection.request("POST", "/admin/blog/photo/upload/", body, headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {answer.read().decode()}")
    answer.read()
    connection.close()
    return time.perf_counter() - start


def like_a_photo(seed):
    """Return a JPEG of 12 megapixels with coarse and fine detail, as large as a phone makes it."""
    noise = random.Random(seed)
    picture = Image.new("RGB", (4000, 3000))
    for width, strength in ((8, 1), (32, 0.6), (128, 0.35), (512, 0.2), (2000, 0.12)):
        size = (width, width * 3 // 4)
        layer = Image.frombytes("RGB", size, noise.randbytes(3 * size[0] * size[1]))
        picture = Image.blend(
            picture, layer.resize(picture.size, Image.Resampling.BICUBIC), strength
        )
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=92)
    return encoded.getvalue()


def decoding(photo):
    """Return the seconds it takes to unpack a photo and do no more."""
    start = time.perf_counter()
    Image.open(io.BytesIO(photo)).load()
    return time.perf_counter() - start
