"""Who acts: the roles of the scheme and of domain's rights table (方案 五(二)、六(四)、七(一))."""

from enum import StrEnum


class Role(StrEnum):
    """One role of the window, a department or the supervising offices."""

    CL = "CL"
    TR = "TR"
    WS = "WS"
    DO = "DO"
    DH = "DH"
    SH = "SH"
    DL = "DL"
    GO = "GO"
    GL = "GL"
    FU = "FU"
    JW = "JW"
    KB = "KB"
    SA = "SA"
    SE = "SE"
    AU = "AU"

    @property
    def chinese(self) -> str:
        """The role's Chinese name."""
        return _NAMES[self]


_NAMES = {
    Role.CL: "窗口人员",
    Role.TR: "研判人员",
    Role.WS: "窗口负责人",
    Role.DO: "部门收单员",
    Role.DH: "经办人",
    Role.SH: "科室负责人",
    Role.DL: "分管领导",
    Role.GO: "政务服务办督办岗",
    Role.GL: "政务服务办领导",
    Role.FU: "回访员",
    Role.JW: "纪检联络员",
    Role.KB: "案例编辑",
    Role.SA: "系统管理员",
    Role.SE: "安全管理员",
    Role.AU: "审计管理员",
}
ADMINISTRATORS = frozenset({Role.SA, Role.SE, Role.AU})  # 三员: each watches the others, none handles a case (domain §2, §9.4)
