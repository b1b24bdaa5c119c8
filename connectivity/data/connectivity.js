// Figures (f) of connectivity by keyboard. The focus itself moves: every screen reader follows it.
(() => {
const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const all = (el, chosen) => [...el.querySelectorAll(chosen)];
const named = (el, kind) => el.getAttribute("class").match(kind)?.[0];
const least = (marks, cost) => marks.sort((a, b) => cost(a) - cost(b))[0];
const along = (a, b, [x, y]) => (b.x - a.x) * x + (b.y - a.y) * y;
const aside = (a, b, [x, y]) => Math.abs(along(a, b, [y, x]));
const mark = (el) => {
  const { x, y, width: w, height: h } = (el.querySelector("ellipse,rect,polygon,path:not(.rays)") ?? el).getBBox();
  const text = el.querySelector("title").textContent.replace(" → ", " to ");
  const matrix = el.matches(".cell");
  return { el, text, matrix, name: text.split(/ = |: /)[0], x: x + w / 2, y: y + h / 2, r: w / 2 };
};
// Of names that panels share the nearest is meant.
const read = (svg) => {
  const units = all(svg, "[id]:not(.edge):has(>title)").map(mark);
  const links = all(svg, ".edge[id]").map((el) => {
    const link = mark(el), path = el.querySelector("path"), [from, to] = link.name.split(" to ").map((name, last) => {
      const p = path?.getPointAtLength(last && path.getTotalLength()) ?? link;
      return least(units.filter((u) => u.name === name), (u) => (u.x - p.x) ** 2 + (u.y - p.y) ** 2);
    });
    return { ...link, from, to, size: +link.text.split(" = ")[1]?.replace("−", "") || 0 };
  }).filter((l) => l.from && l.to);
  const order = new Map(units.map((u, at) => [u, at])), at = (l) => order.get(l.to) * units.length + order.get(l.from);
  links.sort((a, b) => at(a) - at(b)); // those that are emphasised are drawn last
  const gap = (way) => Math.min(...links.map((l) => aside(l.from, l.to, way)));
  return { svg, units, links, across: links[0] && gap([0, 1]) > gap([1, 0]) };
};
const ends = (f, unit) => ["to", "from"].map((end) => f.links.filter((l) => l[end] === unit));
const list = (marks, what, end, some = "") => marks[0] ? `; ${marks.length} ${some}${marks[1] ? what : what.replace("s", "")} ` +
  marks.slice(0, 8).map((m) => (m[end] ?? m).name).join(", ") + (marks[8] ? ", ..." : "") : "";
const go = (f, to, said) => {
  if (!to) return;
  const { svg } = f, { el, text } = f.now = to, [into, out] = ends(f, to), w = named(el, /\b[wv]\d+/);
  const some = svg.querySelector(".stub") ? "drawn " : ""; // others are stubs
  const window = f.units.filter((u) => u.el.matches(`.${named(el, /\bat\d+/)?.replace("at", "in")}`));
  el.role = "img";
  el.ariaLabel = said ?? text.replace(/^(\S+)\[(\d+),(\d+)]/, "$1 channel $2, unit $3")
    .replace(/^(\S+)\[(\d+)]/, "$1 unit $2").replace(" = ", ", value ") + list(into, "connections in from", "from", some) +
    list(out, "connections out to", "to", some) + list(window, "units in its window:");
  svg.tabIndex = -1;
  el.tabIndex = 0;
  light(svg, w ? all(svg, `.${w}`) : [...(into[0] ? into : out), ...window].map((m) => m.el));
  el.focus();
};
const light = (svg, lit) => {
  for (const el of all(svg, "[data-lit]")) delete el.dataset.lit;
  for (const el of lit) el.dataset.lit = "";
  svg.toggleAttribute("data-lit", !!lit[0]);
};
const goLink = (f, by) => {
  const links = ends(f, f.home).flat(), n = links.length, at = (links.indexOf(f.now) + by + n) % n;
  if (n) go(f, links[at], `connection ${at + 1} of ${n}: ${links[at].text}`);
};
// Along the strongest connection, else to what stands next; out of a matrix, and into it, wherever nothing else is.
const step = (f, way) => {
  const { now } = f, { to } = now, flows = f.across !== !way[0];
  if (to) return flows ? go(f, along(now.from, to, way) > 0 ? to : now.from) : goLink(f, way[0] + way[1]);
  const ahead = (u) => along(now, u, way) > 1, cost = (u) => along(now, u, way) + 0.3 * aside(now, u, way);
  const other = (l) => (l.from === now ? l.to : l.from), others = f.units.filter(ahead);
  const link = flows && least(ends(f, now).flat().filter((l) => ahead(other(l))), (l) => -l.size);
  const straight = (!flows || now.matrix) && least(others.filter((u) => aside(now, u, way) <= now.r), cost);
  go(f, link ? other(link) : straight || least(others.filter((u) => flows || u.matrix !== now.matrix), cost));
};
addEventListener("keydown", (e) => {
  const svg = e.target.closest?.("svg.connectivity"), way = ways[e.key], inside = e.target !== svg;
  if (!svg || e.ctrlKey || e.altKey || e.metaKey || !(way || (inside && /^(Enter|c|Escape)$/.test(e.key)))) return;
  const f = (svg.connectivity ??= read(svg)), link = f.now?.from;
  e.preventDefault();
  e.stopPropagation(); // sites turn pages
  if (!link) f.home = f.now;
  if (!inside) go(f, f.units.find((u) => !u.matrix) ?? f.units[0]);
  else if (way) step(f, way);
  else if (e.key !== "Escape") goLink(f, e.shiftKey ? -1 : 1);
  else if (link) go(f, f.home);
  else svg.focus();
}, true);
addEventListener("focusout", ({ target: el, relatedTarget: next }) => {
  const svg = el.closest("svg.connectivity");
  if (!svg || el === svg) return;
  el.role = el.ariaLabel = null;
  el.removeAttribute("tabindex");
  if (next !== svg && svg.contains(next)) return;
  svg.tabIndex = 0;
  light(svg, []);
});
// A figure that took the place of another is gone on with.
addEventListener("connectivity", ({ target: svg, detail }) => {
  if (svg.matches("svg.connectivity")) go((svg.connectivity ??= read(svg)), svg.connectivity.units.find((u) => u.name === detail));
});
const find = () => all(document, "svg.connectivity:not([tabindex]):has([id]>title)").forEach((svg) => {
  svg.tabIndex = 0;
  svg.role = "application";
  svg.setAttribute("aria-description", "Arrows go to units, Enter to connections.");
});
new MutationObserver(find).observe(document, { childList: true, subtree: true });
find();
})();
