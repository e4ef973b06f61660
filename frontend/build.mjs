// Builds everything under gongyu/static/ that is made here, and the drawn templates in core/art/.
//   npm run build    writes the files        npm run check    compares with the committed ones, writes nothing
// The font is cut by fonts.py (needs fontTools and Debian's fonts-noto-cjk), only when a heading gains a new character.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { favicon, symbols, templates } from "./art.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const out = join(root, "gongyu/static");
const modules = join(here, "node_modules");
const check = process.argv.includes("--check");
const stale = [];

/** Write one built file (atomically, as a server may be reading), or compare it. */
function put(path, content) {
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  if (check) return void stale.push(relative(root, path));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
  console.log(`${relative(root, path)}  ${bytes.length} bytes`);
}

function css() {
  const folder = mkdtempSync(join(tmpdir(), "gongyu-css-"));
  try {
    const file = join(folder, "app.css");
    execFileSync(process.execPath, [join(modules, "@tailwindcss/cli/dist/index.mjs"), "-i", join(here, "src/app.css"), "-o", file, "--minify"], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One sprite of the Lucide icons named in icons.txt, and our own knots. */
function sprite() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").map((l) => l.trim()).filter((l) => l && !l.startsWith("#"));
  const icons = names.map((name) => {
    const source = readFileSync(join(modules, "lucide-static/icons", `${name}.svg`), "utf8");
    const body = source.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>[\s\S]*$/, "").replace(/\s*\n\s*/g, "").replaceAll(" />", "/>");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence; logo and knots are ours -->\n${icons.join("\n")}\n${symbols}\n</svg>\n`;
}

/** Every icon that a template or a navigation names must stand in the sprite. */
function missingIcons(known) {
  const missing = new Set();
  const files = readdirSync(join(root, "gongyu"), { recursive: true, withFileTypes: true }).filter((f) => f.isFile() && /\.(html|py)$/.test(f.name));
  for (const file of files) {
    const path = join(file.parentPath ?? file.path, file.name);
    for (const [, name] of readFileSync(path, "utf8").matchAll(/(?:\{% icon |<c-icon name=|\bicon=|"[a-z_]+:[a-z_]+", )"([a-z0-9-]+)"/g))
      if (!known.includes(`id="${name}"`)) missing.add(`${name} (${relative(root, path)})`);
  }
  return [...missing];
}

// A manifest of hashed names refuses files that point at a source map we do not ship.
const withoutMap = (path) => readFileSync(join(modules, path), "utf8").replace(/\n?\/[/*]# sourceMappingURL=.*/g, "");

put(join(out, "css/app.css"), css());
const icons = sprite();
put(join(out, "icons.svg"), icons);
put(join(out, "favicon.svg"), favicon());
put(join(out, "vendor/htmx.min.js"), withoutMap("htmx.org/dist/htmx.min.js"));
put(join(out, "vendor/leaflet/leaflet.js"), withoutMap("leaflet/dist/leaflet.js"));
put(join(out, "vendor/leaflet/leaflet.css"), withoutMap("leaflet/dist/leaflet.css"));
for (const image of readdirSync(join(modules, "leaflet/dist/images")).sort())
  put(join(out, "vendor/leaflet/images", image), readFileSync(join(modules, "leaflet/dist/images", image)));
for (const script of readdirSync(join(here, "src")).filter((name) => name.endsWith(".js")).sort())
  put(join(out, "js", script), readFileSync(join(here, "src", script)));
for (const [name, markup] of Object.entries(templates)) put(join(root, "gongyu/core/templates/core/art", name), markup);

const missing = missingIcons(icons);
if (missing.length) {
  console.error(`Not in icons.txt: ${missing.join(", ")}`);
  process.exitCode = 1;
}
if (stale.length) {
  console.error(`Not as built: ${stale.join(", ")}. Run npm run build and commit the result.`);
  process.exit(1);
}
