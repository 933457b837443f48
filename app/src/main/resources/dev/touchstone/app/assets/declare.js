// The declaration: mechanisms in the order in which they were ticked, an onset that can be picked on
// a chart, and a draft that outlives a reload.
import { clock, parseClock } from "./format.js";

export class Declaration {
  /** @param onPin called with the onset in seconds since the page, or null */
  constructor(dialog, run, pageMillis, clockSeconds, onPin) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.page = pageMillis;
    this.clock = clockSeconds;
    this.key = `declaration:${run}`;
    this.onPin = onPin;
    this.order = [];
    this.boxes = [...this.form.querySelectorAll("[data-ordered] input")];
    this.boxes.forEach((box) => box.removeAttribute("name"));

    this.restore();
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", () => this.submitted());
    this.form.addEventListener("htmx:afterRequest", (event) => this.answered(event));
  }

  get onset() {
    return parseClock(this.page, this.clock, this.form.elements.onset.value);
  }

  pickOnset(t) {
    this.form.elements.onset.value = clock(this.page, t);
    this.changed();
  }

  changed() {
    const ticked = this.boxes.filter((box) => box.checked).map((box) => box.value);
    this.order = this.order.filter((value) => ticked.includes(value));
    this.order.push(...ticked.filter((value) => !this.order.includes(value)));
    this.showOrder();
    this.onPin(this.onset);
    sessionStorage.setItem(
      this.key,
      JSON.stringify({
        component: this.form.elements.component.value ?? "",
        mechanisms: this.order,
        gates: [...this.form.querySelectorAll("[name=gate]:checked")].map((box) => box.value),
        onset: this.form.elements.onset.value,
      }),
    );
  }

  restore() {
    const draft = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    if (!draft) return;
    const tick = (name, value) => {
      const input = this.form.querySelector(`[name=${name}][value="${CSS.escape(value)}"]`);
      if (input) input.checked = true;
    };
    if (draft.component) tick("component", draft.component);
    draft.gates.forEach((gate) => tick("gate", gate));
    this.order = draft.mechanisms;
    this.boxes.forEach((box) => (box.checked = this.order.includes(box.value)));
    this.form.elements.onset.value = draft.onset;
    this.showOrder();
    this.onPin(this.onset);
  }

  /** Hidden fields carry the order, since a form sends its fields as they stand in the page. */
  showOrder() {
    this.form.querySelectorAll("input[type=hidden][name=mechanism]").forEach((field) => field.remove());
    for (const value of this.order) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "mechanism", value });
      this.form.append(field);
    }
    for (const box of this.boxes) {
      const place = this.order.indexOf(box.value);
      box.parentElement.querySelector("b").textContent = place < 0 ? "" : String(place + 1);
    }
  }

  /** Stays as it is until the report comes: grading plays the incident twice more. */
  submitted() {
    this.form.querySelector(".grading").hidden = false;
    this.form.querySelector(".dialog-error").hidden = true;
  }

  answered(event) {
    if (event.detail.successful) return;
    this.form.querySelector(".grading").hidden = true;
    const error = this.form.querySelector(".dialog-error");
    error.textContent =
      document.querySelector("#notice")?.textContent.trim() || "The server did not answer. Nothing is lost; try again.";
    error.hidden = false;
  }
}
