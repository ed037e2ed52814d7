/** What the first of a call's commands printed. */
export function first(outputs: readonly string[]): string {
  return outputs[0] ?? '';
}

/** What the second of a call's commands printed. */
export function second(outputs: readonly string[]): string {
  return outputs[1] ?? '';
}
