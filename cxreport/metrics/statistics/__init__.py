"""What metrics share: intervals, families of tests, shrinkage, survival curves."""
