// A card by keyboard: Ctrl+Enter turns it, 1 to 4 rate it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    document.querySelector(".card-form button.primary")?.click();
  } else if (!event.target.matches("textarea, input") && !event.ctrlKey && !event.metaKey) {
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  }
});
