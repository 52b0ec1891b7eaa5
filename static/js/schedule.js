// Says on the button whether the report is published now or at a moment to come, and beside the picker
// where that moment lies on a polling day, to which it cannot be scheduled.

const moment = document.getElementById("id_published_at");
const pollingDay = moment.parentElement.querySelector(".polling-day");
const holds = moment.dataset.holds?.split(" ").map((each) => each.split("/")) ?? [];
// None where somebody may not publish.
const button = document.querySelector(".submit-row .if-published");
const now = button?.textContent;

function name() {
  const isToCome = moment.value && new Date(`${moment.value}+09:00`) > new Date();
  if (button) button.textContent = isToCome ? "予約する" : now;
  if (!pollingDay) return;
  // Written alike, moments come in the order of their characters.
  const isHeld = holds.some(([begin, end]) => begin <= moment.value && moment.value < end);
  pollingDay.textContent = isToCome && isHeld ? "投票日です。この日時には公開できません。" : "";
}

moment.addEventListener("input", name);
name();
