/** @file Addresses on this machine: relative paths are made absolute, all else stays as it is. */
import { resolve } from "node:path";

/** A path without a scheme as an absolute path; an address with one as it is. */
export const localAddress = (address: string): string =>
  /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : resolve(address);
