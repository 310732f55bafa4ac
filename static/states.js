// What a part of a page says while it is read, and when that fails: the old figures stay in sight.

// A list to pick from while typing has no place to say anything.
const shows = (target) => target && target.tagName !== "DATALIST";
const noteOf = (target) => target.querySelector(":scope > .state, :scope > .stack > .state");

document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (shows(detail.target) && !detail.target.dataset.etag) detail.target.setAttribute("aria-busy", "true");
});
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target?.removeAttribute("aria-busy");
  if (detail.xhr.status && detail.xhr.status < 400 && detail.target) noteOf(detail.target)?.remove();
});

// Returns whether the part itself says it; else the page does, in a toast.
function showFailure({ detail }, reference) {
  const { target, elt, requestConfig } = detail;
  if (!shows(target) || requestConfig?.verb !== "get") return false;
  const isPoll = Boolean(target.dataset.etag);
  const old = noteOf(target);
  if (old && isPoll) return true;
  old?.remove();
  const kind = document.getElementById(isPoll ? "state-stale" : "state-failed");
  const note = kind.content.cloneNode(true).firstElementChild;
  if (reference) {
    note.querySelector("[data-reference]").hidden = false;
    note.querySelector("code").textContent = reference;
  }
  const since = note.querySelector("[data-since]");
  if (since) since.textContent = document.querySelector("[data-clock]")?.textContent ?? "";
  note.querySelector("[data-retry]").addEventListener("click", () => {
    window.htmx.ajax("GET", requestConfig.path, { source: elt, target });
  });
  const before = target.querySelector(":scope > .filter, :scope > header");
  if (before) before.after(note);
  else target.prepend(note);
  return true;
}
