// Smaller and larger again. Every weight comes from lib/show/photograph_bench.py; an image is { rows, columns, cells }.

const image = (rows, columns) => ({ rows, columns, cells: new Float64Array(rows * columns) });

// A banded matrix on both axes: first across each row, then down each column.
function resample(source, band) {
  return along(along(source, band, 1), band, 0);
}

function along(source, { starts, kinds, weights }, axis) {
  const made = axis ? image(source.rows, starts.length) : image(starts.length, source.columns);
  const { columns, cells } = source;
  const step = axis ? 1 : columns;
  for (let row = 0; row < made.rows; row++) {
    for (let column = 0; column < made.columns; column++) {
      const place = axis ? column : row;
      const taps = weights[kinds[place]];
      let from = axis ? row * columns + starts[place] : starts[place] * columns + column;
      let sum = 0;
      for (let tap = 0; tap < taps.length; tap++, from += step) sum += taps[tap] * cells[from];
      made.cells[row * made.columns + column] = sum;
    }
  }
  return made;
}

// The largest value of each window of factor x factor, the window moving by one pixel.
function slidMaxima(source, factor) {
  const made = image(source.rows - factor + 1, source.columns - factor + 1);
  for (let row = 0; row < made.rows; row++) {
    for (let column = 0; column < made.columns; column++) {
      made.cells[row * made.columns + column] = source.cells[switchAt(source, row, column, factor)];
    }
  }
  return made;
}

// Where the maximum of a window stands; of equal ones the first, as in reading.
function switchAt(source, top, left, factor) {
  let best = top * source.columns + left;
  for (let row = top; row < top + factor; row++) {
    for (let column = left; column < left + factor; column++) {
      if (source.cells[row * source.columns + column] > source.cells[best]) best = row * source.columns + column;
    }
  }
  return best;
}

function switchesOf(source, factor) {
  const found = [];
  for (let row = 0; row < source.rows; row += factor) {
    for (let column = 0; column < source.columns; column += factor) found.push(switchAt(source, row, column, factor));
  }
  return found;
}

// Max unpooling: each value where its switch says, zeros elsewhere.
function putBack(small, switches, size) {
  const made = image(size, size);
  switches.forEach((place, cell) => { made.cells[place] = small.cells[cell]; });
  return made;
}

// Transposed convolution: each value stamps the kernel; what padding cuts off falls away.
function stamped(small, { weights, padding }, factor, size) {
  const made = image(size, size);
  for (let row = 0; row < small.rows; row++) {
    for (let column = 0; column < small.columns; column++) {
      const value = small.cells[row * small.columns + column];
      weights.forEach((line, dy) => {
        const y = row * factor - padding + dy;
        if (y < 0 || y >= size) return;
        line.forEach((weight, dx) => {
          const x = column * factor - padding + dx;
          if (x >= 0 && x < size) made.cells[y * size + x] += weight * value;
        });
      });
    }
  }
  return made;
}

// Pixel shuffle: one 3 x 3 stencil for each place of a block, slid over the small image with zeros around it.
function shuffled(small, stencils, factor, size) {
  const made = image(size, size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const stencil = stencils[(y % factor) * factor + (x % factor)];
      const [row, column] = [Math.floor(y / factor), Math.floor(x / factor)];
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (row + dy < 0 || row + dy >= small.rows || column + dx < 0 || column + dx >= small.columns) continue;
          sum += stencil[dy + 1][dx + 1] * small.cells[(row + dy) * small.columns + column + dx];
        }
      }
      made.cells[y * size + x] = sum;
    }
  }
  return made;
}

// Unpooling needs the switches of max pooling on the photograph itself, not on a smoothed one.
const keepsSwitches = ({ down, smooth }) => down === "max" && !smooth;

// The smaller image, and where the maxima stood if that is known.
function makeSmaller(data, photo, { factor, down, smooth }) {
  const bands = data.down[factor];
  if (down === "max") {
    const small = resample(slidMaxima(photo, factor), bands[smooth ? "pool smooth" : "pool"]);
    return { small, switches: smooth ? null : switchesOf(photo, factor) };
  }
  const name = down === "stride" ? (smooth ? "stride smooth" : "stride") : smooth ? "triangle" : "area";
  return { small: resample(photo, bands[name]), switches: null };
}

// Back to the size by one way; null where there are no switches to unpool with.
function makeLarger(data, { small, switches }, way, { factor, kernel, phases }) {
  const size = data.size;
  if (data.up[factor][way]) return resample(small, data.up[factor][way]);
  if (way === "transposed") return stamped(small, kernel, factor, size);
  if (way === "shuffle") return shuffled(small, data.phases[factor][phases], factor, size);
  return switches && putBack(small, switches, size);
}
