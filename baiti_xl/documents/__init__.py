"""Official papers: facts, the template engine, the layout of GB/T 9704, and the register of numbers."""
