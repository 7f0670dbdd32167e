"""Papers people sign: the scheme's annexes as PDF, typeset behind one door (方案 附件1、附件2)."""
