"""Search in Chinese without a dictionary: every two neighbouring signs are a word, of the index and of a question.

Sphinx's own way cuts pages into words when the book is built and does not cut what a reader asks, so that a question of
two words written together, as Chinese writes them, finds nothing. Words that make a question of its subject, such as
"why" and "how", are left out of it: no page needs to have them. A whole sentence is on no page; it finds the pages that
have most of it, those first that alone have some of it.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx
from sphinx.search.zh import SearchChinese

HAN = re.compile(r"[\u3400-\u9fff]+")

# What questions are asked with; longer ones first, since "什么" is part of "为什么". A single sign is named only if the
# words that hold it are found by their other signs too.
ASKING = (
    *(
        "为什么",
        "有什么",
        "是什么",
        "怎么样",
        "怎么办",
        "什么样",
        "什么",
        "怎么",
        "怎样",
        "如何",
        "哪些",
        "哪个",
        "哪种",
    ),
    *("在哪里", "哪里", "多少", "是否", "能否", "能不能", "可不可以", "可以", "需要", "应该", "会出现", "出现"),
    *("吗", "呢", "的", "了", "是", "与", "和", "会"),
)

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

const findAll = Search.performTermsSearch;
Search.performTermsSearch = (words, excluded) => {
  const found = findAll(words, excluded);
  if (found.length || words.size < 3) return found;
  const {terms, docnames, titles, filenames} = Search._index, pages = new Map();
  for (const word of words) {
    const having = [terms[word] ?? []].flat();
    for (const page of having) {
      const {count, weight} = pages.get(page) ?? {count: 0, weight: 0};
      pages.set(page, {count: count + 1, weight: weight + 1 / having.length});
    }
  }
  return [...pages].filter(([, {count}]) => 2 * count > words.size)
    .map(([page, {weight}]) => [docnames[page], titles[page], "", null, weight, filenames[page]]);
};
""".replace("ASKING", "|".join(ASKING))


class SearchPairs(SearchChinese):
    """Chinese by pairs of signs, everything else by words."""

    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:
        """Return the words of the index in a text."""
        pairs = [run[at : at + 2] for run in HAN.findall(input) for at in range(len(run) - 1)]
        latin = self.latin1_letters.findall(input)
        self.latin_terms.extend(latin)
        return pairs + latin


def connect(app: Sphinx) -> None:
    """Let Sphinx search in Chinese so."""
    app.add_search_language(SearchPairs)
