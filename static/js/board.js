// The board: where it is scrolled to, which quarter hour was tapped, its keys, the open visit.

const QUARTER = 15;
const ITEMS = ".visit, .gap, .blocked";

const board = () => document.querySelector(".board");

function minutes(text) {
  const [hours, rest] = text.split(":").map(Number);
  return hours * 60 + rest;
}

function hourMinute(total) {
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

function spoken(total) {
  const hours = Math.floor(total / 60);
  return `${hours % 12 || 12}:${String(total % 60).padStart(2, "0")} ${hours < 12 ? "AM" : "PM"}`;
}

// ---- scroll: back where this day was left, else to an hour before now ------------------------------

const memory = () => `board:${board()?.dataset.day}:${board()?.dataset.view}`;

function scrollToNow() {
  const place = board();
  if (!place) return;
  const kept = JSON.parse(sessionStorage.getItem(memory()) ?? "null");
  if (kept && Date.now() - kept.at < 10 * 60_000) {
    place.scrollTo(kept.left, kept.top);
    if (kept.focus && document.activeElement === document.body) document.getElementById(kept.focus)?.focus({ preventScroll: true });
    return;
  }
  const line = place.querySelector(".now");
  const grid = line?.parentElement;
  if (grid) place.scrollTo(0, line.offsetTop - parseFloat(getComputedStyle(grid).gridAutoRows) * 12);
}

function keepScroll() {
  const place = board();
  const focus = document.activeElement?.closest(ITEMS)?.id;
  if (place) sessionStorage.setItem(memory(), JSON.stringify({ left: place.scrollLeft, top: place.scrollTop, at: Date.now(), focus }));
}

scrollToNow();
addEventListener("pagehide", keepScroll);

// ---- free time: the quarter hour under the finger ---------------------------------------------------

function quarterAt(gap, clientY) {
  const box = gap.getBoundingClientRect();
  const from = minutes(gap.dataset.from);
  const to = minutes(gap.dataset.to) || 24 * 60;
  const share = Math.min(Math.max((clientY - box.top) / box.height, 0), 0.9999);
  const tapped = from + share * (to - from);
  return Math.max(from, Math.floor(tapped / QUARTER) * QUARTER);
}

function showHere(gap, total) {
  let here = gap.querySelector(".gap__here");
  if (!here) {
    here = document.createElement("span");
    here.className = "gap__here";
    here.setAttribute("aria-hidden", "true");
    gap.append(here);
  }
  const from = minutes(gap.dataset.from);
  const to = minutes(gap.dataset.to) || 24 * 60;
  here.style.insetBlockStart = `${((total - from) / (to - from)) * 100}%`;
  here.textContent = spoken(total);
}

document.addEventListener("pointermove", (event) => {
  const gap = event.target.closest?.(".gap");
  for (const other of document.querySelectorAll(".gap__here")) if (other.parentElement !== gap) other.remove();
  if (gap && event.pointerType === "mouse") showHere(gap, quarterAt(gap, event.clientY));
});

// Before htmx reads the link: a tap knows where, the keyboard means the start.
document.addEventListener("click", (event) => {
  const gap = event.target.closest?.(".gap");
  if (!gap || event.detail === 0) return;
  const address = new URL(gap.href);
  address.searchParams.set("at", hourMinute(quarterAt(gap, event.clientY)));
  gap.href = address.pathname + address.search;
}, { capture: true });

// ---- the sheet ----------------------------------------------------------------------------------------

let opener = null;

function closeSheet(href) {
  const sheet = document.getElementById("sheet");
  if (!sheet || sheet.hidden) return;
  const here = document.getElementById("live")?.dataset.here ?? href;
  const empty = document.createElement("aside");
  empty.className = "sheet";
  empty.id = "sheet";
  empty.hidden = true;
  sheet.replaceWith(empty);
  history.pushState({ htmx: true }, "", here);
  markOpen();
  (document.getElementById(opener) ?? board() ?? document.getElementById("main")).focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close-sheet]");
  if (close && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    closeSheet(close.getAttribute("href"));
    return;
  }
  const link = event.target.closest?.(".visit, .gap, .blocked, #new-booking");
  if (link) opener = link.id;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const close = document.querySelector("[data-close-sheet]");
  if (close) closeSheet(close.getAttribute("href"));
});

function markOpen() {
  const sheet = document.getElementById("sheet");
  for (const block of document.querySelectorAll('.visit[aria-current="true"]')) block.removeAttribute("aria-current");
  const open = sheet?.dataset.visit && document.getElementById(`visit-${sheet.dataset.visit}`);
  open?.setAttribute("aria-current", "true");
  const add = document.getElementById("new-booking");
  add?.classList.toggle("button--primary", !sheet || sheet.hidden);
  return open;
}

document.addEventListener("htmx:after:settle", (event) => {
  markOpen();
  oneStop();
  if (event.target.id === "sheet") document.querySelector(".time[aria-current], .day[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
});
markOpen()?.scrollIntoView({ block: "nearest", inline: "nearest" });

// ---- arrow keys between what stands on the board ------------------------------------------------------

function centre(item) {
  const box = item.getBoundingClientRect();
  return { x: box.left + box.width / 2, top: box.top, y: box.top + box.height / 2 };
}

function neighbour(from, key) {
  const column = from.closest(".column");
  const items = (place) => [...place.querySelectorAll(ITEMS)];
  if (key === "ArrowDown" || key === "ArrowUp") {
    const all = items(column).sort((one, other) => centre(one).top - centre(other).top);
    return all[all.indexOf(from) + (key === "ArrowDown" ? 1 : -1)];
  }
  const forward = (key === "ArrowRight") === (document.documentElement.dir !== "rtl");
  const step = forward ? "nextElementSibling" : "previousElementSibling";
  const height = centre(from).top;
  for (let next = column[step]; next; next = next[step]) {
    const all = items(next);
    if (all.length) return all.reduce((best, one) => Math.abs(centre(one).top - height) < Math.abs(centre(best).top - height) ? one : best);
  }
  return undefined;
}

// One stop for the Tab key, the arrow keys do the rest.
let stop = null;

function oneStop() {
  const place = board();
  if (!place) return;
  const all = [...place.querySelectorAll(ITEMS)];
  const chosen = all.find((item) => item === document.activeElement) ?? all.find((item) => item.id === stop)
    ?? all.find((item) => item.matches(".visit")) ?? all[0];
  for (const item of all) item.tabIndex = item === chosen ? 0 : -1;
}

document.addEventListener("focusin", (event) => {
  const item = event.target.closest?.(ITEMS);
  if (!item) return;
  stop = item.id;
  oneStop();
});
oneStop();

document.addEventListener("keydown", (event) => {
  if (!event.key.startsWith("Arrow")) return;
  const from = event.target.closest?.(ITEMS);
  let to = from && neighbour(from, event.key);
  if (!from && event.target === board()) to = board().querySelector('[tabindex="0"]') ?? board().querySelector(ITEMS);
  if (!to) return;
  event.preventDefault();
  to.focus();
});

// ---- single keys: what a button does, while nobody types ------------------------------------------------

const KEYS = { n: "new-booking", w: "walk-in", t: "today" };

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const nothing = event.target === document.body || event.target.id === "main";
  const forward = (event.key === "ArrowRight") === (document.documentElement.dir !== "rtl");
  if (event.key === "?") showKeys();
  else if (nothing && /^Arrow(Left|Right)$/.test(event.key)) document.getElementById(forward ? "day-after" : "day-before")?.click();
  else if (KEYS[event.key.toLowerCase()]) document.getElementById(KEYS[event.key.toLowerCase()])?.click();
  else return;
  event.preventDefault();
});

function showKeys() {
  document.getElementById("board-more")?.removeAttribute("open");
  document.getElementById("keys")?.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) showKeys();
  else if (event.target.closest("[data-keys-close]")) document.getElementById("keys").close();
  else if (!event.target.closest("#board-more")) document.getElementById("board-more")?.removeAttribute("open");
});
