// Charts over one axis, as a part of a figure (live.js): bars that can be pulled, dots, curves, blocks, the step's place.
{
  const TOP = 22; // room for a heading
  const BLOCK = 34; // height of a block
  const stood = new WeakMap(); // where the blocks of a figure were, for them to glide
  const escaped = (words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
  const expanded = (cells, count) => (Array.isArray(cells) ? cells : Array.from({ length: count }, (_, n) => cells + n));
  const acrossIn = ({ first, unit }) => (place) => (place - first) * unit;
  const upIn = ({ low, high, height }) => (value) => // what lies outside stands at the edge
    TOP + height * (high - Math.max(low, Math.min(high, value))) / (high - low);

  // How far a mark reaches to the left of its place, its shape, and where its number stands.
  function shapeOf({ mark, level, width }, chart) {
    const below = TOP + chart.height + 18;
    if (mark === "bar") return [9, 'width="18"', below];
    if (mark === "dot") return [5, 'width="10" height="10" rx="5"', below];
    const wide = width * chart.unit, middle = upIn(chart)(level);
    return [wide / 2, `y="${middle - BLOCK / 2}" width="${wide}" height="${BLOCK}"`, middle + 5];
  }

  // One series of bars, dots or blocks: cells in a row, like those of a grid.
  function cellsOf(one, chart) {
    const [half, shape, bottom] = shapeOf(one, chart), across = acrossIn(chart), { mark, cells, at, role, label, shifted } = one;
    const row = expanded(cells, at.length).map((cell, n) => `<g data-c="${cell}" data-n="${n}" role="gridcell">` +
      `<rect class="${role} edge" x="${across(at[n]) - half}" ${shape}/>` +
      `<text x="${across(at[n])}" y="${bottom}"></text></g>`);
    const heading = mark === "block"
      ? `<text class="heading ${role} start" x="0" y="${bottom - 11 - BLOCK / 2}">${escaped(label)}</text>` : "";
    return `${heading}<g><g class="cells ${mark}${shifted ? " moving" : ""}" role="grid" aria-label="${escaped(label)}"><g role="row">${row.join("")}` +
      '</g></g><path class="outline"/><path class="ring"/></g>';
  }

  function drawn(chart) {
    const { series, height, last, label } = chart, across = acrossIn(chart);
    const wide = across(last) + 4, tall = TOP + height + 28;
    const parts = series.map((one) => (one.mark === "curve" ? `<path class="curve ${one.role}"/>`
      : cellsOf(one, chart)));
    return `<svg data-kind="chart" role="presentation" width="${wide}" height="${tall}" viewBox="-2 -2 ${wide} ${tall}">` +
      `<text class="heading start" x="0" y="14">${escaped(label)}</text><path class="beyond"/>` +
      `<path class="link ground"/><path class="link now"/>${parts.join("")}</svg>`;
  }

  const grids = (chart) => chart.series.filter(({ mark }) => mark !== "curve")
    .map((one) => ({ ...one, chart, size: one.mark === "block" ? one.width * chart.unit : 44, columns: one.at.length, still: 1 }));

  // Let blocks that stand elsewhere after a choice glide there from where they were.
  function glide({ panel: { role, at }, cells }, unit, board) {
    const before = stood.get(board) ?? {}, was = before[role];
    stood.set(board, { ...before, [role]: at });
    if (was?.length !== at.length || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const { cell, n } of cells) if (was[n] !== at[n])
      cell.animate([{ transform: `translateX(${(was[n] - at[n]) * unit}px)` }, { transform: "none" }], { duration: 500, easing: "ease" });
  }

  // Draw the lines, and put bars and dots where their numbers are.
  function show(chart, svg, { here: { v }, step, grids }) {
    const up = upIn(chart), across = acrossIn(chart), ground = up(0), shift = chart.shifts?.[step];
    const line = (name, d) => svg.querySelector(`.${name}`).setAttribute("d", d);
    if (chart.series.some(({ mark }) => mark !== "block")) line("ground", `M0 ${ground}H${across(chart.last)}`);
    if (chart.shifts) line("now", `M${across(shift)} ${TOP}v${chart.height}`);

    const curves = [...svg.querySelectorAll(".curve")];
    for (const { cells, at, shifted } of chart.series.filter(({ mark }) => mark === "curve")) {
      const places = at.map((x) => across(x + (shifted ? shift : 0)).toFixed(1));
      const values = expanded(cells, at.length).map((cell) => v[cell]);
      const through = (height) => places.map((x, n) => `${x} ${up(height(values[n])).toFixed(1)}`).join("L");
      curves.shift().setAttribute("d", `M${through((value) => value)}`);
      if (!chart.beyond) continue; // what is larger or smaller than every number it was made from: overshoot
      const given = expanded(chart.beyond.cells, chart.beyond.count).map((cell) => v[cell]);
      const area = (edge, further) => `M${places[0]} ${up(edge)}L${through((value) => further(edge, value))}` +
        `L${places.at(-1)} ${up(edge)}z`;
      line("beyond", area(Math.max(...given), Math.max) + area(Math.min(...given), Math.min));
    }

    const mine = grids.filter(({ panel }) => panel.chart === chart), isBlock = ({ panel }) => panel.mark === "block";
    for (const grid of mine.filter(isBlock)) glide(grid, chart.unit, svg.closest(".panels"));
    for (const { panel, cells } of mine.filter((grid) => !isBlock(grid))) for (const { rect, at, n } of cells) {
      const y = up(v[at]), isBar = panel.mark === "bar";
      if (panel.shifted) rect.setAttribute("x", across(panel.at[n] + shift) - 5);
      rect.setAttribute("y", isBar ? Math.min(y, ground) : y - 5);
      if (isBar) rect.setAttribute("height", Math.max(1, Math.abs(ground - y)));
    }
  }

  // A bar that can be edited is pulled up and down; elsewhere the step is pulled along.
  function take(chart, svg, { target, clientY }, sourceOf) {
    const cell = target.closest(".bar [data-c]"), source = cell && sourceOf(cell);
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    if (cell && source !== null) {
      const { low, high, height } = chart;
      return { source, valueAt: (y) => Math.round(high - ((y - box.top) * scale - 2 - TOP) / height * (high - low)) };
    }
    const across = acrossIn(chart);
    return chart.shifts && { places: chart.shifts.map((at) => [box.left + (2 + across(at)) / scale, clientY]), dx: 0, dy: 0, flat: true };
  }

  (globalThis.exploreKinds ??= {}).chart = { drawn, grids, show, take };
}
