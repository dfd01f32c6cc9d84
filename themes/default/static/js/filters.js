// Back from another list the browser may show what was ticked last on this one; its goods fit what its address says.
"use strict";
addEventListener("pageshow", (event) => {
  const form = document.getElementById("auswahl");
  if (event.persisted && form) form.reset();
});
