"""What each kind of document says: pure functions of an outcome and the rulebook, one module a kind."""
