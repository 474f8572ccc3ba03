// The chain as a table that is also its drawing: a bar for each map, brackets for skips, and what each row costs.

const SVG = "http://www.w3.org/2000/svg";

function svgEl(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

// Every way back to an earlier row: { from, to, look }, with the lane its bracket runs in; short ones run inside.
function linksOf(chain) {
  const links = chain.layers.flatMap((layer, place) => [
    ...(isJoin(layer) ? [{ from: sourceRow(chain, layer.of), to: place + 1, look: "skip" }] : []),
    ...(layer.kind === "unpool" ? [{ from: sourceRow(chain, layer.of), to: place + 1, look: "switches" }] : []),
    ...(layer.to ? [{ from: sourceRow(chain, layer.to), to: place + 1, look: "size" }] : []),
  ]).sort((one, other) => one.to - one.from - (other.to - other.from));
  const lanes = [];
  links.forEach((link) => {
    const meets = (other) => other.from <= link.to && link.from <= other.to;
    link.lane = lanes.findIndex((others) => !others.some(meets));
    if (link.lane < 0) link.lane = lanes.push([]) - 1;
    lanes[link.lane].push(link);
  });
  return links;
}

const LANE = 14; // pixels from one bracket to the next

// The part of all brackets that runs through one row; between rows (the open settings) they only pass.
function bracketCell(links, row, between = false) {
  const width = LANE * (Math.max(-1, ...links.map((link) => link.lane)) + 1) + 4;
  const parts = links.flatMap(({ from, to, lane, look, lit }) => {
    const x = lane * LANE + LANE - 2;
    const style = `${look}${lit ? " lit" : ""}`;
    const line = (x1, y1, x2, y2) => svgEl("line", { class: style, x1, y1, x2, y2 });
    if (between) return row >= from && row < to ? [line(x, 0, x, "100%")] : [];
    if (row < from || row > to) return [];
    if (row === from) return [line(0, "50%", x, "50%"), line(x, "50%", x, "100%")];
    if (row < to) return [line(x, 0, x, "100%")];
    const head = svgEl("svg", { y: "50%", overflow: "visible" }, svgEl("path", { class: style, d: "M0 0l7-4v8z" }));
    return [line(x, 0, x, "50%"), line(5, "50%", x, "50%"), head];
  });
  const drawing = svgEl("svg", { width: "100%", height: "100%", "aria-hidden": "true" }, ...parts);
  return el("td", { class: "brackets", style: `min-width:${width}px;width:${width}px` }, drawing);
}

// A map: its bar, as wide as its columns (and a second one for its rows where they differ), and its shape.
function mapCell(chain, rows, place) {
  const row = rows[place];
  if (!row.shape) return el("td", { class: "map" }, el("span", { class: "shape" }, row.problem ? say("cannot work") : "–"));
  const shapes = rows.filter((other) => other.shape);
  const widest = Math.max(...shapes.flatMap((other) => [...other.shape.slice(1), ...(other.arriving ?? [])]));
  const apart = shapes.some((other) => other.shape[1] !== other.shape[2]);
  const bar = (size, look) => el("i", { class: `bar ${look}`, style: `width:${(100 * size / widest).toFixed(2)}%` });

  if (row.problem) {
    const axis = row.arriving[1] === row.skip[1] ? 0 : 1;
    const [skip, arriving] = [bar(row.skip[axis], "skip"), bar(row.arriving[axis], "up")];
    skip.append(el("b", {}, times(row.skip)), `\u00a0${say("skip")}`);
    arriving.append(el("b", {}, times(row.arriving)), `\u00a0${say("arrives")}`);
    return el("td", { class: "map" }, el("span", { class: "bars" }, skip, arriving));
  }
  const look = isJoin(chain.layers[place - 1] ?? {}) && chain.layers[place - 1].kind === "cat" ? "joined" : side(rows, place);
  const bars = apart ? [bar(row.shape[1], look), bar(row.shape[2], look)] : [bar(row.shape[2], look)];
  if (look === "joined") bars.forEach((made) => made.style.setProperty("--skip", `${100 - 100 * rows[place - 1].shape[0] / row.shape[0]}%`));
  return el("td", { class: "map" }, el("span", { class: "bars" }, ...bars),
    el("span", { class: "shape" }, `${row.shape[0]} × `, el("b", {}, times(row.shape.slice(1)))));
}

// Whether a map lies on the way down, or behind the smallest map on the way up.
function side(rows, place) {
  const areas = rows.filter((row) => row.shape).map((row) => row.shape[1] * row.shape[2]);
  const lowest = areas.lastIndexOf(Math.min(...areas));
  return place <= lowest ? "down" : "up";
}

function numberCells(row) {
  const field = row.field ? (row.field[0] === row.field[1] ? `${row.field[0]}` : times(row.field)) : "";
  const values = [field, row.weights ? count(row.weights) : "", row.multiplications ? count(row.multiplications) : "", row.bytes ? memory(row.bytes) : ""];
  return values.map((value) => el("td", { class: "number" }, value));
}

const HEADINGS = [
  ["layer", say("layer"), say("The layers from the input on; open one to change it")],
  ["map", say("map"), say("channels × rows × columns")],
  ["brackets"],
  ["number", say("sees"), say("Receptive field: rows and columns of the input that a cell depends on, at most")],
  ["number", say("weights"), say("Numbers to learn")],
  ["number", say("products"), say("Multiplications for one image")],
  ["number", say("memory"), say("The map in float32")],
];

function tableHead() {
  return el("thead", {}, el("tr", {}, HEADINGS.map(([look, name, title]) =>
    name ? el("th", { scope: "col", title, class: look }, name) : el("td", { class: look }))));
}

function tableFoot(chain, rows) {
  const totals = totalsOf(chain, rows);
  return el("tfoot", {}, el("tr", {},
    el("th", { scope: "row" }, say("in all")), el("td", { class: "map" }), el("td", { class: "brackets" }), el("td", { class: "number" }),
    el("td", { class: "number" }, count(totals.weights)), el("td", { class: "number" }, count(totals.multiplications)),
    el("td", { class: "number" }, memory(totals.trainingBytes))));
}
