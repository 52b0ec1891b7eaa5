// Photos for a Markdown text: chosen, pasted or dropped, sent one after the other, and put into the
// text in the order in which they were chosen. Keys are left to the browser and to Japanese input.

const LONGEST_SIDE = 2400; // pixels; the site keeps less
const LARGEST_FILE = 1.5e6; // bytes; more takes a weak connection half a minute
const NO_CONNECTION = "通信できませんでした。本文はそのままです。";
const TOO_LARGE = "写真が大きすぎて、送れませんでした。本文はそのままです。";
const SIGNED_OUT = "送れませんでした。別の画面でログインの状態をご確認ください。本文はそのままです。";

document.querySelectorAll(".markdownx:has(.photo-desk)").forEach((box) => {
  const text = box.querySelector(".markdownx-editor");
  const desk = box.querySelector(".photo-desk");
  const chooser = desk.querySelector(".photo-button input");
  const list = desk.querySelector(".photos");
  const status = desk.querySelector(".photo-status");
  const blank = desk.querySelector("template").content.firstElementChild;
  const form = text.form;
  const token = () => form.elements.csrfmiddlewaretoken.value;

  let photos = [];
  let queue = Promise.resolve();
  let isComposing = false;
  let isHolding = false;
  let isWarned = false;
  let isLetGo = false;

  const isUnderWay = ({ state }) => state === "waiting" || state === "sending";
  const isUnsaved = ({ describeUrl, words, saved }) => describeUrl && words.value !== saved;
  const isMissing = (photo) => photo.state === "failed" || isUnsaved(photo);

  function add(item) {
    const part = (name) => item.querySelector(`.photo-${name}`);
    const photo = { item, part, words: part("words"), describeUrl: item.dataset.describeUrl };
    photo.saved = photo.words.value;
    // Of no form, so that Enter ends a description and does not publish the report.
    photo.words.setAttribute("form", "");
    photo.words.addEventListener("change", () => save(photo));
    photos.push(photo);
    return photo;
  }

  function take(files) {
    const choice = [];
    for (const file of files) {
      const photo = Object.assign(add(blank.cloneNode(true)), { file, choice });
      choice.push(photo);
      photo.part("image").src = URL.createObjectURL(file);
      photo.part("cancel").addEventListener("click", () => giveUp(photo));
      photo.part("retry").addEventListener("click", () => {
        photo.part("cancel").focus(); // as this button goes
        wait(photo);
      });
      list.append(photo.item);
      wait(photo);
    }
  }

  function enter(photo, state, fault = "") {
    photo.state = photo.item.dataset.state = state;
    photo.part("fault").textContent = fault;
    tell();
  }

  function tell() {
    const left = photos.filter(isUnderWay).length;
    const has = (state) => photos.some((photo) => photo.state === state);
    if (left) status.textContent = `写真を送っています(残り${left}枚)`;
    else if (has("failed")) status.textContent = "送れなかった写真があります";
    else status.textContent = has("done") ? "写真を本文に入れました" : "";
  }

  function show(photo, share, words) {
    const bar = photo.part("progress");
    if (share < 1) bar.value = share;
    else bar.removeAttribute("value"); // nobody knows how long the server takes
    photo.part("sending").textContent = words;
  }

  // Sending

  function wait(photo) {
    isWarned = false;
    enter(photo, "waiting");
    show(photo, 0, "順番を待っています");
    queue = queue
      .then(() => photo.state === "waiting" && send(photo))
      .catch(() => enter(photo, "failed", NO_CONNECTION)); // the next one is sent all the same
  }

  async function send(photo) {
    enter(photo, "sending");
    show(photo, 1, "準備しています");
    const smaller = await shrink(photo.file);
    const erased = smaller ? await tracesIn(photo.file) : [];
    if (photo.state === "givenUp") return;
    const answer = await upload(photo, smaller);
    while (isComposing) await new Promise((resolve) => setTimeout(resolve, 100));
    if (photo.state === "givenUp") return;
    if (!answer.image_code) return enter(photo, "failed", answer.message);

    const sizes = `${inBytes(photo.file.size)}\u00a0→\u00a0${inBytes(answer.size)}`;
    photo.part("receipt").textContent = [...new Set([...erased, ...answer.done, sizes])].join("・");
    URL.revokeObjectURL(photo.part("image").src);
    photo.part("image").src = answer.thumbnail;
    photo.describeUrl = answer.describe_url;
    photo.saved = answer.alt;
    photo.words.value ||= answer.alt;
    insert(photo, answer.image_code);
    enter(photo, "done");
    save(photo);
  }

  function upload(photo, smaller) {
    return new Promise((resolve) => {
      const request = (photo.request = new XMLHttpRequest()); // fetch() tells no progress
      const body = new FormData();
      if (smaller) body.append("image", smaller, "photo.jpg");
      else body.append("image", photo.file);
      request.upload.onprogress = ({ loaded, total }) => {
        const share = loaded / total;
        show(photo, share, share < 1 ? `送っています ${Math.floor(100 * share)}%` : "仕上げています");
      };
      request.onloadend = () => {
        const answer = request.response ?? {};
        resolve({ message: faultOf(request.status), ...answer });
      };
      request.open("POST", text.dataset.photoUploadUrl);
      request.responseType = "json"; // null for the page of a proxy or of the login
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("Accept", "application/json");
      request.send(body);
    });
  }

  function faultOf(status) {
    if (status === 413) return TOO_LARGE;
    return status === 0 || status >= 500 ? NO_CONNECTION : SIGNED_OUT;
  }

  function giveUp(photo) {
    photo.state = "givenUp";
    photo.request?.abort();
    URL.revokeObjectURL(photo.part("image").src);
    photos = photos.filter((each) => each !== photo);
    photo.item.remove();
    chooser.focus({ preventScroll: true });
    tell();
  }

  // Into the text

  function insert(photo, code) {
    const value = text.value;
    const at = placeOf(photo);
    const [before, after] = [value.slice(0, at), value.slice(at)];
    // A paragraph of its own has an empty line on both sides.
    const gap = (breaks) => "\n\n".slice(breaks[0].length);
    const words = (before.trim() && gap(/\n*$/.exec(before))) + code + gap(/^\n*/.exec(after));
    const { selectionStart, selectionEnd } = text;
    const focused = document.activeElement;
    const isWriting = focused === text;
    // The caret goes below the photo, but not away from a sentence that is being written.
    const isInSentence = isWriting && /[^\n]$/.test(before);
    const isPushed = at < selectionEnd || (at === selectionEnd && !isInSentence);
    const by = isPushed ? words.length : 0;
    const top = list.getBoundingClientRect().top;

    // As if typed, so that it can be undone. That needs the focus, which a hidden text cannot have.
    text.focus({ preventScroll: true });
    text.setSelectionRange(at, at);
    const canType = document.activeElement === text;
    if (!canType || !document.execCommand("insertText", false, words)) {
      text.setRangeText(words);
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(selectionStart + by, selectionEnd + by);
    if (!isWriting) {
      text.blur();
      focused.focus({ preventScroll: true });
      // What the writer looks at stays where it is.
      window.scrollBy(0, list.getBoundingClientRect().top - top);
    }
    photo.code = code;
  }

  function placeOf(photo) {
    const index = photo.choice.indexOf(photo);
    const earlier = photo.choice.slice(0, index).map(lineOf).filter(Boolean).pop();
    const later = photo.choice.slice(index + 1).map(lineOf).find(Boolean);
    return earlier ? earlier.end : later ? later.start : caret();
  }

  // Where the photo's code stands, whatever the writer wrote into its brackets or around it.
  function lineOf({ code }) {
    const at = code ? text.value.indexOf(code.slice(code.indexOf("]("))) : -1;
    return at < 0 ? null : { start: text.value.lastIndexOf("\n", at) + 1, end: endOfLine(at) };
  }

  function endOfLine(at) {
    const end = text.value.indexOf("\n", at);
    return end < 0 ? text.value.length : end;
  }

  // The end of the caret's line, so that no sentence is cut in two.
  function caret() {
    const at = text.selectionEnd;
    if (at === 0 || text.value[at - 1] === "\n") return at;
    let end = endOfLine(at);
    // A photo that came to the same caret before stays in front.
    for (const line of photos.map(lineOf).filter(Boolean).sort((a, b) => a.start - b.start)) {
      if (line.start > end && !text.value.slice(end, line.start).trim()) end = line.end;
    }
    return end;
  }

  // Descriptions

  function save(photo) {
    if (isUnsaved(photo)) photo.saving ??= saveWords(photo);
  }

  async function saveWords(photo) {
    const alt = photo.words.value;
    const state = photo.part("words-state");
    state.textContent = "保存しています";
    let answer;
    try {
      const response = await fetch(photo.describeUrl, {
        method: "POST",
        body: new URLSearchParams({ alt }),
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
        keepalive: true, // the last one is often written just before leaving
      });
      answer = await response.json();
    } catch {
      answer = { message: "通信とログインの状態をご確認ください。" };
    }
    photo.saving = null;
    if (answer.message) {
      state.textContent = `保存できませんでした。${answer.message}`;
      return;
    }
    photo.saved = alt;
    photo.part("fault").textContent = "";
    state.textContent = "保存しました";
    save(photo); // what was written meanwhile
  }

  // Leaving

  form.addEventListener("submit", async (event) => {
    const isReady = !photos.some((photo) => isUnderWay(photo) || isMissing(photo));
    if (isReady || isLetGo) return;
    event.preventDefault();
    if (isHolding) return;
    isHolding = true;
    const { submitter } = event;
    const name = submitter?.textContent;
    if (submitter) submitter.textContent = "写真を送っています…";
    photos.forEach(save);
    while (photos.some((photo) => isUnderWay(photo) || photo.saving)) {
      await Promise.all([queue, ...photos.map((photo) => photo.saving)]);
    }
    if (submitter) submitter.textContent = name;
    isHolding = false;

    const missing = photos.find(isMissing);
    if (missing && !isWarned) return warn(missing);
    isLetGo = true;
    form.requestSubmit(submitter);
    isLetGo = false;
  });

  function warn(photo) {
    isWarned = true;
    const what = photo.state === "failed" ? "写真" : "説明";
    photo.part("fault").textContent =
      `この${what}はまだ送れていません。${what}なしで保存するときは、もう一度保存してください。`;
    (photo.state === "failed" ? photo.part("retry") : photo.words).focus();
  }

  window.addEventListener("beforeunload", (event) => {
    if (photos.some(isUnderWay)) event.preventDefault();
  });

  // Starting

  list.querySelectorAll("li").forEach(add);
  desk.hidden = false;
  // Until the writer sets a caret, photos go below the text, as the button is there.
  text.setSelectionRange(text.value.length, text.value.length);
  chooser.addEventListener("change", () => {
    take(chooser.files);
    chooser.value = ""; // the same photo may be chosen again
  });
  text.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    // Office programs add a picture to copied words.
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
  text.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  text.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault(); // the browser would leave the page for the picture
    take(event.dataTransfer.files);
  });
  form.addEventListener("compositionstart", () => (isComposing = true));
  form.addEventListener("compositionend", () => (isComposing = false));
});

// Return the picture as a smaller JPEG, or null where it should be sent as it is.
async function shrink(file) {
  const isSmall = file.size <= LARGEST_FILE;
  if (file.type === "image/gif" || (file.type === "image/png" && isSmall)) return null;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && isSmall) return null;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close(); // 50 MB of a phone's memory
    if (file.type !== "image/jpeg" && isTransparent(context)) return null;
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
    return smaller.size < file.size ? smaller : null;
  } catch {
    return null; // HEIC in most browsers: the server may know it
  }
}

function isTransparent(context) {
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
  return new Uint32Array(data.buffer).some((pixel) => pixel >>> 24 < 255);
}

// Return what shrinking has erased or mended, in the server's words, by the Exif of a JPEG
// (CIPA DC-008, 4.5 and 4.6).
async function tracesIn(file) {
  const view = new DataView(await file.slice(0, 131072).arrayBuffer());
  const tags = new Map();
  try {
    let at = view.getUint16(0) === 0xffd8 ? 2 : Infinity;
    while (view.getUint32(at + 4) !== 0x45786966) at += 2 + view.getUint16(at + 2);
    const tiff = at + 10;
    const isLittle = view.getUint16(tiff) === 0x4949;
    const directory = tiff + view.getUint32(tiff + 4, isLittle);
    for (let left = view.getUint16(directory, isLittle); left > 0; left -= 1) {
      const entry = directory + 12 * left - 10;
      tags.set(view.getUint16(entry, isLittle), view.getUint16(entry + 8, isLittle));
    }
  } catch {
    // It ends before its Exif does, or has none.
  }
  const traces = [];
  if (tags.has(0x8825)) traces.push("位置情報を消しました");
  else if (tags.size) traces.push("撮影の記録を消しました");
  if (tags.get(0x0112) > 1) traces.push("向きを直しました");
  return traces;
}

function inBytes(size) {
  return size < 1e6 ? `${Math.ceil(size / 1000)}KB` : `${(size / 1e6).toFixed(1)}MB`;
}
