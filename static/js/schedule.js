// Says on the button whether the report is published now or at a moment to come.

const moment = document.getElementById("id_published_at");
// None where somebody may not publish.
const button = document.querySelector(".submit-row .if-published");
const now = button?.textContent;

function name() {
  const isToCome = moment.value && new Date(`${moment.value}+09:00`) > new Date();
  button.textContent = isToCome ? "予約する" : now;
}

if (button) {
  moment.addEventListener("input", name);
  name();
}
