/** @file The demo's tables: what is delivered, what silver is, how one becomes the other, and the gate. */
import { expectations, suite } from "../../check/index.ts";
import {
  type TelcoColumn,
  type TelcoCustomer,
  telcoHeader,
  telcoSchema,
} from "../../dataset/index.ts";
import {
  type BoolExpr,
  bronzeSchema,
  type CleanStep,
  clean,
  type Engine,
  frame,
  type Recipe,
  rescuedColumn,
  schema,
  text,
  timestamp,
  when,
} from "../../table/index.ts";

/** Bronze: the file's 21 columns as text, and five technical ones. */
export const bronze = bronzeSchema("telco bronze", Object.values(telcoHeader));

/** Silver: typed customers, where and by which run each came, and what did not fit. */
export const silver = schema("telco silver", {
  ...telcoSchema.columns,
  _loaded_at: timestamp(),
  _source_file: text(),
  _row_id: text(),
  _run_id: text({ nullable: true, description: "the pipeline run that wrote the row" }),
  ...rescuedColumn,
});

/** A customer with the cells that did not fit: what the steps about facts work on. */
export const customer = schema("customer", { ...telcoSchema.columns, ...rescuedColumn });

/**
 * What holds for every customer, delivered in a file or asked about in a request: a missing fact is
 * recovered where another column holds it and never invented; a value that cannot be true is
 * emptied and kept aside.
 */
const facts: readonly CleanStep<typeof customer.columns>[] = [
  {
    do: "recover",
    column: "internet_service",
    from: (c) => c.online_backup.is("No internet service").not(),
    why: "from online_backup",
  },
  {
    do: "recover",
    column: "phone_service",
    from: (c) => c.multiple_lines.is("No phone service").not(),
    why: "from multiple_lines",
  },
  {
    do: "recover",
    column: "multiple_lines",
    from: (c) => when(c.phone_service.not(), "No phone service", c.multiple_lines),
    why: "none without a phone",
  },
  {
    do: "recover",
    column: "online_security",
    from: (c) => when(c.internet_service.not(), "No internet service", c.online_security),
    why: "none without internet",
  },
  {
    do: "blank",
    column: "total_charges",
    when: (c) => c.total_charges.isBelow(0),
    why: "below zero",
  },
  {
    do: "recover",
    column: "total_charges",
    from: (c) => when(c.tenure.is(0), 0, c.total_charges),
    why: "0 in month 0",
  },
];

/** Columns that every customer has; a cell of theirs that cannot be read leaves the row in bronze. */
const complete = [
  "internet_service",
  "online_backup",
  "device_protection",
  "tech_support",
  "streaming_tv",
  "streaming_movies",
  "contract",
  "paperless_billing",
] as const;

/** The default recipe: the facts, and the newest row of a customer wins. */
export const recipe: Recipe<typeof silver.columns> = {
  name: "telco default",
  from: telcoHeader,
  steps: [
    ...facts,
    {
      do: "keep",
      rows: (c) => {
        const there: readonly BoolExpr[] = complete.map((name) => c[name].isMissing().not());
        return there.reduce((all, one) => all.and(one));
      },
      why: "complete rows, others stay in bronze",
    },
    {
      do: "newest",
      by: "customer_id",
      order: ["_loaded_at", "_row_id"],
      why: "newest row per customer",
    },
  ],
};

/** Puts typed customers through the same facts as the file, as an application would before it asks. */
export async function cleanCustomers(
  engine: Engine,
  customers: readonly TelcoCustomer[],
): Promise<readonly TelcoCustomer[]> {
  const names = Object.keys(telcoSchema.columns) as readonly TelcoColumn[];
  const columns = names.map((name) => ({ name, kind: telcoSchema.columns[name].kind }));
  const cells = customers.map((one) => names.map((name) => one[name]));
  return engine.withRows({ columns, cells }, async (table) => {
    const rows = frame({ engine, schema: telcoSchema, sql: `SELECT * FROM ${table}` });
    const asked: Recipe<typeof customer.columns> = { name: "telco facts", from: {}, steps: facts };
    await using cleaned = await clean(rows, customer, asked);
    const done = await cleaned.frame.rows();
    return done.map(({ _rescued, ...one }) => one);
  });
}

const e = expectations(silver);

/** What must hold before a row reaches silver. */
export const silverSuite = suite("silver_suite", silver, [
  e.rowCount({ min: 1 }, { severity: "warning" }),
  e.notNull("customer_id"),
  e.unique("customer_id"),
  e.matches("customer_id", /\d{4}-[A-Z]{5}/),
  e.notNull("churn"),
  e.distinctCount("churn", { min: 2 }, { severity: "warning" }),
  e.notNull("internet_service"),
  e.between("tenure", { min: 0 }),
  e.between("monthly_charges", { min: 0 }),
  e.between("total_charges", { min: 0 }),
  e.holds("multiple_lines agrees with phone_service", (c) =>
    c.phone_service
      .and(c.multiple_lines.is("No phone service").not())
      .or(c.phone_service.not().and(c.multiple_lines.is("No phone service"))),
  ),
  e.holds("tech_support agrees with internet_service", (c) =>
    c.internet_service
      .and(c.tech_support.is("No internet service").not())
      .or(c.internet_service.not().and(c.tech_support.is("No internet service"))),
  ),
  e.holds(
    "total_charges is near tenure × monthly_charges",
    (c) => {
      const off = c.total_charges.minus(c.tenure.times(c.monthly_charges));
      return off.isAtMost(1500).and(off.isAtLeast(-1500));
    },
    { severity: "warning", mostly: 0.99 },
  ),
]);
