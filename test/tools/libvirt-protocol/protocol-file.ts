/** What a .x file (RPC language, RFC 5531) declares, with every type spelled out as our codecs spell their shapes. */
export interface Protocol {
  /** Shapes of structs by name, e.g. `remote_domain_get_state_args`. */
  readonly structs: ReadonlyMap<string, string>;
  readonly constants: ReadonlyMap<string, number>;
}

const declaration =
  /\bconst\s+(?<constant>\w+)\s*=\s*(?<value>\w+)\s*;|\btypedef\s+(?<typedef>[^;]+);|\benum\s+(?<enumeration>\w+)\s*\{(?<members>[^}]*)\}\s*;|\bstruct\s+(?<struct>\w+)\s*\{(?<fields>[^}]*)\}\s*;|\bunion\s+(?<union>\w+)\s+switch\s*\(int \w+\)\s*\{(?<cases>[^}]*)\}\s*;/g;

const basicTypes = new Set([
  'int',
  'unsigned int',
  'hyper',
  'unsigned hyper',
  'double',
  'char',
  'unsigned char',
  'short',
  'unsigned short',
  'bool',
]);

/** Reads files in the order in which they build on each other. `constants` are those that C headers define. */
export function readProtocol(
  sources: readonly string[],
  headerConstants: ReadonlyMap<string, number>,
): Protocol {
  const constants = new Map(headerConstants);
  const types = new Map<string, string>();
  const structs = new Map<string, string>();

  const numberOf = (text: string): number => {
    const value = constants.get(text) ?? Number(text);
    if (!Number.isInteger(value)) throw new Error(`unknown constant ${text}`);
    return value;
  };
  const typeOf = (text: string): string => {
    const name = text.trim() === 'unsigned' ? 'unsigned int' : text.trim();
    const shape = basicTypes.has(name) ? name : types.get(name);
    if (shape === undefined) throw new Error(`unknown type ${name}`);
    return shape;
  };
  /** `type name`, with its decorations, as name and shape. */
  const field = (text: string): { name: string; shape: string } => {
    const found =
      /^(?<type>[\w ]+?)\s*(?<pointer>\*?)\s*(?<name>\w+)\s*(?:<(?<maximum>\w*)>|\[(?<size>\w+)\])?$/.exec(
        text.trim().replace(/\s+/g, ' '),
      )?.groups;
    if (!found) throw new Error(`cannot read the declaration ${text}`);
    const { type = '', pointer = '', name = '', maximum, size } = found;
    const isBytes = type === 'string' || type === 'opaque';
    const base = isBytes ? type : typeOf(type);
    const suffix =
      maximum !== undefined ? `<${numberOf(maximum)}>` : size !== undefined ? `[${numberOf(size)}]` : '';
    return { name: camelCase(name), shape: `${pointer}${base}${suffix}` };
  };

  for (const source of sources) {
    for (const { groups } of withoutComments(source).matchAll(declaration)) {
      if (!groups) continue;
      const { constant, value, typedef, enumeration, members, struct, fields, union, cases } = groups;
      if (constant !== undefined && value !== undefined) constants.set(constant, numberOf(value));
      if (typedef !== undefined) {
        const alias = /(\w+)\s*(?:<\w*>|\[\w+\])?$/.exec(typedef.trim())?.[1] ?? '';
        types.set(alias, field(typedef).shape);
      }
      if (enumeration !== undefined && members !== undefined) {
        types.set(enumeration, 'int');
        for (const [, name = '', number = ''] of members.matchAll(/(\w+)\s*=\s*(\w+)/g)) {
          constants.set(name, numberOf(number));
        }
      }
      if (struct !== undefined && fields !== undefined) {
        const shapes = statements(fields).map(field);
        const shape = `{${shapes.map((one) => `${one.name}:${one.shape}`).join(',')}}`;
        types.set(struct, shape);
        structs.set(struct, shape);
      }
      if (union !== undefined && cases !== undefined) {
        const arms = [...cases.matchAll(/case\s+(\w+)\s*:\s*([^;]+);/g)].map(
          ([, label = '', arm = '']) => `${numberOf(label)}:${field(arm).shape}`,
        );
        types.set(union, `switch(int){${arms.join(',')}}`);
      }
    }
  }
  return { structs, constants };
}

/** `#define NAME 16`, `#define NAME (256 + 1)` and `NAME = 1` of C headers. */
export function headerConstants(source: string): ReadonlyMap<string, number> {
  const constants = new Map<string, number>();
  for (const [, name = '', number = '', more = '0'] of withoutComments(source).matchAll(
    /(?:#\s*define\s+|\b)([A-Z][A-Z0-9_]+)\s*(?:=|\s)\s*\(?(\d+)(?:\s*\+\s*(\d+))?\)?(?=\s*(?:,|\n|\}))/g,
  )) {
    constants.set(name, Number(number) + Number(more));
  }
  return constants;
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^%.*$/gm, '');
}

function statements(block: string): readonly string[] {
  return block
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
