// The front page: brings in a run that was played elsewhere.
const file = document.querySelector("#import-file");
const said = document.querySelector("#import-said");

file?.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (!chosen) return;
  said.textContent = "Playing it again…";
  const answer = await fetch("/api/import", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: await chosen.text(),
  });
  const body = await answer.json();
  if (answer.ok) location.href = `/runs/${body.run}/report`;
  else said.textContent = body.detail;
  file.value = "";
});
