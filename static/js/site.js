/* Small comforts on top of pages that work without script: drafts, photo previews, copy, print. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const each = (selector, action, from = document) => from.querySelectorAll(selector).forEach(action);

  // A draft stays on this device only, for a day at most, and goes when the form is sent. Who one is and how to be
  // reached is never kept, because phones and library computers are shared.
  const DRAFT = "draft:";
  const DAY_MS = 24 * 3600 * 1000;
  const keeps = (control) => control.name && !/^(file|hidden|password|submit|button|tel|email)$/.test(control.type) && !/^(name|phone|email|code|contact.*|kept_photos)$/.test(control.name);
  const store = {
    read(key) { try { return JSON.parse(localStorage.getItem(key)) || null; } catch { return null; } },
    write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* a full or closed store costs a draft only */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
  };
  function draft(form) {
    const key = DRAFT + form.dataset.draft;
    const found = store.read(key);
    const kept = found && Date.now() - found.at < DAY_MS ? found.values : null;
    if (found && !kept) store.drop(key);
    const untouched = ![...form.elements].some((c) => keeps(c) && /^(text|textarea)$/.test(c.type) && c.value);
    if (kept && untouched) {
      for (const control of form.elements) {
        if (!keeps(control) || !(control.name in kept)) continue;
        if (/^(checkbox|radio)$/.test(control.type)) control.checked = kept[control.name].includes(control.value);
        else control.value = kept[control.name][0] || "";
      }
    }
    let waiting;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const values = {};
        for (const control of form.elements) {
          if (!keeps(control) || (/^(checkbox|radio)$/.test(control.type) && !control.checked)) continue;
          (values[control.name] ||= []).push(control.value);
        }
        store.write(key, { at: Date.now(), values: { ...others(), ...values } });
      }, 400);
    });
    // A form of several pages keeps what was typed on the others until it is sent for good.
    const pages = "draftPages" in form.dataset;
    const here = new Set([...form.elements].filter(keeps).map((c) => c.name));
    const others = () => !pages ? {} : Object.fromEntries(Object.entries(store.read(key)?.values || {}).filter(([name]) => !here.has(name)));
    form.addEventListener("submit", () => { clearTimeout(waiting); if (!pages) store.drop(key); });
  }

  // A question that hangs on another's answer shows once that answer is ticked.
  function when(part) {
    const form = part.closest("form");
    const others = () => [...form.elements].filter((c) => c.name === part.dataset.when && c.type !== "hidden");
    if (!others().length) return;
    const values = part.dataset.values.split(" ");
    const look = () => { part.hidden = !others().some((c) => c.checked && values.includes(c.value)); };
    form.addEventListener("change", look);
    look();
  }

  function previews(box) {
    const input = box.querySelector('input[type="file"]');
    if (!input) return;
    const list = document.createElement("div");
    list.className = "previews";
    box.append(list);
    input.addEventListener("change", () => {
      each("img", (img) => URL.revokeObjectURL(img.src), list);
      list.replaceChildren(...[...input.files].filter((f) => f.type.startsWith("image/")).map((file) => {
        const img = new Image();
        img.src = URL.createObjectURL(file);
        img.alt = file.name;
        return img;
      }));
    });
  }

  function start(from) {
    each("form[data-draft]", draft, from);
    each("[data-previews]", previews, from);
    each("[data-when]", when, from);
    each("[data-draft-done]", (part) => store.drop(DRAFT + part.dataset.draftDone), from);
  }

  function say(button, text) {
    const words = button.querySelector("span") || button;
    const before = words.textContent;
    if (text) words.textContent = text;
    return before;
  }

  // The position is asked for only when its button is pressed, and rounded to about ten metres.
  function locate(button) {
    const failed = () => say(button, button.dataset.failed);
    if (!navigator.geolocation) { failed(); return; }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      for (const [name, value] of [["lat", coords.latitude], ["lng", coords.longitude]]) {
        const field = button.form && button.form.elements[name];
        if (field) field.value = value.toFixed(4);
      }
      if (button.form) button.form.dispatchEvent(new Event("located"));
      say(button, button.dataset.done);
    }, failed, { timeout: 10000 });
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-print], [data-confirm], [data-locate]");
    if (!button) return;
    if ("print" in button.dataset) window.print();
    if (button.dataset.confirm && !window.confirm(button.dataset.confirm)) event.preventDefault();
    if ("locate" in button.dataset) locate(button);
    if (button.dataset.copy) {
      try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
      const before = say(button, button.dataset.done);
      setTimeout(() => say(button, before), 2000);
    }
  });

  // One form is sent once, also under an impatient finger; going back in history frees its button again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => each("form[data-sent]", (form) => delete form.dataset.sent));
  document.addEventListener("htmx:afterRequest", () => each("form[data-sent]", (form) => delete form.dataset.sent));

  // Menus close on Escape and when one clicks beside them.
  const closeMenus = (except) => each("details.menu[open]", (menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(); });

  // On a narrow screen the menus scroll sideways: the page one is on is in sight.
  each("nav [aria-current]", (link) => { const list = link.closest("ul"); if (list) list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.offsetWidth) / 2; });

  start(document);
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
  document.addEventListener("htmx:afterSwap", (event) => start(event.target));
})();
