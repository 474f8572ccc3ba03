// The bench "Try it on a photograph": what is shown, what can be chosen, and the address that holds it.

const DOWN = {
  stride: say("stride: one pixel of each block"), average: say("average pooling"), max: say("max pooling"),
};
const UP = {
  nearest: say("nearest"), bilinear: say("bilinear"), bicubic: say("bicubic"),
  transposed: say("transposed convolution"), unpool: say("unpooling, by switches"), shuffle: say("pixel shuffle"),
};
const PHASES = {
  bilinear: say("channels: bilinear weights"), alike: say("channels: all alike"), untrained: say("channels: untrained"),
};
const ZOOMS = [1, 2, 4, 8];
const SHOWN = 504; // pixels of the large view: three for each of the photograph
const LARGEST_FILE = 40; // MB
const LARGEST_WEIGHT = 1e6; // of either sign; beyond it the measures overflow

function startPhotographs(figure) {
  const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const names = Object.keys(data.photographs);
  const photographs = {}; // those that were asked for, and the visitor's own
  const photoOf = (name) => (photographs[name] ??= fromGreys(data.size, data.photographs[name]));
  const state = {
    photo: names[0], factor: Number(Object.keys(data.down)[0]), down: "average", smooth: false, up: "transposed",
    kernelName: null, kernel: null, phases: "bilinear", zoom: 1, x: 0.5, y: 0.5, wipe: 0.5,
  };
  const root = el("figure", { class: "bench photographs", role: "group", "aria-label": say("Try it on a photograph") });
  figure.replaceWith(root);

  const parts = buildParts(data, names, state);
  root.append(parts.bar, parts.status, el("div", { class: "parts-of-bench" }, parts.view, parts.side));
  let result; // what is on show: photo, small, switches, back, difference, and the measures when they are known
  let waiting = null; // the rows of the table that are still to be made, or the first view

  function takeKernel(name) {
    state.kernelName = Object.hasOwn(data.kernels[state.factor], name) ? name : Object.keys(data.kernels[state.factor])[0];
    state.kernel = structuredClone(data.kernels[state.factor][state.kernelName]);
  }

  function change(changes, { keepKernel = false } = {}) {
    Object.assign(state, changes);
    if (!state.kernel || (changes.factor && !keepKernel)) takeKernel(state.kernelName);
    if (state.up === "unpool" && !keepsSwitches(state)) {
      state.up = "nearest";
      tell(say("Unpooling needs the switches of max pooling, which moves nothing: another way up is shown."));
    }
    compute();
    history.replaceState(null, "", `#${addressOf(data, state)}`);
  }

  // Make what is to be seen. The first time a script runs it is slow, so that this can be done with pauses.
  function* making() {
    const photo = photoOf(state.photo);
    drawn(photo);
    yield;
    const smaller = makeSmaller(data, photo, state);
    yield;
    const back = makeLarger(data, smaller, state.up, state);
    yield;
    drawn(back);
    yield;
    result = { ...smaller, photo, back, difference: differenceOf(back, photo), measures: null };
    show();
    const others = Object.keys(UP).filter((way) => way !== state.up);
    inSteps(measureWays([state.up, ...others], smaller));
  }

  const compute = () => atOnce(making());

  // Do what a generator does between its pauses in a task each, until something else is to be done.
  function inSteps(steps) {
    clearTimeout(waiting);
    waiting = setTimeout(() => steps.next().done || inSteps(steps));
  }

  // Measure every way up, the one on show first, with pauses: all in one task would hold up the page.
  function* measureWays(ways, smaller) {
    const { photo } = result;
    for (const way of ways) {
      const back = way === state.up ? result.back : makeLarger(data, smaller, way, state);
      yield;
      const measures = back && (yield* measuring(back, photo, data, state.factor));
      writeMeasures(parts, way, measures);
      if (way === state.up) {
        result.measures = measures;
        describe();
      }
    }
  }

  function describe() {
    const words = captionOf(data, state, result);
    parts.canvas.setAttribute("aria-label", words);
    parts.caption.textContent = words;
  }

  function show() {
    showControls(data, state, parts, takeKernel, change);
    drawView(parts.canvas, result, state);
    drawWhole(parts.small, result.small, (value) => value);
    drawWhole(parts.difference, result.difference, (value) => 0.5 + value);
    if (!parts.caption.textContent) describe(); // so that it has its place at once
  }

  const redraw = () => { if (result) drawView(parts.canvas, result, state); };
  const tell = (words) => { parts.status.textContent = words; };

  // Controls of the bar, the view and the table.

  parts.bar.addEventListener("change", async (event) => {
    const { key } = event.target.dataset;
    if (key === "file") {
      const [file] = event.target.files;
      if (!file) return;
      if (file.size > 1e6 * LARGEST_FILE) {
        tell(say("{file} is larger than {size} MB.", { file: file.name, size: LARGEST_FILE }));
        return;
      }
      const loaded = await readFile(file, data.size).catch(() => null); // not an image, or one that cannot be decoded
      if (!loaded) {
        tell(say("{file} is no image that this browser can read.", { file: file.name }));
        return;
      }
      photographs[OWN] = loaded;
      tell(say("{file}: the middle of it, in {size} × {size} greys. It stays in this browser.", { file: file.name, size: data.size }));
      change({ photo: OWN });
      return;
    }
    tell("");
    if (key === "factor") change({ factor: Number(event.target.value) });
    else if (key === "smooth") change({ smooth: event.target.checked });
    else if (key) change({ [key]: event.target.value });
  });
  parts.ways.addEventListener("change", (event) => {
    tell("");
    change({ up: event.target.value });
  });
  parts.wipe.addEventListener("input", () => {
    state.wipe = Number(parts.wipe.value) / 100;
    redraw();
  });
  parts.zoom.addEventListener("change", () => change({ zoom: Number(parts.zoom.value) }));
  parts.pan.addEventListener("click", (event) => {
    const [dx, dy] = event.target.closest("button")?.dataset.move?.split(",").map(Number) ?? [0, 0];
    if (dx || dy) change({ x: within(state.x + dx / (4 * state.zoom)), y: within(state.y + dy / (4 * state.zoom)) });
  });
  dragView(parts, state, redraw, () => change({}));

  parts.options.addEventListener("change", (event) => {
    const { key, weight } = event.target.dataset;
    if (weight) {
      const [row, column] = weight.split(",");
      event.target.value = state.kernel.weights[row][column]; // the last that was taken
    }
    if (key === "kernel") takeKernel(event.target.value);
    if (key === "phases") state.phases = event.target.value;
    if (key === "kernel" || key === "phases") change({});
  });
  parts.options.addEventListener("input", (event) => {
    const { weight } = event.target.dataset;
    if (!weight || !event.target.value) return;
    const isTaken = Math.abs(event.target.valueAsNumber) < LARGEST_WEIGHT;
    tell(isTaken ? "" : say("A weight is a number below a million; the last one stays."));
    if (!isTaken) return;
    const [row, column] = weight.split(",").map(Number);
    state.kernel.weights[row][column] = event.target.valueAsNumber;
    change({});
  });
  parts.link.addEventListener("click", async () =>
    tell((await copy(location.href)) ? say("The link is copied.")
      : say("The browser does not let the page copy; the address bar has the link.")));

  window.addEventListener("hashchange", () => {
    if (readState(data, names, state, takeKernel)) compute();
  });
  takeKernel(null);
  readState(data, names, state, takeKernel);
  inSteps(making()); // the page is laid out first
  window.tryPhotograph = { data, photoOf, makeSmaller, makeLarger, measure, state, result: () => result };
}

const OWN = "your own";
const within = (share) => Math.min(1, Math.max(0, share));

function fromGreys(size, text) {
  const made = image(size, size);
  const bytes = atob(text);
  for (let cell = 0; cell < bytes.length; cell++) made.cells[cell] = bytes.charCodeAt(cell) / 255;
  return made;
}

// The middle square of the visitor's image, in greys of 256 steps (ITU-R BT.601), read without leaving the page.
async function readFile(file, size) {
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = el("canvas", { width: size, height: size });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // behind what is transparent
  pen.fillRect(0, 0, size, size);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, size, size);
  const { data } = pen.getImageData(0, 0, size, size);
  const made = image(size, size);
  for (let cell = 0; cell < made.cells.length; cell++) {
    const [red, green, blue] = data.subarray(4 * cell, 4 * cell + 3);
    made.cells[cell] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  }
  return made;
}

// The address: what differs from nothing is named, so that it can be read.

function addressOf(data, state) {
  const said = new URLSearchParams({
    photo: state.photo === OWN ? Object.keys(data.photographs)[0] : state.photo, factor: state.factor, down: state.down,
    smooth: Number(state.smooth), up: state.up,
  });
  if (state.up === "transposed") {
    said.set("kernel", state.kernelName);
    const edited = JSON.stringify(state.kernel.weights) !== JSON.stringify(data.kernels[state.factor][state.kernelName].weights);
    if (edited) said.set("weights", state.kernel.weights.flat().join(","));
  }
  if (state.up === "shuffle") said.set("phases", state.phases);
  if (state.zoom > 1) said.set("view", [state.zoom, state.x.toFixed(3), state.y.toFixed(3)].join(","));
  return said.toString();
}

// Take from the address what can be read and is on offer; everything else stays as it is.
function readState(data, names, state, takeKernel) {
  const said = new URLSearchParams(location.hash.slice(1));
  if (!said.has("photo")) return false;
  const take = (name, offered, put = (value) => value) => {
    if (offered.map(String).includes(said.get(name))) state[name] = put(said.get(name));
  };
  take("photo", names);
  take("factor", Object.keys(data.down), Number);
  take("down", Object.keys(DOWN));
  take("smooth", [0, 1], (value) => value === "1");
  take("up", Object.keys(UP));
  take("phases", Object.keys(PHASES));
  if (state.up === "unpool" && !keepsSwitches(state)) state.up = "nearest";
  takeKernel(said.get("kernel"));

  const weights = (said.get("weights") ?? "").split(",").filter(Boolean).map(Number);
  const side = state.kernel.weights.length;
  if (weights.length === side * side && weights.every((weight) => Math.abs(weight) < LARGEST_WEIGHT)) {
    state.kernel.weights = state.kernel.weights.map((_, row) => weights.slice(row * side, (row + 1) * side));
  }
  const [zoom, x, y] = (said.get("view") ?? "1,0.5,0.5").split(",").map(Number);
  if (ZOOMS.includes(zoom) && x >= 0 && x <= 1 && y >= 0 && y <= 1) Object.assign(state, { zoom, x, y });
  return true;
}
