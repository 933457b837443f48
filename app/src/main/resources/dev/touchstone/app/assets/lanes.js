// Lays labelled moments along a time axis so that no two labels overlap.

const SPACE = 8;
const MARK_WIDTH = 9;
const NARROWEST = 40;
const WIDEST = 230;

const pen = document.createElement("canvas").getContext("2d");

/**
 * Gives each item a lane and its label the width that is left for it, 0 for none.
 *
 * @param items with `x` in pixels and `label`
 * @param width of the whole axis
 * @param count of lanes
 * @returns the items in order of `x`, each with `lane` and `labelWidth`
 */
export function layLabels(items, width, count) {
  pen.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const last = Array.from({ length: count }, () => null);
  const end = (item) => item.x + MARK_WIDTH + item.labelWidth;
  const placed = items.toSorted((a, b) => a.x - b.x);
  for (const item of placed) {
    item.labelWidth = item.label
      ? Math.min(Math.ceil(pen.measureText(item.label).width) + 2, WIDEST)
      : 0;
    item.lane = bestLane(last, item.x, end);
    const before = last[item.lane];
    if (before && end(before) > item.x - SPACE) {
      const room = item.x - SPACE - before.x - MARK_WIDTH;
      before.labelWidth = room >= NARROWEST ? room : 0;
    }
    last[item.lane] = item;
  }
  for (const item of placed) {
    const room = width - item.x - MARK_WIDTH;
    if (item.labelWidth > room) item.labelWidth = room >= NARROWEST ? room : 0;
  }
  return placed;
}

/** The first lane that is free, or the one whose last label would lose least. */
function bestLane(last, x, end) {
  const free = last.findIndex((item) => item == null || end(item) <= x - SPACE);
  if (free >= 0) return free;
  return last.indexOf(last.reduce((a, b) => (a.x <= b.x ? a : b)));
}

/** A marker for one of them. */
export function marker(item, className, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `marker lane-${item.lane} ${className}`;
  button.title = title;
  button.setAttribute("aria-label", title);
  button.style.left = `${item.x}px`;
  const label = document.createElement("span");
  label.className = "marker-label";
  label.textContent = item.label;
  if (item.labelWidth > 0) label.style.maxWidth = `${item.labelWidth}px`;
  else label.classList.add("crowded");
  button.append(label);
  return button;
}
