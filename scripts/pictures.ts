/**
 * @file Makes the pictures of the guide's pages on validation and monitoring: data docs of a lake of made-up customers
 * and a report of how they drift, photographed by Chromium and reduced to 256 colours by pngquant, both of which must be installed.
 * `node scripts/pictures.ts [folder for the pages]` writes docs/guide/pictures/{profile,docs-index,failed-result,drift,drift-report}.png.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { check, expectations, profileTable, suite, writeDataDocs } from "../src/check/index.ts";
import { telcoMonth, telcoSchema } from "../src/dataset/index.ts";
import {
  driftReport,
  driftReportPage,
  type KeptDrift,
  keepDriftReport,
  sketchRows,
} from "../src/monitor/index.ts";
import { folderBytes } from "../src/store/index.ts";
import { openLake } from "../src/table/index.ts";

const day = 86_400_000;
const start = Date.UTC(2024, 2, 1, 4);
const nights = 24;

/** Writes data docs of a table that grows every night and moves away in its last week. */
async function makeDocs(folder: string): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "millrace-pictures-"));
  let now = start;
  const lake = await openLake(join(place, "lake"), { clock: () => now });
  const customers = lake.table("telco.customers", telcoSchema);
  const e = expectations(telcoSchema);
  const sound = suite("telco.customers", telcoSchema, [
    e.unique("customer_id"),
    e.matches("customer_id", /\d{4}-[A-Z]{5}/),
    e.notNull("churn"),
    e.notNull("total_charges", { mostly: 0.97, severity: "warning" }),
    e.between("tenure", { min: 0, max: 72 }),
    e.between("monthly_charges", { min: 15, max: 125 }, { mostly: 0.97 }),
    e.mean("monthly_charges", { min: 58, max: 70 }, { severity: "warning" }),
    e.inSet("contract", ["Month-to-month", "One year", "Two year"]),
    e.holds(
      "the total is near tenure × monthly charges",
      (c) => c.total_charges.isAbove(c.tenure.times(c.monthly_charges).times(0.5)),
      { mostly: 0.95 },
    ),
    e.divergence(
      "payment_method",
      {
        threshold: 0.05,
        values: [
          "Electronic check",
          "Mailed check",
          "Bank transfer (automatic)",
          "Credit card (automatic)",
        ],
        weights: [0.34, 0.22, 0.22, 0.22],
      },
      { severity: "info" },
    ),
  ]);
  const keys = suite("telco.keys", telcoSchema, [
    e.unique("customer_id"),
    e.rowCount({ min: 1000 }),
  ]);
  const docs = folderBytes(folder);
  let before: Awaited<ReturnType<typeof profileTable>> | undefined;
  for (let night = 0; night < nights; night++) {
    now = start + night * day;
    const late = Math.max(0, night - 17) / 6;
    await customers.overwrite(
      telcoMonth({
        rows: 4000 + 40 * night,
        seed: night,
        drift: late,
        missing: night === 9 ? 0.08 : 0.02 + 0.03 * late,
      }),
    );
    const rows = await customers.read();
    const version = await customers.version();
    const reports = [await check(rows, sound), await check(rows, keys)];
    const results = reports.map((report) => ({ report, atMs: now, version }));
    const isProfiled = night === 16 || night === nights - 1;
    const profile = isProfiled
      ? await profileTable(rows, before === undefined ? {} : { previous: before })
      : undefined;
    before = profile ?? before;
    const profiles = profile === undefined ? [] : [{ profile, atMs: now, version }];
    await writeDataDocs(docs, { title: "Telco", suites: [sound, keys], results, profiles });
  }
  await lake.close();
  await rm(place, { recursive: true });
}

/** Writes the report of a month that has moved, with those of the months before it. */
async function makeDriftReport(file: string): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "millrace-pictures-"));
  const lake = await openLake(join(place, "lake"));
  const sketchOf = async (month: number, drift: number) => {
    const table = lake.table("telco.months", telcoSchema);
    await table.overwrite(
      telcoMonth({ rows: 4000, seed: month, drift, missing: 0.02 + drift / 20 }),
    );
    return sketchRows(await table.read());
  };
  const reference = { name: "telco.training", sketch: await sketchOf(99, 0) };
  const earlier: KeptDrift[] = [];
  for (let month = 0; month < 10; month++) {
    const sketch = await sketchOf(month, Math.max(0, month - 4) / 6);
    const report = driftReport({
      reference,
      current: { name: "telco.month", sketch },
      atMs: start + 30 * month * day,
    });
    await writeFile(file, driftReportPage(report, earlier));
    const nothing = async (): Promise<void> => undefined;
    const logMetrics = async (metrics: KeptDrift): Promise<void> => void earlier.push(metrics);
    await keepDriftReport(
      { logParams: nothing, logTags: nothing, logArtifact: nothing, logMetrics },
      report,
    );
  }
  await lake.close();
  await rm(place, { recursive: true });
}

/** What a picture shows: a page, so wide and high, from so many pixels below its top on. */
interface Shot {
  readonly page: string;
  readonly width: number;
  readonly height: number;
  readonly from?: number;
}

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  "--allow-file-access-from-files",
  "--blink-settings=preferredColorScheme=1",
];

/** Photographs a page, which stands in a frame so that it may be narrow and begin anywhere, and reduces its colours. */
async function photograph({ page, width, height, from = 0 }: Shot, file: string): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "millrace-chromium-"));
  const frame = join(place, "frame.html");
  const style = `border:0;display:block;margin-top:${-from}px`;
  await writeFile(
    frame,
    `<!doctype html><style>body{margin:0;overflow:hidden}</style><iframe src="${pathToFileURL(page).href}" width="${width}" height="${height + from}" style="${style}"></iframe>`,
  );
  const shot = join(place, "shot.png");
  const size = [`--window-size=${width},${height}`, `--screenshot=${shot}`];
  const profile = `--user-data-dir=${join(place, "profile")}`;
  execFileSync("chromium", [...flags, profile, ...size, pathToFileURL(frame).href], {
    stdio: "ignore",
  });
  execFileSync("pngquant", ["--force", "--strip", "--output", file, "128", shot]);
  await rm(place, { recursive: true, force: true });
}

/** The last page of a folder of docs: that of the last night. */
async function lastPage(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).sort();
  return join(folder, names.at(-1) ?? "");
}

/** Takes the five pictures. */
async function takePictures(docs: string, into: string): Promise<void> {
  const profile = await lastPage(join(docs, "profiles", "customers"));
  const result = await lastPage(join(docs, "results", "telco.customers"));
  const shots: Readonly<Record<string, Shot>> = {
    "docs-index": { page: join(docs, "index.html"), width: 1000, height: 600 },
    "failed-result": { page: result, width: 1000, height: 620 },
    drift: { page: profile, width: 1000, height: 640, from: 256 },
    profile: { page: profile, width: 1000, height: 700, from: 1672 },
    "drift-report": { page: join(docs, "drift-report.html"), width: 1000, height: 700 },
  };
  for (const [name, shot] of Object.entries(shots)) {
    const file = join(into, `${name}.png`);
    await photograph(shot, file);
    console.log(`${file} ${(await stat(file)).size} bytes`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv[2];
  const folder = given ?? (await mkdtemp(join(tmpdir(), "millrace-docs-")));
  await makeDocs(folder);
  await makeDriftReport(join(folder, "drift-report.html"));
  await takePictures(folder, fileURLToPath(new URL("../docs/guide/pictures", import.meta.url)));
  if (given === undefined) await rm(folder, { recursive: true });
}
