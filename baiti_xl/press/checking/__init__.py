"""The layout check: a document as read, the role of each line, what the clauses ask, and the sentences of their faults."""
