// Choosing a variant shows its price, pictures and stock: as the server says, part by part.
// Without it, price and stock stand beside each variant, and the server checks what is put in the cart.
"use strict";
const form = document.querySelector("form.buy");
let latest = 0;

async function follow(sku) {
  const turn = ++latest;
  const address = `${form.dataset.address}?v=${encodeURIComponent(sku)}`;
  const answer = await fetch(address).catch(() => null);
  if (!answer || !answer.ok || turn !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const typed = new Map([...form.querySelectorAll("#laenge, #stuecke, #menge")].map((field) => [field.id, field.value]));
  for (const part of document.querySelectorAll("[data-follows-variant]")) {
    const fresh = page.querySelector(`[data-follows-variant="${part.dataset.followsVariant}"]`);
    if (fresh) part.replaceWith(document.importNode(fresh, true));
  }
  for (const [id, value] of typed) document.getElementById(id).value = value;
  history.replaceState(null, "", address);
  form.dispatchEvent(new Event("input"));
}

const chosen = form?.querySelector(".swatch :checked");
if (chosen) chosen.closest(".swatches").scrollTop = chosen.closest(".swatch").offsetTop - chosen.closest(".swatches").offsetTop - 8;

form?.addEventListener("change", (event) => {
  if (event.target.name === "variante") follow(event.target.value);
});
