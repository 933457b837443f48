// The war room: joins the charts, the strip, the stream of updates and the forms.
import { Charts } from "./charts.js";
import { Declaration } from "./declare.js";
import { clock, count, minutes } from "./format.js";
import { listenForKeys, moveFocus } from "./keys.js";
import { listen } from "./stream.js";
import { Strip } from "./strip.js";

const $ = (selector) => document.querySelector(selector);
const floor = $(".floor");
const run = floor.dataset.run;
const boot = JSON.parse($("#boot").textContent);
const page = Date.parse(boot.page);
const TOOLS = ["brief", "probes", "levers"];

let revision = -1;
let entries = -1;
/** The log's entry that has the focus while a newer log takes its place. */
let focusedEntry;

const strip = new Strip($("#strip"), page, {
  onReset: () => charts.zoomOut(),
  onMark: (t) => charts.goTo(t),
});
const charts = new Charts(boot, {
  onView: () => requestAnimationFrame(layOutStrip),
  onCursor: (t) => strip.showCursor(t),
  onPick: (t) => declaration.pickOnset(t),
});
strip.showCursor(null);
const declaration = new Declaration($("#declare"), run, page, boot.clock, (t) => {
  charts.setPin(t);
  strip.showPin(t);
});

function layOutStrip() {
  const [min, max] = charts.view();
  const frame = charts.frame();
  if (frame.width > 0) {
    strip.layOut({ min, max, now: charts.now, zoomed: charts.zoom != null, frame });
  }
}

/** Reads what the log's newest version says about marks and evidence. */
function readState() {
  const state = JSON.parse($("#log").dataset.state);
  const first = entries < 0;
  const log = [...document.querySelectorAll("#log .entry")];
  if (!first && log.length > entries) {
    log.slice(0, log.length - entries).forEach((entry) => entry.classList.add("new"));
    $(".log-scroll").scrollTop = 0;
    if (log[0].querySelector(".finding")) showOnPhone("log");
  }
  entries = log.length;
  revision = state.revision;
  floor.dataset.revision = revision;
  charts.setMarks(state.marks);
  strip.showMarks(state.marks);
  const open = state.phase === "OPEN";
  for (const button of document.querySelectorAll("[data-cites]")) {
    const cited = state.cited.includes(button.dataset.cites);
    button.setAttribute("aria-pressed", cited);
    if (cited && button === document.activeElement) keepFocus(button.closest(".line, .entry"));
    button.disabled = cited || !open;
    button.title = cited ? "cited as evidence" : "cite as evidence";
  }
  for (const field of document.querySelectorAll(".composer input, .composer button")) {
    field.disabled = !open;
  }
}

function onUpdate(update) {
  charts.append(update);
  strip.showNow(update.now);
  setText("#story-clock", clock(page, update.now));
  setText("#left", minutes(update.left));
  setText("#harm", count(update.harm));
  $("#elapsed").value = update.now;
  const controls = $("#controls");
  const stale =
    update.revision > revision ||
    String(update.playing) !== controls.dataset.playing ||
    (update.phase !== "OPEN" && controls.querySelector("form"));
  if (stale && !$(".htmx-request")) {
    htmx.ajax("GET", `/runs/${run}/desk`, { target: "#notice", swap: "none" });
  }
}

function setText(selector, text) {
  const element = $(selector);
  if (element.textContent !== text) element.textContent = text;
}

function onLink(stands) {
  document.body.classList.toggle("offline", !stands);
}

/** Shows a tool; on a phone, where one thing fits at a time, any of the views. */
function show(name) {
  if (TOOLS.includes(name)) {
    floor.dataset.tool = name;
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const selected = tab.dataset.shows === name;
      tab.setAttribute("aria-selected", selected);
      tab.tabIndex = selected ? 0 : -1;
    }
  }
  floor.dataset.view = name;
  for (const button of document.querySelectorAll(".dock button")) {
    button.setAttribute("aria-current", button.dataset.shows === name);
  }
  sessionStorage.setItem(`view:${run}`, name);
}

const onPhone = () => getComputedStyle($(".dock")).display !== "none";
const showOnPhone = (name) => onPhone() && show(name);

function press(selector) {
  $(selector)?.click();
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog.open) dialog.showModal();
}

function focusTool(name) {
  show(name);
  const list = name === "brief" ? $("#brief") : $(`#pane-${name}`);
  if (name === "brief") list.focus();
  else moveFocus(list, 1);
}

function write(id) {
  showOnPhone("log");
  document.getElementById(id).focus();
}

/** The list that the focus is in, or the one that is shown. */
const currentList = () =>
  document.activeElement.closest(".panels, .items, #log") ??
  (floor.dataset.view === "log" ? $("#log") : ($(`#pane-${floor.dataset.tool}`) ?? $("#log")));

/** Where the focus goes when the button that had it can no longer be pressed. */
function keepFocus(place) {
  place.tabIndex = -1;
  place.focus();
}

listenForKeys({
  " ": () => press("#toggle"),
  1: () => press("#speed-1"),
  2: () => press("#speed-5"),
  3: () => press("#speed-20"),
  4: () => press("#speed-60"),
  "+": () => press("#skip"),
  "=": () => press("#skip"),
  b: () => focusTool("brief"),
  p: () => focusTool("probes"),
  l: () => focusTool("levers"),
  c: () => {
    showOnPhone("charts");
    moveFocus($(".panels"), 1);
  },
  g: () => {
    show("log");
    $(".log-scroll").focus();
  },
  j: () => moveFocus(currentList(), 1),
  k: () => moveFocus(currentList(), -1),
  s: () => write("status"),
  n: () => write("note"),
  d: () => press(".declare-open"),
  o: () => charts.cursor != null && declaration.pickOnset(charts.cursor),
  z: () => charts.zoomOut(),
  t: () => press("#theme"),
  "?": () => openDialog("keys"),
  ArrowLeft: (event) => charts.step(event.shiftKey ? -10 : -1),
  ArrowRight: (event) => charts.step(event.shiftKey ? 10 : 1),
});

document.addEventListener("click", (event) => {
  const opens = event.target.closest("[data-opens]");
  const shows = event.target.closest("[data-shows]");
  if (opens) {
    // Filling in a form should not cost half an hour of the story.
    if (opens.dataset.opens === "declare" && $("#controls").dataset.playing === "true") press("#toggle");
    openDialog(opens.dataset.opens);
  }
  if (shows) show(shows.dataset.shows);
  if (event.target.closest("[data-close]") || event.target.matches("dialog[open]")) {
    event.target.closest("dialog").close();
  }
});

// Tabs move with the arrows, as their role promises.
$(".tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const at = TOOLS.indexOf(floor.dataset.tool);
  show(TOOLS[(at + step + TOOLS.length) % TOOLS.length]);
  $("[role=tab][aria-selected=true]").focus();
});

// What is being typed survives a reload.
for (const field of document.querySelectorAll("#status, #note")) {
  const key = `draft:${run}:${field.id}`;
  field.value = sessionStorage.getItem(key) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
}

document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form.matches?.("[data-clears]") && event.detail.successful) {
    form.reset();
    const field = form.querySelector("input:not([type=hidden])");
    field.value = "";
    sessionStorage.removeItem(`draft:${run}:${field.id}`);
  }
});
document.body.addEventListener("htmx:sendError", () => onLink(false));
document.body.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id !== "log") return;
  readState();
  if (focusedEntry) keepFocus(document.getElementById(focusedEntry));
});

/** Which options are in force, and whether they can be changed. */
const settings = (levers) =>
  [...levers.querySelectorAll(".in-force input")].map((input) => `${input.id} ${input.disabled}`).join();

// A choice that is made but not yet set stays, as long as nothing else was set meanwhile.
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target.id === "log") focusedEntry = document.activeElement.closest("#log .entry")?.id;
  if (target.id === "levers" && settings(fragment) === settings(target)) event.detail.shouldSwap = false;
});

const shown = sessionStorage.getItem(`view:${run}`) ?? floor.dataset.view;
show(TOOLS.includes(shown) ? shown : "probes");
show(shown);
readState();
listen(run, charts.times.at(-1) ?? -boot.history, onUpdate, onLink);
