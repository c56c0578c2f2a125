// The PIN pad and the amount pad. Keys on the screen and keys of a keyboard do the same.
// The server owns all money: this only edits the field, and says in words what it would mean.

const MOST_CENTS = 10_000_000;

function dollars(cents) {
  const sign = cents < 0 ? "−" : "";
  const whole = Math.floor(Math.abs(cents) / 100).toLocaleString("en-US");
  return `${sign}$${whole}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
}

function plain(cents) {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

// Cents of what stands in a money field; NaN when it cannot be read.
function readCents(text) {
  const found = /^\s*\$?(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d{0,2}))?\s*$/.exec(text);
  if (!found || (!found[1] && !found[2])) return Number.NaN;
  return Number((found[1] || "0").replaceAll(",", "")) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}

// ---- PIN ------------------------------------------------------------------------------------------

function pressPin(field, key) {
  if (key === "clear") field.value = "";
  else if (key === "back") field.value = field.value.slice(0, -1);
  else if (field.value.length < field.maxLength) field.value += key;
  field.focus();
}

// ---- money ----------------------------------------------------------------------------------------

// A fresh field shows the rest that is to pay; the first key starts a new amount.
function pressMoney(field, key) {
  const fresh = field.dataset.touched === undefined;
  let cents = fresh ? 0 : readCents(field.value) || 0;
  if (key === "back") cents = Math.floor(cents / 10);
  else if (key === "clear") cents = 0;
  else cents = Number(`${cents}${key}`);
  if (cents > MOST_CENTS) return;
  field.dataset.touched = "";
  field.value = plain(cents);
  tell(field);
}

function tell(field) {
  const form = field.form;
  const cents = readCents(field.value);
  const after = cents - Number(field.dataset.due);
  const known = Number.isFinite(cents);
  form.querySelector("[data-given]").textContent = known ? dollars(Math.min(cents, MOST_CENTS)) : "…";
  form.querySelector("[data-after-word]").textContent = after < 0 ? "Still to pay then" : "Change";
  form.querySelector("[data-after]").textContent = known ? dollars(Math.abs(after)) : "";
}

const press = { pin: pressPin, money: pressMoney };

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  if (!key) return;
  const field = key.closest("form")?.querySelector("[data-pad]");
  if (field) press[field.dataset.pad](field, key.dataset.key);
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset?.pad === "pin") field.value = field.value.replace(/\D/g, "");
  if (field.dataset?.pad === "money") {
    field.dataset.touched = "";
    tell(field);
  }
});

// Digits typed while nothing has the focus go to the pad; Enter there takes the money or unlocks.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, dialog")) return;
  const field = document.querySelector("[data-pad]");
  if (!field) return;
  const key = /^\d$/.test(event.key) ? event.key : { Backspace: "back", Delete: "clear" }[event.key];
  if (key) {
    event.preventDefault();
    press[field.dataset.pad](field, key);
  } else if (event.key === "Enter" && !event.target.closest?.("a, button, summary")) {
    event.preventDefault();
    field.form.requestSubmit();
  }
});

function start() {
  for (const field of document.querySelectorAll('[data-pad="money"]')) tell(field);
}

start();
document.addEventListener("htmx:after:settle", start);
