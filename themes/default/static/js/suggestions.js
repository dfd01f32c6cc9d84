// Offers words below the search field while someone types; without it the form works as it is.
"use strict";
for (const field of document.querySelectorAll("input[data-suggestions]")) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.hidden = true;
  field.form.append(list);
  let waiting = 0;
  let asked = "";

  const show = (words) => {
    list.replaceChildren(...words.map((word) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `${field.form.getAttribute("action")}?q=${encodeURIComponent(word)}`;
      link.textContent = word;
      item.append(link);
      return item;
    }));
    list.hidden = words.length === 0;
  };

  const ask = async () => {
    asked = field.value.trim();
    if (asked.length < 2) return show([]);
    const question = asked;
    const answer = await fetch(`${field.dataset.suggestions}?q=${encodeURIComponent(question)}`).catch(() => null);
    if (answer && answer.ok && question === asked) show(await answer.json());
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  field.form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") { show([]); field.focus(); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || links.length === 0) return;
    event.preventDefault();
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    (links[next] || field).focus();
  });
  document.addEventListener("click", (event) => { if (!field.form.contains(event.target)) show([]); });
}
