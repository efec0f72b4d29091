Attribute VB_Name = "Guard"
Option Explicit
' What must hold before Python may run, and what staff are told when it does not.
' The sentences are in the very hidden sheet baiti.text, since this file is ASCII.

Public Const TEXTS As String = "baiti.text"

' Whether Python may run for a book; staff are told if not.
Public Function Ready(book As Workbook) As Boolean
    Dim trouble As String
    trouble = Obstacle(book)
    Ready = (trouble = "")
    If Not Ready Then MsgBox Say(trouble), vbExclamation, Say("title")
End Function

' The first thing in the way, "" if there is none.
Private Function Obstacle(book As Workbook) As String
    Dim python As String
    If book Is Nothing Then
        Obstacle = "no_book"
        If IsProtectedView() Then Obstacle = "protected_view"
        Exit Function
    End If
    If IsAwkward(book.FullName) Or IsAwkward(ThisWorkbook.FullName) Then
        Obstacle = "awkward_name"
        Exit Function
    End If
    python = Interpreter()
    If python = "" Then
        Obstacle = "no_python"
    ElseIf Not IsThere(python) Then
        Obstacle = "python_gone"
    End If
End Function

' Whether a file is open that Excel shows but does not count as a workbook; Excel for Mac has no such view.
Private Function IsProtectedView() As Boolean
    On Error Resume Next
    IsProtectedView = (Application.ProtectedViewWindows.Count > 0)
End Function

' Whether a path would be taken apart, or run as a command, on its way to Python.
Private Function IsAwkward(path As String) As Boolean
    Dim mark As Variant
    For Each mark In Array("=", ";", "%", "^", Chr(34), vbLf)
        If InStr(path, mark) > 0 Then IsAwkward = True
    Next
End Function

' The full path of python that "baiti-xl excel install" wrote down; a bare "python" is never run.
Private Function Interpreter() As String
    #If Mac Then
        Interpreter = GetConfig("INTERPRETER_MAC")
    #Else
        Interpreter = GetConfig("INTERPRETER_WIN")
    #End If
End Function

' Whether python is where it was; the sandbox of Excel for Mac does not let us look.
Private Function IsThere(path As String) As Boolean
    #If Mac Then
        IsThere = True
    #Else
        IsThere = FileExists(path)
    #End If
End Function

' Have Python carry out a click; where Windows does not let Excel start it, tell staff and go on.
Public Sub Ask(command As String)
    On Error GoTo Blocked
    RunPython command
    Exit Sub
Blocked:
    MsgBox Say("python_blocked"), vbCritical, Say("title")
End Sub

' Python ended with an error of its own: keep what it said, tell staff what to do.
Public Sub BtFailed(log As String)
    On Error Resume Next
    #If Mac Then
    #Else
        FileCopy log, Environ("USERPROFILE") & "\.baiti\python.log"
    #End If
    On Error GoTo 0
    MsgBox Say("python_failed"), vbCritical, Say("title")
End Sub

' The sentence of a key; the key itself if it has none.
Public Function Say(key As String) As String
    Dim row As Long
    Dim sheet As Worksheet
    Set sheet = ThisWorkbook.Worksheets(TEXTS)
    Say = key
    row = 1
    Do While sheet.Cells(row, 1).Value <> ""
        If sheet.Cells(row, 1).Value = key Then Say = sheet.Cells(row, 2).Value
        row = row + 1
    Loop
End Function
