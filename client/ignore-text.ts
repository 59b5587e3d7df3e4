// For how long a finding may be ignored. Nothing of the editor is needed here.

export interface Term {
  readonly label: string;
  readonly description?: string;
  /** The last day, as 2027-03-01; undefined for ever. */
  readonly until?: string;
}

const DAYS = [30, 90];
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** `now` in milliseconds; the days are those of UTC, by which suppressions end. */
export function terms(now: number): readonly Term[] {
  return [
    { label: "No end", description: "until the comment is taken away" },
    ...DAYS.map((days) => {
      const until = new Date(now + days * DAY_MILLISECONDS).toISOString().slice(0, 10);
      return {
        label: `${days} days`,
        description: `until ${until}, then it is reported again`,
        until,
      };
    }),
  ];
}
