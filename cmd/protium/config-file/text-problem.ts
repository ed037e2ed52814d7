/** What is wrong with a text, and where: lines and columns count from 1. */
export class TextProblem extends Error {
  override readonly name = 'TextProblem';
  readonly line: number;
  readonly column: number;

  constructor(message: string, { line, column }: { readonly line: number; readonly column: number }) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
