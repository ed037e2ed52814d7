import type { CardSection } from '../card-rows.ts';

/** Cards, and graphics that are part of a processor and use the host's memory. Facts: ark.intel.com. */
export const intel: CardSection = {
  vendor: 'intel',
  kind: 'consumer',
  rows: `
Arc A310|4||26
Arc A380|6||35
Arc A580|8||80
Arc A750|8||93
Arc A770|16,8||100
Arc A350M|4||20|laptop
Arc A370M|4||28|laptop
Arc A550M|8||55|laptop
Arc A730M|12||75|laptop
Arc B570|10||112
Arc B580|12||125
# In processors
HD Graphics 500|||1
HD Graphics 505|||1.2
HD Graphics 510|||2
HD Graphics 515|||2.8
HD Graphics 520|||3.4
HD Graphics 530|||4
HD Graphics 610|||2.2
HD Graphics 615|||3
HD Graphics 620|||3.6
HD Graphics 630|||4.2
HD Graphics 2000|||0.8
HD Graphics 2500|||1
HD Graphics 3000|||1.2
HD Graphics 4000|||2
HD Graphics 4400|||2.4
HD Graphics 4600|||2.8
HD Graphics 5000|||3
HD Graphics 5300|||2.2
HD Graphics 5500|||3
HD Graphics 5600|||3.6
HD Graphics 6000|||3.8
UHD Graphics 600|||1.1
UHD Graphics 605|||1.4
UHD Graphics 610|||2.3
UHD Graphics 615|||3.1
UHD Graphics 620|||3.8
UHD Graphics 630|||4.4
UHD Graphics 710|||3
UHD Graphics 730|||5
UHD Graphics 750|||6.5
UHD Graphics 770|||6.8
Iris Graphics 540|||6
Iris Graphics 550|||6.5
Iris Graphics 6100|||4.6
Iris Plus Graphics 640|||6.5
Iris Plus Graphics 645|||7
Iris Plus Graphics 650|||7
Iris Plus Graphics 655|||7.5
Iris Pro Graphics 580|||9
Iris Pro Graphics 6200|||7
Iris Xe Graphics|||13
Iris Xe MAX Graphics|4||15
`,
};

export const dataCentreIntel: CardSection = {
  vendor: 'intel',
  kind: 'datacenter',
  rows: `
Data Center GPU Flex 140|6,12||35
Data Center GPU Flex 170|16||100
Data Center GPU Max 1100|48||150
Data Center GPU Max 1550|64,128||260
`,
};

export const arcPro: CardSection = {
  vendor: 'intel',
  kind: 'workstation',
  rows: `
Arc Pro A40|6||34
Arc Pro A50|6||36
Arc Pro A60|12||70
Arc Pro B50|16||90
Arc Pro B60|24||120
`,
};
