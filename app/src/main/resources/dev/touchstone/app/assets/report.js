// The report's charts: three runs of one seed laid over one another.
import { axis, ceiling, clock, colour, offset, ticks, value } from "./format.js";
import { layLabels, marker } from "./lanes.js";

const data = JSON.parse(document.querySelector("#data").textContent);
const page = Date.parse(data.page);
/** The harm chart's axis leaves room for the names of the lanes below it. */
const LANE_NAMES = 84;
const LANES = 3;
/** The player's line is drawn last, on top. */
const PAINTED = data.runs.map((_, i) => i).reverse();
const charts = [];
let colours = readColours();

function readColours() {
  const names = ["line", "ink-3", "danger", "run-1", "run-2", "run-3", "ink"];
  return Object.fromEntries(names.map((name) => [name, colour(`--${name}`)]));
}

function draw(host, chart, height, from, axisWidth = 48) {
  const title = document.createElement("h3");
  title.textContent = chart.title;
  const unit = document.createElement("span");
  unit.className = "unit";
  unit.textContent = ` ${chart.unit}`;
  title.append(unit);
  const at = document.createElement("p");
  at.className = "at";
  const plot = document.createElement("div");
  plot.className = "plot";
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `Chart: ${chart.title}, of ${data.runs.join(", ")}`);
  host.append(title, at, plot);
  const options = {
    width: plot.clientWidth,
    height,
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: { y: false, sync: { key: "report" }, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: () => [from, data.clock] },
      y: {
        range: (_, low, high) => [
          Math.min(0, low ?? 0),
          ceiling(1.02 * Math.max(high ?? 0, (chart.limit ?? 0) * 1.05)),
        ],
      },
    },
    axes: [
      {
        size: 24,
        font: "11px ui-sans-serif, system-ui, sans-serif",
        stroke: () => colours["ink-3"],
        splits: (u, _, min, max) => ticks(page, min, max, Math.max(2, Math.floor(u.width / 90))),
        values: (_, splits) => splits.map((t) => clock(page, t, false)),
        grid: { stroke: () => colours.line, width: 1 },
        ticks: { show: false },
      },
      {
        size: axisWidth,
        gap: 6,
        font: "11px ui-sans-serif, system-ui, sans-serif",
        stroke: () => colours["ink-3"],
        splits: (_, __, min, max) => [min, (min + max) / 2, max],
        values: (_, splits) => splits.map(axis),
        grid: { stroke: () => colours.line, width: 1 },
        ticks: { show: false },
      },
    ],
    series: [
      {},
      ...PAINTED.map((i) => ({
        stroke: () => colours[`run-${i + 1}`],
        width: i === 0 ? 2 : 1.5,
        dash: [[], [6, 4], [2, 3]][i],
        points: { show: false },
      })),
    ],
    hooks: {
      drawAxes: [(u) => marks(u)],
      draw: [(u) => limitLine(u, chart.limit)],
      setCursor: [
        (u) => {
          const i = u.cursor.left >= 0 ? u.cursor.idx : null;
          at.textContent =
            i == null
              ? ""
              : `${clock(page, chart.t[i], false)}  ${chart.values.map((v) => value(v[i])).join("  ·  ")}`;
        },
      ],
    },
  };
  const drawn = new uPlot(options, [chart.t, ...PAINTED.map((i) => chart.values[i] ?? [])], plot);
  charts.push(drawn);
  new ResizeObserver(() => drawn.setSize({ width: plot.clientWidth, height })).observe(plot);
  return drawn;
}

/** Who did what and when, a lane a run, on the time axis of a chart. */
function lanes(host, chart) {
  const list = document.createElement("ol");
  list.className = "lanes";
  const rows = data.runs.map((name, i) => {
    const row = document.createElement("li");
    row.className = `run-${i + 1}`;
    row.append(Object.assign(document.createElement("span"), { className: "lane-name", textContent: name }));
    const axis = Object.assign(document.createElement("div"), { className: "lane-axis" });
    row.append(axis);
    return data.marks[i].length ? { row, axis, marks: data.marks[i] } : null;
  });
  list.append(...rows.filter((row) => row != null).map(({ row }) => row));
  host.append(list);
  const layOut = () => {
    const width = chart.bbox.width / devicePixelRatio;
    for (const { axis, marks } of rows.filter((row) => row != null)) {
      axis.style.marginLeft = `${chart.bbox.left / devicePixelRatio}px`;
      axis.style.width = `${width}px`;
      const items = marks
        .filter(({ t }) => t >= 0 && t <= data.clock)
        .map(({ t, label }) => ({ t, label, x: (t / data.clock) * width }));
      axis.replaceChildren(
        ...layLabels(items, width, LANES).map((item) => {
          const title = `${clock(page, item.t)} (${offset(item.t)})  ${item.label}`;
          const button = marker(item, "own", title);
          button.addEventListener("click", () => chart.setCursor({ left: item.x, top: 4 }, true, true));
          return button;
        }),
      );
    }
  };
  new ResizeObserver(layOut).observe(host);
}

/** The page, and what the player did. */
function marks(u) {
  const ratio = devicePixelRatio;
  u.ctx.save();
  u.ctx.lineWidth = ratio;
  for (const { t, own } of [{ t: 0 }, ...data.marks[0].map((mark) => ({ t: mark.t, own: true }))]) {
    const x = Math.round(u.valToPos(t, "x", true)) + 0.5;
    if (x < u.bbox.left) continue;
    u.ctx.strokeStyle = colours[own ? "run-1" : "ink-3"];
    u.ctx.globalAlpha = own ? 0.3 : 0.8;
    u.ctx.beginPath();
    u.ctx.moveTo(x, u.bbox.top);
    u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
    u.ctx.stroke();
  }
  u.ctx.restore();
}

function limitLine(u, limit) {
  if (limit == null) return;
  const ratio = devicePixelRatio;
  const y = Math.round(u.valToPos(limit, "y", true)) + 0.5;
  u.ctx.save();
  u.ctx.strokeStyle = colours.danger;
  u.ctx.globalAlpha = 0.7;
  u.ctx.lineWidth = ratio;
  u.ctx.setLineDash([5 * ratio, 4 * ratio]);
  u.ctx.beginPath();
  u.ctx.moveTo(u.bbox.left, y);
  u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
  u.ctx.stroke();
  u.ctx.restore();
}

const [harm, ...signals] = data.charts;
const harmChart = draw(document.querySelector("#harm-chart"), harm, 240, 0, LANE_NAMES);
lanes(document.querySelector("#harm-chart"), harmChart);
for (const chart of signals) {
  const host = document.createElement("div");
  host.className = "overlay";
  document.querySelector("#signal-charts").append(host);
  draw(host, chart, 132, -data.history);
}
addEventListener("theme", () => {
  colours = readColours();
  charts.forEach((chart) => chart.redraw(false, true));
});
