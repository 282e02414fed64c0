// The Messenger: a launcher with its badge, and behind it home, conversation, detail, new message.

import * as draw from "./draw.js";
import * as net from "./net.js";

const { el, button, icon } = draw;
const $ = (id) => document.getElementById(id);
const [panel, launcher, live] = [$("panel"), $("launcher"), $("live")];

let shown = { name: "", you: "", badge: 0, recent_tickets: [] };
let view = "home";
let logo = null;
let ticket = null;
// Where the lines begin that were new when this conversation was opened.
let newFrom = null;
const drafts = new Map();

// Something is seen when it is before the customer's eyes: the conversation open, the page in front.
const inSight = () =>
  !panel.hidden && view === "thread" && document.visibilityState === "visible";

function header(title, back) {
  const mark = logo ? el("img", { src: logo, alt: "" }) : null;
  return el(
    "header",
    {},
    back ? button("plain", "Back", back, icon("back")) : mark,
    el("h2", { tabIndex: -1 }, title),
    button("plain", "Close the Messenger", () => toggle(false), icon("close")),
  );
}

function show(...children) {
  panel.replaceChildren(...children);
  panel.dataset.view = view;
}

const alertIn = (form, sentence) => {
  form.querySelector(".alert").textContent = sentence;
};

// -- Home ----------------------------------------------------------------------------------------

function home() {
  view = "home";
  ticket = null;
  newFrom = null;
  show(
    header(shown.name, null),
    el(
      "div.scroll",
      {},
      el("p.greeting", {}, `Hi ${shown.you}, how can we help?`),
      el("button.primary", { type: "button", onclick: () => compose() }, "Send us a message"),
      el("h3", { id: "recent" }, "Recent tickets"),
      el("ul.tickets", { "aria-labelledby": "recent" }),
    ),
  );
  refreshHome();
}

function refreshHome() {
  const list = panel.querySelector(".tickets");
  if (!list) return;
  const focused = [...list.children].findIndex((row) => row.contains(document.activeElement));
  const rows = shown.recent_tickets.map((t) => draw.recent(t, () => open(t.id)));
  list.replaceChildren(...(rows.length > 0 ? rows : [el("li.none", {}, "No tickets yet.")]));
  list.children[focused]?.querySelector("button")?.focus();
}

// -- A conversation ------------------------------------------------------------------------------

async function open(id) {
  view = "thread";
  ticket = { id };
  newFrom = null;
  const known = shown.recent_tickets.find((t) => t.id === id);
  thread(known?.title ?? "");
  await load();
  panel.querySelector("h2")?.focus();
}

function thread(title) {
  view = "thread";
  const form = el("form.reply", { onsubmit: send });
  const text = el("textarea", {
    id: "reply", rows: 2, required: true, placeholder: "Reply…", value: drafts.get(ticket.id) ?? "",
    oninput: () => drafts.set(ticket.id, text.value),
    onkeydown: (key) => {
      if (key.key === "Enter" && (key.ctrlKey || key.metaKey)) form.requestSubmit();
    },
  });
  form.append(
    el("label.unseen", { for: "reply" }, "Your reply"),
    text,
    el("button.send", { "aria-label": "Send" }, icon("send")),
    el("p.alert", { role: "alert" }),
  );
  show(
    header(title, home),
    el("button.state", { type: "button", onclick: detail }),
    el("ol.lines.scroll", { "aria-label": "Conversation", tabIndex: 0 }),
    form,
  );
  if (ticket.thread) refreshThread();
}

async function load() {
  const id = ticket?.id;
  if (!id) return;
  try {
    const loaded = await net.ticket(id, inSight());
    if (ticket?.id === id) take(loaded);
  } catch (failed) {
    if (failed.status === 401) return ended();
    // No longer theirs to see, or it never was.
    if (failed.status === 404 && ticket?.id === id) home();
  }
}

function take(loaded) {
  const before = ticket?.thread?.length ?? loaded.thread.length;
  for (const entry of loaded.thread.slice(before).filter((e) => !e.own)) {
    live.textContent = entry.author ? `${entry.author}: ${entry.text}` : entry.text;
  }
  const fresh = loaded.thread.findIndex((entry) => entry.new && !entry.own);
  if (newFrom === null && fresh >= 0) newFrom = fresh;
  ticket = loaded;
  if (view === "thread") refreshThread();
  if (view === "detail") detail();
}

function refreshThread() {
  const lines = panel.querySelector(".lines");
  const first = lines.childElementCount === 0;
  const atEnd = first || lines.scrollHeight - lines.scrollTop - lines.clientHeight < 60;
  panel.querySelector("h2").textContent = ticket.title;
  panel.querySelector("button.state").replaceChildren(
    draw.pill(ticket.state),
    draw.steps(ticket.state),
    el("span.unseen", {}, "Show its progress"),
    icon("next"),
  );
  const rows = ticket.thread.map((entry) => draw.line(entry, save));
  const mark = newFrom !== null && rows[newFrom];
  const all = rows.flatMap((row, n) => (mark && n === newFrom ? [el("li.new", {}, "New"), row] : [row]));
  lines.replaceChildren(...all);
  if (atEnd) lines.scrollTop = lines.scrollHeight;
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const text = form.querySelector("textarea");
  if (form.classList.contains("busy") || text.value.trim() === "") return;
  form.classList.add("busy");
  alertIn(form, "");
  try {
    const id = ticket.id;
    const loaded = await net.reply(id, text.value);
    drafts.delete(id);
    text.value = "";
    if (ticket?.id === id) {
      newFrom = null;
      take(loaded);
      const lines = panel.querySelector(".lines");
      if (lines) lines.scrollTop = lines.scrollHeight;
    }
  } catch (failed) {
    if (failed.status === 401) return ended();
    alertIn(form, failed.message);
  } finally {
    form.classList.remove("busy");
  }
}

async function save(file) {
  try {
    const address = URL.createObjectURL(await net.file(file.path));
    el("a", { href: address, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (failed) {
    live.textContent = failed.message;
  }
}

// -- Behind the pill -----------------------------------------------------------------------------

function detail() {
  view = "detail";
  const events = ticket.thread.filter((entry) => entry.kind === "event").reverse();
  show(
    header(ticket.title, () => {
      thread(ticket.title);
      load();
    }),
    el(
      "div.scroll.detail",
      {},
      draw.steps(ticket.state),
      el("p.status", {}, draw.pill(ticket.state)),
      el("p", {}, draw.about(ticket.state)),
      el("h3", {}, "Updates"),
      el("ul.updates", {}, ...events.map((e) => el("li", {}, el("span", {}, e.text), draw.moment(e.at)))),
      el("p.number", {}, `Ticket #${ticket.id}`),
    ),
  );
}

// -- A new message -------------------------------------------------------------------------------

function compose() {
  view = "new";
  const kept = drafts.get("new") ?? { title: "", body: "" };
  const keep = () => drafts.set("new", { title: title.value, body: body.value });
  const title = el("input", { id: "title", maxLength: 200, required: true, value: kept.title, oninput: keep });
  const body = el("textarea", { id: "body", rows: 7, value: kept.body, oninput: keep });
  show(
    header("New message", home),
    el(
      "form.new.scroll",
      { onsubmit: submit },
      el("label", { for: "title" }, "Title"),
      title,
      el("label", { for: "body" }, "What is it about?"),
      body,
      el("button.primary", {}, "Send"),
      el("p.alert", { role: "alert" }),
    ),
  );
  title.focus();
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  if (form.classList.contains("busy")) return;
  form.classList.add("busy");
  alertIn(form, "");
  try {
    const made = await net.submit(form.querySelector("#title").value, form.querySelector("#body").value);
    drafts.delete("new");
    ticket = made;
    newFrom = null;
    thread(made.title);
  } catch (failed) {
    if (failed.status === 401) return ended();
    alertIn(form, failed.message);
  } finally {
    form.classList.remove("busy");
  }
}

// -- The launcher, and what goes on --------------------------------------------------------------

function toggle(to = panel.hidden) {
  panel.hidden = !to;
  launcher.setAttribute("aria-expanded", String(to));
  document.body.classList.toggle("open", to);
  if (to) {
    if (view === "home") home();
    else load();
    panel.querySelector("h2")?.focus();
  } else {
    launcher.focus();
  }
  drawLauncher();
}

function drawLauncher() {
  const { badge } = shown;
  const words = badge === 0 ? "" : badge === 1 ? ", 1 unread ticket" : `, ${badge} unread tickets`;
  const verb = panel.hidden ? "Open" : "Close";
  launcher.setAttribute("aria-label", `${verb} the Messenger${words}`);
  launcher.replaceChildren(
    icon(panel.hidden ? "bell" : "close"),
    ...(badge > 0 ? [el("span.badge", { id: "badge", "aria-hidden": "true" }, String(badge))] : []),
  );
  document.title = badge > 0 ? `(${badge}) ${shown.name}` : shown.name;
}

function change(now) {
  if (now.badge > shown.badge && !inSight()) live.textContent = "There is something new.";
  shown = { ...shown, badge: now.badge, recent_tickets: now.recent_tickets };
  drawLauncher();
  if (view === "home" && !panel.hidden) refreshHome();
  if (ticket && now.changed.includes(ticket.id)) load();
}

function ended() {
  net.forgetToken();
  panel.hidden = true;
  launcher.hidden = true;
  document.body.classList.remove("open");
  $("hint").textContent = "This link has ended. Ask for a new one, or answer one of our emails.";
}

async function start() {
  if (!net.takeToken()) {
    $("hint").textContent = "This page opens by a link of your own. Ask us for yours.";
    return;
  }
  try {
    shown = await net.home();
  } catch (failed) {
    if (failed.status === 401 || failed.status === 403) return ended();
    $("hint").textContent = failed.message;
    setTimeout(start, 5000);
    return;
  }
  $("name").textContent = shown.name;
  $("hint").textContent = "Your conversations with us are behind the bell.";
  launcher.hidden = false;
  launcher.onclick = () => toggle();
  drawLauncher();
  net.logo().then((image) => {
    logo = URL.createObjectURL(image);
    $("logo").src = logo;
    $("logo").hidden = false;
  }, () => {});
  document.addEventListener("visibilitychange", () => {
    if (inSight()) load();
  });
  document.addEventListener("keydown", (key) => {
    if (key.key === "Escape" && !panel.hidden) toggle(false);
  });
  net.follow(change, (connected) => document.body.classList.toggle("offline", !connected)).catch(ended);
}

start();
