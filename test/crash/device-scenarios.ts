import { card } from './fake-devices.ts';
import { config, type Scenario } from './scenario.ts';

const pci = [{ vendor: card.vendor, model: card.model, quantity: 1 }];
const withCard = { ...config, allowSMT: true, pci };

/** VMs with devices of the host, on a bench that has some. */
export const deviceScenarios: readonly Scenario[] = [
  {
    kind: 'instance.register',
    variant: 'with a graphics card, which libvirt refuses to start',
    drives: ['taken_device'],
    fails: true,
    act: ({ call }) => call('POST', '/v1/instances', { name: 'vm', config: withCard }),
  },
];
