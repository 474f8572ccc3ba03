// The segmenter on a page: lets the reader choose a photograph, has a worker find the person in it, and shows what
// the worker found. Nothing is loaded before a photograph is chosen, and nothing leaves the browser.
"use strict";

for (const figure of document.querySelectorAll("figure.segmenter")) {
  const here = new URL("segmenter-network.js", document.currentScript.src);
  const find = words => figure.querySelector(words);
  const tell = words => { find("figure > figcaption[aria-live]").textContent = words; };
  const video = find("video"), cure = find("[name=cure]");
  const LARGEST = 1024, WINDOW = 24;
  let worker = null, found = null;
  figure.hidden = false;

  // The network is a script that sets one object; the worker's own code is text in it.
  function load() {
    worker ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = here;
      script.onerror = () => { worker = null; failed(new Error(say("the network could not be loaded"))); };
      script.onload = () => {
        const { plan, weights, worker: code } = self.courseSegmenter;
        const started = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
        started.postMessage({ plan, weights });
        done(started);
      };
      document.head.append(script);
    });
    return worker;
  }

  // The pixels as numbers from 0 to 1, channel by channel; a large photograph is first made smaller by the browser.
  function pixelsOf(source, width, height) {
    const shrink = Math.min(1, LARGEST / Math.max(width, height));
    const columns = Math.max(1, Math.round(width * shrink)), rows = Math.max(1, Math.round(height * shrink));
    const canvas = new OffscreenCanvas(columns, rows), context = canvas.getContext("2d");
    context.drawImage(source, 0, 0, columns, rows);
    const bytes = context.getImageData(0, 0, columns, rows).data, numbers = new Float32Array(3 * rows * columns);
    for (let at = 0; at < rows * columns; at++) {
      for (let channel = 0; channel < 3; channel++) numbers[channel * rows * columns + at] = bytes[4 * at + channel] / 255;
    }
    return { numbers, channels: 3, rows, columns };
  }

  async function segment(source, width, height) {
    tell(say("Loading the network and looking for a person …"));
    const photograph = pixelsOf(source, width, height), runs = await load();
    runs.onmessage = ({ data }) => {
      found = data;
      show();
      figure.dispatchEvent(new CustomEvent("segmented", { detail: data }));
    };
    runs.onerror = event => tell(say("This browser could not run the network: {reason}", { reason: event.message }));
    runs.postMessage({ photograph });
  }

  function draw(name, rows, columns, colour) {
    const canvas = find(`canvas[data-shows="${name}"]`), context = canvas.getContext("2d");
    canvas.width = columns;
    canvas.height = rows;
    const image = context.createImageData(columns, rows);
    for (let at = 0; at < rows * columns; at++) image.data.set([...colour(at).map(part => 255 * part), 255], 4 * at);
    context.putImageData(image, 0, 0);
  }

  const grey = part => [part, part, part];

  // How far a pixel stands out from the neighbours on both sides, along rows and columns.
  function dotsOf({ numbers, rows, columns }) {
    const dots = new Float32Array(rows * columns);
    const standing = (at, step) => {
      const before = numbers[at] - numbers[at - step], after = numbers[at] - numbers[at + step];
      return before * after > 0 ? Math.min(Math.abs(before), Math.abs(after)) : 0;
    };
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        if (row > 0 && row < rows - 1) dots[at] += standing(at, columns);
        if (column > 0 && column < columns - 1) dots[at] += standing(at, 1);
      }
    }
    return dots;
  }

  // The corner of the window with the most dots.
  function mostDotted(mask) {
    const dots = dotsOf(mask), best = { sum: -1, row: 0, column: 0 };
    for (let row = 0; row + WINDOW <= mask.rows; row += 4) {
      for (let column = 0; column + WINDOW <= mask.columns; column += 4) {
        let sum = 0;
        for (let down = 0; down < WINDOW; down++) {
          for (let across = 0; across < WINDOW; across++) sum += dots[(row + down) * mask.columns + column + across];
        }
        if (sum > best.sum) Object.assign(best, { sum, row, column });
      }
    }
    return best;
  }

  // The channel that goes most with the mask, by correlation, from 0 to 1.
  function channelLike(map, mask) {
    const places = map.rows * map.columns, part = mask.rows / map.rows;
    const target = Float32Array.from({ length: places }, (_, at) =>
      mask.numbers[Math.floor((Math.floor(at / map.columns) + 0.5) * part) * mask.columns
        + Math.floor((at % map.columns + 0.5) * part)]);
    const centred = numbers => {
      const mean = numbers.reduce((a, b) => a + b) / places;
      return numbers.map(number => number - mean);
    };
    const product = (a, b) => a.reduce((sum, number, at) => sum + number * b[at], 0);
    const wanted = centred(target);
    let best = null, closest = -1;
    for (let channel = 0; channel < map.channels; channel++) {
      const own = centred(map.numbers.slice(channel * places, (channel + 1) * places));
      const fit = product(own, wanted) / Math.sqrt(product(own, own) || 1);
      if (Math.abs(fit) > closest) [closest, best] = [Math.abs(fit), own.map(number => Math.sign(fit || 1) * number)];
    }
    const low = best.reduce((a, b) => Math.min(a, b)), high = best.reduce((a, b) => Math.max(a, b));
    return best.map(number => (number - low) / (high - low || 1));
  }

  function show() {
    const { image, outputs, maps, milliseconds } = found, { rows, columns, numbers } = image, places = rows * columns;
    const published = outputs.published, mask = cure.checked ? outputs.resized : published;
    const colour = at => [numbers[at], numbers[places + at], numbers[2 * places + at]];
    draw("photograph", rows, columns, colour);
    draw("mask", rows, columns, at => grey(mask.numbers[at]));
    draw("cut", rows, columns, at => colour(at).map(part => part * mask.numbers[at]));

    const corner = mostDotted(published);
    draw("rim", WINDOW, WINDOW, at => grey(mask.numbers[
      (corner.row + Math.floor(at / WINDOW)) * columns + corner.column + at % WINDOW]));
    for (const [name, map] of Object.entries(maps)) {
      const plane = channelLike(map, published);
      draw(name, map.rows, map.columns, at => grey(plane[at]));
    }

    find(".panels").hidden = false;
    const share = mask.numbers.reduce((count, number) => count + (number > 0.5), 0) / places;
    tell(say("{share}% of the pixels are taken for a person. Last layer: {layer}. Computed here in {time} ms; nothing left this machine.", {
      share: Math.round(100 * share), layer: cure.checked ? say("resize and convolve") : say("as published"),
      time: Math.round(milliseconds),
    }));
  }

  function stopCamera() {
    video.srcObject?.getTracks().forEach(track => track.stop());
    video.srcObject = null;
    video.hidden = find("[name=take]").hidden = true;
  }

  find("[type=file]").addEventListener("change", async event => {
    const [file] = event.target.files;
    if (!file) return;
    stopCamera();
    try {
      const bitmap = await createImageBitmap(file);
      await segment(bitmap, bitmap.width, bitmap.height);
    } catch (error) {
      tell(say("This file could not be used as a photograph: {reason}", { reason: error.message }));
    }
  });

  find("[name=camera]").addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
      video.hidden = find("[name=take]").hidden = false;
      await video.play();
      tell(say("The camera's picture stays in this browser. Take one when you are ready."));
    } catch (error) {
      tell(say("The camera is not available: {reason}", { reason: error.message }));
    }
  });

  find("[name=take]").addEventListener("click", async () => {
    const still = await createImageBitmap(video);
    stopCamera();
    await segment(still, still.width, still.height);
  });

  cure.addEventListener("change", () => found && show());
}
