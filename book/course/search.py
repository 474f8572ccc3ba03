"""Search in every edition: pages are ranked by how much of a question they have, and how rare that is in the course.

The index is made of the pages as they were written, so that it knows what readers see, and holds for each word the
pages that have it, in three grades of how often (the names of figures and formulas are not words). Beside it stand the
titles of pages and sections, and the terms of the glossary in both languages with the page that introduces each: a word
of these weighs more. ``search.js`` ranks; Sphinx's own script shows what was found.

Chinese needs no dictionary: every two neighbouring signs are a word, of the index and of a question. Words that make a
question of its subject, such as "why" and "how", are left out of it: no page needs to have them.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import minify
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.search.zh import SearchChinese

from course.glossary import PAGE, terms

SCRIPT = Path(__file__).with_name("search.js")
HAN = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[a-z0-9_]{2,30}")

# What questions are asked with; longer ones first, since "什么" is part of "为什么". A single sign is named only if the
# words that hold it are found by their other signs too.
ASKING = (  # as a regular expression
    "为什么|有什么|是什么|怎么样|怎么办|什么样|什么|怎么|怎样|如何|哪些|哪个|哪种"
    "|在哪里|哪里|多少|是否|能否|能不能|可不可以|可以|需要|应该|会出现|出现"
)
JOINING = "吗呢的了是与和会"  # signs that only join others: a pair with one of them is no word

SPLITTER = r"""
const asking = /ASKING/;
function splitQuery(query) {
  const found = [];
  for (const run of query.match(/[\u3400-\u9fff]+|[^\s\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+/gu) ?? []) {
    if (/[\u3400-\u9fff]/u.test(run)) {
      const parts = run.split(asking).filter((part) => part.length > 1);
      for (const part of parts.length ? parts : [run])
        for (let at = 0; at + 1 < Math.max(part.length, 2); at++) found.push(part.slice(at, at + 2));
    } else found.push(...run.split(/[^\p{Letter}\p{Number}_]+/gu).filter((word) => word));
  }
  return found;
}
""".replace("ASKING", f"{ASKING}|[{JOINING}]")

NOT_WORDS = re.compile(r'<(script|style|svg|math|summary)\b.*?</\1>|<a class="headerlink".*?</a>', re.DOTALL)
INLINE = re.compile(r"</?(?:span|a|em|strong|code|b|i|sub|sup|abbr)\b[^>]*>")  # what can stand within a word
TAG = re.compile(r"<[^>]+>")
SECTION = re.compile(
    r'<section\b[^>]*\bid="([^"]+)"[^>]*>(?:\s*<span id="[^"]*"></span>)*\s*<h([1-6])\b[^>]*>(.*?)</h\2>', re.DOTALL
)
TERM = re.compile(r'<dt\b[^>]*\bid="(term-[^"]+)"[^>]*>(.*?)</dt>', re.DOTALL)
OBJECT = re.compile(r'<dt class="sig [^>]*\bid="([^"]+)"')

OFTEN = (3, 8)  # how many times make the second grade, and the third
# Signs for the numbers of pages: those that JSON, and a string of JavaScript, need not escape; the grades come before.
GRADES = ("", " ", "!")
DIGITS = "".join(chr(code) for code in range(35, 127) if chr(code) != "\\")


class SearchPairs(SearchChinese):
    """Chinese by pairs of signs, everything else by words."""

    js_splitter_code = SPLITTER


@functools.cache
def stem(word: str) -> str:
    """Return what is common to the forms of an English word, as the page's script does."""
    return SearchEnglish({}).stem(word)


@functools.cache
def is_word(word: str) -> bool:
    """Say whether a question may ask for a word: numbers, and what every sentence has, are left out of it."""
    return not word.isdigit() and word not in SearchEnglish.stopwords


def words_of(text: str) -> list[str]:
    """Return the words of a text, as the index has them.

    >>> words_of("The windows of 12 转置卷积的核")
    ['window', '转置', '置卷', '卷积']
    """
    text = text.lower()
    pairs = [run[at : at + 2] for run in HAN.findall(text) for at in range(len(run) - 1)]
    return [stem(word) for word in LATIN.findall(text) if is_word(word)] + [
        pair for pair in pairs if not set(pair) & set(JOINING)
    ]


def plain(html: str) -> str:
    """Return what a piece of a page says."""
    return " ".join(unescape(TAG.sub(" ", INLINE.sub("", html))).split())


@dataclass(frozen=True)
class Searched:
    """What the search knows of a page."""

    titles: list[tuple[str, str]]  # of its sections, its own first, each behind its anchor
    terms: list[tuple[str, str]]  # what it defines, likewise
    words: Counter[str]


def read_page(html: str) -> Searched:
    """Read a page as it was written."""
    start = html.find('<article class="bd-article"')
    article = NOT_WORDS.sub(" ", html[start : html.find("</article>", start)])
    titles = [(anchor, plain(title)) for anchor, _, title in SECTION.findall(article)]
    titles += [(anchor, anchor) for anchor in OBJECT.findall(article)]
    defined = [(anchor, plain(term)) for anchor, term in TERM.findall(article)]
    return Searched(titles, defined, Counter(words_of(plain(article))))


def index_of(pages: dict[str, Searched]) -> dict[str, Any]:
    """Return the index: small when compressed, since half of its words are on one page alone.

    ``words`` are sorted; those of Chinese that begin with the same sign follow that sign, on a line of their own.
    ``found`` has a line for each word: the pages, each as one of ``DIGITS`` behind its grade.
    """
    names = sorted(pages)
    if len(names) > len(DIGITS):
        raise ValueError(f"the search can number {len(DIGITS)} pages, got {len(names)}")

    found: dict[str, str] = {}
    for digit, name in zip(DIGITS, names, strict=False):
        for word, count in pages[name].words.items():
            found[word] = found.get(word, "") + GRADES[sum(count >= often for often in OFTEN)] + digit

    latin = sorted(word for word in found if not HAN.match(word))
    pairs = sorted(word for word in found if HAN.match(word))
    groups: dict[str, str] = {}
    for first, second in pairs:
        groups[first] = groups.get(first, first) + second

    return {
        "docnames": names,
        "titles": [[["", pages[name].titles[0][1]], *pages[name].titles[1:]] for name in names],
        "lengths": [sum(pages[name].words.values()) for name in names],
        "terms": terms_of(names, {title: anchor for anchor, title in pages[PAGE].terms} if PAGE in pages else {}),
        "glossary": names.index(PAGE) if PAGE in names else -1,
        "words": "\n".join([" ".join(latin), *groups.values()]),
        "found": "\n".join(found[word] for word in [*latin, *pairs]),
    }


def terms_of(names: list[str], anchors: dict[str, str]) -> list[list[Any]]:
    """Return the terms of the glossary: the page that introduces each, its anchor, and its names in every language."""
    numbers = {name: number for number, name in enumerate(names)}
    return [
        [numbers[term.page], anchors.get(term.listed[0], ""), *term.listed, *term.also]
        for term in terms()
        if term.page in numbers
    ]


def write_index(app: Sphinx, failure: Exception | None) -> None:
    """Write the index of a built site."""
    if failure or app.builder.format != "html" or not app.builder.search:
        return

    site = Path(app.outdir)
    paths = {name: site / f"{name}.html" for name in app.env.found_docs}
    pages = {name: read_page(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.is_file()}
    index = index_of({name: page for name, page in pages.items() if page.titles})
    said = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    script = minify.string("application/javascript", SCRIPT.read_text(encoding="utf-8"))
    (site / "_static" / "search.js").write_text(script, encoding="utf-8")
    (site / "searchindex.js").write_text(f"Search.setIndex({said})", encoding="utf-8")


def leave_out_sphinx_index(app: Sphinx) -> None:
    """Let Sphinx neither make nor expect an index of its own."""
    if app.builder.format == "html":
        for step in ("load_indexer", "index_page", "dump_search_index"):
            setattr(app.builder, step, lambda *_: None)


def connect(app: Sphinx) -> None:
    """Let the site be searched so."""
    app.add_search_language(SearchPairs)
    app.connect("builder-inited", leave_out_sphinx_index)
    app.connect("build-finished", write_index, priority=890)
