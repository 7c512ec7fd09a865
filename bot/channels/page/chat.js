"use strict";
// The chat page: what is typed goes out with an id of its own until the server has it; what comes back is shown once.
const log = document.getElementById("log");
const form = document.getElementById("form");
const text = document.getElementById("text");
const status = document.getElementById("status");
const say = JSON.parse(document.getElementById("texts").textContent);
let last = 0;
let typing = null;

const make = (name, className, content) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (content !== undefined) element.textContent = content;
  return element;
};

const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
};

function tell(message) {
  status.textContent = message;
  status.hidden = !message;
}

function body(bubble, content) {
  for (const [index, line] of content.split("\n").entries()) {
    if (/^(•|☐|\d+\.) /.test(line)) bubble.append(make("span", "item", line));
    else bubble.append((index && !/^(SPAN)$/.test(bubble.lastChild?.nodeName) ? "\n" : "") + line);
  }
}

function choices(wire, id) {
  const row = make("div", "choices");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", say.choices);
  for (const choice of wire.buttons) {
    if (choice.id) {
      const button = make("button", "", choice.label);
      button.type = "button";
      button.addEventListener("click", () => {
        addMine(choice.label);
        post({ choice: choice.id, text: choice.label, message: String(id) });
      });
      row.append(button);
    } else {
      const link = make("a", "", choice.label);
      link.href = choice.url || `tel:${choice.phone}`;
      if (choice.url) { link.target = "_blank"; link.rel = "noopener noreferrer"; }
      row.append(link);
    }
  }
  return row;
}

function addHis(id, wire) {
  const line = make("div", "line his");
  line.dataset.id = id;
  const bubble = make("div", "bubble");
  if (wire.title) bubble.append(make("strong", "", wire.title));
  body(bubble, wire.text);
  if (wire.footer) bubble.append(make("small", "", wire.footer));
  line.append(bubble);
  if (wire.buttons.length) line.append(choices(wire, id));
  const replaced = wire.replace && log.querySelector(`[data-id="${CSS.escape(wire.replace)}"]`);
  if (replaced) {
    const pressed = log.lastElementChild;
    if (pressed?.classList.contains("mine") && pressed.dataset.pressed) pressed.remove();
    replaced.replaceWith(line);
    line.scrollIntoView({ block: "nearest" });
  } else {
    log.append(line);
    line.scrollIntoView({ block: line.offsetHeight > log.clientHeight * 0.8 ? "start" : "end" });
  }
}

function addMine(words) {
  const line = make("div", "line mine");
  line.append(make("div", "bubble", words));
  log.append(line);
  line.scrollIntoView({ block: "end" });
  return line;
}

function showTyping(on) {
  typing?.remove();
  typing = null;
  if (on) {
    typing = make("div", "line his typing");
    typing.append(make("div", "bubble", say.typing));
    log.append(typing);
    typing.scrollIntoView({ block: "end" });
  }
}

function receive(id, wire) {
  if (id <= last) return;
  last = id;
  showTyping(false);
  addHis(id, wire);
}

async function post(message) {
  const line = log.lastElementChild;
  if (message.choice && line) line.dataset.pressed = "1";
  message.event = newId();
  const slow = setTimeout(() => showTyping(true), 400);
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch("/api/messages", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message),
      });
      const result = await answer.json();
      clearTimeout(slow);
      if (answer.ok) tell("");
      else { showTyping(false); tell(result.error || say.refused); line?.classList.add("failed"); }
      return;
    } catch {
      tell(say.resending);
      await new Promise((resolve) => setTimeout(resolve, Math.min(15000, 1000 * 2 ** attempt)));
    }
  }
}

function listen() {
  const events = new EventSource(`/api/events?after=${last}`);
  events.addEventListener("say", (event) => receive(Number(event.lastEventId), JSON.parse(event.data)));
  events.addEventListener("open", () => tell(""));
  events.addEventListener("error", () => {
    tell(say.reconnecting);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
}

async function begin() {
  try {
    const answer = await fetch("/api/history");
    for (const said of await answer.json()) {
      if (said.mine) {
        const line = addMine(said.text);
        if (said.pressed) line.dataset.pressed = "1";
      } else { last = Math.max(last, said.id); addHis(said.id, said.wire); }
    }
  } catch { tell(say.offline); }
  listen();
  if (!log.childElementCount) post({ start: true });
  log.lastElementChild?.scrollIntoView({ block: "end" });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) { text.focus(); return; }
  text.value = "";
  text.style.height = "";
  addMine(words);
  post({ text: words });
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
});
text.addEventListener("input", () => {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 3, 136)}px`;
});
begin();
