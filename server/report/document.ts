/** The report in words and tables, which HTML and Markdown both write: what one of them says, the other one says too. */
import type { Group, Report } from "./report.ts";
import {
  countedSection,
  filesSection,
  silencesSection,
  sinceSection,
  trendSection,
  typesSection,
  untestedSection,
} from "./sections.ts";
import { aboutSection, notesSection } from "./sections-about.ts";
import type { Interval } from "./statistics.ts";

export interface Document {
  readonly title: string;
  /** When, of what, by which version. */
  readonly facts: readonly string[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** All texts are plain. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | Table
  /** Only a picture of the table behind it. */
  | { readonly kind: "chart"; readonly chart: Chart; readonly alternative: string };

export interface Table {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

export interface Row {
  /** The first one names the row. */
  readonly cells: readonly string[];
  /** 0: of its own; 1: a part of the row above that has 0. */
  readonly depth?: 0 | 1;
  readonly isMarked?: boolean;
}

export type Chart =
  | {
      readonly kind: "rates";
      readonly rows: readonly {
        readonly label: string;
        readonly rates: Readonly<Partial<Record<Group, Interval>>>;
      }[];
    }
  | {
      readonly kind: "trend";
      readonly points: readonly ({ readonly time: string } & Interval)[];
    };

export function documentOf(report: Report): Document {
  const { git, skeptic, time, folder } = report;
  const where = git.branch ?? (git.commit === null ? undefined : "detached HEAD");
  return {
    title: `Security report: ${folder}`,
    facts: [
      `Made ${time.slice(0, 16).replace("T", " ")} UTC by Skeptic ${skeptic}`,
      ...(git.commit === null ? [] : [`Commit ${git.commit.slice(0, 10)}`]),
      ...(where === undefined ? [] : [`Branch ${where}`]),
    ],
    sections: [
      countedSection(report),
      ...notesSection(report),
      ...silencesSection(report),
      typesSection(report),
      ...untestedSection(report),
      ...trendSection(report),
      ...filesSection(report),
      ...sinceSection(report),
      aboutSection(),
    ],
  };
}
