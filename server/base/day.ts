/** Days of the calendar as texts such as "2027-03-01", which compare as they follow each other. */

/** The day of UTC: at one moment it is the same on every machine. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** True for a day that there is: "2027-02-30" is none. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && dayOf(date) === text;
}
