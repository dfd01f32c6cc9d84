// Narrows a colour card or a list while someone types a name or number. Without it there is no such field.
// The chosen one stays in sight (and in reach of the keyboard); Enter or the arrow down takes the first that fits.
"use strict";
for (const template of document.querySelectorAll("template[data-narrow]")) {
  const every = [...document.querySelectorAll(`#${template.dataset.narrow} [data-narrowed], #${template.dataset.narrow} .swatch`)];
  const texts = every.map((each) => {
    const parts = [...each.querySelectorAll("b, label, [data-number]"), each.closest(".swatches__group")?.firstElementChild];
    return plain(parts.map((part) => part?.textContent || "").join(" "));
  });
  template.after(template.content.cloneNode(true));
  const field = document.querySelector("#farbsuche");
  const said = document.querySelector("#farbsuche-gefunden");

  function plain(text) {
    return ` ${text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\s+/g, " ")}`;
  }

  function narrow() {
    const words = plain(field.value).trim().split(" ").filter(Boolean);
    const fits = texts.map((text) => words.every((word) => text.includes(word)));
    every.forEach((each, at) => { each.hidden = !fits[at] && !isKept(each); });
    const found = fits.filter(Boolean).length;
    const sentence = found ? said.dataset.found : said.dataset.none;
    said.textContent = words.length ? sentence.replace("{n}", found).replace("{all}", every.length) : "";
  }

  // The best first: a whole number or word before a part of one.
  function first() {
    const words = plain(field.value).trim().split(" ");
    const shown = every.filter((each, at) => words.every((word) => texts[at].includes(word)));
    return shown.find((each) => `${texts[every.indexOf(each)]} `.includes(` ${words[0]} `)) || shown[0];
  }

  function isKept(each) {
    const input = each.querySelector("input");
    return input?.type === "radio" ? input.checked : Boolean(input?.value);
  }

  function take() {
    const input = first()?.querySelector("input");
    if (!input) return;
    input.focus();
    if (input.type === "radio" && !input.checked) input.click();
  }

  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) { field.value = ""; narrow(); event.preventDefault(); }
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    if (field.value.trim()) take();
  });
}
