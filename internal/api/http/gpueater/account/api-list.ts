import type { GpueaterFunction } from '../function.ts';

/** A function as `api_list` tells it. */
export interface ApiEntry {
  readonly name: string;
  /** `POST /console/servers/start`; `ssh`: it needs no daemon, but the instance's sshd (`protium gpueater`). */
  readonly route: string;
  /** Fields that must be there. */
  readonly required: readonly string[];
  readonly since: string;
  readonly description: string;
}

/** Where all routes are. */
const prefix = '/console/servers';

/** What a client does over SSH: with how it names the instance, and what it wants. */
const bySsh: readonly Omit<ApiEntry, 'route' | 'since'>[] = [
  {
    name: 'copy_file',
    required: ['action', 'src', 'dst'],
    description: 'Copies files to or from an instance.',
  },
  { name: 'delete_file', required: ['src'], description: 'Deletes a file of an instance.' },
  { name: 'move_file', required: ['src', 'dst'], description: 'Moves a file within an instance.' },
  { name: 'make_directory', required: ['dst'], description: 'Makes a directory in an instance.' },
  { name: 'file_list', required: ['src'], description: 'Lists a directory of an instance.' },
  {
    name: 'synchronize_files',
    required: ['src', 'dst'],
    description: 'Makes a directory of an instance like one here.',
  },
  { name: 'login_instance', required: [], description: 'A shell on an instance.' },
  { name: 'tunnel', required: ['port'], description: 'A port here that leads to one inside an instance.' },
];

/** Pure: what a program that looks for functions is told, by name. */
export function apiList(functions: readonly GpueaterFunction[]): readonly ApiEntry[] {
  const routed = functions
    .filter(({ listed }) => listed)
    .map(({ name, method, path, fields, since, description }) => ({
      name,
      route: `${method} ${prefix}${path}`,
      required: fields.filter(({ required }) => required).map((field) => field.name),
      since,
      description,
    }));
  const [stop, start] = ['/stop', '/start'].map((path) => functions.find((each) => each.path === path));
  // The clients do it by two requests.
  const restart =
    stop === undefined || start === undefined
      ? []
      : [
          {
            name: 'restart_instance',
            route: `POST ${prefix}${stop.path} then POST ${prefix}${start.path}`,
            required: stop.fields.filter(({ required }) => required).map((field) => field.name),
            since: stop.since,
            description: 'Stops an instance and starts it again.',
          },
        ];
  const ssh = bySsh.map((entry) => ({ ...entry, route: 'ssh', since: '0.1.0' }));
  return [...routed, ...restart, ...ssh].sort((a, b) => (a.name < b.name ? -1 : 1));
}
