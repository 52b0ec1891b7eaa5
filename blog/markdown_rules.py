"""The site's Markdown: CommonMark, and what writing in Japanese asks beyond it."""

import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import lheading, paragraph
from markdown_it.rules_inline.state_inline import Scanned, StateInline

# A year and its point, as in "2024. 4月". CommonMark would count on from 2024.
YEAR = re.compile(r"[0-9]{4,}[.)]")

# {漢字|かんじ}. Japanese keyboards type the full-width bar, and it is the one that
# does not divide the cells of a table.
RUBY = re.compile(r"\{([^{}|｜\\`<>\n]+)[|｜]([^{}|｜\\`<>\n]+)\}")

# Only ASCII belongs to an address, so that the Japanese sentence around it does not;
# nor does a bracket that opened before it, nor the punctuation behind it. Every
# alternative begins with a character of its own, so no input makes this slow.
URL_CHARACTER = r"[A-Za-z0-9\-._~:/?#@!$&'*+,;=%]"
ADDRESS = re.compile(
    rf"""
    (?<![A-Za-z0-9])
    [Hh]ttps?://(?:{URL_CHARACTER}|\({URL_CHARACTER}*\))+(?<![.,;:!?'*_~])
    |
    (?<![A-Za-z0-9._%+@-])
    [A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}
    """,
    re.VERBOSE,
)


def markdown_parser() -> MarkdownIt:
    """Return the parser; what it renders is not yet safe to show."""
    parser = MarkdownIt("js-default", {"html": True, "breaks": True, "maxNesting": 20})
    # One gate for links is enough, and it must also see those of raw HTML. Refused
    # here, [text](javascript:…) would be shown as it was typed.
    parser.validateLink = lambda url: True
    parser.block.ruler.before("list", "year", year, {"alt": ["list"]})
    parser.inline = JapaneseInlineParser()
    parser.inline.ruler.push("ruby", ruby)
    parser.inline.ruler.push("address", address)
    parser.add_render_rule("ruby", render_ruby)
    parser.add_render_rule("th_open", render_cell)
    parser.add_render_rule("td_open", render_cell)
    return parser


class JapaneseInlineParser(ParserInline):
    """The inline parser with Japanese emphasis; plain text stops at addresses."""

    def __init__(self):
        super().__init__()
        self.terminator_re = re.compile(
            f"{self.terminator_re.pattern}|{ADDRESS.pattern}", re.VERBOSE
        )

    def parse(self, src, md, env, tokens):
        state = JapaneseInlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class JapaneseInlineState(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Return whether a run of * or _ or ~ can open and close emphasis.

        CommonMark 6.2 as amended by the CJK-friendly specification
        (github.com/tats-u/markdown-cjk-friendly): full-width punctuation is like any
        letter, and next to Japanese a run may touch half-width punctuation.
        """
        marker = self.src[start]
        end = start
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[end] if end < self.posMax else " "

        # 5*3*2 is a product.
        if before.isdecimal() and after.isdecimal():
            return Scanned(False, False, end - start)

        left_flanking = not after.isspace() and not (
            is_narrow_punctuation(after) and is_narrow_letter(before)
        )
        right_flanking = not before.isspace() and not (
            is_narrow_punctuation(before) and is_narrow_letter(after)
        )
        # The last condition keeps snake_case whole.
        return Scanned(
            can_open=left_flanking
            and (canSplitWord or not right_flanking or is_punctuation(before)),
            can_close=right_flanking
            and (canSplitWord or not left_flanking or is_punctuation(after)),
            length=end - start,
        )


def is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def is_wide(character: str) -> bool:
    """Return whether a character is Japanese, as far as emphasis is concerned.

    A variation selector only says how the character before it is drawn, as in the
    葛 of 葛城. Emoji are wide here, though not in the specification: the one effect is
    more emphasis between an emoji and a Latin letter.
    """
    return unicodedata.east_asian_width(character) in "FHW" or unicodedata.name(
        character, ""
    ).startswith("VARIATION SELECTOR")


def is_narrow_punctuation(character: str) -> bool:
    return is_punctuation(character) and not is_wide(character)


def is_narrow_letter(character: str) -> bool:
    return not (is_punctuation(character) or is_wide(character) or character.isspace())


def year(state, startLine: int, endLine: int, silent: bool) -> bool:
    """Take a line that begins with a year for text: it ends a list and starts none."""
    if not YEAR.match(state.src, state.bMarks[startLine] + state.tShift[startLine]):
        return False
    return (
        silent
        or lheading(state, startLine, endLine, silent)
        or paragraph(state, startLine, endLine, silent)
    )


def ruby(state: StateInline, silent: bool) -> bool:
    match = RUBY.match(state.src, state.pos, state.posMax)
    if not match or not match[1].strip() or not match[2].strip():
        return False
    if not silent:
        token = state.push("ruby", "ruby", 0)
        token.content, token.meta["reading"] = match.groups()
    state.pos = match.end()
    return True


def address(state: StateInline, silent: bool) -> bool:
    """Link a bare web or e-mail address, as typed, outside links and code."""
    match = ADDRESS.match(state.src, state.pos, state.posMax)
    if not match or state.linkLevel:
        return False
    if not silent:
        is_email = "://" not in match[0]
        token = state.push("link_open", "a", 1)
        token.attrs["href"] = f"mailto:{match[0]}" if is_email else match[0]
        state.push("text", "", 0).content = match[0]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


def render_ruby(renderer, tokens, index, options, env) -> str:
    base = escapeHtml(tokens[index].content)
    reading = escapeHtml(tokens[index].meta["reading"])
    return f"<ruby>{base}<rp>(</rp><rt>{reading}</rt><rp>)</rp></ruby>"


def render_cell(renderer, tokens, index, options, env) -> str:
    """Return the cell's tag, aligned by a class: the site's policy forbids style=."""
    token = tokens[index]
    if style := token.attrs.pop("style", ""):
        token.attrs["class"] = style.replace("text-align:", "align-")
    return renderer.renderToken(tokens, index, options, env)
