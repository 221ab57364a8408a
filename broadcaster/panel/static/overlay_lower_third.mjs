// Whose name is over the picture? Viewers see this page: it never shows an error, only a name or nothing.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
const SILENT_MS = 12000; // the service says something every 5 s
const SIGN_IN = 4401;
const NOT_ALLOWED = 4403;
const DRAWN_MS = 250; // a source that OBS does not draw gets no animation frames
const SWAP_SECONDS = 0.25; // from one name straight to another
const ROWS = 2;
const LEAST_FIT = 50; // percent
const LEAST_WHOLE = 70; // smaller than that for the sake of one long word: rather break the word
const ALPHABETS = "Ag Ăž Жж Әқ"; // so that their fonts are there before the first name
const PLACES = ["bottom-left", "bottom", "bottom-right", "top-left", "top", "top-right"];
const COLOUR = /^#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;

const options = new URLSearchParams(location.search);
const root = document.documentElement.style;
const box = document.getElementById("lower-third");
const lines = { title: document.getElementById("title"), subtitle: document.getElementById("subtitle") };

function number(name, least, most, otherwise) {
  const found = Number(options.get(name) || NaN);
  return Number.isFinite(found) ? Math.min(Math.max(found, least), most) : otherwise;
}

function look() {
  for (const [name, property, unit, most] of [
    ["size", "--size", "px", 500],
    ["margin", "--margin", "px", 1000],
    ["width", "--width", "vw", 100],
  ]) {
    const found = number(name, 1, most, undefined);
    if (found !== undefined) root.setProperty(property, `${found}${unit}`);
  }
  for (const [name, property] of [["accent", "--accent"], ["colour", "--text"], ["back", "--back"]]) {
    const found = options.get(name) === "transparent" ? "transparent" : COLOUR.exec(options.get(name) ?? "");
    if (found) root.setProperty(property, found === "transparent" ? found : `#${found[1]}`);
  }
  const font = (options.get("font") ?? "").replace(/[^\p{L}\p{N} _-]/gu, "").slice(0, 80);
  if (font) root.setProperty("--font", `"${font}", "Inter", system-ui, sans-serif`);
  root.setProperty("--in", `${number("in", 0, 5, 0.5)}s`);
  root.setProperty("--out", `${number("out", 0, 5, 0.4)}s`);
  const place = options.get("at") ?? "";
  box.classList.add(`at-${PLACES.includes(place) ? place : PLACES[0]}`);
  for (const line of Object.values(lines)) line.textContent = ALPHABETS;
}

/** What a person typed, without what would move or hide letters around it. */
function typed(text) {
  return String(text ?? "").replace(/[\u202a-\u202e\u2066-\u2069]/gu, "").replace(/\p{Cc}+/gu, " ").trim().slice(0, 400);
}

/** Smaller letters until each line needs no more than two rows; what is still too long is cut with an ellipsis. */
function fit() {
  for (const line of Object.values(lines)) {
    line.classList.remove("is-broken");
    if (fitLine(line, LEAST_WHOLE, (each) => isWithin(each) && !isBroken(each))) continue;
    line.classList.add("is-broken");
    fitLine(line, LEAST_FIT, isWithin);
  }
}

function fitLine(line, least, is) {
  for (let percent = 100; percent >= least; percent -= 5) {
    line.style.setProperty("--fit", String(percent / 100));
    if (is(line)) return true;
  }
  return false;
}

/** Whether two rows hold it; what is cut does not count in its height, so it is measured uncut. */
function isWithin(line) {
  line.classList.add("is-uncut");
  const rows = line.clientHeight / parseFloat(getComputedStyle(line).lineHeight);
  line.classList.remove("is-uncut");
  return rows < ROWS + 0.5;
}

/** Whether a word had to be broken to stay in the box. */
function isBroken(line) {
  line.style.setProperty("overflow-wrap", "normal");
  const is = line.scrollWidth > line.clientWidth + 1;
  line.style.removeProperty("overflow-wrap");
  return is;
}

let shown = ""; // as JSON, empty for none

function put(said) {
  lines.title.textContent = typed(said.title);
  lines.subtitle.textContent = typed(said.subtitle);
  fit();
}

function atOnce(act) {
  box.classList.add("is-at-once");
  act();
  void box.offsetWidth; // the browser has taken it in
  box.classList.remove("is-at-once");
}

let swap = 0;

/** Show it, or nothing; calls `begun` once it is on its way to the screen. */
function turn(said, isAtOnce, begun) {
  const next = said ? JSON.stringify([said.title, said.subtitle]) : "";
  clearTimeout(swap);
  if (next === shown) {
    if (said) box.classList.add("is-shown");
    return begun();
  }
  const before = shown;
  shown = next;
  const go = () => {
    if (said) {
      atOnce(() => put(said));
      document.fonts.ready.then(() => shown === next && fit());
    }
    if (isAtOnce) atOnce(() => box.classList.toggle("is-shown", Boolean(said)));
    else box.classList.toggle("is-shown", Boolean(said));
    drawn(begun);
  };
  if (said && before && !isAtOnce) {
    box.classList.remove("is-shown");
    swap = setTimeout(go, Math.min(number("out", 0, 5, 0.4), SWAP_SECONDS) * 1000);
  } else {
    go();
  }
}

function drawn(then) {
  let isTold = false;
  const tell = () => {
    if (!isTold) then();
    isTold = true;
  };
  requestAnimationFrame(() => requestAnimationFrame(tell));
  setTimeout(tell, DRAWN_MS);
}

// -- the service --------------------------------------------------------------------------------------------------

let socket, wait = FIRST_WAIT_MS, heardAt = 0, alone = 0, retry = 0;

function address() {
  const url = new URL("/api/v1/overlay", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const link = options.get("link");
  if (link) url.searchParams.set("link", link);
  return url;
}

function connect() {
  clearTimeout(retry);
  const mine = new WebSocket(address());
  socket = mine;
  heardAt = performance.now();
  mine.onmessage = (event) => mine === socket && hear(mine, JSON.parse(event.data));
  mine.onclose = (event) => mine === socket && lose(event.code);
}

function hear(from, said) {
  heardAt = performance.now();
  wait = FIRST_WAIT_MS;
  if (said.id === undefined) return; // a beat; a service that has just started does not know yet what is to be shown
  clearTimeout(alone);
  alone = 0;
  turn(said.show, Boolean(said.at_once), () => {
    if (from === socket && from.readyState === WebSocket.OPEN) from.send(JSON.stringify({ id: said.id }));
  });
}

function lose(code) {
  socket = undefined;
  alone ||= setTimeout(() => turn(undefined, false, () => {}), number("keep", 0, 86400, 15) * 1000);
  clearTimeout(retry);
  const isRefused = code === SIGN_IN || code === NOT_ALLOWED;
  retry = setTimeout(isRefused ? again : connect, (isRefused ? LONGEST_WAIT_MS : wait) * (0.5 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

/** Ask for the page anew, which lets this machine in again; the page itself stays, so that no sign-in is on air. */
function again() {
  fetch(location.href, { redirect: "manual", cache: "no-store" }).then(connect, connect);
}

setInterval(() => {
  if (socket && performance.now() - heardAt > SILENT_MS) {
    const old = socket;
    socket = undefined;
    old.close();
    lose(0);
  }
}, 1000);

look();
connect();
