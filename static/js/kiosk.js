// What every page needs: a word when the connection is gone, a lock after a quiet while, toasts that
// leave, a pressed button that shows it, and answers of htmx that are whole pages.

const TOAST_MS = 7000;
const PING_MS = 5000;
const PING_LIMIT_MS = 3000;
const MISSES_BEFORE_BANNER = 2;
const WARN_SECONDS = 20;

// ---- connection -------------------------------------------------------------------------------

let misses = 0;

async function ping() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PING_LIMIT_MS) });
    misses = answer.ok ? 0 : misses + 1;
  } catch {
    misses += 1;
  }
  showConnection();
}

function showConnection() {
  const gone = misses >= MISSES_BEFORE_BANNER;
  const banner = document.getElementById("offline");
  if (banner) banner.hidden = !gone;
  document.body.toggleAttribute("data-offline", gone);
}

if (document.getElementById("offline")) {
  setInterval(ping, PING_MS);
  addEventListener("offline", () => { misses = MISSES_BEFORE_BANNER; showConnection(); });
  addEventListener("online", ping);
}

document.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  if (document.body.hasAttribute("data-offline") && pressed?.matches("[data-money]")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, { capture: true });

// ---- lock after a quiet while -------------------------------------------------------------------

let lastTouch = Date.now();
let lastTold = Date.now();

function idleSeconds() {
  return Number(document.body.dataset.idleSeconds ?? 0);
}

function lock() {
  document.getElementById("lock")?.form?.requestSubmit();
}

function touched() {
  lastTouch = Date.now();
}

function watchIdle() {
  const limit = idleSeconds();
  const dialog = document.getElementById("idle");
  if (!limit || !dialog) return;
  const left = Math.ceil(limit - (Date.now() - lastTouch) / 1000);
  if (left <= 0) {
    lock();
  } else if (left <= WARN_SECONDS) {
    dialog.querySelector("[data-idle-left]").textContent = String(left);
    if (!dialog.open) dialog.showModal();
  } else if (dialog.open) {
    dialog.close();
  }
}

// The server counts its own quiet while: reading this page once more tells it that somebody is here.
async function tellServer() {
  if (!idleSeconds() || lastTouch <= lastTold || document.hidden) return;
  lastTold = Date.now();
  await fetch(location.href, { cache: "no-store" }).catch(() => {});
}

for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched, { capture: true, passive: true });
setInterval(watchIdle, 1000);
setInterval(tellServer, 60_000);

// ---- toasts -------------------------------------------------------------------------------------

export function toast(sentence) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.toast = "";
  box.textContent = sentence;
  place.replaceChildren(box);
  leaveLater(box);
}

function leaveLater(box) {
  setTimeout(() => {
    if (box.matches(":hover, :focus-within")) leaveLater(box);
    else box.remove();
  }, TOAST_MS);
}

for (const box of document.querySelectorAll("#toasts [data-toast]")) leaveLater(box);

// ---- forms --------------------------------------------------------------------------------------

// A form that the browser sends itself: mark the pressed button, and let the form go only once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("data-pressed", "");
});

// Coming back by the browser's own cache: nothing has been sent from the page that is shown.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const pressed of document.querySelectorAll("[data-pressed]")) pressed.removeAttribute("data-pressed");
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]") && event.target.validity.valid) event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  if (event.target.closest("[data-stay]")) {
    document.getElementById("idle")?.close();
    tellServer();
  }
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const field = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
  if (field && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
  }
});

if (new URLSearchParams(location.search).get("print") === "1" && document.querySelector(".receipt")) {
  addEventListener("load", () => print());
}

// What was folded away is looked at when it is unfolded.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.more") && event.target.open) event.target.scrollIntoView({ block: "nearest" });
}, true);

// ---- htmx ---------------------------------------------------------------------------------------

// A card attempt that still waits stays as it is: nothing is read out twice, the focus does not move.
// A part was asked for and a whole page came (an error, or the ticket is settled): show the page.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.target?.id === "attempt" && ctx.text?.includes('data-state="waiting"') && ctx.target.dataset.state === "waiting") {
    ctx.swap = "none";
    return;
  }
  if (!ctx.text?.trimStart().toLowerCase().startsWith("<!doctype")) {
    if (ctx.target?.id === "guest-results") keepNewGuest(ctx);
    return;
  }
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  if (ctx.select && page.querySelector(ctx.select)) return;
  ctx.target = document.body;
  ctx.select = null;
  ctx.swap = "outerSync";
});

// Who opened "New guest" while names were looked for keeps it, and what was typed there.
function keepNewGuest(ctx) {
  const opened = ctx.target.querySelector("details[open]");
  if (!opened) return;
  const found = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  for (const field of opened.querySelectorAll("input.input")) {
    if (field.value === field.defaultValue) field.value = field.defaultValue = found.getElementById(field.id)?.defaultValue ?? "";
  }
  ctx.target = ctx.target.querySelector(".options");
  ctx.select = "#guest-results > .options";
}

document.addEventListener("htmx:before:request", (event) => {
  event.detail.ctx.request.submitter?.setAttribute("data-pressed", "");
});

document.addEventListener("htmx:finally:request", (event) => {
  event.detail.ctx.request.submitter?.removeAttribute("data-pressed");
});

document.addEventListener("htmx:error", () => {
  misses = Math.max(misses, MISSES_BEFORE_BANNER - 1);
  ping();
});
