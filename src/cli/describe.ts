/** @file `millrace describe`: what a table is made of, read from its log alone. */
import { shown } from "../core/index.ts";
import { type Columns, formatSchema, type Schema, type TableDetail } from "../table/index.ts";
import { command } from "./command.ts";
import { atOptions, atVersion, tableArgument, withTable } from "./table-option.ts";
import { columns, hanging, moment, number, size } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const describe = command({
  name: "describe",
  summary: "What a table is made of: columns, rules, files, size, identity.",
  about: [
    "Reads the table's log and no row. Two versions with the same identity have the same files and",
    "schema, so that a run can say exactly what it learned from. --typescript prints the schema as code,",
    "for programs whose columns the compiler is to know.",
  ],
  arguments: { table: tableArgument },
  options: {
    ...atOptions,
    typescript: { type: "boolean", default: false, help: "print the schema as TypeScript instead" },
    dir,
  },
  examples: [
    "describe telco.silver",
    "describe telco.silver --version 0 --json",
    "describe telco.silver --typescript > silver.ts",
  ],
  run: ({ table, dir, typescript, ...at }) =>
    withTable({ table, dir }, async ({ lake, table: opened }) => {
      const detail = await opened.detail(atVersion("describe", at));
      const { comment, tags, owner, columns: noted } = await lake.describeTable(table);
      const columnNotes = noted.map(
        ({ name, comment: text, tags: own }) =>
          [name, [...(text === null ? [] : [text]), ...tagTexts(own)]] as const,
      );
      return {
        ...detail,
        comment,
        tags,
        owner,
        columnNotes: Object.fromEntries(columnNotes),
        ...(typescript ? { typescript: schemaModule(detail) } : {}),
      };
    }),
  render: (detail, { width }) => detail.typescript?.split("\n") ?? described(detail, width),
});

const described = (detail: Described, width: number): readonly string[] => [
  ...hanging(facts(detail), width),
  "",
  ...columns(columnRows(detail), { width, indent: "  ", whole: [0, 1, 3], spare: [2, 4] }),
  ...section("Checks, which every row passes", Object.entries(detail.checks), width),
  ...section("Expectations, which every write obeys", rules(detail), width),
  ...section("Properties", properties(detail), width),
];

/** A module that exports the table's schema as `ordersSchema`, by the last part of the table's name. */
function schemaModule({
  name,
  schema,
}: {
  readonly name: string;
  readonly schema: Schema;
}): string {
  const kinds = Object.values(schema.columns).map(({ kind }) => kind);
  const last = name.split(".").at(-1) ?? "";
  const constant = /^[a-z_]\w*$/i.test(last) ? `${last}Schema` : "rowsSchema";
  const imported = [...new Set([...kinds, "schema"])].sort().join(", ");
  return `import { ${imported} } from "millrace";\n\nexport const ${constant} = ${formatSchema(schema)};`;
}

/** A table as its log tells of it, and what people said of it and its columns. */
interface Described extends TableDetail {
  readonly comment: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly owner: string | null;
  /** The schema as code, where it was asked for. */
  readonly typescript?: string;
  readonly columnNotes: Readonly<Record<string, readonly string[]>>;
}

const tagTexts = (tags: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(tags).map(([name, value]) => (value === "" ? name : `${name} = ${value}`));

/** What people said of the table. */
const said = ({ comment, tags, owner }: Described): readonly (readonly [string, string])[] => [
  ...(comment === null ? [] : [["comment", shown(comment)] as const]),
  ...(Object.keys(tags).length === 0 ? [] : [["tags", shown(tagTexts(tags).join(", "))] as const]),
  ...(owner === null ? [] : [["owner", shown(owner)] as const]),
];

function facts(detail: Described): readonly (readonly [string, string])[] {
  const { protocol, description, partitionBy, rows, files, sizeBytes } = detail;
  return [
    ["table", detail.name],
    ...(description === null ? [] : [["about", description] as const]),
    ...said(detail),
    ["version", `${detail.version}, of ${moment(detail.modifiedAtMs)} UTC`],
    ["made", `${moment(detail.createdAtMs)} UTC`],
    ["rows", rows === null ? "not counted: a file has no statistics" : number(rows)],
    ["files", `${number(files)}, ${size(sizeBytes)}`],
    ["partitions", partitionBy.length === 0 ? "none" : `by ${partitionBy.join(", ")}`],
    ["change feed", detail.changeFeed ? "on" : "off"],
    ["identity", detail.hash],
    ["protocol", protocolText(protocol)],
    ["folder", detail.path],
  ];
}

function protocolText(protocol: TableDetail["protocol"]): string {
  const { minReaderVersion, minWriterVersion, readerFeatures, writerFeatures } = protocol;
  const features = [...new Set([...readerFeatures, ...writerFeatures])];
  const named = features.length === 0 ? "" : ` with ${features.join(", ")}`;
  return `Delta, reader ${minReaderVersion}, writer ${minWriterVersion}${named}`;
}

function columnRows({
  schema,
  types,
  partitionBy,
  columnNotes,
}: Described): readonly (readonly string[])[] {
  const rows = Object.entries(schema.columns).map(([name, column]) => {
    const own = (columnNotes[name] ?? []).map(shown);
    const notes = [
      ...(partitionBy.includes(name) ? ["partition"] : []),
      ...notesOf(column),
      ...own,
    ];
    const missing = column.nullable ? "may be" : "never";
    return [name, column.kind, types[name] ?? "", missing, notes.join("; ")];
  });
  return [["column", "kind", "delta type", "missing", "notes"], ...rows];
}

/** What a column says of itself besides its kind. */
function notesOf(column: Columns[string]): readonly string[] {
  const { key, min, max, unit, levels, pattern, description } = column;
  const bounds = min === undefined && max === undefined ? "" : `${min ?? ""} … ${max ?? ""}`;
  const like = pattern === undefined ? "" : `like ${pattern}`;
  const notes = [key ? "key" : "", bounds.trim(), unit, levels?.join(" | "), like, description];
  return notes.filter((note): note is string => note !== undefined && note !== "");
}

/** The rules of the table and what each does with a row that breaks it. */
function rules({ expectations }: TableDetail): readonly (readonly [string, string])[] {
  if (expectations === null) return [];
  const { quarantine } = expectations;
  const drop = quarantine === null ? "drop" : `drop into ${quarantine}`;
  return expectations.rules.map(({ name, action }) => [action === "drop" ? drop : action, name]);
}

const shownElsewhere = /^delta\.(constraints\.|enableChangeDataFeed$)|^millrace\.expectations$/;

/** The settings that are not shown elsewhere. */
const properties = ({ properties }: TableDetail): readonly (readonly [string, string])[] =>
  Object.entries(properties).filter(([name]) => !shownElsewhere.test(name));

function section(
  title: string,
  rows: readonly (readonly [string, string])[],
  width: number,
): readonly string[] {
  return rows.length === 0 ? [] : ["", title, ...hanging(rows, width)];
}
