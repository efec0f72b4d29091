"""Files read in processes that may die, and runs spread over many machines or too large to be held open."""
