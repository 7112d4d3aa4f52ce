// Single-key shortcuts on a claim before the panel. Everything works without them; they rest while
// somebody types, and can be switched off for good on this machine.
"use strict";

(() => {
  const form = document.querySelector("form.decide");
  const box = document.getElementById("keys-on");
  const KEPT = "panel-keys";
  const typing = (element) =>
    element.matches("textarea, select, input:not([type='radio'], [type='checkbox'])");

  function show(on) {
    document.querySelectorAll("[data-key]").forEach((key) => { key.hidden = !on; });
  }

  let on = true;
  try {
    on = localStorage.getItem(KEPT) !== "off";
  } catch {
    // a browser that keeps nothing has the shortcuts on
  }
  show(on);

  if (box) {
    document.getElementById("keys").hidden = false;
    box.checked = on;
    box.addEventListener("change", () => {
      on = box.checked;
      show(on);
      try {
        localStorage.setItem(KEPT, on ? "on" : "off");
      } catch {
        // then it holds for this page alone
      }
    });
  }

  const leads = { n: "next", p: "prev", l: "index" };

  function choose(id, then) {
    const choice = document.getElementById(id);
    if (!choice) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    document.getElementById(then || id).focus();
  }

  function regrade(place) {
    const names = ["major", "moderate", "minor", "none", "negative"];
    const impact = document.getElementById(`impact-${names[place - 1]}`);
    if (!impact) return;
    choose("kind-regraded");
    impact.checked = true;
    document.getElementById("id_reason").focus();
  }

  const acts = {
    a: () => choose("kind-accepted"),
    g: () => choose("kind-regraded"),
    d: () => choose("kind-deferred", "id_reason"),
    r: () => choose("kind-rejected", "id_reason"),
    u: () => choose("kind-duplicate", "id_duplicate_of"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && form?.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value='check']"));
      return;
    }
    if (!on || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (leads[key]) {
      document.querySelector(`.acts a[rel='${leads[key]}']`)?.click();
    } else if (form && acts[key]) {
      event.preventDefault();
      acts[key]();
    } else if (form && /^[1-5]$/.test(key)) {
      event.preventDefault();
      regrade(Number(key));
    }
  });

  // what is wrong is read first
  document.getElementById("problem")?.scrollIntoView({ block: "nearest" });
})();
