"""A run spread over many processes or machines, or too large to be held open; imported only when one is asked for."""
