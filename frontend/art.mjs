// Draws the rope: five strands (one per party) twisted along a curve. A visible strand is one cubic from edge to edge,
// so a whole rope is a few hundred bytes for each strand instead of the outline of every turn.

const n = (x) => String(Math.round(x * 10) / 10).replace(/^(-?)0\./, "$1.");
const pair = ([x, y]) => `${n(x)} ${n(y)}`.replace(" -", "-");
const cubicPath = ([a, b, c, d]) => `M${pair(a)}C${pair(b)} ${pair(c)} ${pair(d)}`;

/** A poly-Bézier walked by its length: at(s) gives the point, the unit tangent and the unit normal. */
function walk(segments, step = 400) {
  const points = [];
  let length = 0;
  for (const [p0, p1, p2, p3] of segments)
    for (let i = 0; i <= step; i++) {
      const t = i / step, u = 1 - t;
      const at = [0, 1].map((k) => u ** 3 * p0[k] + 3 * u * u * t * p1[k] + 3 * u * t * t * p2[k] + t ** 3 * p3[k]);
      const tan = [0, 1].map((k) => 3 * u * u * (p1[k] - p0[k]) + 6 * u * t * (p2[k] - p1[k]) + 3 * t * t * (p3[k] - p2[k]));
      const norm = Math.hypot(...tan) || 1;
      const last = points.at(-1);
      if (last) length += Math.hypot(at[0] - last.at[0], at[1] - last.at[1]);
      points.push({ s: length, at, tan: tan.map((v) => v / norm) });
    }
  const find = (s) => {
    let lo = 0, hi = points.length - 1;
    while (hi - lo > 1) { const mid = (lo + hi) >> 1; points[mid].s < s ? (lo = mid) : (hi = mid); }
    const a = points[lo], b = points[hi], f = b.s > a.s ? Math.min(1, Math.max(0, (s - a.s) / (b.s - a.s))) : 0;
    const at = [0, 1].map((k) => a.at[k] + f * (b.at[k] - a.at[k]));
    // Past either end the curve goes straight on.
    const over = s < 0 ? s : s > length ? s - length : 0;
    return { at: [at[0] + over * a.tan[0], at[1] + over * a.tan[1]], tan: a.tan, nor: [-a.tan[1], a.tan[0]] };
  };
  return { length, find, off: (s, o) => { const p = find(s); return [p.at[0] + o * p.nor[0], p.at[1] + o * p.nor[1]]; } };
}

/** The visible turns of five strands from s0 to s1, as one path for each strand. */
function twist(line, { s0, s1, lay, half, width, first = 0 }) {
  const d = ["", "", "", "", ""];
  const turn = lay / 2, handle = turn * 0.37;
  for (let i = 0, s = s0; s < s1; i++, s += lay / 5)
    d[(i + first) % 5] += cubicPath([line.off(s, half), line.off(s + handle, half), line.off(s + turn - handle, -half), line.off(s + turn, -half)]);
  return d.map((path, k) => `<path d="${path}" stroke="var(--strand-${k + 1})" stroke-width="${n(width)}"/>`).join("");
}

const straight = (from, to) => walk([[from, [from[0] + (to[0] - from[0]) / 3, from[1] + (to[1] - from[1]) / 3], [from[0] + (2 * (to[0] - from[0])) / 3, from[1] + (2 * (to[1] - from[1])) / 3], to]]);

/** Whipping: the thread that binds five strands into one rope. */
function collar(line, s, half, turns, gap, width) {
  let d = "";
  for (let i = 0; i < turns; i++) { const a = line.off(s + i * gap, -half), b = line.off(s + i * gap, half); d += `M${pair(a)}L${pair(b)}`; }
  return `<path d="${d}" stroke="var(--strand-1)" stroke-width="${n(width)}"/>`;
}

const girl = (x, y, scale) =>
  `<g transform="translate(${x} ${y})rotate(-5)scale(${scale})" stroke="var(--strand-1)"><circle cx="1" cy="-62" r="15.5" fill="var(--strand-1)" stroke="none"/>` +
  `<path d="M13-70C20-74 25-71 27-63C22-66 18-64 15-60Z" fill="var(--strand-1)" stroke="none"/><path d="M-9-41C-4-43 6-43 11-41L20-2C8 3-8 3-19-2Z" fill="var(--strand-1)" stroke-width="5"/>` +
  `<path d="M-9-38C-20-44-27-55-31-70M11-38C23-42 31-51 37-65" stroke-width="8"/><path d="M-9 0C-14 9-23 12-31 9C-33 17-36 24-42 30M10 0C15 9 22 14 31 14C29 22 30 28 33 36" stroke-width="9"/></g>`;

const svg = (attrs, body) => `<svg ${attrs} fill="none" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>\n`;

/** Front page, ≥ 1024 px. User units: 1200 across the content; the cards' tops stand on y = 140. */
function desktop() {
  const line = walk([
    [[880, 46], [906, 46], [932, 46], [958, 46]],
    [[958, 46], [1008, 46], [1001, 112], [1016, 166]],
    [[1016, 166], [1040, 230], [1076, 262], [1126, 258]],
    [[1126, 258], [1226, 250], [1272, 128], [1314, -10]],
    [[1314, -10], [1360, -160], [1420, -330], [1490, -560]],
  ]);
  const bind = 57, pitch = 14;
  let strands = "";
  for (let k = 0; k < 5; k++) {
    const x = 88 + 190 * k, y = 18 + k * pitch, r = Math.min(36, 122 - y - 4);
    const bound = 46 + (k - 2) * 10.4;
    strands += `<path d="M${x} 128V${n(y + r)}Q${x} ${n(y)} ${x + r} ${n(y)}H${Math.max(x + r, 866)}C${Math.max(x + r, 866) + 10} ${n(y)} 892 ${n(bound)} 906 ${n(bound)}H942" stroke="var(--strand-${k + 1})" stroke-width="11.5"/>`;
  }
  const rope = twist(line, { s0: 45, s1: line.length, lay: 104, half: 20, width: 15 });
  return svg('class="hero-art" viewBox="0 0 1200 140"',
    `<circle cx="1116" cy="-100" r="204" fill="var(--wash)"/>${girl(1124, -30, 1.85)}${rope}${strands}${collar(line, bind, 27, 5, 5, 4.2)}`);
}

/** Front page on a phone: the strands come down beside the list at x = 30, 40 … 70 and turn into a rope. */
function phone() {
  const line = walk([
    [[50, -10], [50, 8], [50, 24], [50, 44]],
    [[50, 44], [50, 136], [96, 196], [180, 198]],
    [[180, 198], [280, 200], [300, 112], [372, 88]],
    [[372, 88], [468, 56], [520, 148], [620, 144]],
    [[620, 144], [720, 140], [760, 66], [860, 76]],
    [[860, 76], [930, 84], [980, 126], [1060, 116]],
  ]);
  let strands = "";
  for (let k = 0; k < 5; k++) strands += `<path d="M${30 + 10 * k} -2V6L${pair(line.off(40, (2 - k) * 6.6))}" stroke="var(--strand-${k + 1})" stroke-width="8"/>`;
  const rope = twist(line, { s0: 38, s1: line.length, lay: 66, half: 12.5, width: 9.4 });
  return svg('class="hero-art-phone" width="24.375rem" height="15rem" viewBox="0 0 390 240"',
    `<circle cx="214" cy="88" r="84" fill="var(--wash)"/>${girl(214, 128, 0.95)}${strands}${rope}${collar(line, 30, 15.5, 5, 4.2, 3.2)}`);
}

/** One lay of a straight rope, 26 × 14, as the content of a repeating pattern. */
function tile() {
  const line = straight([-100, 7], [200, 7]);
  return twist(line, { s0: 100 - 26, s1: 126, lay: 26, half: 4.4, width: 3.5 });
}

function logo() {
  const line = straight([-1, 22.6], [31, 7.4]);
  const body = twist(line, { s0: 3.1, s1: 24.5, lay: 23, half: 6.6, width: 3.9 });
  return `<symbol id="logo" viewBox="0 0 30 30" fill="none" stroke-linecap="round">${body}</symbol>`;
}

const knots =
  `<symbol id="knot-full" viewBox="0 0 28 28"><circle cx="14" cy="14" r="13" fill="var(--strand-2)" stroke="var(--color-base-100)" stroke-width="2"/>` +
  `<path d="M5.5 11.5C9 9.5 12 10 14 13S19 18.5 22.5 16.5M5.5 16.5C9 18.5 12 18 14 15S19 9.5 22.5 11.5" fill="none" stroke="var(--color-base-100)" stroke-width="2.2" stroke-linecap="round"/></symbol>` +
  `<symbol id="knot-half" viewBox="0 0 28 28"><circle cx="14" cy="14" r="12" fill="var(--color-base-100)" stroke="var(--strand-2)" stroke-width="2.5"/><path d="M14 2a12 12 0 0 0 0 24Z" fill="var(--strand-2)"/></symbol>` +
  `<symbol id="knot-clock" viewBox="0 0 28 28"><circle cx="14" cy="14" r="12" fill="var(--wait-bg)" stroke="var(--wait-ink)" stroke-width="2"/><path d="M14 7.5V14.5L18 17" fill="none" stroke="var(--wait-ink)" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></symbol>` +
  `<symbol id="knot-none" viewBox="0 0 28 28"><circle cx="14" cy="14" r="12" fill="var(--color-base-100)" stroke="var(--field-line)" stroke-width="2" stroke-dasharray="3.5 3.5"/></symbol>`;

export const symbols = logo() + knots;

/** The browser tab's picture: the logo with its light colours written in. */
export function favicon() {
  const ink = ["#1b4a30", "#256b43", "#5b926c", "#93b487", "#c2d3a1"];
  const body = logo().replace(/<\/?symbol[^>]*>/g, "").replace(/var\(--strand-(\d)\)/g, (_, k) => ink[k - 1]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30" fill="none" stroke-linecap="round"><rect width="30" height="30" rx="7" fill="#fcfcf9"/>${body}</svg>\n`;
}

export const templates = {
  "rope_desktop.html": desktop(),
  "rope_phone.html": phone(),
  "rope_tile.html": tile() + "\n",
};
