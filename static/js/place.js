// Moving and stretching visits on the board: by mouse, by touch (hold, then drag), or picked with a key and placed.
// Nothing is decided here: the server moves the visit, or says why not.

const STEP = 5;
const HOLD_MS = 300;
const THRESHOLD = 8;

const board = () => document.querySelector(".board");

let carried = null;

function minutes(text) {
  const [hours, rest] = text.split(":").map(Number);
  return hours * 60 + rest;
}

function face(total) {
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

function spoken(total) {
  const hours = Math.floor(total / 60);
  return `${hours % 12 || 12}:${String(total % 60).padStart(2, "0")} ${hours < 12 ? "AM" : "PM"}`;
}

function rowHeight(grid) {
  return parseFloat(getComputedStyle(grid).gridAutoRows);
}

function columnAt(x) {
  return [...board().querySelectorAll(".column[data-provider]")].find((column) => {
    const box = column.getBoundingClientRect();
    return x >= box.left && x < box.right;
  });
}

function say(words) {
  const place = document.getElementById("moving");
  place.textContent = words;
  place.hidden = !words;
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

// Where a visit would stand: a column and minutes after midnight, on the five minutes.
function target(x, y) {
  const column = columnAt(x);
  if (!column) return null;
  const grid = column.querySelector(".column__grid");
  const top = grid.getBoundingClientRect().top;
  const rows = Math.round((y - carried.grab - top) / rowHeight(grid));
  return { column, grid, at: minutes(board().dataset.opens) + Math.max(0, rows) * STEP };
}

function fits(column, at, long) {
  return [...column.querySelectorAll(".gap")].some((gap) =>
    minutes(gap.dataset.from) <= at && at + long <= (minutes(gap.dataset.to) || 24 * 60))
    || (carried.visit.closest(".column") === column);
}

function show(place, long) {
  const mark = ghost();
  const rows = (place.at - minutes(board().dataset.opens)) / STEP;
  const height = rowHeight(place.grid);
  place.grid.append(mark);
  mark.style.insetBlockStart = `${rows * height}px`;
  mark.style.blockSize = `${(long / STEP) * height}px`;
  mark.textContent = `${spoken(place.at)}, ${place.column.dataset.name}`;
  mark.toggleAttribute("data-tight", !fits(place.column, place.at, long));
  carried.place = place;
  say(`${carried.visit.dataset.guest}: ${mark.textContent}`);
}

function pick(visit, kind, event) {
  const box = visit.getBoundingClientRect();
  carried = { visit, kind, grab: event ? event.clientY - box.top : 0, long: Number(visit.dataset.minutes), place: null };
  visit.toggleAttribute("data-carried", true);
  document.documentElement.toggleAttribute("data-moving", true);
}

function drop() {
  const { visit, kind, place, long } = carried;
  const form = document.getElementById(kind === "stretch" ? "stretch" : "drop");
  const done = carried;
  letGo();
  if (kind === "stretch") {
    if (done.stretched === undefined || done.stretched === long) return;
    form.elements.minutes.value = done.stretched;
    form.action = `${visit.getAttribute("href")}/length`;
  } else {
    if (!place) return;
    form.elements.provider.value = place.column.dataset.provider;
    form.elements.date.value = place.column.dataset.date;
    form.elements.at.value = face(place.at);
    form.action = `${visit.getAttribute("href")}/drop`;
  }
  form.elements.version.value = visit.dataset.version;
  form.requestSubmit();
}

function letGo() {
  carried?.visit.removeAttribute("data-carried");
  document.documentElement.removeAttribute("data-moving");
  document.getElementById("ghost")?.remove();
  carried = null;
  say("");
}

// ---- mouse and touch -----------------------------------------------------------------------------------

let press = null;

document.addEventListener("pointerdown", (event) => {
  const visit = event.target.closest?.(".visit[data-movable]");
  if (!visit || event.button !== 0 || carried || !board()?.contains(visit)) return;
  const kind = event.target.closest(".visit__grip") ? "stretch" : "move";
  press = { visit, kind, event, x: event.clientX, y: event.clientY };
  if (event.pointerType !== "mouse") press.timer = setTimeout(() => { if (press) lift(); }, HOLD_MS);
});

function lift() {
  if (press.kind === "move" && !press.visit.closest(".column[data-provider]")) { press = null; return; }
  pick(press.visit, press.kind, press.event);
  press.lifted = true;
}

document.addEventListener("pointermove", (event) => {
  if (!press) return;
  const moved = Math.hypot(event.clientX - press.x, event.clientY - press.y);
  if (!press.lifted) {
    if (moved < THRESHOLD) return;
    if (event.pointerType !== "mouse") { clearTimeout(press.timer); press = null; return; }
    lift();
    if (!press) return;
  }
  if (carried.kind === "stretch") {
    const grid = carried.visit.parentElement;
    const box = carried.visit.getBoundingClientRect();
    carried.stretched = Math.max(STEP, Math.round((event.clientY - box.top) / rowHeight(grid)) * STEP);
    carried.grab = 0;
    const at = minutes(board().dataset.opens) + Math.round((box.top - grid.getBoundingClientRect().top) / rowHeight(grid)) * STEP;
    show({ column: carried.visit.closest(".column"), grid, at }, carried.stretched);
    say(`${carried.visit.dataset.guest}: ${carried.stretched} min`);
    document.getElementById("ghost").textContent = `${carried.stretched} min`;
    return;
  }
  const place = target(event.clientX, event.clientY);
  if (place) show(place, carried.long);
});

document.addEventListener("touchmove", (event) => { if (press?.lifted) event.preventDefault(); }, { passive: false });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".visit")) event.preventDefault(); });

document.addEventListener("pointerup", () => {
  if (press) clearTimeout(press.timer);
  const lifted = press?.lifted;
  press = null;
  if (!lifted) return;
  // The click that ends a drag opens nothing.
  document.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
  setTimeout(drop);
});

document.addEventListener("pointercancel", () => { if (press) clearTimeout(press.timer); press = null; if (carried) letGo(); });

// ---- picked and placed: M on a visit, then a tap or the arrow keys and Enter --------------------------------

function begin(visit) {
  pick(visit, "place");
  const column = visit.closest(".column");
  const grid = visit.parentElement;
  const rows = Math.round((visit.getBoundingClientRect().top - grid.getBoundingClientRect().top) / rowHeight(grid));
  show({ column, grid, at: minutes(board().dataset.opens) + rows * STEP }, carried.long);
  say(`Moving ${visit.dataset.guest}, ${carried.long} min: tap a place, or arrow keys and Enter. Escape stops.`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  if (carried) {
    const columns = [...board().querySelectorAll(".column[data-provider]")];
    const { column, at } = carried.place ?? {};
    const index = columns.indexOf(column);
    const next = { ArrowUp: [index, at - STEP], ArrowDown: [index, at + STEP], ArrowLeft: [index - 1, at], ArrowRight: [index + 1, at] }[event.key];
    if (event.key === "Escape") letGo();
    else if (event.key === "Enter") drop();
    else if (next && columns[next[0]]) {
      const place = columns[next[0]];
      show({ column: place, grid: place.querySelector(".column__grid"), at: Math.max(0, next[1]) }, carried.long);
      document.getElementById("ghost").scrollIntoView({ block: "nearest", inline: "nearest" });
    } else return;
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const visit = event.target.closest?.(".visit[data-movable]");
  if (event.key.toLowerCase() === "m" && visit?.closest(".column[data-provider]")) { begin(visit); event.preventDefault(); }
  else if (!board() || document.querySelector("dialog[open]")) return;
  else if (event.key.toLowerCase() === "n") document.getElementById("new-booking")?.click();
  else if (event.key.toLowerCase() === "w") document.getElementById("walk-in")?.click();
}, { capture: true });

document.addEventListener("click", (event) => {
  if (!carried || carried.kind !== "place") return;
  event.preventDefault();
  event.stopPropagation();
  const place = target(event.clientX, event.clientY);
  if (!place) { letGo(); return; }
  place.at -= place.at % 15;
  show(place, carried.long);
  drop();
}, { capture: true });
