// Shows a small picture large in its place; without it the link opens the large picture.
"use strict";
document.addEventListener("click", (event) => {
  const link = event.target.closest(".gallery__strip a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const gallery = link.closest(".gallery");
  const large = gallery.querySelector(".gallery__large img");
  gallery.querySelector(".gallery__large source").srcset = link.dataset.webp;
  large.className = link.dataset.focus;
  large.src = link.href;
  large.alt = link.querySelector("img").alt;
  for (const each of gallery.querySelectorAll(".gallery__strip a")) each.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});
