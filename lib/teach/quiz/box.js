// Makes the boxes of questions answer, on the published page and in notebooks: no kernel, no request.
// What is said to an answer is what lib.teach says, in the same order: right; a typical mistake; where it differs.
(() => {
"use strict";

const words = {}; // what is said, by its English, in another language: filled in where the script is written
const say = (text, values = {}) => (words[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);

const RELATIVE = 1e-6; // as in lib.teach.comparing
const ENOUGH = 4; // values that must agree before a whole array is called shifted, turned or scaled

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (made.matches("input, button")) made.dataset.lmSuppressShortcuts = ""; // JupyterLab would take keys for its own
  made.append(...children);
  return made;
}

// ---- comparing ------------------------------------------------------------------------------------------------------

const flat = (value) => [value].flat(2);
const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
const isNear = (a, b, relative, absolute) => Math.abs(a - b) <= absolute + relative * Math.abs(b);
const sameShape = (a, b) => String(shapeOf(a)) === String(shapeOf(b));

function areNear(a, b, relative, absolute) {
  const others = flat(b);
  return flat(a).every((value, n) => isNear(value, others[n], relative, absolute));
}

function same(given, right, tolerance) {
  return sameShape(given, right) && areNear(given, right, RELATIVE, tolerance);
}

// What to say to an answer, part by part; null if it is right.
function hintTo(given, set, { hints, tolerance }) {
  const fits = (answer) => given.every((part, n) => same(part, answer[n], tolerance));
  const first = given.findIndex((part, n) => !same(part, set.right[n], tolerance));
  if (first < 0) return null;

  const whole = set.wrong.find(([answer]) => fits(answer));
  const found = whole ?? set.wrong.find(([answer]) => same(given[first], answer[first], tolerance));
  if (found) return hints[found[1]];

  const said = described(given[first], set.right[first]);
  if (given.length === 1) return said;
  return say("Value {place} of {count}: {said}", { place: first + 1, count: given.length, said });
}

function described(given, right) {
  if (!sameShape(given, right)) {
    return say("The shape is {given} and should be {right}.", { given: tuple(shapeOf(given)), right: tuple(shapeOf(right)) });
  }
  if (!Array.isArray(right)) {
    return say("{answer} is not right, and it is not one of the usual slips either.", { answer: short(given) });
  }
  const pattern = patternIn(given, right);
  if (pattern) return pattern;

  const values = flat(given), wanted = flat(right);
  const wrong = values.map((value, n) => !isNear(value, wanted[n], RELATIVE, RELATIVE));
  const at = wrong.indexOf(true), columns = shapeOf(right).at(-1);
  const counts = { correct: wrong.filter((one) => !one).length, count: values.length, value: short(values[at]) };
  if (!Array.isArray(right[0])) {
    return say("The shape is right, and so are {correct} of {count} values. The first wrong one is at position {position}: {value}.", { ...counts, position: `(${at},)` });
  }
  const place = { row: Math.floor(at / columns), column: at % columns };
  return say("The shape is right, and so are {correct} of {count} values. The first wrong one is at row {row}, column {column}: {value}.", { ...counts, ...place });
}

const short = (value) => String(Number(value.toPrecision(6)));
const tuple = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

// What turns the right values into the given ones, if it is something simple.
function patternIn(given, right) {
  const wanted = flat(right), values = flat(given);
  const most = Math.max(...wanted.map(Math.abs));
  if (new Set(wanted).size < ENOUGH) return null;

  if (Array.isArray(right[0])) {
    const exchanged = right[0].map((_, c) => right.map((row) => row[c]));
    if (sameShape(exchanged, given) && areNear(given, exchanged, 1e-5, 1e-8)) {
      return say("The values are right, but rows and columns are exchanged.");
    }
    if (areNear(values, [...wanted].reverse(), 1e-5, 1e-8)) {
      return say("The values are right, but the result is turned by 180°.");
    }
    const shift = shiftOf(given, right);
    if (shift) return shift;
  }

  const dot = (a, b) => a.reduce((sum, value, n) => sum + value * b[n], 0);
  const scale = dot(values, wanted) / dot(wanted, wanted);
  if (Math.abs(scale - 1) > 0.02 && areNear(values, wanted.map((value) => scale * value), 1e-4, 1e-9)) {
    return say("Every value is {scale} times what it should be.", { scale: Number(scale.toPrecision(4)) });
  }
  const close = areNear(values, wanted, 0.02, 0.02 * most);
  return close ? say("Every value is nearly right: look for rounding, or for a division of whole numbers.") : null;
}

// What to say if moving the right values by a pixel gives the others, where both have values.
function shiftOf(given, right) {
  const ways = [
    [1, 0, say("The values are right, but shifted by one pixel down.")],
    [-1, 0, say("The values are right, but shifted by one pixel up.")],
    [0, 1, say("The values are right, but shifted by one pixel to the right.")],
    [0, -1, say("The values are right, but shifted by one pixel to the left.")],
  ];
  const cut = (rows, by, from) => (by * from > 0 ? rows.slice(1) : by ? rows.slice(0, -1) : rows);
  const part = (values, [rows, columns], from) => cut(values, rows, from).map((row) => cut(row, columns, from));

  return ways.find((way) => {
    const overlap = part(right, way, -1);
    return new Set(flat(overlap)).size >= ENOUGH && areNear(part(given, way, 1), overlap, 1e-5, 1e-8);
  })?.[2];
}

// ---- fields -----------------------------------------------------------------------------------------------------------

// A number as readers write it: 3, -0.5, −2, 0,5 and 3/4.
function asNumber(text) {
  const [whole, below, ...more] = text.trim().replace(/\u2212/g, "-").replace(",", ".").split("/");
  const isNumber = (part) => /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(part);
  if (!isNumber(whole) || more.length || (below !== undefined && !isNumber(below))) return NaN;
  return below === undefined ? Number(whole) : Number(whole) / Number(below);
}

function asList(text) {
  const parts = text.replace(/[[\]()]/g, "").split(/[,;，；、\s]+/).filter(Boolean);
  return parts.length ? parts.map(asNumber) : [NaN];
}

// A grid of fields, or one field for a number or a list; read() returns what is in it.
const fieldsOf = (shape, label, name) => (Array.isArray(shape) ? gridOf(shape, label) : fieldOf(shape, label, name));

function gridOf([rows, columns], label) {
  const field = (r, c) => el("input", { type: "text", autocomplete: "off", "aria-label": say("{label}, row {r}, column {c}", { label, r, c }) });
  const cells = Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => field(r, c)));

  const grid = el("div", { class: "grid", style: `--columns: ${columns}` }, ...cells.flat());
  grid.addEventListener("keydown", (event) => walk(event, cells));
  const part = el("fieldset", {}, el("legend", {}, label), grid);
  return { part, read: () => cells.map((row) => row.map((cell) => asNumber(cell.value))) };
}

function fieldOf(shape, label, name) {
  const input = el("input", { type: "text", id: name, autocomplete: "off", class: shape });
  const shown = shape === "list" ? say("{label}: numbers with commas between them", { label }) : label;
  const part = el("p", {}, el("label", { for: name }, shown), input);
  return { part, read: () => (shape === "list" ? asList : asNumber)(input.value) };
}

// Up and down lead from row to row; left and right move within the number.
function walk(event, cells) {
  const row = cells.findIndex((some) => some.includes(event.target));
  const next = cells[row + { ArrowUp: -1, ArrowDown: 1 }[event.key]];
  if (!next) return;
  event.preventDefault();
  next[cells[row].indexOf(event.target)].focus();
}

// ---- a box ------------------------------------------------------------------------------------------------------------

// Any seed leads to one of the sets that are stored, always to the same one.
function setOf(seed, count) {
  let hash = 2166136261;
  for (const letter of seed.trim().toLowerCase()) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  return seed.trim() ? hash % count : 0;
}

// Do something when a form is sent: by its button, or by Enter, which in JupyterLab would not send it.
function onSubmit(form, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function begin(box) {
  const data = JSON.parse(box.querySelector("script").textContent);
  const text = box.querySelector(".text"), said = el("div", { class: "said", role: "status" });
  let set = data.sets[0];

  function show(kind, html) {
    said.className = `said ${kind}`;
    said.innerHTML = html;
  }
  const right = () => say("{right} {why}", { right: `<strong>${say("Right.")}</strong>`, why: set.why });
  const judge = (hint) => (hint === null ? show("right", right()) : show("wrong", hint));

  const answers = data.choice ? chooser(box, data, () => set, judge) : writer(box, data, () => set, judge, show);
  box.querySelector("details")?.remove();
  box.append(...answers.parts, said);

  if (data.sets.length > 1) box.append(seeds(data.sets.length, box.id, (place) => {
    set = data.sets[place];
    text.innerHTML = set.text;
    show("", "");
    answers.renew();
  }));
  box.hidden = false;
}

// The answers of the list as buttons.
function chooser(box, data, set, judge) {
  const list = box.querySelector("ol");

  function renew() {
    list.replaceChildren(...set().options.map(([html, hint]) => {
      const button = el("button", { type: "button", "aria-pressed": "false" });
      button.innerHTML = html;
      button.addEventListener("click", () => {
        for (const other of list.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
        judge(hint < 0 ? null : data.hints[hint]);
      });
      return el("li", {}, button);
    }));
  }

  renew();
  return { parts: [], renew };
}

// Fields in the shape of the answer.
function writer(box, data, set, judge, show) {
  const fields = data.shapes.map((shape, n) => fieldsOf(shape, data.labels[n], `${box.id}-${n}`));
  const form = el("form", { novalidate: "" }, ...fields.map(({ part }) => part), el("button", { type: "submit" }, say("Check")));
  onSubmit(form, () => {
    const given = fields.map(({ read }) => read());
    const empty = [...form.querySelectorAll("input")].find((input) => !input.value.trim());
    if (empty) {
      empty.focus();
      show("wrong", say("Something is not filled in yet."));
    } else if (given.flat(2).every(Number.isFinite)) judge(hintTo(given, set(), data));
    else show("wrong", say("This is no number: write one such as 12, -3, 0.25 or 3/4."));
  });
  return { parts: [form], renew: () => form.reset() };
}

function seeds(count, id, use) {
  const input = el("input", { type: "text", id: `${id}-seed`, autocomplete: "off", size: "8" });
  const form = el("form", { class: "seed" }, el("label", { for: `${id}-seed` }, say("Other numbers, by a seed")), input,
    el("button", { type: "submit" }, say("Draw")),
    el("small", {}, say("This page holds {count} sets of numbers; each seed leads to one of them, an empty one to the first.", { count })));
  onSubmit(form, () => use(setOf(input.value, count)));
  return form;
}

for (const box of document.querySelectorAll("figure.question:not([data-answers])")) {
  box.dataset.answers = "";
  begin(box);
}
})();
