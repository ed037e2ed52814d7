import { expect, it } from 'vitest';
import { auditedService } from '../../../internal/api/v1/audited-service.ts';
import { authorizedServices } from '../../../internal/api/v1/authorized-services.ts';
import type { V1Method, V1Service } from '../../../internal/api/v1/service.ts';
import { createObjects, type ObjectSources } from '../../../internal/authorization/find-objects.ts';
import { v1Policy } from '../../../internal/authorization/policy/v1.ts';
import type { Caller } from '../../../internal/identity/caller.ts';
import { sleepingV1 } from '../api/http/sleeping-v1.ts';
import { contextOf } from '../api/v1/context.ts';
import { auditOf, entriesOf, openFor } from '../audit/support.ts';
import { blue, person, red } from './callers.ts';

const { services } = sleepingV1();
const answers: readonly V1Service[] = services
  .filter(({ name }) => /InstancesService|ConsolesService/.test(name))
  .map((service) => ({
    ...service,
    methods: {
      getInstance: () => 'seen',
      stopInstance: () => 'stopped',
      async *watchConsoleLog() {
        yield await Promise.resolve('seen');
      },
    },
  }));
const uuid = '00000000-0000-4000-8000-000000000001';
const objects = createObjects({
  view: {
    domain: (named: string) => (named === 'web' || named === uuid ? { uuid, name: 'web' } : undefined),
  },
  instances: { get: () => ({ owner: red }), uuidOfUnmade: () => undefined },
} as unknown as ObjectSources);

function recorded() {
  const audit = auditOf(openFor());
  const methods: Record<string, V1Method> = {};
  for (const service of authorizedServices(answers, v1Policy, objects)) {
    const named = { ...service, methods: onlyOf(service) };
    Object.assign(methods, auditedService(named, audit).methods);
  }
  const ask = async (caller: Caller, method: string, instance: string): Promise<string> => {
    try {
      const answer = methods[method]?.({ instance } as never, contextOf(caller));
      if (answer instanceof Promise) return String(await answer);
      for await (const each of answer as AsyncIterable<unknown>) return String(each);
      return 'nothing';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const entries = () =>
    entriesOf(audit).map(({ event, user, object, result }) => [event, user, object, result].join(' '));
  return { ask, entries };
}

/** Of the methods that all are given, those that the service's contract has. */
function onlyOf({ definition, methods }: V1Service): V1Service['methods'] {
  return Object.fromEntries(Object.entries(methods).filter(([name]) => Object.hasOwn(definition, name)));
}

const stranger = person({ [blue]: 'admin' });

it('who looks for what is another project’s is told that it is not there, and stands in the record', async () => {
  const { ask, entries } = recorded();
  expect(await ask(stranger, 'getInstance', 'web')).toBe('There is no instance "web".');
  expect(await ask(stranger, 'watchConsoleLog', 'web')).toBe('There is no instance "web".');
  expect(entries()).toEqual(['refusal ada web not-found', 'refusal ada web not-found']);
});

it('who looks for what is not there at all hears the same, and is no refusal', async () => {
  const { ask, entries } = recorded();
  expect(await ask(stranger, 'getInstance', 'none')).toBe('There is no instance "none".');
  expect(await ask(person({ [red]: 'viewer' }), 'getInstance', 'web')).toBe('seen');
  expect(entries()).toEqual([]);
});

it('a change is recorded once, as ever', async () => {
  const { ask, entries } = recorded();
  expect(await ask(stranger, 'stopInstance', 'web')).toBe('There is no instance "web".');
  expect(entries()).toEqual(['attempt ada web ', 'outcome ada web not-found']);
});
