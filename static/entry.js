// Tells, while a disruption is entered, what follows from it; the server says all of it on saving too.
"use strict";

(() => {
  const place = document.getElementById("entry-hints");
  if (!place) return;
  const $ = window.django.jQuery;
  const field = (name) => document.getElementById(`id_${name}`);
  const [group, kind, day, name, impact] =
    ["ocg", "crime_type", "date_of_impact", "operation_name", "claimed_impact"].map(field);
  const quarter = document.querySelector(".field-quarter_told .readonly");
  if (!group || !day) return;

  let chosen = kind.value !== "";   // a crime type that the officer chose is never replaced
  let defaulted = "";
  let asked = 0;

  function offer(type) {
    if (!type || (chosen && kind.value !== defaulted)) return;
    const [key, label] = type;
    defaulted = String(key);
    if (kind.value === defaulted) return;
    kind.replaceChildren(new Option("", ""), new Option(label, key, true, true));
    $(kind).trigger("change");
  }

  function tellQuarter(words, late) {
    if (!quarter) return;
    // a day that cannot be read takes the quarter of the day before it away
    quarter.textContent = late ? `${words}. ` : words || place.dataset.unknown;
    if (!late) return;
    const warning = document.createElement("strong");
    warning.className = "entry-late";
    warning.textContent = late;
    quarter.append(warning);
  }

  function tellDuplicates(found) {
    // what the server has just asked about is not told twice
    const asked = [...document.querySelectorAll("[role=alert].entry-warning a")].map((link) => link.textContent);
    const news = found.filter(({ words }) => !asked.some((text) => text.startsWith(words)));
    place.hidden = news.length === 0;
    if (place.hidden) return;
    const heading = document.createElement("p");
    heading.textContent = news.length === 1 ? "One likely duplicate:" : `${news.length} likely duplicates:`;
    const list = document.createElement("ul");
    for (const { address, words } of news) {
      const link = document.createElement("a");
      link.href = address;
      link.target = "_blank";
      link.textContent = `${words} (opens in a new tab)`;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    place.replaceChildren(heading, list);
  }

  async function ask() {
    const turn = ++asked;
    const wanted = new URLSearchParams({
      ocg: group.value, day: day.value, operation_name: name.value, besides: place.dataset.record ?? "",
    });
    const answer = await fetch(`${place.dataset.address}?${wanted}`, { headers: { Accept: "application/json" } })
      .catch(() => null);
    // without an answer the form still works: the server tells on saving
    if (!answer?.ok || turn !== asked) return;
    const hints = await answer.json();
    offer(hints.crime_type);
    if (!("decided" in place.dataset)) tellQuarter(hints.quarter, hints.late);
    tellDuplicates(hints.duplicates);
  }

  function demand() {
    const major = impact.value === "major";
    for (const name of ["evidence", "rationale"]) {
      const label = document.querySelector(`label[for="id_${name}"]`);
      field(name)?.setAttribute("aria-required", String(major));
      label?.classList.toggle("required", major);
    }
  }

  let wait;
  const soon = () => { clearTimeout(wait); wait = setTimeout(ask, 300); };
  day.closest(".form-row").after(place);
  // the autocomplete tells jQuery alone of a choice, the calendar tells nobody but the focus
  $(group).on("change", soon);
  $(kind).on("change", () => { chosen = kind.value !== "" && kind.value !== defaulted; });
  for (const event of ["input", "change", "focus", "blur"]) day.addEventListener(event, soon);
  name.addEventListener("input", soon);
  impact?.addEventListener("change", demand);
  demand();
  ask();
  // the admin focuses the first control, which is a button that submits
  const refused = document.querySelector(".errornote");
  if (!place.dataset.record && !refused) window.addEventListener("load", () => name.focus());
})();
