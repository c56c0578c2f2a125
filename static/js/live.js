// Live updates: while the page is seen, one stream of signals; each becomes an event on the part that
// asked for it (`data-events`), which then fetches itself. What was missed meanwhile is fetched at once.

const RETRY_MS = 10_000;

let source = null;
let address = null;
let later;

const part = () => document.querySelector("[data-events]");

function tell() {
  part()?.dispatchEvent(new Event("board"));
}

function follow() {
  const wanted = document.hidden ? null : part()?.dataset.events ?? null;
  if (wanted === address && source?.readyState !== EventSource.CLOSED) return;
  leave();
  if (wanted === null) return;
  address = wanted;
  source = new EventSource(wanted);
  source.addEventListener("board", tell);
  source.addEventListener("error", ({ target }) => {
    if (target === source && target.readyState === EventSource.CLOSED) later = setTimeout(follow, RETRY_MS);
  });
}

function leave() {
  clearTimeout(later);
  source?.close();
  source = address = null;
}

function seenAgain() {
  follow();
  if (!document.hidden) tell();
}

document.addEventListener("visibilitychange", seenAgain);
document.addEventListener("htmx:after:settle", () => { if (part()?.dataset.events !== (address ?? undefined)) follow(); });
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => { if (event.persisted) seenAgain(); });
follow();
