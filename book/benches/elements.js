// What every bench is built with.

// An element with attributes, what it does on events (on: {click}), and what it holds.
function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") Object.entries(value).forEach(([event, act]) => made.addEventListener(event, act));
    else if (name === "value") made.value = value;
    else if (name === "checked") made.checked = true;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// Put text where the visitor can paste it from; false if the browser does not let a page do so.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no clipboard on this address, or no leave to use it
    return false;
  }
}
