import { target, type FuzzTarget } from '../target.ts';
import { grpcTargets } from './grpc-methods.ts';
import { createHttpClient } from './http-client.ts';
import { httpRoutes } from './http-routes.ts';
import { rawHttpTarget } from './raw-http.ts';

export interface Endpoints {
  /** `http://127.0.0.1:9021` */
  readonly origin: string;
  /** `127.0.0.1:7001` */
  readonly grpc: string;
  /** Codes of errors with a status of 500 or more that are right in these surroundings. */
  readonly excused?: readonly string[];
}

/** Every route and method of a daemon that runs. */
export function routeTargets({ origin, grpc, excused = [] }: Endpoints): readonly FuzzTarget[] {
  const client = createHttpClient(origin, excused);
  return [
    ...httpRoutes().map(({ name, inputs }) => target(name, inputs, (input) => client.check(input))),
    rawHttpTarget(origin),
    ...grpcTargets(grpc),
  ];
}
