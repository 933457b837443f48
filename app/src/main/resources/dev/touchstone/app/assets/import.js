// Brings in what was exported elsewhere: a run, or all that somebody practised.
const file = document.querySelector("#import-file");
const said = document.querySelector("#import-said");

file.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (!chosen) return;
  said.textContent = "Reading it…";
  const answer = await fetch(file.dataset.to, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: await chosen.text(),
  });
  const body = await answer.json();
  file.value = "";
  if (!answer.ok) said.textContent = body.detail;
  else if (body.run) location.href = `/runs/${body.run}/report`;
  else location.reload();
});
