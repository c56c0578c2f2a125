// Counts down the time that is held for a guest: seen each second, said aloud a few times and when it is over.

const box = document.querySelector("[data-hold]");

if (box) {
  const seconds = Number(box.dataset.seconds);
  const began = Date.now();
  const left = box.querySelector("[data-hold-left]");
  const said = box.querySelector("[data-hold-said]");
  const over = box.querySelector("[data-hold-over]");
  const calls = [...box.querySelectorAll("[data-hold-call]")]
    .map((call) => ({ at: Number(call.dataset.holdCall), words: call.textContent }))
    .sort((one, other) => one.at - other.at);

  function tick() {
    const rest = Math.max(0, Math.ceil(seconds - (Date.now() - began) / 1000));
    left.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    // The latest call that is due; a sleeping telephone may have missed some, which nobody needs any more.
    const due = calls.filter((call) => rest <= call.at);
    if (due.length) {
      said.textContent = due[0].words;
      calls.splice(calls.indexOf(due[0]));
    }
    if (rest === 0) {
      clearInterval(timer);
      box.querySelector("[data-hold-live]").hidden = true;
      over.hidden = false;
      said.textContent = over.textContent;
      box.querySelector("form")?.remove();
    }
  }

  const timer = setInterval(tick, 1000);
  tick();
}
