// A chapter's deck: reveal.js moves the slides, and this lets each be as large as it can be.

const WIDTH = 1280, HEIGHT = 720, BELOW = 56; // of a slide; reveal.js scales it to the screen
const NARROW = 600; // a phone, on which slides lie one below the other
const STEP = 0.1, SMALLEST = 0.5;

const phone = innerWidth < NARROW;
const size = phone ? { width: 480, height: 640 } : { width: WIDTH, height: HEIGHT };

function fits(slide, zoom) {
  const seen = slide.querySelector(".seen");
  seen.style.zoom = zoom;
  return seen.scrollWidth <= seen.clientWidth + 1 && seen.offsetHeight * zoom <= size.height - BELOW - seen.offsetTop;
}

// A figure may grow to twice its size; what does not fit shrinks.
function fit(slide) {
  const seen = slide.querySelector(".seen");
  if (!seen) return;
  let zoom = seen.querySelector("figure") ? 2 : 1;
  while (!fits(slide, zoom) && zoom > SMALLEST) zoom -= STEP;
}

const slides = [...document.querySelectorAll(".slides section:not(:has(section))")];

// What figures hold comes with the first page, and for each other page with a script of its own, when a slide of it is
// near: a figure that holds nothing is not there yet, so that nothing begins it.
const latePages = [...document.querySelectorAll(".slides > section[data-part]")];
const lateFigures = [...document.querySelectorAll(".slides > section[data-part] figure.explore")];
for (const figure of lateFigures) figure.hidden = true;

window.laterFigures = (held) => {
  for (const [id, markup] of Object.entries(held)) {
    const figure = document.getElementById(id);
    figure.innerHTML = markup;
    figure.hidden = false;
  }
};

const asked = new Map();
function loadPage(page) {
  if (!asked.has(page)) asked.set(page, new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: page.dataset.part, onload: done });
    document.head.append(script);
  }));
  return asked.get(page);
}

// Of a slide and of the next, so that going on one by one waits for nothing.
function loadNear(slide) {
  const at = slides.indexOf(slide);
  const near = new Set([slide, slides[at + 1]].map((one) => one?.closest("section[data-part]")));
  return Promise.all(latePages.filter((page) => near.has(page)).map(loadPage));
}

// A key that a control understands is the control's.
const OWN_KEYS = { BUTTON: [" ", "Enter"], SUMMARY: [" ", "Enter"], A: ["Enter"], SELECT: null, INPUT: null };
const mayMove = ({ key, target }) => {
  const own = OWN_KEYS[target.tagName];
  return own === undefined || (own !== null && !own.includes(key));
};

// The theme is the site's, or the system's where the reader has chosen none.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
  const page = document.documentElement.dataset;
  if (page.mode === "auto") page.theme = matches ? "dark" : "light";
});

const deck = new Reveal({
  ...size,
  margin: 0.02,
  minScale: 0.1,
  maxScale: 4,
  hash: true,
  center: false,
  navigationMode: "linear",
  transition: "none",
  slideNumber: "c/t",
  keyboardCondition: mayMove,
  pdfSeparateFragments: false,
  pdfMaxPagesPerSlide: 1,
  showNotes: new URLSearchParams(location.search).has("notes") ? "separate-page" : false,
});

// The window of the speaker is asked for by few: its script comes when it is.
const here = document.currentScript.src;
let speaker = null;
deck.addKeyBinding({ keyCode: 83, key: "S", description: say("Notes for the speaker") }, () => {
  if (speaker) return speaker.open();
  const script = Object.assign(document.createElement("script"), { src: new URL("reveal/notes.js", here) });
  script.onload = () => {
    speaker = RevealNotes();
    deck.registerPlugin(speaker);
    speaker.open();
  };
  return document.head.append(script);
});

// On paper and on a phone all slides are there at once.
const fitAll = () => Promise.all([document.fonts.ready, ...latePages.map(loadPage)]).then(() => {
  for (const slide of document.querySelectorAll(".slides section")) {
    slide.removeAttribute("aria-hidden");
    slide.hidden = false;
  }
  slides.forEach(fit);
  document.body.classList.add("fitted");
});
deck.on("pdf-ready", fitAll);
const comeTo = (slide) => loadNear(slide).then(() => fit(slide));
deck.on("ready", () => (deck.isScrollView() ? fitAll() : comeTo(deck.getCurrentSlide())));
deck.on("slidechanged", ({ currentSlide }) => comeTo(currentSlide));
deck.initialize();

// A choice may make a figure larger.
const grown = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const slide = target.closest("section");
    const zoom = slide.querySelector(".seen").style.zoom;
    if (slide === deck.getCurrentSlide() && zoom && !fits(slide, Number(zoom))) fit(slide);
  }
});
for (const slide of slides) for (const figure of slide.querySelectorAll(".seen figure.explore")) grown.observe(figure);

// Another language shows the same slide.
for (const other of document.querySelectorAll(".language-switch"))
  other.addEventListener("click", () => { other.hash = deck.getSlidePath(); });
