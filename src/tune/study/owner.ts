/** @file Who is at work on a trial, and whether that process lives. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Owner, TrialRow } from "../trial-row.ts";

/** How long a process on another machine may be silent, in milliseconds. */
const silentMs = 60_000;
/** How often a running trial says that it lives, in milliseconds. */
export const heartbeatMs = 10_000;

/** This process, as the owner of what one open study begins. */
export const thisOwner = (worker: string): Owner => ({
  ...{ host: hostname(), pid: process.pid, born: bornAt(process.pid) },
  worker,
});

/**
 * Whether the process at work on a trial lives. On this machine its number says so, and, on Linux,
 * when it began; an objective may then be busy as long as it likes. Of other machines, and other
 * containers, the heartbeat says so.
 */
export function isAlive(row: TrialRow, nowMs: number, self: Owner): boolean {
  const { owner } = row;
  if (owner === null) return false;
  if (owner.host !== self.host) return nowMs - (row.heartbeatAtMs ?? 0) <= silentMs;
  if (owner.pid === self.pid && owner.born === self.born) return openWorkers.has(owner.worker);
  return isRunning(owner.pid) && bornAt(owner.pid) === owner.born;
}

/** The studies that this process has open. */
export const openWorkers = new Set<string>();

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it runs, as another user
  }
}

/** When a process began, in ticks since the machine did; "" where that cannot be known. */
function bornAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
