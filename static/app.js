// Only what a page cannot do without a script. Every link and form works without this file.

const toasts = document.getElementById("toasts");

function toast(level, text) {
  const box = document.createElement("div");
  box.className = `toast ${level}`;
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  addClosing(box);
  toasts.append(box);
  keepTwo();
}

function keepTwo() {
  while (toasts.children.length > 2) toasts.firstElementChild.remove();
}

// A failure stays until it is closed; anything else leaves by itself.
function addClosing(box) {
  const close = document.createElement("button");
  close.type = "button";
  close.setAttribute("aria-label", toasts.dataset.close);
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(close);
  if (!box.classList.contains("error")) setTimeout(() => box.remove(), 8000);
}

for (const box of toasts.querySelectorAll(".toast")) addClosing(box);
keepTwo();

document.body.addEventListener("toasts", (event) => {
  for (const { level, text } of event.detail.value) toast(level, text);
});
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.body.addEventListener(failure, (event) => {
    const reference = event.detail.xhr?.getResponseHeader("X-Request-ID");
    if (showFailure(event, reference)) return;
    toast("error", toasts.dataset.failed + (reference ? ` ${toasts.dataset.reference} ${reference}` : ""));
  });
}

// Leaving a field asks once more for what is shown; that is no step to go back to.
document.body.addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history } }) => {
  if (history.path === location.pathname + location.search) history.type = "replace";
});

// The theme changes at once and keeps what was typed; the cookie tells the server.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-switch]") || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
});

// A button such as “all 580” writes its value into the field it names.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const fill = event.target.closest("[data-fill]");
  if (fill) {
    event.preventDefault();
    const input = document.getElementById(fill.dataset.fill);
    input.value = fill.dataset.value;
    input.focus();
  }
  for (const open of document.querySelectorAll("details.drop[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select")) {
    event.preventDefault();
    document.querySelector(".find input")?.select();
  }
  if (event.key === "Escape") closeOpened(event);
  if (event.target.closest(".find") && ["ArrowDown", "ArrowUp"].includes(event.key)) walkFound(event);
});

// Escape closes what is open, and the focus goes back to what opened it.
function closeOpened(event) {
  const open = document.querySelector("details.drop[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (event.target.closest(".find")) {
    document.getElementById("found").classList.add("closed");
    document.getElementById("find").focus();
  } else if (location.hash === "#menu") {
    location.hash = "main";
  }
}

// Arrows walk from the search field through what it has found, and back.
function walkFound(event) {
  const stops = [document.getElementById("find"), ...document.querySelectorAll("#found a")];
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

document.getElementById("find")?.addEventListener("input", () => {
  document.getElementById("found").classList.remove("closed");
});

const HOUR = 3600000;

function written(at, timeZone) {
  return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
}

function tick() {
  const clocks = [...document.querySelectorAll("[data-clock]")];
  for (const clock of clocks) clock.textContent = written(new Date(), clock.dataset.clock);
  const publication = document.querySelector("[data-publication]");
  if (!publication) return;
  const zone = clocks[0].dataset.clock;
  // The next full hour, at which SMF of the hour that ended 4 hours before is published.
  const next = (Math.floor(Date.now() / HOUR) + 1) * HOUR;
  const [from, until, at] = [next - 5 * HOUR, next - 4 * HOUR, next].map((time) => written(new Date(time), zone));
  publication.textContent = `${from}–${until}, ${at}`;
}
setInterval(tick, 10000);
