// Follows an import without loading its page anew, so that a screen reader keeps its place and hears only what is new.
"use strict";
(() => {
  const box = document.querySelector("[data-follow]");
  if (!box || !window.fetch) return;
  const EVERY_MS = 1500;

  function show(now) {
    for (const part of ["[data-told]", "[data-count]"]) {
      const [old, young] = [box.querySelector(part), now.querySelector(part)];
      if (old.textContent !== young.textContent) old.textContent = young.textContent;
    }
    const [bar, next] = [box.querySelector("progress"), now.querySelector("progress")];
    if (next.hasAttribute("value")) { bar.max = next.max; bar.value = next.value; } else bar.removeAttribute("value");
  }

  async function look() {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-follow]");
      if (!now) return location.reload();
      show(now);
    } catch (error) { /* the line is gone for a moment */ }
    setTimeout(look, EVERY_MS);
  }
  setTimeout(look, EVERY_MS);
})();
