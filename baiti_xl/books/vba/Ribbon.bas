Attribute VB_Name = "Ribbon"
Option Explicit
' The buttons of the tab, for whatever book is open. Nothing here runs until someone clicks.

Private Unlocked As Collection

Public Sub BtCheck(control As IRibbonControl)
    If Ready(ActiveWorkbook) Then
        UnlockSheets ActiveWorkbook
        Ask "import baiti_xl.excel; baiti_xl.excel.run('check')"
        LockAfterPython
    End If
End Sub

Public Sub BtClear(control As IRibbonControl)
    If Ready(ActiveWorkbook) Then
        UnlockSheets ActiveWorkbook
        Ask "import baiti_xl.excel; baiti_xl.excel.run('clear')"
        LockAfterPython
    End If
End Sub

Public Sub BtFigures(control As IRibbonControl)
    If Ready(ActiveWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('figures')"
End Sub

Public Sub BtPreview(control As IRibbonControl)
    If Ready(ActiveWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('preview')"
End Sub

Public Sub BtGuide(control As IRibbonControl)
    If Ready(ActiveWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('help')"
End Sub

' Take the protection off the sheets that have none but an empty password, remembering its rules.
' xlwings cannot do so, and the marks need it. A sheet with a real password stays as it is.
Private Sub UnlockSheets(book As Workbook)
    Dim sheet As Worksheet
    Dim rules As Variant
    Set Unlocked = New Collection
    For Each sheet In book.Worksheets
        If sheet.ProtectContents Then
            rules = RulesOf(sheet)
            On Error Resume Next
            sheet.Unprotect ""
            On Error GoTo 0
            If Not sheet.ProtectContents Then Unlocked.Add rules
        End If
    Next
End Sub

Private Function RulesOf(sheet As Worksheet) As Variant
    With sheet.Protection
        RulesOf = Array(sheet, sheet.ProtectDrawingObjects, sheet.ProtectScenarios, _
            .AllowFormattingCells, .AllowFormattingColumns, .AllowFormattingRows, _
            .AllowInsertingColumns, .AllowInsertingRows, .AllowInsertingHyperlinks, _
            .AllowDeletingColumns, .AllowDeletingRows, .AllowSorting, .AllowFiltering, .AllowUsingPivotTables)
    End With
End Function

' On Windows RunPython waits for Python; on a Mac it does not, so Python calls BtLock when it is done.
Private Sub LockAfterPython()
    #If Mac Then
    #Else
        BtLock
    #End If
End Sub

' Put the protection back as it was.
Public Sub BtLock()
    Dim rules As Variant
    If Unlocked Is Nothing Then Exit Sub
    On Error Resume Next
    For Each rules In Unlocked
        rules(0).Protect DrawingObjects:=rules(1), Contents:=True, Scenarios:=rules(2), _
            UserInterfaceOnly:=False, AllowFormattingCells:=rules(3), AllowFormattingColumns:=rules(4), _
            AllowFormattingRows:=rules(5), AllowInsertingColumns:=rules(6), AllowInsertingRows:=rules(7), _
            AllowInsertingHyperlinks:=rules(8), AllowDeletingColumns:=rules(9), AllowDeletingRows:=rules(10), _
            AllowSorting:=rules(11), AllowFiltering:=rules(12), AllowUsingPivotTables:=rules(13)
    Next
    Set Unlocked = Nothing
End Sub
