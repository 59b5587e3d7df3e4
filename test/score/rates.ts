/** Counts of right and wrong answers, and what they tell of the rates behind them. */

export interface Counts {
  found: number;
  /** Of the found ones, those that are only a note. */
  notes: number;
  missed: number;
  /** Safe samples with an alarm of their category, and without. */
  alarms: number;
  silent: number;
}

export function noCounts(): Counts {
  return { found: 0, notes: 0, missed: 0, alarms: 0, silent: 0 };
}

export function added(all: Iterable<Counts>): Counts {
  const out = noCounts();
  for (const one of all) {
    out.found += one.found;
    out.notes += one.notes;
    out.missed += one.missed;
    out.alarms += one.alarms;
    out.silent += one.silent;
  }
  return out;
}

/** "83 % (70-91)": the part, and the range in which the rate is with 95 % certainty (Wilson's score interval). */
export function rate(part: number, whole: number): string {
  if (whole === 0) return "-";
  const z = 1.959964;
  const p = part / whole;
  const middle = p + (z * z) / (2 * whole);
  const reach = z * Math.sqrt((p * (1 - p)) / whole + (z * z) / (4 * whole * whole));
  const scale = 1 + (z * z) / whole;
  const percent = (x: number): string => String(Math.round(100 * Math.min(1, Math.max(0, x))));
  return `${percent(p)} % (${percent((middle - reach) / scale)}-${percent((middle + reach) / scale)})`;
}

/** With a last row for all of them, unless they are the same samples again and again. */
export function countsTable(
  first: string,
  rows: ReadonlyMap<string, Counts>,
  isSum: boolean,
): string {
  const lines = [
    `| ${first} | Found | of these notes | Missed | False alarms | Silent | True positives, 95 % range | False positives, 95 % range |`,
    "|---|---|---|---|---|---|---|---|",
  ];
  const names = [...rows.keys()].sort();
  const row = (name: string, c: Counts): string =>
    `| ${[
      name,
      c.found,
      c.notes,
      c.missed,
      c.alarms,
      c.silent,
      rate(c.found, c.found + c.missed),
      rate(c.alarms, c.alarms + c.silent),
    ].join(" | ")} |`;
  for (const name of names) lines.push(row(name, rows.get(name) as Counts));
  if (isSum && names.length > 1) lines.push(row("all", added(rows.values())));
  return lines.join("\n");
}

export function countsOf(rows: Map<string, Counts>, name: string): Counts {
  let counts = rows.get(name);
  if (counts === undefined) {
    counts = noCounts();
    rows.set(name, counts);
  }
  return counts;
}
