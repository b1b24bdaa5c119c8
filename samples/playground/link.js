// A figure as the part of an address behind "#": network=6+conv:3&theme=dark; or file=..., the text of a figure file.
import { known } from "./form.js";

const LIMIT = 60_000; // characters

export function written({ mode, text, options }) {
  const parts = new URLSearchParams([[mode, text]]);
  for (const [flag, value] of Object.entries(options)) {
    for (const one of Array.isArray(value) ? value : [value]) parts.append(flag, String(one));
  }
  return "#" + parts.toString().replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%2C", ",");
}

// What an address says, or null where it says no figure; `unread` is what of it the form has not. Whoever wrote it, all of
// it is text.
export function read(hash) {
  if (hash.length < 2 || hash.length > LIMIT) return null;
  const parts = new URLSearchParams(hash.slice(1));
  const mode = parts.has("file") ? "file" : "network";
  if (!parts.has(mode)) return null;
  const options = {};
  const unread = [];
  for (const flag of new Set(parts.keys())) {
    if (flag === mode) continue;
    const values = parts.getAll(flag);
    if (known(flag, values)) options[flag] = values;
    else unread.push(...values.map((value) => `${flag}=${value}`));
  }
  return { mode, text: parts.get(mode), options, unread };
}
