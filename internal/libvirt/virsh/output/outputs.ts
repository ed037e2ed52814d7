/** What the first of a call's commands printed. */
export function first(outputs: readonly string[]): string {
  return outputs[0] ?? '';
}

/** A document that virsh ends with a line break of its own. */
export function withoutLineBreak(outputs: readonly string[]): string {
  return first(outputs).replace(/\n$/, '');
}

/** What the second of a call's commands printed. */
export function second(outputs: readonly string[]): string {
  return outputs[1] ?? '';
}
