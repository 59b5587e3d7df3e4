/**
 * Where reports go without being asked for one by one: to a publishing client, or into each `workspace/diagnostic`
 * request that is held open. A sink remembers what it sent, so that each file is told only what is new.
 */
import type { FileId } from "../base/brand.ts";
import { EMPTY_HASH } from "./diagnostics.ts";
import type { FileReport, Reports } from "./reports.ts";

export interface Sink {
  /** Files to look at again. */
  readonly todo: Set<FileId>;
  /** What was sent, by file; a file that is missing was sent nothing. */
  readonly sent: Map<FileId, string>;
  /** True when reports of open documents go here even before a scan covers them. */
  readonly publishes: boolean;
  send(file: FileId, report: FileReport): void;
  /** After a batch of `send`. */
  flush(): void;
}

export interface Sinks {
  readonly all: Set<Sink>;
  /** The report of this file may have changed. */
  touch(file: FileId): void;
  /** The client may show something for this file that the sinks do not know of: send its report whatever was sent before. */
  force(file: FileId): void;
  /** Sends reports for at most `budget` milliseconds, those of `first` before others; true when some are left. */
  work(budget: number, first: Iterable<FileId>): boolean;
  isWaiting(): boolean;
}

const NO_REPORT: FileReport = { items: [], hash: EMPTY_HASH, version: null, held: false, own: 0 };

export function createSinks(
  reports: Reports,
  isOpen: (file: FileId) => boolean,
  /** Its cells are documents of their own. */
  isNotebook: (file: FileId) => boolean,
): Sinks {
  const all = new Set<Sink>();

  const key = (sink: Sink, report: FileReport): string =>
    sink.publishes && report.version !== null ? `${report.version}:${report.hash}` : report.hash;
  const deliver = (sink: Sink, file: FileId): void => {
    sink.todo.delete(file);
    // A pulling client asks for its open documents itself; what a scan said about them is taken back with its results.
    const isAsked =
      !sink.publishes && isOpen(file) && (isNotebook(file) || !reports.isCovered(file));
    const report = isAsked ? NO_REPORT : reports.current(file);
    const now = key(sink, report);
    const before =
      sink.sent.get(file) ?? (sink.publishes && report.version !== null ? undefined : EMPTY_HASH);
    if (now === before) return;
    sink.sent.set(file, now);
    sink.send(file, report);
  };

  return {
    all,
    touch(file) {
      for (const sink of all) sink.todo.add(file);
    },
    force(file) {
      for (const sink of all) {
        sink.sent.set(file, "?");
        sink.todo.add(file);
      }
    },
    work(budget, first) {
      const until = Date.now() + budget;
      let more = false;
      for (const sink of all) {
        for (const file of first) if (sink.todo.has(file)) deliver(sink, file);
        for (const file of sink.todo) {
          if (Date.now() >= until) {
            more = true;
            break;
          }
          deliver(sink, file);
        }
        sink.flush();
      }
      return more;
    },
    isWaiting: () => [...all].some((sink) => sink.todo.size > 0),
  };
}
