// The strip above the charts: their time axis, what others changed and what the player did.
import { clock, offset, ticks } from "./format.js";
import { layLabels, marker } from "./lanes.js";

const LANES = 3;

export class Strip {
  constructor(element, pageMillis, { onReset, onMark }) {
    this.element = element;
    this.page = pageMillis;
    this.onMark = onMark;
    this.marks = [];
    this.pin = null;
    this.cursorTime = null;

    this.scale = add(element, "div", "strip-scale");
    this.future = add(this.scale, "div", "strip-future");
    this.ticks = add(this.scale, "div", "strip-ticks");
    this.markers = add(this.scale, "div", "strip-markers");
    this.pinLine = add(this.scale, "div", "strip-pin");
    this.cursor = add(this.scale, "div", "strip-cursor");
    this.reset = add(element, "button", "strip-reset quiet", "All of it");
    this.reset.type = "button";
    this.reset.hidden = true;
    this.reset.title = "Show all of it again (z)";
    this.reset.addEventListener("click", onReset);
    add(element, "span", "strip-title", "Changes and actions");
  }

  /** Lays everything out anew for the stretch of time that the charts show. */
  layOut({ min, max, now, zoomed, frame }) {
    const home = this.element.getBoundingClientRect().left;
    Object.assign(this, { min, max, width: frame.width });
    this.scale.style.left = `${frame.left - home}px`;
    this.scale.style.width = `${frame.width}px`;
    this.reset.hidden = !zoomed;
    this.showNow(now);
    this.showTicks();
    this.showMarks(this.marks);
    this.showPin(this.pin);
  }

  x(t) {
    return ((t - this.min) / (this.max - this.min)) * this.width;
  }

  showNow(now) {
    const x = Math.max(0, Math.min(this.width, this.x(now)));
    this.future.style.left = `${x}px`;
    this.future.style.width = `${this.width - x}px`;
  }

  showTicks() {
    const most = Math.max(2, Math.floor(this.width / 84));
    this.ticks.replaceChildren(
      ...ticks(this.page, this.min, this.max, most)
        .filter((t) => this.x(t) > 12 && this.x(t) < this.width - 12)
        .map((t) => place("span", "tick", this.x(t), clock(this.page, t, false))),
    );
  }

  showMarks(marks) {
    this.marks = marks;
    if (!this.width) return;
    const shown = marks
      .map((mark) => ({ mark, x: this.x(mark.t), label: mark.kind === "note" ? "" : mark.label }))
      .filter(({ x }) => x >= -1 && x <= this.width + 1);
    this.markers.replaceChildren(
      ...layLabels(shown, this.width, LANES).map((item) => {
        const { t, kind, label } = item.mark;
        const others = kind === "change" || kind === "page";
        const button = marker(
          item,
          `${others ? "theirs" : "own"} ${kind}`,
          `${clock(this.page, t)} (${offset(t)})  ${label}`,
        );
        button.addEventListener("click", () => this.onMark(t));
        if (item.x > this.width - 90) button.classList.add("at-end");
        return button;
      }),
    );
  }

  showCursor(t) {
    this.cursorTime = t;
    this.cursor.hidden = t == null;
    if (t == null) return;
    const x = this.x(t);
    this.cursor.style.left = `${x}px`;
    this.cursor.classList.toggle("at-end", x > this.width - 110);
    this.cursor.dataset.time = `${clock(this.page, t)}  ${offset(t)}`;
  }

  showPin(t) {
    this.pin = t;
    const shown = t != null && t >= this.min && t <= this.max;
    this.pinLine.hidden = !shown;
    if (shown) {
      this.pinLine.style.left = `${this.x(t)}px`;
      this.pinLine.dataset.time = `onset ${clock(this.page, t)}`;
    }
  }
}

function add(parent, tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

function place(tag, className, x, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  element.style.left = `${x}px`;
  return element;
}
