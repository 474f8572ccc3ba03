// Charts over one axis, as a part of a figure (live.js): bars that can be pulled, dots, curves, and the step's place.
{
  const TOP = 22; // room for a heading
  const escaped = (words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
  const expanded = (cells, count) => (Array.isArray(cells) ? cells : Array.from({ length: count }, (_, n) => cells + n));
  const acrossIn = ({ first, unit }) => (place) => (place - first) * unit;
  const upIn = ({ low, high, height }) => (value) => // what lies outside stands at the edge
    TOP + height * (high - Math.max(low, Math.min(high, value))) / (high - low);

  // One series of bars or dots: cells in a row, like those of a grid.
  function cellsOf({ mark, cells, at, role, label, shifted }, across, bottom) {
    const shape = mark === "bar" ? 'width="18"' : 'width="10" height="10" rx="5"';
    const row = expanded(cells, at.length).map((cell, n) => `<g data-c="${cell}" data-n="${n}" role="gridcell">` +
      `<rect class="${role} edge" x="${across(at[n]) - (mark === "bar" ? 9 : 5)}" ${shape}/>` +
      `<text x="${across(at[n])}" y="${bottom}"></text></g>`);
    return `<g><g class="cells ${mark}${shifted ? " moving" : ""}" role="grid" aria-label="${escaped(label)}"><g role="row">${row.join("")}` +
      '</g></g><path class="outline"/><path class="ring"/></g>';
  }

  function drawn(chart) {
    const { series, height, last, label } = chart, across = acrossIn(chart);
    const wide = across(last) + 4, tall = TOP + height + 28;
    const parts = series.map((one) => (one.mark === "curve" ? `<path class="curve ${one.role}"/>`
      : cellsOf(one, across, TOP + height + 18)));
    return `<svg data-kind="chart" role="presentation" width="${wide}" height="${tall}" viewBox="-2 -2 ${wide} ${tall}">` +
      `<text class="heading start" x="0" y="14">${escaped(label)}</text><path class="beyond"/>` +
      `<path class="link ground"/><path class="link now"/>${parts.join("")}</svg>`;
  }

  const grids = (chart) => chart.series.filter(({ mark }) => mark !== "curve")
    .map((one) => ({ ...one, chart, size: 44, columns: one.at.length, still: 1 }));

  // Draw the lines, and put bars and dots where their numbers are.
  function show(chart, svg, { here: { v }, step, grids }) {
    const up = upIn(chart), across = acrossIn(chart), ground = up(0), shift = chart.shifts?.[step];
    const line = (name, d) => svg.querySelector(`.${name}`).setAttribute("d", d);
    line("ground", `M0 ${ground}H${across(chart.last)}`);
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

    for (const { panel, cells } of grids.filter(({ panel }) => panel.chart === chart)) for (const { rect, at, n } of cells) {
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
