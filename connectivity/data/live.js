/* The page of figures that are drawn again and again: what changes comes as events, and takes its place here. */
(() => {
  const main = document.querySelector("main");
  const status = document.getElementById("status");
  const sheets = new Map(); // what makes a figure move, by its place: a strict policy heeds none that stand in the page
  const units = new Map(); // where the keyboard is in figures, by their place
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const place = (number) => {
    while (main.children.length <= number) main.append(document.createElement("section"));
    return main.children[number];
  };
  const move = (number, rules) => {
    sheets.delete(number);
    if (rules) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      sheets.set(number, sheet);
    }
    document.adoptedStyleSheets = [...sheets.values()];
  };
  const leave = (number, section) => {
    const el = document.activeElement, figure = el.closest("svg")?.connectivity, mark = figure?.now;
    if (!section.contains(el)) return false;
    if (el.localName !== "pre") units.set(number, mark?.el.contains(el) && (mark.from ? figure.home : mark).name);
    return true;
  };
  const back = (number, section) => {
    const to = section.querySelector("pre, svg"), detail = units.get(number);
    to?.focus({ preventScroll: true });
    if (detail) to?.dispatchEvent(new CustomEvent("connectivity", { bubbles: true, detail }));
  };
  const show = ({ number, state, html, motion }) => {
    const section = place(number), before = section.dataset.state, focused = leave(number, section);
    section.innerHTML = html;
    section.dataset.state = state;
    move(number, motion);
    if (focused) setTimeout(back, 0, number, section);
    return before && before !== "waiting" ? section : null;
  };
  const said = (figures) =>
    figures.map(({ name, state }) => `${name}: ${state === "wrong" ? "something is wrong" : "drawn again"}`).join(", ");

  const events = new EventSource("events");
  events.onmessage = ({ data }) => {
    const { title, figures } = JSON.parse(data);
    document.title = title;
    const changed = figures.map(show);
    if (!changed.some(Boolean)) return;
    for (const section of main.children) section.toggleAttribute("data-changed", changed.includes(section));
    status.textContent = said(figures.filter((_, at) => changed[at]));
    const behavior = calm.matches ? "auto" : "smooth";
    if (main.children.length > 1) changed.find(Boolean).scrollIntoView({ block: "nearest", behavior });
  };
  events.onopen = () => {
    if (document.body.toggleAttribute("data-ended", false)) return;
    status.textContent = "";
  };
  events.onerror = () => {
    document.body.toggleAttribute("data-ended", true);
    status.textContent = "The command has ended: this is what it drew last.";
  };
})();
