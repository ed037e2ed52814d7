import type fc from 'fast-check';

/** Something that reads what others wrote. */
export interface FuzzTarget<Input = unknown> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** Of the inputs that others get: less where each takes long. */
  readonly share: number;
  /** Throws or rejects when the input does what no input may. */
  run(input: Input): void | Promise<void>;
}

/** The type of the inputs is a matter between a target's own parts. */
export function target<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  run: (input: Input) => unknown,
  share = 1,
): FuzzTarget {
  return {
    name,
    inputs,
    share,
    run: async (input) => {
      await run(input as Input);
    },
  };
}
