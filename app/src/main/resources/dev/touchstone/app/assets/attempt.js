// An attempt: the clock runs on, and what is typed is saved as it is typed.
import { follow } from "./follow.js";
import { minutes } from "./format.js";
import { talk } from "./talk.js";

/** Counted from the first keystroke that is not saved, so typing without a pause saves as well. */
const SAVE_AFTER_MILLIS = 700;
const RETRY_AFTER_MILLIS = 2000;

const left = document.querySelector("#left");
const form = document.querySelector("#answer-form");
const attempt = document.querySelector("[data-attempt]")?.dataset.attempt;
const saved = document.querySelector("#saved");
/** Sections that changed since they were last saved. */
const changed = new Map();
let timer = 0;
let saving = Promise.resolve();

if (left) countDown(+left.dataset.left);
if (form && attempt) write();
for (const field of document.querySelectorAll("[data-annotates]")) annotate(field);
for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!confirm(button.dataset.confirm)) event.preventDefault();
  });
}
if (attempt && document.querySelector("#talk")) talk(attempt);
const design = document.querySelector("[data-design]");
if (design) follow(design.dataset.design, showDesigns);

/** What came of it takes the place of the progress; what is being written stays as it is. */
async function showDesigns() {
  const answer = await fetch(location.pathname);
  const anew = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("#designs").replaceWith(anew.querySelector("#designs"));
}

/** The server's clock counts; this one only shows it, from what was left when the page was made. */
function countDown(seconds) {
  const end = performance.now() + seconds * 1000;
  const tick = () => {
    const now = Math.max(0, (end - performance.now()) / 1000);
    left.textContent = minutes(Math.ceil(now));
    left.closest(".timer").classList.toggle("late", now < 60);
    if (now > 0) setTimeout(tick, 250);
    else flush().finally(() => location.reload());
  };
  tick();
}

function write() {
  document.documentElement.classList.add("scripted");
  form.addEventListener("input", (event) => {
    note(event.target);
    openRest();
    addUp();
  });
  form.addEventListener("change", (event) => note(event.target));
  form.addEventListener("submit", () => {
    // The form brings everything along.
    clearTimeout(timer);
    changed.clear();
  });
  form.addEventListener("keydown", (event) => {
    // Enter in a one-line field must not hand the answer in.
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      next(event.target)?.focus();
    }
  });
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush(true);
  });
  addEventListener("pagehide", () => flush(true));
  openRest();
  addUp();
}

function next(field) {
  const fields = [...form.querySelectorAll("input[data-section], textarea")];
  return fields[fields.indexOf(field) + 1];
}

function note(field) {
  const section = field.dataset.section ?? field.dataset.certainty;
  if (!section) return;
  changed.set(section, true);
  saved.textContent = "…";
  timer ||= setTimeout(() => flush(), SAVE_AFTER_MILLIS);
}

function flush(leaving = false) {
  clearTimeout(timer);
  timer = 0;
  const sections = [...changed.keys()];
  changed.clear();
  for (const section of sections) {
    // A page that is being left has no time to wait for its turn.
    const done = leaving ? save(section, true) : saving.then(() => save(section, false));
    saving = done.catch(() => retry(section));
  }
  return saving;
}

/** The server may be starting anew; what is typed stays here until it has it. */
function retry(section) {
  changed.set(section, true);
  saved.textContent = "not saved, trying again";
  saved.classList.add("wrong");
  clearTimeout(timer);
  timer = setTimeout(() => flush(), RETRY_AFTER_MILLIS);
}

async function save(section, leaving) {
  const field = form.querySelector(`[data-section="${CSS.escape(section)}"]`);
  const sure = form.querySelector(`[data-certainty="${CSS.escape(section)}"]:checked`);
  const move = { do: "save", section, text: field.value };
  if (sure) move.certainty = +sure.value;
  const answer = await fetch(`/api/attempts/${attempt}/moves`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(move),
    keepalive: leaving,
  });
  if (answer.ok) {
    saved.classList.remove("wrong");
    if (changed.size === 0) saved.textContent = "saved";
    return;
  }
  const problem = await answer.json();
  saved.textContent = problem.detail;
  saved.classList.add("wrong");
}

/** Numbers first: the rest can be written once each question has an answer. */
function openRest() {
  const rest = document.querySelector("#rest");
  const questions = [...form.querySelectorAll(".question input[data-section]")];
  const open = questions.every((input) => input.value.trim() !== "");
  if (!open) return;
  rest.classList.remove("waiting");
  document.querySelector("#gate")?.remove();
  for (const field of rest.querySelectorAll("[disabled]")) field.disabled = false;
}

function addUp() {
  const out = document.querySelector("#budget-sum");
  if (!out) return;
  const values = [...form.querySelectorAll("[data-budget]")].map((input) =>
    parseFloat(input.value.replace(/,/g, "")),
  );
  const known = values.filter(Number.isFinite);
  out.textContent = known.length ? known.reduce((a, b) => a + b, 0).toLocaleString("en-US") : "–";
}

/** Notes beside the answer are kept as they are typed, too. */
function annotate(field) {
  const status = field.form.querySelector("button");
  let wait = 0;
  const keep = async () => {
    wait = 0;
    const answer = await fetch(`/api/attempts/${attempt}/moves`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ do: "annotate", section: field.dataset.annotates, text: field.value }),
    }).catch(() => null);
    if (answer) {
      status.textContent = answer.ok ? "Kept" : "Keep";
    } else {
      status.textContent = "not kept, trying again";
      wait ||= setTimeout(keep, RETRY_AFTER_MILLIS);
    }
  };
  field.addEventListener("input", () => {
    status.textContent = "…";
    wait ||= setTimeout(keep, SAVE_AFTER_MILLIS);
  });
}
