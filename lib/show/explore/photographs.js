// Photographs as a part of a figure (live.js): planes computed by stencils and banded matrices that the library wrote.
{
  const escaped = (words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
  const loaded = new Map(); // pixels by address; a reader's own image takes the place of the course's

  function drawn({ planes, shown, width, own }) {
    const canvases = shown.map(({ plane, title }) => {
      const { rows, columns } = planes[plane];
      return `<figure><canvas${width > columns ? ' class="pixels"' : ""} width="${columns}" height="${rows}" ` +
        `style="width:${width}px" role="img" aria-label="${escaped(title)}"></canvas><figcaption>${escaped(title)}</figcaption></figure>`;
    });
    const field = `<label class="own">${own} <input type="file" accept="image/*"></label>`;
    return `<div class="tier" data-kind="photograph">${canvases.join("")}${own ? field : ""}</div>`;
  }

  // Each rule makes the pixels of a plane from those before it, given the numbers of the figure, v.
  const RULES = {
    source: (address) => loaded.get(address),
    minus: (one, other) => one.map((value, n) => value - other[n]),
    stencil: (from, taps, { v, rows, columns }) => {
      const out = new Float32Array(rows * columns);
      for (const [down, right, cell] of taps) if (v[cell]) {
        const begin = Math.max(0, -right), end = Math.min(columns, columns - right);
        for (let y = Math.max(0, -down); y < Math.min(rows, rows - down); y++) {
          const to = y * columns, at = (y + down) * columns + right;
          for (let x = begin; x < end; x++) out[to + x] += v[cell] * from[at + x];
        }
      }
      return out;
    },
    bands: (from, byRows, byColumns, { wide }) => {
      const between = new Float32Array(byRows.length * wide), out = new Float32Array(byRows.length * byColumns.length);
      byRows.forEach((row, y) => {
        for (let n = 0; n < row.length; n += 2)
          for (let x = 0; x < wide; x++) between[y * wide + x] += row[n + 1] * from[row[n] * wide + x];
      });
      byColumns.forEach((column, x) => {
        for (let n = 0; n < column.length; n += 2)
          for (let y = 0; y < byRows.length; y++) out[y * byColumns.length + x] += column[n + 1] * between[y * wide + column[n]];
      });
      return out;
    },
  };
  const PLANES = { source: 0, minus: 2, stencil: 1, bands: 1 }; // how many of a rule's parts are planes

  function computed(planes, v) {
    const found = [];
    for (const { rule: [kind, ...parts], rows, columns } of planes) {
      const given = parts.map((part, n) => (n < PLANES[kind] ? found[part] : part));
      found.push(RULES[kind](...given, { v, rows, columns, wide: planes[parts[0]]?.columns }));
    }
    return found;
  }

  function paint(canvas, pixels, signed) {
    const pen = canvas.getContext("2d"), image = pen.createImageData(canvas.width, canvas.height);
    const most = signed ? pixels.reduce((found, value) => Math.max(found, Math.abs(value)), 1e-12) : 1;
    pixels.forEach((value, n) => {
      image.data.fill(255 * (signed ? 0.5 + value / (2 * most) : value), 4 * n, 4 * n + 3);
      image.data[4 * n + 3] = 255;
    });
    pen.putImageData(image, 0, 0);
  }

  // Take an image's grey values, cut to the shape of the plane.
  async function load(address, { rows, columns }, file) {
    const image = file ? await createImageBitmap(file) : Object.assign(new Image(), { src: address });
    if (!file) await image.decode();
    const scale = Math.max(columns / image.width, rows / image.height), wide = image.width * scale, tall = image.height * scale;
    const pen = Object.assign(document.createElement("canvas"), { width: columns, height: rows }).getContext("2d");
    pen.drawImage(image, (columns - wide) / 2, (rows - tall) / 2, wide, tall);
    const { data } = pen.getImageData(0, 0, columns, rows);
    const grey = (n) => (0.299 * data[n] + 0.587 * data[n + 1] + 0.114 * data[n + 2]) / 255;
    loaded.set(address, Float32Array.from({ length: rows * columns }, (_, n) => grey(4 * n)));
  }

  async function show(part, el, context) {
    const { planes, shown } = part, [source] = planes, address = source.rule[1], { v } = context.here;
    el.shown = context; // an image may arrive after the reader has gone on
    el.onchange = async ({ target }) => {
      if (target.type !== "file" || !target.files[0]) return;
      await load(address, source, target.files[0]);
      show(part, el, el.shown);
    };
    const known = el.querySelector("p");
    if (!loaded.has(address) && location.protocol === "file:" && !address.startsWith("data:")) {
      if (!known) el.insertAdjacentHTML("afterbegin", `<p>${context.say("A browser lets no page that was opened from a folder read the images there. Take one of your own, or run <code>python -m http.server</code> in the book's folder and open the address that it names.")}</p>`);
      return;
    }
    known?.remove();
    if (!loaded.has(address)) {
      await load(address, source);
      return show(part, el, el.shown);
    }
    const found = computed(planes, v);
    el.planes = found; // for whoever wants to look
    el.querySelectorAll("canvas").forEach((canvas, n) => paint(canvas, found[shown[n].plane], shown[n].signed));
  }

  (globalThis.exploreKinds ??= {}).photograph = { drawn, grids: () => [], show };
}
