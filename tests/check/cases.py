"""The table: for each rule that data decides an input that breaks just it, and near misses that do not.

A case is (rule, what, edits, expected): edits are (old, new) replacements in base.xml, all of which must apply; expected is
what check then says besides nothing: {"R26": "error"}, {} for a near miss. A fifth member is a piece of the message, a sixth
the stage (prepare unless it says submit). Cases of photos name the file that media.py makes.
"""
W, E = "warning", "error"
EV = '<evidence kind="%s" href="scan.pdf"/>'


def attr(old, new):
    return [(old, new)]


def without(line):
    return [(line, "")]


def photo(name):
    return [('<photo href="photo.jpg"/>', f'<photo href="{name}"/>')]


def statement(text):
    return [("任现职以来从事爆破设计与施工。</statement>", text + "</statement>")]


def mode(name, basis, more=()):
    return [('mode="自评分申报" basis="第六条（二）"', f'mode="{name}" basis="{basis}"'), *more]


PUBLIC = [('kind="企业" tier', 'kind="事业单位" tier'), ('uscc="91330199MA0000015A"', 'uscc="12330199420000015X"')]
POSTS = [('<publicity start="2026-09-01"', '<posts level="副高" approved="20" filled="17" planned="2" published="2026-06-01" '
          'conditions="见公告"/><publicity start="2026-09-01"')]
ON = PUBLIC + POSTS + [('established="false"', 'established="true" applied-grade="七级"')]
COMPETITION = [('<pledge signed', '<competition method="面试" commitment="true" decided="2026-07-10" meeting="院长办公会"/><pledge signed')]
OPINIONS = [('<opinion by="所在单位" date="2026-09-10">', '<opinion by="主管部门">同意。</opinion><opinion by="人力社保部门">同意。</opinion>'
             '<opinion by="所在单位" date="2026-09-10">')]
CERTIFICATES = EV % "学历证书" + EV % "学位证书"
UPLOADED = CERTIFICATES.replace("/>", ' uploaded="true"/>')
REGISTERED = EV % "教育部学历证书电子注册备案表"
DEGREE = 'degree="学士" form="全日制" origin="国内" verified="自动提取" first="true"/>'


def education(origin, verified, inside, end="2007-06"):
    edits = [(DEGREE, f'degree="学士" form="全日制" origin="{origin}" verified="{verified}" first="true">{inside}</education>')]
    return edits + ([('end="2007-06" school', f'end="{end}" school')] if end != "2007-06" else [])


def doctor(started, years, title="2025-06"):
    """A doctor at work since then, with reviews and training of these years only."""
    edits = [('level="本科" degree="学士"', 'level="博士研究生" degree="博士"'), ('started="2007-07"', f'started="{started}"'),
             ('obtained="2018-12-10"', f'obtained="{title}"'), ('appointed="2019-01-01"', f'appointed="{title}"'),
             ('<experience id="X1" start="2007-07" end="2012-06" unit="示例矿业公司" work="爆破设计" post="技术员"/>', ""),
             ('<experience id="X2" start="2012-07"', f'<experience id="X2" start="{started}"'),
             ('from="2023-09"', f'from="{max("2023-09", started[:7])}"')]
    for y in range(2021, 2026):
        if y not in years:
            edits.append((f'<review id="K{y}" year="{y}" unit="示例爆破" grade="{"优秀" if y == 2023 else "合格"}">{EV % "年度考核表"}</review>', ""))
    # achievements since the title
    return edits + [('end="2021-10"', 'end="2026-01"'), ('end="2023-12"', 'end="2026-01"'), ('date="2022-08" kind', 'date="2026-01" kind'),
                    ('date="2023-05"', 'date="2026-01"'), ('date="2024-05"', 'date="2026-01"'), ('date="2021-11-05"', 'date="2026-01-05"'),
                    ('date="2023-01"', 'date="2026-01"'), ('date="2019-06"', 'date="2026-01"'), ('date="2024-03"', 'date="2026-01"')]


SCORES = (("1.1", 8, 8, "Q1", "持有资质的证书", "持证"), ("1.2", 8, 8, "E1", "学历学位", "本科"), ("1.3", 8, 8, "T1", "任职资格与聘任", "任职七年"),
          ("1.4", 6, 6, "C2025", "继续教育", "达到要求"), ("2.1", 25, 23, "P1", "工作业绩", "主持项目"), ("2.2", 9, 9, "R1", "科研项目", "参加项目"),
          ("2.3", 8, 8, "J1 B1", "获奖证书", "二等奖"), ("2.6", 9, 9, "L1", "论文著作", "一篇"), ("3.1", 5, 5, "Y1", "行业影响力", "理事"))
SCORELESS = [('<score item="%s" self="%d" reviewed="%d" refs="%s" directory="%s">%s。</score>' % s, "") for s in SCORES]
TOTAL = 'self-total="86" reviewed-total="84"'


CASES = [
    # 二
    ("R10", "pledge unsigned", attr('signed="true" date="2026-08-20"', 'signed="false"'), {"R10": E}, "未签署", "submit"),
    ("R10", "pledge unsigned before printing: a note", attr('signed="true" date="2026-08-20"', 'signed="false"'), {}),
    ("R10", "signed after the reference date", attr('signed="true" date="2026-08-20"', 'signed="true" date="2026-10-01"'), {"R10": E}, "晚于", "submit"),
    ("R10", "signed on the reference date", attr('signed="true" date="2026-08-20"', 'signed="true" date="2026-09-30"'), {}, None, "submit"),
    ("R11", "no result", attr(' result="无异议"/>', "/>"), {"R11": E}, "结果", "submit"),
    ("R11", "a notice of one's own", attr("<pledge signed", '<publicity start="2026-09-01" end="2026-09-08" place="网站" result="无异议"/><pledge signed'), {}, None, "submit"),
    ("R12", "four working days", attr('end="2026-09-08"', 'end="2026-09-04"'), {"R12": W}, "仅4个工作日", "submit"),
    ("R12", "five working days", attr('end="2026-09-08"', 'end="2026-09-07"'), {}, None, "submit"),
    ("R12", "the Mid-Autumn holiday does not count", [('start="2026-09-01" end="2026-09-08"', 'start="2026-09-22" end="2026-09-28"'), ('date="2026-09-10">', 'date="2026-09-29">'), ('date="2026-09-20"', 'date="2026-09-29"')], {"R12": W}, "仅4个工作日", "submit"),
    ("R12", "a Sunday worked instead counts", [('start="2026-09-01" end="2026-09-08"', 'start="2026-09-20" end="2026-09-24"'), ('date="2026-09-10">', 'date="2026-09-29">'), ('date="2026-09-20"', 'date="2026-09-29"')], {}, None, "submit"),
    ("R12", "not over at the submission", attr('end="2026-09-08"', 'end="2026-10-12"'), {"R12": W, "R117": W}, "报送日期", "submit"),
    ("R12", "an objection without a resolution", attr('result="无异议"/>', 'result="有异议"/>'), {"R12": W}, "处理说明", "submit"),
    ("R12", "nobody objected, in the unit's own words", attr('result="无异议"/>', 'result="公示期间，没有收到任何异议。"/>'), {}, None, "submit"),
    ("R12", "nobody objected while it ran", attr('result="无异议"/>', 'result="公示期内无异议"/>'), {}, None, "submit"),
    ("R12", "nobody objected in the end", attr('result="无异议"/>', 'result="经公示没有异议"/>'), {}, None, "submit"),
    ("R12", "neither units nor persons objected", attr('result="无异议"/>', 'result="公示期间未收到任何单位和个人的异议"/>'), {}, None, "submit"),
    ("R12", "nobody objected, the days in Chinese numerals", attr('result="无异议"/>', 'result="公示五个工作日，均无异议"/>'), {}, None, "submit"),
    ("R12", "nobody objected in so many days", attr('result="无异议"/>', 'result="公示5个工作日，无人提出异议"/>'), {}, None, "submit"),
    ("R12", "persons objected", attr('result="无异议"/>', 'result="公示期间2人提出异议"/>'), {"R12": W}, "处理说明", "submit"),
    ("R12", "nobody objects any more", attr('result="无异议"/>', 'result="经公示已无异议"/>'), {"R12": W}, "处理说明", "submit"),
    ("R12", "nobody objected to some", attr('result="无异议"/>', 'result="无异议的有2人，有异议的有1人"/>'), {"R12": W}, "没有异议的请写“无异议”", "submit"),
    ("R12", "a result that papers do not take for none, before printing", attr('result="无异议"/>', 'result="公示对象未发现问题"/>'), {"R12": W}, "印作“有异议”"),
    ("R12", "a result that papers do not take for none, and nothing to resolve", attr('result="无异议"/>', 'result="经公示，通过"><resolution>无</resolution></publicity>'), {"R12": W}, "印作“有异议”"),
    ("R12", "no objection, and one", attr('result="无异议"/>', 'result="无异议"><objection>职称取得时间有误</objection></publicity>'), {"R12": W}, "却填了异议内容"),
    ("R12", "no objection, twice", attr('result="无异议"/>', 'result="公示期满无异议"><objection>没有异议</objection><resolution>无</resolution></publicity>'), {}),
    ("R12", "an objection and its resolution", attr('result="无异议"/>', 'result="有异议"><resolution>已核实。</resolution></publicity>'), {}, None, "submit"),
    ("R13", "no ID card", without('<document id="F1" kind="身份证" href="scan.pdf" uploaded="true"/>'), {"R13": E}, "缺身份证"),
    ("R13", "a foreigner with a permit", [('type="居民身份证">@ID@', 'type="外国人永久居留身份证">CHN310070010101'),
                                     ('kind="身份证" href', 'kind="其他" href')], {}),
    ("R14", "not extracted and no certificate", education("国内", "备案表", EV % "学位证书" + REGISTERED), {"R14": E}, "学历证书"),
    ("R14", "no degree certificate", education("国内", "备案表", (EV % "学历证书").replace("/>", ' uploaded="true"/>') + REGISTERED), {"R14": E}, "学位证书"),
    ("R14", "all extracted: none needed", [], {}),
    ("R15", "not verified", education("国内", "备案表", UPLOADED), {"R15": W}, "学历验证材料"),
    ("R15", "verified by the 认证报告", education("国内", "认证报告", UPLOADED + EV % "中国高等教育学历认证报告"), {}),
    ("R15", "from before 2001, with its certificates and no report", education("国内", "备案表", UPLOADED, "1998-07") + attr('start="2003-09"', 'start="1994-09"'), {}),
    ("R15", "a 中专 of 1995", education("国内", "无", (EV % "学历证书").replace("/>", ' uploaded="true"/>'), "1995-07") + [('start="2003-09"', 'start="1992-09"'), ('level="本科" degree="学士"', 'level="中专" degree=""')], {}),
    ("R15", "a 中专 of 2005", education("国内", "无", (EV % "学历证书").replace("/>", ' uploaded="true"/>'), "2005-07") + [('start="2003-09"', 'start="2002-09"'), ('level="本科" degree="学士"', 'level="中专" degree="—"')], {}),
    ("R15", "a 党校", education("国内", "无", UPLOADED) + attr('school="示例大学"', 'school="中共示例省委党校"'), {}),
    ("R14", "no degree, and that said", education("国内", "备案表", (EV % "学历证书").replace("/>", ' uploaded="true"/>') + REGISTERED) + attr('degree="学士" form', 'degree="无" form'), {}),
    ("R52", "abroad without the 留服 certificate", education("国外", "留服认证", UPLOADED), {"R52": E}, "国外学历学位认证书"),
    ("R16", "no certificate of the title", without('<evidence kind="任职资格证书" href="scan.pdf" pages="1" uploaded="true"/>'), {"R16": E}, "现任资格证书"),
    ("R16", "no letter of appointment", without('<evidence kind="聘任证书" href="scan.pdf" pages="1" uploaded="true"/>'), {"R16": E}, "聘任证书"),
    ("R16", "never appointed", [('appointed="2019-01-01"', 'appointed=""'), ('<evidence kind="聘任证书" href="scan.pdf" pages="1" uploaded="true"/>', "")], {"R16": W}, "没有填聘任时间"),
    ("R16", "no title in the direct mode", mode("标志性业绩直接申报", "第六条（三）", [
        ('current="true"', 'current="false"'), ("<score item=\"1.1\"", '<milestone id="M1" date="2024-12" name="示例业绩" rank="1/5" '
         'condition="1" related="true">' + EV % "标志性业绩证明" + '</milestone><score item="1.1"')]), {}),
    ("R17", "scored and without proof", without("<evidence kind=\"获奖证书\" href=\"scan.pdf\" uploaded=\"true\"/>"), {"R17": E}, "示例科学技术奖"),
    ("R60", "not scored and without proof, a row of the 综合表", without('<evidence kind="专利证书" href="scan.pdf"/>'), {"R60": E}, "示例防护装置"),
    ("R17", "a research project without anything", without('<evidence kind="立项书" part="封面页" href="scan.pdf"/>\n        <evidence kind="立项书" part="项目金额页" href="scan.pdf"/>\n        <evidence kind="立项书" part="人员名单及本人工作内容" href="scan.pdf"/>\n        <evidence kind="立项书" part="盖章页" href="scan.pdf"/>\n        <evidence kind="结题或验收材料" href="scan.pdf"/>'), {"R17": E, "R46": W}, "示例雷管起爆网路研究"),
    ("R18", "35 months", attr('from="2023-09"', 'from="2023-10"'), {"R18": W}, "养老保险缺2023.09"),
    ("R18", "36 months", attr('from="2023-09"', 'from="2023-09"'), {}),
    ("R18", "the latest month not posted yet", attr('to="2026-08"', 'to="2026-07"'), {}),
    ("R18", "the latest two months", attr('to="2026-08"', 'to="2026-06"'), {"R18": W}, "缺2026.07；"),
    ("R18", "nothing said: the platform extracts it", without('<pension id="S1" from="2023-09" to="2026-08" region="330000" unit="示例爆破工程有限公司"/>'), {}),
    ("R18", "insured from the month after a new job began, in the middle of one", [('start="2012-07" unit', 'start="2012-07" end="2025-03" unit'), ('work="爆破施工" post="项目总工"/>', 'work="爆破施工" post="项目总工"/><experience id="X3" start="2025-04-15" unit="示例爆破工程有限公司" work="爆破施工" post="总工"/>'),
     ('<pension id="S1" from="2023-09" to="2026-08" region="330000" unit="示例爆破工程有限公司"/>', '<pension from="2023-09" to="2025-03" region="330000"/><pension from="2025-05" to="2026-08" region="330000"/>')], {}),
    ("R18", "two months between two jobs", [('start="2012-07" unit', 'start="2012-07" end="2025-03" unit'), ('work="爆破施工" post="项目总工"/>', 'work="爆破施工" post="项目总工"/><experience id="X3" start="2025-06" unit="示例爆破工程有限公司" work="爆破施工" post="总工"/>'),
     ('<pension id="S1" from="2023-09" to="2026-08" region="330000" unit="示例爆破工程有限公司"/>', '<pension from="2023-09" to="2025-03" region="330000"/><pension from="2025-06" to="2026-08" region="330000"/>')], {"R18": W}, "2025.04—2025.05"),
    ("R18", "a hole between two periods", attr('<pension id="S1" from="2023-09" to="2026-08" region="330000" unit="示例爆破工程有限公司"/>',
     '<pension from="2023-09" to="2024-03" region="330000"/><pension from="2024-06" to="2026-08" region="330000"/>'), {"R18": W}, "2024.04—2024.05"),
    ("R18", "a doctor who began 20 months ago", doctor("2025-01", {2025}), {}),
    ("R19", "insured elsewhere", attr('region="330000" unit="示例爆破工程有限公司"/>', 'region="650000" unit="示例爆破工程有限公司"/>'), {"R19": E}, "新疆参保期间"),
    ("R19", "insured elsewhere with proof", attr('region="330000" unit="示例爆破工程有限公司"/>', 'region="650000">' + EV % "省外养老保险证明" + "</pension>"), {}),
    ("R19", "elsewhere, but before the last three years", attr("<pension id", '<pension from="2010-01" to="2023-08" region="650000"/><pension id'), {}),
    ("R21", "no work history", without('<experience id="X1" start="2007-07" end="2012-06" unit="示例矿业公司" work="爆破设计" post="技术员"/>\n      <experience id="X2" start="2012-07" unit="示例爆破工程有限公司" work="爆破施工" post="项目总工"/>'), {"R21": E}, "工作经历缺失"),
    ("R21", "a gap of four months", attr('start="2012-07" unit', 'start="2012-11" unit'), {"R21": W}, "2012.06至2012.11中断"),
    ("R21", "a gap of three months", attr('start="2012-07" unit', 'start="2012-10" unit'), {}),
    ("R21", "an overlap of two months", attr('start="2012-07" unit', 'start="2012-04" unit'), {"R21": W}, "重叠"),
    ("R21", "an overlap of one month", attr('start="2012-07" unit', 'start="2012-05" unit'), {}),
    ("R21", "an overlap, but 兼职", [('start="2012-07" unit', 'start="2012-01" unit'), ('post="项目总工"', 'post="兼职顾问"')], {}),
    ("R22", "a year without proof", attr('year="2024" professional="70" public="18" industry="6" online-a="30"><evidence kind="继续教育证明" href="scan.pdf"/></training>',
     'year="2024" professional="70" public="18" industry="6" online-a="30"/>'), {"R22": E}, "缺2024年度"),
    ("R22", "the proofs together as one document", [('year="2024" professional="70" public="18" industry="6" online-a="30"><evidence kind="继续教育证明" href="scan.pdf"/></training>',
     'year="2024" professional="70" public="18" industry="6" online-a="30"/>'), ('<document id="F1"', '<document kind="继续教育证明" href="scan.pdf"/><document id="F1"')], {}),
    ("R23", "2021 by nothing", attr(' document="浙自然资发〔2020〕23号"', ""), {"R23": W}, "23号"),
    ("R23", "2021 with other brackets and a space", attr("浙自然资发〔2020〕23号", "浙自然资发 [2020] 23号"), {}),
    ("R24", "89 hours", attr('year="2025" professional="70" public="18" industry="6"', 'year="2025" professional="66" public="18" industry="5"'), {"R24": W}, "89学时"),
    ("R24", "90 hours", attr('year="2025" professional="70" public="18" industry="6"', 'year="2025" professional="66" public="18" industry="6"'), {}),
    ("R24", "64 professional hours", attr('year="2025" professional="70" public="18"', 'year="2025" professional="64" public="24"'), {"R24": W}, "专业科目64"),
    ("R24", "65 professional hours", attr('year="2025" professional="70" public="18"', 'year="2025" professional="65" public="24"'), {}),
    ("R24", "17 general hours", attr('year="2025" professional="70" public="18"', 'year="2025" professional="70" public="17"'), {"R24": W}, "一般公需科目17"),
    ("R24", "too many online hours", attr('year="2025" professional="70" public="18" industry="6" online-a="30"', 'year="2025" professional="70" public="18" industry="6" online-a="77"'), {"R24": W}, "89学时"),
    ("R24", "72 online hours", attr('year="2025" professional="70" public="18" industry="6" online-a="30"', 'year="2025" professional="70" public="18" industry="6" online-a="72"'), {}),
    ("R25", "no statement", without("<statement>任现职以来从事爆破设计与施工。</statement>"), {"R25": E}, "缺个人述职"),
    ("R26", "1001 words", statement("字" * 1001), {"R26": E}, "1001字"),
    ("R26", "1000 words", statement("字" * 1000), {}),
    ("R26", "1000 words, 1001 characters", statement("字" * 999 + "ab"), {"R26": W}, "按字符计1001"),
    ("R26", "1000 characters with two Latin ones", statement("字" * 998 + "ab"), {}),
    ("R26", "1001 units of a web box by a rare character", statement("字" * 999 + "𬱖"), {"R26": W}, "平台文本框计1001"),
    ("R26", "1001 units by a line end", statement("字" * 999 + "\n字"), {"R26": W}, "平台文本框计1001"),
    ("R26", "a line end among 1000 units", statement("字" * 998 + "\n字"), {}),
    ("R27", "2024 missing", without('<review id="K2024" year="2024" unit="示例爆破" grade="合格"><evidence kind="年度考核表" href="scan.pdf"/></review>'), {"R27": E}, "缺2024年度考核"),
    ("R27", "the first year of the title missing", [('obtained="2018-12-10"', 'obtained="2021-01-10"'), ('appointed="2019-01-01"', 'appointed="2021-02-01"'),
     ('date="2019-06"', 'date="2021-06"'), ('<review id="K2021" year="2021" unit="示例爆破" grade="合格"><evidence kind="年度考核表" href="scan.pdf"/></review>', "")], {"R27": W}, "任职首年"),
    ("R27", "the year before the window missing", [], {}),
    ("R27", "a form of a review missing", attr('grade="优秀"><evidence kind="年度考核表" href="scan.pdf"/></review>', 'grade="优秀"/>'), {"R27": W}, "没有附年度考核表"),
    ("R28", "基本合格", attr('grade="优秀"', 'grade="基本合格"'), {"R28": E}, "基本合格"),
    ("R28", "an unknown grade", attr('grade="优秀"', 'grade="甲等"'), {"R28": W}, "甲等"),
    ("R28", "a company's A", attr('grade="优秀"', 'grade="A"'), {}),
    ("R28", "a company's B", attr('grade="优秀"', 'grade="B"'), {}),
    ("R29", "a doctor of under four years, one year missing", doctor("2023-07-03", {2024}), {"R29": E, "R29w": W}, "缺2025年度"),
    ("R29", "a doctor of under four years, all years", doctor("2023-07-03", {2023, 2024, 2025}), {}),
    ("R29", "three years and eleven months: all years since", doctor("2022-10-31", {2022, 2023, 2024, 2025}), {}),
    ("R30", "a paper before the title", attr('date="2022-08" kind', 'date="2018-11" kind'), {"R30": E, "R46": W}, "不予采信"),
    ("R30", "a paper of the same month", attr('date="2022-08" kind', 'date="2018-12" kind'), {}),
    ("R30", "a project is judged by its end", attr('start="2019-03" end="2021-10"', 'start="2015-03" end="2018-12"'), {}),
    ("R30", "a project that ended before", attr('start="2019-03" end="2021-10"', 'start="2015-03" end="2018-11"'), {"R30": E, "R46": W}, "任现职"),
    ("R30", "before, and marked so", [('date="2022-08" kind', 'date="2018-11" since="false" kind'), ('<score item="2.6" self="9" reviewed="9" refs="L1" directory="论文著作">一篇。</score>', ""), (TOTAL, 'self-total="82" reviewed-total="80"'), ('<score item="3.1"', '<score item="2.4" self="5" reviewed="5" refs="Z1" directory="专利">一项。</score><score item="3.1"')], {}),
    ("R30", "in the future", attr('date="2022-08" kind', 'date="2026-10" kind'), {"R30": E}, "晚于核查日期"),
    ("R30", "for a 事业单位 the appointment counts", ON + attr('date="2022-08" kind', 'date="2018-12" kind'), {"R30": E, "R46": W}, "2019.01"),
    ("R31", "not said to be related", attr('rank="2/9" related="true"', 'rank="2/9"'), {"R31": W}, "关联性待核"),
    ("R31", "said not to be related", attr('rank="2/9" related="true"', 'rank="2/9" related="false"'), {"R31": W}),
    ("R32", "no contents page", without('<evidence part="目录" href="scan.pdf"/>'), {"R32": E}, "缺目录"),
    ("R32", "a report has no ISSN", [('kind="论文"', 'kind="报告"'), ('<evidence part="刊号" href="scan.pdf"/>', "")], {}),
    ("R33", "no page with the amount", without('<evidence kind="合同" part="项目金额页" href="scan.pdf"/>'), {"R33": E}, "项目金额页"),
    ("R34", "no posts", PUBLIC + attr('established="false"', 'established="true" applied-grade="七级"'), {"R34": E}, "岗位信息表"),
    ("R34", "posts", ON, {}),
    ("R34", "a code of a 事业单位 with a company", attr('uscc="91330199MA0000015A"', 'uscc="12330199420000015X"'), {"R34": W}, "12开头"),
    ("R35", "no opinions", ON + COMPETITION, {"R35": E}, "主管部门、人力社保部门", "submit"),
    ("R35", "all opinions", ON + COMPETITION + OPINIONS, {}, None, "submit"),
    ("R36", "not on the establishment", PUBLIC, {"R36": E}, "单位说明"),
    ("R36", "with the unit's explanation", PUBLIC + attr('<document id="F1"', '<document kind="单位说明" href="scan.pdf"/><document id="F1"'), {}),
    ("R37", "the direct mode without a milestone", mode("标志性业绩直接申报", "第六条（三）"), {"R37": E}, "审批表"),
    ("R37", "破格 without a milestone", attr('exceptional="false"', 'exceptional="true"'), {"R37": E}),
    ("R38", "a milestone in another mode", attr("<score item=\"1.1\"", '<milestone id="M1" date="2024-12" name="示例业绩" condition="1" related="true">' + EV % "标志性业绩证明" + '</milestone><score item="1.1"'), {"R38": W}, "无需"),
    ("R39", "no directory", attr(' directory="工作业绩"', ""), {"R39": E}, "佐证目录"),
    ("R39", "no reason", attr(">主持项目。</score>", "></score>"), {"R39": E}, "得分符合情况描述"),
    ("R39", "no directory in another mode", mode("正常申报", "第六条（一）", attr(' directory="工作业绩"', "")), {"R39": W}),
    ("R41", "another specialty", attr('specialty="爆破工程" target', 'specialty="土木工程" target'), {"R41": E}, "不在受理范围"),
    ("R41", "the related specialty is practised", attr('established="false" specialty="爆破工程"', 'established="false" specialty="爆破器材"'), {}),
    ("R41", "quite another is practised", attr('established="false" specialty="爆破工程"', 'established="false" specialty="采矿工程"'), {"R41": W}, "相近专业"),
    ("R40", "an item of no table", [('item="3.1" self="5"', 'item="9.9" self="5"'), (TOTAL, 'self-total="81" reviewed-total="80"')], {"R40": W}, "应使用《浙江省爆破行业"),
    ("R42", "the total is not the sum", attr('self-total="86"', 'self-total="87"'), {"R42": W}, "应为86（按最高分计，排名靠后的按最高分乘排名系数计），填报87"),
    ("R42", "tenths add up", [('item="1.1" self="8"', 'item="1.1" self="7.9"'), ('item="2.1" self="25"', 'item="2.1" self="24.6"'), (TOTAL, 'self-total="85.5" reviewed-total="84"')], {}),
    ("R42", "an item above its maximum", attr('item="1.4" self="6"', 'item="1.4" self="6.5"'), {"R42": W}, "超过最高分6"),
    ("R42", "a rank beyond five, more than 0.7 of the maximum", [('rank="3/6"', 'rank="6/9"'), (TOTAL, 'self-total="83.3" reviewed-total="82"')],
     {"R42": W}, "自评9分，排名系数0.7，最多6.3分"),
    ("R42", "a rank beyond five, 0.7 of the maximum", [('rank="3/6"', 'rank="6/9"'), ('item="2.2" self="9" reviewed="9"', 'item="2.2" self="6.3" reviewed="6"'), (TOTAL, 'self-total="83.3" reviewed-total="81"')], {}),
    ("R43", "no proof named", [('refs="Q1" directory', 'directory'), (TOTAL, 'self-total="78" reviewed-total="78"')], {"R43": E, "R46": E}, "8分不计"),
    ("R17", "the only proof of a scored item has none itself", [('<evidence kind="聘书" href="scan.pdf"/>', ""), (TOTAL, 'self-total="81" reviewed-total="80"')], {"R17": E}, "行业影响力"),
    ("R43", "an extracted degree is a proof", attr('refs="Q1"', 'refs="E1"'), {}),
    ("R44", "not re-checked", attr(' reviewed-total="84" reviewer="梁知秋"', ""), {"R44": E}, "未复核", "submit"),
    ("R44", "not re-checked, before printing", attr(' reviewed-total="84" reviewer="梁知秋"', ""), {}),
    ("R45", "more than five above", [('reviewed-total="84"', 'reviewed-total="80.9"'), ('reviewed="23"', 'reviewed="19.9"')], {"R45": W}, "高于复核"),
    ("R45", "five above", [('reviewed-total="84"', 'reviewed-total="81"'), ('reviewed="23"', 'reviewed="20"')], {}),
    ("R46", "79.5 points", [(TOTAL, 'self-total="79.5" reviewed-total="79.5"'), ('item="2.1" self="25" reviewed="23"', 'item="2.1" self="18.5" reviewed="18.5"')], {"R46": E}, "未达80分"),
    ("R46", "80 points", [(TOTAL, 'self-total="80" reviewed-total="80"'), ('item="2.1" self="25" reviewed="23"', 'item="2.1" self="19" reviewed="19"')], {}),
    ("R46", "the unit gives 79.5", [(TOTAL, 'self-total="82" reviewed-total="79.5"'), ('item="2.1" self="25" reviewed="23"', 'item="2.1" self="21" reviewed="18.5"')], {"R46": W}, "单位复核分79.5"),
    ("R46", "80 declared, 79.5 proved", [(TOTAL, 'self-total="80" reviewed-total="80"'), ('item="2.1" self="25"', 'item="2.1" self="18.5"')], {"R46": W, "R42": W}, "有证明材料的自评分79.5"),
    ("R47", "no basis", attr(' basis="第六条（二）"', ""), {"R47": E}, "依据"),
    ("R48", "the wrong basis", attr('basis="第六条（二）"', 'basis="第六条（一）"'), {"R48": E}, "第六条（一）不符"),
    ("R49", "holds 高级工程师 elsewhere", attr("<education id", '<title current="false" name="高级工程师" specialty="地质" obtained="2015-01-01"/><education id'), {"R49": W}, "应选转（兼）评申报"),
    ("R49", "转评 without a senior title", mode("转（兼）评申报", "转评"), {"R49": E}, "高级工程师"),
    ("R49", "转评 with one", mode("转（兼）评申报", "转评", attr("<education id", '<title current="false" name="高级工程师" specialty="地质" obtained="2015-01-01"/><education id')), {}),
    ("R50", "graduated 2000-12, not uploaded", education("国内", "备案表", CERTIFICATES + REGISTERED, "2000-12") + attr('start="2003-09"', 'start="1996-09"'), {"R50": E}, "须上传证书"),
    ("R50", "graduated 2000-12, uploaded", education("国内", "备案表", UPLOADED + REGISTERED, "2000-12") + attr('start="2003-09"', 'start="1996-09"'), {}),
    ("R50", "graduated 2001-01, extracted", attr('start="2003-09" end="2007-06"', 'start="1996-09" end="2001-01"'), {}),
    ("R51", "not extracted, not uploaded", education("国内", "备案表", CERTIFICATES + REGISTERED), {"R51": E}, "须上传"),
    ("R51", "not extracted, uploaded", education("国内", "备案表", UPLOADED + REGISTERED), {}),
    ("R52", "abroad with the certificate of 港澳台", education("国外", "留服认证", UPLOADED + EV % "港澳台学历学位认证书"), {"R52": E}, "国外学历学位认证书"),
    ("R52", "abroad with its own", education("国外", "留服认证", UPLOADED + EV % "国外学历学位认证书"), {}),
    ("R54", "no vacant post", [*ON[:2], ('<publicity start="2026-09-01"', '<posts level="副高" approved="20" filled="20" planned="2"/><publicity start="2026-09-01"'), *ON[3:]], {"R54": E}, "空缺0岗"),
    ("R54", "one vacant post", [*ON[:2], ('<publicity start="2026-09-01"', '<posts level="副高" approved="20" filled="19" planned="1"/><publicity start="2026-09-01"'), *ON[3:]], {}),
    ("R54", "nobody on the establishment", PUBLIC + [('<publicity start="2026-09-01"', '<posts level="副高" approved="20" filled="20" planned="0"/><publicity start="2026-09-01"'),
     ('<document id="F1"', '<document kind="单位说明" href="scan.pdf"/><document id="F1"')], {}),
    ("R55", "no competition", ON + OPINIONS + attr("<pledge signed", '<competition decided="2026-07-10" meeting="办公会"/><pledge signed'), {"R55": W}, "履职承诺", "submit"),
    ("R56", "not decided together", ON + OPINIONS + attr("<pledge signed", '<competition method="面试" commitment="true"/><pledge signed'), {"R56": W}, "集体研究", "submit"),
    ("R56", "decided together", ON + OPINIONS + COMPETITION, {}, None, "submit"),
    ("R59", "a section not declared", without('<honour id="H1" date="2024-05" name="示例优秀工作者" grade="市级" by="示例协会"><evidence kind="荣誉证书" href="scan.pdf" uploaded="true"/></honour>'), {"R59": W}, "荣誉证书"),
    ("R59", "declared empty", attr('<honour id="H1" date="2024-05" name="示例优秀工作者" grade="市级" by="示例协会"><evidence kind="荣誉证书" href="scan.pdf" uploaded="true"/></honour>', '<none section="荣誉证书"/>'), {}),
    ("R61", "no scores in another mode", mode("正常申报", "第六条（一）", SCORELESS), {"R61": W}, "打分表"),
    ("R61", "no scores in 自评分", SCORELESS, {"R61": E}, "逐项填写"),
    ("R64", "profile not approved", attr('approved="true"/>', 'approved="false"/>'), {"R64": W}, "未经单位审核"),
    ("R64", "unit not bound", attr('authorised="true"', 'authorised="false"'), {"R64": W}, "法人账号"),
    # 网4
    ("R66", "a PNG", photo("photo.png"), {"R66": E}, "PNG"),
    ("R66", "a JPEG named .png", photo("jpeg.png"), {"R66": E}, ".jpg或.jpeg"),
    ("R66", "a JPEG named .JPEG", photo("upper.JPEG"), {}),
    ("R67", "exactly 30 K", photo("bytes-30720.jpg"), {"R67": E}, "30720字节"),
    ("R67", "30 K and a byte: near the limit", photo("bytes-30721.jpg"), {"R67": W}, "临近"),
    ("R67", "31 K", photo("bytes-31744.jpg"), {}),
    ("R67", "exactly 1 M", photo("bytes-1048576.jpg"), {"R67": E}, "1048576字节"),
    ("R67", "1 M less a byte: near the limit", photo("bytes-1048575.jpg"), {"R67": W}, "临近"),
    ("R68", "215 wide", photo("size-215x301.jpg"), {"R68": E}, "215×301，应大于215×300"),
    ("R68", "216 × 301", photo("size-216x301.jpg"), {}),
    ("R68", "300 high", photo("size-216x300.jpg"), {"R68": E}, "216×300"),
    ("R69", "0.6499", photo("size-2599x3999.jpg"), {"R69": E}, "0.6499"),
    ("R69", "0.65", photo("size-650x1000.jpg"), {}),
    ("R69", "0.8", photo("size-800x1000.jpg"), {}),
    ("R69", "0.801", photo("size-801x1000.jpg"), {"R69": E}, "0.801"),
    ("R70", "turned by EXIF", photo("turned-400x300.jpg"), {"R70": W, "R68": E}, "EXIF"),
    ("R70", "turned by EXIF and large enough", photo("turned-560x400.jpg"), {"R70": W}, "EXIF"),
    ("R70", "CMYK", photo("cmyk.jpg"), {"R70": W}, "CMYK"),
    ("R70", "white behind the head", photo("white.jpg"), {}),
    ("R70", "a white wall, shaded", photo("shaded.jpg"), {}),
    ("R70", "warm white", photo("warm.jpg"), {}),
    ("R70", "white, with something dark in a corner", photo("corner.jpg"), {}),
    ("R70", "grey", photo("grey.jpg"), {"R70": W}, "100%为灰色（#C4C4C6）"),
    ("R70", "blue", photo("blue.jpg"), {"R70": W}, "100%为蓝色（#428EDA）"),
    ("R70", "red", photo("red.jpg"), {"R70": W}, "红色"),
    ("R70", "pale blue", photo("pale.jpg"), {"R70": W}, "蓝色"),
    ("R70", "half white, half blue", photo("half.jpg"), {"R70": W}, "50%为蓝色"),
    ("R70", "blue, turned by EXIF", photo("blue-turned.jpg"), {"R70": W}, "蓝色"),
    ("R70", "damaged: nobody can tell", photo("white-cut.jpg"), {"R76": W}),
    # derived
    ("R60", "a row with proof, but without an id to find it by", attr('<paper id="L1"', f'<award date="2024-05" name="无号奖" grade="市级" by="示例市科学技术协会" rank="1/2" related="true">{EV % "获奖证书"}</award><paper id="L1"'),
     {"R60": E}, "没有编号"),
    ("R87", "a proof that has none itself has no page: R17 tells", [('<evidence kind="聘书" href="scan.pdf"/>', ""), (TOTAL, 'self-total="81" reviewed-total="80"')], {"R17": E}),
    ("R72", "eleven projects", attr('<paper id="L1"', "".join(f'<project id="PX{i}" start="2020-01" role="参加" end="2022-0{i % 9 + 1}" name="项目{i}" since="true" related="true" category="工作业绩">'
     + "".join(f'<evidence kind="合同" part="{p}" href="scan.pdf"/>' for p in ("封面页", "项目金额页", "人员名单及本人工作内容", "盖章页")) + "</project>" for i in range(9)) + '<paper id="L1"'), {"R72": W}, "项目11项"),
    ("R72", "ten projects", attr('<paper id="L1"', "".join(f'<project id="PX{i}" start="2020-01" role="参加" end="2022-0{i % 9 + 1}" name="项目{i}" since="true" related="true" category="工作业绩">'
     + "".join(f'<evidence kind="合同" part="{p}" href="scan.pdf"/>' for p in ("封面页", "项目金额页", "人员名单及本人工作内容", "盖章页")) + "</project>" for i in range(8)) + '<paper id="L1"'), {}),
    ("R74", "a wrong check digit", attr("@ID@", "330199198503120014"), {"R74": E}, "校验码应为3，填的是4"),
    ("R74", "no date in it", attr("@ID@", "330199198513120013"), {"R74": E}, "第7—14位不是日期"),
    ("R74", "15 digits", attr("@ID@", "330199850312001"), {"R74": E}, "15位"),
    ("R74", "letters", attr("@ID@", "33019919850312001A"), {"R74": E}, "末位应为数字或X"),
    ("R74", "another birthday", attr("<birth>1985-03-12", "<birth>1985-03-13"), {"R74": E}, "不符"),
    ("R74", "the birthday to the month", attr("<birth>1985-03-12", "<birth>1985-03"), {}),
    ("R74", "the other sex", attr("<sex>男", "<sex>女"), {"R74": E}, "性别填的是女"),
    ("R74", "a passport of odd length", [('type="居民身份证">@ID@', 'type="护照">E12'), ('kind="身份证" href', 'kind="其他" href')], {"R74": W}, "位数不符"),
    ("R74", "a passport", [('type="居民身份证">@ID@', 'type="护照">E12345678'), ('kind="身份证" href', 'kind="其他" href')], {}),
    ("R75", "at work before birth", attr('established="false" specialty="爆破工程" specialty-since', 'established="false" specialty="爆破工程" specialty-since') + [('<experience id="X1" start="2007-07" end="2012-06"', '<experience id="X1" start="1984-07" end="2012-06"'), ('started="2007-07"', 'started="1984-07"'), ('form="全日制"', 'form="在职"')], {"R75": E}, "不早于参加工作"),
    ("R75", "fifteen at work", [('started="2007-07"', 'started="2001-02"'), ('<experience id="X1" start="2007-07"', '<experience id="X1" start="2001-02"'), ('form="全日制"', 'form="在职"')], {"R75": W}, "不满16岁"),
    ("R75", "sixteen at work", [('started="2007-07"', 'started="2001-03"'), ('<experience id="X1" start="2007-07"', '<experience id="X1" start="2001-03"'), ('form="全日制"', 'form="在职"')], {}),
    ("R75", "appointed before the title", attr('appointed="2019-01-01"', 'appointed="2018-11-01"'), {"R75": W}, "以聘代评"),
    ("R75", "ends before it begins", attr('start="2003-09" end="2007-06"', 'start="2007-09" end="2007-06"'), {"R75": E}, "晚于结束"),
    ("R75", "a certificate of the future", attr('id="Q1" date="2019-06"', 'id="Q1" date="2026-10"'), {"R75": E}, "晚于核查日期"),
    ("R75", "of the reference month", attr('id="Q1" date="2019-06"', 'id="Q1" date="2026-09"'), {}),
    ("R76", "no such file", attr('<document id="F1" kind="身份证" href="scan.pdf"', '<document id="F1" kind="身份证" href="gone.pdf"'), {"R76": E}, "gone.pdf"),
    ("R76", "an empty file", attr('<document id="F1" kind="身份证" href="scan.pdf"', '<document id="F1" kind="身份证" href="empty.pdf"'), {"R76": E}, "empty.pdf"),
    ("R76", "no such page", attr('kind="任职资格证书" href="scan.pdf" pages="1"', 'kind="任职资格证书" href="scan.pdf" pages="1-9"'), {"R76": E}, "页"),
    ("R77", "a character without a glyph", attr("<name>陈远山", "<name>陈𪛯"), {"R77": E}, "U+2A6EF"),
    ("R77", "a rare character with one", attr("<name>陈远山", "<name>陈𱖎"), {}),
    ("R78", "a space in the name", attr("<name>陈远山", "<name>陈 山"), {"R78": E}, "U+0020"),
    ("R78", "a bullet", attr("<name>陈远山", "<name>阿卜杜•买买提"), {"R78": W}, "U+2022"),
    ("R78", "the right dot", attr("<name>陈远山", "<name>阿卜杜·买买提"), {}),
    ("R78", "a radical", attr("<name>陈远山", "<name>陈⼀山"), {"R78": W}, "→“一”U+4E00"),
    ("R78", "a compatibility ideograph", attr("<name>陈远山", "<name>陈\uf92c"), {"R78": W}, "→“郎”U+90CE"),
    ("R78", "one of the twelve that are their own", attr("<name>陈远山", "<name>陈\ufa0e"), {}),
    ("R78", "a private character", attr("<name>陈远山", "<name>陈\uf8f0"), {"R78": E}, "U+F8F0"),
    ("R78", "a private code of old fonts", attr("<name>陈远山", "<name>陈\ue863"), {"R78": W}, "U+E863，按“䶮”U+4DAE"),
    ("R78", "what is no character, in a statement", statement("从事\ufffd爆破"), {"R78": E}, "U+FFFD"),
    ("R78", "a radical in a statement", statement("从事⼀爆破"), {"R78": W}, "→“一”U+4E00"),
    ("R78", "one that is an ideograph of its own, in a statement", statement("从事\ufa0e爆破"), {}),
    ("R78", "Latin with an ID card", attr("<name>陈远山", "<name>陈Yuan"), {"R78": W}, "拉丁字母"),
    ("R78", "Latin with a passport", [("<name>陈远山", "<name>Ann Example"), ('type="居民身份证">@ID@', 'type="护照">E12345678'), ('kind="身份证" href', 'kind="其他" href')], {}),
    ("R78", "〇", attr("<name>陈远山", "<name>陈〇"), {}),
    ("R78", "a variation selector", attr("<name>陈远山", "<name>陈葛\U000E0100"), {}),
    ("R81", "the other criteria", attr("浙江省爆破行业高级", "浙江省矿山工程高级"), {"R81": E}, "应对照"),
    ("R82", "no photo", without('<photo href="photo.jpg"/>'), {"R82": E}, "缺证件照"),
    ("R83", "no representative work", attr('representative="true"', 'representative="false"'), {"R83": W}, "未指定代表作"),
    ("R84", "collective, no proof of the contribution", attr('rank="2/9" related="true"', 'rank="2/9" related="true" collective="true"'), {"R84": W}, "主要贡献者"),
    ("R84", "collective with it", attr('rank="2/9" related="true"><evidence kind="获奖证书"', 'rank="2/9" related="true" collective="true"><evidence kind="主要贡献者证明" href="scan.pdf"/><evidence kind="获奖证书"'), {}),
    ("R59", "a section that is none", attr('<profile complete="true"', '<none section="荣誉"/><profile complete="true"'), {"R59": E}, "是不是“荣誉证书”"),
    ("R41", "a specialty misspelt", attr(' specialty="爆破工程" target', ' specialty="爆破工程专业" target'), {"R41": E}, "是不是“爆破工程”"),
    ("R28", "a grade misspelt", attr('year="2023" unit="示例爆破" grade="优秀"', 'year="2023" unit="示例爆破" grade="优秀等次"'), {"R28": W}, "是不是“优秀”"),
    ("R89", "a level of another name", attr('level="本科"', 'level="本科学历"'), {"R89": W}, "是不是“本科”"),
    ("R89", "no name", without("<name>陈远山</name>"), {"R89": E}, "缺姓名"),
    ("R89", "a blank name", attr("<name>陈远山", "<name> "), {"R89": E}, "缺姓名"),
    ("R89", "no sex", without("<sex>男</sex>"), {"R89": E}, "缺性别"),
    ("R89", "no date of birth", attr("<birth>1985-03-12", "<birth>"), {"R89": E}, "缺出生日期"),
    ("R89", "no kind of document", attr(' type="居民身份证"', ""), {"R89": E}, "缺证件类型"),
    ("R89", "no post", attr(' post="项目总工"/>\n      <title', '/>\n      <title'), {"R89": E}, "缺现任岗位职务"),
    ("R89", "a title without its name", attr('current="true" name="工程师"', 'current="true" name=""'), {"R89": E}, "缺资格名称"),
    ("R89", "a degree without its school", attr(' school="示例大学"', ""), {"R89": E}, "缺毕业院校"),
    ("R89", "work without its unit", attr(' unit="示例矿业公司"', ""), {"R89": E}, "缺工作单位"),
    ("R89", "a project without its name", attr(' name="示例港区爆破开挖工程"', ""), {"R89": E}, "缺项目名称"),
    ("R89", "a project without a role", attr(' role="参加"', ""), {"R89": E}, "缺本人角色"),
    ("R89", "a paper without its journal", attr(' journal="示例爆破"', ""), {"R89": E}, "缺刊物名称"),
    ("R89", "a report has no journal", attr('kind="论文" title="露天台阶爆破" journal="示例爆破"', 'kind="报告" title="露天台阶爆破"'), {}),
    ("R89", "an award without its giver", attr(' by="示例学会" rank="2/9"', ' rank="2/9"'), {"R89": E}, "缺授予单位"),
    ("R89", "a unit without its kind", attr(' kind="企业"', ""), {"R89": E}, "单位性质"),
    ("R89", "nothing applied for", attr(' target="高级工程师"', ""), {"R89": E}, "缺申报资格"),
    ("R89", "a standard without its number", attr(' number="T/XX 001-2023"', ""), {"R89": W}, "缺编号"),
]


def citizen(birth, order):
    digits = f"330199{birth}{order:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11]


def award(more, name="示例第二奖"):
    return attr('<honour id="H1"', f'<award id="J9" date="2024-05" name="{name}" grade="市级" by="示例协会" rank="1/2" related="true" {more}>{EV % "获奖证书"}</award><honour id="H1"')


def pension(old_to, *more):
    whole = '<pension id="S1" from="2023-09" to="2026-08" region="330000" unit="示例爆破工程有限公司"/>'
    first = f'<pension id="S1" from="2023-09" to="{old_to}" region="330000" unit="示例爆破工程有限公司"/>'
    return [(whole, first + "".join(f'<pension from="{a}" to="{b}" region="330000" unit="{u}"/>' for a, b, u in more))]


DIRECT = [("<score item=\"1.1\"", '<milestone id="M1" date="2024-12" name="示例业绩" rank="1/5" condition="1" related="true">' + EV % "标志性业绩证明" + '</milestone><score item="1.1"')]
JOURNAL = 'journal="示例爆破" issn="9999-0016" cn="00-1001/TD" volume="39" issue="3" pages="45-52"'
TITLED = 'level="中级" specialty="爆破工程" obtained="2018-12-10"'
NUMBER = 'number="ZL202010000000.7"'

CASES += [
    # amended
    ("R16", "nobody has a title, in the direct mode", mode("标志性业绩直接申报", "第六条（三）", [('current="true"', 'current="false"'), *DIRECT]), {}),
    ("R28", "a new doctor, 不定等次 in the first year", doctor("2023-07-03", {2023, 2024, 2025}) + attr('grade="优秀"', 'grade="不定等次"'), {"R28": W}, "请核对"),
    ("R28", "不定等次 otherwise", attr('grade="优秀"', 'grade="不定等次"'), {"R28": E}, "不定等次"),
    ("R30", "a scored honour before the title", [('date="2024-03" name="示例学会理事"', 'date="2017-03" name="示例学会理事"')], {"R30": W}, "评分标准是否认可"),
    ("R30", "an honour before the title that nothing rests on", [('id="H1" date="2024-05"', 'id="H1" date="2017-05"')], {}),
    ("R36", "whether on the establishment is not said", PUBLIC + attr(' established="false"', ""), {"R36": E}, "是否在编未填"),
    ("R42", "the reviewed total is not the sum", attr('reviewed-total="84"', 'reviewed-total="83"'), {"R42": W}, "复核分合计应为84，填报83"),
    ("R42", "an entry not reviewed yet: nothing is said of the total", attr('self="25" reviewed="23"', 'self="25"'), {}),
    ("R44", "an entry not reviewed", attr('self="25" reviewed="23"', 'self="25"'), {"R44": E}, "打分项2.1没有单位复核分", "submit"),
    ("R47", "转评 names no basis", [('mode="自评分申报" basis="第六条（二）"', 'mode="转（兼）评申报"')] + (attr("<education id", '<title current="false" name="高级工程师" specialty="地质" obtained="2015-01-01"/><education id')), {}),
    ("R49", "转评 into one's own specialty", mode("转（兼）评申报", "转评", attr("<education id", '<title current="false" name="高级工程师" specialty="爆破工程" obtained="2015-01-01"/><education id')), {"R49": W}, "不必再转评"),
    ("R59", "declared empty, and not", attr('<honour id="H1"', '<none section="荣誉证书"/><honour id="H1"'), {"R59": W}, "却又填了这一项"),
    ("R59", "no statement: R25 tells", [("<statement>", "<statement><!-- "), ("</statement>", " --></statement>")], {"R25": E}),
    ("R16", "two current titles", attr('<title id="T1"', '<title id="T0" current="true" name="工程师" level="中级" specialty="爆破工程" obtained="2018-12-10" appointed="2019-01-01">'
     '<evidence kind="任职资格证书" href="scan.pdf"/><evidence kind="聘任证书" href="scan.pdf"/></title><title id="T1"'), {"R16": W}, "注明了2个"),
    ("R75", "an end before its start: nothing is counted from it", attr('start="2007-07" end="2012-06" unit', 'start="2007-07" end="2002-06" unit'), {"R75": E}, "先后矛盾"),
    ("R121", "an end before its start: the number is not compared", [('degree="学士" form', 'certificate="100000200705000001" degree="学士" form'), ('start="2003-09" end="2007-06"', 'start="2007-09" end="2003-06"')], {"R75": E}),
    ("R40", "the name of an item in place of its number", [('item="3.1" self="5"', 'item="行业任职与学术交流" self="5"'), (TOTAL, 'self-total="81" reviewed-total="80"')], {"R40": W}, "是不是3.1"),
    ("R40", "full-width digits", [('item="3.1" self="5"', 'item="３．１" self="5"'), (TOTAL, 'self-total="81" reviewed-total="80"')], {"R40": W}, "是不是3.1"),
    ("R41", "a title that nobody applies for", attr('target="高级工程师"', 'target="高工"'), {"R41": E}, "是不是“高级工程师”"),
    ("R42", "an item above its maximum: the total is not judged", [('item="1.1" self="8" reviewed="8"', 'item="1.1" self="10" reviewed="10"'), (TOTAL, 'self-total="88" reviewed-total="86"')], {"R42": W}, "打分项1.1自评10分，超过最高分8"),
    ("R89", "a degree misspelt", attr('degree="学士" form', 'degree="学土" form'), {"R89": W}, "是不是“学士”"),
    ("R89", "a degree by its field", attr('degree="学士" form', 'degree="工学学士" form'), {}),
    ("R89", "大学本科", attr('level="本科" degree="学士"', 'level="大学本科" degree="学士"'), {}),
    ("R74", "blanks in the number", attr('@ID@', '330199 19850312 0017'), {"R74": E}, "中间有空格"),
    ("R74", "a number that a sheet has rounded", attr('@ID@', '3.30199E+17'), {"R74": E}, "科学计数法"),
    ("R61", "no scores, and that said", mode("正常申报", "第六条（一）", SCORELESS + attr('<honour id="H1"', '<none section="评审打分表"/><honour id="H1"')), {}),
    ("R83", "no papers, and that said", [("""<paper id="L1" date="2022-08" kind="论文" title="露天台阶爆破" %s rank="1/3" representative="true" related="true">
        <evidence part="封面" href="scan.pdf"/>
        <evidence part="刊号" href="scan.pdf"/>
        <evidence part="目录" href="scan.pdf"/>
        <evidence part="正文" href="scan.pdf"/>
      </paper>""" % JOURNAL, '<none section="论文著作材料复印件"/>'), ('<score item="2.6" self="9" reviewed="9" refs="L1" directory="论文著作">一篇。</score>', ""), (TOTAL, 'self-total="77" reviewed-total="75"'),
      ('mode="自评分申报" basis="第六条（二）"', 'mode="正常申报" basis="第六条（一）"')], {}),
    ("R81", "the criteria in 《》", attr('criteria="浙江省爆破行业高级工程师任职资格评价条件（试行）"', 'criteria="《浙江省爆破行业高级工程师任职资格评价条件(试行)》"'), {}),
    # general
    ("R90", "a civil servant", attr('established="false" specialty', 'established="false" civil-servant="true" specialty'), {"R90": E}, "公务员"),
    ("R90", "a government body, nothing said", attr('kind="企业" tier', 'kind="机关" tier'), {"R90": W}, "civil-servant"),
    ("R90", "contract staff of one", attr('kind="企业" tier', 'kind="机关" tier') + attr('established="false" specialty', 'established="false" civil-servant="false" specialty'), {}),
    ("R91", "a man of 1966-01 retires in 2026-05", [("<birth>1985-03-12", "<birth>1966-01-12"), ("@ID@", citizen("19660112", 1))], {"R91": W}, "2026年5月"),
    ("R91", "a man of 1966-10 retires in 2027-04", [("<birth>1985-03-12", "<birth>1966-10-12"), ("@ID@", citizen("19661012", 1))], {}),
    ("R91", "a woman of 1971-05: by the later age in 2026-10", [("<birth>1985-03-12", "<birth>1971-05-12"), ("<sex>男", "<sex>女"), ("@ID@", citizen("19710512", 2))], {"R91": W}, "2026年10月"),
    ("R91", "a woman of 1972-01", [("<birth>1985-03-12", "<birth>1972-01-12"), ("<sex>男", "<sex>女"), ("@ID@", citizen("19720112", 2))], {}),
    ("R93", "four years in the title", mode("正常申报", "第六条（一）", [('obtained="2018-12-10"', 'obtained="2021-10-01"'), ('appointed="2019-01-01"', 'appointed="2021-10-01"'), ('end="2021-10"', 'end="2021-11"'), ('date="2019-06"', 'date="2022-06"')]), {"R93": W}, "4年"),
    ("R93", "five years to the day", mode("正常申报", "第六条（一）", [('obtained="2018-12-10"', 'obtained="2021-09-30"'), ('appointed="2019-01-01"', 'appointed="2021-09-30"'), ('date="2019-06"', 'date="2022-06"')]), {}),
    ("R93", "a 大专, which is not judged", mode("正常申报", "第六条（一）", [('obtained="2018-12-10"', 'obtained="2021-10-01"'), ('appointed="2019-01-01"', 'appointed="2021-10-01"'), ('end="2021-10"', 'end="2021-11"'), ('date="2019-06"', 'date="2022-06"'), ('level="本科" degree="学士"', 'level="大专" degree=""')]), {}),
    ("R95", "a credit code that does not check", attr("91330199MA0000015A", "91330199MA00000159"), {"R95": W}, "统一社会信用代码"),
    ("R95", "an ISSN that does not check", attr("9999-0016", "9999-0015"), {"R95": W}, "ISSN"),
    ("R95", "an ISSN with its name before it", attr("9999-0016", "ISSN 9999-0016"), {}),
    ("R95", "an ISBN that does not check", attr(JOURNAL, JOURNAL + ' isbn="978-7-9999999-0-5"'), {"R95": W}, "ISBN"),
    ("R95", "an ISBN of ten digits", attr(JOURNAL, JOURNAL + ' isbn="7-302-12260-1"'), {}),
    ("R95", "a CN number of another form", attr("00-1001/TD", "001001"), {"R95": W}, "CN刊号"),
    ("R95", "a patent's check digit", attr(NUMBER, 'number="ZL202010000000.8"'), {"R95": W}, "校验位"),
    ("R95", "a patent without one", attr(NUMBER, 'number="ZL202010000000"'), {}),
    ("R95", "a patent of before 2003-10", attr(NUMBER, 'number="ZL98101234.5"'), {}),
    ("R96", "one project in two items", attr('refs="R1" directory', 'refs="R1 P1" directory'), {"R96": W}, "重复用于2.1、2.2"),
    ("R96", "a degree in two items", attr('refs="C2025" directory', 'refs="C2025 E1" directory'), {}),
    ("R97", "two awards for one achievement", award('achievement="示例技术"') + attr('name="示例科学技术奖" grade', 'name="示例科学技术奖" achievement="示例技术" grade'), {"R97": W}, "同一成果示例技术列了2次奖"),
    ("R97", "two awards of one name", award("", "示例科学技术奖"), {"R97": W}, "示例科学技术奖"),
    ("R97", "one name for two achievements", attr('name="示例科学技术奖" grade', 'name="示例科学技术奖" achievement="示例技术" grade') + award('achievement="另一技术"', "示例科学技术奖"), {}),
    ("R98", "the ninth of two", attr('rank="2/9"', 'rank="9/2"'), {"R98": E}, "9/2不成立"),
    ("R98", "the ninth of nine", attr('rank="2/9"', 'rank="9/9"'), {}),
    ("R98", "the tenth of twelve", attr('rank="2/9"', 'rank="10/12"') + [('item="2.3" self="8"', 'item="2.3" self="5.6"'), ('refs="J1 B1"', 'refs="J1"'), (TOTAL, 'self-total="83.6" reviewed-total="81.6"')], {}),
    ("R99", "a supplement", attr('issue="3"', 'issue="增刊1"'), {"R99": W}, "增刊"),
    ("R99", "proceedings with an ISBN", attr(JOURNAL, JOURNAL.replace("示例爆破", "示例论文集") + ' isbn="7-302-12260-1"'), {}),
    ("R100", "before work began, marked as before the title", attr('date="2022-08" kind', 'date="2006-08" since="false" kind') + attr('refs="L1"', 'refs="E1"'), {"R100": W}, "早于参加工作"),
    ("R100", "after work began, marked as before the title", attr('date="2022-08" kind', 'date="2008-08" since="false" kind') + attr('refs="L1"', 'refs="E1"'), {}),
    ("R101", "a scan of 87 dpi", attr('<document id="F1" kind="身份证" href="scan.pdf"', '<document id="F1" kind="身份证" href="size-650x1000.jpg"'), {"R101": W}, "103点"),
    ("R101", "a scan of 130 dpi", attr('<document id="F1" kind="身份证" href="scan.pdf"', '<document id="F1" kind="身份证" href="size-900x1300.jpg"'), {}),
    ("R103", "scored on what is from before", [('date="2023-05" name', 'date="2018-05" since="false" name'), ('refs="J1 B1"', 'refs="J1"'), (TOTAL, 'self-total="78" reviewed-total="76"')], {"R103": E, "R46": E}, "不能作为打分项2.3的依据"),
    ("R103", "a condition that rests on it", [('date="2023-05" name', 'date="2018-05" since="false" name'), ('refs="J1 B1"', 'refs="B1"'), ('<honour id="H1"', '<condition clause="第六条（二）2" refs="J1"/><honour id="H1"')], {"R103": E}, "评价条件第六条（二）2"),
    ("R103", "a milestone", mode("标志性业绩直接申报", "第六条（三）", [*DIRECT, ('id="M1" date="2024-12"', 'id="M1" since="false" date="2015-12"')]), {"R103": E}, "标志性业绩的依据"),
    ("R103", "from before, and nothing rests on it", [('date="2023-05" name', 'date="2018-05" since="false" name'), ('refs="J1 B1"', 'refs="B1"')], {}),
    ("R104", "ten digits", attr("<mobile>13800000001", "<mobile>1380000000"), {"R104": W}, "10位"),
    ("R104", "with +86, a dash and a blank, on two lines of the roster", attr("<mobile>13800000001", "<mobile>+86 138-0000 0001"), {}),
    ("R104", "with +86", attr("<mobile>13800000001", "<mobile>+8613800000001"), {}),
    ("R104", "with a dash", attr("<mobile>13800000001", "<mobile>138-00000001"), {}),
    ("R104", "a passport's holder", [("<mobile>13800000001", "<mobile>5551234"), ('type="居民身份证">@ID@', 'type="护照">E12345678'), ('kind="身份证" href', 'kind="其他" href')], {}),
    ("R105", "two full-time degrees at once", attr("<experience id=\"X1\"", '<education start="2006-09" end="2009-06" school="另一大学" major="采矿" level="硕士研究生" degree="硕士" form="全日制" origin="国内" verified="自动提取"/><experience id="X1"')
     + [('started="2007-07"', 'started="2009-07"'), ('<experience id="X1" start="2007-07"', '<experience id="X1" start="2009-07"')], {"R105": W}, "都是全日制"),
    ("R105", "full-time study during work", attr('end="2007-06" school', 'end="2008-06" school'), {"R105": W}, "工作经历时间重叠"),
    ("R105", "study beside work", attr('end="2007-06" school', 'end="2008-06" school') + attr('form="全日制"', 'form="在职"'), {}),
    ("R107", "a research project without its conclusion", without('\n        <evidence kind="结题或验收材料" href="scan.pdf"/>'), {"R107": W}, "缺结题或验收材料"),
    ("R107", "one that goes on", [('\n        <evidence kind="结题或验收材料" href="scan.pdf"/>', ""), ('start="2022-01" end="2023-12"', 'start="2022-01"')], {}),
    ("R108", "no CN number", attr(' cn="00-1001/TD"', ""), {"R108": W}, "无国内统一刊号"),
    ("R108", "a newspaper's", attr("00-1001/TD", "00-0016"), {"R108": W}, "号段"),
    ("R108", "one of Hong Kong", attr("00-1001/TD", "CN(HK)NR2405/01"), {"R108": W}, "香港"),
    ("R108", "a Latin journal without", attr(JOURNAL, JOURNAL.replace("示例爆破", "Exemplary Journal").replace(' cn="00-1001/TD"', "")), {}),
    ("R108", "a report", [('kind="论文"', 'kind="报告"'), (' cn="00-1001/TD"', "")], {}),
    ("R110", "insured by another unit now", pension("2026-03", ("2026-04", "2026-08", "示例劳务有限公司")), {"R110": W}, "现参保单位示例劳务有限公司"),
    ("R110", "explained", pension("2026-03", ("2026-04", "2026-08", "示例劳务有限公司")) + attr('<document id="F1"', '<document kind="单位说明" href="scan.pdf"/><document id="F1"'), {}),
    ("R110", "a former name, other brackets", pension("2026-03", ("2026-04", "2026-08", "示例爆破（集团）公司")) + attr('authorised="true"', 'authorised="true" former-names="示例爆破(集团)公司"'), {}),
    ("R110", "the first month of a new job", pension("2026-07", ("2026-08", "2026-08", "示例老东家公司")) + [('start="2012-07" unit="示例爆破工程有限公司"', 'start="2012-07" end="2026-07" unit="示例老东家公司"'),
     ('work="爆破施工" post="项目总工"/>', 'work="爆破施工" post="项目总工"/><experience id="X3" start="2026-08-15" unit="示例爆破工程有限公司" work="爆破施工" post="总工"/>')], {}),
    ("R111", "turned by its EXIF", attr('<document id="F1" kind="身份证" href="scan.pdf"', '<document id="F1" kind="身份证" href="turned-1400x1000.jpg"'), {"R111": W}, "靠EXIF转正"),
    ("R111", "turned, and not uploaded", attr('<document id="F1" kind="身份证" href="scan.pdf" uploaded="true"', '<document id="F1" kind="身份证" href="turned-1400x1000.jpg"'), {}),
    ("R112", "a special issue", attr('issue="3"', 'issue="特刊"'), {"R112": W}, "特刊"),
    ("R112", "accepted only", attr('pages="45-52"', 'pages="已录用"'), {"R112": W}, "尚未刊出"),
    ("R112", "no volume, issue, pages", attr(' volume="39" issue="3" pages="45-52"', ""), {"R112": W}, "都没有填"),
    ("R112", "a DOI alone", attr(' volume="39" issue="3" pages="45-52"', ' doi="10.9999/x"'), {}),
    ("R113", "an ID card that runs out before", attr('<document id="F1" kind="身份证"', '<document id="F1" valid-until="2026-10-09" kind="身份证"'), {"R113": W}, "有效期至2026.10.09"),
    ("R113", "valid to the very day", attr('<document id="F1" kind="身份证"', '<document id="F1" valid-until="2026-10-10" kind="身份证"'), {}),
    ("R114", "the present unit is not in the history", attr('start="2012-07" unit="示例爆破工程有限公司"', 'start="2012-07" unit="另一公司"'), {"R114": W}, "不在工作经历中（至今的一段填的是“另一公司”）"),
    ("R114", "a department of it", attr('start="2012-07" unit="示例爆破工程有限公司"', 'start="2012-07" unit="示例爆破工程有限公司 技术部"'), {}),
    ("R114", "a former name", attr('start="2012-07" unit="示例爆破工程有限公司"', 'start="2012-07" unit="示例矿山爆破队"') + attr('authorised="true"', 'authorised="true" former-names="示例爆破公司、示例矿山爆破队"'), {}),
    ("R117", "the unit's opinion before the notice is over", attr('date="2026-09-10">同意', 'date="2026-09-08">同意'), {"R117": W}, "就在公示的最后一天；"),
    ("R117", "the unit's opinion before the notice is over, by a day", attr('date="2026-09-10">同意', 'date="2026-09-07">同意'), {"R117": W}, "2026.09.07早于公示结束2026.09.08；"),
    ("R117", "the day after", attr('date="2026-09-10">同意', 'date="2026-09-09">同意'), {}),
    ("R117", "the notice before the form", attr('exceptional="false"', 'exceptional="false" filled="2026-09-02"'), {"R117": W}, "早于填表"),
    ("R117", "an opinion after the submission", attr('date="2026-09-10">同意', 'date="2026-10-11">同意'), {"R117": E}, "晚于报送"),
    ("R117", "the letter before the notice is over", attr('date="2026-09-20"', 'date="2026-09-05"'), {"R117": W}, "公示期满后再委托"),
    ("R118", "under a penalty", attr('exceptional="false"', 'exceptional="false" penalty-until="2026-09-30"'), {"R118": E}, "处分影响期至"),
    ("R118", "over", attr('exceptional="false"', 'exceptional="false" penalty-until="2026-09-29"'), {}),
    ("R119", "an application", attr(NUMBER, 'number="202010000000.7"'), {"R119": W}, "申请号"),
    ("R119", "the number of another kind", attr(NUMBER, 'number="ZL202020000000.2"'), {"R119": W}, "号码类别"),
    ("R119", "granted before it was applied for", attr(NUMBER, 'number="ZL202210000000.6"') , {"R119": W}, "2022年申请"),
    ("R119", "a 软件著作权", [(NUMBER, 'number="2022SR0000001"'), ('kind="发明专利"', 'kind="软件著作权"')], {}),
    ("R120", "from the level of 初级", attr('name="工程师" level="中级"', 'name="助理工程师" level="初级"'), {"R120": E}, "不能申报"),
    ("R120", "a title of another series", attr('name="工程师" level="中级"', 'name="讲师" level="中级"'), {"R120": W}, "工程系列"),
    ("R120", "a qualification that counts as a title", attr('name="工程师" level="中级"', 'name="注册安全工程师" level="中级"'), {"R120": W}),
    ("R120", "a title of 初级 in the direct mode", mode("标志性业绩直接申报", "第六条（三）", [*DIRECT, ('name="工程师" level="中级"', 'name="助理工程师" level="初级"')]), {}),
    ("R121", "another year", attr('degree="学士" form', 'certificate="100000200805000001" degree="学士" form'), {"R121": W}, "年份2008"),
    ("R121", "another level", attr('degree="学士" form', 'certificate="100000200706000001" degree="学士" form'), {"R121": W}, "层次06"),
    ("R121", "the right number", attr('degree="学士" form', 'certificate="100000200705000001" degree="学士" form'), {}),
    ("R121", "自考", attr('degree="学士" form', 'certificate="650000200905000001" degree="学士" form'), {}),
    ("R123", "the leader is third", attr('role="参加" rank="3/6"', 'role="主持" rank="3/6"'), {"R123": W}, "填主持，排名3/6"),
    ("R123", "技术负责人 and second", attr('role="技术负责人" rank="1/8"', 'role="技术负责人" rank="2/9"'), {}),
]

# Near misses of rules whose cases above are all broken.
CASES += [
    ("R17", "a proof of another kind", attr('<evidence kind="获奖证书" href="scan.pdf" uploaded="true"/>', '<evidence kind="其他" href="scan.pdf" uploaded="true"/>'), {}),
    ("R19", "insured at home, by the province's name", attr('region="330000" unit', 'region="浙江省" unit'), {}),
    ("R19", "insured at home, by the name of a city of it", attr('region="330000" unit', 'region="浙江杭州" unit'), {}),
    ("R19", "insured elsewhere, by the province's name", attr('region="330000" unit', 'region="江苏省南京市" unit'), {"R19": E}, "江苏省南京市参保期间"),
    ("R19", "of no province that can be told", attr('region="330000" unit', 'region="杭州市" unit'), {"R19": W}, "请写“浙江”或以33开头的6位代码"),
    ("R25", "a statement of one sentence", statement("从事爆破。"), {}),
    ("R28", "no grade", attr(' grade="优秀"', ""), {"R28": W}, "2023年度考核没有填考核等次"),
    ("R31", "not said of what is from before the title", attr('rank="1/4" related="true"', 'rank="1/4" since="false"'), {}),
    ("R31", "said to be another's", attr('rank="1/4" related="true"', 'rank="1/4" related="false"'), {"R31": W}, "无关，一般不予采信"),
    ("R33", "the amount in the approval, the rest in the contract", attr('<evidence kind="合同" part="项目金额页"', '<evidence kind="立项书" part="项目金额页"'), {}),
    ("R37", "the direct mode with its milestone", mode("标志性业绩直接申报", "第六条（三）", DIRECT), {}),
    ("R37", "a condition that is no number", mode("标志性业绩直接申报", "第六条（三）", [(old, new.replace('condition="1"', 'condition="第1项"')) for old, new in DIRECT]), {"R37": W}, "不是序号，审批表上会勾在“其他”里"),
    ("R38", "a milestone of one who is 破格", attr('exceptional="false"', 'exceptional="true"') + DIRECT, {}),
    ("R39", "a reason of one word", attr(">主持项目。</score>", ">主持</score>"), {}),
    ("R40", "another item of the table", [('item="3.1" self="5" reviewed="5" refs="Y1"', 'item="3.2" self="4" reviewed="4" refs="H1"'), (TOTAL, 'self-total="85" reviewed-total="83"')], {}),
    ("R41", "no specialty practised is given", attr('established="false" specialty="爆破工程"', 'established="false"'), {"R41": W}, "没有填现从事专业"),
    ("R48", "正常申报 by its own clause", mode("正常申报", "第六条（一）"), {}),
    ("R55", "a competition and its promise", ON + OPINIONS + COMPETITION, {}, None, "submit"),
    ("R60", "a report from before the title, without proof", attr('<honour id="H1"', '<paper id="L8" date="2017-01" kind="报告" title="示例报告" rank="1/2" since="false"/><honour id="H1"'), {}),
    ("R64", "a profile that is approved, and not complete", attr('complete="true" approved="true"', 'complete="false" approved="true"'), {}),
    ("R76", "a page that there is", attr('kind="任职资格证书" href="scan.pdf" pages="1"', 'kind="任职资格证书" href="./scan.pdf" pages="1-1"'), {}),
    ("R89", "a name of a full-width blank", attr("<name>陈远山", "<name>　"), {"R89": E}, "缺姓名"),
    ("R89", "a post of a full-width blank", attr(' post="项目总工"/>\n      <title', ' post="　"/>\n      <title'), {"R89": E}, "缺现任岗位职务"),
    ("R89", "a school of blanks", attr('school="示例大学"', 'school="  "'), {"R89": E}, "学历第1段缺毕业院校"),
    ("R89", "a birthday of which the year alone is given", attr("<birth>1985-03-12", "<birth>1985"), {"R89": W}, "请填到日"),
    ("R25", "no words in a statement", [("任现职以来从事爆破设计与施工。</statement>", "　　</statement>")], {"R25": E}, "缺个人述职"),
    ("R12", "no objection, in other words", attr('result="无异议"', 'result="公示期内没有异议"'), {}, None, "submit"),
    ("R18", "a period that ends before it begins: nothing is counted from it", attr('from="2023-09" to="2026-08"', 'from="2026-09" to="2026-08"'), {"R75": E}),
    ("R75", "the training of a year to come", attr('year="2025" professional', 'year="2030" professional'), {"R75": E, "R22": E}, "年度2030晚于核查日期"),
    ("R75", "the 29th of February of a leap year", attr('date="2024-05" name', 'date="2024-02-29" name'), {}),
    ("R78", "a blank behind the name", attr("陈远山</name>", "陈远山 </name>"), {"R78": E}, "首尾的空格"),
    ("R81", "the criteria without their suffix", attr("评价条件（试行）", "评价条件"), {}),
    ("R95", "a credit code with blanks", attr("91330199MA0000015A", "9133 0199 MA00 0001 5A"), {"R95": W}, "请写“91330199MA0000015A”"),
    ("R95", "a credit code in small letters", attr("91330199MA0000015A", "91330199ma0000015a"), {"R95": W}, "字母大写"),
    ("R98", "the second of two", attr('rank="2/9"', 'rank="2/2"'), {}),
    ("R119", "the number of a publication", attr(NUMBER, 'number="CN112345678B"'), {"R119": W}, "公布或公告号"),
    ("R120", "a level of another name", attr('name="工程师" level="中级"', 'name="工程师" level="中級"'), {"R120": W}, "不是常用的级别"),
    ("R120", "a level by its long name", attr('name="工程师" level="中级"', 'name="工程师" level="中级职称"'), {}),
    ("R104", "a number of the desk", attr("<mobile>13800000001", "<mobile>0571-8888888"), {"R104": W}, "不是以1开头"),
    ("R113", "an ID card that ran out years ago", attr('<document id="F1" kind="身份证"', '<document id="F1" valid-until="2020-01-01" kind="身份证"'), {"R113": W}, "2020.01.01"),
    ("R82", "a photo in another file", photo("upper.JPEG"), {}),
]

AGENCY = [('kind="设区市人事" number', 'kind="人事代理" number'), ('tier="设区市"', 'tier="省直"')]
EDUCATION = '<education id="E1" start="2003-09" end="2007-06" school="示例大学" major="采矿工程" years="4" level="本科" degree="学士" form="全日制" origin="国内" verified="自动提取" first="true"/>'
PAPERLESS = ('<score item="1.2" self="8" reviewed="8" refs="E1" directory="学历学位">本科。</score>', '<score item="1.2" self="8" reviewed="8" refs="T1" directory="学历学位">本科。</score>')
# What is blank though something stands there, on the very day, or beside what a rule was written for.
CASES += [
    ("R02", "no supervising department, in words", [*AGENCY, ('supervisor="示例市应急管理局"', 'supervisor="无"')], {}),
    ("R02", "a supervising department and an agency", AGENCY, {"R02": E}, "有主管部门（示例市应急管理局）"),
    ("R11", "a place and a result of blanks", [('place="公告栏"', 'place=" "'), ('result="无异议"', 'result="　"')], {"R11": E}, "地点、结果", "submit"),
    ("R12", "not over on the day of the submission", [('end="2026-09-08"', 'end="2026-10-10"'), ('<opinion by="所在单位" date="2026-09-10">', '<opinion by="所在单位">'), (' date="2026-09-20"', ' date="2026-10-10"')], {"R12": W}, "报送当天还没有结束", "submit"),
    ("R12", "over the day before the submission", [('end="2026-09-08"', 'end="2026-10-09"'), ('<opinion by="所在单位" date="2026-09-10">', '<opinion by="所在单位">'), (' date="2026-09-20"', ' date="2026-10-10"')], {}, None, "submit"),
    ("R14", "no degree, in words", education("国内", "备案表", EV % "学历证书" + EV % "教育部学历证书电子注册备案表") + [('degree="学士"', 'degree="无学位"'), ('<evidence kind="学历证书" href="scan.pdf"/>', '<evidence kind="学历证书" href="scan.pdf" uploaded="true"/>')], {}),
    ("R23", "digits of full width", attr("浙自然资发〔2020〕23号", "浙自然资发（２０２０）２３号"), {}),
    ("R23", "another document", attr("浙自然资发〔2020〕23号", "浙自然资发〔2020〕24号"), {"R23": W}, "填的登记依据为“浙自然资发〔2020〕24号”"),
    ("R25", "nothing but 无 and a full stop", statement("无。"), {"R25": E}),
    ("R28", "a grade between blanks", attr('id="K2022" year="2022" unit="示例爆破" grade="合格"', 'id="K2022" year="2022" unit="示例爆破" grade=" 合格　"'), {}),
    ("R28", "a grade between blanks that fails", attr('id="K2022" year="2022" unit="示例爆破" grade="合格"', 'id="K2022" year="2022" unit="示例爆破" grade=" 基本合格"'), {"R28": E}),
    ("R28", "a new doctor, 不定等次 between blanks in the first year", doctor("2023-07-03", {2023, 2024, 2025}) + attr('grade="优秀"', 'grade=" 不定等次"'), {"R28": W}, "请核对"),
    ("R44", "a reviewer of no name", attr('reviewer="梁知秋"', 'reviewer="无"'), {"R44": E}, None, "submit"),
    ("R11", "a place to be named", attr('place="公告栏"', 'place="待定"'), {"R11": E}, "地点", "submit"),
    ("R35", "opinions to be given", [*ON, *COMPETITION, ('<opinion by="所在单位" date="2026-09-10">', '<opinion by="主管部门">待补充</opinion><opinion by="人力社保部门">略</opinion><opinion by="所在单位" date="2026-09-10">')], {"R35": E, "R124": W}, "主管部门、人力社保部门", "submit"),
    ("R78", "a name with a remark", [("<name>陈远山", "<name>陈远山（大）")], {"R78": W}, "含“（”"),
    ("R78", "a foreign name with brackets", [("<name>陈远山", "<name>John Smith (Jr.)"), ('type="居民身份证">@ID@', 'type="护照">E12345678'), ('kind="身份证" href', 'kind="其他" href')], {}),
    ("R124", "a unit that does not recommend", attr("同意推荐。</opinion>", "不予推荐。</opinion>"), {"R124": W}, "像是不同意推荐"),
    ("R124", "a unit that recommends, and nobody was against it", attr("同意推荐。</opinion>", "公示期间无不同意见，同意推荐。</opinion>"), {}),
    ("R104", "foreign numbers", attr("<mobile>13800000001", "<mobile>+44 20 7946 0958"), {}),
    ("R104", "a plus and next to nothing", attr("<mobile>13800000001", "<mobile>+1"), {"R104": W}, "2位"),
    ("R104", "two numbers, told once", attr("<mobile>13800000001", "<mobile>13800000001/13900000002"), {"R104": W}, "23位"),
    ("R104", "two numbers in Chinese, told once", attr("<mobile>13800000001", "<mobile>13800000001、13900000002"), {"R104": W}, "23位"),
    ("R104", "a number of the desk with its extension, told once", attr("<mobile>13800000001", "<mobile>0571-88888888转8001"), {"R104": W}, "17位"),
    ("R104", "with 0086", attr("<mobile>13800000001", "<mobile>008613800000001"), {"R79": E}),
    ("R44", "a reviewer of blanks", attr('reviewer="梁知秋"', 'reviewer=" "'), {"R44": E}, None, "submit"),
    ("R35", "opinions of blanks", [*ON, *COMPETITION, ('<opinion by="所在单位" date="2026-09-10">', '<opinion by="主管部门"> </opinion><opinion by="人力社保部门"/><opinion by="所在单位" date="2026-09-10">')], {"R35": E}, "主管部门、人力社保部门", "submit"),
    ("R35", "opinions given by hand, their dates alone", [*ON, *COMPETITION, ('<opinion by="所在单位" date="2026-09-10">', '<opinion by="主管部门" date="2026-09-12"/><opinion by="人力社保部门" date="2026-09-15"/><opinion by="所在单位" date="2026-09-10">')], {}, None, "submit"),
    ("R54", "no number of posts planned", [*ON, ('planned="2"', 'planned=""')], {"R54": E}, "没有填拟聘数"),
    ("R54", "more in posts of a level than approved, and nobody applies for it", [*ON, ('<posts level="副高"', '<posts level="正高" approved="5" filled="7" planned="0"/><posts level="副高"')], {}),
    ("R54", "a level by grades, planned where somebody is wanted", [*ON, ('<posts level="副高"', '<posts level="副高" grade="五级" approved="3" filled="3"/><posts level="副高"')], {}),
    ("R75", "work that ends in the future", attr('<experience id="X2" start="2012-07"', '<experience id="X2" start="2012-07" end="2026-10"'), {"R75": W}, "现在还在职的请留空"),
    ("R75", "work that ends in the month of the reference date", attr('<experience id="X2" start="2012-07"', '<experience id="X2" start="2012-07" end="2026-09"'), {}),
    ("R75", "a project that begins in the future", attr('start="2019-03" end="2021-10"', 'start="2026-10"'), {"R75": E}, "2026.10晚于核查日期"),
    ("R75", "a project that begins and ends in the future", attr('start="2019-03" end="2021-10"', 'start="2026-10" end="2027-03"'), {"R30": E}),
    ("R75", "a post held from a day in the future", attr('post="项目总工"/>\n      <title', 'post="项目总工" post-since="2026-10-01"/>\n      <title'), {"R75": E}),
    ("R78", "a name that has lost a character", attr("陈远山", "陈?山"), {"R78": W}, "没有打出来的字请补上"),
    ("R78", "a name with a remark", attr("陈远山", "陈远山（女）"), {"R78": W}, "含“（”"),
    ("R84", "a rank missing of collective work is told once", attr('rank="2/9" related', 'rank="" collective="true" related'), {"R84": W}),
    ("R89", "no degree at all", [(EDUCATION, ""), PAPERLESS], {"R89": E}, "缺学历"),
    ("R89", "an ID number of blanks", attr("@ID@", " "), {"R89": E}),
    ("R95", "a title of two lines in a message", [("9999-0016", "9999-0015"), ('title="露天台阶爆破"', 'title="露天&#10;台阶爆破"')], {"R95": W}, "论文“露天 台阶爆破”的ISSN"),
    ("R95", "no credit code", attr(' uscc="91330199MA0000015A"', ""), {"R95": W}, "缺统一社会信用代码"),
]

# What scans are: blank pages, and dots per inch at the size in which they are printed.
SCANNED = 'kind="身份证" href="scan.pdf"'


def scanned(href):
    return attr(SCANNED, f'kind="身份证" href="{href}"')


CASES += [
    ("R76", "pages without content", scanned("blank.pdf"), {"R76": W}, "“blank.pdf”第 2-3 页是空白页；请核对页码"),
    ("R76", "a blank page that is not cited", scanned('blank.pdf" pages="1'), {}),
    ("R76", "the back of a scan, empty paper", scanned("paper.pdf"), {"R76": W}, "“paper.pdf”第 2 页是空白页"),
    ("R76", "empty paper with a speck of dust and the scanner's shadow", scanned("speck.pdf"), {"R76": W}, "第 1 页是空白页"),
    ("R76", "nothing but a seal on it", scanned("seal.pdf"), {}),
    ("R76", "a picture of empty paper", scanned("paper.jpg"), {"R76": W}, "“paper.jpg”是空白页"),
    ("R76", "a picture of a page of print", scanned("letters.jpg"), {}),
    ("R76", "a picture of empty paper and a shadow, not lossy", scanned("paper.png"), {"R76": W}, "“paper.png”是空白页"),
    ("R76", "a picture of a page of print, not lossy", scanned("letters.png"), {}),
    ("R101", "a scan of 60 dpi within a PDF", scanned("coarse.pdf"), {"R101": W}, "coarse.pdf分辨率约7"),
    ("R101", "the same, with its letters recognised", scanned('coarse.pdf" pages="3'), {"R101": W}, "coarse.pdf分辨率约7"),
    ("R101", "the fine page of that file", scanned('coarse.pdf" pages="1'), {}),
    ("R101", "a scan of 150 dpi within a PDF", scanned("fine.pdf"), {}),
    ("R101", "a coarse mark in a corner of a drawn page", scanned("logo.pdf"), {}),
]

# Where the other rules are held: tests that break each of them and try what comes near (module.test).
HELD = {
    "R01": ["blackbox_check.test_shared"], "R02": ["blackbox_check.test_shared"],
    "R03": ["blackbox_roster.test_written_in_silence_and_reported", "blackbox_roster.test_the_same_values_as_in_the_sheet"],
    "R04": ["blackbox_roster.test_a_roster_that_would_lack_somebody_is_not_written", "blackbox_package.test_letter_and_roster_vouch_for_nobody_without_papers"],
    "R05": ["blackbox_check.test_templates_are_compared"], "R06": ["blackbox_check.test_templates_are_compared"],
    "R07": ["blackbox_check.test_templates_are_compared"], "R09": ["blackbox_check.test_templates_are_compared"],
    "R57": ["blackbox_check.test_templates_are_compared"],
    "R58": ["blackbox_dossier.test_every_number_is_true"], "R62": ["blackbox_dossier.test_every_number_is_true"],
    "R73": ["blackbox_dossier.test_the_papers_and_the_dossier_agree", "blackbox_roster.test_every_value_is_read_back_as_it_is_in_the_record"],
    "R79": ["blackbox_check.test_what_does_not_fit_is_told"],
    "R94": ["blackbox_check.test_closing_dates"], "R106": ["blackbox_package.test_every_paper_is_where_all_say"],
    # only notes for the checklist, or about what applicants share
    "R08": ["blackbox_check.test_notes"], "R20": ["blackbox_check.test_notes"], "R53": ["blackbox_check.test_notes"],
    "R63": ["blackbox_check.test_notes"], "R65": ["blackbox_check.test_notes"], "R71": ["blackbox_check.test_notes"],
    "R80": ["blackbox_check.test_notes"], "R85": ["blackbox_check.test_notes"],
    "R87": ["blackbox_slips.test_each_slip_is_one_finding_with_what_to_write"],  # as the record's own fault
    "R86": ["blackbox_check.test_two_people_with_one_number_or_one_rank"], "R92": ["blackbox_check.test_notes_on_the_new_rows"],
    "R102": ["blackbox_check.test_inputs_agree"], "R109": ["blackbox_check.test_notes_on_the_new_rows"],
    "R115": ["blackbox_check.test_one_file_for_two"], "R116": ["blackbox_check.test_given_twice"], "R122": ["blackbox_check.test_the_deadline"],
}
RETIRED = {"R88"}  # boxes for votes print empty
