Attribute VB_Name = "Functions"
Option Explicit
' Functions for cells, on Windows: what "Import Functions" of xlwings would write, so that nobody needs to
' trust access to the VBA project. Python is started once and answers all cells.

Function BT_TIER(investment)
    If TypeOf Application.Caller Is Range Then On Error GoTo failed
    BT_TIER = XLPy.CallUDF("baiti_xl.excel", "BT_TIER", Array(investment), ActiveWorkbook, Application.Caller)
    Exit Function
failed:
    BT_TIER = CVErr(xlErrValue)
End Function

Function BT_TASK(investment)
    If TypeOf Application.Caller Is Range Then On Error GoTo failed
    BT_TASK = XLPy.CallUDF("baiti_xl.excel", "BT_TASK", Array(investment), ActiveWorkbook, Application.Caller)
    Exit Function
failed:
    BT_TASK = CVErr(xlErrValue)
End Function

Function BT_SCORE(comparison, value, best)
    If TypeOf Application.Caller Is Range Then On Error GoTo failed
    BT_SCORE = XLPy.CallUDF("baiti_xl.excel", "BT_SCORE", Array(comparison, value, best), ActiveWorkbook, Application.Caller)
    Exit Function
failed:
    BT_SCORE = CVErr(xlErrValue)
End Function

Function BT_KEY(name)
    If TypeOf Application.Caller Is Range Then On Error GoTo failed
    BT_KEY = XLPy.CallUDF("baiti_xl.excel", "BT_KEY", Array(name), ActiveWorkbook, Application.Caller)
    Exit Function
failed:
    BT_KEY = CVErr(xlErrValue)
End Function
