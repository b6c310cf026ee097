/** @file Progress for people, by ora: a spinner and a bar on a terminal, plain lines elsewhere. */
import type { Reporter } from "../command.ts";

const barWidth = 20;

/** "████████░░░░ 40 %, 12 s left", or how much is done while nobody knows the total. */
function bar({ done, total }: { done: number; total?: number }, seconds: number): string {
  if (total === undefined || total <= 0) return ` ${done}`;
  const full = Math.round((Math.min(done, total) / total) * barWidth);
  const share = Math.round((100 * Math.min(done, total)) / total);
  const left = (seconds * (total - done)) / done;
  const rest = seconds > 2 && left >= 1 ? `, ${Math.round(left)} s left` : "";
  return ` ${"█".repeat(full)}${"░".repeat(barWidth - full)} ${share} %${rest}`;
}

/**
 * Shows stages on a stream.
 *
 * @param stream - Usually the standard error, so that results can be piped.
 * @param quiet - Shows nothing at all.
 */
export function streamReporter(stream: NodeJS.WriteStream, quiet = false): Reporter {
  if (quiet) return { note: () => undefined, stage: (_, work) => work(() => undefined) };
  return {
    note: (line) => void stream.write(`${line}\n`),
    stage: async (title, work, done) => {
      // a terminal that says it has no columns would make ora clear lines for ever
      const isEnabled = stream.isTTY === true && stream.columns > 0;
      const spinner = isEnabled
        ? (await import("ora")).default({ text: title, stream, isEnabled, discardStdin: false })
        : undefined;
      spinner?.start();
      const started = performance.now();
      try {
        const passed = (): number => (performance.now() - started) / 1000;
        const result = await work((step) => {
          if (spinner !== undefined) spinner.text = `${title}${bar(step, passed())}`;
        });
        const seconds = passed().toFixed(1);
        const words = done(result);
        if (words === null) {
          spinner?.stop();
          return result;
        }
        const text = `${title.padEnd(12)} ${words}`;
        if (spinner === undefined) stream.write(`✔ ${text}  ${seconds} s\n`);
        else spinner.succeed(`${text}  ${seconds} s`);
        return result;
      } catch (error) {
        if (spinner === undefined) stream.write(`✖ ${title}\n`);
        else spinner.fail(title);
        throw error;
      }
    },
  };
}
