// The published page: does for each figure what a notebook's widget manager would, over the data stored in the figure.
// A fragment of the address, "#figure!0.1.4;5=7", holds the state of one figure: its choices, and its edits by cell.

const spelled = ({ choice, edits }) =>
  [choice.join("."), ...Object.entries(edits).map(([cell, n]) => `${cell}=${n}`)].join(";");

function understood(words) {
  const [choice, ...edits] = words.split(";");
  const pairs = edits.map((one) => /^(\d+)=(-?\d\d?(?:\.\d+)?)$/.exec(one)).filter(Boolean);
  return { choice: choice.split(".").map((one) => one | 0), edits: Object.fromEntries(pairs.map(([, cell, n]) => [cell, +n])) };
}

// Anybody can write an address: what says nothing is nothing.
function shared(figure) {
  try {
    const [id, words] = decodeURIComponent(location.hash.slice(1)).split("!");
    return id === figure.id && words ? understood(words) : null;
  } catch {
    return null;
  }
}

function begin(figure) {
  const spec = JSON.parse(figure.querySelector(":scope > script").textContent);
  const put = (part) => part.map?.(put) ?? spec.parts[part]; // a page stores each distinct part of its scenes once
  for (const scene of Object.values(spec.scenes)) for (const part of ["tape", "panels"]) scene[part] = put(scene[part]);
  const data = { spec, state: shared(figure) ?? {} }, heard = {};
  const model = {
    get: (key) => data[key],
    set: (key, value) => { data[key] = value; },
    on: (what, call) => { heard[what] = call; },
    save_changes: () => {},
    link(state) {
      history.replaceState(null, "", `#${figure.id}!${spelled(state)}`);
      return location.href;
    },
  };
  explorer.render({ model, el: figure });
  addEventListener("hashchange", () => {
    data.state = shared(figure) ?? data.state;
    heard["change:state"]();
  });
}

// Each starts when it comes near: a page of seven costs no more to load than a page of none.
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) {
    near.unobserve(target);
    begin(target);
  }
}, { rootMargin: "400px" });

for (const figure of document.querySelectorAll("figure.explore")) {
  if (shared(figure)) figure.scrollIntoView();
  near.observe(figure);
}
