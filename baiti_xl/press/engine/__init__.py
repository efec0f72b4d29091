"""The document engine: a Word template compiled once, rendered many times.

template = compile_template(data, fields=FieldSpec({"文号": Scalar()}), name="转发通知")
docx = template.render({"文号": "台政办〔2011〕9号"})
"""

from baiti_xl.press.engine.compiling import compile_template
from baiti_xl.press.engine.faults import RenderErrors, TemplateErrors, TemplateFault
from baiti_xl.press.engine.fields import Field, FieldSpec, Group, Rows, Scalar
from baiti_xl.press.engine.printed import PrintedNumber, PrintedText, Value
from baiti_xl.press.engine.rendering import CompiledTemplate

__all__ = [
    "CompiledTemplate",
    "Field",
    "FieldSpec",
    "Group",
    "PrintedNumber",
    "PrintedText",
    "RenderErrors",
    "Rows",
    "Scalar",
    "TemplateErrors",
    "TemplateFault",
    "Value",
    "compile_template",
]
