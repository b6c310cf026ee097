/** @file Draws one customer: household, services, contract, bill; each given what came before. */
import type { Random } from "../../core/index.ts";
import type { TelcoCustomer } from "./schema.ts";

/** A column's values without null. */
type Of<N extends keyof TelcoCustomer> = Exclude<TelcoCustomer[N], null>;

/** What a customer is, before anybody wrote it down. */
export interface Customer {
  readonly gender: Of<"gender">;
  readonly senior: boolean;
  readonly partner: boolean;
  readonly dependents: boolean;
  readonly internet: "none" | "dsl" | "fiber";
  readonly contract: Of<"contract">;
  /** Months since the first bill. */
  readonly tenure: number;
  readonly phone: boolean;
  readonly multiple_lines: Of<"multiple_lines">;
  readonly online_security: Service;
  readonly online_backup: Service;
  readonly device_protection: Service;
  readonly tech_support: Service;
  readonly streaming_tv: Service;
  readonly streaming_movies: Service;
  readonly paperless: boolean;
  readonly payment: Of<"payment_method">;
  /** USD a month. */
  readonly monthly: number;
}

type Service = Of<"online_security">;
type Internet = Customer["internet"];
type Contract = Customer["contract"];

/** A generator for each part of a customer, so that a change in one leaves the others alone. */
export interface Chance {
  readonly household: Random;
  readonly tenure: Random;
  readonly services: Random;
  readonly bill: Random;
}

/** How a month of customers differs from the first file; 0 is not at all, 1 fully. */
export interface Drift {
  readonly drift: number;
}

/** Draws one customer; `isNew` has not had a first bill. */
export function drawCustomer(chance: Chance, options: Drift & { isNew: boolean }): Customer {
  const { drift, isNew } = options;
  const { household, services } = chance;
  const senior = household.next() < 0.162;
  const partner = household.next() < (senior ? 0.5 : 0.478);
  const dependents = household.next() < dependentsShare(senior, partner);
  const gender = household.next() < 0.503 ? "Male" : "Female";
  const internet = household.pick(internets, internetWeights(senior, dependents));
  const contract = household.pick(contracts, contractWeights(internet, { partner, drift }));
  const stay = drawTenure(chance.tenure, { internet, contract, shape: { partner, drift } });
  const tenure = isNew ? 0 : stay;
  const phone = internet !== "dsl" || services.next() >= 0.282;
  const had = { internet, contract, tenure };
  const lines = services.next() < sigmoid(linesLift[internet] + 0.037 * tenure);
  const owned = drawServices(services, had);
  const multiple_lines = phone ? (lines ? "Yes" : "No") : "No phone service";
  const base = { gender, senior, partner, dependents, ...had, phone, multiple_lines } as const;
  const price = list({ ...base, ...owned }) * (1 + 0.25 * drift);
  return { ...base, ...owned, ...drawBill(chance.bill, had), monthly: bill(chance.bill, price) };
}

const internets: readonly Internet[] = ["fiber", "dsl", "none"];
const contracts: readonly Contract[] = ["Month-to-month", "One year", "Two year"];

const linesLift: Readonly<Record<Internet, number>> = { fiber: -0.75, dsl: -1.55, none: -2.75 };

function dependentsShare(senior: boolean, partner: boolean): number {
  if (senior) return partner ? 0.16 : 0.015;
  return partner ? 0.58 : 0.105;
}

/** Weights of fiber, DSL and none. */
function internetWeights(senior: boolean, dependents: boolean): readonly number[] {
  if (senior) return [0.73, 0.225, 0.045];
  return dependents ? [0.3, 0.37, 0.33] : [0.42, 0.365, 0.215];
}

function contractWeights(
  internet: Internet,
  { partner, drift }: { partner: boolean; drift: number },
): readonly number[] {
  const [monthly, one, two] = {
    fiber: [0.67, 0.18, 0.15],
    dsl: [0.5, 0.235, 0.265],
    none: [0.345, 0.24, 0.415],
  }[internet] as [number, number, number];
  return [monthly * (partner ? 0.8 : 1.36) * (1 + drift), one, two];
}

/** Months: short and skewed by the month, long and capped at 72 with a contract. */
function drawTenure(
  chance: Random,
  { internet, contract, shape }: { internet: Internet; contract: Contract; shape: Shape },
): number {
  const [first, second] = [chance.next(), chance.next()];
  const bell = chance.normal();
  const exponential = -Math.log(1 - second);
  const { drift, partner } = shape;
  const lift = { fiber: 7, dsl: -1, none: -7 }[internet] - 14 * drift;
  if (contract === "One year") return months(42 + lift + 18.5 * bell);
  const end = 72.4 - (14.5 - 0.9 * lift) * exponential;
  if (contract === "Two year") return first < 0.12 * (1 - drift) ? 72 : months(end);
  if (first < { fiber: 0.075, dsl: 0.15, none: 0.28 }[internet] * (1 + drift)) return 1;
  const mean = { fiber: 26, dsl: 17.5, none: 12 }[internet] * (partner ? 1.3 : 0.9);
  return months(0.6 + mean * (1 - 0.35 * drift) * exponential);
}

/** What shifts a tenure besides what was bought. */
interface Shape extends Drift {
  readonly partner: boolean;
}

/** Whole months, folded back into 1 … 72. */
function months(exact: number): number {
  const span = 71.99;
  const turn = Math.abs(exact - 0.5) % (2 * span);
  return Math.max(1, Math.round(0.5 + (turn > span ? 2 * span - turn : turn)));
}

type Had = Pick<Customer, "internet" | "contract" | "tenure">;
type Owned = Pick<
  Customer,
  | "online_security"
  | "online_backup"
  | "device_protection"
  | "tech_support"
  | "streaming_tv"
  | "streaming_movies"
>;

/** Log-odds of each service: with DSL, with fiber, a contract's year, 24 months of tenure. */
const serviceOdds = {
  online_security: [-0.05, -1.2, 0.35, 0.6],
  online_backup: [-0.25, -0.4, 0.05, 0.85],
  device_protection: [-0.35, -0.4, 0.3, 0.8],
  tech_support: [-0.05, -1.2, 0.5, 0.55],
  streaming_tv: [-0.5, 0.25, 0.15, 0.65],
  streaming_movies: [-0.45, 0.27, 0.15, 0.67],
} as const satisfies Record<keyof Owned, readonly number[]>;

function drawServices(chance: Random, { internet, contract, tenure }: Had): Owned {
  const years = contracts.indexOf(contract);
  const draw = (name: keyof Owned): Service => {
    const [dsl, fiber, perYear, perStay] = serviceOdds[name];
    const odds = (internet === "fiber" ? fiber : dsl) + perYear * (years - 0.6);
    const owns = chance.next() < sigmoid(odds + (perStay * (tenure - 32)) / 24);
    if (internet === "none") return "No internet service";
    return owns ? "Yes" : "No";
  };
  return {
    online_security: draw("online_security"),
    online_backup: draw("online_backup"),
    device_protection: draw("device_protection"),
    tech_support: draw("tech_support"),
    streaming_tv: draw("streaming_tv"),
    streaming_movies: draw("streaming_movies"),
  };
}

/** The list price, USD a month. */
function list(customer: Pick<Customer, "phone" | "multiple_lines" | "internet"> & Owned): number {
  const has = (service: Service) => (service === "Yes" ? 1 : 0);
  const fives =
    has(customer.online_security) +
    has(customer.online_backup) +
    has(customer.device_protection) +
    has(customer.tech_support);
  const tens = has(customer.streaming_tv) + has(customer.streaming_movies);
  const phone = (customer.phone ? 20 : 0) + (customer.multiple_lines === "Yes" ? 5 : 0);
  return phone + { none: 0, dsl: 25, fiber: 50 }[customer.internet] + 5 * fives + 10 * tens;
}

/** What is billed: the list price and usage, never below 4 USD. */
function bill(chance: Random, price: number): number {
  const usage = 4.5 * chance.normal();
  return price + (price + usage < 4 ? Math.abs(usage) : usage);
}

function drawBill(chance: Random, { internet, contract, tenure }: Had) {
  const paperlessShare = { fiber: 0.77, dsl: 0.555, none: 0.29 }[internet];
  const bound = contract === "Month-to-month" ? 1 : 0.45;
  const stay = 0.35 + tenure / 40;
  const electronic = { fiber: 0.56, dsl: 0.33, none: 0.11 }[internet] * bound * 1.25;
  const mailed = ({ fiber: 0.13, dsl: 0.33, none: 0.56 }[internet] * 1.1) / (0.6 + tenure / 45);
  const automatic = 0.2 * stay;
  const payment = chance.pick(payments, [electronic, mailed, automatic, automatic]);
  return { paperless: chance.next() < paperlessShare, payment };
}

const payments: readonly Customer["payment"][] = [
  "Electronic check",
  "Mailed check",
  "Bank transfer (automatic)",
  "Credit card (automatic)",
];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
