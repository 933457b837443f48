// One chart for each thing that has a course over time. All share their cursor and their zoom: drag
// to look closer, double-click to see everything again.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // One course, or several to compare, each with windows and a length of its own.
  const courses = data.courses ?? [{ series: data.series }];
  const series = courses[0].series;
  const times = courses.map((each) => each.series.timesSeconds)
    .reduce((longest, each) => (each.at(-1) > longest.at(-1) ? each : longest));
  const compared = (values) => courses.map(({ name, series: own }) => {
    const window = own.timesSeconds[1] - own.timesSeconds[0];
    return { name, values: times.map((time) => values(own)[Math.floor(time / window)] ?? null) };
  });

  const count = (n) => n.toLocaleString("en", { maximumFractionDigits: n < 10 ? 1 : 0 });
  const percent = (share) => share === 0 ? "0" : `${(100 * share).toLocaleString("en", { maximumFractionDigits: 1 })} %`;
  const seconds = (s) => (s === 0 ? "0" : s < 1 ? `${trim(1e3 * s)} ms` : `${trim(s)} s`);
  const trim = (n) => n.toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: false });

  const panels = (data.courses ? [
    { title: "Time to first token, p95", format: seconds, lines: compared((s) => s.ttftP95Seconds) },
    { title: "Time per output token, p95", format: seconds, lines: compared((s) => s.tpotP95Seconds) },
    { title: "Waiting", format: count, lines: compared((s) => s.waiting) },
    { title: "KV cache in use", format: percent, top: 1, lines: compared((s) => s.kvShare) },
  ] : [
    { title: "Requests", format: count, wide: true, lines: [
      { name: "running", values: series.running },
      { name: "waiting", values: series.waiting } ] },
    { title: "KV cache in use", format: percent, top: 1, lines: [{ values: series.kvShare }] },
    { title: "Output tokens per second", format: count,
      lines: [{ values: series.outputTokensPerSecond }] },
    { title: "Time to first token, p95", format: seconds, lines: [{ values: series.ttftP95Seconds }] },
    { title: "Inter-token latency, p99", format: seconds, lines: [{ values: series.itlP99Seconds }] },
    { title: "Time per output token, p95", format: seconds, lines: [{ values: series.tpotP95Seconds }] },
    { title: "Requests per second", format: count, lines: [{ values: series.requestsPerSecond }] },
    { title: "Replicas", format: count, lines: [{ values: series.replicas }] },
  ]).filter((panel) => panel.lines.every((line) => line.values));

  const style = (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
  let colours = {};
  const readColours = () => {
    for (const name of ["line", "ink-3", "s1", "s2", "s3", "s1-fill"]) colours[name] = style(name);
  };

  /** `1:23`, with hours when the trace has any. */
  function clock(time) {
    const whole = Math.round(time);
    const pad = (n) => String(n).padStart(2, "0");
    const minutes = Math.floor(whole / 60);
    return minutes < 60
      ? `${minutes}:${pad(whole % 60)}`
      : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
  }

  /** Round times, about `most` of them. */
  function ticks(min, max, most) {
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400,
      43200, 86400, 604800];
    const step = steps.find((s) => (max - min) / s <= most) ?? steps.at(-1);
    const marks = [];
    // The label of a mark at the very edge would be cut off.
    const last = max - (max - min) / 40;
    for (let t = Math.ceil(min / step) * step; t <= last; t += step) marks.push(t);
    return marks;
  }

  function highest(lines) {
    return Math.max(0, ...lines.flatMap((line) => line.values.filter((v) => v != null)));
  }

  /** The least round number, with a round half, that is not below. */
  function ceiling(value) {
    if (!(value > 0)) return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((n) => n * power).find((n) => n >= value * 0.9999);
  }

  function draw(panel) {
    const figure = document.createElement("figure");
    if (panel.wide) figure.className = "wide";
    const caption = document.createElement("figcaption");
    const title = document.createElement("b");
    title.textContent = panel.title;
    caption.append(title);
    panel.lines.forEach((line, index) => {
      if (!line.name) return;
      const key = document.createElement("span");
      key.className = "key";
      key.style.setProperty("--colour", `var(--s${index + 1})`);
      key.textContent = line.name;
      caption.append(key);
    });
    const output = document.createElement("output");
    const plot = document.createElement("div");
    plot.className = "plot";
    caption.append(output);
    figure.append(caption, plot);
    document.getElementById("charts").append(figure);

    const top = panel.top ?? ceiling(highest(panel.lines));
    const summary = `highest ${panel.format(highest(panel.lines))}`;
    output.textContent = summary;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${panel.title} over time, ${summary}`);

    const chart = new uPlot({
      width: plot.clientWidth,
      height: plot.clientHeight,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, sync: { key: "simulation" }, points: { size: 7 }, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { range: [0, top] } },
      axes: [
        {
          stroke: () => colours["ink-3"], size: 26, gap: 4, font: "11px system-ui, sans-serif",
          grid: { stroke: () => colours.line, width: 1 }, ticks: { show: false },
          splits: (u, _, min, max) => ticks(min, max, Math.max(2, Math.floor(u.width / 90))),
          values: (_, splits) => splits.map(clock),
        },
        {
          stroke: () => colours["ink-3"], size: 54, gap: 6, font: "11px system-ui, sans-serif",
          grid: { stroke: () => colours.line, width: 1 }, ticks: { show: false },
          splits: () => [0, top / 2, top], values: (_, splits) => splits.map(panel.format),
        },
      ],
      series: [
        {},
        ...panel.lines.map((_, index) => ({
          stroke: () => colours[`s${index + 1}`],
          fill: index === 0 ? () => colours["s1-fill"] : undefined,
          width: 1.5, points: { show: false },
        })),
      ],
      hooks: {
        setCursor: [(u) => {
          const at = u.cursor.idx;
          const values = at == null ? [] : panel.lines.map((line) => line.values[at]);
          output.textContent = at == null
            ? summary
            : `${clock(times[at])} · ${values.map((v) => (v == null ? "–" : panel.format(v))).join(" / ")}`;
        }],
      },
    }, [times, ...panel.lines.map((line) => line.values)], plot);

    new ResizeObserver(() => chart.setSize({ width: plot.clientWidth, height: plot.clientHeight }))
      .observe(plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      readColours();
      chart.redraw(false, true);
    });
  }

  readColours();
  panels.forEach(draw);
})();
