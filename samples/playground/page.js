// What is typed and chosen becomes a question to Python, and its answer what is seen.
import * as facts from "./facts.js";
import * as figure from "./figure.js";
import * as form from "./form.js";
import * as link from "./link.js";
import { Python, Superseded, TooLong, seconds } from "./python.js";

const PAUSE = 120; // milliseconds after a key, before it is drawn
const COMMAND = /^\s*(?:[$%>#]\s+)?connectivity\s+draw\s/; // also behind the prompt of a shell, as manuals show it
const TOML = /^\s*(?:#[^\n]*\n\s*)*(?:[\w-]+\s*=\s*["'[{]|\[\[?[\w-]+\]\]?\s*\n)/; // which no notation begins with
const TYPES = { svg: "image/svg+xml", tex: "text/x-tex", typ: "text/plain" };
const at = (id) => document.getElementById(id);
const text = at("text");
const modes = [...document.querySelectorAll("[name=mode]")];
const inFile = (network) => `network = ${JSON.stringify(network)}\ntheme = "light"\n`;
const texts = { network: text.value, file: inFile(text.value) };
let made = texts.file; // the figure file that is of the line, as long as nobody wrote in it
let drawn = null; // the newest answer with a figure, and what it is of
let timer = 0;
let unread = ""; // what of a link the page has not
let leap = false; // whether the next figure is one to come back from

at("server").remove();

const python = new Python((news) => {
  if (news.failed) {
    at("progress").hidden = true;
    said(`Python could not be started: ${news.failed}. Load the page again; where that does not help, the command draws the same.`, true);
  } else if (news.ready) {
    at("progress").hidden = true;
  } else {
    at("progress").hidden = false;
    at("bar").value = news.loaded;
    at("status").textContent = news.loaded < 1 ? "Python is being fetched, once" : "Python starts";
  }
});

const mode = () => modes.find((one) => one.checked).value;
const state = () => ({ mode: mode(), text: text.value, options: form.changed() });

function question(more = {}) {
  const { mode: what, text: words, options } = state();
  return JSON.stringify({ [what]: words, options: { ...options, ...more.options }, ...more.asked });
}

function soon() {
  unread = "";
  mark(null);
  clearTimeout(timer);
  timer = setTimeout(draw, PAUSE);
}

async function draw() {
  const now = state();
  texts[now.mode] = now.text;
  const address = link.written(now);
  if (location.hash || address !== untouched) remember(address);
  const waiting = setTimeout(() => at("figure").classList.add("stale"), 400);
  at("figure").setAttribute("aria-busy", "true");
  try {
    seen(await python.ask("answer", question({ asked: { facts: true } }), "live"), now);
  } catch (error) {
    if (error instanceof Superseded) return;
    said(problem(error), true);
    at("figure").classList.add("stale");
  } finally {
    clearTimeout(waiting);
  }
  at("figure").setAttribute("aria-busy", "false");
}

function remember(address) {
  const how = leap && address !== location.hash ? "pushState" : "replaceState";
  leap = false;
  try {
    history[how](null, "", address);
  } catch {
    // Some browsers allow a hundred of them in half a minute; the next one goes through.
  }
}

function problem(error) {
  if (error instanceof TooLong) {
    return `This took longer than ${seconds} seconds, and was ended; Python starts anew. Show fewer units (max-units), or take the command, which has no such end.`;
  }
  return `Python ended (${error.message}), and starts anew. A smaller figure may do; the command can more.`;
}

function seen(answer, now) {
  at("command").textContent = answer.command;
  said([unread, answer.said].filter(Boolean).join("\n"), !answer.drawn);
  at("meant").hidden = !answer.meant;
  at("meant").onclick = () => take(answer.meant);
  mark(answer.place);
  form.blame(answer.option);
  at("figure").classList.toggle("stale", !answer.drawn);
  for (const button of document.querySelectorAll("[data-format]")) button.disabled = !answer.drawn;
  if (!answer.drawn) return;
  drawn = { of: JSON.stringify(now), svg: answer.drawn };
  figure.show(answer.drawn);
  facts.show(answer.facts);
}

// A message with its excerpt and caret kept in a row, also where the page is narrow.
function lines(words) {
  const [, before, excerpt, after] = words.match(/^([^]*?\n)( .*\n *\^)(\n[^]*|$)/) ?? [, words, "", ""];
  if (!excerpt) return [words];
  const kept = document.createElement("span");
  kept.textContent = after ? `${excerpt}\n` : excerpt;
  return [before, kept, after.slice(1)];
}

function said(words, fault) {
  at("said").replaceChildren(...lines(words));
  at("said-box").hidden = !words;
  at("said-box").classList.toggle("fault", fault);
}

// Marks the character at fault. Of a line, Python counts its words with one blank between them.
function mark(place) {
  text.setAttribute("aria-invalid", String(Boolean(place)));
  if (!place) return at("marks").replaceChildren();
  const whole = text.value;
  const start = mode() === "file" ? atRow(whole, place) : atWord(whole, place[1]);
  const bad = document.createElement("mark");
  const one = start < whole.length ? String.fromCodePoint(whole.codePointAt(start)) : "";
  bad.textContent = one.trim() || " ";
  at("marks").replaceChildren(whole.slice(0, start), bad, whole.slice(start + (one.length || 1)));
}

// Python counts characters, and a script their halves: where some of them end.
const after = (words, characters) => [...words].slice(0, characters).join("").length;

function atRow(whole, [line, column]) {
  const rows = whole.split("\n");
  return rows.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + after(rows[line - 1] ?? "", column - 1);
}

function atWord(whole, column) {
  let left = column - 1;
  for (const word of whole.matchAll(/\S+/g)) {
    const length = [...word[0]].length;
    if (left <= length) return word.index + after(word[0], left);
    left -= length + 1;
  }
  return whole.length;
}

// Takes what was meant, or a whole command of which the page shows the options in its form.
async function take(line) {
  unread = "";
  leap = true;
  if (!line.startsWith("connectivity ")) {
    text.value = line;
    return draw();
  }
  const read = await python.ask("read", line, "read").catch((error) => ({ said: problem(error) }));
  if ("said" in read) return said(read.said, true);
  adopt({ mode: "network", text: read.network, options: read.options });
}

function adopt(wanted) {
  choose(wanted.mode);
  text.value = wanted.text;
  form.fill(wanted.options);
  unread = wanted.unread?.length ? `What this page does not know of the link is left out: ${wanted.unread.join(", ").slice(0, 300)}` : "";
  return draw();
}

function choose(what) {
  texts[mode()] = text.value;
  for (const one of modes) one.checked = one.value === what;
  label();
}

function label() {
  text.setAttribute("aria-label", mode() === "file" ? "Figure file, in TOML" : "Network");
  text.rows = mode() === "file" ? 10 : 2;
  text.closest(".editor").classList.toggle("of-file", mode() === "file");
}

async function download(format) {
  try {
    const current = drawn?.of === JSON.stringify(state()); // else it is still being drawn
    if (format === "svg" && current) return figure.save(drawn.svg, "net.svg", TYPES.svg);
    const wanted = format === "png" ? { options: { text: "outlines", animate: "none" }, asked: {} } : { asked: { format } };
    const answer = await python.ask("answer", question(wanted));
    if (!answer.drawn) return said(answer.said, true);
    const data = format === "png" ? await figure.bitmap(answer.drawn) : answer.drawn;
    figure.save(data, `net.${format}`, TYPES[format]);
  } catch (error) {
    said(problem(error), true);
  }
}

async function copied(button, words) {
  try {
    await navigator.clipboard.writeText(words);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed here"; // as on pages without https
    if (button.id === "copy-command") getSelection().selectAllChildren(at("command"));
  }
  setTimeout(() => (button.textContent = button.dataset.label), 1500);
}

function copying(id, words) {
  const button = at(id);
  button.dataset.label = button.textContent;
  button.addEventListener("click", () => copied(button, words()));
}

text.addEventListener("input", () => {
  if (mode() === "network" && COMMAND.test(text.value)) return take(text.value.trim().replace(COMMAND, "connectivity draw "));
  if (mode() === "network" && TOML.test(text.value)) {
    for (const one of modes) one.checked = one.value === "file";
    label();
  }
  soon();
});
text.addEventListener("scroll", () => (at("marks").scrollTop = text.scrollTop));
for (const one of modes) {
  one.addEventListener("change", () => {
    texts[one.value === "file" ? "network" : "file"] = text.value;
    if (one.value === "file" && [made.trim(), ""].includes(texts.file.trim())) made = texts.file = inFile(text.value);
    text.value = texts[one.value];
    label();
    soon();
  });
}
at("reset").addEventListener("click", () => (leap = true));
form.onChange(soon);
for (const button of document.querySelectorAll("[data-format]")) button.addEventListener("click", () => download(button.dataset.format));
copying("copy-command", () => at("command").textContent);
copying("copy-link", () => location.href);
at("open-examples").addEventListener("click", () => at("examples").showModal());
at("close-examples").addEventListener("click", () => at("examples").close());
at("examples").addEventListener("click", (event) => (event.target === at("examples") || event.target.closest("a")) && at("examples").close());
at("enlarge").addEventListener("click", () => {
  if (!drawn) return;
  at("large").showModal();
  figure.showLarge(drawn.svg, at("large-paper"));
});
at("close-large").addEventListener("click", () => at("large").close());
at("large").addEventListener("close", () => at("large-paper").replaceChildren());
addEventListener("hashchange", () => {
  const wanted = location.hash ? link.read(location.hash) : first;
  if (wanted) adopt(wanted);
});

const first = state();
const untouched = link.written(first);
const wanted = link.read(location.hash);
if (wanted) {
  at("still").remove();
  adopt(wanted);
} else {
  form.changed();
  draw();
}
