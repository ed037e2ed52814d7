/** One change of the schema. Once released it is never edited; a further change is a further migration. */
export interface Migration {
  /** The file's name without `.ts`: four digits (the position in the list, from 0001), a hyphen, what it is for. */
  readonly name: string;
  /** SQL statements; run in one transaction with the others. Tables are STRICT. */
  readonly sql: string;
}
