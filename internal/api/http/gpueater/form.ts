import { invalidArgument } from '../../../errors/invalid-argument.ts';
import type { Form } from './function.ts';
import type { Fields } from './read-fields.ts';

const mostInstances = 1000;
const yes = new Set(['true', 'True', '1', 'on', 'yes']);
const no = new Set(['false', 'False', '0', 'off', 'no']);
/** Tab and the ends of lines are text; other controls and half characters are not. */
const notText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u;

/** The fields of a request, read as its function asks for them. */
export function formOf(fields: Fields): Form {
  const optional = (name: string): string | null => {
    const text = textOf(fields.get(name), name);
    if (text === null || text === '') return null;
    if (notText.test(text)) throw invalidArgument(name, `${name} has characters that are not text.`);
    return text;
  };
  const given = (name: string): string | null => {
    const text = textOf(fields.get(name), name);
    return text === null || text === '' ? text : optional(name);
  };
  const text = (name: string): string => {
    const value = optional(name);
    if (value === null) throw invalidArgument(name, `${name} is missing.`);
    return value;
  };
  return {
    text,
    optional,
    given,
    integer(name, { min, max }) {
      const value = text(name).trim();
      const number = /^[+-]?\d{1,15}$/.test(value) ? Number(value) : NaN;
      if (number >= min && number <= max) return number;
      throw invalidArgument(name, `${name} must be a whole number from ${min} to ${max}.`);
    },
    flag(name) {
      const value = optional(name);
      if (value === null || no.has(value)) return false;
      if (yes.has(value)) return true;
      throw invalidArgument(name, `${name} must be true or false.`);
    },
    entries: () => [...fields].sort(([a], [b]) => (a < b ? -1 : Number(a > b))),
    instanceIds() {
      const named = listedInstances(fields);
      if (named.length > mostInstances) {
        throw invalidArgument('instances', `At most ${mostInstances} instances can be named at once.`);
      }
      return named.length > 0 ? [...new Set(named)] : [text('instance_id')];
    },
  };
}

/** Null: it is absent. A list of one value repeated counts as the value. */
function textOf(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  if (Array.isArray(value)) {
    const texts = new Set(value.map((part: unknown) => (Array.isArray(part) ? NaN : textOf(part, name))));
    const [only] = texts;
    if (texts.size === 1 && typeof only === 'string') return only;
  }
  throw invalidArgument(name, `${name} must be one value.`);
}

/** The ids in `instances`: JSON as Ruby's client sends it, a list in a JSON body, or `instances[0][instance_id]` of forms. */
function listedInstances(fields: Fields): readonly string[] {
  const nested = [...fields].flatMap(([key, value]) =>
    /^instances\[\d*\]\[instance_id\]$/.test(key) ? [idOf({ instance_id: value })] : [],
  );
  if (nested.length > 0) return nested;
  const given = fields.get('instances');
  if (given === undefined || given === null || given === '') return [];
  const list = typeof given === 'string' ? parsed(given) : given;
  if (!Array.isArray(list)) throw notInstances();
  return list.map(idOf);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notInstances();
  }
}

function idOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('instance_id' in entry)) throw notInstances();
  const id = textOf(entry.instance_id, 'instance_id');
  if (id === null || id === '' || notText.test(id)) throw notInstances();
  return id;
}

function notInstances() {
  return invalidArgument('instances', 'instances must be a JSON list of objects with an instance_id each.');
}
