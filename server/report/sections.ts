/** The sections of the report with its results. */
import type { Block, Chart, Row, Section, Table } from "./document.ts";
import {
  GROUPS,
  type Group,
  type Rate,
  type Report,
  type SilenceRow,
  type TypeRow,
  type UnknownReason,
} from "./report.ts";
import type { Interval, Ratio } from "./statistics.ts";

export const GROUP_WORDS: Readonly<Record<Group, string>> = {
  declaredAi: "Declared AI",
  undeclared: "Human or not declared",
  unknown: "Unknown",
};

const UNKNOWN_WORDS: Readonly<Record<UnknownReason, string>> = {
  notCommitted: "not committed",
  shallow: "older than this shallow clone",
  notBlamed: "git does not say",
  noTime: "no time to ask",
  notSaved: "in files with changes that are not saved",
};

/** So many rows of a list are shown; the JSON has all. */
const MOST_ROWS = 20;

export function countedSection({ counted }: Report): Section {
  const { lines, files, codeFiles, inCode, elsewhere, unknown } = counted;
  const all = GROUPS.reduce((sum, group) => sum + lines[group], 0);
  const reasons = Object.entries(unknown).map(
    ([why, count]) => `${number(count)} ${UNKNOWN_WORDS[why as UnknownReason]}`,
  );
  const rest =
    elsewhere === 0
      ? ""
      : ` ${count(elsewhere, "more finding")} ${elsewhere === 1 ? "is" : "are"} in files that are no code (manifests, workflows, settings); the rates leave ${elsewhere === 1 ? "it" : "them"} out.`;
  return {
    id: "counted",
    title: "What was counted",
    blocks: [
      {
        kind: "text",
        text: `${count(inCode, "finding")} in ${count(all, "line")} of code in ${count(codeFiles, "file")}, of ${count(files, "file")} that ${files === 1 ? "was" : "were"} looked at.${rest}`,
      },
      {
        kind: "table",
        caption: "Lines of code by who is declared to have written them",
        columns: [
          { title: "Written by" },
          { title: "Lines", isNumber: true },
          { title: "Share", isNumber: true },
        ],
        rows: GROUPS.map((group) => ({
          cells: [GROUP_WORDS[group], number(lines[group]), percent(lines[group], all)],
        })),
      },
      ...(reasons.length === 0
        ? []
        : [{ kind: "text" as const, text: `Unknown: ${reasons.join("; ")}.` }]),
    ],
  };
}

export function silencesSection({ silences }: Report): readonly Section[] {
  if (silences.length === 0) return [];
  const byAi = silences.filter(({ group }) => group === "declaredAi");
  const shown = silences.slice(0, Math.max(MOST_ROWS, byAi.length));
  return [
    {
      id: "silences",
      title: "What makes findings go away",
      blocks: [
        {
          kind: "text",
          text:
            byAi.length === 0
              ? `${count(silences.length, "place")} that may hide findings, none in code that an AI is declared to have written.`
              : `Of ${count(silences.length, "place")} that may hide findings, ${byAi.length} ${byAi.length === 1 ? "is" : "are"} in code that an AI is declared to have written: read ${byAi.length === 1 ? "it" : "them"} first.`,
        },
        {
          kind: "table",
          caption: "Comments, settings, sanitizers and baselines that hide findings",
          columns: [
            { title: "Place" },
            { title: "What it does" },
            { title: "Written by" },
            { title: "Commit" },
          ],
          rows: shown.map(silenceRow),
        },
        ...left(silences.length - shown.length),
      ],
    },
  ];
}

function silenceRow({ file, line, what, group, commit }: SilenceRow): Row {
  return {
    cells: [`${file}:${line}`, capital(what), GROUP_WORDS[group], short(commit)],
    isMarked: group === "declaredAi",
  };
}

export function typesSection({ types, counted }: Report): Section {
  const rows = types.filter(({ kind }) => kind !== "rule");
  const chart: Chart = {
    kind: "rates",
    rows: rows.flatMap(({ title, groups }) => {
      const rates = Object.fromEntries(
        GROUPS.filter((group) => group !== "unknown").flatMap((group) => {
          const { perThousand } = groups[group];
          return perThousand === null ? [] : [[group, perThousand] as const];
        }),
      );
      return Object.keys(rates).length === 0 ? [] : [{ label: title, rates }];
    }),
  };
  const found = counted.inCode > 0;
  const blocks: Block[] = found
    ? [
        ...(chart.rows.length === 0
          ? []
          : [
              {
                kind: "chart" as const,
                chart,
                alternative:
                  "Findings per 1,000 lines with intervals, by type, for declared AI and for the rest. The table below has the same numbers.",
              },
            ]),
        typesTable(types),
        {
          kind: "text",
          text: "Findings, and findings per 1,000 lines with the 95 % interval in brackets. The ratio is the rate of declared AI over that of human or not declared.",
        },
      ]
    : [{ kind: "text", text: "Nothing is reported in code." }];
  return { id: "types", title: "Findings by type and by who wrote the code", blocks };
}

function typesTable(types: readonly TypeRow[]): Table {
  const sides = ["declaredAi", "undeclared"] as const;
  return {
    kind: "table",
    caption: "Findings by type and by who is declared to have written the line",
    columns: [
      { title: "Type" },
      ...sides.flatMap((group) => [
        { title: GROUP_WORDS[group], isNumber: true },
        { title: "per 1,000 lines", isNumber: true },
      ]),
      { title: GROUP_WORDS.unknown, isNumber: true },
      { title: "Ratio", isNumber: true },
      { title: "Reading" },
    ],
    rows: types.map(({ kind, title, groups, ratio }) => ({
      cells: [
        title,
        ...sides.flatMap((group) => [number(groups[group].findings), rateWords(groups[group])]),
        number(groups.unknown.findings),
        ratio === null ? "–" : ratioWords(ratio),
        readingOf(ratio),
      ],
      depth: kind === "rule" ? 1 : 0,
    })),
  };
}

export function untestedSection({ untested, counted }: Report): readonly Section[] {
  if (counted.lines.declaredAi === 0) return [];
  const title = "Declared AI code in sensitive files, without a test";
  if (untested.length === 0)
    return [
      {
        id: "untested",
        title,
        blocks: [
          {
            kind: "text",
            text: "No commit with declared AI code in a sensitive file came without a change of a test.",
          },
        ],
      },
    ];
  const shown = untested.slice(0, MOST_ROWS);
  return [
    {
      id: "untested",
      title,
      blocks: [
        {
          kind: "text",
          text: `${count(untested.length, "commit")} with lines that an AI is declared to have written, still there today, in files that handle requests, sign people in, ask databases, take uploads, call addresses or run commands; and no test was changed with them. A test may have come before or later.`,
        },
        {
          kind: "table",
          caption: "Commits that changed no test",
          columns: [
            { title: "Commit" },
            { title: "Day" },
            { title: "Message" },
            { title: "Files" },
          ],
          rows: shown.map(({ commit, time, subject, files }) => ({
            cells: [
              short(commit),
              time.slice(0, 10),
              subject,
              files
                .map(
                  ({ file, lines, topics }) =>
                    `${file} (${count(lines, "line")}; ${topics.join(", ")})`,
                )
                .join("; "),
            ],
          })),
        },
        ...left(untested.length - shown.length),
      ],
    },
  ];
}

export function trendSection({ trend }: Report): readonly Section[] {
  if (trend.length < 2) return [];
  const points = trend.flatMap(({ time, perThousand }) =>
    perThousand === null ? [] : [{ time, ...perThousand }],
  );
  return [
    {
      id: "trend",
      title: "Over time",
      blocks: [
        {
          kind: "text",
          text: "Older commits of this line of development, looked at with the rules and settings of today. Nothing was checked out.",
        },
        ...(points.length < 2
          ? []
          : [
              {
                kind: "chart" as const,
                chart: { kind: "trend" as const, points },
                alternative:
                  "Findings per 1,000 lines over time, with intervals. The table below has the same numbers.",
              },
            ]),
        {
          kind: "table",
          caption: "Findings in code over time",
          columns: [
            { title: "Day" },
            { title: "Commit" },
            { title: "Findings", isNumber: true },
            { title: "Lines", isNumber: true },
            { title: "Per 1,000 lines", isNumber: true },
            { title: "Commits since the point before", isNumber: true },
            { title: "of them declared AI", isNumber: true },
          ],
          rows: trend.map((one) => ({
            cells: [
              one.time.slice(0, 10),
              short(one.commit),
              number(one.findings),
              number(one.lines),
              one.perThousand === null ? "too few lines" : intervalWords(one.perThousand),
              one.commits === null ? "–" : number(one.commits),
              one.declaredAiCommits === null ? "–" : number(one.declaredAiCommits),
            ],
          })),
        },
      ],
    },
  ];
}

export function filesSection({ files }: Report): readonly Section[] {
  if (files.length === 0) return [];
  const shown = files.slice(0, MOST_ROWS);
  return [
    {
      id: "files",
      title: "Files with the most findings",
      blocks: [
        {
          kind: "table",
          caption: "Files by their number of findings",
          columns: [
            { title: "File" },
            { title: "Findings", isNumber: true },
            { title: "Worst" },
            { title: "Lines", isNumber: true },
            { title: "Declared AI", isNumber: true },
            { title: "Has to do with" },
          ],
          rows: shown.map((one) => ({
            cells: [
              one.file,
              number(one.findings),
              one.worst,
              number(one.lines),
              one.declaredAiLines === null ? "unknown" : percent(one.declaredAiLines, one.lines),
              one.topics.join(", "),
            ],
          })),
        },
        ...left(files.length - shown.length),
      ],
    },
  ];
}

export function sinceSection({ since }: Report): readonly Section[] {
  const title = "Fixed since last time";
  if (since === null)
    return [
      {
        id: "since",
        title,
        blocks: [
          { kind: "text", text: "There is no earlier report and no baseline to compare with." },
        ],
      },
    ];
  const gone = since.gone.reduce((sum, one) => sum + one.count, 0);
  const then =
    since.time === null
      ? "the baseline"
      : `the report of ${since.time.slice(0, 16).replace("T", " ")} UTC`;
  const shown = since.gone.slice(0, MOST_ROWS);
  const rows = shown.map((one) => ({
    cells: [
      one.title,
      one.file,
      number(one.count),
      one.because === "file"
        ? "the file is gone"
        : one.because === "comment"
          ? "perhaps hidden: a comment in the file ignores the rule"
          : "mended, or moved",
    ],
  }));
  return [
    {
      id: "since",
      title,
      blocks: [
        {
          kind: "text",
          text: `Compared with ${then}: ${count(gone, "finding")} gone, ${number(since.added)} new, ${number(since.before)} then and ${number(since.now)} now.`,
        },
        ...(rows.length === 0
          ? []
          : [
              {
                kind: "table" as const,
                caption: "Findings that are no longer reported",
                columns: [
                  { title: "Finding" },
                  { title: "File" },
                  { title: "Count", isNumber: true },
                  { title: "Why" },
                ],
                rows,
              },
              ...left(since.gone.length - shown.length),
            ]),
      ],
    },
  ];
}

function left(rows: number): readonly Block[] {
  return rows > 0 ? [{ kind: "text", text: `${number(rows)} more are in the JSON report.` }] : [];
}

function rateWords({ perThousand }: Rate): string {
  return perThousand === null ? "too few lines" : intervalWords(perThousand);
}

function intervalWords({ value, low, high }: Interval): string {
  return `${decimal(value)} (${decimal(low)}–${decimal(high)})`;
}

function ratioWords({ value, low, high }: Ratio): string {
  if (value === null) return `at least ${decimal(low)}`;
  return `${decimal(value)} (${decimal(low)}–${high === null ? "" : decimal(high)})`;
}

function readingOf(ratio: Ratio | null): string {
  if (ratio === null) return "too few to tell";
  if (ratio.low > 1) return "higher where declared AI";
  if (ratio.high !== null && ratio.high < 1) return "lower where declared AI";
  return "no difference can be told";
}

/** Two digits that count. */
export function decimal(value: number): string {
  if (value === 0) return "0";
  if (value >= 100) return number(Math.round(value));
  return value >= 10
    ? value.toFixed(0)
    : value >= 1
      ? value.toFixed(1)
      : value.toPrecision(1).includes("e")
        ? value.toFixed(4)
        : String(Number(value.toPrecision(2)));
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function count(value: number, word: string): string {
  return `${number(value)} ${word}${value === 1 ? "" : "s"}`;
}

function percent(part: number, all: number): string {
  if (all === 0) return "–";
  const share = (100 * part) / all;
  return share > 0 && share < 1 ? "< 1 %" : `${Math.round(share)} %`;
}

function short(commit: string | null): string {
  return commit === null ? "–" : commit.slice(0, 10);
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
