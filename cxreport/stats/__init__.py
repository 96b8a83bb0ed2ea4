"""What every metric may need: intervals, families of tests, survival, shrinkage, weights, trend."""
