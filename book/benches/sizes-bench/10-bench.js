// The bench itself: what is shown, what was done, and the address that holds it.

const EXAMPLES = [
  [say("U-Net, 61 × 61"), "3x61x61; conv 16 k3 p1 +relu =a; max k2; conv 32 k3 p1 +relu =b; max k2; conv 64 k3 p1 +relu; " +
    "convt 32 k2 s2; cat b; conv 32 k3 p1 +relu; convt 16 k2 s2; cat a; conv 16 k3 p1 +relu; conv 2 k1"],
  [say("U-Net with interpolation, 100 × 75"), "1x100x75; conv 8 k3 p1 +norm +relu =a; max k2; conv 16 k3 p1 +norm +relu =b; max k2; " +
    "conv 32 k3 p1 +norm +relu; up x2 bilinear; cat b; conv 16 k3 p1 +norm +relu; up x2 bilinear; cat a; conv 8 k3 p1 +relu; conv 1 k1 +sigmoid"],
  [say("FCN with sums, 96 × 96"), "3x96x96; conv 8 k3 p1 +relu; max k2; conv 16 k3 p1 +relu; max k2 =a; conv 32 k3 p1 +relu; max k2; conv 5 k1; " +
    "convt 5 k4 s2 p1 =b; same; conv 5 k1; add b; up x4 bilinear"],
  [say("Unpooling with switches, 45 × 45"), "1x45x45; conv 8 k3 p1 +relu; max k2 =a; conv 8 k3 p1 +relu; max k2 =b; unpool b; conv 8 k3 p1 +relu; unpool a; conv 1 k3 p1"],
  [say("Strided autoencoder, 28 × 28"), "1x28x28; conv 16 k3 s2 p1 +relu; conv 32 k3 s2 p1 +relu; convt 16 k3 s2 p1 +relu; convt 1 k3 s2 p1"],
  [say("Generator, 1 × 1 to 64 × 64"), "100x1x1; convt 256 k4 +norm +relu; convt 128 k4 s2 p1 +norm +relu; convt 64 k4 s2 p1 +norm +relu; " +
    "convt 32 k4 s2 p1 +norm +relu; convt 3 k4 s2 p1 +tanh"],
  [say("Super-resolution, pixel shuffle"), "3x48x48 =a; conv 32 k5 p2 +relu; conv 32 k3 p1 +relu; conv 12 k3 p1; shuffle x2"],
];

const NEW_LAYERS = {
  conv: (channels) => `conv ${channels} k3 p1 +relu`, max: () => "max k2", avg: () => "avg k2",
  convt: (channels) => `convt ${Math.max(1, quotient(channels, 2))} k2 s2`, up: () => "up x2 bilinear",
  unpool: null, shuffle: () => "shuffle x2", unshuffle: () => "unshuffle x2", pad: () => "pad 0 1 0 1", cat: null, add: null,
};

function startBench(figure) {
  const root = el("figure", { class: "bench sizes", role: "group", "aria-label": say("Plan the sizes") });
  figure.replaceWith(root);
  const opening = figure.querySelector("[data-plan]").dataset.plan;
  const bench = { chain: readChain(opening), rows: [], open: null, apart: false, notes: [], past: [], future: [], said: "" };

  const bar = el("div", { class: "bar-of-tools" });
  const table = el("table", {});
  const head = el("div", { class: "verdict-head" });
  const aside = el("div", { class: "verdict" });
  const status = el("p", { class: "said", role: "status" });
  root.append(bar, status, el("div", { class: "parts-of-bench" }, head, el("div", { class: "chain" }, table), aside));

  root.addEventListener("refused", (event) => tell(event.detail));

  // What changes a chain; false where it is refused.

  bench.set = (chain, { notes = [], open = bench.open, focus = null } = {}) => {
    let checked;
    try {
      checked = readChain(writeChain(chain));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tell(capital(error.message));
      return false;
    }
    if (writeChain(checked) !== writeChain(bench.chain)) {
      bench.past.push({ chain: bench.chain, notes: bench.notes });
      bench.future = [];
    }
    Object.assign(bench, { chain: checked, notes, open: open !== null && open <= checked.layers.length ? open : null });
    tell("");
    render(focus);
    history.replaceState(null, "", `#plan=${toAddress(bench.chain)}`);
    return true;
  };
  bench.change = (row, layer) => bench.set(withLayer(bench.chain, row, layer), { notes: bench.notes });

  // The name under which a row is kept; a row gets one when something comes back to it.
  bench.nameOf = (row) => {
    const names = [bench.chain.keep, ...bench.chain.layers.map((layer) => layer.keep)];
    if (names[row]) return names[row];
    const keep = freeName(names);
    bench.chain = row === 0
      ? { ...bench.chain, keep }
      : { ...bench.chain, layers: bench.chain.layers.with(row - 1, { ...bench.chain.layers[row - 1], keep }) };
    return keep;
  };

  const travel = (from, to) => {
    const state = bench[from].pop();
    if (!state) return;
    bench[to].push({ chain: bench.chain, notes: bench.notes });
    Object.assign(bench, { ...state, open: null });
    render(from);
    history.replaceState(null, "", `#plan=${toAddress(bench.chain)}`);
  };

  function insert(row, kind) {
    const before = bench.rows[row].shape ?? [8, 1, 1];
    let words = NEW_LAYERS[kind]?.(before[0]);
    if (kind === "unpool") {
      const pool = bench.chain.layers.findLastIndex((layer, place) => place < row && layer.kind === "max" && Math.max(...layer.dilation) === 1) + 1;
      if (!pool) return tell(say("There is no max pooling above whose switches it could use."));
      words = `unpool ${bench.nameOf(pool)}`;
    }
    if (kind === "cat" || kind === "add") words = `${kind} ${bench.nameOf(skipFor(row))}`;
    const layers = bench.chain.layers.toSpliced(row, 0, readLayer(words.split(" "), namesOf(bench.chain)));
    return bench.set({ ...bench.chain, layers }, { open: row + 1, focus: `row ${row + 1}` });
  }

  // The row that a new join most likely means: the latest with the same size, not the one right above.
  function skipFor(row) {
    const same = (place) => String(bench.rows[place].shape?.slice(1)) === String(bench.rows[row].shape?.slice(1));
    for (let place = row - 1; place >= 0; place--) if (same(place)) return place;
    return 0;
  }

  function remove(row) {
    const gone = new Set();
    let names = [bench.chain.layers[row - 1].keep].filter(Boolean);
    const layers = bench.chain.layers.filter((layer, place) => {
      const lost = place === row - 1 || names.includes(layer.of) || names.includes(layer.to);
      if (lost) {
        gone.add(place + 1);
        names = [...names, layer.keep].filter(Boolean);
      }
      return !lost;
    });
    const others = [...gone].filter((place) => place !== row);
    bench.set({ ...bench.chain, layers }, { open: null, focus: `row ${Math.max(0, row - 1)}` });
    if (others.length) {
      tell(say("Row {row} is gone, and with it what came back to it: row {others}.", { row, others: others.join(", ") }));
    }
  }

  function move(row, by) {
    const layers = [...bench.chain.layers];
    [layers[row - 1], layers[row - 1 + by]] = [layers[row - 1 + by], layers[row - 1]];
    bench.set({ ...bench.chain, layers }, { open: row + by, focus: by < 0 ? "up" : "down" });
  }

  const tell = (words) => {
    if (status.textContent !== words) status.textContent = words;
  };

  // What is shown.

  function render(focus = null) {
    bench.rows = rowsOf(bench.chain);
    const active = document.activeElement;
    const typing = root.contains(active) && active.matches("input, select") && table.contains(active) ? active : null;
    renderBar();
    if (typing && !focus && table.dataset.shape === shapeOfTable()) updateTable();
    else renderTable();
    renderVerdict();
    if (focus) root.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  // Settings stay as they are while somebody types in them, as long as the same controls would be made.
  const shapeOfTable = () => JSON.stringify([bench.open, bench.apart, bench.chain.layers.map((layer) =>
    [layer.kind, layer.to, layer.of, layer.size !== null, layer.same, layer.mode, layer.then.length])]);

  function renderTable() {
    table.dataset.shape = shapeOfTable();
    const links = litLinks();
    const body = el("tbody", {}, bench.rows.flatMap((row, place) => [
      rowElement(place, links), ...(bench.open === place ? [settingsElement(place, links)] : []),
    ]));
    table.replaceChildren(el("caption", { class: "sr-only" }, say("The chain, layer by layer")), tableHead(), body, tableFoot(bench.chain, bench.rows));
  }

  function updateTable() {
    const links = litLinks();
    bench.rows.forEach((row, place) => table.querySelector(`tr[data-row="${place}"]`).replaceWith(rowElement(place, links)));
    table.tFoot.replaceWith(tableFoot(bench.chain, bench.rows));
    table.querySelector(".way-back")?.replaceWith(wayBack(bench.open));
    table.querySelector(".costs")?.replaceWith(costsElement(bench.open));
  }

  const litLinks = () => linksOf(bench.chain).map((link) => ({ ...link, lit: bench.rows[link.to].problem !== null }));

  function rowElement(place, links) {
    const row = bench.rows[place];
    const layer = bench.chain.layers[place - 1];
    const name = place === 0 ? say("input") : rowName(layer);
    const then = (layer?.then ?? []).map(followerName).join(say(", "));
    const blamed = partingsOf(bench.chain, bench.rows).some(({ down, up }) => down === place || up === place);
    const toggle = () => {
      bench.open = bench.open === place ? null : place;
      bench.apart = bench.open !== null && place > 0 && Object.keys(PAIRS).some((key) => layer[key] && layer[key][0] !== layer[key][1]);
      renderTable();
      root.querySelector(`[data-key="row ${place}"]`).focus();
    };
    const button = el("button", { type: "button", "data-key": `row ${place}`, "aria-expanded": String(bench.open === place), on: { click: toggle } },
      el("span", { class: "place" }, String(place)), el("span", {}, name, then ? el("small", {}, ` ${then}`) : null));
    const state = row.problem ? "wrong" : blamed ? "blamed" : "";
    return el("tr", { "data-row": place, class: state || null }, el("th", { scope: "row" }, button), mapCell(bench.chain, bench.rows, place),
      bracketCell(links, place), numberCells(row));
  }

  function settingsElement(place, links) {
    const cell = el("td", { colspan: 2 });
    if (place > 0) {
      const twin = Object.keys(PAIRS).some((key) => bench.chain.layers[place - 1][key]) && SETTINGS[bench.chain.layers[place - 1].kind];
      cell.append(...settingsOf(bench, place));
      if (twin) cell.append(apartSwitch());
      cell.append(wayBack(place));
    }
    cell.append(costsElement(place), actions(place));
    return el("tr", { class: "settings" }, cell, bracketCell(links, place, true), el("td", { colspan: 4 }));
  }

  // The row's numbers in words: narrow screens have no columns for them.
  function costsElement(place) {
    const { field, weights, multiplications, bytes } = bench.rows[place];
    const said = [
      field && say("A cell sees {size} of the input.", { size: times(field) }),
      weights && say("{count} weights.", { count: weights.toLocaleString("en") }),
      multiplications && say("{count} products.", { count: multiplications.toLocaleString("en") }),
      bytes && say("The map takes {memory}.", { memory: memory(bytes) }),
    ];
    return el("p", { class: "costs" }, together(...said));
  }

  const apartSwitch = () => el("label", { class: "flag" }, el("input", { type: "checkbox", "data-key": "apart", checked: bench.apart,
    on: { change: (event) => {
      bench.apart = event.target.checked;
      renderTable();
      root.querySelector('[data-key="apart"]').focus();
    } } }), say("rows and columns apart"));

  // The layer that brings the size back, with the output padding it needs for this input.
  function wayBack(place) {
    const layer = bench.chain.layers[place - 1];
    const place0 = el("p", { class: "way-back" });
    if (!bench.rows[place].shape || isJoin(layer) || layer.kind === "same" || bench.rows[place].problem) return place0;
    const named = layer.kind === "max" && !layer.keep ? { ...layer, keep: freeName([bench.chain.keep, ...bench.chain.layers.map((other) => other.keep)]) } : layer;
    const chain = withLayer(bench.chain, place, named);
    const back = undoing(chain, rowsOf(chain), place);
    const [before, after] = [bench.rows[place - 1].shape, bench.rows[place].shape];
    const sharing = [0, 1].map((axis) => sharingSizes(bench.chain, bench.rows, place, axis));
    const said = [0, 1].filter((axis) => axis === 0 || String(sharing[1]) !== String(sharing[0])).map((axis) => {
      const [first, last] = sharing[axis];
      const who = String(sharing[1]) === String(sharing[0]) ? say("rows or columns") : AXIS_NAMES[axis];
      return first === last ? say("Only {sizes} {axis} give {output}.", { sizes: first, axis: who, output: after[axis + 1] })
        : say("{sizes} {axis} all give {output}.", { sizes: listOf(first, last, null), axis: who, output: after[axis + 1] });
    });
    const extra = back.outputPadding && Math.max(...back.outputPadding) ? say(", output padding {padding} for this input", { padding: writePair(back.outputPadding) }) : "";
    const target = back.kind === "unpool" && back.fit ? say(", asked for {size}", { size: times(before.slice(1)) }) : "";
    const use = el("button", { type: "button", class: "small", on: { click: () =>
      bench.set({ ...chain, layers: [...chain.layers, { ...back, keep: null, then: [] }] }, { open: null, focus: `row ${chain.layers.length + 1}` }) } },
      say("Add it at the end"));
    const way = say("Back from {after} to {before}: ", { after: times(after.slice(1)), before: times(before.slice(1)) });
    place0.append(together(...said, way), el("b", {}, rowName(back)), `${extra}${target}${say(". ")}`, use);
    return place0;
  }

  function actions(place) {
    const button = (words, key, act, off = false) => el("button", { type: "button", "data-key": key, disabled: off, on: { click: act } }, words);
    const kind = el("select", { "data-key": "new kind", "aria-label": say("kind of the new layer") },
      Object.keys(NEW_LAYERS).map((name) => el("option", { value: name }, KIND_NAMES[name])));
    return el("div", { class: "actions" },
      el("span", { class: "together" }, kind, button(say("Insert below"), "insert", () => insert(place, kind.value))),
      ...(place === 0 ? [] : [
        button(say("Move up"), "up", () => move(place, -1), place === 1),
        button(say("Move down"), "down", () => move(place, 1), place === bench.chain.layers.length),
        button(say("Remove"), "remove", () => remove(place)),
      ]));
  }

  function renderBar() {
    const { shape } = bench.chain;
    const set = (place) => (value) => bench.set({ ...bench.chain, shape: bench.chain.shape.with(place, value) }, { notes: bench.notes });
    if (!bar.childElementCount) {
      const names = [say("channels"), ...AXIS_NAMES];
      const sizes = el("fieldset", { class: "input" }, el("legend", {}, say("input")),
        ["channels", "rows", "columns"].map((name, place) => numberField(names[place], `input ${name}`, shape[place], 1, place ? 2048 : LARGEST, set(place))));
      const chosen = el("select", { "data-key": "example", on: { change: (event) => {
        const text = EXAMPLES[event.target.value]?.[1];
        if (text) bench.set(readChain(text), { open: null });
      } } }, el("option", { value: "" }, say("choose…")), EXAMPLES.map(([name], place) => el("option", { value: place }, name)));
      const button = (words, key, act) => el("button", { type: "button", "data-key": key, on: { click: act } }, words);
      bar.append(sizes, el("label", { class: "example" }, el("span", {}, say("start from")), chosen),
        button(say("Paste"), "paste", openPaste), button(say("Code"), "code", openCode),
        button(say("Undo"), "past", () => travel("past", "future")), button(say("Redo"), "future", () => travel("future", "past")),
        button(say("Link"), "link", async () => tell((await copy(location.href)) ? say("The link is copied.")
          : say("The browser does not let the page copy; the address bar has the link."))));
    }
    ["channels", "rows", "columns"].forEach((name, place) => {
      const field = bar.querySelector(`[data-key="input ${name}"]`);
      field.defaultValue = shape[place];
      if (field !== document.activeElement) field.value = shape[place];
    });
    const example = bar.querySelector('[data-key="example"]');
    if (example !== document.activeElement) example.value = String(EXAMPLES.findIndex(([, text]) => text === writeChain(bench.chain)));
    if (example.selectedIndex < 0) example.value = "";
    bar.querySelector('[data-key="past"]').disabled = !bench.past.length;
    bar.querySelector('[data-key="future"]').disabled = !bench.future.length;
  }

  function renderVerdict() {
    const parting = partingsOf(bench.chain, bench.rows);
    const refused = bench.rows.findIndex((row) => !row.shape && row.problem);
    const notes = notesOf(bench.chain, bench.rows);
    const shape = bench.rows.at(-1).shape;
    const totals = totalsOf(bench.chain, bench.rows);
    aside.replaceChildren();
    if (parting.length) {
      const { arriving, skip } = bench.rows[parting[0].row];
      head.replaceChildren(el("h2", { class: "bad" }, say("Row {row}: {skip} ≠ {arriving}", { row: parting[0].row, skip: times(skip), arriving: times(arriving) })));
    } else if (refused > 0) {
      head.replaceChildren(el("h2", { class: "bad" }, say("Row {row} cannot work", { row: refused })));
    } else {
      head.replaceChildren(el("h2", { class: "good" }, say("Everything fits")));
      const sizes = { input: times(bench.chain.shape.slice(1)), output: times(shape.slice(1)), channels: shape[0] };
      const costs = say("{weights} weights and {products} products; {memory} of maps at one time, {training} to train.", {
        weights: totals.weights.toLocaleString("en"), products: count(totals.multiplications),
        memory: memory(totals.inferenceBytes), training: memory(totals.trainingBytes),
      });
      aside.append(el("p", {}, together(shape[0] === 1
        ? say("{input} goes in and {output} comes out, in {channels} channel.", sizes)
        : say("{input} goes in and {output} comes out, in {channels} channels.", sizes), costs)));
    }
    if (parting.length) aside.append(...mismatch(parting));
    if (bench.notes.length) aside.append(el("h3", {}, say("From what you pasted")), el("ul", {}, bench.notes.map((note) => el("li", {}, note))));
    if (notes.length) aside.append(el("h3", {}, say("Worth knowing")), el("ul", { class: "notes" }, notes.map(noteElement)));
  }

  const noteElement = ({ row, text, page: [address, title], serious }) => el("li", { class: serious ? "serious" : null },
    el("b", {}, say("Row {row}: ", { row })), `${text} `, el("a", { href: address }, title));

  function mismatch(parting) {
    const place = parting[0].row;
    const joins = new Set(parting.map(({ row }) => row));
    const here = parting.filter(({ row }) => row === place);
    const twice = here.length === 2 && here[0].arriving === here[1].arriving && here[0].skip === here[1].skip;
    const cures = curesFor(bench.chain, bench.rows, place);
    const use = ({ title, effect, chain }) => () => {
      bench.set(chain, { notes: bench.notes, focus: "past" });
      tell(say("{title}: done. {effect}", { title, effect }));
    };
    head.append(el("div", { class: "quick" }, cures.slice(0, 3).map((cure) =>
      el("button", { type: "button", on: { click: use(cure) } }, cure.short ?? cure.title))));
    return [
      el("p", { class: "error" }, el("code", {}, torchError(bench.chain, bench.rows, place))),
      ...(twice ? here.slice(0, 1) : here).map((found) => el("p", {}, partingInWords(bench.chain, bench.rows, found), twice ? say(" Columns likewise.") : "")),
      ...(joins.size > 1 ? [el("p", {}, say("Sizes part at {joins} joins; this is the first.", { joins: joins.size }))] : []),
      el("p", { class: "page" }, el("a", { href: PAGES.ambiguous[0] }, PAGES.ambiguous[1]), " · ", el("a", { href: PAGES.joining[0] }, PAGES.joining[1])),
      el("h3", {}, say("Cures")),
      el("ul", { class: "cures" }, cures.map((cure) => el("li", {},
        el("button", { type: "button", "data-key": `cure ${cure.way}`, on: { click: use(cure) } }, cure.title),
        el("code", {}, cure.code), el("small", {}, cure.effect)))),
    ];
  }

  // Two dialogs.

  function dialog(title, ...inside) {
    const shown = el("dialog", { class: "bench sizes", "aria-label": title }, el("h2", {}, title), ...inside,
      el("button", { type: "button", class: "close", on: { click: () => shown.close() } }, say("Close")));
    shown.addEventListener("close", () => shown.remove());
    root.append(shown);
    shown.showModal();
    return shown;
  }

  function openPaste() {
    const text = el("textarea", { rows: 12, spellcheck: "false", "aria-label": say("the network as PyTorch prints it"), placeholder:
      "Sequential(\n  (0): Conv2d(3, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n  (1): ReLU()\n  (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)\n)" });
    const trouble = el("p", { class: "said", role: "alert" });
    const shown = dialog(say("Paste a network"), el("p", {}, ...asCode(say("What `print(network)` shows, or the code of an `nn.Sequential`. Nothing leaves this page."))), text, trouble,
      el("button", { type: "button", class: "main", on: { click: () => {
        try {
          const { chain, notes } = readPrinted(text.value, bench.chain.shape.slice(1));
          bench.set(chain, { notes, open: null, focus: "paste" });
          shown.close();
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          trouble.textContent = error.message;
        }
      } } }, say("Read it")));
    text.focus();
  }

  function openCode() {
    const languages = [["pytorch", "PyTorch"], ["keras", "Keras"], ["onnx", "ONNX"], ["lib", "lib"]];
    const code = el("code", {});
    const done = el("span", { class: "said", role: "status" });
    const show = (language) => {
      code.textContent = codeOf(bench.chain, bench.rows, language);
      done.textContent = "";
    };
    const choices = el("fieldset", { class: "languages" }, el("legend", { class: "sr-only" }, say("language")), languages.map(([value, name], place) =>
      el("label", { class: "flag" }, el("input", { type: "radio", name: "language", value, checked: place === 0, on: { change: () => show(value) } }), name)));
    show("pytorch");
    dialog(say("Copy as code"), choices, el("pre", { tabindex: 0, "aria-label": say("code") }, code),
      el("button", { type: "button", class: "main", on: { click: async () => {
        done.textContent = (await copy(code.textContent)) ? say("Copied.") : say("The browser does not let the page copy: mark the code and copy it.");
      } } }, say("Copy")), done);
  }

  // The address: where the page starts, and where it goes when somebody follows a link to another state.

  function readAddress() {
    const found = /^#plan=(.+)$/.exec(location.hash);
    if (!found) return false;
    try {
      Object.assign(bench, { chain: fromAddress(found[1]), open: null, notes: [] });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof URIError)) throw error;
      tell(say("The address holds no chain that can be read: {reason}.", { reason: error.message }));
      return false;
    }
  }
  window.addEventListener("hashchange", () => {
    if (readAddress()) render();
  });
  readAddress();
  render();
}

// Words in which code stands between backticks.
const asCode = (words) => words.split("`").map((part, place) => (place % 2 ? el("code", {}, part) : part));

// Every name of a chain with the layer that has it, for reading one more layer.
function namesOf(chain) {
  const names = new Map(chain.keep ? [[chain.keep, null]] : []);
  chain.layers.forEach((layer) => layer.keep && names.set(layer.keep, layer));
  return names;
}

window.planTheSizes = { PAGES, readChain, writeChain, rowsOf, totalsOf, partingsOf, fittingNeighbours, sharingSizes, undoing, cured, joinShift, unreachedCells, readPrinted, codeOf, curesFor, notesOf, writeLayer, isJoin, Refusal, toAddress, fromAddress, torchError, WAYS };
document.querySelectorAll(".tag_sizes-bench figure:has([data-plan])").forEach(startBench);
