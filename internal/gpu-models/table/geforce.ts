import type { CardSection } from '../card-rows.ts';

/** GeForce and Titan. Facts: nvidia.com/geforce (specifications of each series), developer.nvidia.com/cuda-gpus. */
export const geforce: CardSection = {
  vendor: 'nvidia',
  kind: 'consumer',
  rows: `
# Older than CUDA
GeForce FX 5200|0.125,0.25||0.2
GeForce FX 5600|0.125,0.25||0.35
GeForce FX 5700|0.125,0.25||0.45
GeForce FX 5900|0.125,0.25||0.8
GeForce 6600|0.25,0.125||0.8
GeForce 6600 GT|0.125,0.25||1.2
GeForce 6800|0.125,0.25||1.5
GeForce 6800 GT|0.25||2
GeForce 6800 Ultra|0.25,0.5||2.2
GeForce 7600 GS|0.25,0.5||1.3
GeForce 7600 GT|0.25||1.8
GeForce 7800 GT|0.25||2.5
GeForce 7800 GTX|0.25,0.5||3
GeForce 7900 GS|0.25||2.6
GeForce 7900 GT|0.25||3.1
GeForce 7900 GTX|0.5||3.8
GeForce 7950 GT|0.5,0.25||3.5
# G80 to GT200
GeForce 8400 GS|0.25,0.5|1.1|0.6
GeForce 8500 GT|0.25,0.5|1.1|0.9
GeForce 8600 GT|0.25,0.5|1.1|1.7
GeForce 8600 GTS|0.25,0.5|1.1|2.1
GeForce 8800 GS|0.375|1.1|3.8
GeForce 8800 GT|0.5,0.25,1|1.1|4.8
GeForce 8800 GTS|0.625,0.3125|1.0|4.2
GeForce 8800 GTS 512|0.5|1.1|5.2
GeForce 8800 GTX|0.75|1.0|5.3
GeForce 8800 Ultra|0.75|1.0|5.7
GeForce 9400 GT|0.5,1|1.1|0.9
GeForce 9500 GT|0.5,0.25,1|1.1|1.5
GeForce 9600 GT|0.5,1|1.1|3.6
GeForce 9800 GT|0.5,1|1.1|4.8
GeForce 9800 GTX|0.5|1.1|5.3
GeForce 9800 GX2|0.5,1|1.1|7.5
GeForce GTS 250|1,0.5|1.1|5.6
GeForce GTX 260|0.875|1.3|7
GeForce GTX 275|0.875|1.3|8.2
GeForce GTX 280|1|1.3|8.2
GeForce GTX 285|1,2|1.3|9
GeForce GTX 295|0.875,1.75|1.3|12
GeForce 210|0.5,1|1.2|0.7
GeForce GT 220|1,0.5|1.2|1.4
GeForce GT 240|0.5,1|1.2|2.5
# 400 and 500
GeForce GT 430|1|2.1|2.4
GeForce GT 440|1,0.5|2.1|3.3
GeForce GTS 450|1|2.1|7
GeForce GTX 460|1,0.75|2.1|11
GeForce GTX 460 SE|1|2.1|10
GeForce GTX 465|1|2.0|11.5
GeForce GTX 470|1.25|2.0|14.5
GeForce GTX 480|1.5|2.0|18
GeForce GT 520|1|2.1|1.5
GeForce GTX 550 Ti|1|2.1|8.5
GeForce GTX 555|1|2.1|13
GeForce GTX 560 SE|1|2.1|10.5
GeForce GTX 560|1|2.1|13.5
GeForce GTX 560 Ti|1|2.1|15.5
GeForce GTX 570|1.25|2.0|18.5
GeForce GTX 580|1.5,3|2.0|21
GeForce GTX 590|1.5,3|2.0|29
# 600 and 700
GeForce GT 610|1,2|2.1|1.5
GeForce GT 620|1|2.1|2.3
GeForce GT 630|1,2||3
GeForce GT 640|1,2||5
GeForce GTX 645|1|3.0|13
GeForce GTX 650|1,2|3.0|10.5
GeForce GTX 650 Ti|1,2|3.0|15
GeForce GTX 650 Ti Boost|2,1|3.0|19
GeForce GTX 660|2|3.0|22
GeForce GTX 660 Ti|2|3.0|27
GeForce GTX 670|2,4|3.0|31
GeForce GTX 680|2,4|3.0|34
GeForce GTX 690|2,4|3.0|52
GeForce GT 710|1,2||3.5
GeForce GT 720|1,2|3.5|3.7
GeForce GT 730|1,2,4||5
GeForce GT 740|1,2,4|3.0|9.5
GeForce GTX 745|4|5.0|14
GeForce GTX 750|1,2|5.0|18
GeForce GTX 750 Ti|2,1|5.0|21
GeForce GTX 760|2,4|3.0|28
GeForce GTX 760 Ti|2|3.0|31
GeForce GTX 770|2,4|3.0|36
GeForce GTX 780|3|3.5|46
GeForce GTX 780 Ti|3,6i|3.5|55
GeForce GTX TITAN|6|3.5|51
GeForce GTX TITAN Black|6|3.5|57
GeForce GTX TITAN Z|6,12|3.5|80
# 900
GeForce GTX 950|2|5.2|28
GeForce GTX 960|2,4|5.2|33
GeForce GTX 970|4|5.2|53
GeForce GTX 980|4|5.2|61
GeForce GTX 980 Ti|6|5.2|76
GeForce GTX TITAN X|12|5.2|78
# 10
GeForce GT 1010|2|6.1|9
GeForce GT 1030|2|6.1|15
GeForce GTX 1050|2,3i|6.1|29
GeForce GTX 1050 Ti|4|6.1|34
GeForce GTX 1060|6,3i,5i|6.1|54
GeForce GTX 1070|8|6.1|73
GeForce GTX 1070 Ti|8|6.1|83
GeForce GTX 1080|8|6.1|89
GeForce GTX 1080 Ti|11|6.1|118
TITAN X|12|6.1|116
TITAN Xp|12|6.1|124
TITAN V|12|7.0|135
# 16 and 20
GeForce GTX 1630|4|7.5|25
GeForce GTX 1650|4|7.5|41
GeForce GTX 1650 Ti|4|7.5|44|laptop
GeForce GTX 1650 SUPER|4|7.5|56
GeForce GTX 1660|6|7.5|62
GeForce GTX 1660 SUPER|6|7.5|69
GeForce GTX 1660 Ti|6|7.5|70
GeForce RTX 2050|4|8.6|45|laptop
GeForce RTX 2060|6,12i|7.5|80
GeForce RTX 2060 SUPER|8|7.5|92
GeForce RTX 2070|8|7.5|93
GeForce RTX 2070 SUPER|8|7.5|106
GeForce RTX 2080|8|7.5|111
GeForce RTX 2080 SUPER|8|7.5|118
GeForce RTX 2080 Ti|11|7.5|138
TITAN RTX|24|7.5|142
# 30
GeForce RTX 3050|8,6i,4i|8.6|75
GeForce RTX 3050 Ti|4|8.6|66|laptop
GeForce RTX 3060|12,8|8.6|100
GeForce RTX 3060 Ti|8|8.6|130
GeForce RTX 3070|8|8.6|147
GeForce RTX 3070 Ti|8|8.6|157
GeForce RTX 3080|10,12i|8.6|193
GeForce RTX 3080 Ti|12|8.6|217
GeForce RTX 3090|24|8.6|221
GeForce RTX 3090 Ti|24|8.6|245
# 40
GeForce RTX 4050|6|8.9|88|laptop
GeForce RTX 4060|8|8.9|118
GeForce RTX 4060 Ti|8,16i|8.9|143
GeForce RTX 4070|12|8.9|190
GeForce RTX 4070 SUPER|12|8.9|218
GeForce RTX 4070 Ti|12|8.9|232
GeForce RTX 4070 Ti SUPER|16|8.9|252
GeForce RTX 4080|16|8.9|295
GeForce RTX 4080 SUPER|16|8.9|300
GeForce RTX 4090|24|8.9|375
GeForce RTX 4090 D|24|8.9|355
# 50
GeForce RTX 5050|8|12.0|110
GeForce RTX 5060|8|12.0|140
GeForce RTX 5060 Ti|16,8|12.0|165
GeForce RTX 5070|12|12.0|225
GeForce RTX 5070 Ti|16|12.0|285
GeForce RTX 5080|16|12.0|325
GeForce RTX 5090|32|12.0|480
GeForce RTX 5090 D|32|12.0|475
# Laptops
GeForce GTX 850M|2,4|5.0|17|laptop
GeForce GTX 860M|2,4||22|laptop
GeForce GTX 870M|3,6|3.0|25|laptop
GeForce GTX 880M|8,4|3.0|29|laptop
GeForce GTX 965M|2,4|5.2|29|laptop
GeForce MX110|2|5.0|8|laptop
GeForce MX130|2,4|5.0|10|laptop
GeForce MX150|2,4|6.1|14|laptop
GeForce MX230|2,4|6.1|12|laptop
GeForce MX250|2,4|6.1|15|laptop
GeForce MX330|2,4|6.1|16|laptop
GeForce MX350|2,4|6.1|20|laptop
GeForce MX450|2|7.5|25|laptop
GeForce MX550|2,4|7.5|30|laptop
GeForce MX570|2,4|8.6|38|laptop
`,
};
