// Ranks the pages that a question finds (BM25), in the index that search.py has written; Sphinx's script shows them.

{
  const GRADES = {" ": 1, "!": 2}, OFTEN = [1, 3, 8];  // as search.py counts
  const RISE = 1.2, LENGTH = 0.5;  // how soon more of a word says nothing more, and how much a long page owes to length
  const TITLE = 3, SECTION = 1.5, TERM = 2, PART = 0.4;  // what a word weighs there, and the beginning of one
  const ASKED = 0.75;  // what a page weighs that asks and answers what others explain
  const stemmer = new Stemmer(), han = /[\u3400-\u9fff]/;
  let pages = [], found = new Map();

  const wordsOf = (text) => new Set(splitQuery(text.toLowerCase()).map((word) => stemmer.stemWord(word)));
  const titled = ([anchor, text]) => ({anchor: anchor && `#${anchor}`, text, words: wordsOf(text)});

  // The index as it comes, made ready for questions.
  const setIndex = Search.setIndex;
  Search.setIndex = (index) => {
    const [latin, ...groups] = index.words.split("\n"), lines = index.found.split("\n");
    const words = latin ? latin.split(" ") : [];
    for (const [first, ...rest] of groups) words.push(...rest.map((second) => first + second));
    found = new Map(words.map((word, at) => [word, lines[at]]));

    const mean = index.lengths.reduce((sum, length) => sum + length, 0) / index.lengths.length;
    pages = index.docnames.map((name, at) => {
      const [own, ...sections] = index.titles[at].map(titled);
      const weight = /(exercises|solutions)$/.test(name) ? ASKED : 1;
      const long = 1 + LENGTH * (index.lengths[at] / mean - 1);
      return {name, own, weight, long, sections, terms: new Set(), places: sections};
    });
    const glossary = pages[index.glossary];
    for (const [at, anchor, ...names] of index.terms) {
      for (const word of wordsOf(names.join(" "))) pages[at]?.terms.add(word);
      if (glossary && anchor) glossary.places = [...glossary.places, titled([anchor, names[0]])];
    }
    setIndex(index);
  };

  // How often each page has a word: what a line of the index says, in the digits and grades of search.py.
  function read(line, share, counts = new Map()) {
    let grade = 0;
    for (const sign of line)
      if (sign in GRADES) grade = GRADES[sign];
      else {
        const page = sign.charCodeAt(0) - 35 - (sign > "\\");
        counts.set(page, Math.max(counts.get(page) ?? 0, share * OFTEN[grade]));
        grade = 0;
      }
    return counts;
  }

  // A word that no page has may be the beginning of one, or a single sign part of several.
  function understood(word) {
    const isPart = (longer) => word.length > 2 ? longer.startsWith(word) : han.test(word) && longer.includes(word);
    const forms = found.has(word) ? [word] : [...found.keys()].filter(isPart), counts = new Map();
    for (const form of forms) read(found.get(form), form === word ? 1 : PART, counts);
    const rare = Math.log(1 + (pages.length - counts.size + 0.5) / (counts.size + 0.5));
    const names = forms.length ? forms : [word];  // of a term in another language, say, which no page writes
    return {counts, rare, isIn: (words) => names.some((form) => words.has(form))};
  }

  Search._performSearch = (query, terms) => {
    document.getElementById("search-progress")?.replaceChildren();
    const asked = [...terms].filter((word) => word.length > 1 || han.test(word)).map(understood);
    const results = [];
    pages.forEach((page, at) => {
      let score = 0, has = 0;
      for (const {counts, rare, isIn} of asked) {
        const count = counts.get(at) ?? 0;
        const named = TITLE * isIn(page.own.words) + TERM * isIn(page.terms) +
          SECTION * page.sections.some(({words}) => isIn(words));
        if (!count && !named) continue;
        has++;
        score += rare * (count * (RISE + 1) / (count + RISE * page.long) + named);
      }
      if (has && 2 * has >= asked.length) results.push([page, page.weight * score * has / asked.length]);
    });
    return results.sort(([, one], [, other]) => one - other).map(([page, score]) => shown(page, score, asked));
  };

  // A result as Sphinx's script has it: it leads to the section whose title says most of the question, if one says more
  // than the page's own.
  function shown(page, score, asked) {
    const said = ({words}) => asked.reduce((sum, {rare, isIn}) => sum + rare * isIn(words), 0);
    let best = page.own;
    for (const place of page.places) if (said(place) > said(best)) best = place;
    const title = [...new Set([page.own.text, best.text])].join(" > ");
    return [page.name, title.replace(/&/g, "&amp;").replace(/</g, "&lt;"), best.anchor, null, score, `${page.name}.html`];
  }
}
