/** What a request says at a path such as `wish.owner`; undefined: nothing, also where it is empty. */
export function fieldOf(request: unknown, path: string): unknown {
  let value: unknown = request;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return empty ? undefined : value;
}

/** The request with another value at the path; where there is nothing around the field, as it was. */
export function withField<Request>(request: Request, path: string, value: unknown): Request {
  const [name = '', ...rest] = path.split('.');
  if (typeof request !== 'object' || request === null) return request;
  const inner = (request as Record<string, unknown>)[name];
  if (rest.length === 0) return { ...request, [name]: value };
  if (typeof inner !== 'object' || inner === null) return request;
  return { ...request, [name]: withField(inner, rest.join('.'), value) };
}
