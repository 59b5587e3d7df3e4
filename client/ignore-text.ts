// For how long a finding may be ignored. Nothing of the editor is needed here.

import * as l10n from "./l10n.ts";

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
    { label: l10n.t("No end"), description: l10n.t("until the comment is taken away") },
    ...DAYS.map((days) => {
      const until = new Date(now + days * DAY_MILLISECONDS).toISOString().slice(0, 10);
      return {
        label: l10n.t("{0} days", days),
        description: l10n.t("until {0}, then it is reported again", until),
        until,
      };
    }),
  ];
}
