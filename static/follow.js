// Follows a publication as it goes on: asks for the page again and shows what it says.
"use strict";

(() => {
  const EVERY = 2000;

  async function look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("progress");
      const shown = document.getElementById("progress");
      if (answer.ok && now && now.innerHTML !== shown.innerHTML) {
        shown.innerHTML = now.innerHTML;
        document.title = page.title;
      }
      if (answer.ok && now && !("follow" in now.dataset)) {
        document.getElementById("cancel")?.remove();
        return;
      }
    } catch {
      // the server may be busy or away for a moment: ask again
    }
    setTimeout(look, EVERY);
  }

  setTimeout(look, EVERY);
})();
