// Runs a network that the library wrote down as a list of steps. A map is {numbers, channels, rows, columns}, its
// numbers channel by channel, row by row. Each operation gets the maps that a step reads, and the step.
"use strict";

function emptyMap(channels, rows, columns) {
  return { numbers: new Float32Array(channels * rows * columns), channels, rows, columns };
}

function eachNumber(map, change) {
  return { ...map, numbers: map.numbers.map(change) };
}

// One number for each channel, such as a gate, meets all places of its channel.
function together(one, other, combine) {
  const [large, small] = one.numbers.length >= other.numbers.length ? [one, other] : [other, one];
  const result = emptyMap(large.channels, large.rows, large.columns);
  const repeat = large.numbers.length / small.numbers.length;
  for (let at = 0; at < result.numbers.length; at++) {
    result.numbers[at] = combine(large.numbers[at], small.numbers[Math.floor(at / repeat)]);
  }
  return result;
}

// Adds weight times every stride-th number of a row to a row of the result: what all convolutions are made of.
function addRow(to, toFirst, toStep, from, fromFirst, fromStep, weight, count) {
  for (let at = 0; at < count; at++) to[toFirst + at * toStep] += weight * from[fromFirst + at * fromStep];
}

const operations = {
  add: ([one, other]) => together(one, other, (a, b) => a + b),
  multiply: ([one, other]) => together(one, other, (a, b) => a * b),
  relu: ([map]) => eachNumber(map, number => Math.max(number, 0)),
  hardswish: ([map]) => eachNumber(map, number => number * Math.min(Math.max(number + 3, 0), 6) / 6),
  sigmoid: ([map]) => eachNumber(map, number => 1 / (1 + Math.exp(-number))), // exp may be infinite: then it is 0

  mean([map]) {
    const places = map.rows * map.columns, result = emptyMap(map.channels, 1, 1);
    for (let channel = 0; channel < map.channels; channel++) {
      let sum = 0;
      for (let at = channel * places; at < (channel + 1) * places; at++) sum += map.numbers[at];
      result.numbers[channel] = sum / places;
    }
    return result;
  },

  pad([map], { pad: [left, right, above, below] }) {
    const result = emptyMap(map.channels, above + map.rows + below, left + map.columns + right);
    for (let row = 0; row < map.channels * map.rows; row++) {
      const channel = Math.floor(row / map.rows);
      const first = (row + channel * (above + below) + above) * result.columns + left;
      result.numbers.set(map.numbers.subarray(row * map.columns, (row + 1) * map.columns), first);
    }
    return result;
  },

  conv2d([map], { weight, bias, stride, padding, groups }) {
    const [rowsOfZeros, columnsOfZeros] = padding;
    if (rowsOfZeros || columnsOfZeros) {
      map = operations.pad([map], { pad: [columnsOfZeros, columnsOfZeros, rowsOfZeros, rowsOfZeros] });
    }
    const [outputs, inputs, tapRows, tapColumns] = weight.shape;
    const rows = Math.floor((map.rows - tapRows) / stride[0]) + 1;
    const columns = Math.floor((map.columns - tapColumns) / stride[1]) + 1;
    const result = emptyMap(outputs, rows, columns);

    let tap = 0;
    for (let output = 0; output < outputs; output++) {
      const group = Math.floor(output / (outputs / groups));
      result.numbers.fill(bias.numbers[output], output * rows * columns, (output + 1) * rows * columns);
      for (let input = 0; input < inputs; input++) {
        const plane = (group * inputs + input) * map.rows;
        for (let down = 0; down < tapRows; down++) {
          for (let across = 0; across < tapColumns; across++, tap++) {
            for (let row = 0; row < rows; row++) {
              const from = (plane + row * stride[0] + down) * map.columns + across;
              addRow(result.numbers, (output * rows + row) * columns, 1, map.numbers, from, stride[1],
                weight.numbers[tap], columns);
            }
          }
        }
      }
    }
    return result;
  },

  // The same sums, with input and output in each other's place: every cell is spread over a window.
  conv_transpose2d([map], { weight, bias, stride }) {
    const [inputs, outputs, tapRows, tapColumns] = weight.shape;
    const rows = (map.rows - 1) * stride[0] + tapRows, columns = (map.columns - 1) * stride[1] + tapColumns;
    const result = emptyMap(outputs, rows, columns);
    for (let output = 0; output < outputs; output++) {
      result.numbers.fill(bias.numbers[output], output * rows * columns, (output + 1) * rows * columns);
    }

    let tap = 0;
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        for (let down = 0; down < tapRows; down++) {
          for (let across = 0; across < tapColumns; across++, tap++) {
            for (let row = 0; row < map.rows; row++) {
              const to = (output * rows + row * stride[0] + down) * columns + across;
              addRow(result.numbers, to, stride[1], map.numbers, (input * map.rows + row) * map.columns, 1,
                weight.numbers[tap], map.columns);
            }
          }
        }
      }
    }
    return result;
  },

  // A matrix for the rows and one for the columns; each row of them is [first column, weight, weight, …].
  interpolate([map], { matrices }) {
    return resize(map, matrices[map.rows], matrices[map.columns]);
  },
};

function resize(map, down, across) {
  const between = emptyMap(map.channels, down.length, map.columns);
  for (let channel = 0; channel < map.channels; channel++) {
    down.forEach(([first, ...weights], row) => weights.forEach((weight, tap) => addRow(between.numbers,
      (channel * down.length + row) * map.columns, 1,
      map.numbers, (channel * map.rows + first + tap) * map.columns, 1, weight, map.columns)));
  }

  const result = emptyMap(map.channels, down.length, across.length);
  across.forEach(([first, ...weights], column) => weights.forEach((weight, tap) => addRow(result.numbers,
    column, across.length, between.numbers, first + tap, map.columns, weight, map.channels * down.length)));
  return result;
}

// The matrix of bilinear interpolation with half-pixel centres, its triangle as wide as the pixels it merges.
function photographMatrix(size, wanted) {
  const scale = size / wanted, reach = Math.max(scale, 1);
  return Array.from({ length: wanted }, (_, row) => {
    const centre = (row + 0.5) * scale - 0.5;
    const first = Math.max(Math.ceil(centre - reach), 0), last = Math.min(Math.floor(centre + reach), size - 1);
    const weights = [];
    for (let at = first; at <= last; at++) weights.push(1 - Math.abs(at - centre) / reach);
    const sum = weights.reduce((a, b) => a + b);
    return [first, ...weights.map(weight => weight / sum)];
  });
}

// Half precision: one bit of sign, five of exponent, ten of fraction.
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = bits >> 10 & 31, fraction = (bits & 1023) / 1024;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
}

function readWeights(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  return Float32Array.from(new Uint16Array(bytes.buffer), fromHalf);
}

// A step with its weights in place of where they lie, and the matrices if it resizes.
function prepared(step, weights, matrices) {
  const ready = { ...step, matrices };
  for (const name of ["weight", "bias"]) {
    const where = step[name];
    if (!where) continue;
    const count = where.shape.reduce((a, b) => a * b);
    ready[name] = { shape: where.shape,
      numbers: where.numbers ?? weights.subarray(where.first, where.first + count) };
  }
  return ready;
}

function run(plan, weights, image) {
  const maps = [image];
  for (const step of plan.steps) {
    maps.push(operations[step.operation](step.inputs.map(place => maps[place]), prepared(step, weights, plan.matrices)));
  }
  return maps;
}

let network = null;

self.onmessage = ({ data }) => {
  if (data.plan) {
    network = { plan: data.plan, weights: readWeights(data.weights) };
    return;
  }
  const { plan, weights } = network, start = performance.now();
  const image = resize(data.photograph, photographMatrix(data.photograph.rows, plan.size),
    photographMatrix(data.photograph.columns, plan.size));
  const maps = run(plan, weights, image);
  const named = places => Object.fromEntries(Object.entries(places).map(([name, place]) => [name, maps[place]]));
  self.postMessage({ image, outputs: named(plan.outputs), maps: named(plan.maps),
    milliseconds: performance.now() - start });
};
