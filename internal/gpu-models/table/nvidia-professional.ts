import type { CardSection } from '../card-rows.ts';

/** Quadro, RTX, T and NVS. Facts: nvidia.com/design-visualization (line cards), developer.nvidia.com/cuda-gpus. */
export const workstation: CardSection = {
  vendor: 'nvidia',
  kind: 'workstation',
  rows: `
# Fermi and Kepler
Quadro 600|1|2.1|2.5
Quadro 2000|1|2.1|7
Quadro 4000|2|2.0|8
Quadro 5000|2.5|2.0|12
Quadro 6000|6|2.0|16
Quadro K420|1,2|3.0|3
Quadro K600|1|3.0|4
Quadro K2000|2|3.0|8
Quadro K4000|3|3.0|16
Quadro K4200|4|3.0|24
Quadro K5000|4|3.0|27
Quadro K5200|8|3.5|40
Quadro K6000|12|3.5|55
NVS 310|0.5,1|2.1|1
NVS 315|1|2.1|1
NVS 510|2|3.0|4
NVS 810|4|5.0|12
# Maxwell
Quadro K620|2|5.0|12
Quadro K1200|4|5.0|17
Quadro K2200|4|5.0|21
Quadro M2000|4|5.2|28
Quadro M4000|8|5.2|45
Quadro M5000|8|5.2|60
Quadro M6000|12,24i|5.2|78
# Pascal and Volta
Quadro P400|2|6.1|10
Quadro P600|2|6.1|18
Quadro P620|2|6.1|22
Quadro P1000|4|6.1|28
Quadro P2000|5|6.1|45
Quadro P2200|5|6.1|53
Quadro P4000|8|6.1|66
Quadro P5000|16|6.1|88
Quadro P6000|24|6.1|124
Quadro GP100|16|6.0|110
Quadro GV100|32|7.0|142
# Turing
T400|2,4i|7.5|18
T600|4|7.5|33
T1000|4,8i|7.5|42
Quadro T2000|4|7.5|48|laptop
Quadro RTX 3000|6|7.5|78|laptop
Quadro RTX 4000|8|7.5|94
Quadro RTX 5000|16|7.5|112
Quadro RTX 6000|24|7.5|140
Quadro RTX 8000|48|7.5|141
# Ampere
RTX A400|4|8.6|38
RTX A500|4|8.6|50|laptop
RTX A1000|8|8.6|72
RTX A2000|6,12i|8.6|85
RTX A3000|6,12i|8.6|95|laptop
RTX A4000|16|8.6|140
RTX A4500|20|8.6|170
RTX A5000|24|8.6|195
RTX A5500|24|8.6|215
RTX A6000|48|8.6|222
# Ada
RTX 2000 Ada Generation|16|8.9|110
RTX 3000 Ada Generation|8|8.9|130|laptop
RTX 3500 Ada Generation|12|8.9|160|laptop
RTX 4000 SFF Ada Generation|20|8.9|150
RTX 4000 Ada Generation|20|8.9|180
RTX 4500 Ada Generation|24|8.9|225
RTX 5000 Ada Generation|32|8.9|290
RTX 5880 Ada Generation|48|8.9|320
RTX 6000 Ada Generation|48|8.9|360
# Blackwell
RTX PRO 2000 Blackwell|16|12.0|145
RTX PRO 4000 Blackwell|24|12.0|230
RTX PRO 4500 Blackwell|32|12.0|290
RTX PRO 5000 Blackwell|48,72|12.0|370
RTX PRO 6000 Blackwell|96|12.0|490
`,
};

/** Facts: nvidia.com/data-center (data sheets), developer.nvidia.com/cuda-gpus. Of several chips on a card, one's memory first. */
export const dataCentre: CardSection = {
  vendor: 'nvidia',
  kind: 'datacenter',
  rows: `
# Fermi and Kepler
Tesla C2050|3|2.0|15
Tesla C2070|6|2.0|15
Tesla C2075|6|2.0|15
Tesla M2050|3|2.0|15
Tesla M2070|6|2.0|15
Tesla M2075|6|2.0|15
Tesla M2090|6|2.0|19
Tesla K10|4,8|3.0|32
Tesla K20|5|3.5|42
Tesla K20X|6|3.5|46
Tesla K20Xm|6|3.5|46
Tesla K40|12|3.5|50
Tesla K80|12,24|3.7|52
GRID K1|4,16|3.0|6
GRID K2|4,8|3.0|30
# Maxwell
Tesla M4|4|5.2|30
Tesla M6|8|5.2|50
Tesla M10|8,32|5.0|21
Tesla M40|12,24|5.2|77
Tesla M60|8,16|5.2|60
# Pascal, Volta, Turing
Tesla P4|8|6.1|75
Tesla P6|16|6.1|65
Tesla P40|24|6.1|118
Tesla P100|16,12i|6.0|105
Tesla V100|16,32i|7.0|150
Tesla V100S|32|7.0|160
Tesla T4|16|7.5|85
# Ampere
A2|16|8.6|60
A10|24|8.6|185
A10G|24|8.6|185
A16|16,64|8.6|65
A30|24|8.0|165
A40|48|8.6|215
A100|40,80i|8.0|260
A100X|80|8.0|255
A800|80,40i|8.0|260
# Ada and Hopper
L4|24|8.9|145
L20|48|8.9|300
L40|48|8.9|330
L40S|48|8.9|355
H20|96|9.0|265
H100|80,94,96|9.0|430
H800|80|9.0|425
H200|141|9.0|440
GH200|96,144|9.0|440
# Blackwell
B200|180,192|10.0|600
B300|288,270|10.3|620
`,
};
