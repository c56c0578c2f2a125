// The processor's own card element: the card goes from its frame to the processor, and only "done" comes to us.

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
    const done = await stripe.confirmCardSetup(place.dataset.secret, { payment_method: { card } });
    if (done.error) {
      problem.textContent = done.error.message;
      button.disabled = false;
    } else {
      form.submit();
    }
  });
}

if (form && place) {
  if (window.Stripe) begin();
  else problem.textContent = "The card processor cannot be reached. Take the card on the reader.";
}
