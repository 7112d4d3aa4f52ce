// Draws a draft's charts that have no picture yet; the table beneath each says the same without it.
"use strict";

(() => {
  const places = [...document.querySelectorAll("[data-figure]")];
  if (!places.length) return;

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const figures = places.map((place) =>
    JSON.parse(document.getElementById(place.dataset.figure).textContent));

  // Plotly writes style attributes, which the Content Security Policy refuses; the same through the
  // element's style object is allowed.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  function draw() {
    places.forEach((place, index) => {
      const { data, layout, config } = structuredClone(figures[index][dark.matches ? "dark" : "light"]);
      place.hidden = false;
      window.Plotly.react(place, data, layout, config);
    });
  }

  const library = document.createElement("script");
  library.src = document.currentScript.dataset.plotly;
  library.addEventListener("load", () => {
    draw();
    dark.addEventListener("change", draw);
  });
  document.head.append(library);
})();
