import { Failure } from '../failure.ts';
import type { ConsoleAnswer, ConsoleApi } from './console-api.ts';

/** A function as api_list tells it. */
export interface ListedFunction {
  readonly name: string;
  readonly description: string;
  /** What is called, in order: `restart_instance` is two requests. None: it is done over SSH. */
  readonly routes: readonly Route[];
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** Below /console/servers. */
  readonly path: string;
}

/** The functions that the daemon has, as it tells them. */
export async function listedFunctions(
  api: ConsoleApi,
  options: { readonly timeoutMs?: number } = {},
): Promise<readonly ListedFunction[]> {
  const answer = await api.call('GET', '/api_list', new Map(), options);
  const list: unknown = 'data' in answer ? answer.data : null;
  if (!Array.isArray(list)) throw new Failure('failed', 'api_list answered no list.');
  return list.flatMap((entry: unknown) => {
    const { name, description, route } = entry as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || typeof route !== 'string') return [];
    return {
      name,
      description: typeof description === 'string' ? description : '',
      routes: route.split(' then ').flatMap(routeOf),
    };
  });
}

function routeOf(text: string): readonly Route[] {
  const [, method = '', path = ''] = /^(GET|POST) \/console\/servers(\/\S+)$/.exec(text) ?? [];
  return method === 'GET' || method === 'POST' ? [{ method, path }] : [];
}

/**
 * Calls a function by its name. What api_list does not name may still be a route: it has its function's name.
 *
 * @throws Failure `not-found`, and whatever the function answers
 */
export async function callFunction(
  api: ConsoleApi,
  name: string,
  fields: ReadonlyMap<string, string>,
): Promise<ConsoleAnswer> {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) throw unknown(name);
  const listed = (await listedFunctions(api)).find((each) => each.name === name);
  const [first, ...others] = listed?.routes ?? [];
  if (first !== undefined) {
    let answer = await api.call(first.method, first.path, fields);
    for (const { method, path } of others) answer = await api.call(method, path, fields);
    return answer;
  }
  return api.call('POST', `/${name}`, fields).catch((error: unknown) => {
    // That answer comes from no function that has done anything.
    if (error instanceof Failure && error.code === 'method-not-allowed') {
      return api.call('GET', `/${name}`, fields);
    }
    throw error;
  });
}

function unknown(name: string): Failure {
  return new Failure(
    'not-found',
    `There is no function "${name}": protium gpueater call api_list names them.`,
    {
      exit: 'notFound',
    },
  );
}
