/* The desk's list by keyboard, with the case beside it, and live. Everything here also works as plain pages. */
(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const wide = window.matchMedia("(min-width: 75rem)");
  const beside = document.getElementById("beside");

  function current() {
    return document.querySelector("[data-row].is-current");
  }

  function mark(row) {
    all("[data-row]").forEach((one) => one.classList.toggle("is-current", one === row));
  }

  // j and k go through the rows; where a case stands beside the list, it follows.
  function move(step) {
    const rows = all("[data-row]");
    if (!rows.length) return;
    const place = Math.min(rows.length - 1, Math.max(0, rows.indexOf(current()) + step));
    const row = rows[place];
    mark(row);
    const link = row.querySelector("a");
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (beside && beside.childElementCount) show(row);
  }

  function show(row) {
    const link = row.querySelector("a");
    if (!link || !beside || !wide.matches || !window.htmx) return false;
    mark(row);
    const address = new URL(window.location.href);
    address.searchParams.set("open", row.dataset.no);
    window.history.replaceState(window.history.state, "", address);
    window.htmx.ajax("GET", link.getAttribute("href"), { target: "#beside", swap: "innerHTML" }).then(() => {
      document.querySelector(".queue-page").classList.add("has-beside");
      beside.scrollTop = 0;
    });
    return true;
  }

  function open(row) {
    if (!row || show(row)) return;
    row.querySelector("a").click();
  }

  function press(key) {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.matches("input, textarea, select")) { target.focus(); return true; }
    if (target.matches("summary")) {
      const box = target.parentElement;
      box.open = true;
      box.scrollIntoView({ block: "nearest" });
      const field = box.querySelector("textarea, select, input:not([type=hidden])");
      if (field) field.focus();
      return true;
    }
    target.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "j" || event.key === "k") { move(event.key === "j" ? 1 : -1); return; }
    if (event.key === "?") { const keys = document.getElementById("keys"); if (keys) { keys.open = !keys.open; keys.scrollIntoView({ block: "nearest" }); } return; }
    const row = current();
    if (event.key === "x" && row) {
      const box = row.querySelector("input[type=checkbox]");
      if (box) box.click();
      return;
    }
    // A focused link opens itself; after a field was left nothing is focused, and the marked row is meant.
    if (event.key === "Enter" && row && event.target === document.body) { open(row); return; }
    if (!/^[a-z]$/.test(event.key)) return;
    // On the list a key for a case means the one that is marked: it is opened first, so that nothing is done unseen.
    const shown = document.querySelector("[data-case]");
    if (row && row.dataset.no && /^[dran]$/.test(event.key) && (!shown || shown.dataset.case !== row.dataset.no)) { event.preventDefault(); open(row); return; }
    if (press(event.key)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-row] a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (show(link.closest("[data-row]"))) event.preventDefault();
  });

  // What is chosen is counted; the bar stands at the foot of the window while anything is.
  function count() {
    const bulk = document.getElementById("bulk");
    if (!bulk) return;
    const chosen = all("[data-row] input[type=checkbox]:checked").length;
    bulk.querySelector("[data-count]").textContent = String(chosen);
    bulk.classList.toggle("is-up", chosen > 0);
  }
  document.addEventListener("change", (event) => { if (event.target.closest("[data-row]")) count(); });

  // After an action beside the list the next row is opened.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!beside || !beside.contains(form)) return;
    const rows = all("[data-row]");
    const next = rows[rows.findIndex((row) => row.dataset.no === (form.closest("[data-case]") || {dataset: {}}).dataset.case) + 1];
    if (!next || form.elements.next) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "next";
    field.value = next.dataset.no;
    form.append(field);
  });

  // A changed case that is not on this page: say so, and leave the reader where they are.
  document.addEventListener("htmx:oobErrorNoTarget", (event) => {
    const row = event.detail && event.detail.content;
    const news = document.getElementById("news");
    if (news && row && row.getAttribute && row.getAttribute("hx-swap-oob") !== "delete") news.hidden = false;
  });
  document.addEventListener("htmx:afterSettle", count);

  const opened = document.querySelector("[data-case]");
  const its = opened && all("[data-row]").find((row) => row.dataset.no === opened.dataset.case);
  if (its) { mark(its); its.scrollIntoView({ block: "nearest" }); }
  count();
})();
