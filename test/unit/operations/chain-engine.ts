import { chain, type ChainStep } from './chain.ts';
import { databasePath, engine, openFor } from './fixture.ts';

/** An engine for one operation whose steps are given. */
export function chainEngine(steps: readonly ChainStep[], options: Parameters<typeof engine>[2] = {}) {
  const definition = chain({ steps });
  const path = databasePath();
  const database = openFor(path);
  return {
    definition,
    path,
    operations: engine(path, [definition], { database, ...options }),
    log: definition.log,
  };
}
