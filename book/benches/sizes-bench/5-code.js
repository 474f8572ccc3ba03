// The chain as code: PyTorch, Keras, ONNX's textual form, and this course's own lib.

const pairCode = ([rows, columns]) => (rows === columns ? `${rows}` : `(${rows}, ${columns})`);
const setting = (name, value, usual) => (String(value) === String(usual) ? [] : [`${name}=${Array.isArray(value) ? pairCode(value) : value}`]);
const scaleCode = (scale) => pairCode(scale.map(([above, below]) => above / below));

// Where the margins that make two sizes equal go: before and after, as floor division splits them.
const split = (difference) => [quotient(difference, 2), difference - quotient(difference, 2)];

function codeOf(chain, rows, language) {
  const end = rows.findIndex((row) => !row.shape);
  if (end > 0) return `# ${say("Row {row} cannot work: {problem}.", { row: end, problem: rows[end].problem })}\n# ${say("Mend it first.")}`;
  const write = { pytorch: torchCode, keras: kerasCode, onnx: onnxCode, lib: libCode }[language];
  const apart = rows.findIndex((row) => row.problem);
  const warning = apart < 0 ? [] : [`# ${say("Row {row} will fail as long as its sizes differ: {arriving} and {skip}.", {
    row: apart, arriving: rows[apart].arriving.join(" x "), skip: rows[apart].skip.join(" x ") })}`];
  return [...warning, ...write(chain, rows)].join("\n") + "\n";
}

// PyTorch: nn.Sequential where the chain is one, else a module of its own.

const TORCH_FOLLOWERS = {
  relu: () => "nn.ReLU()", norm: (channels) => `nn.BatchNorm2d(${channels})`, dropout: () => "nn.Dropout2d()",
  leakyrelu: () => "nn.LeakyReLU()", gelu: () => "nn.GELU()", silu: () => "nn.SiLU()", sigmoid: () => "nn.Sigmoid()",
  tanh: () => "nn.Tanh()", softmax: () => "nn.Softmax(dim=1)", elu: () => "nn.ELU()", prelu: () => "nn.PReLU()",
  hardswish: () => "nn.Hardswish()", relu6: () => "nn.ReLU6()", identity: () => "nn.Identity()",
  groupnorm: (channels) => `nn.GroupNorm(1, ${channels})`, instancenorm: (channels) => `nn.InstanceNorm2d(${channels})`,
};

const convolutionArguments = (layer) => [
  ...setting("stride", layer.stride, [1, 1]),
  ...(layer.same ? ['padding="same"'] : setting("padding", layer.padding, [0, 0])),
  ...setting("output_padding", layer.outputPadding, [0, 0]),
  ...setting("dilation", layer.dilation, [1, 1]),
  ...setting("groups", layer.groups, 1),
];

function torchModule(layer, before, returnIndices = false) {
  const call = (name, ...values) => `nn.${name}(${values.flat().join(", ")})`;
  switch (layer.kind) {
    case "conv":
    case "convt":
      return call(layer.kind === "conv" ? "Conv2d" : "ConvTranspose2d", before[0], layer.channels, pairCode(layer.kernel),
        convolutionArguments(layer), layer.bias ? [] : ["bias=False"]);
    case "max":
    case "avg":
      return call(layer.kind === "max" ? "MaxPool2d" : "AvgPool2d", pairCode(layer.kernel),
        setting("stride", layer.stride, layer.kernel), setting("padding", layer.padding, [0, 0]),
        setting("dilation", layer.dilation, [1, 1]), layer.ceil ? ["ceil_mode=True"] : [], returnIndices ? ["return_indices=True"] : []);
    case "unpool":
      return call("MaxUnpool2d", pairCode(layer.pooling.kernel), setting("stride", layer.pooling.stride, layer.pooling.kernel),
        setting("padding", layer.pooling.padding, [0, 0]));
    case "up":
      return call("Upsample", torchTarget(layer), `mode="${layer.mode}"`, layer.corners ? ["align_corners=True"] : []);
    case "shuffle":
      return call("PixelShuffle", layer.factor);
    case "unshuffle":
      return call("PixelUnshuffle", layer.factor);
    case "pad":
      return call("ZeroPad2d", `(${[layer.left, layer.right, layer.top, layer.bottom].join(", ")})`);
    default:
      return null;
  }
}

const torchTarget = (layer) => {
  if (layer.to) return `size=${layer.to}.shape[-2:]`;
  return layer.size ? `size=(${layer.size.join(", ")})` : `scale_factor=${scaleCode(layer.scale)}`;
};

function torchCode(chain, rows) {
  const needsModule = chain.layers.some((layer) => isJoin(layer) || layer.kind === "unpool" || layer.to);
  const shape = `(1, ${rows[0].shape.join(", ")})`;
  if (!needsModule) {
    const modules = chain.layers.flatMap((layer, place) => [
      torchModule(layer, rows[place].shape), ...layer.then.map((word) => TORCH_FOLLOWERS[word](rows[place + 1].shape[0])),
    ]).filter(Boolean);
    return [
      "import torch", "from torch import nn", "", "net = nn.Sequential(", ...modules.map((line) => `    ${line},`), ")",
      `print(net(torch.zeros${shape}).shape)`,
    ];
  }
  const made = [];
  const forward = [];
  if (chain.keep) forward.push(`${chain.keep} = x`);
  chain.layers.forEach((layer, place) => torchStep(chain, rows, layer, place + 1, made, forward));
  return [
    "import torch", "from torch import nn", "from torch.nn import functional as F", "", "", "class Net(nn.Module):",
    "    def __init__(self):", "        super().__init__()", ...made.map((line) => `        ${line}`), "",
    "    def forward(self, x):", ...forward.map((line) => `        ${line}`), "        return x", "", "",
    "net = Net()", `print(net(torch.zeros${shape}).shape)`,
  ];
}

// One row of the chain: what the module holds for it, and what its forward does.
function torchStep(chain, rows, layer, row, made, forward) {
  const channels = rows[row].shape[0];
  const followers = layer.then.map((word) => TORCH_FOLLOWERS[word](channels));
  const switches = layer.kind === "max" && chain.layers.some((other) => other.kind === "unpool" && other.of === layer.keep);
  const direct = !isJoin(layer) && layer.kind !== "unpool" && !layer.to && !switches && layer.kind !== "same";
  const module = torchModule(layer, rows[row - 1].shape, switches);
  const held = direct ? [module, ...followers] : followers;

  if (isJoin(layer)) forward.push(...torchJoin(layer, rows[row]));
  else if (layer.kind === "up" && layer.to) {
    forward.push(`x = F.interpolate(x, ${torchTarget(layer)}, mode="${layer.mode}"${layer.corners ? ", align_corners=True" : ""})`);
  } else if (!direct && layer.kind !== "same") {
    made.push(`self.layer${row} = ${module}`);
    if (switches) forward.push(`x, indices_${layer.keep} = self.layer${row}(x)`);
    else if (layer.kind === "unpool") {
      const size = layer.fit ? `, output_size=size_${layer.of}` : "";
      forward.push(`x = self.layer${row}(x, indices_${layer.of}${size})`);
    } else forward.push(`x = self.layer${row}(x, output_size=${layer.to}.shape[-2:])`);
  }
  if (switches) forward.splice(-1, 0, `size_${layer.keep} = x.shape[-2:]`);
  if (held.length) {
    const name = direct ? `layer${row}` : `after${row}`;
    made.push(`self.${name} = ${held.length > 1 ? `nn.Sequential(${held.join(", ")})` : held[0]}`);
    forward.push(`x = self.${name}(x)`);
  }
  if (layer.keep) forward.push(`${layer.keep} = x`);
}

function torchJoin(layer, row) {
  const lines = [];
  let skip = layer.of;
  const [dy, dx] = [0, 1].map((axis) => row.skip[axis] - row.arriving[axis]);
  if (layer.fit === "resize") lines.push(`x = F.interpolate(x, size=${layer.of}.shape[-2:], mode="bilinear")`);
  if (layer.fit === "pad" && (dy || dx)) lines.push(`x = F.pad(x, (${[...split(dx), ...split(dy)].join(", ")}))`);
  if (layer.fit === "crop" && (dy || dx)) {
    skip = `F.pad(${layer.of}, (${[...cropped(dx), ...cropped(dy)].join(", ")}))`;
  }
  return [...lines, layer.kind === "cat" ? `x = torch.cat([${skip}, x], dim=1)` : `x = x + ${skip}`];
}

// What is cut off a skip that is larger by so much, as negative padding (or added, if it is smaller).
const cropped = (difference) => split(difference).map((part) => -part || 0);

// Keras, functional, channels last. Its layers pad by words; numbers become layers of their own.

function kerasCode(chain, rows) {
  const lines = [];
  const put = (call) => lines.push(`x = ${call}(x)`);
  if (chain.keep) lines.push(`${chain.keep} = x`);
  chain.layers.forEach((layer, place) => {
    kerasStep(layer, rows, place + 1, lines, put);
    layer.then.forEach((word) => put(KERAS_FOLLOWERS[word]));
    if (layer.keep) lines.push(`${layer.keep} = x`);
  });
  const [channels, height, width] = rows[0].shape;
  return [
    "import keras", "from keras import layers, ops", "", `inputs = keras.Input((${height}, ${width}, ${channels}))  # ${say("rows, columns, channels")}`,
    "x = inputs", ...lines, "model = keras.Model(inputs, x)", "print(model.output_shape)",
  ];
}

const KERAS_FOLLOWERS = {
  relu: "layers.ReLU()", norm: "layers.BatchNormalization()", dropout: "layers.SpatialDropout2D(0.5)",
  leakyrelu: "layers.LeakyReLU(negative_slope=0.01)", gelu: 'layers.Activation("gelu")', silu: 'layers.Activation("silu")',
  sigmoid: 'layers.Activation("sigmoid")', tanh: 'layers.Activation("tanh")', softmax: "layers.Softmax(axis=-1)",
  elu: "layers.ELU()", prelu: "layers.PReLU(shared_axes=[1, 2, 3])", hardswish: 'layers.Activation("hard_swish")',
  relu6: "layers.ReLU(max_value=6)", identity: "layers.Identity()", groupnorm: "layers.GroupNormalization(groups=1)",
  instancenorm: "layers.GroupNormalization(groups=-1, center=False, scale=False)",
};

const kerasMargins = ([top, bottom], [left, right]) => `((${top}, ${bottom}), (${left}, ${right}))`;

function kerasPadding(rowsPadding, columnsPadding, put) {
  const all = [...rowsPadding, ...columnsPadding];
  const [more, less] = [1, -1].map((sign) => [rowsPadding, columnsPadding].map((side) => side.map((part) => Math.max(sign * part, 0))));
  if (Math.max(...all) > 0) put(`layers.ZeroPadding2D(${kerasMargins(...more)})`);
  if (Math.min(...all) < 0) put(`layers.Cropping2D(${kerasMargins(...less)})`);
}

function kerasStep(layer, rows, row, lines, put) {
  const [before, after] = [rows[row - 1].shape, rows[row].shape];
  const note = (text) => lines.push(`# ${text}`);
  const common = (...values) => values.flat().join(", ");
  switch (layer.kind) {
    case "conv":
      if (!layer.same) kerasPadding([layer.padding[0], layer.padding[0]], [layer.padding[1], layer.padding[1]], put);
      if (Math.max(...layer.stride) > 1 && Math.max(...layer.dilation) > 1) note(say("Keras refuses strides together with dilation_rate on some backends."));
      put(`layers.Conv2D(${common(layer.channels, pairCode(layer.kernel), setting("strides", layer.stride, [1, 1]),
        layer.same ? ['padding="same"'] : [], setting("dilation_rate", layer.dilation, [1, 1]), setting("groups", layer.groups, 1),
        layer.bias ? [] : ["use_bias=False"])})`);
      break;
    case "convt":
      kerasTransposed(layer, before, after, note, put);
      break;
    case "max":
    case "avg":
      kerasPooling(layer, before, after, note, put);
      break;
    case "up":
      kerasInterpolation(layer, after, note, put);
      break;
    case "shuffle":
      note(say("Channels are spread in another order than PyTorch's: columns and rows first, channels last."));
      put(`layers.Lambda(lambda t: ops.reshape(ops.transpose(ops.reshape(t, (-1, ${before[1]}, ${before[2]}, ${layer.factor}, ${layer.factor}, ${after[0]})), ` +
        `(0, 1, 3, 2, 4, 5)), (-1, ${after[1]}, ${after[2]}, ${after[0]})))`);
      break;
    case "unshuffle":
      note(say("Channels are gathered in another order than PyTorch's."));
      put(`layers.Lambda(lambda t: ops.reshape(ops.transpose(ops.reshape(t, (-1, ${after[1]}, ${layer.factor}, ${after[2]}, ${layer.factor}, ${before[0]})), ` +
        `(0, 1, 3, 2, 4, 5)), (-1, ${after[1]}, ${after[2]}, ${after[0]})))`);
      break;
    case "pad":
      kerasPadding([layer.top, layer.bottom], [layer.left, layer.right], put);
      break;
    case "unpool":
      note(say("Keras has no max unpooling. In its place, interpolation to the same size: the switches of {name} are lost.", { name: layer.of }));
      put(`layers.Resizing(${after[1]}, ${after[2]}, interpolation="nearest")`);
      break;
    case "cat":
    case "add":
      kerasJoin(layer, rows[row], lines, put);
      break;
  }
}

// With output_padding given and padding "valid", Keras makes (i - 1) s + k + op cells; padding is then cropped.
function kerasTransposed(layer, before, after, note, put) {
  const extra = [0, 1].map((axis) => after[axis + 1] - smallestTransposedSize(layer, before[axis + 1], axis));
  if (Math.max(...layer.dilation) > 1 || layer.groups > 1) note(say("Keras has dilation_rate for stride 1 only, and no groups, in Conv2DTranspose."));
  // A layer refuses an output padding of its stride or more; those rows are zeros (before the bias) and are padded on.
  const inside = extra.every((part, axis) => part < layer.stride[axis]);
  const given = inside ? extra : [0, 0];
  const dilation = setting("dilation_rate", layer.dilation, [1, 1]);
  put(`layers.Conv2DTranspose(${[layer.channels, pairCode(layer.kernel), ...setting("strides", layer.stride, [1, 1]),
    `output_padding=${pairCode(given)}`, ...dilation, ...(layer.bias ? [] : ["use_bias=False"])].join(", ")})`);
  const margin = (axis) => [-layer.padding[axis] || 0, (inside ? 0 : extra[axis]) - layer.padding[axis] || 0];
  kerasPadding(margin(0), margin(1), put);
}

function kerasPooling(layer, before, after, note, put) {
  // The cells that the windows reach behind the input: padding, and with ceil_mode what sticks out.
  const margins = [0, 1].map((axis) => {
    const reached = (after[axis + 1] - 1) * layer.stride[axis] + windowReach(layer.kernel[axis], layer.dilation[axis]) + 1;
    const room = before[axis + 1] + 2 * layer.padding[axis];
    return [layer.padding[axis], layer.padding[axis] + Math.max(reached - room, 0)];
  });
  if (Math.max(...margins.flat()) > 0) {
    note(layer.kind === "max" ? say("PyTorch pads with minus infinity; zeros stand in for it here.")
      : say("PyTorch pads with zeros, which beyond the padding do not count; zeros stand in for it here."));
    kerasPadding(...margins, put);
  }
  if (Math.max(...layer.dilation) > 1) {
    note(say("Keras has no dilation in pooling: the maximum over one strided slice for each cell of the window."));
    const slice = (axis, tap) => `${tap} : ${tap} + ${(after[axis + 1] - 1) * layer.stride[axis] + 1} : ${layer.stride[axis]}`;
    const taps = (axis) => `(${Array.from({ length: layer.kernel[axis] }, (_, tap) => `${tap * layer.dilation[axis]},`).join(" ")})`;
    put(`layers.Lambda(lambda t: ops.max(ops.stack([t[:, ${slice(0, "r")}, ${slice(1, "c")}] for r in ${taps(0)} for c in ${taps(1)}]), axis=0))`);
    return;
  }
  put(`layers.${layer.kind === "max" ? "MaxPooling2D" : "AveragePooling2D"}(${[pairCode(layer.kernel),
    ...setting("strides", layer.stride, layer.kernel)].join(", ")})`);
}

function kerasInterpolation(layer, after, note, put) {
  const whole = layer.scale?.every(([, below]) => below === 1);
  if (layer.corners) note(say("Keras does not align corners: the values differ."));
  if (layer.mode === "bicubic") note(say("Keras takes a = −0.5 for bicubic, PyTorch −0.75."));
  const mode = layer.mode.startsWith("nearest") ? "nearest" : layer.mode;
  put(whole
    ? `layers.UpSampling2D(${pairCode(layer.scale.map(([above]) => above))}, interpolation="${mode}")`
    : `layers.Resizing(${after[1]}, ${after[2]}, interpolation="${mode}")`);
}

function kerasJoin(layer, row, lines, put) {
  let skip = layer.of;
  const [dy, dx] = [0, 1].map((axis) => row.skip[axis] - row.arriving[axis]);
  if (layer.fit === "resize") put(`layers.Resizing(${row.skip[0]}, ${row.skip[1]}, interpolation="bilinear")`);
  if (layer.fit === "pad") kerasPadding(split(dy), split(dx), put);
  if (layer.fit === "crop" && (dy || dx)) {
    skip = "skip";
    lines.push(`skip = ${layer.of}`);
    kerasPadding(cropped(dy), cropped(dx), (call) => lines.push(`skip = ${call}(skip)`));
  }
  lines.push(layer.kind === "cat" ? `x = layers.Concatenate()([${skip}, x])` : `x = layers.Add()([x, ${skip}])`);
}

// ONNX in its textual form, which onnx.parser.parse_model reads. Weights are inputs of the graph.

function onnxCode(chain, rows) {
  const graph = { nodes: [], inputs: [`float[1, ${rows[0].shape.join(", ")}] x0`], place: new Map(), constants: 0 };
  let now = "x0";
  if (chain.keep) graph.place.set(chain.keep, now);
  chain.layers.forEach((layer, index) => {
    const row = index + 1;
    now = onnxStep(graph, layer, rows, row, now);
    layer.then.forEach((word, turn) => {
      now = onnxFollower(graph, word, rows[row].shape[0], now, `x${row}_${turn + 1}`, `${row}_${turn + 1}`);
    });
    if (layer.keep) graph.place.set(layer.keep, now);
  });
  if (now === "x0") now = onnxNode(graph, "x1", "Identity", ["x0"]);
  return [
    '<ir_version: 10, opset_import: ["" : 21]>', `chain (${graph.inputs.join(", ")})`,
    `=> (float[1, ${rows.at(-1).shape.join(", ")}] ${now})`, "{", ...graph.nodes.map((line) => `  ${line}`), "}",
  ];
}

function onnxNode(graph, output, operator, inputs, attributes = {}) {
  const said = Object.entries(attributes).map(([name, value]) => `${name} = ${Array.isArray(value) ? `[${value.join(", ")}]` : value}`);
  graph.nodes.push(`${output} = ${operator}${said.length ? ` <${said.join(", ")}>` : ""} (${inputs.join(", ")})`);
  return output.split(",")[0];
}

function onnxConstant(graph, type, values) {
  graph.constants += 1;
  const name = `c${graph.constants}`;
  graph.nodes.push(`${name} = Constant <value = ${type}[${values.length}] {${values.join(", ")}}> ()`);
  return name;
}

function onnxInput(graph, name, shape) {
  graph.inputs.push(`float[${shape.join(", ")}] ${name}`);
  return name;
}

const twoSides = (pair) => [...pair, ...pair]; // rows before, columns before, rows after, columns after

function onnxStep(graph, layer, rows, row, now) {
  const [before, after] = [rows[row - 1].shape, rows[row].shape];
  const output = `x${row}`;
  switch (layer.kind) {
    case "conv":
    case "convt": {
      const down = layer.kind === "conv";
      const shape = down
        ? [layer.channels, before[0] / layer.groups, ...layer.kernel]
        : [before[0], layer.channels / layer.groups, ...layer.kernel];
      const inputs = [now, onnxInput(graph, `w${row}`, shape), ...(layer.bias ? [onnxInput(graph, `b${row}`, [layer.channels])] : [])];
      const extra = [0, 1].map((axis) => after[axis + 1] - smallestTransposedSize(layer, before[axis + 1], axis));
      return onnxNode(graph, output, down ? "Conv" : "ConvTranspose", inputs, {
        kernel_shape: layer.kernel, strides: layer.stride, dilations: layer.dilation, group: layer.groups,
        pads: layer.same ? samePads(layer) : twoSides(layer.padding), ...(down ? {} : { output_padding: extra }),
      });
    }
    case "max":
    case "avg": {
      const attributes = { kernel_shape: layer.kernel, strides: layer.stride, ...onnxRounding(layer, before, after) };
      return layer.kind === "max"
        ? onnxNode(graph, `${output}, i${row}`, "MaxPool", [now], { ...attributes, dilations: layer.dilation })
        : onnxNode(graph, output, "AveragePool", [now], { ...attributes, count_include_pad: 1 });
    }
    case "up":
      return onnxResize(graph, output, now, layer, [1, ...after]);
    case "unpool": {
      const source = `i${/\d+/.exec(graph.place.get(layer.of))[0]}`; // the second output of the pooling's row
      const { kernel, stride, padding } = layer.pooling;
      const size = onnxConstant(graph, "int64", [1, ...after]);
      return onnxNode(graph, output, "MaxUnpool", [now, source, size], { kernel_shape: kernel, strides: stride, pads: twoSides(padding) });
    }
    case "shuffle":
      return onnxNode(graph, output, "DepthToSpace", [now], { blocksize: layer.factor, mode: '"CRD"' });
    case "unshuffle": // its channels come in another order than PyTorch's
      return onnxNode(graph, output, "SpaceToDepth", [now], { blocksize: layer.factor });
    case "pad":
      return onnxPad(graph, output, now, [layer.top, layer.bottom], [layer.left, layer.right]);
    case "cat":
    case "add":
      return onnxJoin(graph, layer, rows[row], before[0], output, now);
    default:
      return onnxNode(graph, output, "Identity", [now]);
  }
}

// PyTorch drops a window that would begin behind the input; readers of ONNX differ in that. So rounding up is asked for
// only where nothing is dropped, and where the axes differ, cells of padding at the end stand in for it.
function onnxRounding(layer, before, after) {
  const down = [0, 1].map((axis) => {
    const room = before[axis + 1] + 2 * layer.padding[axis] - windowReach(layer.kernel[axis], layer.dilation[axis]) - 1;
    return { windows: quotient(room, layer.stride[axis]) + 1, ends: room % layer.stride[axis] === 0, room };
  });
  const more = [0, 1].map((axis) => after[axis + 1] > down[axis].windows);
  const alike = [0, 1].every((axis) => more[axis] || down[axis].ends);
  if (!more.includes(true) || alike) return { pads: twoSides(layer.padding), ceil_mode: more.includes(true) ? 1 : 0 };
  const end = [0, 1].map((axis) => layer.padding[axis] + (more[axis] ? (after[axis + 1] - 1) * layer.stride[axis] - down[axis].room : 0));
  return { pads: [...layer.padding, ...end], ceil_mode: 0 };
}

function samePads(layer) {
  const total = [0, 1].map((axis) => windowReach(layer.kernel[axis], layer.dilation[axis]));
  return [...total.map((part) => quotient(part, 2)), ...total.map((part) => part - quotient(part, 2))];
}

function onnxResize(graph, output, now, layer, shape) {
  const rule = {
    nearest: { mode: '"nearest"', coordinate_transformation_mode: '"asymmetric"', nearest_mode: '"floor"' },
    "nearest-exact": { mode: '"nearest"', coordinate_transformation_mode: '"half_pixel"', nearest_mode: '"round_prefer_ceil"' },
    bilinear: { mode: '"linear"', coordinate_transformation_mode: layer.corners ? '"align_corners"' : '"half_pixel"' },
    bicubic: { mode: '"cubic"', coordinate_transformation_mode: layer.corners ? '"align_corners"' : '"half_pixel"', cubic_coeff_a: "-0.75" },
  }[layer.mode];
  if (layer.scale) {
    const scales = onnxConstant(graph, "float", [1, 1, ...layer.scale.map(([above, below]) => above / below)]);
    return onnxNode(graph, output, "Resize", [now, "", scales], rule);
  }
  return onnxNode(graph, output, "Resize", [now, "", "", onnxConstant(graph, "int64", shape)], rule);
}

function onnxPad(graph, output, now, [top, bottom], [left, right]) {
  const pads = onnxConstant(graph, "int64", [0, 0, top, left, 0, 0, bottom, right]);
  return onnxNode(graph, output, "Pad", [now, pads]);
}

function onnxJoin(graph, layer, row, channels, output, now) {
  const [dy, dx] = [0, 1].map((axis) => row.skip[axis] - row.arriving[axis]);
  let [map, skip] = [now, graph.place.get(layer.of)];
  if (dy || dx) {
    if (layer.fit === "pad") map = onnxPad(graph, `${output}_fit`, map, split(dy), split(dx));
    if (layer.fit === "crop") skip = onnxPad(graph, `${output}_fit`, skip, cropped(dy), cropped(dx));
  }
  if (layer.fit === "resize") {
    map = onnxResize(graph, `${output}_fit`, map, { mode: "bilinear" }, [1, channels, ...row.skip]);
  }
  return layer.kind === "cat"
    ? onnxNode(graph, output, "Concat", [skip, map], { axis: 1 })
    : onnxNode(graph, output, "Add", [map, skip]);
}

function onnxFollower(graph, word, channels, now, output, key) {
  const plain = {
    relu: "Relu", leakyrelu: "LeakyRelu", sigmoid: "Sigmoid", tanh: "Tanh", elu: "Elu", hardswish: "HardSwish",
    identity: "Identity", dropout: "Dropout",
  };
  if (plain[word]) return onnxNode(graph, output, plain[word], [now]);
  const perChannel = (letter) => onnxInput(graph, `${letter}${key}`, [channels]);
  switch (word) {
    case "norm":
      return onnxNode(graph, output, "BatchNormalization", [now, ...["scale", "shift", "mean", "variance"].map(perChannel)]);
    case "instancenorm":
      return onnxNode(graph, output, "InstanceNormalization", [now, perChannel("scale"), perChannel("shift")]);
    case "groupnorm":
      return onnxNode(graph, output, "LayerNormalization", [now, ...["scale", "shift"].map((name) =>
        onnxInput(graph, `${name}${key}`, [channels, 1, 1]))], { axis: 1 }); // of one group
    case "softmax":
      return onnxNode(graph, output, "Softmax", [now], { axis: 1 });
    case "prelu":
      return onnxNode(graph, output, "PRelu", [now, onnxInput(graph, `slope${key}`, [1])]);
    case "relu6": {
      const [least, most] = [0, 6].map((bound) => onnxConstant(graph, "float", [bound]));
      return onnxNode(graph, output, "Min", [onnxNode(graph, `${output}_above`, "Max", [now, least]), most]);
    }
    case "silu":
      return onnxNode(graph, output, "Mul", [now, onnxNode(graph, `${output}_gate`, "Sigmoid", [now])]);
    default: { // gelu, by the error function
      const [root, one, half] = [Math.SQRT2, 1, 0.5].map((value) => onnxConstant(graph, "float", [value]));
      const inside = onnxNode(graph, `${output}_erf`, "Erf", [onnxNode(graph, `${output}_scaled`, "Div", [now, root])]);
      const gate = onnxNode(graph, `${output}_gate`, "Mul", [onnxNode(graph, `${output}_plus`, "Add", [inside, one]), half]);
      return onnxNode(graph, output, "Mul", [now, gate]);
    }
  }
}

// lib: functions on NumPy arrays, with random weights.

function libCode(chain, rows) {
  const lines = [];
  const used = new Set();
  const call = (name, ...values) => {
    used.add(name);
    return `${name}(${values.flat().join(", ")})`;
  };
  if (chain.keep) lines.push(`${chain.keep} = x`);
  chain.layers.forEach((layer, place) => {
    libStep(chain, layer, rows, place + 1, lines, call);
    layer.then.forEach((word) => lines.push(word === "relu" ? "x = np.maximum(x, 0)" : `# ${say("then {follower}, which changes no size", { follower: followerName(word) })}`));
    if (layer.keep) lines.push(`${layer.keep} = x`);
  });
  const imports = [...used].sort();
  return [
    "import numpy as np", "", ...(imports.length ? [`from lib import ${imports.join(", ")}`, ""] : []),
    "rng = np.random.default_rng(0)", "", "", "def weights(*shape):", "    return rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))", "", "",
    `x = rng.standard_normal((1, ${rows[0].shape.join(", ")}))`, ...lines, "print(x.shape)",
  ];
}

function libStep(chain, layer, rows, row, lines, call) {
  const [before, after] = [rows[row - 1].shape, rows[row].shape];
  const put = (code) => lines.push(`x = ${code}`);
  const size = (shape) => `(${shape.join(", ")})`;
  switch (layer.kind) {
    case "conv":
    case "convt": {
      const down = layer.kind === "conv";
      const shape = down ? [layer.channels, before[0] / layer.groups, ...layer.kernel] : [before[0], layer.channels / layer.groups, ...layer.kernel];
      const extra = [0, 1].map((axis) => after[axis + 1] - smallestTransposedSize(layer, before[axis + 1], axis));
      put(call(down ? "conv2d" : "conv_transpose2d", "x", `weights${size(shape)}`, layer.bias ? [`np.zeros(${layer.channels})`] : [],
        convolutionArguments({ ...layer, outputPadding: down ? [0, 0] : extra })));
      break;
    }
    case "max":
    case "avg": {
      const switches = chain.layers.some((other) => other.kind === "unpool" && other.of === layer.keep);
      if (switches) lines.push(`size_${layer.keep} = x.shape[-2:]`);
      const code = call(layer.kind === "max" ? "max_pool2d" : "avg_pool2d", "x", pairCode(layer.kernel),
        setting("stride", layer.stride, layer.kernel), setting("padding", layer.padding, [0, 0]),
        setting("dilation", layer.dilation, [1, 1]), layer.ceil ? ["ceil_mode=True"] : [], switches ? ["return_indices=True"] : []);
      lines.push(`x${switches ? `, indices_${layer.keep}` : ""} = ${code}`);
      break;
    }
    case "unpool":
      put(call("max_unpool2d", "x", `indices_${layer.of}`, pairCode(layer.pooling.kernel),
        setting("stride", layer.pooling.stride, layer.pooling.kernel), setting("padding", layer.pooling.padding, [0, 0]),
        layer.fit ? [`output_size=size_${layer.of}`] : []));
      break;
    case "up":
      put(call("interpolate", "x", torchTarget(layer), `mode="${layer.mode}"`, layer.corners ? ["align_corners=True"] : []));
      break;
    case "shuffle":
      put(call("pixel_shuffle", "x", layer.factor));
      break;
    case "unshuffle":
      put(call("pixel_unshuffle", "x", layer.factor));
      break;
    case "pad":
      libMargins("x", [layer.left, layer.right, layer.top, layer.bottom], call).forEach(put);
      break;
    case "cat":
    case "add":
      libJoin(layer, rows[row], lines, call);
      break;
  }
}

// Padding where a margin is positive, cropping where it is negative.
function libMargins(name, margins, call) {
  const steps = [];
  if (Math.max(...margins) > 0) steps.push(call("pad", name, `(${margins.map((part) => Math.max(part, 0)).join(", ")})`));
  if (Math.min(...margins) < 0) steps.push(call("crop", name, `(${margins.map((part) => Math.max(-part, 0)).join(", ")})`));
  return steps;
}

function libJoin(layer, row, lines, call) {
  const [dy, dx] = [0, 1].map((axis) => row.skip[axis] - row.arriving[axis]);
  let skip = layer.of;
  if (layer.fit === "resize") lines.push(`x = ${call("interpolate", "x", `size=${layer.of}.shape[-2:]`, 'mode="bilinear"')}`);
  if (layer.fit === "pad") libMargins("x", [...split(dx), ...split(dy)], call).forEach((code) => lines.push(`x = ${code}`));
  if (layer.fit === "crop" && (dy || dx)) {
    skip = "skip";
    lines.push(`skip = ${layer.of}`);
    libMargins("skip", [...cropped(dx), ...cropped(dy)], call).forEach((code) => lines.push(`skip = ${code}`));
  }
  lines.push(layer.kind === "cat" ? `x = np.concatenate([${skip}, x], axis=1)` : `x = x + ${skip}`);
}
