import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

/** Without KVM every VM is emulated, some ten times slower. */
export function checkKvm({ kvm, host }: Evidence): readonly Finding[] {
  const offered = host === null ? null : host.hypervisor.domainType === 'kvm';
  const details = {
    device: kvm.device,
    processorFlag: kvm.processorFlag ?? 'none',
    offered: offered ?? 'unknown',
  };
  if (offered === true) return [finding('kvm', 'ok', 'libvirt offers KVM.', { details })];
  const slow = 'VMs are emulated in software, which is many times slower';
  if (kvm.device === 'absent' && kvm.processorFlag === null) {
    return [
      finding('kvm', 'warning', `The processor shows no virtualisation (vmx or svm): ${slow}.`, {
        fix: kvm.insideVm
          ? 'This machine is itself a VM: let its host pass nested virtualisation on (cpu mode host-passthrough; kvm_intel or kvm_amd with nested=1).'
          : 'Turn on Intel VT-x or AMD SVM in the BIOS.',
        details,
      }),
    ];
  }
  if (kvm.device === 'absent') {
    const module = kvm.processorFlag === 'svm' ? 'kvm_amd' : 'kvm_intel';
    return [
      finding('kvm', 'warning', `The processor can virtualise, but /dev/kvm is not there: ${slow}.`, {
        fix: `modprobe ${module}; if that is refused, turn virtualisation on in the BIOS.`,
        details,
      }),
    ];
  }
  if (offered === false) {
    return [
      finding('kvm', 'warning', `/dev/kvm is there, but libvirt does not offer KVM: ${slow}.`, {
        fix:
          'See that the user of the emulators (libvirt-qemu or qemu) may open it: chgrp kvm /dev/kvm; chmod 660 /dev/kvm; ' +
          'then restart libvirtd. virt-host-validate qemu tells more.',
        details,
      }),
    ];
  }
  return [
    finding('kvm', 'unknown', 'Whether libvirt offers KVM is not known while it cannot be read.', {
      details,
    }),
  ];
}
