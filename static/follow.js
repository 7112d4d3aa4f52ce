// Follows a publication or a draft paper as it goes on: asks for the page again and shows what it
// says, and leads to what is ready then.
"use strict";

(() => {
  const EVERY = 2000;

  async function look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && answer.redirected) return location.replace(answer.url);
      const now = page.getElementById("progress");
      const shown = document.getElementById("progress");
      if (answer.ok && !now) return location.reload(); // what it told of is over
      if (answer.ok && now && now.innerHTML !== shown.innerHTML) {
        shown.innerHTML = now.innerHTML;
        document.title = page.title;
      }
      if (answer.ok && now && !("follow" in now.dataset)) {
        document.getElementById("cancel")?.remove();
        // in the place of this page, so that Back does not lead here and on again
        if (now.dataset.ready) location.replace(now.dataset.ready);
        return;
      }
    } catch {
      // the server may be busy or away for a moment: ask again
    }
    setTimeout(look, EVERY);
  }

  setTimeout(look, EVERY);
})();
