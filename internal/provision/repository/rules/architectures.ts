/** The lowest compute capability of NVIDIA's data centre and desktop cards of an architecture. */
export const architectures: Readonly<Record<string, string>> = {
  Kepler: '3.5',
  Maxwell: '5.0',
  Pascal: '6.0',
  Volta: '7.0',
  Turing: '7.5',
  Ampere: '8.0',
  Ada: '8.9',
  Hopper: '9.0',
  Blackwell: '10.0',
};

/** The lowest of the architectures that a text names. */
export function lowestCapability(text: string): string {
  const named = Object.entries(architectures).filter(([name]) =>
    new RegExp(String.raw`\b${name}\b`, 'i').test(text),
  );
  return named[0]?.[1] ?? '';
}
