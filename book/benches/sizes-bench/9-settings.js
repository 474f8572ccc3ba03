// The settings of the open row. Each control names what it sets; a change makes a new layer and hands it on.

const PAIRS = {
  kernel: [say("kernel"), 1], stride: [say("stride"), 1], padding: [say("padding"), 0],
  outputPadding: [say("output padding"), 0], dilation: [say("dilation"), 1],
};
const SETTINGS = {
  conv: ["kernel", "stride", "padding", "dilation"], convt: ["kernel", "stride", "padding", "outputPadding", "dilation"],
  max: ["kernel", "stride", "padding", "dilation"], avg: ["kernel", "stride", "padding"],
};
const OFFERED = ["relu", "norm", "dropout", "sigmoid"];

// bench: { chain, rows, change(row, layer) }; the controls are made anew when a row is opened or another chain comes.
function settingsOf(bench, row) {
  const layer = bench.chain.layers[row - 1];
  const controls = [];
  const set = (changes) => bench.change(row, { ...bench.chain.layers[row - 1], ...changes });
  const number = (label, key, value, least, put, most = LARGEST) => controls.push(numberField(label, key, value, least, most, put));
  const flag = (label, key, on, put) => controls.push(el("label", { class: "flag" }, el("input", {
    type: "checkbox", "data-key": key, checked: on, on: { change: (event) => put(event.target.checked) } }), label));
  const choice = (label, key, options, chosen, put) => controls.push(el("label", {}, el("span", {}, label),
    el("select", { "data-key": key, on: { change: (event) => put(event.target.value) } },
      options.map(([value, words]) => el("option", { value, selected: value === chosen }, words)))));

  if (layer.kind === "conv" || layer.kind === "convt") {
    number(say("channels"), "channels", layer.channels, 1, (channels) => set({ channels }));
  }
  for (const name of SETTINGS[layer.kind] ?? []) {
    if (name === "padding" && layer.same) continue;
    pairFields(bench, row, name, controls);
  }
  if (layer.kind === "conv") flag(say("padding “same”"), "same", layer.same, (same) => set({ same, padding: [0, 0] }));
  if (layer.kind === "conv" || layer.kind === "convt") {
    number(say("groups"), "groups", layer.groups, 1, (groups) => set({ groups }));
    flag(say("bias"), "bias", layer.bias, (bias) => set({ bias }));
  }
  if (layer.kind === "convt") {
    choice(say("output size"), "to", [["", say("by output padding")], ...keptBefore(bench, row).map(([name, words]) => [name, say("as {row}", { row: words })])],
      layer.to ?? "", (to) => set(to ? { to: bench.nameOf(Number(to)), outputPadding: [0, 0] } : { to: null }));
  }
  if (layer.kind === "max" || layer.kind === "avg") flag(say("round up (ceil mode)"), "ceil", layer.ceil, (ceil) => set({ ceil }));
  if (layer.kind === "up") interpolationFields(bench, row, layer, set, number, choice, flag);
  if (layer.kind === "unpool") flag(say("to the size that was pooled"), "fit", layer.fit, (fit) => set({ fit }));
  if (layer.kind === "shuffle" || layer.kind === "unshuffle") number(say("factor"), "factor", layer.factor, 1, (factor) => set({ factor }), 64);
  if (layer.kind === "pad") {
    const sides = say("left, right, top, bottom").split(/[,，] ?/);
    ["left", "right", "top", "bottom"].forEach((name, place) =>
      number(sides[place], name, layer[name], -64, (value) => set({ [name]: value })));
  }
  if (isJoin(layer)) {
    choice(say("joined by"), "kind", [["cat", say("concatenation")], ["add", say("sum")]], layer.kind, (kind) => set({ kind }));
    choice(say("with the output of"), "of", keptBefore(bench, row), String(sourceRow(bench.chain, layer.of)),
      (source) => set({ of: bench.nameOf(Number(source)) }));
    choice(say("where sizes differ"), "fit",
      [["", say("refuse, as PyTorch")], ["pad", say("pad the map")], ["crop", say("crop the skip")], ["resize", say("stretch the map")]],
      layer.fit ?? "", (fit) => set({ fit: fit || null }));
  }
  const followers = [...new Set([...OFFERED, ...layer.then])];
  const followed = el("fieldset", { class: "followers" }, el("legend", {}, say("followed by")), followers.map((word) =>
    el("label", { class: "flag" }, el("input", { type: "checkbox", "data-key": `then ${word}`, checked: layer.then.includes(word),
      on: { change: (event) => {
        const then = bench.chain.layers[row - 1].then.filter((other) => other !== word);
        set({ then: event.target.checked ? [...then, word] : then });
      } } }), followerName(word))));
  return [el("div", { class: "fields" }, controls), followed];
}

// Rows above one that a layer can come back to, as [row, words].
function keptBefore(bench, row) {
  return bench.rows.slice(0, row).map((kept, place) =>
    [String(place), say("row {row}: {shape}", { row: place, shape: kept.shape ? kept.shape.join(" × ") : "–" })]);
}

// A whole number. What cannot be taken is said, and gives way to the last that could when the visitor leaves the field.
function numberField(label, key, value, least, most, put) {
  const field = el("input", {
    type: "number", inputmode: least < 0 ? null : "numeric", "data-key": key, min: least, max: most, step: 1, value, autocomplete: "off",
    on: { input: read, change: restore } });
  field.defaultValue = value; // the last that was taken

  function read() {
    const typed = field.valueAsNumber;
    if (Number.isInteger(typed) && typed >= least && typed <= most && put(typed)) field.defaultValue = typed;
  }

  function restore() {
    if (!field.value || !field.checkValidity()) {
      const words = say("{setting}: a whole number from {least} to {most}; {kept} stays.", { setting: label, least, most, kept: field.defaultValue });
      field.dispatchEvent(new CustomEvent("refused", { bubbles: true, detail: capital(words) }));
    }
    field.value = field.defaultValue;
  }

  return el("label", {}, el("span", {}, label), field);
}

// One number for both axes, or one for each: rows and columns can be set apart for the whole row.
function pairFields(bench, row, name, controls) {
  const [words, least] = PAIRS[name];
  const most = name === "kernel" ? 64 : 32;
  const put = (pair) => bench.change(row, { ...bench.chain.layers[row - 1], [name]: pair });
  const value = bench.chain.layers[row - 1][name];
  if (!bench.apart) {
    controls.push(numberField(words, name, value[0], least, most, (number) => put([number, number])));
    return;
  }
  AXES.forEach((axis, place) => controls.push(numberField(say("{setting}, {axis}", { setting: words, axis: AXIS_NAMES[place] }), `${name} ${axis}`, value[place], least, most,
    (number) => put(bench.chain.layers[row - 1][name].with(place, number)))));
}

function interpolationFields(bench, row, layer, set, number, choice, flag) {
  const target = layer.to ? "to" : layer.size ? "size" : "scale";
  const shape = bench.rows[row - 1].shape ?? [1, 1, 1];
  choice(say("to"), "target", [["scale", say("a multiple")], ["size", say("a size")], ["to", say("the size of a row")]], target, (chosen) => set({
    scale: chosen === "scale" ? [[2, 1], [2, 1]] : null, size: chosen === "size" ? [2 * shape[1], 2 * shape[2]] : null,
    to: chosen === "to" ? bench.nameOf(0) : null,
  }));
  if (target === "scale") {
    choice(say("scale"), "scale", [...new Set(["2", "3", "4", "8", "1.5", "0.5", writePair(layer.scale.map(([a, b]) => a / b))])].map((scale) => [scale, `× ${scale}`]),
      writePair(layer.scale.map(([a, b]) => a / b)), (scale) => set({ scale: scale.split("x").length > 1 ? scale.split("x").map(readScale) : [readScale(scale), readScale(scale)] }));
  }
  if (target === "size") AXES.forEach((axis, place) => number(AXIS_NAMES[place], `size ${axis}`, layer.size[place], 1, (value) => set({ size: bench.chain.layers[row - 1].size.with(place, value) })));
  if (target === "to") choice(say("row"), "to", keptBefore(bench, row), String(sourceRow(bench.chain, layer.to)), (source) => set({ to: bench.nameOf(Number(source)) }));
  choice(say("mode"), "mode", MODES.map((mode) => [mode, MODE_NAMES[mode]]), layer.mode, (mode) => set({ mode, corners: layer.corners && !mode.startsWith("nearest") }));
  if (!layer.mode.startsWith("nearest")) flag(say("align corners"), "corners", layer.corners, (corners) => set({ corners }));
}
