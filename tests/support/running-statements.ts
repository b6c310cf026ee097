/** @file The statements that run now, for tests that look whether one waits or was ended. */
export { runningStatements } from "../../src/table/adapter/duckdb.ts";
