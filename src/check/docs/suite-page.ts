/** @file The page of a suite: each of its expectations in words. */
import { count } from "../../core/index.ts";
import type { Severity } from "../../flow.ts";
import { percent } from "../profile/words.ts";
import type { DocsSuite } from "./docs-data.ts";
import { fitting, foreign, type Html, html, nothing } from "./html.ts";
import {
  badge,
  empty,
  leftOut,
  link,
  listBytes,
  page,
  section,
  type Tone,
  table,
} from "./parts.ts";

/** The colour of a severity. */
export const severityTones: Readonly<Record<Severity, Tone>> = {
  critical: "bad",
  warning: "warn",
  info: "plain",
};

/** The page of a suite. */
export function suitePage(suite: DocsSuite): string {
  const { name, schema, expectations } = suite;
  const { shown, left } = fitting(expectations, row, listBytes);
  const target = schema === undefined ? nothing : html` for ${foreign(schema.name)}`;
  const heads = ["It must hold that", "Severity", "Of the rows"];
  const content =
    expectations.length === 0
      ? empty("This suite expects nothing.")
      : html`${table("Expectations", heads, shown)}${leftOut(left, "expectations")}`;
  return page({
    title: name,
    about: html`${link(1, "index.html", "Data docs")} · a suite of ${count(expectations.length, "expectation")}${target}`,
    content: [section("Expectations", content)],
  });
}

function row(expectation: DocsSuite["expectations"][number]): Html {
  const { says, type, severity, mostly, column } = expectation;
  const where = column === null ? html`the table` : foreign(column);
  const share = mostly === 1 ? "all" : `at least ${percent(mostly)}`;
  return html`<tr><th scope="row">${foreign(says, 300)}<small>${where} · <code>${foreign(type)}</code></small></th><td>${badge(severityTones[severity], severity)}</td><td>${share}</td></tr>
`;
}
