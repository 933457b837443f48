// Follows something that the server simulates: once a second how far it is, and what to do when it is over.
export function follow(address, over) {
  const doing = document.querySelector("#doing");
  const progress = document.querySelector("#progress");
  const look = async () => {
    try {
      const answer = await fetch(address);
      const state = answer.ok ? await answer.json() : { over: true };
      if (state.over) {
        over();
        return;
      }
      doing.textContent = state.doing;
      progress.value = state.progress;
    } catch {
      doing.textContent = "– the server does not answer";
    }
    setTimeout(look, 1000);
  };
  look();
}
