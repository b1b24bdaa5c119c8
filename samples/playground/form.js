// The form of options: what of it was changed, by the flags of the command.
const form = document.getElementById("options");
const fields = new Map([...form.querySelectorAll(".field")].map((field) => [field.dataset.flag, field]));
const inputs = (field) => [...field.querySelectorAll("input, select, textarea")];

const READERS = {
  switch: (field, [box]) => (box.checked === (field.dataset.default === "true") ? undefined : box.checked),
  several: (field, boxes) => filled(boxes.filter((box) => box.checked).map((box) => box.value)),
  lines: (field, [text]) => filled(text.value.split("\n").map((line) => line.trim()).filter(Boolean)),
  plain: (field, [input]) => input.value.trim() || undefined,
};
const WRITERS = {
  switch: (field, [box], value) => (box.checked = String(value ?? field.dataset.default) === "true"),
  several: (field, boxes, value) => boxes.forEach((box) => (box.checked = listed(value).includes(box.value))),
  lines: (field, [text], value) => (text.value = listed(value).join("\n")),
  plain: (field, [input], value) => (input.value = String(listed(value).at(-1) ?? "")),
};

const filled = (list) => (list.length ? list : undefined);
const listed = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

export function changed() {
  const options = {};
  for (const [flag, field] of fields) {
    const value = READERS[field.dataset.kind](field, inputs(field));
    field.classList.toggle("changed", value !== undefined);
    if (value !== undefined) options[flag] = value;
  }
  for (const group of form.querySelectorAll("details")) {
    const count = group.querySelectorAll(".changed").length;
    group.querySelector(".count").textContent = count ? `${count} changed` : "";
  }
  return options;
}

// Sets every option: those that are not in `options` as they are by themselves. What is no option is left out.
export function fill(options) {
  for (const [flag, field] of fields) WRITERS[field.dataset.kind](field, inputs(field), options[flag]);
  for (const group of form.querySelectorAll("details")) {
    if ([...group.querySelectorAll(".field")].some((field) => field.dataset.flag in options)) group.open = true;
  }
  changed();
}

// Marks the field of an option that is at fault, and shows it; none without a flag.
export function blame(flag) {
  for (const [name, field] of fields) {
    field.classList.toggle("wrong", name === flag);
    for (const input of inputs(field)) input.setAttribute("aria-invalid", String(name === flag));
    if (name !== flag) continue;
    const group = field.closest("details");
    group.open = true;
    group.hidden = field.hidden = false; // also where another one was looked for
  }
}

// Whether there is an option, and can be set to all of these: a list and boxes have their values, and no others.
export function known(flag, values) {
  const field = fields.get(flag);
  if (!field) return false;
  const [first, ...more] = inputs(field);
  const choices = { switch: () => ["true", "false"], several: () => [first, ...more].map((box) => box.value) }[field.dataset.kind];
  if (choices) return values.every((value) => choices().includes(value));
  return first.localName !== "select" || [...first.options].some((one) => one.value === values.at(-1));
}

export function onChange(heed) {
  form.addEventListener("input", heed);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("reset").addEventListener("click", () => {
    fill({});
    heed();
  });
  document.getElementById("find").addEventListener("input", find);
}

function find({ target }) {
  const words = target.value.trim().toLowerCase().replace("colour", "color").split(/\s+/).filter(Boolean);
  for (const group of form.querySelectorAll("details")) {
    let any = false;
    for (const field of group.querySelectorAll(".field")) {
      const text = `${field.dataset.flag} ${field.textContent}`.toLowerCase().replaceAll("colour", "color");
      field.hidden = !words.every((word) => text.includes(word));
      any ||= !field.hidden;
    }
    group.hidden = !any;
    if (words.length) group.open = any;
  }
  document.getElementById("none-found").hidden = Boolean(form.querySelector("details:not([hidden])"));
}
