// Read what PyTorch prints of a network, or the code that makes it, as lib/plan/printed.py does: { chain, notes }.

const CALL = /(?:\(([\w-]+)\): )?(?:(\d+) x )?([A-Za-z_][\w.]*)\(/g;
const BRANCHES = ["downsample", "shortcut"]; // labels of what stands beside the chain in residual blocks
const ENDS = ["Flatten", "Linear", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "LazyLinear"];
const SIGNATURES = {
  Conv2d: "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode",
  ConvTranspose2d: "in_channels out_channels kernel_size stride padding output_padding groups bias dilation",
  MaxPool2d: "kernel_size stride padding dilation return_indices ceil_mode",
  AvgPool2d: "kernel_size stride padding ceil_mode count_include_pad",
  MaxUnpool2d: "kernel_size stride padding",
  Upsample: "size scale_factor mode align_corners",
  UpsamplingNearest2d: "size scale_factor",
  UpsamplingBilinear2d: "size scale_factor",
  PixelShuffle: "upscale_factor",
  PixelUnshuffle: "downscale_factor",
  ZeroPad2d: "padding",
  ReflectionPad2d: "padding",
  ReplicationPad2d: "padding",
};
const PRINTED_FOLLOWERS = {
  ReLU: "relu", BatchNorm2d: "norm", SyncBatchNorm: "norm", InstanceNorm2d: "instancenorm", GroupNorm: "groupnorm",
  Dropout: "dropout", Dropout2d: "dropout", LeakyReLU: "leakyrelu", GELU: "gelu", SiLU: "silu", Sigmoid: "sigmoid",
  Tanh: "tanh", Softmax: "softmax", Softmax2d: "softmax", ELU: "elu", PReLU: "prelu", Hardswish: "hardswish",
  ReLU6: "relu6", Identity: "identity",
};

function readPrinted(text, size, channels = null) {
  const reader = { layers: [], notes: [], channels: [channels], first: channels, skipped: new Set(), unpooled: new Set() };
  for (const [name, inside] of leaves(text)) if (!take(reader, name, inside)) break;
  if (!reader.layers.length) {
    throw new Refusal(say("No layer was found: paste what print(network) shows, such as Conv2d(3, 16, kernel_size=3)"));
  }
  const chain = relinked({ shape: [reader.first ?? 3, ...size], keep: null, layers: reader.layers });
  return { chain, notes: reader.notes };
}

// The calls that hold no other call, as [name, what stands between the parentheses].
function* leaves(text) {
  const call = new RegExp(CALL);
  for (let found = call.exec(text); found; found = call.exec(text)) {
    const [, label, repeat, path] = found;
    const end = closing(text, call.lastIndex);
    const inside = text.slice(call.lastIndex, end);
    const name = path.split(".").at(-1);
    call.lastIndex = end + 1;
    if (BRANCHES.includes(label)) {
      yield [label, ""];
      continue;
    }
    for (let turn = 0; turn < Number(repeat ?? 1); turn++) {
      if (new RegExp(CALL).test(inside)) yield* leaves(inside);
      else if (/^\p{Lu}/u.test(name)) yield [name, inside]; // a class: functions such as super() make no layer
    }
  }
}

function closing(text, start) {
  let depth = 1;
  for (let end = start; end < text.length; end++) {
    depth += { "(": 1, ")": -1 }[text[end]] ?? 0;
    if (depth === 0) return end;
  }
  return text.length;
}

function take(reader, name, inside) {
  if (ENDS.includes(name)) {
    reader.notes.push(say("{name} ends the chain: behind it there are no rows and columns to plan.", { name }));
    return false;
  }
  if (PRINTED_FOLLOWERS[name]) {
    if (!reader.layers.length) append(reader, { ...bare, kind: "same" }, reader.channels.at(-1));
    const last = reader.layers.at(-1);
    reader.layers[reader.layers.length - 1] = { ...last, then: [...last.then, PRINTED_FOLLOWERS[name]] };
  } else if (SIGNATURES[name]) {
    try {
      addLayer(reader, name, readArguments(inside, SIGNATURES[name].split(" ")));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const call = `${name}(${inside.trim().split(/\s+/).join(" ")})`;
      reader.notes.push(say("{call} could not be read and is left out: {reason}.", { call, reason: error.message }));
    }
  } else if (BRANCHES.includes(name)) {
    reader.notes.push(say("{name} stands beside the chain and is left out.", { name }));
  } else {
    reader.notes.push(say("{name} is not known here and is left out; if it changes sizes, what follows is wrong.", { name }));
  }
  return true;
}

// Arguments by name, whether given by place or by name; values are numbers, tuples, words, True, False and None.
function readArguments(inside, names) {
  const said = {};
  splitAtCommas(inside).forEach((part, place) => {
    const [, name, value] = /^\s*(?:([a-z_]\w*)\s*=)?([\s\S]*)$/.exec(part);
    said[name ?? names[place]] = readValue(value.trim());
  });
  return said;
}

function splitAtCommas(text) {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    depth += { "(": 1, "[": 1, ")": -1, "]": -1 }[letter] ?? 0;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.filter((part) => part.trim());
}

function readValue(text) {
  const words = { True: true, False: false, None: null };
  if (Object.hasOwn(words, text)) return words[text];
  if (/^-?\d+(\.\d*)?(e-?\d+)?$/i.test(text)) return Number(text);
  if (/^(['"]).*\1$/.test(text)) return text.slice(1, -1);
  if (/^[([].*[)\]]$/s.test(text)) return splitAtCommas(text.slice(1, -1)).map((part) => readValue(part.trim()));
  throw new Refusal(say("“{text}” is no number, pair or word", { text }));
}

function addLayer(reader, name, said) {
  let arriving = reader.channels.at(-1);
  if (name === "Conv2d" || name === "ConvTranspose2d") arriving = expectChannels(reader, name, needed(said, "in_channels"));
  const layer = printedLayer(reader, name, said);
  append(reader, layer, channelsAfter(layer, arriving));
}

function append(reader, layer, channels) {
  reader.layers.push(layer);
  reader.channels.push(channels);
}

function needed(said, name) {
  if (said[name] === undefined || said[name] === null) throw new Refusal(say("{name} is missing", { name }));
  return said[name];
}

// Bring the channels that arrive in line with those that a layer expects, by a skip if there is one.
function expectChannels(reader, name, expected) {
  const arriving = reader.channels.at(-1);
  const source = arriving === null || arriving === expected ? null : sourceOf(reader, expected - arriving);
  if (arriving === null) { // nothing before has said how many there are
    reader.first = expected;
    reader.channels = reader.channels.map(() => expected);
  } else if (source !== null) {
    const about = { name, expected, arriving, row: source, channels: expected - arriving };
    reader.notes.push(say("{name} expects {expected} channels and {arriving} arrive: taken as a concatenation with the output of row {row}, which has {channels}.", about));
    reader.skipped.add(source);
    append(reader, { ...bare, kind: "cat", of: keepName(reader, source), fit: null }, expected);
  } else if (arriving !== expected) {
    const about = { name, expected, arriving };
    reader.notes.push(say("{name} expects {expected} channels, but {arriving} arrive; no skip brings the others.", about));
  }
  return expected;
}

// The latest row with so many channels that stands right before a layer down.
function sourceOf(reader, channels) {
  for (let row = reader.layers.length - 1; row > 0; row--) {
    if (reader.channels[row] === channels && !reader.skipped.has(row) && goesDown(reader.layers[row])) return row;
  }
  return null;
}

const goesDown = (layer) =>
  (["conv", "max", "avg"].includes(layer.kind) && Math.max(...layer.stride) > 1) || layer.kind === "unshuffle";

function keepName(reader, row) {
  const layer = reader.layers[row - 1];
  if (layer.keep) return layer.keep;
  const keep = freeName(reader.layers.map((other) => other.keep));
  reader.layers[row - 1] = { ...layer, keep };
  return keep;
}

// The first name of one or two letters that is not in use.
function freeName(used) {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  return [...letters, ...letters.flatMap((first) => letters.map((second) => first + second))].find((name) => !used.includes(name));
}

function readPair(value, name) {
  const pair = Array.isArray(value) ? value : [value, value];
  if (pair.length !== 2 || !pair.every(Number.isInteger)) throw new Refusal(say("{name} must be one integer or a pair", { name }));
  const least = name.includes("padding") ? 0 : 1;
  if (Math.min(...pair) < least) throw new Refusal(say("{name} must be at least {least}", { name, least }));
  return pair;
}

function printedLayer(reader, name, said) {
  const pair = (key, usual) => (said[key] === undefined || said[key] === null ? usual : readPair(said[key], key));
  if (name === "Conv2d" || name === "ConvTranspose2d") {
    const same = said.padding === "same";
    return {
      ...bare, kind: name === "Conv2d" ? "conv" : "convt", channels: needed(said, "out_channels"), same, to: null,
      kernel: readPair(needed(said, "kernel_size"), "kernel_size"), stride: pair("stride", [1, 1]),
      padding: same || said.padding === "valid" ? [0, 0] : pair("padding", [0, 0]),
      outputPadding: pair("output_padding", [0, 0]), dilation: pair("dilation", [1, 1]),
      groups: said.groups ?? 1, bias: said.bias ?? true,
    };
  }
  if (name === "MaxPool2d" || name === "AvgPool2d") {
    const kernel = readPair(needed(said, "kernel_size"), "kernel_size");
    return {
      ...bare, kind: name.slice(0, 3).toLowerCase(), kernel, stride: pair("stride", kernel), padding: pair("padding", [0, 0]),
      dilation: pair("dilation", [1, 1]), ceil: said.ceil_mode ?? false,
    };
  }
  if (name === "MaxUnpool2d") return printedUnpooling(reader, pair, readPair(needed(said, "kernel_size"), "kernel_size"));
  if (name === "PixelShuffle") return { ...bare, kind: "shuffle", factor: needed(said, "upscale_factor") };
  if (name === "PixelUnshuffle") return { ...bare, kind: "unshuffle", factor: needed(said, "downscale_factor") };
  if (name.endsWith("Pad2d")) {
    const [left, right, top, bottom] = [needed(said, "padding")].flatMap((sides) => (Array.isArray(sides) ? sides : new Array(4).fill(sides)));
    return { ...bare, kind: "pad", left, right, top, bottom };
  }
  return printedInterpolation(name, said);
}

// Paired with the latest max pooling that has the same window and no unpooling yet.
function printedUnpooling(reader, pair, kernel) {
  const wanted = String([kernel, pair("stride", kernel), pair("padding", [0, 0]), [1, 1]]);
  for (let row = reader.layers.length; row > 0; row--) {
    const layer = reader.layers[row - 1];
    if (layer.kind !== "max" || reader.unpooled.has(row)) continue;
    if (String([layer.kernel, layer.stride, layer.padding, layer.dilation]) === wanted) {
      reader.unpooled.add(row);
      const of = keepName(reader, row);
      return { ...bare, kind: "unpool", of, pooling: reader.layers[row - 1], fit: false };
    }
  }
  throw new Refusal(say("no max pooling before it has the same window"));
}

function printedInterpolation(name, said) {
  const mode = said.mode ?? { UpsamplingBilinear2d: "bilinear" }[name] ?? "nearest";
  if (!MODES.includes(mode)) throw new Refusal(say("mode '{mode}' is not one for images", { mode }));
  const layer = { ...bare, kind: "up", mode, corners: Boolean(said.align_corners ?? name === "UpsamplingBilinear2d"), scale: null, size: null, to: null };
  if (said.size !== undefined && said.size !== null) return { ...layer, size: readPair(said.size, "size") };
  const scale = needed(said, "scale_factor");
  return { ...layer, scale: (Array.isArray(scale) ? scale : [scale, scale]).map((part) => readScale(part.toFixed(3))) };
}

function channelsAfter(layer, arriving) {
  if (layer.channels) return layer.channels;
  if (arriving === null) return null;
  if (layer.kind === "shuffle") return quotient(arriving, layer.factor ** 2);
  return layer.kind === "unshuffle" ? arriving * layer.factor ** 2 : arriving;
}
