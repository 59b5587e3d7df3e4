/** What `skeptic deps --inspect` writes: text for a terminal, JSON for programs. */
import { relative } from "node:path";
import type { Paint } from "./color.ts";
import { safeJson, visible } from "./escape.ts";
import type { Inspected, Sight } from "./inspect.ts";
import { plural } from "./text-report.ts";

/** Of one kind so many notes of one package are listed as text. */
const MOST_NOTES = 5;
const MOST_NAMES = 3;

export function warned(all: readonly Inspected[]): number {
  return all.flatMap(({ sights }) => sights).filter(({ level }) => level === "warning").length;
}

/** `cwd` is what folders are named from; `missing` are names that are not installed. */
export function inspectText(
  all: readonly Inspected[],
  missing: readonly string[],
  cwd: string,
  paint: Paint,
): string {
  const lines: string[] = [];
  for (const one of all) {
    const { installed, sights, unread } = one;
    const { name, version, isLinked } = installed;
    lines.push(
      `${paint("bold", visible(`${name} ${version}`.trimEnd()))} ${paint("dim", `(${visible(folderOf(one, cwd))}${isLinked ? ", linked there: the project's own, or a neighbour's" : ""})`)}`,
    );
    const counts = new Map<string, number>();
    for (const sight of sights) {
      const count = (counts.get(sight.kind) ?? 0) + 1;
      if (sight.level === "note") counts.set(sight.kind, count);
      if (sight.level === "note" && count > MOST_NOTES) continue;
      lines.push(...sightLines(sight, paint));
    }
    for (const [kind, count] of counts)
      if (count > MOST_NOTES)
        lines.push(
          `  ${paint("dim", "note:")} ${count - MOST_NOTES} more notes of this kind: ${kind}`,
        );
    if (sights.length === 0) lines.push("  Nothing to look at was found.");
    lines.push(`  ${paint("dim", readWords(one))}`);
    for (const { why, files } of unread)
      lines.push(
        `  ${paint("dim", `Not followed, ${why}: ${visible(files.slice(0, MOST_NAMES).join(", "))}${files.length > MOST_NAMES ? ` and ${files.length - MOST_NAMES} more` : ""}`)}`,
      );
    lines.push("");
  }
  if (missing.length > 0) lines.push(`Not installed: ${visible(missing.join(", "))}`, "");
  const count = warned(all);
  lines.push(`${count === 0 ? "Nothing" : count} to look at in ${plural(all.length, "package")}.`);
  return `${lines.join("\n")}\n`;
}

function sightLines(
  { level, file, line, column, text, code, from }: Sight,
  paint: Paint,
): readonly string[] {
  const head = level === "warning" ? paint("yellow", "warning:") : paint("dim", "note:");
  return [
    `  ${head} ${visible(text)}`,
    `      ${paint("dim", `${visible(file)}:${line}:${column}`)}${code === "" ? "" : `  ${visible(code)}`}`,
    ...(from === undefined
      ? []
      : [
          `      ${paint("dim", `from ${visible(file === from.file ? `line ${from.line}` : `${from.file}:${from.line}`)}: ${visible(from.text)}`)}`,
        ]),
  ];
}

function readWords({ read, bytes }: Inspected): string {
  return `${plural(read, "file")} read, ${Math.ceil(bytes / 1024).toLocaleString("en")} KB.`;
}

function folderOf({ installed }: Inspected, cwd: string): string {
  const path = relative(cwd, installed.folder).replaceAll("\\", "/");
  // Somewhere else on the machine.
  if (path.startsWith("../../")) return installed.folder.replaceAll("\\", "/");
  return path === "" ? "." : path;
}

export function inspectJson(
  all: readonly Inspected[],
  missing: readonly string[],
  cwd: string,
): string {
  return `${safeJson({
    version: 1,
    warnings: warned(all),
    missing,
    packages: all.map((one) => ({
      name: one.installed.name,
      version: one.installed.version,
      ecosystem: one.installed.ecosystem,
      folder: folderOf(one, cwd),
      linked: one.installed.isLinked,
      hooks: one.hooks,
      found: one.sights,
      read: { files: one.read, characters: one.bytes },
      notFollowed: one.unread,
    })),
  })}\n`;
}
