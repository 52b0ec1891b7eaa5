// The preview beside a Markdown text: asks the server, which renders by the page's own rules.
// Keys are left to the browser and to Japanese input.

const PAUSE = 400; // milliseconds after the last key

document.querySelectorAll(".markdownx").forEach((box) => {
  const text = box.querySelector(".markdownx-editor");
  const preview = box.querySelector(".markdownx-preview");
  const status = box.querySelector(".markdownx-status");
  let timer, request;

  async function refresh() {
    // An older answer must not come after a newer one.
    request?.abort();
    request = new AbortController();
    try {
      const response = await fetch(text.dataset.markdownxUrlsPath, {
        method: "POST",
        body: new URLSearchParams({ content: text.value }),
        headers: { "X-CSRFToken": text.form.elements.csrfmiddlewaretoken.value },
        signal: request.signal,
      });
      // Whoever is signed out gets another page than the preview.
      if (!response.ok || response.redirected) throw new Error(response.status);
      preview.innerHTML = await response.text();
      preview.querySelectorAll("a").forEach((link) => (link.target = "_blank"));
      status.textContent = text.value.trim() ? "" : "本文を書くと、ここに仕上がりが出ます。";
    } catch (error) {
      if (error.name === "AbortError") return;
      status.textContent = "仕上がりを表示できません。通信とログインの状態をご確認ください。本文はそのままです。";
    }
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  refresh();
});
