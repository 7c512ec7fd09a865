"use strict";
// The chat page. What is typed goes out with an id of its own until the server has it. What comes back, from the history or from the
// event stream, is placed by one function, so that a page loaded anew shows what it showed before.
const [log, form, text, status, down, attach, things, files] = ["log", "form", "text", "status", "down", "attach", "things", "files"].map(
  (id) => document.getElementById(id),
);
const say = JSON.parse(document.getElementById("texts").textContent);
const shown = new Set(); // the bot's lines that were placed, and the pressed choices that gave way to them
const own = new Set(); // messages sent from this tab
const waiting = new Set(); // messages without an answer so far
const outgoing = []; // messages that the server does not have yet, oldest first
let [last, typing, sending, hurry] = [0, null, false, () => {}];

function make(name, className, ...content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

const press = (className, ...content) => Object.assign(make("button", className, ...content), { type: "button" });

function tell(message, kind) {
  status.textContent = message;
  status.dataset.kind = kind || "";
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
const linesOf = (event, side) => Array.from(log.querySelectorAll(`.line${side || ""}[data-event="${CSS.escape(event)}"]`));

// Text

const LINK = /(https?:\/\/[^\s<>"”]*[^\s<>"”.,;:!?)])|(^|[^\d.-])(0\d{2,3}(?: \d{3,4}){2}|1[89]00 \d{4})(?! ?[\d-]|\.\d)/g;

function link(address, words) {
  const element = make("a", "", words);
  element.href = address;
  if (address.startsWith("http")) Object.assign(element, { target: "_blank", rel: "noopener noreferrer" });
  return element;
}

function write(into, content) {
  let from = 0;
  for (const found of content.matchAll(LINK)) {
    const start = found.index + (found[2] || "").length;
    const words = found[1] || found[3];
    into.append(content.slice(from, start), link(found[1] || `tel:${words.replace(/ /g, "")}`, words));
    from = start + words.length;
  }
  into.append(content.slice(from));
  return into;
}

function task(content, key) {
  const box = make("input");
  box.type = "checkbox";
  try {
    box.checked = localStorage.getItem(key) === "1";
    box.addEventListener("change", () => (box.checked ? localStorage.setItem(key, "1") : localStorage.removeItem(key)));
  } catch { /* a browser that keeps nothing: the box works until the page is closed */ }
  return make("label", "", box, write(make("span"), content));
}

function body(bubble, content, id) {
  let block = null; // the paragraph or list that the next line may continue
  const begin = (name, className) => bubble.appendChild(make(name, className));
  for (const [index, line] of content.split("\n").entries()) {
    const [, mark, item] = /^(•|☐|\d+\.) (.*)$/.exec(line) || [];
    const named = /^(\p{Lu}[^:.]{1,23}:)( .+)$/u.exec(line);
    if (mark) {
      const list = { "•": "points", "☐": "tasks" }[mark] || "steps";
      if (!block || block.className !== list) {
        if (block && /^[^\n]{2,60}:$/.test(block.textContent)) block.className = "lead";
        block = begin(list === "steps" ? "ol" : "ul", list);
        if (list === "steps") block.start = parseInt(mark, 10);
      }
      block.append(mark === "☐" ? make("li", "", task(item, `motcua.${id}.${index}`)) : write(make("li"), item));
    } else if (!line.trim()) block = null;
    else if (block && block.className === "steps" && line.startsWith("    ")) block.lastElementChild.append(make("small", "", line.trim()));
    else {
      if (block && block.tagName === "P") block.append("\n");
      else block = begin("p");
      if (named) block.append(make("b", "", named[1]));
      write(block, named ? named[2] : line);
    }
  }
}

// Lines

function choice(button, id, number) {
  const label = make("span", "", button.label);
  if (number && button.hint) label.append(make("small", "", button.hint));
  if (!button.id) {
    const element = link(button.url || `tel:${button.phone}`, "");
    element.append(label);
    return element;
  }
  const element = number ? press("", make("b", "", `${number}.`), label) : press("", label);
  let event = "";
  element.addEventListener("click", () => {
    if (!waiting.has(event)) event = ask({ choice: button.id, text: button.label, message: String(id) });
  });
  return element;
}

function choices(buttons, id, numbered) {
  const long = buttons.filter((b) => b.label.length > 24).length * 2 > buttons.length;
  const row = make("div", numbered || long ? "choices stack" : "choices", ...buttons.map((b, n) => choice(b, id, numbered ? n + 1 : 0)));
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", say.choices);
  return row;
}

// A menu that is also written as a numbered list has its numbers on the buttons instead: where that list begins, or -1.
function listStart(wire) {
  const first = wire.buttons.find((b) => b.id);
  return first ? `\n${wire.text}`.lastIndexOf(`\n1. ${first.label.replace(/…$/, "")}`) : -1;
}

function his(line) {
  const { wire, id } = line;
  const list = listStart(wire);
  const bubble = make("div", "bubble", make("span", "unseen", `${say.bot} `));
  if (wire.title) bubble.append(make("h2", "", wire.title));
  body(bubble, list < 0 ? wire.text : wire.text.slice(0, list), id);
  if (wire.footer) bubble.append(write(make("p", "source"), wire.footer));
  const element = make("div", "line his", bubble);
  if (!line.event) element.append(make("small", "meta", line.time));
  if (wire.buttons.length) element.append(choices(wire.buttons, id, list >= 0));
  Object.assign(element.dataset, { id, event: line.event, day: line.day });
  return element;
}

function mine(event, words, pressed) {
  const bubble = make("div", "bubble", make("span", "unseen", `${say.you} `), words);
  const element = make("div", pressed ? "line mine pressed" : "line mine", bubble, make("small", "meta", say.sending));
  element.dataset.event = event;
  return log.insertBefore(element, typing);
}

// A photo or a place that this tab no longer holds is told by a word: the server does not keep it.
function ownWords(line) {
  const icon = { photo: "#photo svg", location: "#place svg" }[line.kind];
  if (!icon) return line.text;
  const words = line.kind === "photo" ? say.photo : say.place;
  return make("span", "thing", document.querySelector(icon).cloneNode(true), line.text ? `${words}: ${line.text}` : words);
}

function sent(element, line) {
  element.classList.remove("failed");
  element.dataset.day = line.day;
  element.lastElementChild.replaceChildren(make("span", "unseen", `${say.sent} `), `${line.time} ✓`);
}

function placeHis(line) {
  const element = his(line);
  const replaced = line.wire.replace && log.querySelector(`.his[data-id="${CSS.escape(line.wire.replace)}"]`);
  const [before] = line.event ? linesOf(line.event).slice(-1) : [];
  shown.add(line.id);
  last = Math.max(last, line.id);
  if (replaced) {
    const focused = replaced.contains(document.activeElement);
    linesOf(line.event, ".pressed").forEach((pressed) => pressed.remove());
    shown.add(line.event);
    replaced.replaceWith(element);
    element.classList.add("replaced");
    if (focused) (element.querySelector(".choices > *") || log).focus({ preventScroll: true });
  } else if (before) before.after(element);
  else log.insertBefore(element, typing);
}

function place(line) {
  if (shown.has(line.mine ? line.event : line.id)) return;
  if (line.mine) sent(linesOf(line.event, ".mine")[0] || mine(line.event, ownWords(line), line.pressed), line);
  else placeHis(line);
  log.querySelectorAll(".line[data-day]").forEach((l, n, all) => l.classList.toggle("new-day", !n || all[n - 1].dataset.day !== l.dataset.day));
  log.querySelectorAll(".his").forEach((answer, n, all) => answer.classList.toggle("latest", n === all.length - 1));
}

// Place on the screen

const below = () => log.scrollHeight - log.scrollTop - log.clientHeight;
const toEnd = () => log.scrollTo(0, log.scrollHeight);

// A short answer is shown to its end, with its buttons; a long one from its beginning; a menu replaced in its place stays there.
function look(event) {
  const [first] = linesOf(event, ".his");
  const top = first && first.offsetTop - 12;
  if (!first || log.scrollHeight - top <= log.clientHeight) toEnd();
  else if (!first.matches(".replaced") || top < log.scrollTop || top > log.scrollTop + log.clientHeight / 2) log.scrollTop = top;
}

function receive(line) {
  const follow = below() < 120 || own.has(line.event);
  if (!line.mine) answered(line.event);
  place(line);
  if (follow) look(line.event);
}

function answered(event) {
  waiting.delete(event);
  if (waiting.size || !typing) return;
  typing.remove();
  typing = null;
}

function showTyping() {
  if (typing) return;
  typing = make("div", "line typing", make("div", "bubble", make("span", "unseen", say.typing), make("i"), make("i"), make("i")));
  log.append(typing);
  toEnd();
}

// The road to the server

function ask(message) {
  const event = message.start && !message.text ? "first-visit" : newId();
  own.add(event);
  post({ ...message, event }, message.start ? null : mine(event, message.text, Boolean(message.choice)));
  return event;
}

function post(message, line) {
  waiting.add(message.event);
  setTimeout(() => waiting.has(message.event) && showTyping(), 400);
  outgoing.push({ message, line });
  toEnd();
  if (!sending) flush();
}

async function send(message, line) {
  if (message.photo) return upload(message, (part) => { line.lastElementChild.textContent = `${say.sending} ${part}%`; });
  const answer = await fetch("/api/messages", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) });
  return { ok: answer.ok, status: answer.status, text: await answer.text() };
}

// fetch does not tell how much has gone out.
function upload(message, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(Math.floor((100 * event.loaded) / event.total)));
    request.addEventListener("load", () => resolve({ ok: request.status < 300, status: request.status, text: request.responseText }));
    request.addEventListener("error", reject);
    request.open("POST", `/api/photos/${message.event}`);
    request.setRequestHeader("Content-Type", message.photo.type || "image/jpeg");
    request.send(message.photo);
  });
}

async function flush() {
  sending = true;
  for (let attempt = 0; outgoing.length; attempt++) {
    const { message, line } = outgoing[0];
    try {
      const answer = await send(message, line);
      if (answer.status >= 500 && answer.status !== 507) throw new Error("the server is not well");
      const result = JSON.parse(answer.text);
      outgoing.shift();
      attempt = -1;
      tell("");
      if (!answer.ok) refused(message, line, result.error || say.refused);
      else if (line && line.isConnected) place({ mine: true, event: message.event, ...result });
    } catch {
      tell(say.resending, "net");
      await new Promise((resolve) => { hurry = resolve; setTimeout(resolve, Math.min(15000, 1000 * 2 ** attempt)); });
    }
  }
  sending = false;
}

// Photos and places

const MOST = 10 * 1024 * 1024;
const GOOD = ["image/jpeg", "image/png", "image/webp"];

// A phone's photo is made smaller before it goes out: it costs the sender less, and the receipt's code can still be read.
async function lighter(file) {
  if (file.size < MOST / 4 && GOOD.includes(file.type)) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 3000 / Math.max(image.width, image.height));
    const canvas = Object.assign(make("canvas"), { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    return blob && (blob.size < file.size || !GOOD.includes(file.type)) ? blob : file;
  } catch { return file; } // the server says what is wrong with it
}

async function showPhotos(list) {
  for (const file of list) {
    const event = newId();
    const image = Object.assign(make("img"), { src: URL.createObjectURL(file), alt: say.photo });
    image.addEventListener("error", () => image.replaceWith(ownWords({ kind: "photo" })));
    image.addEventListener("load", toEnd);
    const line = mine(event, image);
    line.firstElementChild.classList.add("shown");
    own.add(event);
    post({ photo: await lighter(file), event }, line);
  }
}

function sharePlace() {
  tell("");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const event = newId();
      own.add(event);
      post({ place: [coords.latitude, coords.longitude], event }, mine(event, ownWords({ kind: "location" })));
    },
    () => tell(say.noPlace),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
}

function showThings(open) {
  things.hidden = !open;
  attach.setAttribute("aria-expanded", String(open));
  if (open) things.querySelector("button").focus();
}

function refused(message, line, error) {
  tell(error);
  answered(message.event);
  if (!line) return;
  const again = press("again", say.again);
  again.addEventListener("click", () => {
    line.classList.remove("failed");
    line.lastElementChild.textContent = say.sending;
    post(message, line);
    text.focus();
  });
  line.classList.add("failed");
  line.lastElementChild.replaceChildren(`${say.failed} `, again);
}

function listen() {
  const events = new EventSource(`/api/events?after=${last}&language=${document.documentElement.lang}`);
  events.addEventListener("line", (event) => receive(JSON.parse(event.data)));
  events.addEventListener("language", () => location.reload());
  events.addEventListener("open", () => {
    if (status.dataset.kind === "net" && !outgoing.length) tell("");
    hurry();
  });
  events.addEventListener("error", () => {
    tell(say.reconnecting, "net");
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
}

async function begin() {
  try { (await (await fetch("/api/history")).json()).forEach(place); } catch { tell(say.offline, "net"); }
  listen();
  const brought = new URLSearchParams(location.search).get("start"); // what a QR code names; a page loaded anew does not send it again
  if (brought) history.replaceState(null, "", location.pathname);
  if (brought || !log.childElementCount) ask({ start: true, text: brought || "" });
  toEnd();
  log.removeAttribute("aria-busy");
  requestAnimationFrame(() => log.classList.add("ready"));
}

function submit(event) {
  event.preventDefault();
  const words = text.value.trim();
  text.focus();
  if (!words) return;
  text.value = text.style.height = "";
  ask({ text: words });
}

form.addEventListener("submit", submit);
attach.addEventListener("click", () => showThings(things.hidden));
things.querySelector("#photo").addEventListener("click", () => files.click());
things.querySelector("#place").hidden = !(window.isSecureContext && navigator.geolocation);
things.querySelector("#place").addEventListener("click", () => { showThings(false); text.focus(); sharePlace(); });
files.addEventListener("change", () => {
  showPhotos([...files.files]);
  files.value = "";
  showThings(false);
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
});
text.addEventListener("input", () => { text.style.height = "auto"; text.style.height = `${text.scrollHeight + 3}px`; });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  showThings(false);
  text.focus();
});
log.addEventListener("scroll", () => { down.hidden = below() < 120; }, { passive: true });
down.addEventListener("click", () => { toEnd(); log.focus({ preventScroll: true }); });
begin();
