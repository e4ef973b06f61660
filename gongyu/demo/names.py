"""Made-up people: common surnames and given names, combined by a seeded generator."""

from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
WOMEN = "敏静丽娟霞芳燕红梅玲娜莉倩颖洁琳慧雯婷悦蕾岚薇萍蓉菲"
MEN = "伟强磊军洋勇杰涛超明刚平辉鹏华飞波斌宇浩凯建国志文"
CHILDREN = tuple(
    "子涵雨桐梓萱浩然宇轩欣怡诗涵一诺沐宸可馨若曦奕辰思源嘉懿明轩语桐知行安然予安星河书瑶景行乐怡云舒"[
        i : i + 2
    ]
    for i in range(0, 48, 2)
)


def adult(rng: Random, *, woman: bool) -> str:
    """A name of two or three characters."""
    given = WOMEN if woman else MEN
    return rng.choice(SURNAMES) + "".join(rng.sample(given, rng.choice([1, 2])))


def child(rng: Random, surname: str) -> str:
    return surname + rng.choice(CHILDREN)


def telephone(number: int) -> str:
    """What stands where a telephone would; nothing rings anywhere."""
    return f"演示号码 {number:04d}"
