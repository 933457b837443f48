// What the server tells this page while it is open. A lost connection is taken up again from the
// newest point that has arrived.

const RETRY_MILLIS = 2000;

/**
 * @param from seconds since the page from which on telemetry is wanted
 * @param onUpdate called with each update
 * @param onLink called with true when the connection stands and false when it is lost
 */
export function listen(run, from, onUpdate, onLink) {
  let newest = from;
  let source;

  function open() {
    source = new EventSource(`/api/runs/${run}/events?from=${newest}`);
    source.addEventListener("update", (event) => {
      const update = JSON.parse(event.data);
      if (update.t.length) newest = update.t.at(-1);
      onUpdate(update);
    });
    source.onopen = () => onLink(true);
    source.onerror = () => {
      onLink(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MILLIS);
    };
  }

  open();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}
