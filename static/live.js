// Pages that stay fresh, and links that are copied. Without this file a page is as fresh as its load.

// A poll says which state it has. The browser would hide a 304 behind its cache, so the tag is sent
// here; an answer that says nothing new changes nothing.
document.body.addEventListener("htmx:configRequest", (event) => {
  const tag = event.target.dataset.etag;
  if (tag) event.detail.headers["If-None-Match"] = tag;
});
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.dataset.etag && document.hidden) event.preventDefault();
});

// What the reader has opened and where the focus is outlives the swap.
let opened = [];
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 304) event.detail.shouldSwap = false;
  opened = [...document.querySelectorAll("details[open][id]")].map((details) => details.id);
});
document.body.addEventListener("htmx:afterSettle", () => {
  for (const id of opened) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await navigator.clipboard.writeText(link.href);
  const toasts = [{ level: "success", text: link.dataset.copy }];
  document.body.dispatchEvent(new CustomEvent("toasts", { detail: { value: toasts } }));
});
