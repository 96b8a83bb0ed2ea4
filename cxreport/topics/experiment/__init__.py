"""Did a change work: effects with guard rails, and the decision."""
