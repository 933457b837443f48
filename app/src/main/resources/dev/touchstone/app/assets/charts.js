// The stack of charts: one time axis for all, so that a line can be followed from signal to signal.
import { axis, ceiling, colour, ticks, value } from "./format.js";

/** Room for the values beside each chart; the strip above keeps to it. */
export const AXIS_WIDTH = 46;
const PADDING_RIGHT = 10;
/** The unit stands here, above the plot, so that no line runs through it. */
const PADDING_TOP = 13;
/** The right edge moves on in steps of this, so that the charts stand still in between. */
const EDGE_SECONDS = 600;
const DRAG_PIXELS = 6;

export class Charts {
  /**
   * @param boot what the page came with: panels, times and values
   * @param onView called with (min, max) whenever the stretch of time that is shown changes
   * @param onCursor called with a time or null
   * @param onPick called with the time that was clicked
   */
  constructor(boot, { onView, onCursor, onPick }) {
    this.boot = boot;
    this.page = Date.parse(boot.page);
    this.now = boot.now;
    this.times = boot.t;
    this.values = boot.values;
    this.marks = [];
    this.pin = null;
    this.zoom = null;
    this.cursor = null;
    this.onView = onView;
    this.onCursor = onCursor;
    this.onPick = onPick;
    this.readColours();
    this.charts = boot.panels.map((panel, index) => this.chart(panel, index));
    this.outputs = new Map(
      [...document.querySelectorAll("output[data-signal]")].map((out) => [out.dataset.signal, out]),
    );
    const sizes = new ResizeObserver(() => this.resize());
    this.charts.forEach((chart) => sizes.observe(chart.root.parentElement));
    addEventListener("theme", () => {
      this.readColours();
      this.charts.forEach((chart) => chart.redraw(false, true));
    });
    this.showValues();
    this.showView();
  }

  readColours() {
    const names = ["line", "ink-3", "danger", "accent", "ink", "s1", "s2", "s3", "s4", "s1-fill"];
    this.colours = Object.fromEntries(names.map((name) => [name, colour(`--${name}`)]));
  }

  chart(panel, index) {
    const host = document.querySelector(`[data-panel="${CSS.escape(panel.id)}"] .plot`);
    const options = {
      width: host.clientWidth || 300,
      height: host.clientHeight || 80,
      padding: [PADDING_TOP, PADDING_RIGHT, 6, 0],
      legend: { show: false },
      cursor: {
        y: false,
        sync: { key: "room" },
        drag: { x: true, y: false, setScale: false, dist: DRAG_PIXELS },
        points: { size: 7, width: 1.5 },
      },
      scales: {
        x: { time: false, range: () => this.view() },
        y: { range: (_, low, high) => range(low, high, panel.limit) },
      },
      axes: [
        {
          size: 0,
          values: (_, splits) => splits.map(() => ""),
          splits: (_, __, min, max) => ticks(this.page, min, max, 8),
          grid: { stroke: () => this.colours.line, width: 1 },
          ticks: { show: false },
        },
        {
          size: AXIS_WIDTH,
          gap: 6,
          font: "11px ui-sans-serif, system-ui, sans-serif",
          stroke: () => this.colours["ink-3"],
          values: (_, splits) => splits.map(axis),
          splits: (_, __, min, max) => [min, (min + max) / 2, max],
          grid: { show: false },
          ticks: { show: false },
        },
      ],
      series: [
        {},
        ...panel.signals.map((_, line) => ({
          stroke: () => this.colours[`s${(line % 4) + 1}`],
          width: 1.5,
          fill: line === 0 ? () => this.colours["s1-fill"] : undefined,
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: {
        drawAxes: [(chart) => this.drawUnder(chart)],
        draw: [(chart) => this.drawOver(chart, panel.limit)],
        setSelect: [(chart) => this.select(chart)],
        setCursor: index === 0 ? [(chart) => this.moved(chart)] : [],
      },
    };
    const chart = new uPlot(options, this.data(panel), host);
    this.listenForPicks(chart);
    return chart;
  }

  data(panel) {
    return [this.times, ...panel.signals.map((signal) => this.values[signal] ?? [])];
  }

  /** Puts new points in; they replace what is there from the first of them on. */
  append({ now, t, values }) {
    const edge = this.view()[1];
    this.now = now;
    if (t.length) {
      let keep = this.times.length;
      while (keep > 0 && this.times[keep - 1] >= t[0]) keep--;
      this.times = this.times.slice(0, keep).concat(t);
      for (const signal of Object.keys(values)) {
        this.values[signal] = (this.values[signal] ?? []).slice(0, keep).concat(values[signal]);
      }
    }
    this.charts.forEach((chart, index) => chart.setData(this.data(this.boot.panels[index])));
    if (this.cursor == null) this.showValues();
    if (this.view()[1] !== edge || !t.length) this.onView(...this.view());
  }

  /** The stretch of time shown: what was zoomed into, or everything with some room ahead. */
  view() {
    if (this.zoom) return this.zoom;
    const edge = Math.ceil((this.now + EDGE_SECONDS / 4) / EDGE_SECONDS) * EDGE_SECONDS;
    return [-this.boot.history, Math.min(edge, this.boot.clock)];
  }

  showView() {
    const [min, max] = this.view();
    this.charts.forEach((chart) => chart.setScale("x", { min, max }));
    this.onView(min, max);
  }

  zoomTo(min, max) {
    this.zoom = [min, max];
    this.showView();
  }

  zoomOut() {
    this.zoom = null;
    this.showView();
  }

  setMarks(marks) {
    this.marks = marks;
    this.redraw();
  }

  setPin(t) {
    this.pin = t;
    this.redraw();
  }

  redraw() {
    this.charts.forEach((chart) => chart.redraw(false));
  }

  /** Where the time axis lies, in page pixels. */
  frame() {
    const box = this.charts[0].over.getBoundingClientRect();
    return { left: box.left, width: box.width };
  }

  /** Moves the cursor by so many points, from the newest one if there is none. */
  step(points) {
    const from = this.cursor == null ? this.times.length - 1 : nearest(this.times, this.cursor);
    this.goTo(this.times[Math.max(0, Math.min(this.times.length - 1, from + points))]);
  }

  /** Puts the cursor at a time. */
  goTo(t) {
    for (const chart of this.charts) chart.setCursor({ left: chart.valToPos(t, "x"), top: 4 });
  }

  moved(chart) {
    const { left, idx } = chart.cursor;
    this.cursor = left == null || left < 0 ? null : chart.posToVal(left, "x");
    this.showValues(this.cursor == null ? null : idx);
    this.onCursor(this.cursor);
  }

  /** Values at a point, or the newest ones. */
  showValues(index = null) {
    for (const [signal, output] of this.outputs) {
      const values = this.values[signal] ?? [];
      const text = value(index == null ? values.findLast((v) => v != null) : values[index]);
      if (output.value !== text) output.value = text;
    }
  }

  select(chart) {
    if (chart.select.width >= DRAG_PIXELS) {
      const min = chart.posToVal(chart.select.left, "x");
      const max = chart.posToVal(chart.select.left + chart.select.width, "x");
      chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      if (max - min > 30) this.zoomTo(min, max);
    }
  }

  listenForPicks(chart) {
    let downX = 0;
    chart.over.addEventListener("mousedown", (event) => (downX = event.clientX));
    chart.over.addEventListener("click", (event) => {
      if (Math.abs(event.clientX - downX) < DRAG_PIXELS) {
        this.onPick(chart.posToVal(event.offsetX, "x"));
      }
    });
    chart.over.addEventListener("dblclick", () => this.zoomOut());
  }

  resize() {
    for (const chart of this.charts) {
      const { clientWidth: width, clientHeight: height } = chart.root.parentElement;
      if (width > 0 && height > 0 && (width !== chart.width || height !== chart.height)) {
        chart.setSize({ width, height });
      }
    }
    this.onView(...this.view());
  }

  drawUnder(chart) {
    const { left, top, width, height } = chart.bbox;
    const ratio = devicePixelRatio;
    const context = chart.ctx;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.strokeStyle = this.colours.line;
    for (const y of [top + Math.round(height / 2) + 0.5, top + height - 0.5]) {
      horizontal(context, left, y, width, ratio);
    }
    for (const mark of this.marks) {
      const x = Math.round(chart.valToPos(mark.t, "x", true)) + 0.5;
      const own = mark.kind !== "change" && mark.kind !== "page";
      if (own && mark.kind !== "pull" && mark.kind !== "declare") continue;
      context.strokeStyle = own ? this.colours.accent : this.colours["ink-3"];
      context.globalAlpha = own ? 0.9 : mark.kind === "page" ? 0.9 : 0.7;
      context.setLineDash(mark.kind === "change" ? [3 * ratio, 3 * ratio] : []);
      vertical(context, x, top, height, ratio);
    }
    context.restore();
  }

  drawOver(chart, limit) {
    const { left, top, width, height } = chart.bbox;
    const ratio = devicePixelRatio;
    const context = chart.ctx;
    context.save();
    if (limit != null) {
      const y = Math.round(chart.valToPos(limit, "y", true)) + 0.5;
      context.strokeStyle = this.colours.danger;
      context.globalAlpha = 0.75;
      context.setLineDash([5 * ratio, 4 * ratio]);
      horizontal(context, left, y, width, ratio);
    }
    if (this.pin != null) {
      context.strokeStyle = this.colours.ink;
      context.globalAlpha = 1;
      context.setLineDash([1.5 * ratio, 2.5 * ratio]);
      const x = Math.round(chart.valToPos(this.pin, "x", true)) + 0.5;
      if (x >= left && x <= left + width) vertical(context, x, top, height, ratio * 1.5);
    }
    context.restore();
  }
}

function horizontal(context, x, y, width, lineWidth) {
  context.lineWidth = lineWidth;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + width, y);
  context.stroke();
}

function vertical(context, x, top, height, width) {
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, top + height);
  context.stroke();
}

function range(low, high, limit) {
  const top = Math.max(high ?? 0, limit == null ? 0 : limit * 1.05);
  return [Math.min(0, low ?? 0), ceiling(top * 1.02)];
}

function nearest(times, t) {
  let best = 0;
  for (let i = 1; i < times.length; i++) {
    if (Math.abs(times[i] - t) < Math.abs(times[best] - t)) best = i;
  }
  return best;
}
