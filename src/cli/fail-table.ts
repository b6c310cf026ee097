/** @file The errors of tables, for what a command finds of a table before it asks the table. */
import { failWith } from "../core/index.ts";
import { tableErrors } from "../table/index.ts";

export const failTable = failWith(tableErrors);
