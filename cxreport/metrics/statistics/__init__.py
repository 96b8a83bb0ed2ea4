"""What metrics share: intervals, families of tests, resampling, survival curves."""
