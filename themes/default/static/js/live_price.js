// Says what the chosen quantity comes to while someone types. Whole cents and smallest units, as the shop counts.
"use strict";
const buying = document.querySelector("form.buy");
const UNITS = {
  piece: { per: 1, names: { "": 1 } },
  length: { per: 100, names: { "": 100, m: 100, meter: 100, cm: 1 } },
  weight: { per: 1000, names: { "": 1, g: 1, gramm: 1, kg: 1000 } },
  area: { per: 10000, names: { "": 10000, "m²": 10000, m2: 10000, qm: 10000 } },
};

function amount(text, names) {
  const match = /^(\d{1,6})(?:[.,](\d{1,4}))?\s*([a-z]*[²2]?)\.?$/.exec(text.trim().toLowerCase());
  const factor = match && names[match[3]];
  if (!factor) return null;
  const parts = (Number(match[1]) * 10000 + Number((match[2] || "").padEnd(4, "0"))) * factor;
  return parts % 10000 === 0 ? parts / 10000 : null;
}

// The price for so much: from a step on all of it costs less.
function priceOf(field, total) {
  const steps = (field.dataset.steps || "").split(" ").filter(Boolean).map((step) => step.split(":").map(Number));
  const reached = steps.filter(([from]) => total >= from).map(([, cents]) => cents);
  return Math.min(Number(field.dataset.priceCents), ...reached);
}

function tell() {
  const field = buying.querySelector("[data-price-cents]");
  const pieces = Number(buying.querySelector("#stuecke")?.value || 1);
  const { per, names } = UNITS[field.dataset.unit];
  const quantity = amount(field.value, names);
  const isPossible = quantity && Number.isInteger(pieces) && pieces > 0;
  const each = isPossible && Math.floor((2 * priceOf(field, quantity * pieces) * quantity + per) / (2 * per));
  const words = (cents) => (cents / 100).toLocaleString("de-DE", { style: "currency", currency: "EUR" });
  buying.querySelector("[data-sum]").textContent = each ? `Zusammen ${words(each * pieces)}` : "";
}

if (buying) {
  buying.addEventListener("input", tell);
  tell();
}
