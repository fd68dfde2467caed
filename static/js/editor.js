/* The desk's editor: texts from Word and WeChat become Markdown, pictures are pasted, dropped or chosen, and what is
   typed stays on this device until the portal has it. Without this file everything still works by the form itself. */
(() => {
  "use strict";
  const WEEK_MS = 7 * 24 * 3600 * 1000;
  const store = {
    read(key) { try { return JSON.parse(localStorage.getItem(key)) || null; } catch { return null; } },
    write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
  };

  // ---- text from elsewhere ----------------------------------------------------------------------------------------
  const GONE = "style, script, title, meta, link, xml, head, iframe, video, audio, svg, button, input, select, mpvoice, mp-common-profile, [hidden]";
  const styleOf = (node) => (node.getAttribute("style") || "").replace(/\s+/g, "").toLowerCase();

  function rename(node, name) {
    const made = node.ownerDocument.createElement(name);
    made.append(...node.childNodes);
    node.replaceWith(made);
    return made;
  }

  // Word writes lists as paragraphs whose sign stands in a span that other programs are to ignore.
  function wordLists(body) {
    let list = null;
    for (const item of [...body.querySelectorAll("p[class*=MsoListParagraph], p[style*='mso-list']")]) {
      const sign = [...item.querySelectorAll("span")].find((span) => styleOf(span).includes("mso-list:ignore"));
      const ordered = /^[\s(（]*[0-9一二三四五六七八九十]+/.test(sign ? sign.textContent : "");
      if (sign) sign.remove();
      const name = ordered ? "ol" : "ul";
      const before = item.previousElementSibling;
      if (!list || before !== list || list.localName !== name) {
        list = body.ownerDocument.createElement(name);
        item.before(list);
      }
      list.append(rename(item, "li"));
    }
  }

  // WeChat and Word say bold and italic by style; a bold wrapper that says "normal" is none.
  function styles(body) {
    for (const node of [...body.querySelectorAll("b, strong")]) if (/(?:^|;)font-weight:(normal|400)/.test(styleOf(node))) rename(node, "span");
    for (const node of [...body.querySelectorAll("span[style]")]) {
      const style = styleOf(node);
      if (!node.textContent.trim()) continue;
      if (/(?:^|;)font-weight:(bold|[6-9]00)/.test(style) && !node.closest("b, strong, h1, h2, h3, h4")) rename(node, "strong");
      else if (/(?:^|;)font-style:italic/.test(style) && !node.closest("i, em")) rename(node, "em");
    }
  }

  function table(node) {
    const rows = [...node.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent.replace(/\s+/g, " ").replace(/\|/g, "\\|").trim()));
    const width = Math.max(0, ...rows.map((row) => row.length));
    if (!width) return "";
    const line = (cells) => `| ${Array.from({ length: width }, (_, at) => cells[at] || "").join(" | ")} |`;
    return `\n\n${[line(rows[0]), line(Array(width).fill("---")), ...rows.slice(1).map(line)].join("\n")}\n\n`;
  }

  // The Markdown of copied HTML, and the pictures it carried along; what lies on other servers is only named.
  function toMarkdown(html, words) {
    const body = new DOMParser().parseFromString(html, "text/html").body;
    const pictures = [];
    body.querySelectorAll(GONE).forEach((node) => node.remove());
    [...body.querySelectorAll("*")].filter((node) => node.localName.includes(":")).forEach((node) => node.replaceWith(...node.childNodes));
    wordLists(body);
    styles(body);
    for (const image of [...body.querySelectorAll("img")]) {
      const source = image.getAttribute("src") || "";
      if (/^data:image\/(png|jpeg|webp);base64,/.test(source)) { pictures.push(source); image.remove(); }
      else if (Number(image.getAttribute("width")) === 1 || (!source && !image.dataset.src)) image.remove();
      else image.replaceWith(words.picture);
    }
    const service = new window.TurndownService({ headingStyle: "atx", bulletListMarker: "-", emDelimiter: "*" });
    service.addRule("table", { filter: "table", replacement: (_text, node) => table(node) });
    service.addRule("link", { filter: (node) => node.localName === "a" && !/^(https?:|mailto:|tel:|\/)/.test(node.getAttribute("href") || ""), replacement: (text) => text });
    const text = service.turndown(body)
      .replace(/\u00a0/g, " ").replace(/[\u200b\ufeff]/g, "")
      .replace(/^[ \t\u3000]+(?=[^\s\-*0-9|>])/gm, "")
      .replace(/\*\*\s*\*\*/g, "").replace(/^(- |\d+\. ) +/gm, "$1").replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n");
    return { text: text.trim(), pictures };
  }

  function insert(area, text) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ---- pictures ---------------------------------------------------------------------------------------------------
  // One after the other: each is looked at, described in words, sent, and put in where the cursor stood.
  function pictures(editor, area) {
    const template = editor.querySelector("template");
    const waiting = [];
    let open = false;

    async function send(file, alt) {
      const data = new FormData();
      data.append("picture", file, file.name || "picture.png");
      data.append("alt", alt);
      const answer = await fetch(editor.dataset.pictures, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const type = answer.headers.get("content-type") || "";
      if (answer.redirected || !type.includes("json")) return { error: editor.dataset.failed };
      const said = await answer.json();
      return answer.ok ? said : { error: Object.values(said.errors || {}).flat().join(" ") || editor.dataset.failed };
    }

    function next() {
      const file = waiting.shift();
      if (!file) { open = false; area.focus(); return; }
      open = true;
      const dialog = template.content.firstElementChild.cloneNode(true);
      const [image, input, error] = ["img", "input", "[data-error]"].map((name) => dialog.querySelector(name));
      image.src = URL.createObjectURL(file);
      const done = () => { URL.revokeObjectURL(image.src); dialog.remove(); next(); };
      const say = (text) => { error.textContent = text; error.hidden = !text; input.setAttribute("aria-invalid", String(Boolean(text))); input.focus(); };
      dialog.addEventListener("close", done);
      dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
      dialog.querySelector("form").addEventListener("submit", async (event) => {
        event.preventDefault();
        event.stopPropagation();
        const alt = input.value.trim();
        if (!alt) { say(editor.dataset.needsAlt); return; }
        const button = dialog.querySelector("button[value]");
        button.disabled = true;
        let said;
        try { said = await send(file, alt); } catch { said = { error: editor.dataset.failed }; }
        button.disabled = false;
        if (said.error) { say(said.error); return; }
        const before = area.value.slice(0, area.selectionStart);
        const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
        insert(area, `${gap}${said.markdown}\n\n`);
        dialog.close();
      });
      editor.append(dialog);
      dialog.showModal();
      input.focus();
    }

    return (files) => {
      waiting.push(...[...files].filter((file) => file.type.startsWith("image/")));
      if (!open && waiting.length) next();
    };
  }

  async function asFile(source, number) {
    const [head, body] = source.split(",");
    const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
    return new File([bytes], `picture-${number}`, { type: head.slice(5, head.indexOf(";")) });
  }

  function edit(editor) {
    const area = editor.querySelector("textarea[data-markdown]");
    if (!area || editor.dataset.ready) return;
    editor.dataset.ready = "1";
    const take = pictures(editor, area);
    const words = { picture: editor.dataset.pictureGone || "" };
    area.addEventListener("paste", async (event) => {
      const html = event.clipboardData.getData("text/html");
      const files = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
      const found = html && window.TurndownService ? toMarkdown(html, words) : { text: "", pictures: [] };
      // Word and Excel send a picture of the copied text along with it; the text is what is meant.
      const bare = found.text.replaceAll(words.picture, "").trim();
      if (files.length && !bare) { event.preventDefault(); take(files); return; }
      if (!bare && !found.pictures.length) return;
      event.preventDefault();
      insert(area, found.text);
      take(await Promise.all(found.pictures.map(asFile)));
    });
    area.addEventListener("drop", (event) => {
      if (![...event.dataTransfer.files].some((file) => file.type.startsWith("image/"))) return;
      event.preventDefault();
      take(event.dataTransfer.files);
    });
    const chooser = editor.querySelector("input[data-choose]");
    const button = editor.querySelector("[data-picture]");
    if (chooser && button) {
      button.addEventListener("click", () => chooser.click());
      chooser.addEventListener("change", () => { take(chooser.files); chooser.value = ""; });
    }
  }

  // ---- what is typed stays on this device until the portal has it ---------------------------------------------------
  const SENT = "autosave:sent";
  const keeps = (control) => control.name && !/^(file|hidden|password|submit|button)$/.test(control.type);

  function valuesOf(form) {
    const values = {};
    for (const control of form.elements) {
      if (!keeps(control)) continue;
      if (/^(checkbox|radio)$/.test(control.type)) (values[control.name] ||= []).push(...(control.checked ? [control.value] : []));
      else (values[control.name] ||= []).push(control.value.replace(/\r\n/g, "\n"));
    }
    return values;
  }

  function fill(form, values) {
    const left = structuredClone(values);
    for (const control of form.elements) {
      if (!keeps(control) || !(control.name in left)) continue;
      if (/^(checkbox|radio)$/.test(control.type)) control.checked = left[control.name].includes(control.value);
      else control.value = left[control.name].shift() ?? "";
    }
    form.querySelectorAll("textarea[data-markdown]").forEach((area) => area.dispatchEvent(new Event("input", { bubbles: true })));
  }

  function autosave(form) {
    const key = `autosave:${form.dataset.person}:${form.dataset.autosave}`;
    const old = `${key}:before`;
    const status = form.querySelector("[data-autosave-status]");
    const offer = form.querySelector("[data-autosave-offer]");
    const time = (at) => new Date(at).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
    const kept = store.read(old) || store.read(key);
    if (kept && (Date.now() - kept.at > WEEK_MS || same(kept.values, valuesOf(form)))) { store.drop(key); store.drop(old); }
    else if (kept && offer) {
      // What was typed before waits beside what is typed now, until somebody decides.
      store.write(old, kept);
      offer.querySelector("[data-at]").textContent = time(kept.at);
      offer.querySelector("[data-changed]").hidden = kept.version === form.dataset.version;
      offer.hidden = false;
      offer.querySelector("[data-restore]").addEventListener("click", () => { fill(form, kept.values); store.drop(old); offer.hidden = true; save(); });
      offer.querySelector("[data-discard]").addEventListener("click", () => { store.drop(old); offer.hidden = true; });
    }
    let waiting;
    function save() {
      clearTimeout(waiting);
      waiting = 0;
      const is_kept = store.write(key, { at: Date.now(), version: form.dataset.version, values: valuesOf(form) });
      if (status && is_kept) { status.querySelector("[data-at]").textContent = time(Date.now()); status.hidden = false; }
    }
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 400); });
    window.addEventListener("pagehide", () => { if (waiting) save(); });
    // It is dropped only when the next page shows that the portal took it: a session may have ended in between.
    form.addEventListener("submit", (event) => {
      if (event.target !== form) return;
      save();
      try { sessionStorage.setItem(SENT, key); } catch { /* then it is offered once more */ }
    });
  }

  function settle() {
    for (const name of Object.keys(localStorage)) if (name.startsWith("autosave:") && Date.now() - (store.read(name) || { at: 0 }).at > WEEK_MS) store.drop(name);
    let key = null;
    try { key = sessionStorage.getItem(SENT); sessionStorage.removeItem(SENT); } catch { return; }
    if (key && document.querySelector(".desk-person") && !document.querySelector("form[data-autosave], .error-page")) { store.drop(key); store.drop(`${key}:before`); }
  }

  settle();
  document.querySelectorAll("[data-editor]").forEach(edit);
  document.querySelectorAll("form[data-autosave]").forEach(autosave);
})();
