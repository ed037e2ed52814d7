export type Expression = Readonly<Record<string, unknown>>;

interface BaseChain {
  readonly type: 'nat' | 'filter';
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly prio: number;
}

/**
 * Makes commands (libnftables-json(5)) for a table of ours: nothing else is in it, and it is replaced as a whole, so that each
 * change is one transaction.
 */
export function nftTable(name: string) {
  const family = 'inet';
  const table = { family, name };
  const of = { family, table: name };
  return {
    table,
    /** Takes the table away, whether it is there or not. */
    clear: [{ add: { table } }, { delete: { table } }],
    create: { add: { table } },
    /** @param base left out: it is only jumped to */
    chain: (chain: string, base?: BaseChain) => ({
      add: { chain: { ...of, name: chain, ...(base === undefined ? {} : { ...base, policy: 'accept' }) } },
    }),
    rule: (chain: string, expr: readonly Expression[], comment?: string) => ({
      add: { rule: { ...of, chain, ...(comment === undefined ? {} : { comment }), expr } },
    }),
    set: (set: string, description: Expression, elem: readonly unknown[]) => ({
      add: { set: { ...of, name: set, ...description, ...elements(elem) } },
    }),
    map: (map: string, description: Expression, elem: readonly unknown[]) => ({
      add: { map: { ...of, name: map, ...description, ...elements(elem) } },
    }),
  } as const;
}

export function match(left: Expression, right: unknown, op = '=='): Expression {
  return { match: { op, left, right } };
}

/** @param block e.g. 192.0.2.0/24 */
export function prefixOf(block: string): Expression {
  const [addr, len] = block.split('/');
  return { prefix: { addr, len: Number(len) } };
}

/** nft does not take an empty list. */
function elements(elem: readonly unknown[]): Expression {
  return elem.length === 0 ? {} : { elem };
}
