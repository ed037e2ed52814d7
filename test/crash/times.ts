export const day = 86_400_000;
/** A midnight that is not near: the same in all runs, for as long as they take. */
export const tomorrow = Math.ceil(Date.now() / day) * day + day;
export const at = (milliseconds: number): string => new Date(milliseconds).toISOString();
