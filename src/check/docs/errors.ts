/** @file The errors of data docs. */
import { caller, failWith, quote } from "../../core/index.ts";

export const docsErrors = {
  "check/unsupported-docs": caller(
    (d: { key: string; found: unknown; known: number }) =>
      `writeDataDocs: ${d.key} has format ${quote(d.found)}; expected ${d.known}. Nothing was written; use the Millrace that made these docs, or another folder`,
  ),
};

export const fail = failWith(docsErrors);
