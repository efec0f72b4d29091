"""Counting: from checked submissions to the outcome of a day; pure stages over frozen records."""
