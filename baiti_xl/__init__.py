"""baiti_xl: the hundred-day investment-promotion contest, from Excel returns to official papers."""

__version__ = "0.2.0"
