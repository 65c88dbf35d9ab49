"""Japanese; the Latin form is the Hepburn reading."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="ja",
    male="""健=Ken 誠=Makoto 隆=Takashi 浩=Hiroshi 茂=Shigeru 博=Hiroshi 明=Akira 大輔=Daisuke 健太=Kenta
        翔太=Shota 拓也=Takuya 直樹=Naoki 和也=Kazuya 達也=Tatsuya 哲也=Tetsuya 剛=Tsuyoshi 学=Manabu 亮=Ryo
        蓮=Ren 陽翔=Haruto 悠真=Yuma 太郎=Taro 一郎=Ichiro 正=Tadashi 清=Kiyoshi 勝=Masaru 進=Susumu 修=Osamu
        翼=Tsubasa 駿=Shun""",
    female="""洋子=Yoko 幸子=Sachiko 和子=Kazuko 京子=Kyoko 恵子=Keiko 裕子=Yuko 久美子=Kumiko 由美子=Yumiko
        陽子=Yoko 明美=Akemi 美咲=Misaki 愛=Ai 麻衣=Mai 彩=Aya 舞=Mai 結衣=Yui 葵=Aoi 陽菜=Hina 凛=Rin
        真由美=Mayumi 智子=Tomoko 直美=Naomi 千春=Chiharu 桜=Sakura 優子=Yuko 恵=Megumi 瞳=Hitomi 典子=Noriko""",
    surnames="""佐藤=Sato 鈴木=Suzuki 高橋=Takahashi 田中=Tanaka 伊藤=Ito 渡辺=Watanabe 山本=Yamamoto
        中村=Nakamura 小林=Kobayashi 加藤=Kato 吉田=Yoshida 山田=Yamada 佐々木=Sasaki 山口=Yamaguchi
        松本=Matsumoto 井上=Inoue 木村=Kimura 林=Hayashi 斎藤=Saito 清水=Shimizu 山崎=Yamazaki 森=Mori
        池田=Ikeda 橋本=Hashimoto 阿部=Abe 石川=Ishikawa 山下=Yamashita 中島=Nakajima 石井=Ishii 小川=Ogawa
        前田=Maeda 岡田=Okada 長谷川=Hasegawa 藤田=Fujita 後藤=Goto 近藤=Kondo""",
    stems="""青=Ao 秋=Aki 浅=Asa 荒=Ara 石=Ishi 岩=Iwa 上=Ue 大=O 岡=Oka 片=Kata 金=Kane 川=Kawa 北=Kita 木=Ki
        黒=Kuro 小=Ko 桜=Sakura 坂=Saka 沢=Sawa 島=Shima 白=Shira 杉=Sugi 高=Taka 竹=Take 谷=Tani 富=Tomi
        中=Naka 永=Naga 成=Nari 西=Nishi 野=No 花=Hana 浜=Hama 早=Haya 東=Higashi 平=Hira 深=Fuka 福=Fuku
        藤=Fuji 古=Furu 星=Hoshi 細=Hoso 堀=Hori 本=Moto 増=Masu 松=Matsu 丸=Maru 水=Mizu 宮=Miya 村=Mura
        矢=Ya 柳=Yanagi 山=Yama 横=Yoko 吉=Yoshi""",
    endings="""田=da 川=kawa 村=mura 山=yama 島=shima 井=i 野=no 口=guchi 沢=zawa 崎=zaki 原=hara 谷=tani
        木=ki 橋=hashi 岡=oka 塚=zuka 森=mori""",
    streets="""神田=Kanda 本町=Honcho 中央=Chuo 栄=Sakae 銀座=Ginza 大手町=Otemachi 桜丘=Sakuragaoka 緑=Midori
        南=Minami 北=Kita 東=Higashi 西=Nishi 新町=Shinmachi 元町=Motomachi 浜松町=Hamamatsucho 梅田=Umeda
        天神=Tenjin 丸の内=Marunouchi 青葉=Aoba 旭=Asahi 幸=Saiwai 泉=Izumi 富士見=Fujimi 若葉=Wakaba""",
    street_kinds="{}1丁目={}_1-chome {}2丁目={}_2-chome {}3丁目={}_3-chome {}4丁目={}_4-chome",
    numbered="{s}{n}番",
    numbered_latin="{n} {s}",
    keeps_name=0.05,
    double_share=0.0,
    numbers_to=60,
)
