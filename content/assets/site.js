// A page ages after it was built: the reader's own clock says whether a new look is overdue by now.
document.addEventListener("DOMContentLoaded", () => {
  const today = new Date().toISOString().slice(0, 10);
  for (const mark of document.querySelectorAll("[data-due]")) {
    if (mark.dataset.due >= today) continue;
    mark.classList.add("overdue");
    mark.firstChild.data = "a new look is overdue since ";
  }
});
