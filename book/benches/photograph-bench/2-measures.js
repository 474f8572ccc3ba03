// How close an image is to another, as lib.psnr, lib.ssim and lib.learn.checkerboard_energy have it.

const meanOf = (cells) => cells.reduce((sum, value) => sum + value, 0) / cells.length;

function psnr(one, other) {
  const error = meanOf(one.cells.map((value, cell) => (value - other.cells[cell]) ** 2));
  return error ? 10 * Math.log10(1 / error) : Infinity;
}

// In a Gaussian window around every pixel that has one; the window's weights come from the library.
function ssim(one, other, window) {
  const count = one.rows - window.length + 1;
  const band = { starts: Array.from({ length: count }, (_, place) => place), kinds: new Array(count).fill(0), weights: [window] };
  const local = (cells) => resample({ ...one, cells }, band).cells;
  const [meanOne, meanOther] = [local(one.cells), local(other.cells)];
  const squares = [one, other].map(({ cells }) => local(cells.map((value) => value * value)));
  const products = local(one.cells.map((value, cell) => value * other.cells[cell]));
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
  return meanOf(meanOne.map((a, cell) => {
    const b = meanOther[cell];
    const variances = squares[0][cell] - a * a + squares[1][cell] - b * b;
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

function measure(back, photo, data, factor) {
  return {
    psnr: psnr(back, photo), ssim: ssim(back, photo, data.window),
    energy: checkerboardEnergy(differenceOf(back, photo), factor),
  };
}
