// Dragging in a unit's calendar. A drop only chooses in the card's own form, which also works by keyboard and without
// this script; either way a dialog names both half-days before anything is sent.
(() => {
  "use strict";
  const board = document.querySelector("[data-calendar]"), dialog = document.getElementById("move-dialog");
  if (!board || !dialog || !dialog.showModal) return;
  const says = document.getElementById("calendar-says");
  const words = dialog.querySelector("[data-move-words]");
  const wide = matchMedia("(min-width: 64rem) and (hover: hover)");
  let lifted = null, asked = null;

  const formOf = (card) => document.getElementById(card.dataset.drag);
  const optionsOf = (form) => [...form.querySelectorAll("option[data-cell]")];
  const cellAt = (event) => (event.target instanceof Element ? event.target.closest("[data-cell]:not(option)") : null);

  function arm() {
    board.querySelectorAll("[data-drag]").forEach((card) => {
      card.draggable = wide.matches;
      card.querySelectorAll("a").forEach((link) => (link.draggable = false));
    });
  }
  wide.addEventListener("change", arm);
  arm();

  board.addEventListener("dragstart", (event) => {
    const card = event.target instanceof Element ? event.target.closest("[data-drag]") : null;
    if (!card) return;
    lifted = card;
    says.textContent = "";
    card.setAttribute("data-lifted", "");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    const cells = new Set(optionsOf(formOf(card)).map((option) => option.dataset.cell));
    board.querySelectorAll("[data-cell]:not(option)").forEach((cell) => cell.toggleAttribute("data-can", cells.has(cell.dataset.cell)));
  });
  function point(cell) {
    board.querySelectorAll("[data-over]").forEach((other) => other !== cell && other.removeAttribute("data-over"));
    cell?.setAttribute("data-over", "");
  }
  board.addEventListener("dragover", (event) => {
    const cell = lifted && cellAt(event);
    if (!cell) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    point(cell);
  });
  board.addEventListener("dragend", () => {
    board.querySelectorAll("[data-can]").forEach((cell) => cell.removeAttribute("data-can"));
    point(null);
    lifted?.removeAttribute("data-lifted");
    lifted = null;
  });
  board.addEventListener("drop", (event) => {
    const cell = lifted && cellAt(event);
    if (!cell) return;
    event.preventDefault();
    if (cell.contains(lifted)) return;
    const form = formOf(lifted), here = optionsOf(form).filter((option) => option.dataset.cell === cell.dataset.cell);
    const session = event.target.closest("[data-session]")?.dataset.session;
    const option = here.find((each) => each.value === session) || here[0];
    if (!option) {
      says.textContent = form.dataset.cannot.replace("{to}", cell.dataset.when);
      return;
    }
    form.querySelector("select").value = option.value;
    form.requestSubmit();
  });

  // Before the shell hears of it: a move is asked about first.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-move]") || form.hasAttribute("data-sure")) return;
    event.preventDefault();
    asked = form;
    words.textContent = form.dataset.words.replace("{to}", form.querySelector("select").selectedOptions[0].dataset.when);
    dialog.showModal();
  }, true);
  dialog.querySelector("[data-move-sure]").addEventListener("click", () => {
    dialog.close();
    asked.setAttribute("data-sure", "");
    asked.requestSubmit(asked.querySelector("button"));
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[data-sure]").forEach((form) => form.removeAttribute("data-sure"));
  });
})();
