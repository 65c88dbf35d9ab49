"""Chinese; the Latin form is pinyin. Surnames are few, so given names carry the difference."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="zh",
    male="""伟=Wei 强=Qiang 磊=Lei 军=Jun 勇=Yong 杰=Jie 涛=Tao 明=Ming 超=Chao 刚=Gang 平=Ping 辉=Hui 鹏=Peng
        浩=Hao 建国=Jianguo 建华=Jianhua 志强=Zhiqiang 志明=Zhiming 文博=Wenbo 子轩=Zixuan 浩然=Haoran
        宇航=Yuhang 俊杰=Junjie 天佑=Tianyou 国强=Guoqiang 海涛=Haitao 晓东=Xiaodong 立新=Lixin 家豪=Jiahao
        振华=Zhenhua 永康=Yongkang 德明=Deming""",
    female="""芳=Fang 娜=Na 敏=Min 静=Jing 丽=Li 艳=Yan 娟=Juan 霞=Xia 玲=Ling 燕=Yan 桂英=Guiying
        秀英=Xiuying 秀兰=Xiulan 玉兰=Yulan 雪梅=Xuemei 晓燕=Xiaoyan 欣怡=Xinyi 梓涵=Zihan 诗涵=Shihan
        思雨=Siyu 佳怡=Jiayi 雅婷=Yating 美玲=Meiling 海燕=Haiyan 春梅=Chunmei 丽华=Lihua 雨桐=Yutong
        婷婷=Tingting 淑珍=Shuzhen 慧敏=Huimin""",
    surnames="""王=Wang 李=Li 张=Zhang 刘=Liu 陈=Chen 杨=Yang 黄=Huang 赵=Zhao 吴=Wu 周=Zhou 徐=Xu 孙=Sun
        马=Ma 朱=Zhu 胡=Hu 郭=Guo 何=He 林=Lin 高=Gao 罗=Luo 郑=Zheng 梁=Liang 谢=Xie 宋=Song 唐=Tang 许=Xu
        邓=Deng 冯=Feng 韩=Han 曹=Cao 曾=Zeng 彭=Peng 萧=Xiao 蔡=Cai 潘=Pan 田=Tian 董=Dong 袁=Yuan 于=Yu
        余=Yu 叶=Ye 蒋=Jiang 杜=Du 苏=Su 魏=Wei 程=Cheng 吕=Lü 丁=Ding 沈=Shen 任=Ren 姚=Yao 卢=Lu 傅=Fu
        钟=Zhong 姜=Jiang 崔=Cui 谭=Tan 廖=Liao 范=Fan 汪=Wang 陆=Lu 金=Jin 石=Shi 戴=Dai 贾=Jia 韦=Wei 夏=Xia
        邱=Qiu 方=Fang 侯=Hou 邹=Zou 熊=Xiong 孟=Meng 秦=Qin 白=Bai
        欧阳=Ouyang 司马=Sima 上官=Shangguan 诸葛=Zhuge""",
    stems="",
    endings="",
    streets="""南京=Nanjing 北京=Beijing 人民=Renmin 中山=Zhongshan 解放=Jiefang 建设=Jianshe 和平=Heping
        长安=Chang'an 淮海=Huaihai 复兴=Fuxing 新华=Xinhua 文化=Wenhua 朝阳=Chaoyang 光明=Guangming
        胜利=Shengli 友谊=Youyi 青年=Qingnian 长江=Changjiang 黄河=Huanghe 西湖=Xihu 天河=Tianhe 体育=Tiyu
        学院=Xueyuan 花园=Huayuan""",
    street_kinds="{}路={}_Road {}大街={}_Street {}东路={}_East_Road {}西路={}_West_Road {}巷={}_Lane",
    numbered="{s}{n}号",
    numbered_latin="{n} {s}",
    keeps_name=1.0,
    double_share=0.0,
    numbers_to=900,
)
