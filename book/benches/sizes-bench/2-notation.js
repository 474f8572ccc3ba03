// Chains as one line of text, as in lib/plan/notation.py: "3x61x61; conv 16 k3 p1 +relu =a; max k2; ... cat a".
// A chain is { shape, keep, layers }.

const LARGEST = 8192;
const FOLLOWERS = ("relu norm dropout leakyrelu gelu silu sigmoid tanh softmax elu prelu hardswish relu6 identity " +
  "groupnorm instancenorm").split(" ");
const FITS = ["pad", "crop", "resize"];
const MODES = ["nearest", "nearest-exact", "bilinear", "bicubic"];
const LETTERS = { k: "kernel", s: "stride", p: "padding", o: "outputPadding", d: "dilation", g: "groups" };
const SMALLEST = { k: 1, s: 1, p: 0, o: 0, d: 1, g: 1 };
const TAKES = {
  conv: "kspdg", convt: "kspodg", max: "kspd", avg: "ksp", up: "x", unpool: "", shuffle: "x", unshuffle: "x", pad: "",
  cat: "", add: "", same: "",
};
const FLAGS = {
  conv: ["nobias"], convt: ["nobias"], max: ["ceil"], avg: ["ceil"], up: [...MODES, "corners"], unpool: ["fit"],
  cat: FITS, add: FITS,
};

function wholeNumber(digits, name, smallest) {
  if (!/^\d+$/.test(digits)) throw new Refusal(say("{name} must be a whole number, and is “{digits}”", { name, digits }));
  const number = Number(digits);
  if (number < smallest || number > LARGEST) {
    throw new Refusal(say("{name} must be from {smallest} to {LARGEST}, and is {digits}", { name, smallest, LARGEST, digits }));
  }
  return number;
}

function readChain(text) {
  const [head, ...rest] = text.split(";").map((part) => part.trim().split(/\s+/).filter(Boolean));
  const found = /^(\d{1,4})x(\d{1,4})x(\d{1,4})$/.exec(head[0] ?? "");
  if (!found || head.length > 2 || (head[1] && !head[1].startsWith("="))) {
    throw new Refusal(say("a chain begins with channels x rows x columns such as 3x61x61, and this with “{words}”", { words: head.join(" ") }));
  }
  const names = new Map();
  const chain = {
    shape: found.slice(1).map((digits) => wholeNumber(digits, say("the input"), 1)),
    keep: head[1] ? takeName(head[1].slice(1), names, null) : null,
    layers: [],
  };
  for (const words of rest.filter((part) => part.length)) {
    const layer = readLayer(words, names);
    if (layer.keep !== null) takeName(layer.keep, names, layer);
    chain.layers.push(layer);
  }
  return chain;
}

function takeName(name, names, layer) {
  if (!/^[a-z]{1,2}$/.test(name)) throw new Refusal(say("a name is one or two small letters, and not “{name}”", { name }));
  if (names.has(name)) throw new Refusal(say("the name “{name}” is taken", { name }));
  names.set(name, layer);
  return name;
}

function knownName(name, names) {
  if (!names.has(name)) throw new Refusal(say("no earlier layer keeps its output as “{name}”", { name }));
  return names.get(name);
}

function readLayer([kind, ...words], names) {
  if (!Object.hasOwn(TAKES, kind)) throw new Refusal(say("a layer is one of {kinds}, and not “{kind}”", { kinds: Object.keys(TAKES).join(", "), kind }));
  const said = { kind, keep: null, then: [], flags: [], plain: [] };
  words.forEach((word) => readWord(word, said));
  const { flags, plain, ...layer } = said;
  const expect = (count, what) => {
    if (plain.length !== count) throw new Refusal(say("{kind} takes {what}, and got “{met}”", { kind, what, met: plain.join(" ") || say("nothing") }));
  };
  const need = (name) => {
    if (!layer[name]) throw new Refusal(say("{kind} needs {name}", { kind, name }));
  };

  if (kind === "conv" || kind === "convt") {
    expect(1, say("a number of channels"));
    need("kernel");
    if (layer.to) knownName(layer.to, names);
    return {
      stride: [1, 1], padding: [0, 0], outputPadding: [0, 0], dilation: [1, 1], groups: 1, same: false, to: null,
      ...layer, channels: wholeNumber(plain[0], say("channels"), 1), bias: !flags.includes("nobias"),
    };
  }
  if (kind === "max" || kind === "avg") {
    expect(0, say("no more words"));
    need("kernel");
    return { stride: layer.kernel, padding: [0, 0], dilation: [1, 1], ...layer, ceil: flags.includes("ceil") };
  }
  if (kind === "up") return readInterpolation(layer, flags, plain, names);
  if (kind === "shuffle" || kind === "unshuffle") {
    expect(0, say("no more words"));
    need("scale");
    const { scale: [[across, below], [other, otherBelow]], ...rest } = layer;
    if (below > 1 || other !== across || otherBelow !== below) throw new Refusal(say("{kind} takes one whole number such as x2", { kind }));
    return { ...rest, factor: across };
  }
  if (kind === "pad") {
    expect(4, say("left, right, top and bottom"));
    const [left, right, top, bottom] = plain.map((word) =>
      (word.startsWith("-") ? -1 : 1) * wholeNumber(word.replace(/^-/, ""), say("a side of pad"), 0) || 0);
    return { ...layer, left, right, top, bottom };
  }
  if (kind === "cat" || kind === "add" || kind === "unpool") {
    expect(1, say("the name of a kept map"));
    return readReturn(layer, plain[0], flags, names);
  }
  expect(0, say("no more words"));
  return layer;
}

function readWord(word, said) {
  const numbers = /^([kspodg])(\d{1,4})(?:x(\d{1,4}))?$/.exec(word);
  const scale = /^x(\d{1,4}(?:\.\d{1,3})?)(?:x(\d{1,4}(?:\.\d{1,3})?))?$/.exec(word);
  const size = /^to(\d{1,4})x(\d{1,4})$/.exec(word);
  const name = /^to\.([a-z]{1,2})$/.exec(word);
  if (word.startsWith("+")) {
    if (!FOLLOWERS.includes(word.slice(1))) {
      throw new Refusal(say("what follows a layer is one of {followers}, and not “{word}”", { followers: FOLLOWERS.join(", "), word: word.slice(1) }));
    }
    said.then.push(word.slice(1));
  } else if (word.startsWith("=")) {
    said.keep = word.slice(1);
  } else if (FLAGS[said.kind]?.includes(word)) {
    said.flags.push(word);
  } else if (word === "psame" && said.kind === "conv") {
    said.same = true;
  } else if (numbers && TAKES[said.kind].includes(numbers[1])) {
    const [, letter, rows, columns] = numbers;
    const pair = [rows, columns ?? rows].map((digits) => wholeNumber(digits, LETTERS[letter], SMALLEST[letter]));
    said[LETTERS[letter]] = letter === "g" ? pair[0] : pair;
  } else if (scale && TAKES[said.kind].includes("x")) {
    said.scale = [scale[1], scale[2] ?? scale[1]].map(readScale);
  } else if (size && said.kind === "up") {
    said.size = size.slice(1).map((digits) => wholeNumber(digits, "size", 1));
  } else if (name && (said.kind === "up" || said.kind === "convt")) {
    said.to = name[1];
  } else {
    said.plain.push(word);
  }
}

// A decimal such as 1.5 as a fraction in lowest terms.
function readScale(digits) {
  if (!(Number(digits) > 0 && Number(digits) <= 64)) throw new Refusal(say("a scale must be above 0 and at most 64, and is {digits}", { digits }));
  const common = (a, b) => (b ? common(b, a % b) : a);
  const above = Math.round(Number(digits) * 1000);
  const divisor = common(above, 1000);
  return [above / divisor, 1000 / divisor];
}

function readInterpolation(layer, flags, plain, names) {
  const modes = [...new Set(flags.filter((flag) => flag !== "corners"))];
  const targets = ["scale", "size", "to"].filter((name) => layer[name]);
  if (plain.length || targets.length !== 1 || modes.length > 1) {
    throw new Refusal(say("up takes one of a scale (x2), a size (to61x61) and a kept map (to.a), and one mode"));
  }
  if (layer.to) knownName(layer.to, names);
  const mode = modes[0] ?? "nearest";
  const corners = flags.includes("corners");
  if (corners && mode.startsWith("nearest")) throw new Refusal(say("corners are aligned with bilinear or bicubic, not with {mode}", { mode }));
  return { scale: null, size: null, to: null, ...layer, mode, corners };
}

function readReturn(layer, of, flags, names) {
  const kept = knownName(of, names);
  if (layer.kind === "unpool") {
    if (kept?.kind !== "max" || Math.max(...kept.dilation) > 1) {
      throw new Refusal(say("unpool needs the name of a max pooling without dilation, and not “{of}”", { of }));
    }
    return { ...layer, of, pooling: kept, fit: flags.includes("fit") };
  }
  if (new Set(flags).size > 1) throw new Refusal(say("{kind} takes one of {ways}", { kind: layer.kind, ways: FITS.join(", ") }));
  return { ...layer, of, fit: flags[0] ?? null };
}

function writeChain({ shape, keep, layers }) {
  return [shape.join("x") + (keep ? ` =${keep}` : ""), ...layers.map(writeLayer)].join("; ");
}

function writeLayer(layer) {
  const words = [layer.kind, ...ownWords(layer), ...layer.then.map((word) => `+${word}`)];
  return [...words, ...(layer.keep ? [`=${layer.keep}`] : [])].join(" ");
}

const writePair = ([rows, columns]) => (String(rows) === String(columns) ? `${rows}` : `${rows}x${columns}`);

function ownWords(layer) {
  const pair = (letter, usual) => {
    const value = layer[LETTERS[letter]];
    return !value || writePair(value) === writePair([usual, usual].flat().slice(0, 2)) ? [] : [letter + writePair(value)];
  };
  const target = () => {
    if (layer.to) return `to.${layer.to}`;
    return layer.size ? `to${layer.size.join("x")}` : `x${writePair(layer.scale.map(([above, below]) => above / below))}`;
  };
  const flag = (name, on) => (on ? [name] : []);

  switch (layer.kind) {
    case "conv":
    case "convt":
      return [
        `${layer.channels}`, `k${writePair(layer.kernel)}`, ...pair("s", 1), ...(layer.same ? ["psame"] : pair("p", 0)),
        ...pair("o", 0), ...pair("d", 1), ...flag(`g${layer.groups}`, layer.groups > 1), ...flag("nobias", !layer.bias),
        ...flag(`to.${layer.to}`, layer.to),
      ];
    case "max":
    case "avg":
      return [
        `k${writePair(layer.kernel)}`, ...flag(`s${writePair(layer.stride)}`, writePair(layer.stride) !== writePair(layer.kernel)),
        ...pair("p", 0), ...pair("d", 1), ...flag("ceil", layer.ceil),
      ];
    case "up":
      return [target(), ...flag(layer.mode, layer.mode !== "nearest"), ...flag("corners", layer.corners)];
    case "unpool":
      return [layer.of, ...flag("fit", layer.fit)];
    case "shuffle":
    case "unshuffle":
      return [`x${layer.factor}`];
    case "pad":
      return [layer.left, layer.right, layer.top, layer.bottom].map(String);
    case "cat":
    case "add":
      return [layer.of, ...flag(layer.fit, layer.fit)];
    default:
      return [];
  }
}

// In an address, after "#plan=": as it is written, with + for a space, so that it can be read there too.
const toAddress = (chain) => writeChain(chain).replace(/\+/g, "*").replace(/; /g, ";").replace(/ /g, "+");

function fromAddress(text) {
  return readChain(decodeURIComponent(text).replace(/\+/g, " ").replace(/\*/g, "+"));
}
