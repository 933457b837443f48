// Everything by keyboard. Letters act only when nobody is typing and no dialog is open.

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select";

/** What a list is walked by. */
const STOPS = ".item, .entry, .line";

/** @param actions functions by key; each is called with the event */
export function listenForKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = document.activeElement;
    if (focused?.matches(TYPING)) {
      if (event.key === "Escape") focused.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (event.key === " " && takesSpace(focused)) return;
    // Radio buttons move with the arrows.
    if (event.key.startsWith("Arrow") && focused?.matches("input[type=radio], [role=tab]")) return;
    const action = actions[event.key];
    if (action) {
      event.preventDefault();
      action(event);
    }
  });
}

/** A focused button is pressed with space, unless it is one of the clock's own. */
const takesSpace = (focused) =>
  focused?.matches("button, a, input:not(:checked)") && !focused.closest("#controls");

/** Moves the focus to the next or previous thing to act on in a list. */
export function moveFocus(list, by) {
  const stops = [...list.querySelectorAll(STOPS)]
    .map((item) => item.querySelector("input:checked:not(:disabled), button:not(:disabled)") ?? item)
    .filter((stop) => stop.offsetParent !== null);
  const focused = document.activeElement;
  const at = stops.findIndex((stop) => stop.closest(STOPS).contains(focused));
  const next = stops[Math.max(0, Math.min(stops.length - 1, at < 0 ? (by > 0 ? 0 : stops.length - 1) : at + by))];
  if (!next) return;
  if (next.matches(STOPS)) next.tabIndex = -1;
  next.focus();
  next.closest(STOPS).scrollIntoView({ block: "nearest" });
}
