import { administrators, anyone, changes, known, listed, reads, to, type Policy, type Row } from './row.ts';

const ownProject = to('operate', 'own project');
const client = to('operate', 'project', 'client_uid');
const looksAtClient = to('view', 'project', 'client_uid');

/** AtomOS's routes; who asks names itself in the body, which the routes read. */
const atomos: Policy = {
  'GET /statusjson': known(),
  'GET /status': known(),
  'GET /version': known(),
  'GET /host/status': listed('the host; VMs of one’s projects'),
  'GET /canallocate': known(to('view', 'spec', 'req')),
  'POST /canallocate': known(to('view', 'spec', 'req')),
  'POST /register': changes(client, to('operate', 'spec', 'req')),
  'DELETE /unregister': changes(client),
  'GET /running': reads(looksAtClient),
  'GET /running/:vm_uuid': reads(looksAtClient),
  'GET /': anyone(),
};

/** Routes whose objects are named by their bodies: the routes themselves check those. */
export const atomosPolicy: Policy = Object.fromEntries(
  Object.entries(atomos).flatMap(([name, row]): [string, Row][] => {
    const [verb = '', path = ''] = name.split(' ');
    return [
      [name, row],
      [`${verb} /api/v1.0${path === '/' ? '' : path}`, row],
    ];
  }),
);

/** The dialects over HTTP that are neither protium.v1 nor GPUEater's; what stands in `{}` is checked before the route. */
export const httpPolicy: Policy = {
  'POST /domain': administrators('change'),
  'POST /run': administrators('change'),
  'GET /run': administrators('read'),
  'GET /run/:id': administrators('read'),
  'DELETE /run/:id': administrators('change'),

  'GET /v1/schemas/config': anyone(),
  'GET /v1/openapi.json': anyone(),
  'GET /docs': anyone(),
  'GET /console': anyone(),
  'GET /console/:file': anyone(),
  'GET /health': anyone(),
  // The door itself: for administrators, programs of this machine, and tokens that are made for it.
  'ALL /metrics': anyone(),

  'GET /v1/domains': listed('instances of one’s projects'),
  'GET /v1/domains/:id': reads(to('view', 'domain', 'id')),
  'GET /v1/node-devices': known(),
  'GET /v1/host/doctor': administrators('read'),

  'PUT /v1/images/:name/content': changes(ownProject),
  'PUT /v1/volumes/:pool/:name/content': changes(ownProject),
  'GET /v1/volumes/:pool/:name/content': reads(to('view', 'volume', 'pool', 'name')),
};
