"""From a report's Markdown to safe HTML and plain text: the one door for body text."""

import re
from collections import Counter
from html import escape, unescape
from typing import NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe

from homepage.invisible import INVISIBLE

from .markdown_rules import markdown_parser

MARKDOWN = markdown_parser()

# Two hundred pages. Beyond it, a table alone would keep the writer waiting.
MOST_CHARACTERS = 300_000

TAGS = (
    {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"}
    | {"a", "strong", "em", "s", "del", "sup", "sub", "ruby", "rt", "rp"}
    | {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
    | {"img"}
)
ALIGNMENTS = {"align-left", "align-center", "align-right"}
SANITISER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "img": {"src", "alt"}, "*": set()},
    allowed_classes={"th": ALIGNMENTS, "td": ALIGNMENTS},
    url_schemes={"http", "https", "mailto", "tel"},
    # Links open in the same window, so there is no opener to guard.
    link_rel=None,
)

TAG_START = re.compile(r"<(/?)([A-Za-z][^ \t\n\f\r/>]*)")
LAST_END_TAG = {
    "script": re.compile(r".*</script", re.DOTALL | re.IGNORECASE),
    "style": re.compile(r".*</style", re.DOTALL | re.IGNORECASE),
}
# Their end tags may be left out, so an unclosed one does not nest.
UNNESTED = {"p", "br", "hr", "img", "li", "tr", "th", "td", "thead", "tbody"}
DEEPEST_NESTING = 100

# Only photos that were taken in are shown: ![…](photo-12). In the
# rendered text a mark stands for each, and `photos/showing.py` puts it in.
IMAGE = re.compile(r'<img((?:\s[a-z]+="[^"]*")*)>')
IMAGE_SOURCE = re.compile(r'\ssrc="photo-([1-9][0-9]{0,8})"')
IMAGE_ALT = re.compile(r'\salt="([^"]*)"')

PHOTO_MARK = re.compile(r'<img src="photo-([1-9][0-9]{0,8})" alt="([^"]*)">')

# What follows reads what nh3 writes: < and > only around tags, and no attributes on
# headings, paragraphs and tables.
HEADING_TAG = re.compile(r"(?<=<h)[1-6](?=>)|(?<=</h)[1-6](?=>)")
PARAGRAPH_START = re.compile(r"(?<=<p>)(?:\s|<br>)+")
EMPTY_PARAGRAPH = re.compile(r"<p></p>\n?")
RUBY_BRACKET = re.compile(r"<rp>[^<]*</rp>")
BLOCK_EDGE = re.compile(r"</?(?:p|h[2-6]|ul|ol|li|blockquote|pre|table|tr|hr)\b[^>]*>")
CELL_EDGE = re.compile(r"</t[hd]>|<br>")
TAG = re.compile(r"<[^>]*>")


class Rendered(NamedTuple):
    html: str
    text: str


def render(source: str) -> Rendered:
    """Return the source as safe HTML, and as plain text with one line per block.

    The highest heading of the source becomes h2, below the title of its page.
    """
    html = sanitise(MARKDOWN.render(readable(source)))
    html = IMAGE.sub(photo_mark, html)
    html = PARAGRAPH_START.sub("", html)
    html = EMPTY_PARAGRAPH.sub("", html).strip()
    levels = [int(level) for level in HEADING_TAG.findall(html)]
    html = move_headings(html, 2 - min(levels, default=2))
    return Rendered(html=wrap_tables(html), text=plain_text(html))


def at_heading_level(html: str, level: int) -> SafeString:
    """Return rendered HTML with its h2 at another level, safe for templates.

    Only for what `render` returned: this is where the project trusts HTML.
    """
    return mark_safe(move_headings(html, level - 2))


def readable(source: str) -> str:
    """Return the source in characters that can be stored and shown.

    A line that only looks empty, because of a full-width space, is an empty line.
    """
    source = source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = (line if line.strip() else "" for line in source.splitlines())
    return INVISIBLE.sub("", "\n".join(lines))


def sanitise(html: str) -> str:
    """Return the HTML with only what the lists above allow, and every tag closed."""
    html = SANITISER.clean(disarm(html))
    # References such as &#x202e; are characters now. Taking one out may spell a word
    # that was not there before, as javascript:, so nh3 has the last word.
    return SANITISER.clean(INVISIBLE.sub("", html))


def disarm(html: str) -> str:
    """Return the HTML without openers that would spoil the rest of the report.

    To a browser all that follows <textarea>, or an unclosed comment or <script>, is
    no longer markup, and nh3 takes seconds for thousands of nested tags. Such a tag
    becomes <wbr>, which has no content and is not allowed. Safety is nh3's affair.
    """
    comments_end = html.rfind("-->") + 1
    html = html[:comments_end] + html[comments_end:].replace("<!--", "")
    last_end_tags = {
        name: match.end() if (match := pattern.match(html)) else 0
        for name, pattern in LAST_END_TAG.items()
    }
    depth = Counter()

    def replace(match):
        slash, name = match[1], match[2].lower()
        if match.start() < last_end_tags.get(name, 0) or name in UNNESTED:
            return match[0]
        if name not in TAGS or (not slash and depth[name] == DEEPEST_NESTING):
            return f"<{slash}wbr"
        depth[name] = max(0, depth[name] + (-1 if slash else 1))
        return match[0]

    return TAG_START.sub(replace, html)


def photo_mark(image: re.Match) -> str:
    """Return the <img> of a photo in the one form that is looked for later; of others nothing."""
    source, alt = IMAGE_SOURCE.search(image[1]), IMAGE_ALT.search(image[1])
    if not source:
        return ""
    # Without < and >, which nh3 leaves as they are in attributes, and tags are found by.
    words = escape(unescape(alt[1])) if alt else ""
    return f'<img src="photo-{source[1]}" alt="{words}">'


def move_headings(html: str, by: int) -> str:
    return HEADING_TAG.sub(lambda level: str(min(6, int(level[0]) + by)), html)


def wrap_tables(html: str) -> str:
    """Return the HTML with tables that scroll sideways, by finger and by keyboard."""
    opening = '<div class="table" role="group" aria-label="表" tabindex="0"><table>'
    return html.replace("<table>", opening).replace("</table>", "</table></div>")


def plain_text(html: str) -> str:
    text = RUBY_BRACKET.sub("", html).replace("<rt>", "（").replace("</rt>", "）")
    text = text.replace("\n", " ")
    text = CELL_EDGE.sub(" ", BLOCK_EDGE.sub("\n", text))
    lines = unescape(TAG.sub("", text)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())
