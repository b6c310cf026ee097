/** @file Progress for people, by ora: a spinner and a bar on a terminal, plain lines elsewhere. */
import type { Reporter } from "../command.ts";

const barWidth = 20;

/** "████████░░░░ 40 %", or nothing while nobody knows the total. */
function bar({ done, total }: { done: number; total?: number }): string {
  if (total === undefined || total <= 0) return ` ${done}`;
  const full = Math.round((Math.min(done, total) / total) * barWidth);
  const share = Math.round((100 * Math.min(done, total)) / total);
  return ` ${"█".repeat(full)}${"░".repeat(barWidth - full)} ${share} %`;
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
        const result = await work((step) => {
          if (spinner !== undefined) spinner.text = `${title}${bar(step)}`;
        });
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
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
