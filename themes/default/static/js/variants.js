// Choosing a variant shows its price, pictures, stock and limits: as the server says, part by part.
// Without it, price and stock stand beside each variant, and the server checks what is put in the cart.
"use strict";
const form = document.querySelector("form.buy");
let latest = 0;
let waiting = 0;

async function follow(sku) {
  const turn = ++latest;
  const chosen = `?v=${encodeURIComponent(sku)}`;
  const answer = await fetch(`${form.dataset.address}/auswahl${chosen}`).catch(() => null);
  if (!answer || !answer.ok || turn !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const typed = [...form.querySelectorAll("#laenge, #stuecke, #menge")].filter((field) => field.value !== field.defaultValue);
  for (const part of document.querySelectorAll("[data-follows-variant]")) {
    const fresh = page.querySelector(`[data-follows-variant="${part.dataset.followsVariant}"]`);
    if (fresh) part.replaceWith(document.importNode(fresh, true));
  }
  for (const field of typed) document.getElementById(field.id).value = field.value;
  history.replaceState(null, "", form.dataset.address + chosen);
  form.dispatchEvent(new Event("input"));
}

// The chosen colour is brought into sight within its card, once the fonts are there and nothing moves any more.
document.fonts.ready.then(() => {
  const tile = form?.querySelector(".swatch:has(:checked)");
  if (tile) tile.closest(".swatches").scrollTop = tile.offsetTop - 48;
});

// Whoever walks through the colours by the arrow keys is asked for only where they stop.
form?.addEventListener("change", (event) => {
  if (event.target.name !== "variante") return;
  clearTimeout(waiting);
  waiting = setTimeout(follow, 120, event.target.value);
});
