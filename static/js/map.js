/* A map where a page has [data-map]: shows points, or lets one put the centre on a place. Needs leaflet.
   Positions are WGS-84. Without a tile address a plain grid is drawn, so nothing is fetched from another host. */
(() => {
  "use strict";
  const L = window.L;
  if (!L) return;

  const Grid = L.GridLayer.extend({
    createTile() {
      const tile = document.createElement("div");
      tile.className = "map-tile";
      tile.setAttribute("aria-hidden", "true");
      return tile;
    },
  });

  const pin = (kind) => L.divIcon({ className: `map-pin ${kind}`, iconSize: [22, 22] });

  function start(box) {
    const { lat, lng, zoom, tiles, credit, points, pick, cells } = box.dataset;
    const map = L.map(box, { zoomAnimation: false, fadeAnimation: false, attributionControl: Boolean(credit), scrollWheelZoom: false }).setView([Number(lat), Number(lng)], Number(zoom) || 12);
    if (tiles) L.tileLayer(tiles, { attribution: credit || "", maxZoom: 18 }).addTo(map);
    else new Grid({ maxZoom: 18 }).addTo(map);
    const layer = L.layerGroup().addTo(map);
    const show = (found) => {
      layer.clearLayers();
      for (const [y, x, text, url, count] of found) if (count > 1) several(y, x, count); else one(y, x, text, url);
    };
    // Leaflet lets Enter open a popup, but not press a marker.
    const press = (marker, act) => marker.on("click", act).on("keypress", (event) => { if (event.originalEvent.key === "Enter") act(); });
    // Several in one place are one sign with their number; it opens the map further.
    function several(y, x, count) {
      const sign = L.divIcon({ className: "map-several", html: String(count), iconSize: [36, 36] });
      press(L.marker([y, x], { icon: sign, alt: `× ${count}`, title: `× ${count}`, keyboard: true }).addTo(layer), () => { map.setView([y, x], Math.min(18, map.getZoom() + 2)); box.focus(); });
    }
    function one(y, x, text, url) {
      const marker = L.marker([y, x], { icon: pin(""), alt: text, title: text, keyboard: Boolean(url) }).addTo(layer);
      if (!tiles && text && pick !== undefined) marker.bindTooltip(text, { permanent: true, direction: "right", offset: [12, 0], className: "map-name" });
      if (url) press(marker, () => { location.href = url; });
    }
    show(JSON.parse(points || "[]"));
    if (cells) {
      let asked = 0;
      map.on("moveend", async () => {
        const number = ++asked;
        const area = map.getBounds();
        const query = new URLSearchParams({ south: area.getSouth(), west: area.getWest(), north: area.getNorth(), east: area.getEast(), zoom: map.getZoom() });
        const answer = await fetch(`${cells}${cells.includes("?") ? "&" : "?"}${query}`).catch(() => null);
        // A slow answer to an earlier look must not replace a newer one.
        if (answer && answer.ok && number === asked) show((await answer.json()).points);
      });
    }
    if (pick === undefined) return;
    const form = box.closest("form");
    const [latField, lngField] = ["lat", "lng"].map((name) => form && form.elements[name]);
    if (!latField || !lngField) return;
    if (latField.value && lngField.value) map.setView([Number(latField.value), Number(lngField.value)], 16);
    const mark = L.marker(map.getCenter(), { icon: pin("is-pick"), interactive: false, keyboard: false }).addTo(map);
    const write = () => {
      const centre = map.getCenter();
      mark.setLatLng(centre);
      latField.value = centre.lat.toFixed(5);
      lngField.value = centre.lng.toFixed(5);
      form.dispatchEvent(new Event("picked"));
    };
    map.on("click", (event) => map.panTo(event.latlng));
    map.on("move", () => mark.setLatLng(map.getCenter()));
    map.on("moveend", write);
    form.addEventListener("located", () => map.setView([Number(latField.value), Number(lngField.value)], 16));
  }

  document.querySelectorAll("[data-map]").forEach(start);
})();
