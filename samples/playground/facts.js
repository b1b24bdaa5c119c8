// What `describe` says of each panel, as tables.
const COLUMNS = {
  layer: (one) => one.name ?? "-",
  what: (one) => [one.heading, ...one.notes].join(", "),
  shape: (one) => one.shape.join("x"),
  connections: (one) => number(one.connections),
  weights: (one) => number(one.weights),
  biases: (one) => number(one.biases),
  "multiply-adds": (one) => number(one.multiply_adds),
  field: (one) => Object.values(one.receptive_fields).map((field) => number(field.size)).join(" + "),
  jump: (one) => number(one.receptive_field.jump),
  start: (one) => number(one.receptive_field.start),
};
const number = (value) => (value === null || value === undefined ? "-" : value.toLocaleString("en"));

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

export function show(panels) {
  const parts = panels.flatMap((panel) => {
    const head = element("tr", ...Object.keys(COLUMNS).map((name) => element("th", name)));
    head.querySelectorAll("th").forEach((cell) => (cell.scope = "col"));
    const rows = panel.layers.map((one) => element("tr", ...Object.values(COLUMNS).map((cell) => element("td", cell(one)))));
    return [element("table", element("thead", head), element("tbody", ...rows)), element("p", panel.sentence)];
  });
  document.getElementById("facts").replaceChildren(...parts);
}
