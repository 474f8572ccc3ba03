// What each kind of layer does to channels, sizes, places and costs. The same arithmetic as lib/plan/layers.py, which
// explains it; the browser test holds the two together over thousands of random chains.
//
// A layer is a plain object: kind, what follows it (then), the name its output is kept under (keep), and its settings as
// pairs [rows, columns]. A shape is [channels, rows, columns]. Whatever cannot be throws a Refusal.

class Refusal extends Error {}
class Mismatch extends Refusal {}

const product = (numbers) => numbers.reduce((all, one) => all * one, 1);
const quotient = (number, by) => Math.floor(number / by);

// The size laws, along one axis.

function windowReach(kernel, dilation) {
  return dilation * (kernel - 1);
}

function windowSize(size, kernel, stride, zeros, dilation) {
  const room = size + zeros - windowReach(kernel, dilation) - 1;
  if (room < 0) {
    throw new Refusal(say("the window spans {cells} cells, the input with its padding only {room}", { cells: windowReach(kernel, dilation) + 1, room: size + zeros }));
  }
  return quotient(room, stride) + 1;
}

function pooledSize(size, kernel, stride, padding, dilation, ceil) {
  if (2 * padding > kernel) {
    throw new Refusal(say("padding may be at most half of the window of {kernel}, and is {padding}", { kernel, padding }));
  }
  if (!ceil) return windowSize(size, kernel, stride, 2 * padding, dilation);

  let windows = Math.ceil((size + 2 * padding - windowReach(kernel, dilation) - 1) / stride) + 1;
  if ((windows - 1) * stride >= size + padding) windows -= 1; // the last would begin in the lower padding
  if (windows < 1) {
    throw new Refusal(say("the window spans {cells} cells, more than a stride beyond the input", { cells: windowReach(kernel, dilation) + 1 }));
  }
  return windows;
}

function smallestTransposedSize(layer, size, axis) {
  const reach = windowReach(layer.kernel[axis], layer.dilation[axis]);
  return (size - 1) * layer.stride[axis] - 2 * layer.padding[axis] + reach + 1;
}

function transposedSize(layer, size, axis, kept) {
  const smallest = smallestTransposedSize(layer, size, axis);
  const stride = layer.stride[axis];
  let extra = layer.outputPadding[axis];
  if (layer.to) {
    const wanted = kept.get(layer.to).shape[axis + 1];
    extra = wanted - smallest;
    if (extra < 0 || extra >= stride) {
      throw new Refusal(say("the size must be from {smallest} to {largest}, and {wanted} is asked for", { smallest, largest: smallest + stride - 1, wanted }));
    }
  }
  if (extra >= Math.max(stride, layer.dilation[axis])) {
    throw new Refusal(say("the output padding must be smaller than stride or dilation, and is {extra} with stride {stride}", { extra, stride }));
  }
  if (smallest + extra < 1) throw new Refusal(say("padding {padding} cuts off the whole output", { padding: layer.padding[axis] }));
  return smallest + extra;
}

function unpooledSize(layer, size, axis, kept) {
  const switches = kept.get(layer.of).shape[axis + 1];
  const pooled = kept.get(layer.of).before[axis + 1];
  if (size !== switches) {
    throw new Refusal(say("the switches of {name} have {switches} cells along an axis on which {size} arrive", { name: layer.of, switches, size }));
  }
  const pool = kept.get(layer.of).layer;
  const usual = (size - 1) * pool.stride[axis] - 2 * pool.padding[axis] + pool.kernel[axis];
  if (!layer.fit) {
    if (usual < 1) throw new Refusal(say("padding {padding} leaves nothing of {size} cells", { padding: pool.padding[axis], size }));
    return usual;
  }
  if (Math.abs(pooled - usual) >= pool.stride[axis]) {
    throw new Refusal(say("the size must be less than a stride from {usual}, and {pooled} is asked for", { usual, pooled }));
  }
  return pooled;
}

// What an output cell reads: the span [first, last] of input cells, as if the input went on for ever; null: nothing.

function stampsThatReach([first, last], kernel, stride, padding, dilation) {
  // Cell i reaches i s - p + d t for t from 0 to k - 1; within d cells every hole of a dilated stamp has had its turn.
  const reaches = (cell) => {
    const tap = Math.max(Math.ceil((first + padding - cell * stride) / dilation), 0);
    return tap < kernel && tap * dilation <= last + padding - cell * stride;
  };
  let start = Math.ceil((first + padding - windowReach(kernel, dilation)) / stride);
  let end = quotient(last + padding, stride);
  for (let turn = 0; turn < dilation; turn++) {
    if (!reaches(start)) start += 1;
    if (!reaches(end)) end -= 1;
  }
  return reaches(start) && reaches(end) ? [start, end] : null;
}

const TAPS = { nearest: 0, "nearest-exact": 0, bilinear: 2, bicubic: 4 }; // products along one axis

// How many output cells there are to an input cell, as a fraction.
function ratioOf(layer, axis, size, output) {
  return layer.scale ? layer.scale[axis] : [output, size];
}

function interpolatedFrom(cell, layer, axis, size, output) {
  const [up, down] = ratioOf(layer, axis, size, output);
  if (layer.mode === "nearest") return [quotient(cell * down, up), quotient(cell * down, up)];
  if (layer.mode === "nearest-exact") {
    const from = quotient((2 * cell + 1) * down, 2 * up);
    return [from, from];
  }
  const [above, below] = layer.corners
    ? [cell * (size - 1), Math.max(output - 1, 1)]
    : [(2 * cell + 1) * down - up, 2 * up];
  const floor = quotient(above, below);
  const more = TAPS[layer.mode] / 2;
  return above % below === 0 ? [floor, floor] : [floor - more + 1, floor + more];
}

function interpolationReads([first, last], layer, axis, size, output) {
  return [
    interpolatedFrom(first, layer, axis, size, output)[0],
    interpolatedFrom(last, layer, axis, size, output)[1],
  ];
}

function interpolationPlace(layer, axis, size, output) {
  if (layer.corners) return [output > 1 ? (size - 1) / (output - 1) : 0, 0];
  const [up, down] = ratioOf(layer, axis, size, output);
  return [down / up, down / up / 2 - 0.5];
}

function checkGroups(layer, channels) {
  if (channels % layer.groups || layer.channels % layer.groups) {
    throw new Refusal(say("groups {groups} must divide the {channels} channels that come in and the {output} that go out", { groups: layer.groups, channels, output: layer.channels }));
  }
  return layer.channels;
}

// Padding in front: 'same' puts the odd zero after.
function zerosBefore(layer, axis) {
  return layer.same ? quotient(windowReach(layer.kernel[axis], layer.dilation[axis]), 2) : layer.padding[axis];
}

const kernelWeights = (layer, inputs, outputs) =>
  inputs * outputs / layer.groups * product(layer.kernel) + (layer.bias ? layer.channels : 0);

const asIs = {
  channels: (layer, channels) => channels,
  size: (layer, size) => size,
  reads: (span) => span,
  place: () => [1, 0], // [step, offset]: output cell j lies over step j + offset of the input
  weights: () => 0,
  multiplications: () => 0,
};

const sliding = {
  ...asIs,
  reads: ([first, last], layer, axis) => [
    first * layer.stride[axis] - zerosBefore(layer, axis),
    last * layer.stride[axis] - zerosBefore(layer, axis) + windowReach(layer.kernel[axis], layer.dilation[axis]),
  ],
  place: (layer, axis) => [
    layer.stride[axis],
    windowReach(layer.kernel[axis], layer.dilation[axis]) / 2 - zerosBefore(layer, axis),
  ],
};

const pooling = {
  ...sliding,
  size: (layer, size, axis) =>
    pooledSize(size, layer.kernel[axis], layer.stride[axis], layer.padding[axis], layer.dilation[axis], layer.ceil),
};

const sides = (layer, axis) => (axis === 0 ? [layer.top, layer.bottom] : [layer.left, layer.right]);
const resized = (output) => ({ size: [output, output], mode: "bilinear" });

const joining = {
  ...asIs,
  size(layer, size, axis, kept) {
    const skip = kept.get(layer.of).shape[axis + 1];
    if (size !== skip && !layer.fit) throw new Mismatch(say("sizes must match: {size} arrive, but {name} has {skip}", { size, name: layer.of, skip }));
    return layer.fit === "crop" ? size : skip;
  },
  reads(span, layer, axis, size, output) {
    if (layer.fit === "resize") return interpolationReads(span, resized(output), axis, size, output);
    const start = quotient(output - size, 2);
    return [span[0] - start, span[1] - start];
  },
  place(layer, axis, size, output) {
    if (layer.fit === "resize") return interpolationPlace(resized(output), axis, size, output);
    return [1, -quotient(output - size, 2)];
  },
};

// The cell of the skip that meets the first output cell.
const skipStart = (layer, skip, output) => (layer.fit === "crop" ? quotient(skip - output, 2) : 0);

const LAWS = {
  same: asIs,
  conv: {
    ...sliding,
    channels: checkGroups,
    size(layer, size, axis) {
      if (layer.same && layer.stride[axis] > 1) throw new Refusal(say("padding 'same' needs stride 1"));
      const reach = windowReach(layer.kernel[axis], layer.dilation[axis]);
      const zeros = layer.same ? reach : 2 * layer.padding[axis];
      return windowSize(size, layer.kernel[axis], layer.stride[axis], zeros, layer.dilation[axis]);
    },
    weights: (layer, channels) => kernelWeights(layer, channels, layer.channels),
    multiplications: (layer, before, after) =>
      product(after) * (before[0] / layer.groups) * product(layer.kernel),
  },
  max: pooling,
  avg: { ...pooling, multiplications: (layer, before, after) => product(after) },
  convt: {
    ...asIs,
    channels: checkGroups,
    size: transposedSize,
    reads: (span, layer, axis) =>
      stampsThatReach(span, layer.kernel[axis], layer.stride[axis], layer.padding[axis], layer.dilation[axis]),
    place: (layer, axis) => [
      1 / layer.stride[axis],
      (layer.padding[axis] - windowReach(layer.kernel[axis], layer.dilation[axis]) / 2) / layer.stride[axis],
    ],
    weights: (layer, channels) => kernelWeights(layer, channels, layer.channels),
    multiplications: (layer, before) =>
      product(before) * (layer.channels / layer.groups) * product(layer.kernel),
  },
  up: {
    ...asIs,
    size(layer, size, axis, kept) {
      if (layer.to) return kept.get(layer.to).shape[axis + 1];
      if (layer.size) return layer.size[axis];
      const scale = layer.scale[axis][0] / layer.scale[axis][1];
      const scaled = Math.floor(size * scale);
      if (scaled < 1) throw new Refusal(say("scale_factor {scale} leaves nothing of {size} cells", { scale, size }));
      return scaled;
    },
    reads: interpolationReads,
    place: interpolationPlace,
    multiplications: (layer, before, after) => product(after) * TAPS[layer.mode] ** 2,
  },
  unpool: {
    ...asIs,
    channels(layer, channels, kept) {
      const switches = kept.get(layer.of).shape[0];
      if (channels !== switches) {
        throw new Refusal(say("the switches of {name} have {switches} channels, but {channels} arrive", { name: layer.of, switches, channels }));
      }
      return channels;
    },
    size: unpooledSize,
    reads: (span, layer, axis) =>
      stampsThatReach(span, layer.pooling.kernel[axis], layer.pooling.stride[axis], layer.pooling.padding[axis], 1),
    place: (layer, axis) => {
      const { kernel, stride, padding } = layer.pooling;
      return [1 / stride[axis], (padding[axis] - (kernel[axis] - 1) / 2) / stride[axis]];
    },
  },
  shuffle: {
    ...asIs,
    channels(layer, channels) {
      const block = layer.factor ** 2;
      if (channels % block) throw new Refusal(say("channels must be divisible by {factor}² = {block}, and are {channels}", { factor: layer.factor, block, channels }));
      return channels / block;
    },
    size: (layer, size) => size * layer.factor,
    reads: ([first, last], layer) => [quotient(first, layer.factor), quotient(last, layer.factor)],
    place: (layer) => [1 / layer.factor, 0.5 / layer.factor - 0.5],
  },
  unshuffle: {
    ...asIs,
    channels: (layer, channels) => channels * layer.factor ** 2,
    size(layer, size) {
      if (size % layer.factor) throw new Refusal(say("sizes must be divisible by {factor}, and one is {size}", { factor: layer.factor, size }));
      return size / layer.factor;
    },
    reads: ([first, last], layer) => [first * layer.factor, last * layer.factor + layer.factor - 1],
    place: (layer) => [layer.factor, (layer.factor - 1) / 2],
  },
  pad: {
    ...asIs,
    size(layer, size, axis) {
      const padded = size + sides(layer, axis)[0] + sides(layer, axis)[1];
      const left = sides(layer, axis).reduce((rest, side) => rest + Math.min(side, 0), size);
      if (left < 1) throw new Refusal(say("so much cut off leaves nothing of {size} cells", { size }));
      return padded;
    },
    reads: ([first, last], layer, axis) => [first - sides(layer, axis)[0], last - sides(layer, axis)[0]],
    place: (layer, axis) => [1, -sides(layer, axis)[0]],
  },
  cat: { ...joining, channels: (layer, channels, kept) => channels + kept.get(layer.of).shape[0] },
  add: {
    ...joining,
    channels(layer, channels, kept) {
      const others = kept.get(layer.of).shape[0];
      if (channels !== others) throw new Refusal(say("a sum needs equal channels, and {channels} meet {others}", { channels, others }));
      return channels;
    },
  },
};

const isJoin = (layer) => layer.kind === "cat" || layer.kind === "add";
