// Buttons that write a tag into the line of names, and take it out again.

const SEPARATOR = /[、，､,\n]/; // as blog/tags/names.py

for (const choices of document.querySelectorAll(".tag-choices")) {
  const line = choices.parentElement.querySelector("textarea");
  const buttons = [...choices.querySelectorAll("button")];
  const key = (name) => name.normalize("NFKC").toLowerCase().trim().replace(/^#\s*/, "");
  const names = () => line.value.split(SEPARATOR).filter((name) => key(name));

  const show = () => {
    const written = new Set(names().map(key));
    for (const button of buttons) {
      button.setAttribute("aria-pressed", written.has(key(button.textContent)));
    }
  };

  choices.addEventListener("click", ({ target }) => {
    if (!buttons.includes(target)) return;
    const name = target.textContent;
    const others = names().filter((each) => key(each) !== key(name));
    const isWritten = others.length < names().length;
    line.value = (isWritten ? others : [...others, name]).join(choices.dataset.between);
    // The desk saves what is written.
    line.dispatchEvent(new Event("input", { bubbles: true }));
  });
  line.addEventListener("input", show);
  show();
  choices.hidden = false;
}
