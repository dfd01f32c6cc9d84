// Sends photographs one by one, so that a slow line or a lost one costs one photograph and not two hundred.
"use strict";
(() => {
  const form = document.querySelector("[data-one-by-one]");
  if (!form || !window.fetch) return;
  const TRIES = 4;
  const box = form.querySelector(".sending");
  const bar = box.querySelector("progress");
  const text = box.querySelector("span");
  const problems = box.querySelector(".sending__problems");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function send(file, number) {
    const body = new FormData();
    body.append("nummer", number);
    body.append("fotos", file, file.name);
    for (let attempt = 1; ; attempt += 1) {
      let sentence = "Die Verbindung ist abgebrochen.";
      try {
        const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.redirected) { location.reload(); return "Bitte melden Sie sich noch einmal an."; }
        if (answer.ok) return "";
        if (answer.status === 413) return "Diese Datei ist zu groß.";
        if (answer.status === 507) return (await answer.json()).satz;
        sentence = "Der Server hat das Foto nicht angenommen.";
      } catch (error) { /* the line is gone for a moment */ }
      if (attempt === TRIES) return sentence + " Bitte laden Sie es später noch einmal hoch.";
      await pause(1000 * attempt * attempt);
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const files = [...form.querySelector("input[type=file]").files];
    if (!files.length) return;
    form.querySelector("button").disabled = true;
    box.hidden = false;
    bar.max = files.length;
    const leaving = (asked) => asked.preventDefault();
    addEventListener("beforeunload", leaving);
    let failed = 0;
    for (const [number, file] of files.entries()) {
      text.textContent = `${number + 1} von ${files.length} wird übertragen …`;
      const problem = await send(file, number);
      if (problem) {
        failed += 1;
        const line = document.createElement("li");
        line.textContent = `${file.name}: ${problem}`;
        problems.append(line);
      }
      bar.value = number + 1;
    }
    removeEventListener("beforeunload", leaving);
    if (failed < files.length && !failed) { location.href = form.dataset.then; return; }
    text.textContent = `${files.length - failed} von ${files.length} sind übertragen.`;
    if (failed < files.length) {
      const link = document.createElement("a");
      link.href = form.dataset.then;
      link.textContent = "Weiter zu den übertragenen Fotos";
      box.append(link);
    }
  });
})();
