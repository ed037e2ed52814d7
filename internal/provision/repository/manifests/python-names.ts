/** "Torch_Vision[all] >= 0.8 ; python_version < '3'" in its parts; null: it names no package. */
export function readRequirement(text: string): { readonly name: string; readonly version: string } | null {
  const found =
    /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:\(\s*)?((?:[<>=!~]=?=?\s*[\w.*+!-]+\s*,?\s*)*)/.exec(
      text,
    );
  if (found?.[1] === undefined) return null;
  return {
    name: found[1].toLowerCase().replaceAll(/[._]/g, '-'),
    version: (found[2] ?? '').replaceAll(/\s/g, '').replace(/,$/, ''),
  };
}
