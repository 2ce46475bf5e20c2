"""What the classes and fields of the templates' context mean, for those who write templates. One place, so that it is kept whole.

A field is told as `Class.field` where its name means something else elsewhere.
"""

CLASSES = {
    "IndexPage": "目录页", "MonthlyPage": "月度通报", "StatementPage": "单位得分单", "LetterPage": "督办函", "MatrixPage": "任务台账",
    "CorrectionPage": "更正通报", "AnnualPage": "年度考核结果", "ReviewsPage": "复核申请", "StatusPage": "报送情况",
    "Bar": "条形图的一条", "BarChart": "条形图", "Spark": "走势线", "ReviewTerm": "申请复核的期限", "Letterhead": "各种通报共有的公文要素",
    "Place": "一个名次及其单位", "Movers": "名次变动最大的单位", "RankRow": "排名表的一行", "CategoryPart": "一类单位的当月情况",
    "Highlight": "加分亮点", "Deduction": "一条扣分", "Alert": "年底仍未消除就影响等次的情形", "Shortfall": "比率未达到100%的单位",
    "TaskSums": "当月任务合计", "Line": "得分单的一条", "ClauseBlock": "一条考核条款", "Section": "一项工作内容", "LateRow": "一条未按时上报的记录",
    "LateRecords": "一类未按时上报的记录", "TaskRow": "一个单位的一项任务", "Deciding": "判定所依据的事实", "ReportRow": "一个单位的报送情况",
    "ReportPart": "一类单位的报送情况", "Link": "链接", "LinkGroup": "一组链接", "CorrectedRow": "积分有变的一条", "MovedRow": "名次有变的单位",
    "RestatedRow": "状态有变的任务", "CorrectedMonthPart": "一个月的更正", "ReviewRow": "一件复核申请", "ReviewMonth": "一个月的复核申请",
    "AppliedSetting": "所用的一项设置", "YearRow": "年度排名的一行", "YearPart": "一类单位的年度结果", "VetoRow": "一票否决的一条",
    "UnfinishedTask": "一项未完成任务", "UnfinishedRow": "一个单位的未完成任务", "MonthsRow": "一个单位的十二个月积分",
    "CalledRow": "督办的一项任务", "AnswerForm": "答复的方式", "Sign": "任务状态的记号", "Cell": "任务台账的一格", "MatrixRow": "任务台账的一行",
    "MatrixPart": "一类单位的任务台账",
    "Summary": "当月值得一说的变化；没有可说的部分为空", "CategoryMoves": "一类单位中积分变动最大的", "Mover": "积分变动最大的单位",
    "Cause": "变动中一条规则的部分", "Listing": "影响年度等次的一种情形及其单位", "First": "本年度首次得分的规则与单位",
    "RateCount": "一项比率未达到100%的单位数", "Changes": "与上月相比", "Change": "积分有变的一条规则", "Reason": "变动的一条原因",
    "Pair": "一条考核条款的积分与同类中位数", "PairBar": "一对条形中的一条", "PairChart": "积分与中位数的对比图",
    "Gauge": "一个上限用去多少", "Gauges": "各上限的进度图", "CardPage": "通报卡", "CardPart": "一类单位的首尾", "CardRow": "通报卡上的一个单位",
    "CardAlert": "当月新出现的影响等次的情形", "YearPage": "全年目录", "MonthRow": "全年目录中的一个月", "Leader": "当月领先的单位",
    "YearCategory": "一类单位的全年", "UnitRow": "一个单位的各月积分", "Multiple": "一个单位各月的小图", "Column": "小图中的一个月",
    "UnitPage": "单位全年", "UnitMonthRow": "单位的一个月", "RankCourse": "名次走势图", "RankDot": "走势图上的一个月",
}  # fmt: skip
_NAMES = "名称"
FIELDS = {
    # 公文要素
    "head": "公文要素", "scheme": "规则集的标题", "ruleset": "规则集的名称", "fingerprint": "规则集的版本（前12位）", "year": "年份",
    "month": "月份，如 2023年4月", "issuer": "发文机关", "number_prefix": "发文字号的开头", "to": "主送机关", "signer": "署名", "cc": "抄送机关",
    "draft": "尚未印发（征求意见稿）", "number": "发文字号；尚未编号时为空文本", "date": "印发日期；尚未印发时为空文本", "review": "复核期限；不定期限的为空",
    "opening": "启用前月份的积分的叫法；不是启用前的为空文本", "opened": "累计积分包含哪些启用前的月份", "days": "印发后的工作日数", "until": "截止日期；没有的为空文本",
    # 图
    "x": "横坐标", "y": "纵坐标", "width": "宽", "height": "高", "label_x": "数值的横坐标", "name_x": "名称右端的横坐标", "axis_x": "轴的横坐标",
    "described": "图的文字说明", "bars": "各条", "Spark.points": "折线各点的坐标", "charts": "条形图", "chart": "条形图", "spark": "走势线",
    # 分与名次（积分都是以百分之一分计的整数，用 pts、signed 写出）
    "points": "积分，百分之一分", "total": "累计积分，百分之一分", "added": "加分，百分之一分", "deducted": "扣分（负数），百分之一分",
    "MonthlyPage.added": "加分的条数", "MonthlyPage.deducted": "扣分的条数", "entries": "积分事项的条数", "limited": "按规则不计分的条数",
    "average": "平均积分，百分之一分", "rank": "名次", "total_rank": "累计名次", "moved": "名次比上月上升几位；没有上月的为空", "ranks": "变动几位",
    "CorrectedMonthPart.moved": "名次有变的单位", "leaders": "前三名", "risen": "上升最多的", "fallen": "下降最多的", "compared": "有上月可比",
    "deducted_units": "被扣分的单位数", "deducted_points": "扣分合计，百分之一分", "raw": "封顶前的积分，百分之一分", "running": "逐条累加的积分，百分之一分",
    "before": "原积分，百分之一分", "after": "现积分，百分之一分", "RestatedRow.before": "原状态；不承担的为空文本", "RestatedRow.after": "现状态；不承担的为空文本",
    "month_before": "原本月名次", "month_after": "现本月名次", "total_before": "原累计名次", "total_after": "现累计名次",
    # 单位、条款、事由
    "unit": "单位", "full_name": "单位全称", "category": "类别", "size": "同类单位数", "formerly": "含有哪些原单位的积分；没有的为空文本", "name": _NAMES,
    "anchor": "页内锚点", "title": "标题", "clause": "条款", "say": "事由", "formula": "算式", "limit": "限制的说明", "source": "来源（文件、工作表、行）",
    "AppliedSetting.source": "依据", "mark": "记号", "reported": "收到过相应的事项", "LateRow.reported": "上报日期；未上报的为空文本", "href": "链接地址", "text": "文字",
    "ReviewRow.text": "申请的内容与理由", "note": "附注", "up": "上一级目录；没有的为空", "groups": "各组链接", "links": "各链接", "lead": "眉题",
    "categories": "各类单位", "rows": "各行", "Section.rows": "占表格的行数", "units": "各单位", "ClauseBlock.units": "责任单位", "highlights": "加分亮点",
    "deductions": "各条扣分", "alerts": "年度等次预警", "grade": "等次", "rates": "各比率（写法、是否未达到）", "rate_names": "比率的名称", "shortfalls": "比率未达到100%的单位",
    "id": "条款编号；没有的为空文本", "goal": "工作目标", "asks": "考核内容", "rules": "积分规则", "AnnualPage.rules": "考核办法各句", "no_points": "不计分的说明",
    "lines": "各条", "clauses": "各条款", "key": "记录的编号", "LateRecords.key": "记录编号的叫法", "decided": "决定日期", "TaskRow.decided": "判定所依据的事实",
    "ReviewRow.decided": "决定日期；未决定的为空文本", "due": "期限；没有的为空文本", "StatusPage.due": "应报的项数", "kind": "事实的种类", "Sign.kind": "样式的类名",
    "LateRecords.date": "所据日期的叫法", "count": "总数", "shows_units": "有责任部门一栏", "sections": "各项工作内容", "elsewhere": "不以本单位为责任单位的条款",
    "late": "未按时上报的记录", "StatusPage.late": "缺报的单位", "ReportPart.late": "缺报的单位", "letter": "督办函的地址；没有的为空文本",
    # 任务与督办
    "tasks": "各项任务", "MonthlyPage.tasks": "当月任务合计；没有判定的为空", "TaskSums.tasks": "任务数", "verdicts": "项次合计", "CorrectedMonthPart.verdicts": "状态有变的任务",
    "done": "已完成的项次", "AnswerForm.done": "表示已完成的词", "overdue": "逾期的项数", "substandard": "不达标的项数", "letters": "督办函的件数", "no": "任务编号",
    "status": "状态", "AnswerForm.status": "填状态的字段", "sign": "状态的样式类名", "Cell.sign": "状态的记号", "failing": "逾期或不达标", "MatrixRow.failing": "逾期或不达标的格子",
    "standard": "应达到的标准", "lacking": "没有收到什么", "more": "另有几条未列出", "row": "任务", "reminders": "第几次督办", "near": "临近到期、尚未完成的任务",
    "near_days": "月末后几天内算临近到期；不提示的为空", "escalated_to": "同时报送给谁；没有的为空文本", "answer": "答复的方式；没有任务进展的为空", "answer_days": "印发后几个工作日内答复；不定的为空",
    "answer_until": "答复截止日期；没有的为空文本", "day": "月末日期", "task": "任务编号", "AnswerForm.task": "填任务编号的字段", "states": "可填的状态",
    "ReviewsPage.states": "各状态的件数", "cells": "各单位的格子；不承担的为空", "counts": "各状态的数目", "sums": "各状态合计", "signs": "各状态的记号", "parts": "各类单位",
    # 报送、更正、复核、年度
    "marks": "各种事实的报送：reported 已报、missing 缺报、空文本为不要求", "missing": "缺报的种类", "StatusPage.missing": "缺报的项数", "others": "没有应报事项的单位数",
    "state": "状态", "imports": "统计到第几次导入", "kinds": "事实的种类", "due_units": "应报的单位数", "CorrectionPage.number": "该月第几次更正", "reason": "原因",
    "months": "各月", "AnnualPage.months": "各类单位的十二个月积分", "MonthsRow.months": "各月积分，百分之一分；没有的为空", "reviews": "据以更正的复核申请", "ReviewRow.number": "申请的编号",
    "rule": "规则编号", "asked": "申请日期", "settled": "已办结", "correction": "更正通报；没有的为空", "value": "取值", "evaluation": "年终测评", "AnnualPage.evaluation": "年终测评的叫法",
    "score": "总成绩，百分之一分", "vetoed": "被一票否决", "grades": "各等次的单位数", "band": "按名次的等次", "unfinished": "未完成的任务", "approved": "审定日期；初评的为空文本",
    "by": "审定者", "AnnualPage.before": "被取代的审定的日期；没有的为空文本", "settings": "所用的设置", "vetoes": "一票否决的情形",
    # 与上月相比、各图、通报卡、全年
    "summary": "与上月相比值得一说的变化；没有上月的为空", "moves": "各类单位积分变动最大的", "listed": "当月新列入的", "cleared": "当月已消除的",
    "firsts": "本年度首次得分的规则", "first_rules": "首次得分的规则数，含未列出的", "first_units": "首次得分的单位数", "rank_before": "上月名次",
    "causes": "变动的主要来由", "Cause.by": "这条规则使积分变动多少，百分之一分", "Mover.by": "积分变动，百分之一分", "Reason.by": "这条原因使积分变动多少，百分之一分",
    "Change.by": "积分变动，百分之一分", "Changes.by": "比上月多（少）多少，百分之一分", "changes": "与上月相比；没有上月的为空", "against": "与同类中位数的对比图；没有的为空",
    "gauges": "各上限的进度图；没有上限的为空", "now": "本月积分，百分之一分；没有触发的为空", "same": "积分没有变动的规则数", "same_points": "没有变动的积分合计，百分之一分",
    "reasons": "变动的原因", "track_x": "进度条左端的横坐标", "track": "进度条全长", "shown": "图中写出的名称，过长的截短", "own": "本单位",
    "median": "同类单位的中位数", "per": "上限的期间：全年或当月", "cap": "上限，百分之一分", "full": "是否已到上限", "filled": "已用去的长度",
    "ends": "怎样不再扣分；不是扣分的为空文本", "more_alerts": "未列出的情形数", "first": "排在前面的", "last": "排在后面的", "YearPage.last": "最近一个已计分的月份",
    "annual": "年度考核结果的链接；没有的为空", "labels": "各月的简称，由旧到新", "multiples": "各单位的小图", "column": "一个月的宽", "axis_y": "零线的纵坐标",
    "columns": "各月", "best_rank": "全年最好的月度名次；没有的为空", "course": "名次走势图；不足两个月的为空", "line": "折线各点的坐标",
    "RankCourse.ends": "最前与最后的名次及其纵坐标", "dots": "各月的点", "statement": "得分单的链接；没有的为空文本", "label_y": "名次文字的纵坐标",
    "Gauge.points": "已得（已扣）积分，百分之一分", "UnitRow.points": "各月积分，百分之一分；当月还没有这个单位的为空",
}  # fmt: skip
