// Says in words what allauth's script tells the console: the browser did not give the passkey.

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("[data-passkey-trouble]").hidden = false;
});
