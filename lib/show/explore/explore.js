// Explorers: native controls over views that were drawn when the page was built.
(() => {
  "use strict";

  function start(figure) {
    const { controls, lines, views } = JSON.parse(figure.querySelector("script").textContent);
    const panels = figure.querySelector(":scope > .panels");
    const caption = figure.querySelector(":scope > figcaption");
    const inputs = controls.map((control) => figure.querySelector(`[name="${control.name}"]`));
    const state = controls.map((control) => control.start);

    const optionsAt = (place) =>
      controls[place].by_earlier?.[state.slice(0, place).join(",")] ?? controls[place].options;

    // Bring a control in line with the state: options may depend on the controls before it.
    function refresh(place) {
      const options = optionsAt(place);
      const input = inputs[place];
      state[place] = Math.min(state[place], options.length - 1);
      input.closest(".control").hidden = options.length < 2; // nothing to choose
      if (input.type === "range") {
        input.max = options.length - 1;
        input.value = state[place];
        input.setAttribute("aria-valuetext", options[state[place]]);
        input.closest(".control").querySelector("output").textContent = options[state[place]];
      } else {
        if (controls[place].by_earlier) input.replaceChildren(...options.map((option) => new Option(option)));
        input.selectedIndex = state[place];
      }
    }

    function choose(place, index) {
      const count = optionsAt(place).length;
      state[place] = ((index % count) + count) % count; // past the last comes the first
      for (let later = place; later < controls.length; later++) refresh(later);
      const [words, ...markup] = views[state.join(",")].map((line) => lines[line]);
      panels.innerHTML = markup.join("\n");
      caption.innerHTML = words;
      figure.dataset.state = state.join(",");
    }

    inputs.forEach((input, place) => {
      const read = () => choose(place, input.type === "range" ? Number(input.value) : input.selectedIndex);
      input.addEventListener("input", read);
      input.closest(".control").querySelectorAll("button").forEach((button) =>
        button.addEventListener("click", () => choose(place, state[place] + Number(button.value))));
    });
    panels.addEventListener("click", (event) => {
      const [name, index] = (event.target.closest("[data-set]")?.dataset.set ?? "").split("=");
      const place = controls.findIndex((control) => control.name === name);
      if (place >= 0) choose(place, Number(index));
    });
    figure.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    controls.forEach((_, place) => refresh(place)); // a browser may restore old values on reload
    figure.dataset.state = state.join(",");
  }

  document.querySelectorAll("figure.explore").forEach(start);
})();
