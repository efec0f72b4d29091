"""What the plan says, declared: the form, the rules, the measures and the rulebook. No I/O."""
