// A figure under the reader's hand: on the published page (page.js supplies the model) and in a notebook (anywidget).
//
// It is given a tape of numbers: those that the reader may change, then rules by which the others follow. The rules
// are the wiring that lib/show/explore/wiring.py asked of the library; no operation is known here by name. A panel shows
// cells of the tape as a grid. What cannot be wired comes as views that were drawn beforehand, to choose among.

// ---- Numbers, written as lib.show.svg.number writes them -------------------------------------------------------------

const MOST = 99; // the largest number a reader may type: results stay short enough for their cells

// Sums in another order end in other last digits: twelve are kept, and what is left of nothing is nothing.
const settled = (v) => (Math.abs(v) < 1e-9 ? 0 : Number(v.toPrecision(12)));

// Round to some figures. Of two that are equally near, Python takes the even one and toPrecision the larger.
function rounded(v, figures) {
  const digits = v.toExponential(60).replace(/\D|e.*/g, "");
  const isTie = /^50*$/.test(digits.slice(figures, 61)) && digits[figures - 1] % 2 === 0;
  return Number((isTie ? v * (1 - 1e-13) : v).toPrecision(figures));
}

function number(v) {
  if (!Number.isFinite(v)) return Number.isNaN(v) ? "NaN" : v > 0 ? "∞" : "−∞";
  const size = Math.abs(v), four = rounded(v, 4);
  let shown = rounded(v, 3);
  if (Number.isInteger(v) && size < 1e6) shown = v;
  else if (size >= 999.5 && size < 1e6) shown = rounded(v, String(Math.trunc(size)).length);
  else if (Math.abs(four - v) <= 1e-9 * Math.max(size, Math.abs(four))) shown = four;
  return String(shown).replace("-", "−");
}

const numberWithin = (v, width) => {
  const words = number(v);
  return words.length * 6.6 <= width ? words : number(rounded(v, 3));
};
const factor = (v) => (v < 0 ? `(${number(v)})` : number(v));

// ---- The tape --------------------------------------------------------------------------------------------------------

const pairs = (terms, use) => { for (let n = 0; n < terms.length; n += 2) use(terms[n], terms[n + 1]); };

// Each rule gives the numbers of its cells from those before them, v.
const RULES = {
  fixed: (v, step, numbers, times) => Array(times).fill(numbers).flat().map((n) => n ?? -Infinity), // JSON: null
  pick: (v, step, at) => at[step].map((cell) => (cell < 0 ? 0 : v[cell])),
  sofar: (v, step, of) => of.map((cell, place) => (place <= step ? v[cell] : 0)),
  sum: (v, step, sums) => sums.map((terms) => {
    let total = 0;
    pairs(terms, (i, k) => { total += v[i] * v[k]; });
    return settled(total);
  }),
  max: (v, step, plane, windows) => {
    const best = windows.map((cells) => cells.reduce((one, other) => (v[other] > v[one] ? other : one)));
    return [...best.map((cell) => v[cell]), ...best.map((cell) => cell - plane)];
  },
  put: (v, step, numbers, places, count, waits) => { // of two at one place the later stays
    const plane = Array(count).fill(0);
    numbers.forEach((cell, n) => { if (!waits || n <= step) plane[v[places[n]]] = v[cell]; });
    return plane;
  },
};

// Edges say what lights up together: [result, source, weight or place, whether it is a place]. evaluate() names each
// by the cell whose number it shows, and keeps source and weight as they are behind.
const EDGES = {
  sum: (v, first, step, sums) => sums.flatMap((terms, n) => {
    const found = [];
    pairs(terms, (i, k) => found.push([first + n, i, k, false]));
    return found;
  }),
  max: (v, first, step, plane, windows) =>
    windows.flatMap((cells, n) => cells.map((cell) => [first + n, cell, first + windows.length + n, true])),
  put: (v, first, step, numbers, places, count, waits) => numbers.slice(0, waits ? step + 1 : undefined)
    .map((cell, n) => [first + v[places[n]], cell, places[n], true]),
};

// Return every number, the cell whose number each shows (itself, or where a pick leads), and all edges.
function evaluate(scene, numbers, step) {
  const v = [...numbers], firsts = [];
  for (const [kind, ...rule] of scene.tape) {
    firsts.push(v.length);
    v.push(...RULES[kind](v, step, ...rule));
  }
  const root = v.map((_, cell) => cell), edges = [];
  scene.tape.forEach(([kind, ...rule], n) => {
    const of = kind === "pick" ? rule[0][step] : kind === "sofar" ? rule[0] : [];
    of.forEach((cell, place) => { if (cell >= 0) root[firsts[n] + place] = root[cell]; });
    for (const [a, b, c, isPlace] of EDGES[kind]?.(v, firsts[n], step, ...rule) ?? [])
      edges.push([root[a], root[b], root[c], isPlace, b, c]);
  });
  return { v, root, edges };
}

// The edges of a step: those of its cells, as results or as sources.
const edgesOf = (now, edges) => edges.filter(([a, b]) => now.includes(a) || now.includes(b));

// The edges that belong to what is pointed at: a cell, or a pair "result,source" (a matrix entry, a product).
function edgesAt(hot, now, { root, edges }) {
  if (hot.includes(",")) return edges.filter(([a, b]) => hot === `${a},${b}`);
  const cell = root[hot], hits = edges.filter((edge) => edge.slice(0, 3).includes(cell));
  const asWeight = hits.filter(([a, b, c, isPlace]) => c === cell && !isPlace);
  if (new Set(asWeight.map(([a]) => a)).size < 2) return hits;
  return hits.filter((edge) => !asWeight.includes(edge) || edgesOf(now, [edge]).length); // a weight: now, not ever
}

// ---- Drawing ---------------------------------------------------------------------------------------------------------

const TOP = 22; // room for a heading
const escaped = (words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
const expanded = (cells, count) => (Array.isArray(cells) ? cells : Array.from({ length: count }, (_, n) => cells + n));

// Draw a panel's cells; show() fills the numbers in. A matrix is an image: its entries are looked at, not visited.
function drawn({ cells, rows, columns, role, label, size = 32, others = {}, axes, turned, wide, crossed = "" }) {
  const at = expanded(cells, rows * columns), name = escaped(label);
  const width = Math.max(columns * size, wide ?? 8.3 * label.length) + 4, height = TOP + rows * size + 4;
  const kinds = Object.entries(others), lines = [];
  const [made, met] = axes ? axes.map((axis) => expanded(axis, rows * columns)) : [];
  const pairAt = (r, c) => (turned ? [made[c], met[r]] : [made[r], met[c]]);
  for (let r = 0; r < rows; r++) {
    lines.push(axes ? "<g>" : '<g role="row">');
    for (let c = 0; c < columns; c++) {
      const n = r * columns + c, x = c * size, y = TOP + r * size;
      const kind = kinds.find(([, some]) => some.includes(n))?.[0] ?? role;
      if (at[n] >= 0) lines.push(`<g data-c="${at[n]}" data-n="${n}"${axes ? ` data-pair="${pairAt(r, c)}"` : ' role="gridcell"'}>` +
        `<rect class="${kind}" x="${x}" y="${y}" width="${size}" height="${size}"/>` +
        `<text x="${x + size / 2}" y="${y + size / 2 + 5}"></text></g>`);
    }
    lines.push("</g>");
  }
  let ruling = "";
  for (let r = 0; r <= rows; r++) ruling += `M0 ${TOP + r * size}h${columns * size}`;
  for (let c = 0; c <= columns; c++) ruling += `M${c * size} ${TOP}v${rows * size}`;
  return `<svg role="${axes ? `img" aria-label="${name}` : "presentation"}" width="${width}" height="${height}" ` +
    `viewBox="-2 -2 ${width} ${height}"><g transform="translate(${(width - 4 - columns * size) / 2})">` +
    `<text class="heading ${role}" x="${columns * size / 2}" y="14">${name}</text>` +
    `<g class="cells"${axes ? "" : ` role="grid" aria-label="${name}"`}>${lines.join("")}</g>` +
    `<path class="ruling" d="${ruling}"/><path class="crossed" d="${crossed}"/><path class="outline"/><path class="ring"/></g></svg>`;
}

// What a scene may hold besides grids; charts.js and photographs.js put themselves here.
const KINDS = globalThis.exploreKinds ??= {};

const laidOut = (panels) => panels.map((one) => {
  if (typeof one === "string") return one;
  if (!Array.isArray(one)) return one.kind ? KINDS[one.kind].drawn(one) : drawn(one);
  if (!Array.isArray(one[0])) return `<div class="tier">${laidOut(one)}</div>`;
  return `<div class="aligned" style="grid-template-columns:repeat(${one[0].length},auto)">${laidOut(one.flat())}</div>`;
}).join("\n");
const allPanels = (panels) => panels.flat(2).filter((one) => typeof one !== "string");
const gridsIn = (one) => (one.kind ? KINDS[one.kind].grids(one) : one);
const boxOf = (rect) => {
  const [x, y, width, height] = ["x", "y", "width", "height"].map((side) => rect[side].baseVal.value);
  return new DOMRect(x, y, width, height);
};

// A frame around boxes, as a path.
const around = (boxes) => {
  const [left, top] = ["x", "y"].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...boxes.map((box) => box[side])));
  return `M${left} ${top}H${right}V${bottom}H${left}z`;
};

// ---- The caption -----------------------------------------------------------------------------------------------------

// Fill the holes of a caption, as lib/show/explore/captions.py does; products are marked, so that they light up.
function filled(template, { v, edges }, step) {
  return template.replace(/\{(\w)([^{}]*)\}/g, (_, kind, rest) => {
    const about = rest.split("|"), [base, width, times, plus] = about.map(Number);
    if ("rcRC".includes(kind)) {
      const place = "rc".includes(kind) ? step : v[base + step];
      return number(("rR".includes(kind) ? Math.floor(place / width) : place % width) * times + plus);
    }
    if (kind === "e") {
      const earlier = v.slice(base, base + step).lastIndexOf(v[base + step]);
      return earlier < 0 ? "" : about[2].replace("#", number(v[width + earlier]));
    }
    const cell = base + (kind === "v" ? 0 : step);
    if ("nv".includes(kind)) return number(v[cell]);
    const parts = edges.filter(([result]) => result === cell);
    if (kind === "t") return parts.map(([, source, , , i, k]) =>
      `<span data-pair="${cell},${source}">${factor(v[i])}·${factor(v[k])}</span>`).join(" + ") || "0";
    if (kind === "l") return parts.map(([, , , , i]) => number(v[i])).join(about[1]);
    const often = parts.filter(([, , , , i]) => v[i] === v[cell]).length; // kind "o"
    return often === 1 ? about[1] : about[2].replace("#", often);
  });
}

const on = (target, what, call) => target.addEventListener(what, call);

// ---- One explorer ----------------------------------------------------------------------------------------------------

// spec: { controls, start, steps, scenes }, and words, translations of what is said here, if not in English.
// A scene: { tape, panels, steps, count, caption, start }; the panels of one that was drawn are lines of markup, its tape
// is empty. state: { choice: [index of each control's option], edits: { cell: n } }.
function start({ spec, el, state, changed, ask, link }) {
  const say = (message, values) => (spec.words?.[message] ?? message).replace(/\{(\w)\}/g, (_, n) => values[n]);
  const $ = (selector) => el.querySelector(selector);
  const board = $(":scope > .panels"), caption = $(":scope > figcaption"), form = $("form");
  const fields = spec.controls.map((_, place) => $(`[data-place="${place}"]`));
  const settings = spec.controls.length - spec.steps; // the controls that choose a scene; the last may be its steps
  const stepPlace = spec.steps ? settings : spec.controls.findIndex(({ name }) => name === "step");
  const past = []; // states to go back to
  let scene, numbers, now, here, hot, grids = [], special = [], timer = null, drag = null, field = null;

  // ---- The state, and what is shown of it

  const stepOf = () => state.choice[stepPlace] ?? 0;
  const keyOf = () => state.choice.slice(0, settings).join();
  const optionsAt = (place) => (place === settings
    ? Array.from({ length: scene?.count ?? 1 }, (_, n) => String(n))
    : spec.controls[place].by?.[state.choice.slice(0, place).join()] ?? spec.controls[place].options);
  const within = (place) => { // options may depend on the controls before
    state.choice[place] = Math.max(0, Math.min(state.choice[place] || 0, optionsAt(place).length - 1));
  };

  function settle() {
    state.choice.length = spec.controls.length; // an address may say more, or less
    for (let place = 0; place < settings; place++) within(place);
    const next = spec.scenes[keyOf()];
    if (!next) return ask(keyOf()); // a kernel answers later; a page knows all
    const old = scene?.start, begin = next.start ?? [];
    if (next !== scene) {
      if (old && next.start) // numbers that start otherwise now are not what was changed
        for (const cell of Object.keys(state.edits)) if (old[cell] !== begin[cell]) delete state.edits[cell];
      scene = next;
      build();
    }
    if (spec.steps) within(stepPlace);
    numbers = begin.map((n, cell) => (cell in state.edits ? clipped(state.edits[cell]) : n));
    show();
  }
  const clipped = (n) => Math.max(-MOST, Math.min(MOST, Number(n) || 0));

  // Draw what does not change from step to step, and find the cells.
  function build() {
    const cells = () => [...board.querySelectorAll("[role=gridcell]")], focused = cells().indexOf(document.activeElement);
    board.innerHTML = laidOut(scene.panels);
    const panels = allPanels(scene.panels), groups = board.querySelectorAll("g.cells");
    grids = panels.flatMap(gridsIn).map((panel, n) => gridOf(panel, groups[n]));
    const others = panels.filter((one) => one.kind), elements = board.querySelectorAll("[data-kind]");
    special = others.map((one, n) => [one, elements[n]]);
    // JupyterLab takes keys before any listener here: "d d" would delete the notebook's cell. Each focusable says no.
    for (const one of el.querySelectorAll("[tabindex],button,select,input")) one.dataset.lmSuppressShortcuts = true;
    cells()[focused]?.focus();
  }

  function gridOf(panel, group) {
    const [rows, whole] = [[...group.children].map((row) => [...row.children]), group.parentNode];
    const cells = rows.flat().map((cell) => {
      const at = Number(cell.dataset.c), n = Number(cell.dataset.n), [rect, words] = cell.children;
      if (!panel.axes) cell.setAttribute("tabindex", n ? -1 : 0); // one stop for Tab; arrows go on from there
      return { cell, rect, words, at, n, pair: cell.dataset.pair };
    });
    return { panel, rows, cells, frame: whole.querySelector(".outline"), ring: whole.querySelector(".ring") };
  }

  function show() {
    here = evaluate(scene, numbers, stepOf());
    now = scene.steps.map((cells) => here.root[expanded(cells, scene.count)[stepOf()]]);
    const edges = edgesOf(now, here.edges), words = filled(scene.caption, here, stepOf());
    grids.forEach((grid) => { write(grid); light(grid, edges); });
    for (const [one, part] of special) KINDS[one.kind].show(one, part, { here, step: stepOf(), grids, say });
    if (caption.innerHTML !== words) caption.innerHTML = words;
    glow();
    controls();
    el.dataset.state = state.choice.join();
  }

  // Write a grid's numbers, all of them in one size.
  function write({ panel, cells }) {
    const { v, root } = here, size = panel.size ?? 32, start = scene.start?.length ?? 0;
    const values = cells.map(({ at }) => v[at]), written = values.map((value) => numberWithin(value, size));
    const put = new Set(here.edges.map(([result]) => result));
    const most = Math.max(...values.map(Math.abs), 1e-12);
    const small = Math.max(...written.map((text) =>
      9.6 * (text.length + 0.3 * text.includes("−") - 0.5 * text.includes(".")))) >= size - 4;
    cells.forEach(({ cell, rect, words, at, n }, place) => {
      const later = panel.sofar && n > stepOf();
      if (words.textContent !== written[place]) words.textContent = written[place];
      words.classList.toggle("small", small);
      cell.classList.toggle("later", !!later);
      cell.classList.toggle("editable", root[at] < start);
      if (panel.zeros) rect.classList.toggle("zeros", !put.has(root[at]));
      if (panel.shaded) shade(rect, values[place] / most);
      if (panel.axes) return;
      const { columns } = panel;
      cell.ariaLabel = say("row {r}, column {c}: {n}", {
        r: Math.floor(n / columns), c: n % columns, n: later ? say("not yet") : written[place],
      });
      cell.ariaReadOnly = root[at] >= start;
    });
  }

  function shade(rect, share) {
    rect.classList.add("shaded");
    rect.classList.toggle("negative", share < 0);
    rect.style.setProperty("--share", `${100 * Math.abs(share)}%`);
  }

  // Light what the step uses, and frame it; the weights of a kernel are always used.
  function light({ panel, cells, frame }, edges) {
    const used = new Set(edges.flatMap(([a, b, c, isPlace]) => (isPlace ? [a, b, c] : [a, b])));
    const lit = new Set(edges.map(([a, b]) => `${a},${b}`)), boxes = [];
    for (const { rect, at, pair } of cells) {
      const isLit = pair ? lit.has(pair) : used.has(here.root[at]);
      rect.classList.toggle("window", isLit);
      if (isLit) boxes.push(boxOf(rect));
    }
    const [one] = boxes, { axes, turned, size = 32, rows, columns } = panel;
    if (axes && one) boxes.push(turned // and on a phone, where it is wider than the screen, the column beside the input
      ? new DOMRect(frame.closest("div").scrollLeft = one.x, TOP, size, rows * size)
      : new DOMRect(0, one.y, columns * size, size));
    frame.setAttribute("d", panel.still || !boxes.length ? "" : around(boxes));
  }

  // Ring what belongs to what is pointed at or has the focus.
  function glow() {
    const edges = hot ? edgesAt(hot, now, here) : [];
    const pointed = hot && here.root[hot]; // nothing if it is a pair
    const cellsOf = new Set([pointed, ...edges.flatMap((edge) => edge.slice(0, 3))]);
    const terms = new Set(edges.map(([a, b]) => `${a},${b}`));
    for (const { cells, ring } of grids) {
      const ringed = cells.filter(({ cell, at, pair }) => {
        const isTied = pair ? terms.has(pair) || here.root[at] === pointed : cellsOf.has(here.root[at]);
        cell.classList.toggle("hot", isTied);
        return isTied;
      });
      ring.setAttribute("d", ringed.map(({ rect }) => around([boxOf(rect)])).join(""));
    }
    for (const term of caption.querySelectorAll("[data-pair]")) term.classList.toggle("hot", terms.has(term.dataset.pair));
  }

  function point(target) {
    const next = target?.dataset.pair ?? target?.dataset.c;
    if (next !== hot) hot = next, glow();
  }

  // Bring the controls in line with the state.
  function controls() {
    fields.forEach((one, place) => {
      const options = optionsAt(place), chosen = state.choice[place], input = one.querySelector("input,select");
      one.hidden = options.length < 2; // nothing to choose
      if (input.type === "range") {
        Object.assign(input, { max: options.length - 1, value: chosen });
        input.ariaValueText = options[chosen];
        one.querySelector("output").textContent = options[chosen];
      } else if (input.type === "radio") one.querySelectorAll("label").forEach((label, n) => {
        label.hidden = n >= options.length;
        label.control.checked = n === chosen;
        label.lastChild.textContent = options[n];
      });
      else {
        if (spec.controls[place].by) input.replaceChildren(...options.map((option) => new Option(option)));
        input.selectedIndex = chosen;
      }
    });
    const disable = (what, is) => $(`[data-do=${what}]`)?.toggleAttribute("disabled", is);
    disable("undo", !past.length);
    disable("reset", !Object.keys(state.edits).length);
  }

  // ---- Changes

  const copy = () => JSON.stringify(state);
  const remember = (before) => { // what was, if it is no longer so
    if (before !== copy()) past.push(before);
    controls();
  };
  function update(change, isKept = true) {
    if (isKept) past.push(copy());
    Object.assign(state, change);
    settle();
    changed(state);
  }
  function choose(place, index) { // steps are walked, which is nothing to take back
    const count = optionsAt(place).length, next = (index + count) % count; // past the last comes the first
    if (next !== state.choice[place]) update({ choice: state.choice.with(place, next) }, place !== stepPlace);
  }
  function put(cell, value) { // a number, which may be taken back as one change once the reader is done
    const edits = { ...state.edits, [cell]: clipped(value) };
    if (edits[cell] === scene.start[cell]) delete edits[cell];
    update({ edits }, false);
  }
  const move = (step) => choose(stepPlace, step);

  function stop() {
    if (timer) clearInterval(timer);
    timer = null;
    $("[data-do=play]")?.setAttribute("aria-pressed", false);
    caption.setAttribute("aria-live", "polite");
  }
  const placeOf = (target) => Number(target.closest("[data-place]")?.dataset.place);
  const ACTIONS = {
    back: (place) => choose(place, state.choice[place] - 1),
    on: (place) => choose(place, state.choice[place] + 1),
    play: (place, button) => {
      timer = setInterval(ACTIONS.on, 900, place);
      button.setAttribute("aria-pressed", true);
      caption.setAttribute("aria-live", "off"); // a screen reader would never come to an end
    },
    undo: () => {
      if (!past.length) return;
      scene = null; // what was changed then still is, however the numbers now shown begin
      update(JSON.parse(past.pop()), false);
    },
    reset: () => update({ edits: {} }),
    link: () => navigator.clipboard?.writeText(link(state)).catch(() => {}), // no leave to copy: the address has it too
  };

  on(form, "submit", (event) => event.preventDefault());
  on(form, "input", ({ target }) => {
    const place = placeOf(target);
    stop();
    choose(place, target.selectedIndex ?? Number(target.value));
  });
  on(el, "click", ({ target }) => {
    const button = target.closest("[data-do]"), wasPlaying = timer;
    if (!button) return;
    stop();
    if (button.dataset.do !== "play" || !wasPlaying) ACTIONS[button.dataset.do](placeOf(button), button);
  });

  // ---- Editing: one native number field, laid over the cell

  const sourceOf = (cell) => { // the editable number that a cell shows, if any
    const source = here?.root[cell.dataset.c];
    return source < numbers?.length ? source : null;
  };

  function edit(cell, typed) {
    const source = sourceOf(cell);
    if (source === null) return;
    close(true);
    stop();
    const before = copy(), box = cell.firstChild.getBoundingClientRect(), frame = el.getBoundingClientRect();
    const input = Object.assign(document.createElement("input"), {
      type: "number", step: "any", min: -MOST, max: MOST, className: "over", value: typed ?? numbers[source],
    });
    input.dataset.lmSuppressShortcuts = true;
    input.ariaLabel = `${cell.closest("[role=grid]")?.ariaLabel ?? ""} ${cell.ariaLabel}`;
    const scale = frame.width / el.offsetWidth; // on a slide a figure may be enlarged
    const [left, top] = [(box.x - frame.x) / scale - el.clientLeft, (box.y - frame.y) / scale - el.clientTop];
    input.style = `left:${left}px;top:${top}px;width:${Math.max(box.width / scale, 44)}px;height:${box.height / scale}px`;
    el.append(input);
    input.focus();
    if (typed == null) input.select();

    const read = () => {
      if (Number.isFinite(input.valueAsNumber)) put(source, input.valueAsNumber); // else nothing yet, or a lonely minus
    };
    on(input, "input", read);
    on(input, "blur", () => close(true));
    on(input, "keydown", (event) => {
      event.stopPropagation(); // neither the notebook nor the grid below takes the keys as its own
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      close(event.key === "Enter");
      cell.focus();
    });
    field = { input, before };
    read();
  }

  function close(keep) {
    if (!field) return;
    const { input, before } = field;
    field = null; // removing the field blurs it, which would close it again
    input.remove();
    if (!keep) update(JSON.parse(before), false);
    remember(before);
  }

  // ---- The pointer: what is under it lights up; the window drags; a tap edits a number, or takes the window there

  const cellUnder = ({ clientX, clientY }) => document.elementFromPoint(clientX, clientY)?.closest("[data-c]");
  const gridAt = (cell) => grids.find(({ cells }) => cells.some((one) => one.cell === cell));

  // Where the window of each step has its middle in a grid, on the screen.
  function middles({ cells }) {
    return Array.from({ length: scene.count }, (_, step) => {
      const at = evaluate(scene, numbers, step), used = new Set();
      const steps = scene.steps.map((plane) => at.root[expanded(plane, scene.count)[step]]);
      for (const [a, b, c, isPlace] of edgesOf(steps, at.edges)) used.add(a).add(b).add(isPlace ? c : a);
      const boxes = cells.filter((one) => used.has(at.root[one.at])).map(({ rect }) => rect.getBoundingClientRect());
      const mean = (use) => boxes.reduce((sum, box) => sum + use(box), 0) / boxes.length;
      return [mean((box) => box.x + box.width / 2), mean((box) => box.y + box.height / 2)];
    });
  }
  const stepAt = (cell) => { // the step that a cell stands for: of its own, or of its row in a matrix
    const at = Number(cell.dataset.pair?.split(",")[0] ?? cell.dataset.c);
    return Math.max(-1, ...scene.steps.map((plane) => expanded(plane, scene.count).indexOf(at)));
  };
  const nearest = (places, x, y) => {
    const away = places.map(([px, py]) => Math.round(Math.hypot(px - x, py - y)));
    return away.indexOf(Math.min(...away.filter((one) => one >= 0)));
  };

  on(el, "pointerover", ({ target }) => point(target.closest("[data-pair],[data-c]")));
  on(el, "pointerleave", () => point(document.activeElement?.closest?.("[data-c]")));
  on(board, "pointerdown", (event) => {
    const part = special.find(([, whole]) => whole.contains(event.target));
    if (part) {
      drag = KINDS[part[0].kind].take?.(...part, event, sourceOf) ?? null;
      if (!drag) return;
      Object.assign(drag, { x: event.clientX, y: event.clientY, moved: false, before: copy() });
      return board.setPointerCapture(event.pointerId);
    }
    const cell = event.target.closest("[data-c]"), grid = cell && gridAt(cell);
    if (!grid?.frame.getAttribute("d") || grid.panel.axes || scene.count < 2) return;
    const places = middles(grid), { clientX: x, clientY: y } = event;
    const [px, py] = cell.firstChild.classList.contains("window") ? places[stepOf()] : [x, y]; // taken where it lies
    drag = { places, x, y, dx: px - x, dy: py - y, moved: false };
    board.setPointerCapture(event.pointerId);
  });
  on(board, "pointermove", ({ clientX: x, clientY: y }) => {
    if (!drag || (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < 5)) return;
    if (!drag.moved) stop();
    drag.moved = true;
    if (drag.valueAt) put(drag.source, drag.valueAt(y)); // a bar is pulled up or down
    else move(nearest(drag.places, x + drag.dx, drag.flat ? drag.y : y + drag.dy));
  });
  on(board, "pointercancel", () => { drag = null; });
  on(board, "pointerup", (event) => {
    const was = drag, cell = cellUnder(event);
    drag = null;
    if (was?.source >= 0) remember(was.before);
    if (was?.moved || !cell || !board.contains(cell)) return;
    const step = stepAt(cell);
    stop();
    if (step >= 0 && step !== stepOf()) move(step);
    else if (sourceOf(cell) !== null) return edit(cell);
    else if (was && !cell.firstChild.classList.contains("window")) move(nearest(was.places, event.clientX, event.clientY));
    if (cell.hasAttribute("tabindex")) cell.focus();
  });

  // ---- The keyboard: arrows walk a grid, Enter or a digit edits, Space takes the window there, Ctrl+Z undoes

  on(board, "focusin", ({ target }) => {
    const cell = target.closest("[data-c]"), grid = cell && gridAt(cell);
    grid?.cells.forEach((one) => one.cell.setAttribute("tabindex", one.cell === cell ? 0 : -1));
    point(cell);
  });
  on(board, "focusout", () => point(null));

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  function key(event) { // return whether it was meant for the figure
    const cell = event.target.closest("[data-c]"), { key } = event;
    if (event.ctrlKey || event.metaKey) return key === "z" && (ACTIONS.undo(), true);
    if (!cell || event.altKey) return false;
    if (ARROWS[key]) {
      const { rows } = gridAt(cell), [down, right] = ARROWS[key], row = rows.findIndex((one) => one.includes(cell));
      rows[row + down]?.[rows[row].indexOf(cell) + right]?.focus();
    } else if (key === "Enter" || key === "F2") edit(cell);
    else if (key === " ") {
      if (stepAt(cell) >= 0) move(stepAt(cell));
    } else {
      if (/^[-\d]$/.test(key)) edit(cell, ""); // the field has the focus when the key writes
      return false;
    }
    return true;
  }
  on(el, "keydown", (event) => { if (key(event)) event.preventDefault(), event.stopPropagation(); });

  if (!link) $("[data-do=link]").hidden = true; // a notebook has no address to share
  settle();
  return { set: (next) => { Object.assign(state, next); settle(); }, stop };
}

// ---- What a page and a notebook call ---------------------------------------------------------------------------------

let views = 0; // of one model there may be several: their ids differ

export default {
  render({ model, el }) {
    let root = el;
    if (model.get("html")) { // a notebook brings the figure along; on the page it stands already
      const id = model.get("figure");
      el.insertAdjacentHTML("beforeend", model.get("html").replaceAll(id, `${id}-${++views}`));
      root = el.lastElementChild;
    }
    const spec = model.get("spec"), begin = () => ({ choice: [...spec.start], edits: {}, ...structuredClone(model.get("state")) });
    let own = false;
    const explorer = start({
      spec, el: root, state: begin(), link: model.link,
      ask: (scene) => model.send?.({ scene }),
      changed: (state) => {
        own = true; // what was changed here needs no showing again
        model.set("state", structuredClone(state));
        model.save_changes();
        own = false;
      },
    });
    const heard = () => { if (!own) explorer.set(begin()); };
    const answered = ({ scene, data }) => {
      spec.scenes[scene] = data;
      explorer.set({});
    };
    model.on("change:state", heard);
    model.on("msg:custom", answered);
    return () => {
      explorer.stop();
      model.off("change:state", heard);
      model.off("msg:custom", answered);
    };
  },
};
