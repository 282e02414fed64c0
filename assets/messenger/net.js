// The way to the desk: the token, calls, and the stream of changes.

const KEY = "deskbell-token";
const here = new URL(".", import.meta.url);

// The token comes behind the # of the link, which no browser sends to any server and no log holds.
// It is taken from the address at once, and kept for this window alone.
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return Boolean(sessionStorage.getItem(KEY));
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

const bearer = () => ({ Authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ""}` });

// A failure with the sentence to show.
export class Failed extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Failed(0, "There is no connection right now. Your text is still here; try again.");
  }
  if (response.ok) return response;
  const list = await response.json().catch(() => null);
  const sentence = list?.errors?.[0]?.message ?? "That did not work. Try again in a moment.";
  throw new Failed(response.status, sentence);
}

const options = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };

const get = (path) => answer(fetch(new URL(path, here), { ...options, headers: bearer() }));

const post = (path, body) =>
  answer(
    fetch(new URL(path, here), {
      ...options,
      method: "POST",
      headers: { ...bearer(), "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

const json = (response) => response.json();

export const home = () => get("../messenger").then(json);
export const logo = () => get("logo").then((r) => r.blob());
export const ticket = (id, seen) =>
  get(`tickets/${encodeURIComponent(id)}${seen ? "?seen=true" : ""}`).then(json);
export const reply = (id, body) =>
  post(`tickets/${encodeURIComponent(id)}/reply`, { body }).then(json);
export const submit = (title, body) => post("tickets", { title, body }).then(json);
export const file = (path) => get(path.replace(/^\/messenger\//, "")).then((r) => r.blob());

const rest = (ms) => new Promise((done) => setTimeout(done, ms));

// Hands on every change for as long as the page is there. EventSource cannot send a token, so the
// stream is read here. `tell` hears whether it is connected; a token that ended ends it.
export async function follow(change, tell) {
  for (let tries = 0; ; tries++) {
    try {
      const response = await get("events");
      tell(true);
      tries = 0;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) {
          const lines = event.split("\n").filter((line) => line.startsWith("data:"));
          if (lines.length > 0) change(JSON.parse(lines.map((line) => line.slice(5)).join("\n")));
        }
      }
    } catch (failed) {
      if (failed.status === 401) throw failed;
    }
    tell(false);
    await rest(Math.min(30_000, 1000 * 2 ** tries) * (0.75 + Math.random() / 2));
  }
}
