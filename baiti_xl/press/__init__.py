"""Setting and rendering Word documents: a general library that knows nothing of the contest."""
