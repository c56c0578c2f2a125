// Moving and stretching visits on the board: dragged by mouse or finger (hold, then drag), or picked up and placed
// with a tap or the keys. What stands in the way is shown at once; the server decides.

import { toast } from "./kiosk.js";

const STEP = 5;
const COARSE = 3; // rows in a quarter of an hour, the grain of a tap
const HOLD_MS = 300;
const THRESHOLD = 8;
const EDGE = 48;
const KEPT_MS = 10 * 60_000;
const KEPT_AS = "board:carried";
const PAST_ROWS = 3; // the server still takes a quarter of an hour ago

const board = () => document.querySelector(".board[data-may-change]");
const grid = (column) => column.querySelector(".column__grid");
const rowHeight = (column) => parseFloat(getComputedStyle(grid(column)).gridAutoRows);
const lastRow = () => Number(board().dataset.rows);

let carried = null;
let press = null;

// ---- time and rows -------------------------------------------------------------------------------------

function minutes(text) {
  const [hours, rest] = text.split(":").map(Number);
  return hours * 60 + rest;
}

const faceOf = (row) => (minutes(board().dataset.opens) + row * STEP) % (24 * 60);

function hourMinute(total) {
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

function spoken(total) {
  const hours = Math.floor(total / 60);
  return `${hours % 12 || 12}:${String(total % 60).padStart(2, "0")} ${hours < 12 ? "AM" : "PM"}`;
}

function rowsOf(item) {
  const [, first, long] = /\br(\d+) d(\d+)/.exec(item.className).map(Number);
  return [first, first + long];
}

// ---- what is free ----------------------------------------------------------------------------------------

function localToday() {
  return document.getElementById("today")?.dataset.day ?? "";
}

function taken(column) {
  if (carried.kind !== "stretch" && !mayServe(column)) return [[0, lastRow()]];
  const found = [...grid(column).querySelectorAll(".visit, .blocked, .off")]
    .filter((item) => item.getAttribute("href") !== carried.href)
    .map(rowsOf);
  const day = column.dataset.date ?? board().dataset.day;
  const line = column.querySelector(".now");
  if (day < localToday()) found.push([0, lastRow()]);
  else if (line && carried.kind !== "stretch") found.push([0, Math.max(0, rowsOf(line)[0] - PAST_ROWS)]);
  return found.sort((one, other) => one[0] - other[0]);
}

function freeStretches(column) {
  const free = [];
  let cursor = 0;
  for (const [first, end] of [...taken(column), [lastRow(), lastRow()]]) {
    if (first > cursor) free.push([cursor, first]);
    cursor = Math.max(cursor, end);
  }
  return free;
}

// Whether the provider of a column holds what the visit asks for on that day, or a room is of its kind.
function mayServe(column) {
  if ("room" in column.dataset) return column === carried.home || !carried.roomKind || column.dataset.kind === carried.roomKind;
  const held = column.dataset.holds?.split(" ");
  return !held || (carried.asks ?? "").split(" ").every((kind) => !kind || held.includes(kind));
}

function whyNot(column) {
  if (carried.kind === "stretch" || mayServe(column)) return "not free";
  return "room" in column.dataset ? "not a place for this" : "may not give this";
}

const fits = (column, row, rows) => freeStretches(column).some(([first, end]) => first <= row && row + rows <= end);

// Columns a visit may go to: what stands at a machine stays there, as only its room can be another.
function columns() {
  const all = [...board().querySelectorAll(".column")];
  const stays = carried.home && "room" in carried.home.dataset && !carried.roomKind;
  return stays ? all.filter((column) => column === carried.home) : all;
}

function columnAt(x) {
  return columns().find((column) => {
    const box = column.getBoundingClientRect();
    return x >= box.left && x < box.right;
  });
}

function rowAt(column, y) {
  return Math.round((y - grid(column).getBoundingClientRect().top) / rowHeight(column));
}

// ---- showing ---------------------------------------------------------------------------------------------

function say(words) {
  document.getElementById("moving-words").textContent = words;
  document.getElementById("moving").hidden = !words;
}

function ghost() {
  let mark = document.getElementById("ghost");
  if (!mark) {
    mark = document.createElement("div");
    mark.id = "ghost";
    mark.className = "ghost";
    mark.setAttribute("aria-hidden", "true");
  }
  return mark;
}

function show(column, row, rows, words) {
  const top = Math.max(0, Math.min(row, lastRow() - rows));
  const good = fits(column, top, rows);
  const mark = ghost();
  grid(column).append(mark);
  mark.style.gridRow = `${top + 1} / span ${rows}`;
  mark.toggleAttribute("data-bad", !good);
  const text = words ?? `${spoken(faceOf(top))}, ${column.dataset.name}`;
  mark.textContent = good ? text : `${text}: ${whyNot(column)}`;
  carried.place = { column, row: top, rows, good, words };
  if (carried.kind !== "place") say(`${carried.guest}: ${mark.textContent}`);
  return mark;
}

function showFree() {
  for (const old of document.querySelectorAll(".fit")) old.remove();
  if (carried?.kind !== "place" || !board()) return;
  const rows = carried.long / STEP;
  for (const column of columns()) {
    for (const [first, end] of freeStretches(column)) {
      if (end - first < rows) continue;
      const mark = document.createElement("div");
      mark.className = "fit";
      mark.setAttribute("aria-hidden", "true");
      mark.style.gridRow = `${first + 1} / ${end + 1}`;
      grid(column).prepend(mark);
    }
  }
}

function banner() {
  const place = carried.place;
  const where = place ? ` ${spoken(faceOf(place.row))}, ${place.column.dataset.name}${place.good ? "" : `, ${whyNot(place.column)}`}.` : "";
  say(`Moving ${carried.guest}, ${carried.long} min: tap a place, Esc to stop.${where}`);
}

// ---- taking up and letting go ------------------------------------------------------------------------------

function take(kind, visit, known) {
  const data = known ?? { ...visit.dataset, href: visit.getAttribute("href") };
  carried = {
    kind, href: data.href, guest: data.guest, version: data.version, long: Number(data.minutes), by: data.by, asks: data.asks, roomKind: data.roomKind ?? data.kind ?? visit?.dataset.kind,
    home: visit?.closest(".column") ?? null, id: visit?.id, grab: 0, place: null,
  };
  visit?.toggleAttribute("data-carried", true);
  document.documentElement.toggleAttribute("data-moving", true);
}

function letGo() {
  for (const one of document.querySelectorAll("[data-carried]")) one.removeAttribute("data-carried");
  document.documentElement.removeAttribute("data-moving");
  document.getElementById("ghost")?.remove();
  sessionStorage.removeItem(KEPT_AS);
  const visit = carried?.id && document.getElementById(carried.id);
  const was = carried?.kind;
  carried = null;
  showFree();
  say("");
  if (was === "place") (visit ?? board())?.focus({ preventScroll: true });
}

function send(form, action, fields) {
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  form.action = action;
  form.requestSubmit();
}

function drop() {
  const { kind, place, long, href, version, by, home, roomKind } = carried;
  if (!place) return letGo();
  if (!place.good) {
    const { name } = place.column.dataset;
    const unfit = "room" in place.column.dataset ? "is no place for this visit" : "has no valid credential for this on that day";
    const why = mayServe(place.column) ? `is not free at ${spoken(faceOf(place.row))}` : unfit;
    toast(`${name} ${why}. Nothing was changed.`);
    if (kind !== "place") letGo();
    return undefined;
  }
  const long_now = place.rows * STEP;
  letGo();
  if (kind === "stretch") {
    if (long_now !== long) send(document.getElementById("stretch"), `${href}/length`, { version, minutes: long_now });
    return undefined;
  }
  const { column, row } = place;
  const asked = {
    version, at: hourMinute(faceOf(row)), date: column.dataset.date ?? board().dataset.day, provider: column.dataset.provider ?? by,
    room: column === home && !roomKind ? "" : column.dataset.room ?? "",
  };
  const same = column === home && home && home.querySelector(`.visit[href="${href}"].r${row}`);
  if (!same) send(document.getElementById("drop"), `${href}/drop`, asked);
  return undefined;
}

// ---- mouse and touch -----------------------------------------------------------------------------------------

document.addEventListener("pointerdown", (event) => {
  const visit = event.target.closest?.(".visit[data-stretchable]");
  if (!visit || event.button !== 0 || carried || !board()?.contains(visit)) return;
  const kind = event.target.closest(".visit__grip") ? "stretch" : "move";
  if (kind === "move" && !("movable" in visit.dataset)) return;
  press = { visit, kind, x: event.clientX, y: event.clientY, mouse: event.pointerType === "mouse" };
  if (!press.mouse) press.timer = setTimeout(() => { if (press) lift(); }, HOLD_MS);
});

function lift() {
  const { visit, kind, y } = press;
  take(kind, visit);
  press.lifted = true;
  const box = visit.getBoundingClientRect();
  carried.grab = y - box.top;
  const [first, end] = rowsOf(visit);
  show(carried.home, first, end - first);
}

function dragTo(x, y) {
  if (carried.kind === "stretch") {
    const [first] = rowsOf(document.getElementById(carried.id));
    const rows = Math.max(1, Math.min(rowAt(carried.home, y) - first, lastRow() - first));
    show(carried.home, first, rows, `${rows * STEP} min, to ${spoken(faceOf(first + rows))}`);
    return;
  }
  const column = columnAt(x);
  if (column) show(column, rowAt(column, y - carried.grab), carried.long / STEP);
}

function scrollAtEdge(x, y) {
  const place = board();
  const box = place.getBoundingClientRect();
  const head = grid(columns()[0]).previousElementSibling.getBoundingClientRect().bottom;
  if (y > box.bottom - EDGE) place.scrollBy(0, 16);
  else if (y < head + EDGE) place.scrollBy(0, -16);
  if (x > box.right - EDGE) place.scrollBy(16, 0);
  else if (x < box.left + EDGE) place.scrollBy(-16, 0);
}

document.addEventListener("pointermove", (event) => {
  if (carried?.kind === "place") {
    const column = event.pointerType === "mouse" && event.target.closest?.(".column__grid") && columnAt(event.clientX);
    if (column) aim(column, event.clientY);
    return;
  }
  if (!press) return;
  if (!press.lifted) {
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < THRESHOLD) return;
    if (!press.mouse) { clearTimeout(press.timer); press = null; return; } // a swipe scrolls
    lift();
  }
  scrollAtEdge(event.clientX, event.clientY);
  dragTo(event.clientX, event.clientY);
});

document.addEventListener("touchmove", (event) => { if (press?.lifted && event.cancelable) event.preventDefault(); }, { passive: false });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".visit")) event.preventDefault(); });
document.addEventListener("contextmenu", (event) => { if (press && !press.mouse) event.preventDefault(); });

// The click that ends a drag opens nothing.
function swallowClick() {
  const stop = (event) => { event.preventDefault(); event.stopPropagation(); };
  document.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", stop, { capture: true }), 80);
}

document.addEventListener("pointerup", () => {
  if (!press) return;
  clearTimeout(press.timer);
  const { lifted } = press;
  press = null;
  if (!lifted) return;
  swallowClick();
  if (carried) setTimeout(drop);
});

document.addEventListener("pointercancel", () => {
  if (!press) return;
  clearTimeout(press.timer);
  if (press.lifted && carried) letGo();
  press = null;
});

// ---- picked up and placed ---------------------------------------------------------------------------------------

// A visit on the board; in rooms it may stand at a machine too, and its room comes first.
const visitAt = (href) => document.querySelector(`.visit[href="${href}"][data-kind]`) ?? document.querySelector(`.visit[href="${href}"]`);

function begin(visit, known) {
  take("place", visit, known);
  sessionStorage.setItem(KEPT_AS, JSON.stringify({
    href: carried.href, guest: carried.guest, version: carried.version, minutes: carried.long, by: carried.by, asks: carried.asks, roomKind: carried.roomKind, until: Date.now() + KEPT_MS,
  }));
  showFree();
  banner();
}

// Where a tap means: the quarter of an hour, pushed into the free time around it.
function aim(column, y) {
  const row = Math.floor((y - grid(column).getBoundingClientRect().top) / rowHeight(column));
  const rows = carried.long / STEP;
  const around = freeStretches(column).find(([first, end]) => first <= row && row < end && end - first >= rows);
  const quarter = row - (row % COARSE);
  show(column, around ? Math.max(around[0], Math.min(quarter, around[1] - rows)) : quarter, rows);
}

function step(key, long) {
  const all = columns();
  const rows = carried.long / STEP;
  if (!carried.place) {
    const column = carried.home ?? all.find((one) => freeStretches(one).some(([first, end]) => end - first >= rows)) ?? all[0];
    const own = carried.id && document.getElementById(carried.id);
    const free = freeStretches(column).find(([first, end]) => end - first >= rows);
    show(column, own ? rowsOf(own)[0] : (free?.[0] ?? 0), rows);
  }
  const { column, row } = carried.place;
  const forward = (key === "ArrowRight") === (document.documentElement.dir !== "rtl") ? 1 : -1;
  const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -12, PageDown: 12 };
  if (key in steps) show(column, row + steps[key] * (long ? COARSE : 1), rows);
  else show(all[all.indexOf(column) + forward] ?? column, row, rows);
  ghost().scrollIntoView({ block: "nearest", inline: "nearest" });
  banner();
}

const STEPS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown"];

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || !board()) return;
  if (carried) {
    const onButton = event.target.closest?.("button, .daybar a, .topbar a");
    if (event.key === "Escape") { press = press && { ...press, lifted: true }; letGo(); }
    else if (carried.kind !== "place" || (event.key === "Enter" && onButton)) return;
    else if (event.key === "Enter") drop();
    else if (STEPS.includes(event.key)) step(event.key, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const visit = event.target.closest?.(".visit[data-stretchable]");
  if (!visit) return;
  const change = { "+": STEP, "=": STEP, "-": -STEP }[event.key];
  if (event.key.toLowerCase() === "m" && "movable" in visit.dataset) begin(visit);
  else if (change) stretchBy(visit, change);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });

function stretchBy(visit, change) {
  take("stretch", visit);
  const [first, end] = rowsOf(visit);
  const rows = Math.max(1, end - first + change / STEP);
  show(carried.home, first, rows);
  drop();
}

document.addEventListener("click", (event) => {
  const pick = event.target.closest?.("[data-pick]");
  if (pick) {
    document.querySelector("[data-close-sheet]")?.click();
    const visit = visitAt(pick.dataset.href);
    begin(visit?.isConnected ? visit : null, { ...pick.dataset, asks: visit?.dataset.asks });
    if (!board()) location.assign(document.getElementById("today").href);
    else board().focus({ preventScroll: true });
    return;
  }
  if (carried?.kind !== "place") return;
  if (event.target.closest("#stop-moving")) { letGo(); return; }
  if (!event.target.closest(".board") || event.target.closest(".column__head")) return;
  event.preventDefault();
  event.stopPropagation();
  const column = columnAt(event.clientX);
  if (!column) return;
  aim(column, event.clientY);
  banner();
  drop();
}, { capture: true });

// The board was drawn anew, or another day was opened with a visit in hand.
document.addEventListener("htmx:after:settle", (event) => {
  if (!carried || event.target.id !== "live") return;
  if (carried.id) {
    const visit = document.getElementById(carried.id);
    visit?.toggleAttribute("data-carried", true);
    carried.home = visit?.closest(".column") ?? carried.home;
  }
  showFree();
  if (!carried.place) return;
  const { column, row, rows, words } = carried.place;
  const now = document.getElementById(column.id);
  if (now) show(now, row, rows, words);
  else carried.place = null;
});

function resume() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "null");
  if (!kept || !board() || kept.until < Date.now()) return;
  begin(visitAt(kept.href), kept);
}

resume();
