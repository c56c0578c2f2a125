// A barcode scanner types like a keyboard, only faster. What it reads goes to one address, wherever the
// focus is; the server decides what it is. Nothing of it stays in the field that had the focus. Where a list
// is scanned, it becomes a line of that list. When a key was struck is the event's own time: a page that is
// busy hears of keys late, and in bunches.

const GAP_MS = 120;
const AVERAGE_MS = 50;
const SHORTEST = 6;

let keys = [];
let times = [];
let before = new Map();

function fields() {
  const found = [...document.querySelectorAll("[data-pad]")];
  if (document.activeElement?.matches?.("input, textarea")) found.push(document.activeElement);
  return found;
}

function forget() {
  keys = [];
  times = [];
  before = new Map();
}

function isScan() {
  if (keys.length < SHORTEST) return false;
  return (times.at(-1) - times[0]) / (times.length - 1) < AVERAGE_MS;
}

function putBack() {
  for (const [field, [value, touched]] of before) {
    field.value = value;
    if (touched === undefined) delete field.dataset.touched;
  }
}

addEventListener("keydown", (event) => {
  const form = document.getElementById("scan");
  if (!form || event.ctrlKey || event.metaKey || event.altKey || document.activeElement?.type === "password") return;
  const now = event.timeStamp;
  if (times.length && now - times.at(-1) > GAP_MS) forget();
  if (event.key === "Enter") {
    const code = keys.join("");
    if (isScan() && document.activeElement?.form?.id !== "scan") {
      event.preventDefault();
      event.stopImmediatePropagation();
      putBack();
      const list = document.querySelector("[data-scan-into]");
      if (list) {
        list.value = `${list.value.trimEnd()}\n${code}\n`.trimStart();
        list.scrollTop = list.scrollHeight;
        forget();
        return;
      }
      form.elements.namedItem("code").value = code;
      form.requestSubmit();
    }
    forget();
  } else if (event.key.length === 1) {
    // At every key: a field can get the focus in the middle of a scan, when a page has just been opened.
    for (const field of fields()) if (!before.has(field)) before.set(field, [field.value, field.dataset.touched]);
    keys.push(event.key);
    times.push(now);
  }
}, { capture: true });
