// Follows a running simulation: once a second how far it is, and the page anew when it is over.
const running = document.querySelector("[data-simulation]");
const doing = document.querySelector("#doing");
const progress = document.querySelector("#progress");

async function look() {
  try {
    const answer = await fetch(running.dataset.simulation);
    const state = answer.ok ? await answer.json() : { over: true };
    if (state.over) {
      location.reload();
      return;
    }
    doing.textContent = state.doing;
    progress.value = state.progress;
  } catch {
    doing.textContent = "– the server does not answer";
  }
  setTimeout(look, 1000);
}

look();
