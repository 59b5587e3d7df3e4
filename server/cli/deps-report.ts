/** What `skeptic deps` writes: text for a terminal, Markdown for a review, JSON for programs. */
import {
  type FileDiff,
  type Note,
  type PackageChange,
  type PackagesDiff,
  warnings,
} from "../packages/diff.ts";
import type { Paint, Style } from "./color.ts";
import { safeJson, visible } from "./escape.ts";

const SIGNS: Readonly<Record<PackageChange["kind"], readonly [string, Style]>> = {
  added: ["+", "green"],
  removed: ["-", "red"],
  bumped: ["~", "yellow"],
  changed: ["!", "yellow"],
};

export function depsText(diff: PackagesDiff, paint: Paint): string {
  const lines: string[] = [];
  for (const file of diff.files) {
    lines.push(`${paint("bold", visible(file.file))}: ${countsOf(file)}`);
    for (const note of file.notes) lines.push(noteLine("  ", note, paint));
    for (const change of file.changes) {
      const [sign, style] = SIGNS[change.kind];
      lines.push(
        `  ${paint(style, sign)} ${visible(`${change.name} ${versionsOf(change)}`.trimEnd())}${aside(file, change, paint)}`,
      );
      for (const note of change.notes) lines.push(noteLine("      ", note, paint));
    }
    lines.push("");
  }
  lines.push(summary(diff));
  return `${lines.join("\n")}\n`;
}

function noteLine(indent: string, { level, text }: Note, paint: Paint): string {
  const head = level === "warning" ? paint("yellow", "warning:") : paint("dim", "note:");
  return `${indent}${head} ${visible(text)}`;
}

function aside({ kind }: FileDiff, change: PackageChange, paint: Paint): string {
  const words = [
    ...(kind === "lock" && !change.isDirect ? ["asked for by another package"] : []),
    ...(change.isDevelopment ? ["for development"] : []),
  ];
  return words.length === 0 ? "" : ` ${paint("dim", `(${words.join(", ")})`)}`;
}

function versionsOf({ kind, from, to }: PackageChange): string {
  const list = (all: readonly string[]): string => all.filter((one) => one !== "").join(", ");
  if (kind === "added" || kind === "changed") return list(to);
  if (kind === "removed") return list(from);
  // Of several versions of a package one came, or went.
  if (from.length === 0) return `also ${list(to)}`;
  return to.length === 0 ? `no more ${list(from)}` : `${list(from)} -> ${list(to)}`;
}

function countsOf({ changes, status, kind }: FileDiff): string {
  const words: Readonly<Record<PackageChange["kind"], string>> = {
    added: "added",
    removed: "removed",
    bumped: kind === "lock" ? "with another version" : "asked for otherwise",
    changed: "changed at the same version",
  };
  const parts = (Object.keys(words) as PackageChange["kind"][]).flatMap((one) => {
    const count = changes.filter((change) => change.kind === one).length;
    return count === 0 ? [] : [`${count} ${words[one]}`];
  });
  const file = status === "changed" ? [] : [status === "added" ? "a new file" : "the file is gone"];
  return [...file, ...parts].join(", ") || "no package changed";
}

function summary(diff: PackagesDiff): string {
  const since = `since ${visible(diff.since)}`;
  if (diff.files.length === 0) return `No package changed ${since}.`;
  const count = warnings(diff).length;
  return `${count === 0 ? "Nothing" : count} to look at ${since}.`;
}

export function depsMarkdown(diff: PackagesDiff): string {
  const lines = ["# Packages", "", summary(diff), ""];
  for (const file of diff.files) {
    lines.push(`## ${cell(file.file)}`, "", `${countsOf(file)}.`, "");
    for (const { level, text } of file.notes) lines.push(`- **${level}:** ${cell(text)}`, "");
    if (file.changes.length === 0) continue;
    lines.push(
      "| | Package | Before | Now | Asked for | To look at |",
      "|---|---|---|---|---|---|",
    );
    for (const change of file.changes) {
      const { kind, name, from, to, isDirect, isDevelopment, notes } = change;
      const asked = `${isDirect ? "directly" : "by another package"}${isDevelopment ? ", for development" : ""}`;
      const said = notes.map(({ level, text }) =>
        level === "warning" ? `**${cell(text)}**` : cell(text),
      );
      const cells = [
        kind,
        cell(name),
        cell(from.join(", ")),
        cell(to.join(", ")),
        asked,
        said.join("; "),
      ];
      lines.push(`| ${cells.join(" | ")} |`);
    }
    lines.push("");
  }
  for (const { file, message } of diff.problems)
    lines.push(`- ${cell(file)} is not compared: ${cell(message)}`, "");
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Names and versions of a lock file are anybody's text. */
function cell(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>|#&]/g, "\\$&");
}

export function depsJson(diff: PackagesDiff): string {
  const { since, files, problems } = diff;
  const out = {
    version: 1,
    since,
    warnings: warnings(diff).length,
    files: files.map(({ file, kind, status, changes, notes }) => ({
      file,
      kind,
      status,
      notes,
      changes: changes.map((change) => ({
        name: change.name,
        ecosystem: change.ecosystem,
        kind: change.kind,
        from: change.from,
        to: change.to,
        direct: change.isDirect,
        development: change.isDevelopment,
        notes: change.notes,
      })),
    })),
    problems,
  };
  return `${safeJson(out)}\n`;
}
