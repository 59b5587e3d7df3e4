/** The requests about the report on a workspace folder. It is made beside all else that the server does. */
import type { CancellationToken } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { dayOf } from "../base/day.ts";
import type { Engine, SkipReason } from "../engine/api.ts";
import { baselineOf } from "../engine/baseline.ts";
import { isCounted } from "../report/counted.ts";
import type { DrawChart } from "../report/html.ts";
import { formerReport, keepReport, type RecordKeeper } from "../report/record.ts";
import type { Report } from "../report/report.ts";
import {
  Cancelled,
  type Git,
  type Pace,
  type PastEngine,
  type Subject,
} from "../report/subject.ts";
import type { Context } from "./context.ts";
import { isVendored } from "./exclude.ts";
import { folderId, isUnder } from "./file-id.ts";
import type { Folder } from "./folders.ts";
import type { Guards } from "./guard.ts";
import type { FileIndex } from "./index-files.ts";
import { demand } from "./parameters.ts";
import type { ReportParams, ReportProgress, ReportResult, ReportTextParams } from "./protocol.ts";
import type { Reports } from "./reports.ts";

export interface ReportServices {
  readonly reports: Reports;
  readonly index: FileIndex;
  /** Settled once the settings are known. */
  readonly ready: Promise<void>;
  readonly guard: Guards["guard"];
  /** As they are on the disk now: the client's watcher tells of a file a while after it was written. */
  readonly readBaselines: () => Promise<void>;
  /** Of Skeptic. */
  readonly version: string;
  readonly createEngine: () => Promise<Engine>;
  readonly charts: (() => Promise<DrawChart>) | undefined;
  readonly records: RecordKeeper | undefined;
}

const SLICE_MS = 8;
const LIMITS = { blame: 60_000, history: 30_000, points: 10 };
const PROGRESS_MS = 100;

export function registerReport(context: Context, services: ReportServices): void {
  const { connection } = context;
  const last = new Map<FileId, Report>();
  const fallback: ReportResult = { problem: "it could not be made; the log says why" };
  connection.onRequest(
    "skeptic/report",
    services.guard<[ReportParams, CancellationToken], ReportResult>(
      "making a report",
      fallback,
      async (asked, token) => {
        demand(asked, ["folder"]);
        await services.ready;
        await services.readBaselines();
        const root = folderId(asked.folder);
        const folder = context.folders.all().find((one) => one.root === root);
        if (folder === undefined) return { problem: "this folder is not open" };
        if (!folder.settings.enable) return { problem: "Skeptic is off in this folder" };
        try {
          const report = await reportOn(context, services, folder, token);
          last.set(root, report);
          return { html: await write(report, "html", services) };
        } catch (error) {
          if (error instanceof Cancelled) return {};
          throw error;
        }
      },
    ),
  );
  connection.onRequest(
    "skeptic/reportText",
    services.guard<[ReportTextParams], string | null>("writing a report", null, async (asked) => {
      demand(asked, ["folder", "format"]);
      const report = last.get(folderId(asked.folder));
      return report === undefined ? null : write(report, asked.format, services);
    }),
  );
}

async function write(
  report: Report,
  format: ReportTextParams["format"],
  { charts }: ReportServices,
): Promise<string> {
  const { writeReport } = await import("../report/write.ts");
  return writeReport(report, format, format === "html" ? await charts?.() : undefined);
}

async function reportOn(
  context: Context,
  services: ReportServices,
  folder: Folder,
  token: CancellationToken,
): Promise<Report> {
  const pace = paceOf(context, token);
  const { index, records } = services;
  await index.whenIdle(pace.isCancelled, () => {
    const { done, total } = index.progress();
    pace.progress(`reading ${done} of ${total} files`);
  });
  if (pace.isCancelled()) throw new Cancelled();
  await context.origins.lookAround([folder.root]);
  const path = context.trust.given ? context.host.git?.path(folder.root) : undefined;
  const kept = path === undefined ? undefined : await records?.read(path);
  const now = Date.now();
  const subject = await subjectOf(context, services, folder, path, formerReport(kept, now));
  const { makeReport } = await import("../report/make.ts");
  const report = await makeReport(subject, pace, now);
  if (path !== undefined && records !== undefined) {
    const { entries } = baselineOf(
      subject.files.flatMap(subject.findings).filter(isCounted),
      services.version,
      subject.nameOf,
    );
    await records
      .write(path, keepReport(kept, { time: now, entries }))
      .catch((error) => context.log.crash("keeping what a report found", error));
  }
  return report;
}

function paceOf({ connection, host }: Context, token: CancellationToken): Pace {
  let restAt = Date.now() + SLICE_MS;
  let toldAt = 0;
  return {
    isCancelled: () => token.isCancellationRequested,
    async rest() {
      if (Date.now() < restAt) return;
      await new Promise<void>((resolve) => host.later(resolve));
      restAt = Date.now() + SLICE_MS;
    },
    progress(text) {
      if (text === "" || Date.now() - toldAt < PROGRESS_MS) return;
      toldAt = Date.now();
      const progress: ReportProgress = { text };
      void connection.sendNotification("skeptic/reportProgress", progress);
    },
    clock: () => performance.now(),
    slice: SLICE_MS,
    limits: LIMITS,
  };
}

async function subjectOf(
  context: Context,
  { reports, index, version, createEngine }: ReportServices,
  folder: Folder,
  path: string | undefined,
  former: Subject["former"],
): Promise<Subject> {
  const { engine, folders, host, origins, baselines } = context;
  const { root } = folder;
  const files = index
    .files()
    .filter((file) => folders.of(file)?.root === root && !folders.silences(file));
  const unsaved = await unsavedFiles(context, root);
  const below = (file: FileId): string =>
    isUnder(file, root) ? file.slice(root.length + 1) : file;
  return {
    engine,
    folder: root.slice(root.lastIndexOf("/") + 1),
    files,
    findings: (file) => reports.check(file).findings,
    pathOf: below,
    nameOf: baselines.nameOf,
    problems: leftOut(index.skipped()),
    isSaved: (file) => !unsaved.has(file),
    read: async (name) => {
      const read = await host.read(`${root}/${name}`);
      return read.kind === "text" ? read.text : undefined;
    },
    marks: origins.marks,
    git: gitOf(context, folder, path),
    baseline: baselines.of(root),
    former,
    pastEngine: () => pastEngine(context, folder, createEngine),
    accepts: (name) => !isVendored(name) && !folder.excluded(name),
    version,
  };
}

/** Open documents of the folder that the disk has otherwise. */
async function unsavedFiles(
  { documents, engine, host }: Context,
  root: FileId,
): Promise<ReadonlySet<FileId>> {
  const out = new Set<FileId>();
  for (const file of documents.keys()) {
    if (!isUnder(file, root)) continue;
    const read = await host.read(file);
    if (read.kind !== "text" || read.text !== engine.text(file)) out.add(file);
  }
  return out;
}

const TOLD: readonly SkipReason[] = ["too-large", "too-many", "unreadable", "too-slow"];

function leftOut(skipped: Readonly<Record<string, number>>): readonly string[] {
  return TOLD.flatMap((reason) => {
    const count = skipped[reason] ?? 0;
    return count === 0
      ? []
      : [
          `${count} ${count === 1 ? "file was" : "files were"} not looked at: ${reason.replace("-", " ")}.`,
        ];
  });
}

function gitOf(
  { host, trust }: Context,
  { root }: Folder,
  folder: string | undefined,
): Subject["git"] {
  const { git } = host;
  if (!trust.given)
    return {
      problem:
        "The workspace is not trusted, so git is not asked: who wrote the code is not known.",
    };
  if (git === undefined || folder === undefined)
    return { problem: "There is no git here, so who wrote the code is not known." };
  /** The ids of roots by their paths. */
  const roots = new Map<string, FileId>();
  const out: Git = {
    run: git.run,
    folder,
    async rootOf(path) {
      const file = `${root}/${path}`;
      const id = await host.repository(file.slice(0, file.lastIndexOf("/")));
      const at = id === undefined ? undefined : git.path(id);
      if (id === undefined || at === undefined) return undefined;
      roots.set(at, id);
      return at;
    },
    async readAbsolute(path) {
      const at = [...roots.keys()].find((one) => path.startsWith(`${one}/`));
      if (at === undefined) return undefined;
      const read = await host.read(`${roots.get(at)}${path.slice(at.length)}`);
      return read.kind === "text" ? read.text : undefined;
    },
  };
  return out;
}

/** Another engine, for the editor goes on with this one; with the settings and the own rules of today. */
async function pastEngine(
  { engine, trust }: Context,
  { root, settings }: Folder,
  createEngine: () => Promise<Engine>,
): Promise<PastEngine> {
  const past = await createEngine();
  past.setToday(dayOf(new Date()));
  past.setRoots([""]);
  if (!trust.given) past.restrict(true);
  for (const { file } of engine.own()) {
    const text = isUnder(file, root) ? engine.text(file) : undefined;
    if (text !== undefined) past.set(file.slice(root.length + 1), text);
  }
  past.configure(settings.engine);
  return { engine: past, files: [], dispose: () => past.dispose() };
}
