/** How much memory a run needs, for workspaces that do not fit into what Node takes by itself. */

const MEGABYTE = 1024 * 1024;
/** What a file of a few screens keeps, tables of the data flow included, as `npm run bench:large` has it. */
const FOR_EACH_FILE = 0.11;
const FOR_ITSELF = 300;
/** Of what is there, the rest is for the collector, and for the machine. */
const SHARE = 0.8;

export interface Memory {
  /** Bytes that the heap of this process may take. */
  readonly limit: number;
  /** Bytes of the machine, or of the container. */
  readonly total: number;
}

/** Megabytes that another process should be given to read so many files; undefined where this one will do, or none can have more. */
export function moreFor(files: number, { limit, total }: Memory): number | undefined {
  const needed = FOR_ITSELF + files * FOR_EACH_FILE;
  if (needed <= (limit / MEGABYTE) * SHARE) return undefined;
  const given = Math.floor(Math.min((total / MEGABYTE) * SHARE, needed / SHARE));
  return given > limit / MEGABYTE ? given : undefined;
}
