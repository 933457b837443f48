// The page of a plan: says to the server what was moved, and puts what it derives in place. No
// number is worked out here.
import { colour } from "./format.js";

const form = document.querySelector("#inputs");
const results = document.querySelector("#results");
const held = new Set(); // ids of rows that stand open
let data = JSON.parse(document.querySelector("#data").textContent);
/** What was given, by name: the newest of it may not have been sent yet. */
const given = new Map(Object.entries(data.given));
let slide = null; // {id, position} of the slider that moved since the last request
let asking = false;
let askAgain = false;

// Asking: one request at a time, and after it one more if anything has changed in between.

async function ask() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  const moved = slide;
  slide = null;
  try {
    const answer = await fetch(address(moved), { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const came = new DOMParser().parseFromString(await answer.text(), "text/html");
    take(came, moved);
  } catch (error) {
    say(`Not up to date: ${error.message}. Move something to try again.`);
  }
  asking = false;
  if (askAgain) {
    askAgain = false;
    ask();
  }
}

function address(moved) {
  const query = new URLSearchParams(given);
  query.set("chart-of", data.curve.step);
  query.set("chart-over", data.curve.input);
  if (moved) query.set("slide", `${moved.id}:${moved.position}`);
  return `${location.pathname}?${query}`;
}

function take(came, moved) {
  data = JSON.parse(came.querySelector("#data").textContent);
  if (moved && moved.id in data.given) given.set(moved.id, data.given[moved.id]);
  else if (moved) given.delete(moved.id);
  for (const id of ["answers", "axes", "moves", "rest", "steps"]) {
    const part = came.getElementById(id);
    if (part) replace(document.getElementById(id), part);
  }
  show();
  history.replaceState(null, "", data.address);
}

/** Puts a part in place without taking the focus from what stands there. */
function replace(old, part) {
  if (old.contains(document.activeElement) && document.activeElement.matches("select, .measured input")) {
    const { name, value } = document.activeElement;
    old.replaceChildren(...part.childNodes);
    const again = old.querySelector(`[name="${CSS.escape(name)}"]`);
    if (again) again.closest("details")?.setAttribute("open", "");
    if (again?.matches("input")) again.value = value;
    again?.focus();
  } else {
    old.replaceChildren(...part.childNodes);
  }
  for (const id of held) document.getElementById(id)?.setAttribute("open", "");
}

// Showing

function say(text) {
  document.querySelector("#refusal").textContent = text;
}

function show() {
  const refused = data.chart == null;
  results.classList.toggle("stale", refused);
  if (!refused) results.classList.remove("nothing");
  say(data.refusal || (refused ? "Nothing is derived until the marked input is mended." : ""));
  for (const field of data.fields) {
    const box = document.getElementById(`at-${field.id}`);
    const text = document.getElementById(`in-${field.id}`);
    const slider = box.querySelector(".slider");
    box.classList.toggle("given", field.given);
    box.classList.toggle("refused", field.refusal !== "");
    box.querySelector(".why").textContent = field.refusal;
    if (document.activeElement !== text) text.value = field.text;
    // The slider in somebody's hand stays where it is: its value was rounded, its place was not.
    if (document.activeElement !== slider && !refused) slider.value = field.position;
  }
  document.querySelector("#command").textContent = data.command;
  if (data.chart) drawCurve();
}

// What people do

form.addEventListener("input", (event) => {
  const { dataset, name, value } = event.target;
  if (dataset.slider) {
    slide = { id: dataset.slider, position: value };
    given.delete(dataset.slider);
  } else if (name) {
    give(name, value);
  }
  ask();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
form.addEventListener("click", (event) => {
  const id = event.target.closest("[data-undo]")?.dataset.undo;
  if (!id) return;
  given.delete(id);
  document.getElementById(`in-${id}`).focus();
  document.getElementById(`in-${id}`).value = data.fields.find((field) => field.id === id).standard;
  ask();
});
form.addEventListener("focusout", (event) => {
  const field = data.fields.find(({ id }) => id === event.target.name);
  if (field && event.target.value.trim() === "") event.target.value = field.standard;
});

function give(name, value) {
  if (value.trim() === "") given.delete(name);
  else given.set(name, value);
}

results.addEventListener("change", ({ target }) => {
  if (target.name === "chart-of") data.curve.step = target.value;
  else if (target.name === "chart-over") data.curve.input = target.value;
  else if (target.name) give(target.name, target.value);
  ask();
});
results.addEventListener("click", (event) => {
  const over = event.target.closest("[data-over]")?.dataset.over;
  if (over) {
    data.curve.input = over;
    ask();
  }
  const name = event.target.closest("[data-name]")?.dataset.name;
  const input = name && document.getElementById(`in-${name}`);
  if (input) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});
results.addEventListener(
  "toggle",
  ({ target }) => (target.open ? held.add(target.id) : held.delete(target.id)),
  true,
);
addEventListener("hashchange", openTarget);
function openTarget() {
  const row = document.getElementById(location.hash.slice(1));
  if (row?.matches("details")) {
    row.open = true;
    row.scrollIntoView({ block: "center" });
  }
}

const unfold = document.querySelector("#unfold");
unfold.addEventListener("click", () => {
  const open = unfold.getAttribute("aria-pressed") !== "true";
  unfold.setAttribute("aria-pressed", open);
  unfold.textContent = open ? "Close all" : "Open all";
  document.querySelectorAll("#steps details").forEach((row) => (row.open = open));
});

document.querySelector("#copy").addEventListener("click", async ({ target }) => {
  await navigator.clipboard.writeText(location.href);
  target.textContent = "Copied";
  setTimeout(() => (target.textContent = "Copy link"), 1500);
});

// The curve

const FONT = "11px ui-sans-serif, system-ui, sans-serif";
const host = document.querySelector("#curve");
const NAMES = ["line", "ink-3", "ink", "accent", "s1", "s1-fill", "surface"];
let colours = readColours();
let drawn = null;
let scales = "";

function readColours() {
  return Object.fromEntries(NAMES.map((name) => [name, colour(`--${name}`)]));
}

function drawCurve() {
  const { chart } = data;
  const series = [chart.x, chart.assumed.length ? chart.assumed : chart.x.map(() => null), chart.y];
  const kinds = `${chart.xAxis.logarithmic} ${chart.yAxis.logarithmic}`;
  if (drawn && kinds === scales) {
    drawn.setData(series);
  } else {
    drawn?.destroy();
    scales = kinds;
    drawn = new uPlot(options(chart), series, host);
  }
  document.querySelector("#gap").textContent = chart.gap;
  readOff(null);
}

function options(chart) {
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [12, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: {
        time: false,
        distr: chart.xAxis.logarithmic ? 3 : 1,
        range: () => [data.chart.xAxis.min, data.chart.xAxis.max],
      },
      y: {
        distr: chart.yAxis.logarithmic ? 3 : 1,
        range: () => [data.chart.yAxis.min, data.chart.yAxis.max],
      },
    },
    axes: [axis("xAxis", 26), axis("yAxis", 64)],
    series: [
      {},
      { stroke: () => colours["ink-3"], width: 1, dash: [4, 4], points: { show: false } },
      { stroke: () => colours.s1, width: 2, fill: () => colours["s1-fill"], points: { show: false } },
    ],
    hooks: {
      draw: [markNow],
      setCursor: [(u) => readOff(u.cursor.left >= 0 ? u.cursor.idx : null)],
    },
  };
}

function axis(name, size) {
  return {
    size,
    gap: 6,
    font: FONT,
    stroke: () => colours["ink-3"],
    splits: () => data.chart[name].ticks,
    filter: (_, splits) => splits,
    values: () => data.chart[name].tickLabels,
    grid: { stroke: () => colours.line, width: 1 },
    ticks: { show: false },
  };
}

/** Where the plan stands: a dot, and a line down to the input. */
function markNow(u) {
  const [x, y] = data.chart.at;
  const left = u.valToPos(x, "x", true);
  const top = u.valToPos(y, "y", true);
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  if (!(left >= bbox.left - 1 && left <= bbox.left + bbox.width + 1)) return;
  ctx.save();
  ctx.strokeStyle = colours.accent;
  ctx.globalAlpha = 0.5;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(left, top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(left, top, 5 * ratio, 0, 2 * Math.PI);
  ctx.fillStyle = colours.accent;
  ctx.fill();
  ctx.strokeStyle = colours.surface;
  ctx.lineWidth = 2 * ratio;
  ctx.stroke();
  ctx.restore();
}

function readOff(index) {
  const { chart } = data;
  const at = document.querySelector("#curve-at");
  const units = [chart.yAxis.unit, chart.xAxis.unit].filter((unit) => unit).join(" over ");
  const dashed = chart.assumed.length ? "dashed: nothing else changed" : "";
  at.textContent =
    index == null
      ? [units, dashed].filter((part) => part).join(" · ")
      : `${chart.xText[index]}: ${chart.yText[index] || "refused"}`;
}

host.addEventListener("click", () => {
  const index = drawn?.cursor.left >= 0 ? drawn.cursor.idx : null;
  if (index == null) return;
  given.set(data.chart.xAxis.id, data.chart.xText[index]);
  ask();
});
new ResizeObserver(() => drawn?.setSize({ width: host.clientWidth, height: host.clientHeight })).observe(host);
addEventListener("theme", () => {
  colours = readColours();
  drawn?.redraw(false, true);
});

show();
openTarget();
document.querySelector(".field.refused")?.scrollIntoView({ block: "center" });
