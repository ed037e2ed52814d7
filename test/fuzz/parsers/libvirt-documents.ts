/** Shortened from what libvirt 9 answers. */
export const capabilities = `<capabilities><host><uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca427</uuid>
<cpu><arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor><topology sockets='1' dies='1' cores='8' threads='2'/><pages unit='KiB' size='4'/></cpu>
<topology><cells num='1'><cell id='0'><memory unit='KiB'>32795376</memory><cpus num='2'><cpu id='0' socket_id='0' core_id='0' siblings='0-1'/><cpu id='1' socket_id='0' core_id='0' siblings='0-1'/></cpus></cell></cells></topology></host>
<guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator><machine maxCpus='288' canonical='pc-q35-7.2'>q35</machine><domain type='qemu'/><domain type='kvm'/></arch></guest></capabilities>`;

export const domainCapabilities = `<domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch><vcpu max='288'/>
<os supported='yes'><enum name='firmware'><value>efi</value></enum><loader supported='yes'><value>/usr/share/OVMF/OVMF_CODE_4M.fd</value><enum name='secure'><value>yes</value><value>no</value></enum></loader></os>
<cpu><mode name='host-passthrough' supported='yes'/><mode name='custom' supported='no'/></cpu>
<devices><tpm supported='yes'><enum name='model'><value>tpm-crb</value></enum></tpm></devices><features><hyperv supported='yes'><enum name='features'><value>relaxed</value></enum></hyperv></features></domainCapabilities>`;

export const nodeDevices: readonly string[] = [
  `<device><name>pci_0000_01_00_0</name><path>/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0</path><parent>pci_0000_00_01_0</parent><driver><name>vfio-pci</name></driver>
<capability type='pci'><class>0x030000</class><domain>0</domain><bus>1</bus><slot>0</slot><function>0</function><product id='0x2489'>GA104</product><vendor id='0x10de'>NVIDIA</vendor><iommuGroup number='12'><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></iommuGroup><numa node='0'/><capability type='virt_functions' maxCount='7'/></capability></device>`,
  `<device><name>net_eth0_52_54_00_aa_bb_cc</name><parent>computer</parent><capability type='net'><interface>eth0</interface><address>52:54:00:aa:bb:cc</address><link speed='1000' state='up'/></capability></device>`,
  `<device><name>block_sda</name><capability type='storage'><block>/dev/sda</block><drive_type>disk</drive_type><size>500107862016</size></capability></device>`,
];
