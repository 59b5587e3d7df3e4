/** As what a report can be written. */
export const FORMATS = ["html", "md", "json"] as const;
export type Format = (typeof FORMATS)[number];
