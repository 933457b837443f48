// Brings in what was exported elsewhere.
const file = document.querySelector("#import-file");
const said = document.querySelector("#import-said");

file?.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (!chosen) return;
  said.textContent = "Reading…";
  const answer = await fetch("/api/practice/import", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: await chosen.text(),
  });
  const body = await answer.json();
  file.value = "";
  if (!answer.ok) said.textContent = body.detail;
  else location.reload();
});
