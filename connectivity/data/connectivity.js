/* Figures of connectivity by keyboard, in the words that they have: Tab enters one, arrows go from unit to unit, Enter
or c through connections, Escape back. The focus itself moves: every screen reader follows it. */
(() => {
const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const figures = new WeakMap();
const all = (svg, chosen) => [...svg.querySelectorAll(chosen)];
const set = (el, names) => {
  for (const [name, value] of Object.entries(names)) value === null ? el.removeAttribute(name) : el.setAttribute(name, value);
};
const tip = (el) => el.querySelector(":scope > title")?.textContent;
const number = (el, kind) => RegExp(`\\b${kind}(\\d+)`).exec(el.getAttribute("class"))?.[1];
const least = (marks, cost) => marks.reduce((a, b) => (a && cost(a) <= cost(b) ? a : b), null);
const along = (a, b, [x, y]) => (b.x - a.x) * x + (b.y - a.y) * y;
const aside = (a, b, [x, y]) => Math.abs(along(a, b, [y, x]));
const mark = (el) => {
  const { x, y, width, height } = (el.querySelector("ellipse, rect, path, polygon") ?? el).getBBox(), text = tip(el);
  return { el, text, name: text.split(/ = |: /)[0], x: x + width / 2, y: y + height / 2, r: Math.max(width, height) / 2 };
};
// What a connection joins has the names that it says; where panels share one, the nearest is meant.
const read = (svg) => {
  const units = all(svg, "[id]:not(.edge)").filter(tip).map(mark);
  const links = all(svg, ".edge[id]").map(mark).map((link) => {
    const path = link.el.querySelector("path"), names = link.name.split(" → ");
    const [from, to] = [0, path?.getTotalLength()].map((length, i) => {
      const p = path?.getPointAtLength(length) ?? link;
      return least(units.filter((u) => u.name === names[i]), (u) => Math.hypot(u.x - p.x, u.y - p.y));
    });
    return { ...link, from, to, size: Math.abs(link.text.split(" = ")[1]?.replace("−", "-")) || 0 };
  }).filter((link) => link.from && link.to);
  const gap = (way) => Math.min(...links.map((link) => aside(link.from, link.to, way)));
  return { svg, units, links, across: links[0] ? gap([0, 1]) > gap([1, 0]) : null };
};
const ends = ({ links }, unit) => ["to", "from"].map((end) => links.filter((link) => link[end] === unit));
const seen = ({ units }, { el }) => units.filter((u) => u.el.matches(`.in${number(el, "at")}`));
const list = (marks, what) => marks[0] ? `; ${marks.length} ${what.replace("_", marks[1] ? "s" : "")} ` +
  marks.slice(0, 8).map((m) => m.name).join(", ") + (marks[8] ? ` and ${marks.length - 8} more` : "") : "";
const words = (figure, unit) => {
  const [into, out] = ends(figure, unit);
  return unit.text.replace(/^([^ []+)\[(?:(\d+),)?(\d+)\](?= = |$)/, (_, layer, channel, place) =>
    `${layer}${channel ? ` channel ${channel},` : ""} unit ${place}`)
    .replace(/^([^→]*) = /, "$1, value ").replace(" → ", " to ") +
    list(into.map((link) => link.from), "connection_ in from") + list(out.map((link) => link.to), "connection_ out to") +
    list(seen(figure, unit), "unit_ in its window:");
};
const light = (svg, lit) => {
  all(svg, "[data-lit]").forEach((el) => set(el, { "data-lit": null }));
  lit.forEach((el) => set(el, { "data-lit": "" }));
  svg.toggleAttribute("data-lit", lit.some((el) => el.matches(".edge, .cell")));
};
const go = (figure, to, said) => {
  if (!to) return;
  const { svg } = figure, { el } = to, [into, out] = ends(figure, to), weight = number(el, "w");
  figure.now = to;
  set(el, { role: "img", "aria-label": said ?? words(figure, to), tabindex: 0 });
  svg.tabIndex = -1; // a figure is one stop
  light(svg, weight ? all(svg, `.w${weight}`) : el.matches(".edge, .cell") ? [el]
    : [...(into[0] ? into : out), ...seen(figure, to)].map((each) => each.el));
  el.focus();
};
const goLink = (figure, home, by) => {
  const links = ends(figure, home).flat(), count = links.length, at = (links.indexOf(figure.now) + by + count) % count;
  figure.home = home;
  if (count) go(figure, links[at], `connection ${at + 1} of ${count}: ${links[at].text.replace(" → ", " to ")}`);
};
// Along connections to the strongest, else to what stands next.
const step = (figure, way) => {
  const { now, units, across, home } = figure, flows = across === null || across === !!way[0];
  if (now.from && !flows) return goLink(figure, home, way[0] + way[1]);
  if (now.from) return go(figure, along(now.from, now.to, way) > 0 ? now.to : now.from);
  const ahead = (u) => along(now, u, way) > 1, cost = (u) => along(now, u, way) + 2 * aside(now, u, way);
  const other = (link) => (link.from === now ? link.to : link.from), others = units.filter(ahead);
  const link = flows && least(ends(figure, now).flat().filter((l) => ahead(other(l))), (l) => -l.size);
  go(figure, link ? other(link) : least(others.filter((u) => aside(now, u, way) <= now.r), cost) ?? (flows && least(others, cost)));
};
const owner = (el) => el.closest?.("svg.connectivity");
addEventListener("keydown", (event) => {
  const { target, key } = event, svg = owner(target), way = ways[key], enters = /^(Enter|c)$/.test(key);
  if (!svg || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!way && (target === svg || (!enters && key !== "Escape"))) return;
  const figure = figures.get(svg) ?? read(svg), { now, home } = figure;
  figures.set(svg, figure);
  event.preventDefault();
  event.stopPropagation(); // sites turn pages by arrows
  if (target === svg) go(figure, figure.units[0]);
  else if (way) step(figure, way);
  else if (enters) goLink(figure, now.from ? home : now, event.shiftKey ? -1 : 1);
  else if (now.from) go(figure, home);
  else svg.focus();
}, true);
addEventListener("focusout", ({ target, relatedTarget }) => {
  const svg = owner(target);
  if (!svg || target === svg) return;
  set(target, { tabindex: null, role: null, "aria-label": null });
  if (relatedTarget !== svg && svg.contains(relatedTarget)) return;
  svg.tabIndex = 0;
  light(svg, []);
});
const find = () => all(document, "svg.connectivity:not([tabindex])").forEach((svg) => {
  if (!all(svg, "[id]:not(.edge)").some(tip)) return;
  set(svg, { tabindex: 0, role: "application" }); // in an image, arrow keys would be the screen reader's
  set(svg, { "aria-description": "Arrow keys go from unit to unit, Enter through connections." });
});
new MutationObserver(find).observe(document, { childList: true, subtree: true });
find();
})();
