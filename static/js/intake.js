/* What only the report form needs: the map is fetched when somebody opens it, and "no place" empties what it means.
   The form works without any of this. */
(() => {
  "use strict";

  function load(box) {
    for (const href of box.dataset.styles.split(" ")) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
    for (const src of box.dataset.scripts.split(" ")) document.head.append(Object.assign(document.createElement("script"), { src, async: false }));
  }

  document.querySelectorAll("[data-map-loader]").forEach((box) => {
    const form = box.closest("form");
    const { lat, lng } = form.elements;
    const output = box.querySelector("[data-picked]");
    const say = () => { output.textContent = lat.value && lng.value ? `${lat.value}, ${lng.value}` : output.dataset.none; };
    box.addEventListener("toggle", () => load(box), { once: true });
    box.querySelector("[data-unpick]").addEventListener("click", () => { lat.value = ""; lng.value = ""; say(); });
    form.addEventListener("picked", say);
    form.addEventListener("located", say);
    say();
  });

  // Nothing is sent of a place when there is none; the fields stay as they are in case the tick is taken back.
  document.querySelectorAll("[name=no_place]").forEach((tick) => {
    const form = tick.form;
    const follow = () => {
      for (const name of ["place", "district"]) if (form.elements[name]) form.elements[name].disabled = tick.checked;
      form.querySelectorAll("[data-locate]").forEach((button) => { button.disabled = tick.checked; });
      form.querySelectorAll("[data-map-loader]").forEach((box) => { box.hidden = tick.checked; });
    };
    tick.addEventListener("change", follow);
    follow();
  });
})();
