// Offers words, departments and articles below the search field while someone types: the editable combobox with a
// list of the ARIA Authoring Practices (w3.org/WAI/ARIA/apg/patterns/combobox). The focus stays in the field; what
// is marked in the list is named by aria-activedescendant. Without this script the form works as it is.
// Written for telephones that get no updates any more: nothing younger than 2018, what may be missing is asked for.
"use strict";
(() => {
  const template = document.querySelector("template[data-suggestions]");
  const form = template && template.parentNode;
  if (!form || !window.fetch) return;
  form.appendChild(document.importNode(template.content, true));
  const field = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  const said = form.querySelector("[role=status]");
  const groups = Array.from(list.querySelectorAll("[role=group]"));
  const isThrifty = Boolean(navigator.connection && navigator.connection.saveData);
  const isSmall = Boolean(window.matchMedia && matchMedia("(max-width: 40rem)").matches);
  const SHORTEST = 2, PAUSE = isThrifty ? 400 : 150, MOST_WORDS = isSmall ? 3 : 5; // half a telephone is its keyboard
  const answers = new Map(); // by what was typed: whoever deletes a letter waits for nothing
  const drawn = new Map(); // options by what they say: what stays in the list is not drawn anew
  let options = [];
  let marked = -1;
  let waiting = 0;
  let running = null;

  const typed = () => field.value.trim().replace(/\s+/g, " ");
  const isOpen = () => !list.hidden;

  function mark(at) {
    if (options[marked]) options[marked].setAttribute("aria-selected", "false");
    marked = at;
    const option = options[at];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function open(shall) {
    list.hidden = !shall || options.length === 0;
    field.setAttribute("aria-expanded", String(isOpen()));
    if (!isOpen()) { mark(-1); said.textContent = ""; }
  }

  function part(parent, name, text) {
    if (!text) return;
    const made = document.createElement("span");
    made.className = `suggestion__${name}`;
    made.textContent = text;
    parent.appendChild(made);
  }

  function draw(kind, item) {
    const option = document.createElement("a");
    option.id = `vorschlag-${drawn.size}`;
    option.className = `suggestion suggestion--${kind}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.tabIndex = -1;
    option.href = item.address;
    if (item.picture && !isThrifty) {
      const picture = document.createElement("img");
      Object.assign(picture, { alt: "", width: 48, height: 48, decoding: "async", src: item.picture });
      option.appendChild(picture);
    }
    const words = document.createElement("span");
    words.className = "suggestion__words";
    part(words, "name", item.name);
    part(words, "path", item.path && said.dataset.in.replace("{path}", item.path));
    part(words, "price", item.price);
    part(words, "base", item.base);
    part(words, "note", item.is_sold_out && said.dataset.soldOut);
    option.appendChild(words);
    return option;
  }

  function optionOf(kind, item) {
    const key = kind + JSON.stringify(item);
    if (!drawn.has(key)) drawn.set(key, draw(kind, item));
    return drawn.get(key);
  }

  function show(found) {
    const items = Object.assign({}, found, {
      words: found.words.slice(0, MOST_WORDS).map((word) => ({ name: word, address: `${form.getAttribute("action")}?q=${encodeURIComponent(word)}` })),
    });
    mark(-1);
    options = [];
    for (const group of groups) {
      const kind = group.dataset.kind;
      const fresh = items[kind].map((item) => optionOf(kind, item));
      Array.from(group.querySelectorAll("[role=option]")).forEach((old) => { if (!fresh.includes(old)) old.remove(); });
      fresh.forEach((option) => group.appendChild(option));
      group.hidden = fresh.length === 0;
      options = options.concat(fresh);
    }
    open(true);
    const number = options.length;
    said.textContent = number === 0 ? said.dataset.none : number === 1 ? said.dataset.one : said.dataset.many.replace("{n}", number);
  }

  function ask() {
    const text = typed();
    stop();
    if (answers.has(text)) return show(answers.get(text));
    running = window.AbortController ? new AbortController() : null;
    fetch(`${template.dataset.suggestions}?q=${encodeURIComponent(text)}`, running ? { signal: running.signal } : {})
      .then((answer) => (answer.ok ? answer.json() : null))
      .catch(() => null)
      .then((found) => {
        if (found) answers.set(text, found);
        if (text !== typed() || document.activeElement !== field) return;
        if (found) show(found); else open(false);
      });
  }

  function stop() {
    clearTimeout(waiting);
    if (running) running.abort();
    running = null;
  }

  function type() {
    stop();
    mark(-1);
    if (typed().length < SHORTEST) { options = []; open(false); return; }
    if (answers.has(typed())) ask(); else waiting = setTimeout(ask, PAUSE);
  }

  function move(step) {
    const last = options.length - 1;
    mark(marked < 0 ? (step > 0 ? 0 : last) : marked + step > last ? 0 : marked + step < 0 ? last : marked + step);
  }

  function arrow(event, step) {
    if (typed().length < SHORTEST) return;
    event.preventDefault();
    if (event.altKey && step < 0) return open(false);
    if (!isOpen() && answers.get(typed())) show(answers.get(typed()));
    if (!isOpen()) return ask();
    if (!event.altKey) move(step);
  }

  const KEYS = {
    ArrowDown: (event) => arrow(event, 1),
    ArrowUp: (event) => arrow(event, -1),
    Enter: (event) => {
      if (isOpen() && options[marked]) { event.preventDefault(); options[marked].click(); }
    },
    Escape: (event) => {
      if (!isOpen() && !field.value) return;
      event.preventDefault();
      if (!isOpen()) field.value = "";
      stop();
      open(false);
    },
    Tab: () => { stop(); open(false); },
    Home: () => mark(-1),
    End: () => mark(-1),
    ArrowLeft: () => mark(-1),
    ArrowRight: () => mark(-1),
  };

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);
  field.addEventListener("input", type);
  field.addEventListener("keydown", (event) => {
    if (KEYS[event.key] && !event.isComposing && !event.ctrlKey && !event.metaKey) KEYS[event.key](event);
  });
  form.addEventListener("submit", () => { stop(); open(false); });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // or the field would lose the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (option.parentNode.dataset.kind === "words") field.value = option.textContent;
    stop();
    open(false);
  });
  const leave = (event) => { if (!form.contains(event.target)) open(false); };
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
  window.addEventListener("pageshow", () => open(false));
})();
