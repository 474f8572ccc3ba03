// The parts of the bench and how they are drawn.

// A menu: its options are pairs of value and words.
function choose(label, key, options, chosen) {
  return el("label", {}, el("span", {}, label), el("select", { "data-key": key },
    options.map(([value, words]) => el("option", { value, selected: value === chosen }, words))));
}

const MOVES = [
  ["◂", "left", say("move left"), "-1,0"], ["▸", "right", say("move right"), "1,0"],
  ["▴", "up", say("move up"), "0,-1"], ["▾", "down", say("move down"), "0,1"],
];

function buildParts(data, names, state) {
  const file = el("label", { class: "file" }, el("span", {}, say("or your own image")), el("input", { type: "file", accept: "image/*", "data-key": "file" }));
  const link = el("button", { type: "button", "data-key": "link" }, say("Link"));
  const bar = el("div", { class: "bar-of-tools" },
    choose(say("photograph"), "photo", [...names.map((name) => [name, data.words[name] ?? name]), [OWN, say("your own")]]), file,
    choose(say("smaller by"), "factor", Object.keys(data.down).map((factor) => [factor, factor])), choose(say("down"), "down", Object.entries(DOWN)),
    el("label", { class: "flag" }, el("input", { type: "checkbox", "data-key": "smooth" }), say("antialiased")), link);
  const canvas = el("canvas", { width: SHOWN, height: SHOWN, role: "img", class: "large" });
  const wipe = el("input", { type: "range", min: 0, max: 100, value: 100 * state.wipe, "aria-label": say("wipe: how much of the view is the photograph"), "data-key": "wipe" });
  const zoom = el("select", { "data-key": "zoom", "aria-label": say("zoom") }, ZOOMS.map((value) => el("option", { value }, say("zoom × {times}", { times: value }))));
  const pan = el("span", { class: "pan", role: "group", "aria-label": say("move the view") }, MOVES.map(([sign, name, words, move]) =>
    el("button", { type: "button", "aria-label": words, "data-move": move, "data-key": `pan ${name}` }, sign)));
  const caption = el("figcaption", {});
  const view = el("div", { class: "view" }, canvas, el("div", { class: "under" }, wipe, zoom, pan), caption);

  const small = el("canvas", { role: "img", class: "thumb" });
  const difference = el("canvas", { role: "img", class: "thumb" });
  const thumb = (picture, words) => el("figure", {}, picture, el("figcaption", {}, words));
  const smallWords = el("span", {});
  const ways = el("table", { class: "ways" });
  const options = el("div", { class: "options" });
  const side = el("div", { class: "side" }, ways, options,
    el("div", { class: "thumbs" }, thumb(small, smallWords), thumb(difference, say("difference: grey where nothing is wrong"))));
  small.setAttribute("aria-label", say("the smaller image"));
  difference.setAttribute("aria-label", say("the difference from the photograph"));
  buildWays(ways);
  return { bar, link, view, canvas, wipe, zoom, pan, caption, small, smallWords, difference, ways, options, side,
    status: el("p", { class: "said", role: "status" }) };
}

// Every way up is a row of the table, chosen there, with what comes of it.
function buildWays(table) {
  const head = [[say("way up"), ""], [say("PSNR, dB"), say("peak signal-to-noise ratio, higher is closer")],
    ["SSIM", say("structural similarity, 1 is equal")],
    [say("checker\u00adboard"), say("share of the difference's variance that repeats with the block")]];
  const rows = Object.entries(UP).map(([way, words]) => el("tr", { "data-way": way },
    el("th", { scope: "row" }, el("label", { class: "flag" }, el("input", { type: "radio", name: "way-up", value: way, "data-key": `up ${way}` }), words)),
    ["psnr", "ssim", "energy"].map((name) => el("td", { class: "number", "data-measure": name }, "…"))));
  table.append(el("caption", { class: "sr-only" }, say("Every way up from the smaller image")),
    el("thead", {}, el("tr", {}, head.map(([words, title], place) => el("th", { scope: "col", title: title || null, class: place ? "number" : null }, words)))),
    el("tbody", {}, rows));
}

const MEASURES = {
  psnr: (value) => (value === Infinity ? "∞" : value.toFixed(2)), ssim: (value) => value.toFixed(3).replace("-", "−"),
  energy: (value) => value.toFixed(3),
};

function writeMeasures(parts, way, measures) {
  for (const cell of parts.ways.querySelectorAll(`[data-way="${way}"] [data-measure]`)) {
    cell.textContent = measures ? MEASURES[cell.dataset.measure](measures[cell.dataset.measure]) : "–";
  }
}

function showControls(data, state, parts, takeKernel, change) {
  for (const [key, value] of [["photo", state.photo], ["factor", state.factor], ["down", state.down]]) parts.bar.querySelector(`[data-key="${key}"]`).value = value;
  parts.bar.querySelector(`option[value="${OWN}"]`).disabled = state.photo !== OWN;
  parts.bar.querySelector('[data-key="smooth"]').checked = state.smooth;
  parts.ways.querySelector(`[value="${state.up}"]`).checked = true;
  parts.ways.querySelector('[value="unpool"]').disabled = !keepsSwitches(state);
  for (const row of parts.ways.tBodies[0].rows) row.className = row.dataset.way === state.up ? "chosen" : "";
  parts.zoom.value = state.zoom;
  parts.pan.hidden = state.zoom === 1;
  parts.smallWords.textContent = say("smaller: {side} × {side}", { side: data.size / state.factor });
  const made = JSON.stringify([state.up, state.factor, state.up === "transposed" && state.kernelName, state.phases]);
  if (parts.options.dataset.made !== made) {
    parts.options.dataset.made = made;
    parts.options.replaceChildren(...optionsOf(data, state));
  }
}

// What else there is to choose for a way up: the kernel and each of its weights, or the channels of pixel shuffle.
function optionsOf(data, state) {
  if (state.up === "shuffle") return [choose(say("pixel shuffle"), "phases", Object.entries(PHASES), state.phases)];
  if (state.up !== "transposed") return [];
  const { weights, padding, extra } = state.kernel;
  const grid = el("div", { class: "kernel", role: "group", "aria-label": say("weights of the kernel"), style: `grid-template-columns: repeat(${weights.length}, minmax(2rem, 4.5rem))` },
    weights.flatMap((line, row) => line.map((weight, column) => el("input", { type: "number", step: "any", value: Number(weight.toFixed(3)),
      "data-weight": `${row},${column}`, "aria-label": say("row {row}, column {column}", { row: row + 1, column: column + 1 }) }))));
  return [choose(say("kernel"), "kernel", Object.keys(data.kernels[state.factor]).map((name) => [name, data.words[name] ?? name]), state.kernelName),
    grid, el("p", {}, say("Stride {stride}, padding {padding}, output padding {extra}. Change a weight: the image follows.", {
      stride: state.factor, padding, extra }))];
}

// Drawing.

function greysOf({ rows, columns, cells }, tone) {
  const canvas = el("canvas", { width: columns, height: rows });
  const pen = canvas.getContext("2d");
  const pixels = pen.createImageData(columns, rows);
  const { data } = pixels;
  for (let cell = 0, at = 0; cell < cells.length; cell++, at += 4) {
    data[at] = data[at + 1] = data[at + 2] = 255 * tone(cells[cell]);
    data[at + 3] = 255;
  }
  pen.putImageData(pixels, 0, 0);
  return canvas;
}

function drawWhole(canvas, picture, tone) {
  Object.assign(canvas, { width: picture.columns, height: picture.rows });
  canvas.getContext("2d").drawImage(greysOf(picture, tone), 0, 0);
}

const drawnOf = new WeakMap(); // each image is turned into pixels once

function drawn(picture) {
  if (!drawnOf.has(picture)) drawnOf.set(picture, greysOf(picture, (value) => value));
  return drawnOf.get(picture);
}

// The photograph left of the wipe, what came back right of it, enlarged without smoothing.
function drawView(canvas, { photo, back }, { zoom, x, y, wipe }) {
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  const part = photo.columns / zoom;
  const [left, top] = [x, y].map((share) => Math.round(share * (photo.columns - part)));
  const edge = Math.round(wipe * SHOWN);
  for (const [picture, from, to] of [[photo, 0, edge], [back, edge, SHOWN]]) {
    pen.save();
    pen.beginPath();
    pen.rect(from, 0, to - from, SHOWN);
    pen.clip();
    pen.drawImage(drawn(picture), left, top, part, part, 0, 0, SHOWN, SHOWN);
    pen.restore();
  }
  pen.fillStyle = "#fff";
  pen.fillRect(edge - 2, 0, 4, SHOWN);
  pen.fillStyle = "#000";
  pen.fillRect(edge - 1, 0, 2, SHOWN);
}

// A finger or the mouse: near the edge, or where there is nothing to move, it moves the wipe; else the view.
function dragView(parts, state, redraw, done) {
  const { canvas, wipe } = parts;
  let last = null;
  let moving = null;
  canvas.addEventListener("pointerdown", (event) => {
    const box = canvas.getBoundingClientRect();
    const beside = Math.abs((event.clientX - box.left) / box.width - state.wipe) * box.width;
    moving = state.zoom === 1 || beside < 22 ? "wipe" : "view";
    last = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!moving) return;
    const box = canvas.getBoundingClientRect();
    if (moving === "wipe") {
      state.wipe = within((event.clientX - box.left) / box.width);
      wipe.value = 100 * state.wipe;
    } else {
      const share = (distance) => distance / box.width / Math.max(state.zoom - 1, 1);
      state.x = within(state.x - share(event.clientX - last[0]));
      state.y = within(state.y - share(event.clientY - last[1]));
    }
    last = [event.clientX, event.clientY];
    redraw();
  });
  const stop = () => {
    if (moving === "view") done();
    moving = null;
  };
  canvas.addEventListener("pointerup", stop);
  canvas.addEventListener("pointercancel", stop);
}

function captionOf(data, state, { measures, small }) {
  const way = state.up === "shuffle" ? say("pixel shuffle ({channels})", { channels: PHASES[state.phases] }) : UP[state.up];
  const [down] = DOWN[state.down].split(/[:：]/);
  const told = Object.fromEntries(Object.entries(MEASURES).map(([one, words]) => [one, measures ? words(measures[one]) : "…"]));
  const name = state.photo === OWN ? say("your own") : data.words[state.photo] ?? state.photo;
  return say("Left of the line the photograph “{name}”; right of it the same made {factor} times smaller by {down} ({rows} × {columns}) and brought back by {way}: {psnr} dB, SSIM {ssim}, checkerboard energy {energy}.", {
    name, way, factor: state.factor, down: state.smooth ? say("{way}, antialiased", { way: down }) : down, rows: small.rows,
    columns: small.columns, ...told,
  });
}
