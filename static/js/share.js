// Shows the buttons that need a script: the phone's own sheet, and copying the address.

document.querySelectorAll("[data-share], [data-copy]").forEach((button) => {
  const canShare = "share" in button.dataset ? navigator.share : navigator.clipboard;
  if (!canShare) return;
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", () => (button.dataset.share ? share(button) : copy(button)));
});

function share(button) {
  // Closing the sheet again is not a fault.
  navigator.share({ title: document.title, url: button.dataset.share }).catch(() => {});
}

async function copy(button) {
  const status = button.closest(".share").querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    status.textContent = "アドレスをコピーしました。";
  } catch {
    status.textContent = "コピーできませんでした。上のアドレスを選んでコピーしてください。";
  }
}
