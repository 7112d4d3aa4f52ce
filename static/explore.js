// Lets a reader explore a chart: plotly.js and the chart's figure are fetched on the first wish, and
// drawn in the place of the picture. The table says the same without any of it.
"use strict";

(() => {
  const places = [...document.querySelectorAll("[data-figure]")];
  if (!places.length) return;

  const address = document.currentScript.dataset.plotly;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let library;

  // Plotly writes style attributes, which the Content Security Policy refuses; the same through the
  // element's style object is allowed.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  function load() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => { library = undefined; script.remove(); reject(); });
      document.head.append(script);
    });
    return library;
  }

  function make(tag, attributes, text) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element[name] = value;
    if (text) element.textContent = text;
    return element;
  }

  const figures = new Map();

  async function fetchFigure(place) {
    if (figures.has(place)) return;
    const answer = await fetch(place.dataset.figure);
    if (!answer.ok) throw new Error(`${place.dataset.figure}: ${answer.status}`);
    figures.set(place, await answer.json());
  }

  // plotly.js writes into what it is given
  function figureOf(place) {
    return structuredClone(figures.get(place)[dark.matches ? "dark" : "light"]);
  }

  function tools(place, plot, opener) {
    const row = make("div", { className: "explore__tools" });
    const traces = figureOf(place).data;
    const numbers = traces.findIndex((trace) => !trace.name);
    const named = traces.filter((trace) => trace.name);
    if (named.length > 1) {
      const set = make("fieldset", { className: "explore__series" });
      set.append(make("legend", { className: "govuk-visually-hidden" }, `Series of ${place.dataset.of}`));
      named.forEach((trace, index) => {
        const label = make("label", {});
        const box = make("input", { type: "checkbox", checked: true });
        box.addEventListener("change", async () => {
          await window.Plotly.restyle(plot, { visible: box.checked }, [index]);
          // a line's name beside the plot goes with it
          const notes = (plot.layout.annotations ?? []).map((note) => (
            note.name === trace.name ? { ...note, visible: box.checked } : note));
          await window.Plotly.relayout(plot, { annotations: notes });
          // a total holds only while all its parts are seen
          const every = [...set.querySelectorAll("input")].every((one) => one.checked);
          if (numbers >= 0) await window.Plotly.restyle(plot, { visible: every }, [numbers]);
        });
        const key = make("span", { className: "explore__key" });
        const hatch = trace.marker?.pattern?.fgcolor;
        if (trace.mode?.startsWith("lines")) {
          const { color, width, dash } = trace.line;
          key.classList.add("explore__key--line");
          key.style.borderTop = `${Math.max(2, width)}px ${dash ? "dotted" : "solid"} ${color}`;
        } else {
          if (trace.mode) key.classList.add(`explore__key--${trace.marker.symbol}`);
          key.style.backgroundColor = [trace.marker.color].flat().at(-1);
        }
        if (hatch) key.style.backgroundImage = `repeating-linear-gradient(-45deg, ${hatch} 0 1.5px, transparent 1.5px 4px)`;
        label.append(box, key, trace.name);
        set.append(label);
      });
      row.append(set);
    }
    const whole = make("button", { type: "button", className: "link" }, "Show the whole chart");
    whole.addEventListener("click", () => {
      for (const box of row.querySelectorAll("input")) box.checked = true;
      draw(place, plot);
    });
    row.append(whole);
    const close = make("button", { type: "button", className: "link" }, "Back to the picture");
    const leave = () => {
      place.removeEventListener("keydown", escape);
      window.Plotly.purge(plot);
      row.remove();
      place.hidden = true;
      place.parentElement.querySelector(".exhibit__chart").hidden = false;
      opener.hidden = false;
      opener.focus();
    };
    const escape = (event) => { if (event.key === "Escape") leave(); };
    close.addEventListener("click", leave);
    place.addEventListener("keydown", escape);
    row.append(close);
    place.prepend(row);
    return row;
  }

  function draw(place, plot) {
    const { data, layout, config, narrow } = figureOf(place);
    if (plot.clientWidth < 480) {
      layout.margin = { ...layout.margin, l: 8, r: 8 };
      for (const [name, value] of Object.entries(narrow ?? {})) {
        layout[name] = name.endsWith("axis") ? { ...layout[name], ...value } : value;
      }
    }
    return window.Plotly.react(plot, data, layout, config);
  }

  async function open(place, opener) {
    const plot = place.querySelector(".explore__plot");
    opener.disabled = true;
    try {
      await Promise.all([load(), fetchFigure(place)]);
    } catch {
      opener.disabled = false;
      opener.textContent = "The chart could not be loaded: try again";
      return;
    }
    place.hidden = false;
    place.parentElement.querySelector(".exhibit__chart").hidden = true;
    await draw(place, plot);
    const row = tools(place, plot, opener);
    opener.disabled = false;
    opener.hidden = true;
    // below a chart's notes the opener may be a screen away from it
    const exhibit = place.closest(".exhibit");
    exhibit.scrollIntoView({ block: exhibit.offsetHeight > innerHeight ? "start" : "nearest" });
    row.querySelector("input, button").focus({ preventScroll: true });
  }

  for (const place of places) {
    const opener = make("button", { type: "button", className: "link explore__open" }, "Explore this chart");
    opener.append(make("span", { className: "govuk-visually-hidden" }, `: ${place.dataset.of}`));
    opener.addEventListener("click", () => open(place, opener));
    place.closest(".exhibit").querySelector(".exhibit__table").after(opener);
  }

  dark.addEventListener("change", () => {
    for (const place of places) {
      if (!place.hidden) draw(place, place.querySelector(".explore__plot"));
    }
  });
})();
