Attribute VB_Name = "Buttons"
Option Explicit
' The buttons of the console. Nothing here runs until someone clicks.

Public Sub BtIssue()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('issue')"
End Sub

Public Sub BtConsolidate()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('consolidate')"
End Sub

Public Sub BtResults()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('results')"
End Sub

Public Sub BtReview()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('review')"
End Sub

Public Sub BtDocuments()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('documents')"
End Sub

Public Sub BtVerify()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('verify')"
End Sub

Public Sub BtSend()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('send')"
End Sub

Public Sub BtUpgrade()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('upgrade')"
End Sub

Public Sub BtReturn()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('return')"
End Sub

Public Sub BtRules()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('rules')"
End Sub

Public Sub BtFolder()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('folder')"
End Sub

Public Sub BtHelp()
    If Ready(ThisWorkbook) Then Ask "import baiti_xl.excel; baiti_xl.excel.run('help')"
End Sub

Public Sub BtPickSubmissions()
    PickFolder "bt_submissions"
End Sub

Public Sub BtPickOutputs()
    PickFolder "bt_outputs"
End Sub

' Let staff choose a folder for a cell of the first sheet; Excel for Mac has no such dialog.
Private Sub PickFolder(cell As String)
    On Error GoTo NoDialog
    With Application.FileDialog(4)
        If .Show = -1 Then ThisWorkbook.Names(cell).RefersToRange.Value = .SelectedItems(1)
    End With
    Exit Sub
NoDialog:
    MsgBox Say("type_path"), vbInformation, Say("title")
End Sub
