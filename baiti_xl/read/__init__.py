"""Reading what units send: guard first, then cells, then text; never trusting a file."""
