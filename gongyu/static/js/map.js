// The district map: outline, towns and units on Leaflet. Works without tiles; the list beside it says the same.
(() => {
  "use strict";
  const box = document.getElementById("map");
  if (!box || !window.L) return;
  const { points, boundary, tianditu, label, zoomIn, zoomOut, close, more, credit, tiandituCredit, townClass } = box.dataset;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fallback = [...box.childNodes];

  const tone = (name) => getComputedStyle(box).getPropertyValue(name).trim();
  const words = (tag, text, className = "") => {
    const node = document.createElement(tag);
    node.textContent = text;
    node.className = className;
    return node;
  };

  async function json(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  }

  function popup(unit) {
    const card = words("div", "", "grid gap-1");
    card.append(words("p", unit.name, "font-semibold"), words("p", unit.kind, "text-ink2"));
    if (unit.hollow) card.append(words("p", unit.where, "text-ink2"));
    const link = words("a", more, "lk");
    link.href = unit.url;
    card.append(link);
    return card;
  }

  function marker(unit) {
    const ink = tone(unit.school ? "--strand-4" : "--strand-2");
    const paper = tone("--color-base-100");
    const style = unit.hollow
      ? { color: ink, weight: 2.5, fillColor: paper, fillOpacity: 0.9 }
      : { color: paper, weight: 1, fillColor: ink, fillOpacity: 1 };
    // Schools are small, units are the point of the map: they stand on top and larger.
    return L.circleMarker([unit.lat, unit.lon], { ...style, radius: (unit.school ? 5.5 : 7.5) * (box.clientWidth < 480 ? 0.8 : 1), bubblingMouseEvents: false });
  }

  /** Town names where there is room: a name that would cover another waits for a closer look. */
  function nameTowns(map, towns) {
    const layer = L.layerGroup().addTo(map);
    const size = 0.8125 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const draw = () => {
      layer.clearLayers();
      const taken = [];
      for (const town of towns) {
        const at = map.latLngToContainerPoint([town.lat, town.lon]);
        const width = town.name.length * size + 4;
        const spot = [at.x - width / 2, at.y - size - 14, at.x + width / 2, at.y - 6];
        if (taken.some((o) => spot[0] < o[2] && o[0] < spot[2] && spot[1] < o[3] && o[1] < spot[3])) continue;
        taken.push(spot);
        L.tooltip({ permanent: true, direction: "top", className: townClass, offset: [0, -4], interactive: false })
          .setLatLng([town.lat, town.lon]).setContent(words("span", town.name)).addTo(layer);
      }
    };
    map.on("zoomend", draw);
    draw();
  }

  function tiles(map) {
    for (const layer of ["vec", "cva"]) {
      L.tileLayer(
        `https://t{s}.tianditu.gov.cn/${layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}` +
          `&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(tianditu)}`,
        { subdomains: "01234567", maxZoom: 18, attribution: layer === "vec" ? tiandituCredit : "" },
      ).addTo(map);
    }
  }

  async function start() {
    const [found, outline] = await Promise.all([json(points), boundary ? json(boundary) : null]);
    box.replaceChildren();
    const map = L.map(box, { zoomControl: false, attributionControl: false, zoomSnap: 0.25, minZoom: 8, maxZoom: 18, zoomAnimation: !calm, fadeAnimation: !calm });
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", label);
    L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(credit).addTo(map);
    if (tianditu) tiles(map);
    const units = L.featureGroup();
    const byId = new Map();
    for (const unit of [...found.units].sort((a, b) => b.school - a.school)) {
      const dot = marker(unit).bindPopup(() => popup(unit), { minWidth: 200, maxWidth: 280, autoPanPadding: [24, 24] });
      byId.set(String(unit.id), dot);
      units.addLayer(dot);
    }
    const area = outline && L.geoJSON(outline, {
      interactive: false,
      style: { color: tone("--strand-3"), weight: 1.5, fillColor: tone("--color-base-100"), fillOpacity: tianditu ? 0 : 1 },
    }).addTo(map);
    const narrowed = /[?&](kind|town)=[^&]/.test(points) && units.getLayers().length > 0;
    const bounds = narrowed ? units.getBounds() : area ? area.getBounds() : units.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [16, 16], maxZoom: 14, animate: false });
    else map.setView([39.9, 116.4], 9);
    units.addTo(map);
    nameTowns(map, found.towns);
    map.on("popupopen", ({ popup: shown }) => {
      const button = shown.getElement().querySelector(".leaflet-popup-close-button");
      if (button) button.setAttribute("aria-label", close);
    });
    for (const button of document.querySelectorAll("[data-show-unit]")) {
      const dot = byId.get(button.dataset.showUnit);
      if (!dot) continue;
      button.hidden = false;
      button.addEventListener("click", () => {
        map.setView(dot.getLatLng(), Math.max(map.getZoom(), 13), { animate: false });
        dot.openPopup();
        box.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
        dot.getPopup().getElement()?.querySelector("a.lk")?.focus({ preventScroll: true });
      });
    }
  }

  // Without the points the drawing stays, and the list is whole.
  start().catch(() => box.replaceChildren(...fallback));
})();
