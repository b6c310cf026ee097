/** @file What a change of a table's settings set and took off, in words. */
import { count, parseJson } from "../core/index.ts";

const checkPrefix = "delta.constraints.";
const feedKey = "delta.enableChangeDataFeed";
const expectationsKey = "millrace.expectations";

/**
 * What SET and UNSET TBLPROPERTIES did, from their parameters.
 *
 * @param parameters - `properties`: what was set, as JSON; `unset`: the names of what was taken off, as JSON.
 */
export function settingsText(parameters: Readonly<Record<string, string>>): readonly string[] {
  const set = Object.entries(objectOf(parameters["properties"])).map(([name, value]) =>
    setText(name, String(value)),
  );
  const gone = Object.values(objectOf(parameters["unset"])).map(
    (name) => `${calledOf(String(name))} taken off`,
  );
  return [...set, ...gone];
}

/** A JSON object or list; an empty one where it is neither, which another program may have written. */
function objectOf(text: string | undefined): object {
  try {
    const value: unknown = parseJson(text ?? "{}", "a setting");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function setText(name: string, value: string): string {
  if (name === feedKey) return `change feed ${value === "true" ? "on" : "off"}`;
  if (name.startsWith(checkPrefix)) return `check ${name.slice(checkPrefix.length)}: ${value}`;
  if (name !== expectationsKey) return `${name} = ${value}`;
  const { rules, quarantine }: { readonly rules?: unknown; readonly quarantine?: unknown } =
    objectOf(value);
  const into = typeof quarantine === "string" ? `, dropped rows into ${quarantine}` : "";
  return `${count(Array.isArray(rules) ? rules.length : 0, "expectation")} attached${into}`;
}

function calledOf(name: string): string {
  if (name === feedKey) return "change feed";
  if (name === expectationsKey) return "expectations";
  return name.startsWith(checkPrefix) ? `check ${name.slice(checkPrefix.length)}` : name;
}
