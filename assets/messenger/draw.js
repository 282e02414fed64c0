// Elements, and how the Messenger's things look. All text is set as text, never as HTML.

// `el("p.note", { hidden: true }, "words", child)`: a name with classes, properties, children.
export function el(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role" || key === "for") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const PATHS = {
  bell: "M12 3a6 6 0 0 0-6 6v4l-2 3h16l-2-3V9a6 6 0 0 0-6-6zM10 19a2 2 0 0 0 4 0",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-6 16-3-6z",
  next: "M9 5l7 7-7 7",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function button(name, label, act, ...children) {
  return el(`button.${name}`, { type: "button", "aria-label": label, onclick: act }, ...children);
}

const day = (date) => date.toLocaleDateString("en", { day: "numeric", month: "short" });
const clock = (date) =>
  date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });

export function moment(seconds) {
  const date = new Date(seconds * 1000);
  const today = date.toDateString() === new Date().toDateString();
  const words = today ? clock(date) : `${day(date)}, ${clock(date)}`;
  return el("time", { dateTime: date.toISOString(), title: date.toLocaleString("en") }, words);
}

export const pill = (state) => el(`span.pill.${state.code}`, {}, state.label);

// How far it is, for eyes; the words beside it say the same.
export function steps(state) {
  const dots = Array.from({ length: state.steps }, (_, n) => {
    const where = n + 1 < state.step ? "done" : n + 1 === state.step ? "now" : "ahead";
    return el(`li.${where}`);
  });
  return el(`ol.steps.${state.code}`, { "aria-hidden": "true" }, ...dots);
}

const ABOUT = {
  submitted: "We have it and will look at it soon.",
  in_progress: "We are working on it.",
  waiting_on_you: "We need something from you: please answer in the conversation.",
  resolved: "It is done. Answer if it is not.",
};

export const about = (state) => ABOUT[state.code] ?? "";

export function recent(ticket, open) {
  return el(
    "li",
    {},
    el(
      `button.ticket${ticket.unread ? ".unread" : ""}`,
      { type: "button", onclick: open },
      el("span.title", {}, ticket.title),
      el("span.under", {}, pill(ticket.state), moment(ticket.at)),
      ticket.unread ? el("span.dot", { role: "img", "aria-label": "Something new" }) : icon("next"),
    ),
  );
}

const size = (bytes) =>
  bytes < 1024 ? `${bytes} bytes` : bytes < 1_048_576 ? `${Math.round(bytes / 1024)} KB`
    : `${(bytes / 1_048_576).toFixed(1)} MB`;

export function line(entry, save) {
  if (entry.kind === "event") {
    return el("li.event", {}, el("span", {}, entry.text), moment(entry.at));
  }
  const files = entry.files.map((file) =>
    el(
      "button.file",
      { type: "button", onclick: () => save(file) },
      icon("file"),
      el("span", {}, file.name),
      el("span.size", {}, size(file.size)),
    ),
  );
  return el(
    `li.message${entry.own ? ".own" : ""}`,
    {},
    el("span.who", {}, entry.own ? "You" : entry.author, " ", moment(entry.at)),
    el("div.bubble", {}, entry.text, ...files),
  );
}
