// How times and numbers read; the same rules as the server's, so that nothing changes its look when
// the first update arrives.

const two = (number) => String(number).padStart(2, "0");

/** Story time, such as 14:07:12, at `t` seconds after the page. */
export function clock(pageMillis, t, withSeconds = true) {
  const at = new Date(pageMillis + Math.floor(t) * 1000);
  const minute = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  return withSeconds ? `${minute}:${two(at.getUTCSeconds())}` : minute;
}

/**
 * Seconds after the page of a time of day such as 14:02 or 14:02:30, null if it is none: the last
 * such time before the clock ends.
 */
export function parseClock(pageMillis, clockSeconds, text) {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (!match) return null;
  const [, hours, minutes, seconds = "0"] = match;
  const page = new Date(pageMillis);
  const midnight = Date.UTC(page.getUTCFullYear(), page.getUTCMonth(), page.getUTCDate());
  const at = (midnight - pageMillis) / 1000 + hours * 3600 + minutes * 60 + +seconds;
  return at > clockSeconds ? at - 86_400 : at;
}

/** Relative to the page: +7:12, −23:00. */
export function offset(t) {
  const whole = Math.floor(Math.abs(t));
  return `${t < 0 ? "−" : "+"}${minutes(whole)}`;
}

/** 52:48; hours count as minutes. */
export const minutes = (seconds) => `${Math.floor(seconds / 60)}:${two(Math.floor(seconds) % 60)}`;

/** A whole number with its thousands apart. */
export const count = (number) => Math.round(number).toLocaleString("en-US");

/** Three significant digits, thousands apart: 0.42, 47.3, 2,388. */
export function value(number) {
  if (number == null) return "–";
  const size = Math.abs(number);
  if (size >= 100) return count(number);
  if (size >= 10) return number.toFixed(1);
  return size === 0 ? "0" : number.toFixed(2);
}

/** For an axis: 0, 50, 2.5k. */
export function axis(number) {
  if (Math.abs(number) >= 10_000) return `${+(number / 1000).toPrecision(3)}k`;
  return number.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** The next number up that is easy to read on an axis. */
export function ceiling(number) {
  if (!(number > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(number));
  const steps = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10];
  return steps.find((step) => step * power >= number * 0.9999) * power;
}

const STEPS = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

/** Round story times between `min` and `max`, about `most` of them. */
export function ticks(pageMillis, min, max, most) {
  const step = STEPS.find((candidate) => (max - min) / candidate <= most) ?? 28800;
  const pageSeconds = pageMillis / 1000;
  const found = [];
  const first = Math.ceil((pageSeconds + min) / step) * step - pageSeconds;
  for (let t = first; t <= max; t += step) found.push(t);
  return found;
}

/** A custom property's colour as a canvas understands it. */
export function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}
