// Shows the buttons that need a script: copying the address, and the sheet of the phone or the desktop.

document.querySelectorAll("[data-share], [data-copy]").forEach((button) => {
  const isShare = "share" in button.dataset;
  if (!(isShare ? navigator.share : navigator.clipboard)) return;
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", () => (isShare ? share(button) : copy(button)));
});

async function share(button) {
  const { title, share: url } = button.dataset;
  try {
    // Mail takes the title as its subject, LINE and SMS send the text with the address.
    await navigator.share({ title, text: title, url });
    say(button, "");
  } catch (error) {
    // Closing the sheet again is not a fault.
    const isClosed = error.name === "AbortError";
    say(button, isClosed ? "" : "共有できませんでした。上のアドレスを選んでコピーしてください。");
  }
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button, "アドレスをコピーしました。");
  } catch {
    say(button, "コピーできませんでした。上のアドレスを選んでコピーしてください。");
  }
}

function say(button, words) {
  button.closest(".share").querySelector("[role=status]").textContent = words;
}
