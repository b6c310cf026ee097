/**
 * @file Parts of moments in ONNX, by arithmetic on whole numbers held in doubles, which is exact here.
 * The calendar is computed as Hinnant, "chrono-compatible low-level date algorithms" (2021), has it.
 */
import type { DatePart } from "../../table/index.ts";
import type { GraphBuilder, TensorName } from "./graph.ts";

/** Arithmetic on tensors and numbers, so that the formulas below can be read. */
class Arithmetic {
  readonly #graph: GraphBuilder;
  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }
  plus(a: Term, b: Term): TensorName {
    return this.#of("Add", a, b);
  }
  minus(a: Term, b: Term): TensorName {
    return this.#of("Sub", a, b);
  }
  times(a: Term, b: Term): TensorName {
    return this.#of("Mul", a, b);
  }
  /** ⌊a / b⌋ */
  quotient(a: Term, b: Term): TensorName {
    return this.#graph.add("Floor", [this.#of("Div", a, b)]);
  }
  /** a − ⌊a / b⌋ · b */
  rest(a: Term, b: Term): TensorName {
    return this.minus(a, this.times(this.quotient(a, b), b));
  }
  /** The first where a < b, else the second. */
  below(a: Term, b: Term, choice: readonly [Term, Term]): TensorName {
    const less = this.#of("Less", a, b);
    return this.#graph.add("Where", [less, this.#term(choice[0]), this.#term(choice[1])]);
  }
  #of(operator: string, a: Term, b: Term): TensorName {
    return this.#graph.add(operator, [this.#term(a), this.#term(b)]);
  }
  #term(term: Term): TensorName {
    return typeof term === "number" ? this.#graph.number(term) : term;
  }
}

type Term = TensorName | number;

const dayMs = 86_400_000;

/** A part of the moment, in milliseconds since 1970; NaN stays NaN. */
export function emitDatePart(graph: GraphBuilder, ms: TensorName, part: DatePart): TensorName {
  const a = new Arithmetic(graph);
  const days = a.quotient(ms, dayMs);
  const weekday = a.rest(a.plus(days, 3), 7);
  const date = dateOf(a, days);
  const rules: Readonly<Record<DatePart, () => TensorName>> = {
    year: () => keepNan(graph, ms, date.year),
    quarter: () => keepNan(graph, ms, a.plus(a.quotient(a.minus(date.month, 1), 3), 1)),
    month: () => keepNan(graph, ms, date.month),
    day: () => date.day,
    dayOfYear: () => keepNan(graph, ms, dayOfYear(a, days)),
    week: () => {
      const thursday = a.plus(a.minus(days, weekday), 3);
      return keepNan(graph, ms, a.plus(a.quotient(a.minus(dayOfYear(a, thursday), 1), 7), 1));
    },
    weekday: () => weekday,
    hour: () => a.quotient(a.rest(ms, dayMs), 3_600_000),
    minute: () => a.quotient(a.rest(ms, 3_600_000), 60_000),
    second: () => a.quotient(a.rest(ms, 60_000), 1000),
  };
  return rules[part]();
}

/** NaN where the moment is: a comparison forgets it. */
function keepNan(graph: GraphBuilder, ms: TensorName, value: TensorName): TensorName {
  return graph.add("Where", [graph.add("IsNaN", [ms]), ms, value]);
}

interface CivilDate {
  readonly year: TensorName;
  readonly month: TensorName;
  readonly day: TensorName;
}

/** Year, month and day of days since 1970. The year of the formulas begins in March. */
function dateOf(a: Arithmetic, days: TensorName): CivilDate {
  const shifted = a.plus(days, 719_468);
  const era = a.quotient(shifted, 146_097);
  const dayOfEra = a.rest(shifted, 146_097);
  const leaps = a.plus(
    a.minus(a.quotient(dayOfEra, 36_524), a.quotient(dayOfEra, 1460)),
    a.times(a.quotient(dayOfEra, 146_096), -1),
  );
  const yearOfEra = a.quotient(a.plus(dayOfEra, leaps), 365);
  const dayOfYear = a.minus(dayOfEra, daysBefore(a, yearOfEra));
  const fromMarch = a.quotient(a.plus(a.times(dayOfYear, 5), 2), 153);
  const month = a.below(fromMarch, 10, [a.plus(fromMarch, 3), a.minus(fromMarch, 9)]);
  const year = a.plus(yearOfEra, a.times(era, 400));
  return {
    year: a.below(month, 3, [a.plus(year, 1), year]),
    month,
    day: a.plus(a.minus(dayOfYear, a.quotient(a.plus(a.times(fromMarch, 153), 2), 5)), 1),
  };
}

/** Days of the years of an era before this one. */
function daysBefore(a: Arithmetic, yearOfEra: TensorName): TensorName {
  const leaps = a.minus(a.quotient(yearOfEra, 4), a.quotient(yearOfEra, 100));
  return a.plus(a.times(yearOfEra, 365), leaps);
}

/** 1 for the first of January: days since that of the same year, which ends the year from March. */
function dayOfYear(a: Arithmetic, days: TensorName): TensorName {
  const year = a.minus(dateOf(a, days).year, 1);
  const era = a.quotient(year, 400);
  const january = a.plus(daysBefore(a, a.rest(year, 400)), 306 - 719_468);
  return a.plus(a.minus(days, a.plus(a.times(era, 146_097), january)), 1);
}
