import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { LibvirtError } from '../../../internal/libvirt/error.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { forEver, gate } from '../operations/fixture.ts';
import { attribute, child, path } from '../../../internal/xml/tree.ts';

export const uuid = '6d1b1d0e-0000-4000-8000-000000000001';
export const ours = `protium-${uuid}`;
export const mac = (last: number): string => `52:54:00:00:00:0${last}`;
export const nic = (last: number, filter: string | null = null, type = 'network'): string =>
  `<interface type="${type}"><mac address="${mac(last)}"/>${filter === null ? '' : `<filterref filter="${filter}"/>`}</interface>`;

export const refusal = (code: number, call = 'call'): LibvirtError =>
  new LibvirtError({ code, domain: 18, level: 2, message: 'refused', call });

/** A running domain with interfaces, and libvirt's network filters. */
export class FakeHost {
  filters = new Map<string, string>();
  /** By scope: as it is to start next, and as it runs. */
  interfaces: { config: string[]; live: string[] };
  /** The error that the call of this number and name is to fail with. */
  failure: (call: string) => Error | null = () => null;
  gone = false;
  saved = false;
  /** The process dies at this call, counted from 0, or just after it: neither this nor a later one answers. */
  death: { readonly call: number; readonly when: 'before' | 'after' } | null = null;
  readonly died = gate();
  readonly calls: string[] = [];

  constructor(...interfaces: readonly string[]) {
    this.interfaces = { config: [...interfaces], live: [...interfaces] };
  }

  /** The same libvirt, as the process after one that died sees it. */
  next(): FakeHost {
    const host = new FakeHost();
    [host.filters, host.interfaces] = [this.filters, this.interfaces];
    return host;
  }

  /** The filters of the interfaces, config before live. */
  get references(): readonly (string | null)[] {
    return [...this.interfaces.config, ...this.interfaces.live].map((xml) => {
      const reference = child(parseXml(xml), 'filterref');
      return reference === null ? null : attribute(reference, 'filter');
    });
  }

  readonly client = {
    domains: {
      lookupByUuid: () =>
        this.#call('lookupByUuid', () => {
          if (this.gone) throw refusal(virError.noDomain);
          return { name: 'web', uuid, id: 1 };
        }),
      hasManagedSave: () => this.#call('hasManagedSave', () => this.saved),
      isPersistent: () => this.#call('isPersistent', () => true),
      xml: (_domain: unknown, { inactive = false }: { inactive?: boolean } = {}) =>
        this.#call('xml', () => {
          const devices = this.interfaces[inactive ? 'config' : 'live'].join('');
          return `<domain><name>web</name><devices>${devices}</devices></domain>`;
        }),
      updateDevice: (_domain: unknown, xml: string, scope: { live?: boolean }) => {
        const kind = scope.live === true ? 'live' : 'config';
        return this.#call(`updateDevice ${kind}`, () => {
          const changed = parseXml(xml);
          const of = (text: string) => path(parseXml(text), 'mac').map((el) => attribute(el, 'address'))[0];
          this.interfaces[kind] = this.interfaces[kind].map((each) =>
            of(each) === of(xml) ? serializeXml(changed) : each,
          );
        });
      },
    },
    nwfilters: {
      list: () => this.#call('list', () => [...this.filters.keys()].map((name) => ({ name, uuid }))),
      lookupByName: (name: string) =>
        this.#call('lookupByName', () => {
          if (!this.filters.has(name)) throw refusal(virError.noNwfilter);
          return { name, uuid };
        }),
      xml: ({ name }: { name: string }) => this.#call('filter xml', () => this.filters.get(name) ?? ''),
      define: (xml: string) =>
        this.#call('define', () => {
          const name = attribute(parseXml(xml), 'name') ?? '';
          this.filters.set(name, xml);
          return { name, uuid };
        }),
      undefine: ({ name }: { name: string }) =>
        this.#call('undefine', () => {
          if (this.references.includes(name)) throw refusal(virError.operationInvalid);
          this.filters.delete(name);
        }),
    },
  } as unknown as LibvirtClient;

  async #call<T>(name: string, work: () => T): Promise<T> {
    const { call = Infinity, when = 'before' } = this.death ?? {};
    const place = this.calls.push(name) - 1;
    if (place > call || (place === call && when === 'before')) return this.#die();
    const failure = this.failure(name);
    if (failure !== null) throw failure;
    const result = await Promise.resolve().then(work);
    return place === call ? this.#die() : result;
  }

  #die(): Promise<never> {
    this.died.open();
    return forEver;
  }
}
