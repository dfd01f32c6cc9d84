// Says what the chosen length comes to while someone types. Whole cents and centimetres, as the shop counts.
"use strict";
const buying = document.querySelector("form.buy");
const UNITS = { 100: { "": 100, m: 100, meter: 100, cm: 1 }, 1000: { "": 1, g: 1, gramm: 1, kg: 1000 }, 1: { "": 1 } };

function amount(text, per) {
  const match = /^(\d{1,6})(?:[.,](\d{1,3}))?\s*([a-z]*)\.?$/.exec(text.trim().toLowerCase());
  const factor = match && UNITS[per][match[3]];
  if (!factor) return null;
  const digits = (match[2] || "").padEnd(3, "0");
  const thousandths = (Number(match[1]) * 1000 + Number(digits)) * factor;
  return thousandths % 1000 === 0 ? thousandths / 1000 : null;
}

function tell() {
  const field = buying.querySelector("[data-price-cents]");
  const pieces = Number(buying.querySelector("#stuecke")?.value || 1);
  const per = Number(field.dataset.per);
  const quantity = amount(field.value, per);
  const each = quantity && Math.floor((2 * Number(field.dataset.priceCents) * quantity + per) / (2 * per));
  const sum = each && Number.isInteger(pieces) && pieces > 0 ? each * pieces : 0;
  const words = (cents) => (cents / 100).toLocaleString("de-DE", { style: "currency", currency: "EUR" });
  buying.querySelector("[data-sum]").textContent = sum ? `Zusammen ${words(sum)}` : "";
}

if (buying) {
  buying.addEventListener("input", tell);
  tell();
}
