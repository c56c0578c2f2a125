// The processor's own card element: the card goes from its frame to the processor, and only "done" comes to us.
// A payment that was declined comes to us too: that try has ended, and it counts.

const form = document.getElementById("card-form");
const place = document.getElementById("card-element");
const problem = document.getElementById("card-problem");

function begin() {
  const stripe = window.Stripe(place.dataset.key);
  const card = stripe.elements().create("card");
  card.mount(place);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    problem.textContent = "";
    const pays = place.dataset.pays === "yes";
    const given = { payment_method: { card } };
    const done = await (pays
      ? stripe.confirmCardPayment(place.dataset.secret, given)
      : stripe.confirmCardSetup(place.dataset.secret, given));
    if (done.error && !(pays && done.error.type === "card_error")) {
      problem.textContent = done.error.message;
      button.disabled = false;
    } else {
      form.submit();
    }
  });
}

if (form && place) {
  if (window.Stripe) begin();
  else problem.textContent = place.dataset.away || "The card processor cannot be reached. Take the card on the reader.";
}
