"""What personal data looks like in Chinese text that `normalise` has made plain.

Every pattern is bounded or possessive, so a hostile text costs one pass. Digits are `[0-9]` and borders are
look-arounds: `\\d` would match other scripts' digits, and `\\b` sees no border between 汉字 and a digit.
"""

import re
from enum import StrEnum


class Kind(StrEnum):
    """What a finding is; the order is the order in which they are looked for."""

    ID18 = "id18"
    CARD = "card"
    MOBILE = "mobile"
    MOBILE_LOOSE = "mobile_loose"
    LANDLINE = "landline"
    LOCAL_TEL = "local_tel"
    PLATE = "plate"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    PERMIT = "permit"
    ID15 = "id15"
    GPS = "gps"
    ADDRESS = "address"
    NAME_TITLE = "name_title"
    NAME_LABEL = "name_label"


_D, _E = r"(?<![0-9])", r"(?![0-9])"
_A0, _A1 = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_GAP = r"[\s.\-*_·,、。/]?"
_CN = "[一二三四五六七八九十]"

CASE_NUMBER = re.compile(_A0 + r"[A-Z]{2,6}20[0-9]{6}-[0-9]{4,6}" + _A1)
USCC = re.compile(_A0 + r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}" + _A1)
FIRM_WORDS = re.compile("公司|代码|企业|信用|个体|单位|机构|协会|商行|合作社|事务所")
# A right check sign is proof enough, so letters may touch it; without one, none may.
ID18 = re.compile(_D + r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}" + _MONTH_DAY + r"[0-9]{3}[0-9Xx]" + _E)
ID18_LOOSE = re.compile(_D + rf"[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx]" + _E)
CARD = re.compile(_D + r"(?:62|4[0-9]|5[1-5]|35|3[47]|60|81)[0-9]{2}(?:[ -]?[0-9]{4}){2,3}[ -]?[0-9]{1,4}" + _E)
CARD_WORDS = re.compile("卡号|账号|帐号|银行|储蓄卡|信用卡|转账")
ACCOUNT = re.compile(r"(?:卡号|账号|帐号)(?:是|为)?[:\s]{0,4}([0-9](?:[ -]?[0-9]){8,24})" + _E)
MOBILE = re.compile(_D + r"(?:\+?86[-\s]?|0086[-\s]?)?1[3-9][0-9](?:[-\s]?[0-9]{4}){2}" + _E)
MOBILE_LOOSE = re.compile(_D + rf"1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}" + _E)
LANDLINE = re.compile(_D + r"\(?0[0-9]{2,3}\)?[-\s]?[2-9][0-9]{2,3}[-\s]?[0-9]{4}(?:(?:-|转|\s转)[0-9]{1,6})?" + _E)
LOCAL_TEL = re.compile(r"(?:电话|座机|致电|联系方式)(?:号码)?(?:是|为)?[:\s]{0,4}([2-9][0-9]{6,7})" + _E)
HOTLINE = re.compile("12345|1[12][0-9]|9[56][0-9]{3,6}|[48]00[0-9]{7}")
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
# re.IGNORECASE instead of upper(), which can change a text's length.
PLATE = re.compile(
    rf"{_PROVINCE}[A-HJ-NP-Z][·•・.\s-]?(?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
    r"|[DABCEFGHJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[DABCEFGHJK])(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++")
WECHAT_LABEL = r"(?:微信|薇信|威信|[Vv]信|[Vv][Xx]|[Ww][Xx]|weixin|加[Vv])(?:号码?|ID|id)?\s{0,3}[:是]?\s{0,3}"
WECHAT = re.compile(WECHAT_LABEL + r"([A-Za-z][A-Za-z0-9_-]{5,}+|1[3-9][0-9]{9}" + _E + ")")
WECHAT_BEFORE = re.compile(WECHAT_LABEL + r"\Z")
QQ = re.compile(r"(?:[Qq]{2}|扣扣)(?:号码?|群)?\s{0,3}[:是]?\s{0,3}([1-9][0-9]{4,10})" + _E)
PERMIT = re.compile(_A0 + r"(?:[EeGgDdSsPpKk][0-9]{8}|E[A-Z][0-9]{7}|[HMhm][0-9]{8,10}|[CWcw][0-9]{8})" + _A1)
PERMIT_WORDS = re.compile("护照|通行证|证件|港澳|台胞")
ID15 = re.compile(_D + r"[1-9][0-9]{5}[0-9]{2}" + _MONTH_DAY + r"[0-9]{3}" + _E)
_LONGITUDE = r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])\.[0-9]{4,}+"
_LATITUDE = r"(?:1[89]|[2-4][0-9]|5[0-3])\.[0-9]{4,}+"
GPS = re.compile(_D + rf"(?:{_LONGITUDE}[,、\s]\s{{0,3}}{_LATITUDE}|{_LATITUDE}[,、\s]\s{{0,3}}{_LONGITUDE})")
# The building before the group is kept, since whoever mends the lift must find it; unit and room go.
ADDRESS = re.compile(
    rf"(?:(?:[0-9]{{1,4}}|{_CN}{{1,3}}|[A-Za-z])\s{{0,3}}(?:号楼|栋|幢|座|#楼?|号)\s{{0,3}})"
    rf"((?:(?:[0-9]{{1,2}}|{_CN}{{1,2}}|[A-Za-z甲乙丙丁东西南北中])\s{{0,3}}单元\s{{0,3}})?"
    rf"(?:[0-9]{{3,4}}(?![0-9年])|{_CN}{{1,3}}(?:楼|层)?(?:[0-9]{{1,2}}|{_CN}|[东西中]户))\s{{0,3}}(?:室|户|号房)?)"
    rf"|{_D}([0-9]{{1,3}}-[0-9]{{1,2}}-[0-9]{{3,4}}室?){_E}"
    # The building may stand far before, or in the field for the place.
    r"|(?:家?住在?|(?<!国)家在)\s{0,3}([0-9]{3,4}\s{0,3}(?:室|号房))"
)
SURNAME = (
    "(?:欧阳|上官|司马|诸葛|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊殷施陶洪翟安颜倪严牛温芦季俞"
    "章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单"
    "包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦"
    "迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙伏岑习胥保和蔺])"
)
NAME_TITLE = re.compile(rf"({SURNAME}[一-龥]{{0,2}}?)(?:先生|女士|小姐|阿姨|大爷|师傅)")
NAME_LABEL = re.compile(
    rf"(我叫|我是|本人|联系人|姓名|投诉人|反映人)((?:叫|是|为)?[:\s]{{0,4}})({SURNAME}[一-龥](?:(?!联系|电话|手机|身份|地址|住址|反映|投诉|单位|日期)[一-龥])?)"
)
# Surnames that are more often plain words, and signs that hardly stand in a given name.
WORDY_SURNAMES = frozenset("和时应都成单保来全连计原任关位车司解经")
NOT_IN_NAMES = frozenset("的了在是和与及一两几位个名老这那有来去被把让给到说电话地装排长")
