// Keeps what is being written: in this browser at every pause, on the server a few seconds later.
// The text itself is left to the browser and to Japanese input.

const PAUSE = 500; // milliseconds after the last key, for this browser's own storage
const REST = 3000; // and for the server
const AGAIN = 15000; // until a server that did not answer is asked again
const FIELDS = ["title", "body", "category", "tag_names", "published_at"];
const OFFLINE = "通信できません。";
const FAULT = "サーバーに保存できませんでした。";
const SIGNED_OUT = "ログインが切れています。";
const NOWHERE = "この端末にも保存できません。この画面を閉じないでください。";
const MOMENT = new Intl.DateTimeFormat("ja-JP", {
  ...{ month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" },
});

const form = document.getElementById("post_form");
const desk = form.querySelector(".desk");
const field = (name) => form.elements[name];
const part = (name) => form.querySelector(`.desk-${name}`);
const same = (one, other) => FIELDS.every((name) => one[name] === other[name]);

let post = desk.dataset.post;
let begun = field("desk").value;
let base = field("base").value;
// What the server has: as it filled the form, whatever the browser itself brought back since.
let saved = "isBound" in desk.dataset ? null : read((each) => each.defaultValue ?? chosen(each));
// The names of saves whose receipt never came: the server may have them.
let unreceipted = [];
let theirs = null;
let isComposing = false;
let isHolding = false;
let isLetGo = false;
let isRefused = false;
let saving = null;
let pause, rest;

function chosen(select) {
  return [...select.options].find((option) => option.defaultSelected)?.value ?? "";
}

function read(value = (each) => each.value) {
  return Object.fromEntries(FIELDS.map((name) => [name, value(field(name))]));
}

function fill(content) {
  for (const name of FIELDS) {
    if (!(name in content)) continue; // kept by this browser before there was the field
    field(name).value = content[name];
    // The preview, and the button that says what will happen, follow.
    field(name).dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// In this browser

const PREFIX = `desk:${desk.dataset.user}:`;
const place = () => PREFIX + (post || `new:${begun}`);

// Return whether there is nothing to save: the server has it, or nothing is written yet.
function isSafe(content) {
  if (!saved || unreceipted.length) return false;
  const isEmpty = !content.title.trim() && !content.body.trim();
  return same(content, saved) || (!post && isEmpty);
}

// Return whether the text is in the browser's own storage now, where it need be.
function keep() {
  const content = read();
  try {
    if (isSafe(content)) localStorage.removeItem(place());
    else localStorage.setItem(place(), JSON.stringify({ content, base, unreceipted, at: Date.now() }));
    return true;
  } catch {
    return isSafe(content); // full, or switched off
  }
}

function kept(key = place()) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(key = place()) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Switched off: then there is nothing to forget.
  }
}

function begunHere() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}new:`));
  } catch {
    return [];
  }
}

// In words

function say(words, trouble = "", isSignedOut = false) {
  part("saved").textContent = words;
  // Read aloud once, and not again with every try.
  if (part("trouble").textContent !== trouble) part("trouble").textContent = trouble;
  part("sign-in").hidden = !isSignedOut;
}

function complain(trouble, pauseUntilAgain, isSignedOut) {
  const isHere = keep();
  say("", trouble + (isHere ? "この端末に保存しました。" : NOWHERE), isSignedOut);
  if (pauseUntilAgain) rest = setTimeout(save, pauseUntilAgain);
  return false;
}

// On the server

function written({ target }) {
  if (target && !FIELDS.includes(target.name)) return;
  clearTimeout(pause);
  clearTimeout(rest);
  if (isComposing) return;
  part("unsent").hidden = true; // it would take the place of what is being written
  pause = setTimeout(() => {
    if (keep() && !part("trouble").textContent) say("この端末に保存しました");
  }, PAUSE);
  rest = setTimeout(save, REST);
}

// Return whether the server has all that is written. One save at a time, and the last text wins.
async function save() {
  clearTimeout(rest);
  while (saving) await saving;
  const content = read();
  if (theirs) return complain(theirs.message);
  if (isSafe(content)) return true;
  saving = send(content).finally(() => (saving = null));
  return (await saving) && (same(read(), content) || save());
}

async function send(content, isSecondTry = false) {
  const token = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const seen = [base, ...unreceipted].join(" ");
  unreceipted = [...unreceipted.slice(-50), token];
  keep(); // with the new name: this may be the last that is heard of it
  let response, answer;
  try {
    response = await ask({ ...content, post, desk: begun, token, seen });
    answer = await response.json().catch(() => ({}));
  } catch {
    return complain(OFFLINE, AGAIN);
  }
  if (response.ok) return receive(content, answer);
  isRefused = [413, 422].includes(response.status) || response.status >= 500; // the form says more
  if (response.status >= 500) return complain(FAULT, AGAIN);
  unreceipted.pop(); // it was refused, so the server has not got it
  if (response.status === 409) return show(answer);
  if (response.status === 403 && !isSecondTry) {
    const isSignedIn = await renewToken();
    return isSignedIn ? send(content, true) : complain(SIGNED_OUT, AGAIN, true);
  }
  return complain(answer.message ?? FAULT);
}

async function ask(fields) {
  let body = new Blob([JSON.stringify(fields)]);
  const type = window.CompressionStream ? "application/gzip" : "application/json";
  if (window.CompressionStream) {
    body = await new Response(body.stream().pipeThrough(new CompressionStream("gzip"))).blob();
  }
  const headers = { "X-CSRFToken": field("csrfmiddlewaretoken").value, "Content-Type": type };
  return fetch(desk.dataset.autosaveUrl, { method: "POST", body, headers });
}

// Return whether somebody is signed in; then the form has the token of that sign-in.
async function renewToken() {
  const response = await fetch(desk.dataset.tokenUrl).catch(() => null);
  if (!response?.ok) return false;
  field("csrfmiddlewaretoken").value = (await response.json()).token;
  return true;
}

function receive(content, answer) {
  forget();
  if (!post) {
    // From now on this is the page of that report, on reload and for the buttons too.
    post = String(answer.post);
    history.replaceState(null, "", answer.url);
    part("discard").formAction = answer.discard_url;
    part("look").href = answer.look_url;
    part("look").hidden = false;
  }
  base = field("base").value = answer.base;
  saved = content;
  unreceipted = [];
  part("discard").hidden = false;
  say(`保存しました ${answer.saved}`);
  return true;
}

// Two texts

function show(answer) {
  theirs = answer;
  part("conflict-message").textContent = answer.message;
  part("theirs").value = [answer.theirs.title, answer.theirs.body].filter(Boolean).join("\n\n");
  part("conflict").hidden = false;
  return complain(answer.message);
}

function settle() {
  base = field("base").value = theirs.base;
  unreceipted = [];
  theirs = null;
  part("conflict").hidden = true;
}

part("take-mine").addEventListener("click", () => {
  settle();
  field("body").focus();
  save();
});

part("take-theirs").addEventListener("click", async () => {
  const shown = theirs;
  theirs = null;
  // What was written since the two met is refused once more, and so kept in the history.
  if (await save()) return (part("conflict").hidden = true);
  if (!theirs) return (theirs = shown); // no connection
  const { theirs: content } = theirs;
  settle();
  saved = content;
  forget();
  fill(content);
  field("body").focus();
  say("もう一方の文章に替えました");
});

// What this browser still has

function open({ content, ...known }, words) {
  ({ base, unreceipted } = known);
  fill(content);
  say(words);
  save();
}

function offer(key) {
  const entry = kept(key);
  if (!entry) return;
  const item = part("unsent").querySelector("template").content.firstElementChild.cloneNode(true);
  const { title, body } = entry.content;
  item.querySelector(".desk-unsent-words").textContent = (title || body.trim()).slice(0, 40);
  item.querySelector(".desk-unsent-at").textContent = MOMENT.format(entry.at);
  item.querySelector(".desk-continue").addEventListener("click", () => {
    begun = field("desk").value = key.slice(`${PREFIX}new:`.length);
    open(entry, "この端末に残っていた文章を開きました");
    field("body").focus();
  });
  item.querySelector(".desk-forget").addEventListener("click", () => {
    forget(key);
    item.remove();
    part("unsent").hidden = !part("unsent").querySelector("li");
  });
  part("unsent").querySelector("ul").append(item);
  part("unsent").hidden = false;
}

if (!("isBound" in desk.dataset)) {
  const entry = kept();
  if (!post) begunHere().forEach(offer);
  else if (entry && same(entry.content, read())) forget();
  else if (entry) open(entry, "この端末に残っていた文章を開きました");
}

// The browser shows the question as soon as it can; what the scripts show above it has moved it since.
document.addEventListener("DOMContentLoaded", () => {
  form.querySelector(".desk-change:focus")?.scrollIntoView({ block: "nearest" });
});

// Leaving and coming back

// First into the working copy: a lost connection or sign-in is found out with the text in sight.
async function saveFirst(event) {
  const { submitter } = event;
  if (isLetGo || (isSafe(read()) && !saving)) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // the photos are asked after the text
  if (isHolding) return;
  isHolding = true;
  isLetGo = (await save()) || isRefused;
  isHolding = false;
  if (isLetGo) form.requestSubmit(submitter);
  else pointOut();
}

function pointOut() {
  if (theirs) part("conflict").focus();
  else if (!part("sign-in").hidden) part("sign-in").focus();
}

// The page that opens shows what is saved.
part("look").addEventListener("click", async (event) => {
  if (isSafe(read()) && !saving) return;
  event.preventDefault();
  if (await save()) window.open(part("look").href, "_blank");
  else pointOut();
});

form.addEventListener("submit", saveFirst, { capture: true });
form.addEventListener("input", written);
form.addEventListener("compositionstart", () => (isComposing = true));
form.addEventListener("compositionend", (event) => {
  isComposing = false;
  written(event);
});
window.addEventListener("pagehide", keep);
window.addEventListener("online", save);
window.addEventListener("focus", () => part("trouble").textContent && save());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep();
  if (document.visibilityState === "hidden" || part("trouble").textContent) save();
});
