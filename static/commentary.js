// The editor of commentary: figures found and inserted at the cursor, the preview renewed while typing.
"use strict";

document.querySelectorAll("[data-commentary]").forEach((editor) => {
  const text = editor.querySelector("textarea");
  const find = editor.querySelector("input[type=search]");
  const list = editor.querySelector(".commentary__list");
  const preview = editor.querySelector(".commentary__preview");
  const trouble = editor.querySelector(".commentary__trouble");

  function insert(written) {
    text.setRangeText(written, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  // without JavaScript the list is there to be read; with it, each entry is a button
  const buttons = list ? [...list.children].map((entry) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...entry.childNodes);
    button.addEventListener("click", () => insert(entry.dataset.written));
    entry.append(button);
    return button;
  }) : [];
  const shown = () => buttons.filter((button) => !button.parentElement.hidden);

  if (find) {
    editor.querySelectorAll(".commentary__find, #figures-help").forEach((one) => { one.hidden = false; });
    list.removeAttribute("tabindex");
    find.addEventListener("input", () => {
      const words = find.value.toLowerCase().split(/\s+/);
      buttons.forEach((button) => {
        const told = button.textContent.toLowerCase();
        button.parentElement.hidden = !words.every((word) => told.includes(word));
      });
      editor.querySelector(".commentary__none").hidden = shown().length > 0;
    });
    find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        shown()[0]?.click();
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        shown()[0]?.focus();
      }
    });
    list.addEventListener("keydown", (event) => {
      const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") text.focus();
      if (!way) return;
      event.preventDefault();
      const here = shown().indexOf(document.activeElement) + way;
      (here < 0 ? find : shown()[here])?.focus();
    });
  }

  let waiting, asked;
  async function renew() {
    asked?.abort();
    asked = new AbortController();
    const form = new FormData(text.form);
    form.set("fragment", "1");
    try {
      const answer = await fetch(editor.dataset.preview, { method: "POST", body: form, signal: asked.signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      preview.innerHTML = await answer.text();
      trouble.hidden = true;
    } catch (error) {
      if (error.name === "AbortError") return;
      trouble.textContent = "The preview cannot be renewed just now. Your text is still here: save it, or sign in again in another tab.";
      trouble.hidden = false;
    }
  }
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(renew, 300);
  };
  text.addEventListener("input", later);
  text.form.addEventListener("change", (event) => { if (event.target !== text && event.target !== find) later(); });
});
