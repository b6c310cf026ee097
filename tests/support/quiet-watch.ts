/** @file Watches a test run for a long time in which no test ends, so that the log of a hung run says where it hung. */

/** What is told of a run, and asked about it. */
export interface QuietWatch {
  /** A file begins, or one of its tests. */
  begin(file: string, test?: string): void;
  /** A file ends, or one of its tests. */
  end(file: string, test?: string): void;
  /** The line to print, once per quiet time; none while tests end. */
  look(): string | undefined;
}

/** Starts to watch; `quietMs` without an end of a test is a long time. */
export function quietWatch(options: {
  readonly quietMs: number;
  readonly clock: () => number;
}): QuietWatch {
  const { quietMs, clock } = options;
  const running = new Map<string, Set<string>>();
  let since = clock();
  let told = since;
  return {
    begin: (file, test) => {
      const tests = running.get(file) ?? new Set();
      running.set(file, tests);
      if (test !== undefined) tests.add(test);
    },
    end: (file, test) => {
      if (test === undefined) running.delete(file);
      else running.get(file)?.delete(test);
      since = clock();
      told = since;
    },
    look: () => {
      const now = clock();
      if (now - told < quietMs) return undefined;
      told = now;
      const files = [...running].map(([file, tests]) => [file, ...tests].join(" > "));
      const minutes = Math.floor((now - since) / 60_000);
      return `STILL RUNNING: no test has ended for ${minutes} min; ${files.join(", ") || "no file"}`;
    },
  };
}
