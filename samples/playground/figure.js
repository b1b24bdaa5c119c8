// The figure on the page, and as files.
const SVG = "http://www.w3.org/2000/svg";
const PIXELS = 2; // of a PNG, for each of a screen
const MOST = 8192; // pixels of a side of a canvas that every browser has
const paper = document.getElementById("paper");
const FITTING = new CSSStyleSheet();
FITTING.replaceSync(":host { display: block; max-width: 100% } svg { max-width: var(--widest, 100%); max-height: var(--highest, 72vh); height: auto; display: block; margin: auto }");

// An SVG's elements, and its rules for a sheet; its attributes "style" wait as data, since the page allows no others.
function parsed(text) {
  const tags = (tag) => tag.replace(/^<(\/?)style\b/, "<$1rules").replaceAll(' style="', ' data-style="');
  const kept = text.replace(/<\/?[a-z][^<]*?>/g, tags);
  const root = new DOMParser().parseFromString(kept, "image/svg+xml").documentElement;
  if (root.namespaceURI !== SVG || root.localName !== "svg") throw new Error("this is no SVG");
  const rules = [...root.querySelectorAll("rules")].map((rules) => (rules.remove(), rules.textContent)).join("\n");
  return { root: document.importNode(root, true), rules };
}

// Shows a figure on the page, or in another place of it.
export function show(text, place = paper) {
  const { root, rules } = parsed(text);
  for (const element of [root, ...root.querySelectorAll("[data-style]")]) {
    if (element.dataset.style) element.style.cssText = element.dataset.style;
    element.removeAttribute("data-style");
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  const host = document.createElement("div");
  if (place === paper) host.id = "drawing";
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [FITTING, sheet];
  shadow.append(root);
  place.replaceChildren(host);
  ground(place);
  return root;
}

// Shows a figure in a place that scrolls: as large as the place, but never smaller than it is on paper.
export function showLarge(text, place) {
  const root = show(text, place);
  const { width, height } = root.viewBox.baseVal;
  const natural = root.width.baseVal.value;
  const fitting = Math.min(place.clientWidth, (place.clientHeight * width) / height);
  root.style.width = `${Math.max(natural, Math.floor(fitting))}px`;
}

// The paper goes on as the figure begins, of whatever theme that is; it may follow the reader's system.
function ground(place) {
  const area = place.firstElementChild?.shadowRoot?.querySelector(".graph > polygon");
  const colour = area ? getComputedStyle(area).fill : "none";
  place.style.backgroundColor = colour.startsWith("rgb") ? colour : "";
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => [paper, document.getElementById("large-paper")].forEach(ground));

export function save(data, name, type) {
  const address = URL.createObjectURL(data instanceof Blob ? data : new Blob([data], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// A PNG of an SVG, as large as it is on paper, with PIXELS for each of a screen.
export async function bitmap(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const times = Math.min(PIXELS, MOST / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(image.width * times), Math.round(image.height * times)];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
