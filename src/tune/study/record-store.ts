/** @file A study in records, open in any number of processes at once. */
import { formatJson, parseJson } from "../../core/index.ts";
import type { RecordDatabase, Records, RecordTables } from "../../store/index.ts";
import { describeBoth } from "../check-spec.ts";
import { fail } from "../errors.ts";
import type { StudyObjective } from "../objective.ts";
import { isSameSpec, type ParamSpec } from "../space.ts";
import { numberText, type TrialRow, type TrialState, textNumber } from "../trial-row.ts";
import type { StudyHead, StudyStore } from "./study-store.ts";

/** The format of studies that this Millrace writes. */
const studyFormat = 1;

type StudyRecord = RecordTables["study"];
type TrialRecordRow = RecordTables["trial"];

/** Opens a study, and makes it if it is not there. Throws `tune/conflict-study`, `tune/unsupported-format`. */
export async function recordStore(records: Records, given: StudyHead): Promise<StudyStore> {
  const found = await records.db.transaction().execute(async (db) => {
    const held = await findStudy(db, given.name);
    if (held !== undefined) return held;
    const row: StudyRecord = {
      ...{ id: given.id, name: given.name, format: studyFormat, seed: given.seed },
      ...{ objectives: formatJson(given.objectives), created_at_ms: given.createdAtMs },
      ...{ run_id: null, revision: 0 },
    };
    await db.insertInto("study").values(row).execute();
    return row;
  });
  const head = headOf(found);
  const [stored, asked] = [head.objectives, given.objectives].map(objectivesText);
  if (stored !== asked)
    fail("tune/conflict-study", { study: given.name, stored: stored ?? "", given: asked ?? "" });
  return loadStore(records, head);
}

/** A study that is there. Throws `tune/missing-study`, `tune/unsupported-format`. */
export async function findStore(records: Records, name: string): Promise<StudyStore> {
  const found = await findStudy(records.db, name);
  if (found !== undefined) return loadStore(records, headOf(found));
  const known = await records.db.selectFrom("study").select("name").orderBy("name").execute();
  return fail("tune/missing-study", { study: name, known: known.map((study) => study.name) });
}

/** The names of all studies, oldest first; also of those that a newer Millrace wrote. */
export async function readNames(records: Records): Promise<readonly string[]> {
  const rows = await records.db
    .selectFrom("study")
    .select("name")
    .orderBy("created_at_ms")
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

function findStudy(db: RecordDatabase, name: string): Promise<StudyRecord | undefined> {
  return db.selectFrom("study").selectAll().where("name", "=", name).executeTakeFirst();
}

const objectivesText = (objectives: readonly StudyObjective[]): string =>
  objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(", ");

function headOf(row: StudyRecord): StudyHead {
  if (row.format > studyFormat)
    fail("tune/unsupported-format", {
      ...{ study: row.name, format: row.format },
      supported: studyFormat,
    });
  return {
    ...{ id: row.id, name: row.name, seed: row.seed, createdAtMs: row.created_at_ms },
    objectives: parseJson(row.objectives, `study ${row.name}`) as readonly StudyObjective[],
    runId: row.run_id,
  };
}

async function loadStore(records: Records, given: StudyHead): Promise<StudyStore> {
  let head = given;
  let seen = -1;
  const rows: TrialRow[] = [];
  const specs = new Map<string, ParamSpec>();
  const stored = new Set<string>(); // params whose spec is written
  const pull = async (db: RecordDatabase): Promise<number> => {
    const { revision, run_id } = await db
      .selectFrom("study")
      .select(["revision", "run_id"])
      .where("id", "=", head.id)
      .executeTakeFirstOrThrow();
    if (revision === seen) return revision;
    for (const row of await changedRows(db, head.id, seen)) rows[row.number] = rowOf(row);
    for (const { name, spec } of await readSpecs(db, head.id)) {
      if (stored.has(name)) continue;
      const read = parseJson(spec, `param ${name}`) as ParamSpec;
      checkSame(head.name, name, [read, specs.get(name) ?? read]);
      specs.set(name, read);
      stored.add(name);
    }
    head = { ...head, runId: run_id };
    seen = revision;
    return revision;
  };
  const store: StudyStore = {
    get head() {
      return head;
    },
    rows,
    specs,
    isShared: true,
    define: (name, spec) => void specs.set(name, spec),
    show: (row) => {
      rows[row.number] = row;
    },
    transact: async (decide) => {
      const unsaved = (): string[] => [...specs.keys()].filter((name) => !stored.has(name));
      const done = await records.db.transaction().execute(async (db) => {
        const revision = (await pull(db)) + 1;
        const change = decide();
        const { rows: written = [], runId, result } = change;
        const added = unsaved();
        const isChanged = written.length + added.length > 0 || runId !== undefined;
        if (!isChanged) return { result, written, added, revision: seen };
        for (const name of added) await insertSpec(db, head.id, { name, specs });
        for (const row of written) await putRow(db, recordOf(head.id, row, revision));
        const set = runId === undefined ? { revision } : { revision, run_id: runId };
        await db.updateTable("study").set(set).where("id", "=", head.id).execute();
        return { result, written, added, revision, runId };
      });
      seen = done.revision;
      for (const row of done.written) rows[row.number] = row;
      for (const name of done.added) stored.add(name);
      if (done.runId !== undefined) head = { ...head, runId: done.runId };
      return done.result;
    },
    refresh: async () => void (await pull(records.db)),
  };
  await store.refresh();
  return store;
}

const changedRows = (db: RecordDatabase, id: string, seen: number) =>
  db
    .selectFrom("trial")
    .selectAll()
    .where("study_id", "=", id)
    .where("revision", ">", seen)
    .execute();

const readSpecs = (db: RecordDatabase, id: string) =>
  db
    .selectFrom("study_param")
    .select(["name", "spec"])
    .where("study_id", "=", id)
    .orderBy("position")
    .execute();

function checkSame(study: string, param: string, [a, b]: readonly [ParamSpec, ParamSpec]): void {
  if (isSameSpec(a, b)) return;
  const [known, asked] = describeBoth(a, b);
  fail("tune/mismatch-param", { study, param, known, asked });
}

async function insertSpec(
  db: RecordDatabase,
  study_id: string,
  { name, specs }: { name: string; specs: ReadonlyMap<string, ParamSpec> },
): Promise<void> {
  const position = [...specs.keys()].indexOf(name);
  const spec = formatJson(specs.get(name));
  await db.insertInto("study_param").values({ study_id, name, position, spec }).execute();
}

async function putRow(db: RecordDatabase, row: TrialRecordRow): Promise<void> {
  const { study_id, number, ...rest } = row;
  await db
    .insertInto("trial")
    .values(row)
    .onConflict((on) => on.columns(["study_id", "number"]).doUpdateSet(rest))
    .execute();
}

function recordOf(study_id: string, row: TrialRow, revision: number): TrialRecordRow {
  const { number, state, startedAtMs, endedAtMs, heartbeatAtMs, runId, error, ...content } = row;
  const values = content.values?.map(numberText) ?? null;
  const steps = content.steps.map(([step, value]) => [step, numberText(value)]);
  const constraints = Object.entries(content.constraints).map(([k, v]) => [k, numberText(v)]);
  return {
    ...{ study_id, number, state, revision, started_at_ms: startedAtMs, ended_at_ms: endedAtMs },
    ...{ heartbeat_at_ms: heartbeatAtMs, run_id: runId, error },
    content: formatJson({
      ...content,
      values,
      steps,
      constraints: Object.fromEntries(constraints),
    }),
  };
}

/** What the content of a trial is in JSON. */
type Content = Pick<TrialRow, "codes" | "fixed" | "interruptions" | "drawn" | "notes" | "owner"> & {
  readonly values: readonly unknown[] | null;
  readonly steps: readonly (readonly [number, unknown])[];
  readonly constraints: Readonly<Record<string, unknown>>;
};

function rowOf(record: TrialRecordRow): TrialRow {
  const content = parseJson(record.content, `trial ${record.number}`) as Content;
  const constraints = Object.entries(content.constraints).map(([k, v]) => [k, textNumber(v)]);
  return {
    ...content,
    number: record.number,
    state: record.state as TrialState,
    values: content.values?.map(textNumber) ?? null,
    steps: content.steps.map(([step, value]) => [step, textNumber(value)]),
    constraints: Object.fromEntries(constraints),
    error: record.error,
    startedAtMs: record.started_at_ms,
    endedAtMs: record.ended_at_ms,
    heartbeatAtMs: record.heartbeat_at_ms,
    runId: record.run_id,
  };
}
