import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { MissingPolicy } from "../../src/feature/index.ts";
import type { InputOf, OutputOf } from "../../src/serve/index.ts";
import type { Row } from "../../src/table/index.ts";
import type { ChurnModel, customers, labelledByKey, setUnder } from "./churn.ts";

const file = join(import.meta.dirname, "misuses.ts");
const source = readFileSync(file, "utf8");
const expected = /@ts-expect-error (?<what>.+) → (?<names>.+)$/;

/** The compiler's messages on the file as if nobody expected them, by line. */
function messages(): ReadonlyMap<number, string> {
  const config = join(dirname(file), "../../tsconfig.json");
  const { config: read } = ts.readConfigFile(config, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(read, ts.sys, dirname(config));
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) => {
    const text = readFile(path);
    return path.endsWith("misuses.ts") ? text?.replaceAll("@ts-expect-error", "expect") : text;
  };
  host.getSourceFile = (path, language) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([file], { ...options, noEmit: true }, host);
  const checked = program.getSourceFile(file);
  const found = program.getSemanticDiagnostics(checked).map((diagnostic) => {
    const line = checked?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    return [line, text.split("\n")[0] ?? ""] as const;
  });
  return new Map(found);
}

const found = messages();
const cases = source.split("\n").flatMap((line, i) => {
  const { what = "", names = "" } = expected.exec(line)?.groups ?? {};
  return what === "" ? [] : [{ what, names, message: found.get(i + 1) ?? "" }];
});

describe("the compiler", () => {
  test("refuses every misuse, and nothing else in the file", () => {
    expect(cases.length).toBeGreaterThanOrEqual(30);
    expect(source.match(/@ts-expect-error/g)).toHaveLength(cases.length);
    expect(found.size).toBe(cases.length);
  });

  test.each(cases)("says in its first line what is wrong with $what", ({ names, message }) => {
    const plain = message.replaceAll('\\"', '"');
    expect(names.split("|").filter((name) => plain.includes(name))).not.toEqual([]);
    expect(message.length, message).toBeLessThan(400);
    expect(message).not.toMatch(/No overload|Features<\{/);
  });
});

type RowUnder<M extends MissingPolicy> = Row<Awaited<ReturnType<typeof setUnder<M>>>["schema"]>;

describe("the type of the loop", () => {
  test("goes from the schema to the client", () => {
    expectTypeOf<Row<typeof customers>>().toEqualTypeOf<{
      readonly customer_id: string;
      readonly tenure: number;
      readonly contract: "Month-to-month" | "One year" | "Two year";
      readonly partner: boolean;
      readonly total_charges: number | null;
      readonly since: Date;
      readonly churn: boolean;
    }>();
    expectTypeOf<InputOf<ChurnModel>>().toEqualTypeOf<{
      readonly tenure: number;
      readonly contract: "Month-to-month" | "One year" | "Two year";
      readonly total_charges: number | null;
    }>();
    expectTypeOf<OutputOf<ChurnModel>>().toEqualTypeOf<boolean>();
  });

  test("says null of what was looked up only where a label without features is kept", () => {
    interface Under<Tenure> {
      readonly customer_id: string;
      readonly churn: boolean;
      readonly tenure: Tenure;
      readonly charges: number | null;
    }
    type Found = Under<number>;
    type Kept = Under<number | null>;
    expectTypeOf<RowUnder<"refuse">>().toEqualTypeOf<Found>();
    expectTypeOf<RowUnder<"drop">>().toEqualTypeOf<Found>();
    expectTypeOf<RowUnder<"null">>().toEqualTypeOf<Kept>();
    expectTypeOf<RowUnder<"null" | "drop">>().toEqualTypeOf<Kept>();
    expectTypeOf<Row<Awaited<ReturnType<typeof labelledByKey>>["schema"]>>().toEqualTypeOf<Kept>();
    expectTypeOf<RowUnder<MissingPolicy>>().toEqualTypeOf<Kept>();
  });
});
