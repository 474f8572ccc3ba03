// How close an image is to another, as lib.psnr, lib.ssim and lib.learn.checkerboard_energy have it.

function meanOf(cells) {
  let sum = 0;
  for (let cell = 0; cell < cells.length; cell++) sum += cells[cell];
  return sum / cells.length;
}

function psnr(one, other) {
  const error = meanOf(one.cells.map((value, cell) => (value - other.cells[cell]) ** 2));
  return error ? 10 * Math.log10(1 / error) : Infinity;
}

// In a Gaussian window around every pixel that has one; the window's weights come from the library. Its means take
// long, so that this yields between them.
function* ssim(one, other, window) {
  const count = one.rows - window.length + 1;
  const band = { starts: Array.from({ length: count }, (_, place) => place), kinds: new Array(count).fill(0), weights: [window] };
  const local = (cells) => resample({ ...one, cells }, band).cells;
  const means = [];
  for (const [first, second] of [[one], [other], [one, one], [other, other], [one, other]]) {
    means.push(local(second ? first.cells.map((value, cell) => value * second.cells[cell]) : first.cells));
    yield;
  }
  const [meanOne, meanOther, squares, otherSquares, products] = means;
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
  return meanOf(meanOne.map((a, cell) => {
    const b = meanOther[cell];
    const variances = squares[cell] - a * a + otherSquares[cell] - b * b;
    return ((2 * a * b + c1) * (2 * (products[cell] - a * b) + c2)) / ((a * a + b * b + c1) * (variances + c2));
  }));
}

// The share of the variance that repeats every so many pixels.
function checkerboardEnergy({ rows, columns, cells }, period) {
  const mean = meanOf(cells);
  const phases = new Float64Array(period * period);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = cells[row * columns + column] - mean;
      phases[(row % period) * period + (column % period)] += value;
      total += value * value;
    }
  }
  const each = cells.length / phases.length;
  return total ? meanOf(phases.map((sum) => (sum / each) ** 2)) / (total / cells.length) : 0;
}

const differenceOf = (one, other) => ({ ...one, cells: one.cells.map((value, cell) => value - other.cells[cell]) });

function* measuring(back, photo, data, factor) {
  const closeness = psnr(back, photo);
  const energy = checkerboardEnergy(differenceOf(back, photo), factor);
  yield;
  return { psnr: closeness, ssim: yield* ssim(back, photo, data.window), energy };
}

// Do all that a generator does without its pauses.
function atOnce(steps) {
  for (let step; ; ) if ((step = steps.next()).done) return step.value;
}

const measure = (...given) => atOnce(measuring(...given));
