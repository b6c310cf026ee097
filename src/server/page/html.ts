/** @file HTML from templates in which every value is escaped. */

const marked: unique symbol = Symbol("html");

/** Text that is HTML already. Only {@link html} makes it. */
export interface Html {
  readonly [marked]: true;
  readonly text: string;
}

/** What may stand in a template: texts and numbers are escaped, HTML and lists of HTML are not. */
export type HtmlValue = string | number | Html | readonly Html[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text with its five special characters as entities. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/**
 * HTML from a template; attributes must be written between quotes.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, i) => part + (i < values.length ? show(values[i] ?? "") : ""));
  return { [marked]: true, text: text.join("") };
}

/** No HTML. */
export const nothing: Html = html``;

function show(value: HtmlValue): string {
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return "text" in value ? value.text : value.map(({ text }) => text).join("");
}
